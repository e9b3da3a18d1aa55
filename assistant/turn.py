"""One turn of a conversation, as the pipeline's steps hand it on: a frozen value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, Self

from assistant.answers import Answer, Block, Citation, Claim, Nearest, Status, Table
from assistant.asking.reading import Reading
from assistant.settings import Settings
from corpus.documents import Frozen
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf
from indexing.building.passages import Filters, SearchResult

EVERYTHING = Filters()
"""No restriction."""


class Searches(Protocol):
    """What the pipeline needs of indexing.search.Searcher."""

    def search(
        self,
        question: str,
        top: int = 10,
        filters: Filters = EVERYTHING,
        language: str | None = None,
    ) -> SearchResult:
        """Ranked evidence for a standalone question."""
        ...

    def held(self, stems: Iterable[str], language: str) -> Mapping[str, int]:
        """In how many passages each stem stands; {} where no text is in `language`."""
        ...


@dataclass(frozen=True)
class Tools:
    """What steps may use beside the turn itself; shared by every turn of a process."""

    settings: Settings
    shelf: Shelf
    searcher: Searches
    catalogue: Catalogue


class Past(Frozen):
    """An earlier turn, as far as a follow-up needs it.

    Attributes:
        question: the standalone question that was searched.
        addresses: cited clauses, in the answer's order.
    """

    question: str
    language: str
    status: Status
    addresses: tuple[str, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Self:
        """The part of a stored answer that the next turn looks back on."""
        return cls(
            question=answer.question,
            language=answer.language,
            status=answer.status,
            addresses=tuple(citation.address for citation in answer.citations),
        )


class Carried(Frozen):
    """How a turn was understood: the standalone question, and what was carried into it.

    `own`: a follow-up's own words, without what was carried; '' where the earlier question is asked
    anew of another actor or text.
    """

    question: str
    kind: str
    own: str = ""
    topic: str = ""
    instrument: str = ""
    actor: str = ""


class Turn(Frozen):
    """A question on its way to an answer. Steps return `turn.having(...)`; none changes it.

    Attributes:
        id: of the turn and of its trace (uuid4 hex).
        asked: what was typed; `text` the same without invisible characters (screening), and its
            slips of the keyboard mended; `read_as` then says so, as a note.
        wanted: language the asker set, if any; `language` the one answered in.
        page_language: of the screen the question was typed on, where there is one: it decides where
            the words tell little.
        question: standalone, what is searched.
        carried: what was carried into the question from the turn before; `reading`: the question,
            read. None before it is.
        status: None while the turn is under way; once set, the remaining steps are skipped.
        page, form, blocks, table: see `Answer`.
        trace: what each step saw, by step name, in order; JSON-ready. Nothing reads it to decide.
    """

    id: str
    asked: str
    wanted: str | None = None
    page_language: str | None = None
    filters: Filters = EVERYTHING
    past: tuple[Past, ...] = ()
    text: str = ""
    read_as: str = ""
    language: str = "en"
    question: str = ""
    result: SearchResult | None = None
    status: Status | None = None
    opening: str = ""
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    notes: tuple[str, ...] = ()
    page: str = ""
    carried: Carried | None = None
    reading: Reading | None = None
    form: str = "clauses"
    blocks: tuple[Block, ...] = ()
    table: Table | None = None
    trace: dict[str, Any] = {}

    def having(self, **changes: Any) -> Self:
        """The next turn: this one with some fields changed."""
        return self.model_copy(update=changes)

    def seen(self, step: str, **facts: Any) -> Self:
        """The next turn, its trace holding what `step` saw."""
        return self.having(trace={**self.trace, step: {**self.trace.get(step, {}), **facts}})
