"""The rule: which clauses of a document speak to software, and why. Decided once, then stored.

Three signals: blunt commands and hidden characters (`commands`), and names that this program gives
its own evidence, none of which an honest document holds; and how much a sentence is like those that
speak to software, which ranks. That is said twice: at once by its letters and words
(`classifier`), when the document is put on the shelf, and by what it means, when it is indexed
(`Look`; `indexing.second_look`). The second says more and replaces the first. A clause that is
likely enough waits for a librarian, who sees it and why; a less likely one is shown and pointed out
to them. A file that this program fetched from an official host itself, or that ships with it, must
be more suspicious than an upload before a clause of it waits.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from corpus.documents import Clause, Document, Frozen, Section
from corpus.tampering.characters import plain
from corpus.tampering.classifier import likeness, parted
from corpus.tampering.commands import command_in

VERSION = "2026-12-01.4"
"""Of the rule. A clause decided by an earlier one is looked at again when the index is synced;
what a librarian decided stands."""

HOLD, HOLD_TRUSTED, NOTE = 0.65, 0.9, 0.25
"""Likeness from which a clause of an upload waits, one of a trusted file, and is pointed out."""


_OURS = re.compile(
    r"\b[a-z]{2,}(?:-[a-z0-9]+)+@\d{4}(?:#[a-z][\w.-]*)?(?![\w.@]*\w@|[.]?[a-z])|\[E\d{1,3}\]"
)
"""An address as this program writes it, or the number of an extract as a chat model sees it: a text
that holds one was written for this program, and wants to be taken for its evidence."""

Likeness = Callable[[str], float]
"""How likely the likest sentence of a text speaks to software, 0 to 1."""


class Look(Protocol):
    """A closer look than that of `classifier`, which costs a model's time for each sentence.

    Attributes:
        name: of what looks, in one short word; stored beside the version of the rule.
    """

    name: str

    def __call__(self, sentences: Sequence[str]) -> Sequence[float]:
        """How likely each speaks to software, 0 to 1."""
        ...


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


def judged(text: str, trusted: bool = False, like: Likeness = likeness) -> Judged | None:
    """What the rule makes of a text as stored; None where it finds nothing."""
    if said := command_in(text):
        return Judged(reason=said, score=1.0, held=True)
    if ours := _OURS.search(plain(text)):
        return Judged(reason=f"poses as evidence: '{ours[0]}'", score=1.0, held=True)
    score = round(like(text), 3)
    if score < NOTE:
        return None
    return Judged(
        reason="reads like words to software",
        score=score,
        held=score >= (HOLD_TRUSTED if trusted else HOLD),
    )


def version_by(look: Look | None) -> str:
    """Version of the rule as it is stored with a document that was looked at so."""
    return f"{VERSION} {look.name}" if look else VERSION


def looked(texts: Sequence[str], look: Look | None) -> Likeness:
    """The likeness of these texts and no others; all their sentences are looked at in one go."""
    if look is None:
        return likeness
    parts = {text: parted(text) for text in texts}
    every = list(dict.fromkeys(sentence for some in parts.values() for sentence in some))
    found = dict(zip(every, look(every), strict=True))
    return lambda text: max((found[sentence] for sentence in parts[text]), default=0.0)


def findings(
    document: Document, trusted: bool = False, look: Look | None = None
) -> Iterator[Finding]:
    """What the rule finds in the document, in reading order.

    A title or a heading that speaks to software is shown with every clause under it, so each of
    them is found.
    """
    like = looked(list(_texts(document)), look)
    title = _in("title", document.title, trusted, like)
    for section in document.sections:
        heading = _in("heading", section.heading, trusted, like)
        for clause in section.clauses:
            found = _strongest((title, heading, *_parts(clause, trusted, like)))
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


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    for section in document.sections:
        yield section.heading
        for clause in section.clauses:
            yield from (clause.text, *clause.footnotes)


def _parts(clause: Clause, trusted: bool, like: Likeness) -> Iterator[Judged | None]:
    yield judged(clause.text, trusted, like)
    for note in clause.footnotes:
        yield _in("footnote", note, trusted, like)


def _in(where: str, text: str, trusted: bool, like: Likeness) -> Judged | None:
    found = judged(text, trusted, like)
    return found and found.model_copy(update={"reason": f"{where}: {found.reason}"})


def _strongest(found: Iterator[Judged | None] | tuple[Judged | None, ...]) -> Judged | None:
    return max((one for one in found if one), key=lambda one: (one.held, one.score), default=None)
