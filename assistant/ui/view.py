"""Answers as the templates show them: claims under their instrument, sources with their clause."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from assistant import library
from assistant.advisor import Advisor
from assistant.answers import Answer, Citation, Claim, Status
from assistant.citations import clause_label, document_label, instrument, label_in_print
from assistant.library import ClauseView
from assistant.phrases import quoted, say
from assistant.records.conversations import StoredTurn
from assistant.rendering import exports
from assistant.rendering.pages import Pages
from assistant.ui.markup import host
from corpus.addresses import Address
from corpus.errors import AdvisorError
from corpus.shelf.publishers import publisher

SIGNS = {
    Status.ANSWERED: "✓",
    Status.PARTLY_ANSWERED: "◐",
    Status.NOT_IN_DOCUMENTS: "∅",
    Status.NEEDS_CLARIFICATION: "?",
    Status.OUT_OF_SCOPE: "↷",
    Status.REFUSED_UNSAFE: "⊘",
    Status.FAILED: "✕",
    Status.CANCELLED: "■",
}
"""Each status by shape as well as by word and colour."""

_FOLLOW_UPS = 3
_LONGEST_HEADING = 120
_LONGEST_LABEL = 8
"""Longer labels are sub-headings of an annex, which its text repeats."""


@dataclass
class ShownTurn:
    """A turn on the screen, finished or under way.

    Attributes:
        progress: what is being done now; empty when finished.
        problem: message of an error that ended the turn.
        claims, citations: what has arrived; `answer` replaces them when it is whole.
    """

    id: str
    question: str
    language: str
    progress: str = ""
    problem: str = ""
    claims: list[Claim] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    answer: Answer | None = None

    @property
    def cited(self) -> tuple[Citation, ...]:
        """The citations known by now."""
        return self.answer.citations if self.answer else tuple(self.citations)

    @classmethod
    def of(cls, turn: StoredTurn) -> ShownTurn:
        """A stored turn."""
        return cls(turn.id, turn.question, turn.answer.language, answer=turn.answer)


def turn_values(
    turn: ShownTurn, language: str, named: Callable[[str | None], str]
) -> dict[str, Any]:
    """What `turns.html` shows of a turn; `language` is the interface's, `named` names an id."""
    answer = turn.answer
    claims = list(answer.claims) if answer else turn.claims
    citations = list(answer.citations) if answer else turn.citations
    laid = answer.laid() if answer else []
    # While it arrives nothing is laid out yet: everything stands in a row.
    loose = [c for block, part in laid if not block.title for c in part] if answer else claims
    shown: dict[str, Any] = {
        "status": answer.status.value if answer else "",
        "opening": answer.opening if answer else "",
        "notes": _notes(answer) if answer else (),
        "nearest": answer.nearest if answer else (),
        "page": answer.page if answer else "",
    }
    unanswered = answer is not None and answer.status is not Status.ANSWERED
    return {
        "id": turn.id,
        "question": turn.question,
        "language": turn.language,
        "progress": turn.progress,
        "problem": turn.problem,
        "answer": shown if answer or claims else None,
        "groups": _groups(loose, citations, named),
        "blocks": [
            {
                "title": block.title,
                "status": block.status.value if block.status else "",
                "opening": block.opening,
                "notes": block.notes,
                "groups": _groups(list(part), citations, named),
            }
            for block, part in laid
            if block.title
        ],
        "table": _table(answer) if answer and answer.table else None,
        "next": say(language, f"ui-next-{shown['status']}") if unanswered else "",
        "plain": plain(turn.question, answer) if answer else "",
    }


def _notes(answer: Answer) -> list[str]:
    """The notes, but for what the line of the status and the heading of the nearest say already."""
    said = {say(answer.language, key) for key in ("not-in-documents", "nearest")}
    refused = answer.status is Status.NOT_IN_DOCUMENTS
    return [note for note in answer.notes if not (refused and note in said)]


def plain(question: str, answer: Answer) -> str:
    """An answer as plain text with numbered citations, for the clipboard."""
    lines = [question, ""]
    if answer.opening:
        lines += [answer.opening, ""]
    for block, claims in answer.laid():
        lines += [line for line in (block.title, block.opening) if line]
        for claim in claims:
            lines.append(_line(answer, claim))
        lines += block.notes
    if answer.table:
        for row in answer.table.rows:
            lines.append(row.name)
            for column, cell in zip(answer.table.columns, row.cells, strict=True):
                said = " ".join(_line(answer, c) for c in answer.numbered(cell)) or "—"
                lines.append(f"  {column}: {said}")
    lines += ["", *answer.notes, ""]
    for number, citation in enumerate(answer.citations, 1):
        url = f" {citation.url}" if citation.url else ""
        lines.append(f"[{number}] {citation.label} ({citation.address}){url}")
    return "\n".join(lines).strip()


def _line(answer: Answer, claim: Claim) -> str:
    """A claim with the numbers of its sources, a quotation in quotation marks."""
    marks = "".join(f" [{n}]" for n in exports.numbers(answer, claim.addresses))
    said = quoted(answer.language, claim.text) if claim.is_quote else claim.text
    return said + marks


def _table(answer: Answer) -> dict[str, Any]:
    """The answer's table with the claims of its cells."""
    table = answer.table
    assert table is not None
    rows = []
    for row in table.rows:
        cells = [
            [
                {
                    "text": claim.text,
                    "is_quote": claim.is_quote,
                    "language": claim.language,
                    "numbers": exports.numbers(answer, claim.addresses),
                }
                for claim in answer.numbered(cell)
            ]
            for cell in row.cells
        ]
        rows.append({"name": row.name, "cells": cells})
    return {"columns": table.columns, "rows": rows}


def source_values(advisor: Advisor, pages: Pages, turn: ShownTurn, language: str) -> dict[str, Any]:
    """What `sources.html` shows of a turn: each citation, its clause as it stands now, its page."""
    sources = []
    for number, citation in enumerate(turn.cited, 1):
        view = _clause(advisor, citation)
        sources.append(
            {
                "number": number,
                "citation": citation,
                "view": view,
                "picture": _picture(pages, citation, view),
                "origins": _origins(citation, view, language),
                "superseded_label": name_of(advisor, citation.superseded_by, language),
            }
        )
    question = turn.answer.question if turn.answer else turn.question
    return {**without_sources(turn), "question": question, "sources": sources}


def without_sources(turn: ShownTurn) -> dict[str, Any]:
    """What `sources.html` shows of a turn that cites nothing (yet)."""
    return {
        "id": turn.id,
        "question": turn.question,
        "asked": turn.question,
        "sources": [],
        "busy": bool(turn.progress),
    }


def _origins(citation: Citation, view: ClauseView | None, language: str) -> list[dict[str, Any]]:
    """Where a digest's statement was seen: publisher, title and date, then the address.

    A host of copies is not the publisher: the text is named, and the address reads a copy of it.
    """
    found: list[dict[str, Any]] = []
    for url in view.sources if view else ():
        behind = publisher(url)
        if behind is None:
            found.append({"name": url})
            continue
        own = behind.mirror or behind.name == _PUBLISHER
        name = say(language, "publisher-itu") if own else behind.name
        found.append(
            {
                "name": name,
                "title": citation.title if own else "",
                "date": citation.edition if own else "",
                "url": url,
                "host": host(url),
                "mirror": behind.mirror or not behind.official,
            }
        )
    return found


_PUBLISHER = "ITU"
"""Of every text that the digests are of; copies of them lie on other hosts."""


def name_of(advisor: Advisor, document: str | None, language: str = "en") -> str:
    """How people name a document id: the catalogue's label, else the id; '' for None."""
    if document is None:
        return ""
    entry = advisor.catalogue.get(document)
    return document_label(entry, language) if entry else document


def label_of(advisor: Advisor, address: str) -> str:
    """How people name a clause or a document by its address; the address where nothing has it."""
    try:
        parsed = Address.parse(address)
        if parsed.section is None:
            return name_of(advisor, parsed.document)
        found = advisor.shelf.clause(parsed)
    except AdvisorError:
        return address
    return clause_label(found.document, found.section, found.clause)


def follow_ups(advisor: Advisor, answer: Answer | None, language: str) -> list[str]:
    """Questions the cited documents themselves suggest: sections of them not cited yet."""
    if answer is None or not answer.citations:
        return []
    cited = {(c.document, c.section.casefold()) for c in answer.citations}
    questions: list[str] = []
    for id in dict.fromkeys(citation.document for citation in answer.citations):
        try:
            document = advisor.shelf.best(id, language)
        except AdvisorError:
            continue
        named = instrument(document, language)
        for section in document.sections:
            if (id, section.heading.casefold()) in cited or not section.heading.strip():
                continue
            if section.slug == "title" or section.kind.value == "preamble":
                continue
            if len(section.heading) > _LONGEST_HEADING:
                continue
            questions.append(
                say(
                    language,
                    "ui-follow-section",
                    instrument=named,
                    section=section.heading,
                )
            )
            if len(questions) == _FOLLOW_UPS:
                return questions
    return questions


def _groups(
    claims: list[Claim], citations: list[Citation], named: Callable[[str | None], str]
) -> list[dict[str, Any]]:
    """Claims in order, those that follow one another from one section under one heading."""
    by_address = {citation.address: citation for citation in citations}
    order = [citation.address for citation in citations]
    groups: list[dict[str, Any]] = []
    for claim in claims:
        first = next((by_address[a] for a in claim.addresses if a in by_address), None)
        key = (first.document, first.section) if first and claim.is_quote else None
        if not groups or groups[-1]["key"] != key or key is None:
            # What must be known of an instrument is said where it first comes up.
            later = first.superseded_by if first and key else None
            again = bool(groups and key and groups[-1]["key"] and groups[-1]["key"][0] == key[0])
            groups.append(
                {
                    "key": key,
                    "instrument": _instrument(first) if first and key else "",
                    "section": first.section if first and key else "",
                    "is_digest": bool(first and first.is_digest and not again),
                    "superseded_by": "" if again else named(later),
                    "claims": [],
                }
            )
        label = Address.parse(claim.addresses[0]).label if claim.is_quote else None
        groups[-1]["claims"].append(
            {
                "text": claim.text,
                "label": label_in_print(label) if label and len(label) <= _LONGEST_LABEL else "",
                "is_quote": claim.is_quote,
                "language": claim.language,
                "numbers": [order.index(a) + 1 for a in claim.addresses if a in order],
            }
        )
    return groups


def _instrument(citation: Citation) -> str:
    """'Resolution 205 (Dubai, 2018)' of a citation whose label goes on to the section."""
    for comma in (", ", "، ", "，"):
        head, found, _ = citation.label.partition(f"{comma}{citation.section}")
        if found:
            return head
    edition = re.match(r".+?\)(?=, )", citation.label)
    return edition.group() if edition else citation.label


def _clause(advisor: Advisor, citation: Citation) -> ClauseView | None:
    """The cited clause as it stands on the shelf, or None when it is gone."""
    try:
        view = library.clause_view(advisor, citation.address, citation.language)
    except AdvisorError:
        return None
    same = view.is_digest == citation.is_digest and view.language == citation.language
    return view if same else None


def _picture(pages: Pages, citation: Citation, view: ClauseView | None) -> str | None:
    """URL of the page's picture, if the document was read from a PDF that is kept."""
    if view is None or citation.page is None:
        return None
    key = f"{citation.document}:{citation.language}" + (":digest" if citation.is_digest else "")
    if not pages.has(key):
        return None
    return (
        f"v1/pages/{quote(citation.document, safe='')}/{citation.page}.png"
        f"?clause={quote(citation.address, safe='')}&language={quote(citation.language)}"
    )
