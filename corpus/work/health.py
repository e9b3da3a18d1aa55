"""The shelf at a glance: what is on it, and what failed to get there and why."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

from sqlalchemy import Engine, func, select

from corpus.database import reading
from corpus.documents import Frozen
from corpus.fetching.report import Outcome
from corpus.fetching.state import FetchState
from corpus.reading.doubts import MARK, doubts_in
from corpus.shelf.register import Shelf, State, documents_table
from corpus.work.job import JobState
from corpus.work.jobs import Jobs

_HEAD = 8192
"""Characters of a stored document in which everything before its sections lies."""


class Trouble(Frozen):
    """Something that did not get onto the shelf, and why.

    Attributes:
        what: a document's id and language, or a file's name.
        where: 'fetch' or 'job'.
        code, reason: for programs and for people.
        at: UTC, ISO 8601.
    """

    what: str
    where: str
    code: str
    reason: str
    at: str


class Doubtful(Frozen):
    """A text on the shelf whose clauses look wrong.

    Attributes:
        key: of the document.
        doubts: what looks wrong, in words.
    """

    key: str
    doubts: tuple[str, ...]


class Health(Frozen):
    """Counts of the shelf, its work, and its troubles, newest trouble first.

    Attributes:
        documents: on the shelf, whatever their state.
        kinds, years, languages: live documents by kind, edition year ('none' where unknown) and
            language.
        states: all documents: official, digest, stepped back, withdrawn.
        jobs: by state. stalled: running jobs whose worker went silent.
        fetches: documents by the outcome of their last fetch.
        troubles: what failed and why.
        doubtful: live texts that were read with doubts, by key.
        newest: when something was last put on the shelf, '' for an empty one.
    """

    documents: int
    kinds: dict[str, int]
    years: dict[str, int]
    languages: dict[str, int]
    states: dict[str, int]
    jobs: dict[str, int]
    stalled: int
    fetches: dict[str, int]
    troubles: tuple[Trouble, ...]
    doubtful: tuple[Doubtful, ...] = ()
    newest: str = ""


def health(shelf: Shelf, engine: Engine) -> Health:
    """Look at everything, change nothing; memory holds one line of each document."""
    entries, live = shelf.entries(), shelf.live()
    heads = {key: head for key, head in _heads(engine) if key in live}
    states: Counter[str] = Counter()
    for entry in entries:
        if entry.state is State.WITHDRAWN:
            states["withdrawn"] += 1
        elif entry.key not in live:
            states["stepped back"] += 1
        else:
            states["digest" if entry.is_digest else "official"] += 1
    jobs = Jobs(engine)
    listed = jobs.all()
    past = FetchState(engine).outcomes()
    troubles = [
        Trouble(
            what=f"{o.entry} ({o.language})",
            where="fetch",
            code=o.code or "",
            reason=o.reason or "",
            at=o.at,
        )
        for o in past
        if o.outcome == Outcome.FAILED.value
    ] + [
        Trouble(what=j.name, where="job", code=j.code or "", reason=j.error or "", at=j.updated_at)
        for j in listed
        if j.error and j.state in (JobState.FAILED, JobState.WAITING)
    ]
    return Health(
        documents=len(entries),
        kinds=_counted(head["kind"] for head in heads.values()),
        years=_counted(str(head["edition"].get("year") or "none") for head in heads.values()),
        languages=_counted(entry.language for entry in entries if entry.key in live),
        states=dict(sorted(states.items())),
        jobs=jobs.counts(),
        stalled=sum(job.stalled for job in listed),
        fetches=_counted(outcome.outcome for outcome in past),
        troubles=tuple(sorted(troubles, key=lambda trouble: trouble.at, reverse=True)),
        doubtful=tuple(_doubtful(engine, live)),
        newest=max((entry.added_at for entry in entries), default=""),
    )


def _counted(values: Iterator[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _heads(engine: Engine) -> Iterator[tuple[str, dict[str, Any]]]:
    """Key and what stands before the sections of every stored document (kind, edition)."""
    columns = documents_table.c
    head = func.substr(columns.payload, 1, _HEAD)
    with reading(engine) as connection:
        rows = connection.execute(select(columns.key, head)).all()
    for key, text in rows:
        # Quotes inside values are escaped, so this can only be the field itself.
        before, found, _ = text.partition(',"sections":')
        if found:
            yield key, json.loads(before + "}")


def _doubtful(engine: Engine, live: Container[str]) -> Iterator[Doubtful]:
    """Texts with doubts among their notes, which stand at the end of a stored document."""
    columns = documents_table.c
    marked = columns.payload.contains(f'"{MARK}', autoescape=True)
    with reading(engine) as connection:
        rows = connection.execute(
            select(columns.key, columns.payload).where(marked).order_by(columns.key)
        )
        for key, payload in rows:
            found = doubts_in(json.loads(payload).get("notes", ())) if key in live else ()
            if found:
                yield Doubtful(key=key, doubts=found)
