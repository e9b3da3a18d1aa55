"""Remarks under a written answer that hold for its sources: follow-up, digests, editions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.asking.answering import notes
from assistant.turn import Tools, Turn
from corpus.shelf.register import Found


def written_notes(turn: Turn, tools: Tools, found: Sequence[Found]) -> Iterator[str]:
    """The same remarks as under a quoting answer from `found`, quotations apart."""
    yield from notes(turn, tools, found, ())
