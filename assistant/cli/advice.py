"""`advisor mandate|compare|draft`: from a question to advice."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.advice.drafting.kinds import TITLES, DraftKind, Length
from assistant.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from assistant.advice.drafting.versions import Drafts, StoredDraft
    from assistant.advisor import Advisor
    from assistant.rendering.blocks import Report

Out = Annotated[Path | None, typer.Option("--out", help="Write a .docx, .pdf or .md file.")]


def _advisor() -> Advisor:
    from assistant.advisor import Advisor
    from assistant.settings import Settings

    return Advisor.open(Settings.load())


def mandate(
    topic: Annotated[str, typer.Argument(help='A topic, or "Does BDT have a mandate to ...?".')],
    actor: Annotated[
        str | None, typer.Option(help="Whose mandate: bdt, secretary-general, council, ...")
    ] = None,
    svg: Annotated[
        Path | None, typer.Option(help="Write the timeline and graph to this SVG file.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write Markdown to this file.")] = None,
    editions: Annotated[
        bool, typer.Option("--editions", help="Show what each edition changed on it, word by word.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say which instruments give a mandate: who must do what, since when, by which clause."""
    from assistant.advice.mandates.changes import changes, marked
    from assistant.advice.mandates.charges import mandate as find
    from assistant.advice.mandates.picture import picture
    from assistant.advice.mandates.text import markdown, rows
    from assistant.asking.screening import readable

    advisor = _advisor()
    trail = find(readable(topic), advisor, actor=actor)
    if svg is not None:
        svg.write_text(picture(trail), encoding="utf-8")
    if out is not None:
        out.write_text(markdown(trail), encoding="utf-8")
    if as_json:
        print_json(trail.model_dump(mode="json"))
        return
    typer.secho(trail.sentence, bold=True)
    for duty in trail.deciding:
        typer.echo(f"\n  {duty.quote}")
        typer.secho(f"  {duty.label}  [{duty.address}]", dim=True)
    typer.echo()
    print_table("Who must do what", ["who", "verb", "clause", "words"], rows(trail)[:30])
    print_table(
        "Since when",
        ["instrument", "editions known (text held unless said)"],
        [
            [
                f"{i.label}: {i.title}",
                "; ".join(
                    f"{e.label.rpartition('(')[2].rstrip(')')}"
                    + {"official": "", "digest": " (digest)", "": " (not held)"}[e.held]
                    for e in i.editions
                ),
            ]
            for i in trail.instruments
        ],
    )
    for link in trail.links:
        typer.echo(f"{link.address} refers to {link.target}")
    for note in trail.notes:
        typer.secho(f"Note: {note}", dim=True)
    if editions:
        for step in changes(trail, advisor):
            typer.secho(f"\n{step.old_label} -> {step.new_label}", bold=True)
            if step.note:
                typer.secho(f"  {step.note}", dim=True)
            for change in step.changes:
                typer.echo(f"  {change.kind.value}: {change.new_address or change.old_address}")
                typer.echo(f"    {marked(change)}")
            if step.elsewhere:
                typer.secho(f"  Other clauses that changed: {step.elsewhere}", dim=True)


def compare(
    what: Annotated[
        list[str], typer.Argument(help="Two document ids with --topic, or two or more countries.")
    ],
    topic: Annotated[
        str | None, typer.Option(help="Compare two instruments on this topic.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Lay editions, instruments on a topic, or countries by pillar side by side.

    advisor compare Rwanda Kenya                                 two or more countries
    advisor compare pp-res-198@2018 pp-res-205@2018 --topic youth    two instruments on a topic
    advisor compare pp-res-71@2014 pp-res-71@2018                what changed between editions
    """
    from assistant.advice import comparing
    from assistant.operating.workspace import shelf
    from assistant.settings import Settings
    from corpus.shelf.catalogue import Catalogue

    held = shelf(Settings.load())
    works = {one.partition("@")[0] for one in what}
    if len(what) == 2 and len(works) == 1 and all("@" in one for one in what):
        table = comparing.compare_editions(held, what[0], what[1], topic or "")
    elif topic is not None:
        if len(what) != 2:
            raise comparing.NothingToCompare("Name two documents to compare on a topic.")
        table = comparing.compare_instruments(held, what[0], what[1], topic)
    else:
        table = comparing.compare_countries(held, Catalogue.load(), what)
    if out is not None:
        write_report(out, comparing.report(table))
    if as_json:
        print_json(table.model_dump(mode="json"))
    elif out is None:
        typer.echo(comparing.markdown(table))


def write_report(out: Path, report: Report) -> None:
    """A .docx as Word, a .pdf as PDF, anything else as Markdown.

    Raises:
        CannotPrint: PDF was asked for and a library or a font is missing.
    """
    from assistant.rendering import block_markdown, block_print, block_word

    suffix = out.suffix.lower()
    if suffix == ".docx":
        out.write_bytes(block_word.docx(report))
    elif suffix == ".pdf":
        out.write_bytes(block_print.pdf(report))
    else:
        out.write_text(block_markdown.markdown(report), encoding="utf-8")


draft_app = typer.Typer(
    help="Drafts from the documents: every sentence cited, or a marked gap.", no_args_is_help=True
)
Id = Annotated[str, typer.Argument(help="Id of the draft.")]
Section = Annotated[str, typer.Argument(help="Key of the section, as `advisor draft show` says.")]


def _drafts(advisor: Advisor) -> Drafts:
    from assistant.advice.drafting.versions import Drafts
    from assistant.operating.workspace import database

    return Drafts(database(advisor.settings))


def _told(stored: StoredDraft, as_json: bool) -> None:
    if as_json:
        print_json(stored.model_dump(mode="json"))
        return
    typer.secho(f"{stored.draft.title}  ({stored.id}, version {stored.version} of {stored.of})")
    for section in stored.draft.sections:
        typer.secho(f"\n{section.heading}  [{section.key}]", bold=True)
        for number, sentence in enumerate(section.sentences, 1):
            lead = f"{sentence.lead}: " if sentence.lead else ""
            mark = "(author) " if sentence.nature == "own" else ""
            typer.echo(f"{number:>3}. {mark}{lead}{sentence.text}")
            if sentence.source:
                typer.secho(f"     [{sentence.source}]", dim=True)


Written = Annotated[
    bool,
    typer.Option("--written", help="Let the chat model write; each sentence is checked."),
]


def _beginning(kind: DraftKind) -> Callable[..., None]:
    """The command that drafts one kind: `advisor draft briefing-note --topic ...`."""

    def begin(
        topic: Annotated[str, typer.Option(help="What it is about.")],
        audience: Annotated[str, typer.Option(help="Who reads it.")] = "",
        country: Annotated[str, typer.Option(help="Which country it concerns.")] = "",
        purpose: Annotated[str, typer.Option(help="What it is for, in a line.")] = "",
        length: Annotated[Length, typer.Option(help="How much evidence a section takes.")] = (
            Length.MEDIUM
        ),
        written: Written = False,
        out: Out = None,
        as_json: AsJson = False,
    ) -> None:
        from assistant.advice.drafting.composing import required_writer
        from assistant.advice.drafting.draft import Brief
        from assistant.advice.drafting.writing import draft
        from assistant.asking.screening import readable
        from corpus.tampering.characters import visible

        advisor = _advisor()
        brief = Brief(
            kind=kind,
            topic=readable(topic)[:400],
            audience=visible(audience)[:400],
            country=visible(country)[:80],
            purpose=visible(purpose)[:1000],
            length=length,
            written=written,
        )
        writes = required_writer(advisor.settings) if written else None
        stored = _drafts(advisor).begin(draft(brief, advisor, writes))
        _exported(stored, advisor, out)
        _told(stored, as_json)

    return begin


for _kind, _title in TITLES.items():
    if _kind is DraftKind.TEMPLATE:
        continue
    draft_app.command(_kind.value, help=f"{_title}, from the documents.")(_beginning(_kind))


@draft_app.command("template")
def draft_template(
    file: Annotated[Path, typer.Argument(help="Markdown or Word file; its headings are used.")],
    topic: Annotated[str, typer.Option(help="What it is about.")],
    country: Annotated[str, typer.Option(help="Which country it concerns.")] = "",
    written: Written = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Draft after your own template: each of its headings becomes a section."""
    from assistant.advice.drafting.composing import required_writer
    from assistant.advice.drafting.draft import BadDraft, Brief
    from assistant.advice.drafting.templates import headings
    from assistant.advice.drafting.writing import draft
    from assistant.asking.screening import readable
    from corpus.tampering.characters import visible

    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadDraft(f"'{file.name}' cannot be read ({error.strerror}).") from error
    advisor = _advisor()
    brief = Brief(
        kind=DraftKind.TEMPLATE,
        topic=readable(topic)[:400],
        country=visible(country)[:80],
        headings=headings(file.name, content),
        written=written,
    )
    writes = required_writer(advisor.settings) if written else None
    stored = _drafts(advisor).begin(draft(brief, advisor, writes))
    _exported(stored, advisor, out)
    _told(stored, as_json)


def _exported(stored: StoredDraft, advisor: Advisor, out: Path | None) -> None:
    from assistant.advice.drafting import exporting

    if out is not None:
        write_report(out, exporting.report(stored.draft, advisor))


@draft_app.command("list")
def draft_list(as_json: AsJson = False) -> None:
    """List your drafts, last changed first."""
    found = _drafts(_advisor()).all()
    if as_json:
        print_json([s.model_dump(mode="json") for s in found])
    else:
        print_table(
            f"{len(found)} drafts",
            ["id", "title", "version", "changed"],
            [[s.id, s.draft.title, f"{s.version} of {s.of}", s.updated] for s in found],
        )


@draft_app.command("show")
def draft_show(id: Id, out: Out = None, as_json: AsJson = False) -> None:
    """Show a draft with its sections and sentence numbers, or export it with --out."""
    advisor = _advisor()
    stored = _drafts(advisor).get(id)
    _exported(stored, advisor, out)
    _told(stored, as_json)


@draft_app.command("edit")
def draft_edit(
    id: Id,
    section: Section,
    regenerate: Annotated[bool, typer.Option(help="Make the section afresh.")] = False,
    drop: Annotated[int | None, typer.Option(help="Drop the sentence of this number.")] = None,
    add: Annotated[str | None, typer.Option(help="Quote the clause at this address.")] = None,
    insert: Annotated[str | None, typer.Option(help="Insert your own text.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change one section; each change is a version that `undo` takes back."""
    from assistant.advice.drafting import editing, writing
    from assistant.advice.drafting.composing import writer
    from assistant.advice.drafting.draft import BadDraft

    advisor = _advisor()
    drafts = _drafts(advisor)
    version = drafts.get(id).draft
    if sum((regenerate, drop is not None, add is not None, insert is not None)) != 1:
        raise BadDraft("Name one change: --regenerate, --drop, --add or --insert.")
    if regenerate:
        writes = writer(advisor.settings) if version.brief.written else None
        version = writing.regenerate(version, section, advisor, writes)
        change = f"regenerated {section}"
    elif drop is not None:
        version, change = editing.drop(version, section, drop), f"dropped {section} {drop}"
    elif add is not None:
        version = editing.add_source(version, section, add, advisor)
        change = f"added {add} to {section}"
    else:
        version = editing.insert(version, section, insert or "")
        change = f"inserted own text into {section}"
    _told(drafts.save(id, version, change), as_json)


@draft_app.command("undo")
def draft_undo(id: Id, as_json: AsJson = False) -> None:
    """Go back one version."""
    _told(_drafts(_advisor()).move(id, -1), as_json)


@draft_app.command("redo")
def draft_redo(id: Id, as_json: AsJson = False) -> None:
    """Go forward one version."""
    _told(_drafts(_advisor()).move(id, 1), as_json)


@draft_app.command("versions")
def draft_versions(
    id: Id,
    restore: Annotated[int | None, typer.Option(help="Bring back the version of this number.")] = (
        None
    ),
    as_json: AsJson = False,
) -> None:
    """List every version of a draft, or bring one back as the newest."""
    drafts = _drafts(_advisor())
    if restore is not None:
        _told(drafts.restore(id, restore), as_json)
        return
    found = drafts.versions(id)
    if as_json:
        print_json([line.model_dump(mode="json") for line in found])
    else:
        rows = [[str(line.version), line.at, line.change] for line in found]
        print_table(f"{len(found)} versions", ["version", "when", "change"], rows)
