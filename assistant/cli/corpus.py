"""`advisor corpus`: what is on the shelf, and how it gets there."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.output import AsJson, print_json, print_table, progress_bar

if TYPE_CHECKING:
    from corpus.documents import Clause, Document, Section
    from corpus.shelf.register import Shelf

app = typer.Typer(
    help="The shelf: add, list, show, withdraw and export documents.", no_args_is_help=True
)


def _shelf() -> Shelf:
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings

    return shelf(Settings.load())


def _actor() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "command line"


@app.command()
def starter(as_json: AsJson = False) -> None:
    """Put the starter corpus (digests in our own words, each with its sources) on the shelf."""
    from corpus.shelf.starter import load_starter

    counts = load_starter(_shelf())
    if as_json:
        print_json(counts)
    else:
        typer.echo("Starter corpus: " + ", ".join(f"{n} {word}" for word, n in counts.items()))


@app.command()
def translations(
    check: Annotated[
        bool, typer.Option("--check", help="Say what is missing or differs; exit code 1 if any.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """How far the digests are translated, and with --check what is wrong with the translations.

    Looked for are lines that are missing or were made from other English, numbers and names that
    differ, and terms that break the glossary. Whether a sentence means the same, readers say.
    """
    from corpus.shelf.starter import packaged_digests, packaged_translations
    from corpus.shelf.translating import check as check_all
    from corpus.shelf.translations import LANGUAGES

    counts = {language: len(packaged_translations(language)) for language in LANGUAGES}
    digests = [packaged.digest.document for packaged in packaged_digests()]
    findings = check_all(digests) if check else []
    listed = [found.model_dump(mode="json") for found in findings]
    if as_json:
        print_json({"digests": len(digests), "translated": counts, "findings": listed})
    else:
        for language, count in counts.items():
            typer.echo(f"{language}: {count} of {len(digests)} digests")
        for found in findings:
            typer.echo(f"{found.language} {found.place} [{found.wrong.value}] {found.detail}")
    if findings:
        raise typer.Exit(1)


@app.command()
def add(
    paths: Annotated[
        list[Path], typer.Argument(help="Files or directories: PDF, AKN XML, DOCX, HTML, ...")
    ],
    work: Annotated[
        str | None,
        typer.Option(help="Document id to file under, e.g. udhr@1948 (one file, or languages)."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="A digest may replace the one that has its id.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read files and put their documents on the shelf. What cannot be read says why.

    Exit code 1 when some file could not be read. Then run `advisor index sync`.
    """
    from corpus.shelf.adding import add_files

    shelf = _shelf()
    with progress_bar(quiet=as_json) as progress:
        report = add_files(
            shelf,
            paths,
            actor=_actor(),
            work=work,
            replace=replace,
            progress=progress,
            theirs=True,
        )
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for outcome in report.files:
            if outcome.error:
                typer.secho(f"{outcome.name}: {outcome.error}", err=True, fg="red")
            for held in outcome.became:
                typer.echo(
                    f"{outcome.name}: {held.id} ({held.language}, {held.kind.replace('_', ' ')}, "
                    f"{held.clauses} clauses, {held.change}): {held.title}"
                )
            for note in outcome.notes:
                doubt = ": Doubt: " in note
                typer.secho(f"    {note}", fg="yellow" if doubt else None)
        typer.echo(report.summary())
        if report.changed:
            typer.echo("Next: advisor index sync")
    if report.failed:
        raise typer.Exit(1)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List what is on the shelf: id, language, state, clauses, where it came from."""
    shelf = _shelf()
    entries, live = shelf.entries(), shelf.live()
    if as_json:
        print_json([e.model_dump(mode="json") | {"live": e.key in live} for e in entries])
        return
    rows = [
        [
            e.id,
            e.language,
            "digest" if e.is_digest else "official",
            e.state.value if e.key in live or e.state != "active" else "stepped back",
            str(e.clauses),
            e.source.name,
        ]
        for e in entries
    ]
    columns = ["document", "language", "text", "state", "clauses", "read from"]
    print_table(f"{len(rows)} documents", columns, rows)


@app.command()
def show(
    address: Annotated[str, typer.Argument(help="pp-res-205@2018 or pp-res-205@2018#resolves.2")],
    language: Annotated[str | None, typer.Option(help="Language wanted, if held.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show a document as clauses, or one clause with its page and sources."""
    from corpus.addresses import Address
    from corpus.errors import UnknownAddress

    wanted = Address.parse(address)
    document = _shelf().best(wanted.document, language)
    clauses = [
        (section, clause)
        for section, clause in document.clauses()
        if wanted.section in (None, section.slug) and wanted.label in (None, clause.label)
    ]
    if wanted.section is not None and (exact := document.find(wanted)) is not None:
        clauses = [exact]
    if not clauses:
        raise UnknownAddress(
            f"{wanted.document} has no clause '{address}'. "
            f"`advisor corpus show {wanted.document}` lists its clauses."
        )
    if as_json:
        shown = document.model_dump(mode="json", exclude={"sections"})
        shown["clauses"] = [
            clause.model_dump(mode="json")
            | {
                "address": str(document.address(section, clause)),
                "section": section.slug,
                "section_heading": section.heading,
                "kind": section.kind.value,
            }
            for section, clause in clauses
        ]
        print_json(shown)
        return
    _print_document(document, clauses)


def _print_document(document: Document, clauses: list[tuple[Section, Clause]]) -> None:
    kind = "Digest, not the official text" if document.is_digest else "Official text"
    edition = f" ({document.edition})" if str(document.edition) else ""
    typer.secho(f"{document.title}{edition}", bold=True)
    typer.echo(f"{document.id} · {kind} · {document.language}")
    if document.official_url:
        typer.echo(document.official_url)
    last = None
    for section, clause in clauses:
        if section.slug != last:
            typer.secho(f"\n{section.heading}", italic=True)
            last = section.slug
        page = f"  [p. {clause.page}]" if clause.page else ""
        typer.echo(f"  {clause.label or '-':>6}  {clause.text}{page}")
        for footnote in clause.footnotes:
            typer.echo(f"          note: {footnote}")
        for source in clause.sources:
            typer.secho(f"          seen at: {source}", dim=True)


@app.command()
def remove(
    document: Annotated[str, typer.Argument(help="Document id, or one key of `corpus list`.")],
    as_json: AsJson = False,
) -> None:
    """Delete a document from the shelf for good (its history stays)."""
    keys = _shelf().remove(document, _actor())
    _told("removed", keys, as_json)


@app.command()
def withdraw(
    document: Annotated[str, typer.Argument(help="Document id, or one key of `corpus list`.")],
    reason: Annotated[str, typer.Option(help="Kept in the history.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a document out of every answer at once; `restore` brings it back."""
    from corpus.shelf.register import State

    keys = _shelf().set_state(document, State.WITHDRAWN, _actor(), reason)
    _audited("withdrawn", keys)
    _told("withdrawn", keys, as_json)


@app.command()
def restore(
    document: Annotated[str, typer.Argument(help="Document id, or one key of `corpus list`.")],
    as_json: AsJson = False,
) -> None:
    """Bring a withdrawn document back."""
    from corpus.shelf.register import State

    keys = _shelf().set_state(document, State.ACTIVE, _actor())
    _audited("restored", keys)
    _told("restored", keys, as_json)


@app.command()
def held(
    document: Annotated[str | None, typer.Argument(help="Id or key; all when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Clauses that are held back or pointed out because they seem to speak to software."""
    from corpus.shelf.releases import waiting

    marks = waiting(_shelf(), document)
    if as_json:
        print_json([mark.model_dump(mode="json") for mark in marks])
        return
    columns = ["key", "clause", "state", "score", "why", "words"]
    rows = [
        [m.key, m.address.partition("#")[2], m.state.value, f"{m.score:.2f}", m.reason, m.text]
        for m in marks
    ]
    print_table(f"{len(rows)} clauses", columns, rows)


Key = Annotated[str, typer.Argument(help="Key of the text, as `corpus held` prints it.")]
ClauseAddress = Annotated[str, typer.Argument(help="Like pp-res-205@2018#resolves.2.")]
Why = Annotated[str, typer.Option(help="Kept in the history.")]


@app.command()
def release(key: Key, address: ClauseAddress, reason: Why = "") -> None:
    """Show a clause that was held back, from the next question on; it is never held back again."""
    from corpus.tampering.marks import Decision

    _shelf().decide(key, address, Decision.RELEASED, _actor(), reason)
    _audited("released", [key], address=address)


@app.command()
def keep(key: Key, address: ClauseAddress, reason: Why = "") -> None:
    """Keep a clause back from everybody, whether the rule found it or not."""
    from corpus.tampering.marks import Decision

    _shelf().decide(key, address, Decision.KEPT, _actor(), reason)
    _audited("kept-back", [key], address=address)


def _audited(action: str, keys: list[str], **detail: str) -> None:
    """A line for administrators too: what is done at the machine is done all the same."""
    from assistant.operating.workspace import database
    from assistant.people.audit import Action, Audit
    from assistant.settings import Settings

    audit = Audit(database(Settings.load()))
    for key in keys:
        audit.record(_actor(), Action(action), key, **detail)


def _told(action: str, keys: list[str], as_json: bool) -> None:
    if as_json:
        print_json({action: keys})
    else:
        typer.echo(f"{action}: {', '.join(keys)}")


@app.command()
def history(
    document: Annotated[str | None, typer.Argument(help="A key; all when left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Who did what to which document, newest first."""
    events = _shelf().history(document)
    if as_json:
        print_json([event.model_dump(mode="json") for event in events])
    else:
        columns = ["when", "who", "what", "document", "detail"]
        rows = [[e.at, e.actor, e.action, e.key, e.detail] for e in events]
        print_table(f"{len(rows)} events", columns, rows)


@app.command()
def export(
    document: Annotated[
        str | None, typer.Argument(help="A document id; every live document when left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print every clause, one JSON object a line (JSON Lines), in reading order.

    Fields: document, title, kind, section, section_title, label, text, footnotes, repairs,
    page, language, is_digest. `--json` is the only format and may be left out.
    """
    import json

    from corpus.shelf.export import rows

    shelf = _shelf()
    keys = [key for key in shelf.live() if document in (None, key, key.split(":")[0])]
    if document is not None and not keys:
        shelf.best(document)
    for held in shelf.documents(keys):
        for row in rows(held):
            typer.echo(json.dumps(row, ensure_ascii=False))


@app.command()
def catalogue(
    kind: Annotated[str | None, typer.Option(help="Only this kind, e.g. resolution.")] = None,
    as_json: AsJson = False,
) -> None:
    """List every official document known to exist, and whether its text is held."""
    from corpus.shelf.holdings import holdings

    listed = [h for h in holdings(_shelf()) if kind in (None, h.entry.kind.value)]
    if as_json:
        print_json(
            [
                h.entry.model_dump(mode="json") | h.model_dump(mode="json", exclude={"entry"})
                for h in listed
            ]
        )
        return
    rows = [
        [h.entry.id, h.entry.title, str(h.entry.edition), h.held.value, h.currency] for h in listed
    ]
    print_table(
        f"{len(rows)} documents known", ["id", "title", "edition", "held", "standing"], rows
    )


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Check every digest statement against the official text on the shelf, where it is held.

    Exit code 1 when a statement is not borne out and not explained.
    """
    from corpus.shelf.verifying import verify_shelf

    report = verify_shelf(_shelf())
    if as_json:
        print_json(report.model_dump(mode="json"))
    else:
        for finding in report.doubts:
            state = "explained" if finding.explanation else "NOT BORNE OUT"
            typer.echo(f"{state}: {finding.address}: {finding.reason}")
            typer.echo(f"    {finding.statement}")
        typer.echo(report.summary())
    if report.unexplained:
        raise typer.Exit(1)


@app.command()
def compare(
    old: Annotated[str, typer.Argument(help="Document id of one edition.")],
    new: Annotated[str, typer.Argument(help="Document id of the other edition.")],
    as_json: AsJson = False,
) -> None:
    """Lay two editions of one instrument side by side, clause by clause."""
    from corpus.shelf.editions import compare as compare_editions

    shelf = _shelf()
    comparison = compare_editions(shelf.best(old), shelf.best(new))
    if as_json:
        print_json(comparison.model_dump(mode="json"))
    else:
        typer.echo(comparison.text())
