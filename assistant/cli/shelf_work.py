"""`advisor corpus`, the librarian's work: fetch, reread, health."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cli.ingest import actor, app, desk
from assistant.cli.output import AsJson, print_json, print_table, progress_bar

__all__ = ["app"]

if TYPE_CHECKING:
    from corpus.shelf.catalogue_entries import CatalogueEntry


@app.command()
def fetch(
    kind: Annotated[
        list[str] | None, typer.Option(help="Only this kind, e.g. country_review; repeatable.")
    ] = None,
    id_: Annotated[
        list[str] | None, typer.Option("--id", help="Only this document; repeatable.")
    ] = None,
    language: Annotated[
        list[str] | None,
        typer.Option(help="ar, en, es, fr, ru or zh; by default those the catalogue names."),
    ] = None,
    allow_host: Annotated[
        list[str] | None, typer.Option(help="A further host that may be asked or redirected to.")
    ] = None,
    contact: Annotated[
        str, typer.Option(help="Where the keeper of a site can write to; sent as User-Agent.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Download official texts from the catalogue's links and put them on the shelf.

    Polite (robots.txt, one request a second), safe to interrupt, and it goes on where it stopped.
    Exit code 1 when a document that has a link could not be had. Then run `advisor index sync`.
    """
    from corpus.documents import DocumentKind
    from corpus.fetching.policy import Policy, hosts_of
    from corpus.fetching.report import Outcome
    from corpus.fetching.texts import fetch as fetch_all
    from corpus.shelf.catalogue import Catalogue

    catalogue = Catalogue.load()
    wanted = _wanted(catalogue.entries, kind, id_)
    hosts = hosts_of(url for e in catalogue for url in e.urls) | frozenset(allow_host or ())
    shelf, engine = desk()
    with progress_bar(quiet=as_json) as progress:
        report = fetch_all(
            wanted,
            shelf,
            engine,
            actor=actor(),
            policy=Policy(hosts=hosts, contact=contact),
            languages=language,
            collections=[e for e in catalogue if e.kind is DocumentKind.FINAL_ACTS],
            progress=progress,
        )
    if as_json:
        print_json(report.model_dump(mode="json") | {"counts": report.counts})
    else:
        rows = [
            [o.entry, o.language, o.outcome.value, o.reason or o.url or ""] for o in report.entries
        ]
        if rows:
            columns = ["document", "language", "outcome", "why, or from where"]
            print_table("Asked for", columns, rows)
        for outcome in report.entries:
            if outcome.outcome is Outcome.NO_LINK and outcome.candidates:
                typer.echo(f"{outcome.entry}: the page links to {', '.join(outcome.candidates)}")
        typer.echo(report.summary())
        if report.changed:
            typer.echo("Next: advisor index sync")
    if report.failed:
        raise typer.Exit(1)


def _wanted(
    entries: tuple[CatalogueEntry, ...], kinds: list[str] | None, ids: list[str] | None
) -> list[CatalogueEntry]:
    from corpus.documents import DocumentKind
    from corpus.errors import UnknownAddress

    known = {kind.value for kind in DocumentKind}
    if unknown := sorted(set(kinds or ()) - known):
        raise typer.BadParameter(f"{unknown[0]} is no kind; one of {', '.join(sorted(known))}.")
    if unknown := sorted(set(ids or ()) - {entry.id for entry in entries}):
        raise UnknownAddress(
            f"The catalogue has no document '{unknown[0][:120]}'. "
            "`advisor corpus catalogue` lists those it has."
        )
    return [
        entry
        for entry in entries
        if (not kinds or entry.kind.value in kinds) and (not ids or entry.id in ids)
    ]


@app.command()
def reread(
    id_: Annotated[
        list[str] | None, typer.Option("--id", help="Only this document; repeatable.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, change nothing.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read the kept files again, after a reader improved, and report what changed.

    Exit code 1 when a file no longer reads or a document is no longer found in its file.
    """
    from corpus.shelf.rereading import Change
    from corpus.shelf.rereading import reread as read_again

    shelf, _ = desk()
    known = {key for e in shelf.entries() for key in (e.id, e.key)}
    _must_be_known(known, id_)
    with progress_bar(quiet=as_json) as progress:
        results = read_again(shelf, id_, actor=actor(), dry_run=dry_run, progress=progress)
    if as_json:
        print_json([result.model_dump(mode="json") for result in results])
    else:
        rows = [
            [
                r.key,
                r.change.value,
                f"{r.clauses_before} → {r.clauses_after}",
                r.reason or f"{r.added} added, {r.removed} removed, {r.reworded} reworded",
            ]
            for r in results
            if r.change is not Change.UNCHANGED
        ]
        if rows:
            print_table("Read again", ["document", "outcome", "clauses", "what"], rows)
        same = sum(r.change is Change.UNCHANGED for r in results)
        typer.echo(f"{len(results)} documents read again, {same} unchanged.")
        if len(rows) and not dry_run:
            typer.echo("Next: advisor index sync")
    if any(r.change in (Change.FAILED, Change.MISSING) for r in results):
        raise typer.Exit(1)


def _must_be_known(known: set[str], ids: list[str] | None) -> None:
    from corpus.errors import UnknownAddress

    if unknown := sorted(set(ids or ()) - known):
        raise UnknownAddress(
            f"No document '{unknown[0][:120]}' is on the shelf. "
            "`advisor corpus list` shows what is."
        )


@app.command()
def health(as_json: AsJson = False) -> None:
    """The shelf at a glance: documents by kind, edition, language and state; what failed, why."""
    from assistant.operating.workspace import home
    from assistant.settings import Settings
    from corpus.work.health import health as look
    from indexing.building.status import index_status

    shelf, engine = desk()
    found = look(shelf, engine)
    settings = Settings.load()
    # Without the embedding model, which takes seconds to load: dates and counts need none.
    index = index_status(shelf, home(settings), chroma_host=settings.chroma_host)
    if as_json:
        print_json(found.model_dump(mode="json") | {"index": index.model_dump(mode="json")})
        return
    for title, counts in (
        ("Documents", found.states),
        ("By kind", found.kinds),
        ("By edition year", found.years),
        ("By language", found.languages),
        ("Jobs", {state: n for state, n in found.jobs.items() if n}),
        ("Fetched", found.fetches),
    ):
        said = ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in counts.items())
        typer.echo(f"{title:<16} {said or 'none'}")
    if found.stalled:
        typer.echo(f"{found.stalled} jobs stalled; `advisor corpus jobs run` takes them over.")
    typer.echo(f"{'Newest':<16} {found.newest or 'nothing yet'}")
    typer.echo(f"{'Index':<16} {index.summary() or 'none yet'}")
    if found.troubles:
        rows = [[t.what, t.where, t.code, t.reason, t.at] for t in found.troubles]
        columns = ["what", "where", "code", "why", "when"]
        print_table(f"{len(rows)} troubles", columns, rows)
    if found.doubtful:
        rows = [[text.key, "; ".join(text.doubts)] for text in found.doubtful]
        print_table(f"{len(rows)} doubtful texts", ["document", "what looks wrong"], rows)
