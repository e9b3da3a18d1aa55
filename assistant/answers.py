"""What a reader gets: an Answer is claims, citations and a status from a closed list."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from corpus.documents import Frozen
from corpus.shelf.register import Origin


class Status(StrEnum):
    """Outcome of a turn. Closed: screens, logs, metrics and suites use these and no other."""

    ANSWERED = "answered"
    PARTLY_ANSWERED = "partly_answered"
    NOT_IN_DOCUMENTS = "not_in_documents"
    NEEDS_CLARIFICATION = "needs_clarification"
    OUT_OF_SCOPE = "out_of_scope"
    REFUSED_UNSAFE = "refused_unsafe"
    FAILED = "failed"
    CANCELLED = "cancelled"
    """The asker left or stopped it: what was ready by then is kept, nothing more was made (P22)."""


class Claim(Frozen):
    """One sentence, or one quoted clause, with the addresses it stands on (never empty).

    `is_quote` tells verbatim text from a sentence a chat model wrote and grounding let pass.
    """

    text: str
    addresses: tuple[str, ...]
    is_quote: bool = True
    language: str = "en"


class Citation(Frozen):
    """A clause an answer stands on.

    Attributes:
        label: for people: "Resolution 205 (Dubai, 2018), instructs the Secretary-General 4".
        quote: the clause's words that bear the claim out, verbatim from the stored text.
        document, title, edition, section: the instrument's id, title, edition, section heading.
        page: 1-based page of the file read; url: official page, where one is known.
        superseded_by: id of the edition in force, when this one is not.
        origin: how the file that the words stand in came here; None for a fact of the catalogue,
            and in answers stored before it was told.
        is_catalogue: a fact of the catalogue and no clause: `address` is the document's id, `quote`
            the fact as the catalogue has it.
    """

    address: str
    label: str
    quote: str
    document: str
    title: str
    edition: str
    section: str
    language: str = "en"
    page: int | None = None
    url: str | None = None
    is_digest: bool = False
    as_of: str | None = None
    superseded_by: str | None = None
    origin: Origin | None = None
    is_catalogue: bool = False


class Block(Frozen):
    """Claims that belong together, under a heading: a part of a message, a section of an overview.

    Attributes:
        title: its heading, in the asker's language (a part's is the question as asked).
        claims: numbers of the answer's claims, from 1.
        status: of a part of a message; None where the block is no answer of its own.
        opening, notes: as those of an answer, for this block.
    """

    title: str
    claims: tuple[int, ...] = ()
    status: Status | None = None
    opening: str = ""
    notes: tuple[str, ...] = ()


class Row(Frozen):
    """A line of a table: its name, and for each column the numbers of claims, from 1."""

    name: str
    cells: tuple[tuple[int, ...], ...]


class Table(Frozen):
    """Claims laid side by side; an empty cell says that the documents hold nothing there."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]


class Nearest(Frozen):
    """A document close to the question, named when nothing on the shelf answers it."""

    document: str
    label: str
    url: str | None = None


class Answer(Frozen):
    """One turn's outcome.

    Attributes:
        id: of the turn (uuid4 hex), the key of its trace.
        status: see Status.
        language: the asker's language; opening and notes are written in it.
        opening: one plain sentence about the quotes, built from catalogue and clause structure.
        claims: what is said, in reading order.
        citations: one per address cited, numbered from 1 in this order.
        nearest: nearest documents; filled when the status is not_in_documents.
        notes: short remarks in the asker's language (editions, digests, degraded search, fallback).
        question: the standalone question that was searched.
        conversation: id of the conversation the turn belongs to; takes the follow-up.
        page: of this application, relative to its root, that carries out what was asked for; ''.
        form: of answer: 'clauses', 'overview', 'list', ... (`assistant.asking.forms.Form`).
        blocks: the claims under headings, each in one of them or in none; () for a plain answer.
        table: the claims laid side by side, where that was asked for.
        trace: what each step saw, JSON-ready.
    """

    id: str
    status: Status
    language: str
    opening: str = ""
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    nearest: tuple[Nearest, ...] = ()
    notes: tuple[str, ...] = ()
    question: str = ""
    conversation: str = ""
    page: str = ""
    form: str = "clauses"
    blocks: tuple[Block, ...] = ()
    table: Table | None = None
    trace: dict[str, object] = {}

    def laid(self) -> list[tuple[Block, tuple[Claim, ...]]]:
        """The claims under their headings, in order; first, under none, those of no block and no
        table."""
        placed = {n for block in self.blocks for n in block.claims}
        if self.table is not None:
            placed |= {n for row in self.table.rows for cell in row.cells for n in cell}
        loose = tuple(c for n, c in enumerate(self.claims, 1) if n not in placed)
        whole = [(Block(title=""), loose)] if loose else []
        return whole + [(b, self.numbered(b.claims)) for b in self.blocks]

    def numbered(self, numbers: Sequence[int]) -> tuple[Claim, ...]:
        """The claims of these numbers, from 1."""
        return tuple(self.claims[n - 1] for n in numbers if 0 < n <= len(self.claims))
