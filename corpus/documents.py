"""What a document is made of: Document -> Section -> Clause. Frozen, typed, no I/O.

The words are the field's own (docs/words.md): a *section* is what one heading governs, a
*clause* the smallest numbered or lettered unit under it, an *edition* a place and a year.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from corpus.addresses import Address


class Frozen(BaseModel):
    """A value: compared by content, never changed in place."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentKind(StrEnum):
    """What sort of text a document is; the catalogue and the filters use the same list."""

    RESOLUTION = "resolution"
    DECISION = "decision"
    RECOMMENDATION = "recommendation"
    FINAL_ACTS = "final_acts"
    TOOLKIT = "toolkit"
    COUNTRY_REVIEW = "country_review"
    ACTION_PLAN = "action_plan"
    REGIONAL_INITIATIVE = "regional_initiative"
    PROGRAMME = "programme"
    FRAMEWORK = "framework"
    DECLARATION = "declaration"
    TREATY = "treaty"
    REPORT = "report"


class SectionKind(StrEnum):
    """Where a section stands: a resolution has preamble and operative part; a report a body."""

    PREAMBLE = "preamble"
    OPERATIVE = "operative"
    ANNEX = "annex"
    BODY = "body"


class Edition(Frozen):
    """Place and year of a text, e.g. Edition(place="Dubai", year=2018, revised=True)."""

    place: str | None = None
    year: int | None = None
    revised: bool = False

    def __str__(self) -> str:
        """As ITU writes it: 'Rev. Dubai, 2018', 'Dubai, 2018', '2017', or '' when unknown."""
        where = ", ".join(str(part) for part in (self.place, self.year) if part)
        return f"Rev. {where}" if self.revised and where else where


class Clause(Frozen):
    """The smallest citable unit.

    Attributes:
        label: `1`, `a`, `1.2`, `4.ii` as gold addresses write it (no brackets); None if unnumbered.
        text: the words, whitespace collapsed, label removed, footnote bodies taken out.
        page: 1-based page of the file on which the clause begins; None where there are no pages.
        footnotes: bodies of the footnotes referred to in the clause, in order.
        repairs: names of the reader's repairs, kept so that a person can audit them.
        sources: for a digest's statement, where it was seen (URL or record); else empty.
        reference: for a digest's statement, the clause reference as its source gave it.
    """

    label: str | None
    text: str = Field(min_length=1)
    page: int | None = None
    footnotes: tuple[str, ...] = ()
    repairs: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    reference: str | None = None


class Section(Frozen):
    """What one heading governs.

    `slug` with a clause's label is unique in its document: the slug of the whole heading
    (addresses.slugify), and where a document repeats a heading, the rules of
    `addresses.unique_slug`. In reports the numbered sub-headings of one chapter share the chapter's
    number as slug and carry theirs in the labels (docs/decisions/0003-report-addresses.md).
    """

    slug: str
    heading: str
    kind: SectionKind
    clauses: tuple[Clause, ...]


class Document(Frozen):
    """One published text in one edition and one language.

    Attributes:
        id: document part of every address in it, `pp-res-205@2018`.
        number: '205' for Resolution 205; None where there is none.
        body: adopting body as in the address: 'pp', 'wtdc', 'unsc', ...; None for reports.
        language: ISO 639-1 code of the text: ar, en, es, fr, ru, zh, or another where it is that.
        is_digest: a digest in our own words, never shown as the official text.
        official_url: page or file of the official text, where one was seen; else None.
        as_of: for digests, the date the facts were collected (ISO), as statuses change.
        country: ISO 3166 English short name for country reviews and profiles.
        pages: number of pages of the file read, None where it has none.
        notes: what a person should know about the reading (pages without text, doubtful letters).
        translation_of: of a translation of a digest, the content hash of that digest; else None.
    """

    id: str
    title: str
    kind: DocumentKind
    edition: Edition
    language: str = "en"
    sections: tuple[Section, ...]
    number: str | None = None
    body: str | None = None
    is_digest: bool = False
    official_url: str | None = None
    as_of: str | None = None
    country: str | None = None
    pages: int | None = None
    notes: tuple[str, ...] = ()
    translation_of: str | None = None

    @property
    def key(self) -> str:
        """Identity on the shelf: a work in one edition, one language, official or digest."""
        return f"{self.id}:{self.language}" + (":digest" if self.is_digest else "")

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything above, hex: what decides whether re-indexing is needed."""
        # Without what only translations have: the hash of every other document stays what it was.
        own = None if self.translation_of else {"translation_of"}
        return hashlib.sha256(self.model_dump_json(exclude=own).encode()).hexdigest()

    def clauses(self) -> Iterator[tuple[Section, Clause]]:
        """Every clause with its section, in reading order."""
        for section in self.sections:
            for clause in section.clauses:
                yield section, clause

    def address(self, section: Section, clause: Clause) -> Address:
        """The clause's address in this document."""
        return Address(document=self.id, section=section.slug, label=clause.label)

    def find(self, address: Address) -> tuple[Section, Clause] | None:
        """The clause at `address` (whose document is not compared), or None."""
        for section, clause in self.clauses():
            if section.slug == address.section and clause.label == address.label:
                return section, clause
        return None
