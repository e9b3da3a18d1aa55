"""What is searched (a passage) and what comes back (evidence)."""

from __future__ import annotations

from corpus.documents import DocumentKind, Frozen, SectionKind


class Part(Frozen):
    """One clause, or a piece of one, inside a passage.

    Attributes:
        address: of the whole clause.
        label: as printed before the text, '' where the clause has none.
        text: the words of this piece, verbatim.
    """

    address: str
    label: str
    text: str


class Passage(Frozen):
    """One clause, several short ones of one section, or a piece of a long one.

    Attributes:
        id: stable over re-indexing: hash of document key, addresses and text.
        key: shelf key of the document.
        parts: the clauses it is made of, in reading order, never across sections.
        position: running number of the passage in its document, from 0.
        context: words that govern the passage and are not in it: the chapeau of the paragraph
            its points belong to; searched with it, never quoted as its text. '' where none.
    """

    id: str
    key: str
    document: str
    title: str
    kind: DocumentKind
    number: str | None
    body: str | None
    edition: str
    year: int | None
    country: str | None
    language: str
    is_digest: bool
    section: str
    section_heading: str
    section_kind: SectionKind
    page: int | None
    position: int
    parts: tuple[Part, ...]
    context: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """Addresses of the clauses in it, in reading order."""
        return tuple(part.address for part in self.parts)

    @property
    def text(self) -> str:
        """The words a person sees: labels and clause texts, one clause a line."""
        return "\n".join(f"{p.label} {p.text}".strip() for p in self.parts)


class Filters(Frozen):
    """What the asker restricts the search to; an empty tuple restricts nothing."""

    kinds: tuple[DocumentKind, ...] = ()
    bodies: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    documents: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    superseded: bool = False


class Evidence(Frozen):
    """A passage found for a question, with the chance (0..1) that it answers, and its signals.

    `score` is the judge's probability after the rules of search; `signals` what it was made of
    (`indexing.signals.SIGNALS`), for traces and learning.
    """

    passage: Passage
    score: float
    signals: dict[str, float]


class SearchResult(Frozen):
    """Evidence, best first, with what search saw and which arms failed (P25).

    Attributes:
        evidence: ranked.
        documents: ids of the nearest documents, best first (shown when nothing answers).
        named: ids of the documents held that the question names by number.
        missing: provisions that the question names of a treaty held, where none of them is in it.
        answerable: chance (0..1) that the evidence holds an answer; `enough`: whether that is
            enough to answer.
        late: whether token vectors were there to judge by; `tokens`: the question's, how many.
        degraded: names of the arms that failed or returned nothing, e.g. ('dense',).
        withheld: clauses held back among the first passages found, addresses by passage id.
        corpus_version: of the index that answered.
        trace: JSON-ready record for replay.
    """

    evidence: tuple[Evidence, ...]
    documents: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    answerable: float = 1.0
    enough: bool = True
    late: bool = False
    tokens: int = 0
    degraded: tuple[str, ...] = ()
    withheld: dict[str, tuple[str, ...]] = {}
    corpus_version: str = ""
    trace: dict[str, object] = {}
