"""An answer while a form puts it together: claims with their citations, in blocks or a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant import phrases
from assistant.answers import Block, Citation, Claim, Status, Table
from assistant.citations import cite, document_label, edition_in, instrument, title_of
from assistant.rendering.quoting import is_verbatim, shorten
from assistant.turn import Tools, Turn
from corpus.documents import Document, Section
from corpus.errors import UnknownAddress
from corpus.shelf.catalogue import CatalogueEntry
from corpus.shelf.register import Found


class Sheet:
    """Collects what an answer says. Every claim names what it stands on (P1)."""

    def __init__(self, turn: Turn, tools: Tools) -> None:
        self.turn, self.tools, self.language = turn, tools, turn.language
        self.claims: list[Claim] = []
        self.citations: list[Citation] = []
        self.blocks: list[Block] = []
        self.notes: list[str] = []
        self.documents: dict[str, Document] = {}
        self.table: Table | None = None

    def quote(self, found: Found) -> int:
        """A clause, verbatim or its telling parts; its number. One already quoted keeps its own."""
        found = self.worded(found)
        text = shorten(found.clause.text, self.turn.question, found.document.language)
        if not is_verbatim(text, found.clause.text):
            text = found.clause.text
        citation = cite(self.tools, found, text, self.language)
        for number, claim in enumerate(self.claims, 1):
            if claim.is_quote and claim.addresses == (citation.address,):
                return number
        self._cite(citation)
        self.documents.setdefault(found.document.key, found.document)
        return self._claim(text, (citation.address,), True, found.document.language)

    def worded(self, found: Found) -> Found:
        """The clause in the asker's language, where that is held of it."""
        try:
            return self.tools.shelf.worded(found, self.language)
        except UnknownAddress:  # removed meanwhile: what was read stands
            return found

    def heading(self, document: Document, section: Section) -> str:
        """A section's heading in the asker's language, where that is held of it."""
        if not section.clauses:
            return section.heading
        found = Found(document=document, section=section, clause=section.clauses[0])
        return self.worded(found).section.heading

    def say(self, sentence: str, found: Found) -> int:
        """A sentence of ours about a clause or its document, citing the clause; its number."""
        found = self.worded(found)
        citation = cite(self.tools, found, found.clause.text, self.language)
        self._cite(citation)
        self.documents.setdefault(found.document.key, found.document)
        return self._claim(sentence, (citation.address,), False, self.language)

    def fact(self, sentence: str, entry: CatalogueEntry, fact: str) -> int:
        """A sentence that stands on the catalogue; `fact` is what the catalogue has; its number."""
        if not any(c.address == entry.id for c in self.citations):
            self._cite(
                Citation(
                    address=entry.id,
                    label=phrases.say(
                        self.language,
                        "catalogue-label",
                        document=document_label(entry, self.language),
                    ),
                    quote=fact,
                    document=entry.id,
                    title=title_of(entry, self.language),
                    edition=edition_in(entry.edition, self.language),
                    section="",
                    url=entry.urls[0] if entry.urls else None,
                    as_of=entry.as_of,
                    superseded_by=self.tools.catalogue.superseded_by(entry.id),
                    is_catalogue=True,
                )
            )
        return self._claim(sentence, (entry.id,), False, self.language)

    def block(
        self,
        title: str,
        claims: Iterable[int],
        *,
        status: Status | None = None,
        opening: str = "",
        notes: Sequence[str] = (),
    ) -> None:
        """A heading and the numbers of the claims under it; nothing where there is nothing."""
        numbers = tuple(claims)
        if numbers or opening or notes:
            self.blocks.append(
                Block(
                    title=title, claims=numbers, status=status, opening=opening, notes=tuple(notes)
                )
            )

    def turned(self, status: Status, opening: str, form: str, page: str = "") -> Turn:
        """The turn with all of this, and the remarks a reader needs about its sources."""
        from assistant.asking.answering import document_notes

        notes = [*self.notes, *document_notes(self.turn, self.tools, list(self.documents.values()))]
        if any("…" in claim.text for claim in self.claims if claim.is_quote):
            notes.append(phrases.say(self.language, "note-shortened"))
        return self.turn.having(
            status=status,
            opening=opening,
            claims=tuple(self.claims),
            citations=tuple(self.citations),
            notes=tuple(dict.fromkeys(notes)),
            blocks=tuple(self.blocks),
            table=self.table,
            page=page or self.turn.page,
            form=form,
        )

    def _cite(self, citation: Citation) -> None:
        if not any(c.address == citation.address for c in self.citations):
            self.citations.append(citation)

    def _claim(self, text: str, addresses: tuple[str, ...], quote: bool, language: str) -> int:
        self.claims.append(Claim(text=text, addresses=addresses, is_quote=quote, language=language))
        return len(self.claims)


def start(text: str) -> str:
    """`text` with a capital letter."""
    return text[:1].upper() + text[1:]


def named(document: Document | CatalogueEntry, language: str) -> str:
    """A document as a heading names it."""
    return start(instrument(document, language))
