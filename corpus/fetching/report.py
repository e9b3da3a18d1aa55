"""What the fetcher tells at the end: every document asked for, and what became of it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from corpus.documents import Frozen


class Outcome(StrEnum):
    """What became of one document in one language."""

    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    NO_LINK = "no link known"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


class EntryOutcome(Frozen):
    """One document in one language.

    Attributes:
        entry, language: what was wanted.
        outcome: what became of it.
        url: the file's address, after redirects.
        keys: documents now on the shelf from it.
        code, reason: why not, for programs and for people.
        candidates: links on the landing page, where none could be chosen.
        sha256: of the file.
    """

    entry: str
    language: str
    outcome: Outcome
    url: str | None = None
    keys: tuple[str, ...] = ()
    code: str | None = None
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    sha256: str | None = None


class FetchReport(Frozen):
    """Every document asked for, in the catalogue's order."""

    entries: tuple[EntryOutcome, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Documents by outcome."""
        counted = Counter(outcome.outcome.value for outcome in self.entries)
        return {outcome.value: counted[outcome.value] for outcome in Outcome}

    @property
    def failed(self) -> int:
        """Documents that have a link and still could not be had."""
        return self.counts[Outcome.FAILED.value]

    @property
    def changed(self) -> bool:
        """The shelf differs from before, so that the index must be synced."""
        return self.counts[Outcome.FETCHED.value] > 0

    def summary(self) -> str:
        """One line for people."""
        said = ", ".join(f"{number} {word}" for word, number in self.counts.items() if number)
        return f"{len(self.entries)} documents asked for: {said or 'nothing to do'}"
