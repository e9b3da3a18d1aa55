"""The rule: which clauses of a document speak to software, and why. Decided once, then stored.

Two signals: blunt commands and hidden characters (`commands`), which an honest document does not
hold, and how much a sentence is like those that speak to software (`classifier`), which ranks. A
clause that is likely enough waits for a librarian, who sees it and why; a less likely one is shown
and pointed out to them. A file that this program fetched from an official host itself, or that
ships with it, must be more suspicious than an upload before a clause of it waits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from corpus.documents import Clause, Document, Frozen, Section
from corpus.tampering.classifier import likeness
from corpus.tampering.commands import command_in

VERSION = "2026-12-01.2"
"""Of the rule. A clause decided by an earlier one is looked at again when the index is synced;
what a librarian decided stands."""

HOLD, HOLD_TRUSTED, NOTE = 0.65, 0.9, 0.25
"""Likeness from which a clause of an upload waits, one of a trusted file, and is pointed out."""


class Judged(Frozen):
    """What the rule makes of a text: why, how sure (0 to 1), and whether it is withheld."""

    reason: str
    score: float
    held: bool


class Finding(Judged):
    """A clause that the rule found something in.

    Attributes:
        address: of the clause, as `Document.address` writes it.
        words: SHA-256 of the clause with its heading and footnotes: what a decision holds for.
    """

    address: str
    words: str


def judged(text: str, trusted: bool = False) -> Judged | None:
    """What the rule makes of a text as stored; None where it finds nothing."""
    if said := command_in(text):
        return Judged(reason=said, score=1.0, held=True)
    score = round(likeness(text), 3)
    if score < NOTE:
        return None
    return Judged(
        reason="reads like words to software",
        score=score,
        held=score >= (HOLD_TRUSTED if trusted else HOLD),
    )


def findings(document: Document, trusted: bool = False) -> Iterator[Finding]:
    """What the rule finds in the document, in reading order.

    A title or a heading that speaks to software is shown with every clause under it, so each of
    them is found.
    """
    title = _in("title", document.title, trusted)
    for section in document.sections:
        heading = _in("heading", section.heading, trusted)
        for clause in section.clauses:
            found = _strongest((title, heading, *_parts(clause, trusted)))
            if found:
                yield Finding(
                    **found.model_dump(),
                    address=str(document.address(section, clause)),
                    words=words_of(section, clause),
                )


def words_of(section: Section, clause: Clause) -> str:
    """SHA-256 of everything that is shown with a clause, hex."""
    said = "\n".join((section.heading, clause.text, *clause.footnotes))
    return hashlib.sha256(said.encode()).hexdigest()


def _parts(clause: Clause, trusted: bool) -> Iterator[Judged | None]:
    yield judged(clause.text, trusted)
    for note in clause.footnotes:
        yield _in("footnote", note, trusted)


def _in(where: str, text: str, trusted: bool) -> Judged | None:
    found = judged(text, trusted)
    return found and found.model_copy(update={"reason": f"{where}: {found.reason}"})


def _strongest(found: Iterator[Judged | None] | tuple[Judged | None, ...]) -> Judged | None:
    return max((one for one in found if one), key=lambda one: (one.held, one.score), default=None)
