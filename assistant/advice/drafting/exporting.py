"""A draft as Word with real footnotes, as Markdown, PDF or HTML.

Every citation is checked against the shelf at this moment: a quote that is not there word for
word, or a written sentence whose clause has changed or gone, becomes a gap and gets no footnote.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.advice.drafting.composing import digest
from assistant.advice.drafting.draft import Draft, Nature, Sentence
from assistant.advice.mandates.instruments import Holds
from assistant.citations import clause_label, document_label
from assistant.rendering import block_markdown, block_word
from assistant.rendering.blocks import (
    Block,
    Heading,
    Paragraph,
    Piece,
    Report,
    Style,
    Table,
    bullet,
    cell,
    text,
)
from assistant.rendering.quoting import is_verbatim
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import AdvisorError

_OWN = "[author's text] "


class SourceLine(Frozen):
    """One line of the table of sources."""

    document: str
    label: str
    title: str
    status: str
    text: str
    url: str


def checked(draft: Draft, advisor: Holds) -> Draft:
    """The draft with every sentence that no longer stands turned into a gap."""
    for section in draft.sections:
        kept = tuple(
            s
            if _stands(s, advisor)
            else Sentence.gap(f"the words of {s.source}, not found as quoted")
            for s in section.sentences
        )
        draft = draft.having(section.key, kept)
    return draft


def _stands(sentence: Sentence, advisor: Holds) -> bool:
    if sentence.nature is Nature.QUOTE:
        words = _clause(sentence.source, advisor)
        return words is not None and is_verbatim(sentence.text, words)
    if sentence.nature is Nature.WRITTEN:
        # It was judged against these words; where they are the same, so is the verdict.
        return len(sentence.held) == len(sentence.sources) and all(
            (words := _clause(address, advisor)) is not None and digest(words) == held
            for address, held in zip(sentence.sources, sentence.held, strict=True)
        )
    if sentence.nature is Nature.CATALOGUE:
        held = {key.split(":")[0] for key in advisor.shelf.live()}
        return sentence.source in held or advisor.catalogue.get(sentence.source) is not None
    return True


def _clause(address: str, advisor: Holds) -> str | None:
    try:
        return advisor.shelf.clause(Address.parse(address)).clause.text
    except AdvisorError:
        return None


def sources(draft: Draft, advisor: Holds) -> list[SourceLine]:
    """The documents cited, with the standing of each and whether the official text is held."""
    lines: list[SourceLine] = []
    for id in draft.documents:
        entry = advisor.catalogue.get(id)
        try:
            document = advisor.shelf.best(id)
        except AdvisorError:
            document = None
        named = document or entry
        if named is None:
            continue
        standing = advisor.catalogue.standing(id)
        later = advisor.catalogue.superseded_by(id)
        status = standing.value.replace("_", " ") if standing else "not in the catalogue"
        if later:
            newer = advisor.catalogue.get(later)
            status += f"; later edition: {document_label(newer) if newer else later}"
        url = (document.official_url if document else None) or (
            entry.urls[0] if entry and entry.urls else ""
        )
        text = "not held" if document is None else "digest" if document.is_digest else "official"
        lines.append(
            SourceLine(
                document=id,
                label=document_label(named),
                title=named.title,
                status=status,
                text=text,
                url=url or "",
            )
        )
    return lines


def report(draft: Draft, advisor: Holds) -> Report:
    """The draft, checked at this moment, as blocks; footnotes are verified citations only."""
    draft = checked(draft, advisor)
    blocks: list[Block] = [
        Paragraph((Piece(f"{name}: ", bold=True), Piece(value))) for name, value in _facts(draft)
    ]
    for section in draft.sections:
        blocks.append(Heading(section.heading))
        blocks += [_paragraph(sentence, advisor) for sentence in section.sentences]
    blocks += _ending(draft, advisor)
    return Report(
        title=draft.title, language="en", blocks=tuple(blocks), footer=f"Draft. {draft.title}"
    )


def docx(draft: Draft, advisor: Holds) -> bytes:
    """The draft as a Word document with real footnotes."""
    return block_word.docx(report(draft, advisor))


def markdown(draft: Draft, advisor: Holds) -> str:
    """The draft as Markdown with footnotes."""
    return block_markdown.markdown(report(draft, advisor))


def pdf(draft: Draft, advisor: Holds) -> bytes:
    """The draft as a tagged PDF with footnotes at the foot of each page.

    Raises:
        CannotPrint: a library or a font is missing; names the package.
    """
    from assistant.rendering.block_print import pdf as printed

    return printed(report(draft, advisor))


def _facts(draft: Draft) -> list[tuple[str, str]]:
    brief = draft.brief
    named = (
        ("Topic", brief.topic),
        ("Audience", brief.audience),
        ("Country", brief.country),
        ("Purpose", brief.purpose),
    )
    return [(name, value) for name, value in named if value]


def _paragraph(sentence: Sentence, advisor: Holds) -> Paragraph:
    if sentence.nature is Nature.GAP:
        return Paragraph((Piece(sentence.text, gap=True),))
    if sentence.nature is Nature.OWN:
        return Paragraph((Piece(_OWN, italic=True), Piece(sentence.text)))
    words = sentence.text.strip().rstrip(";,").rstrip()
    is_quote = sentence.nature is Nature.QUOTE and not sentence.is_digest
    body = Piece(f"“{words}”" if is_quote else words, note=_note(sentence, advisor))
    if sentence.lead:
        return Paragraph((Piece(f"{sentence.lead}: ", bold=True), body))
    return Paragraph((body,))


def _note(sentence: Sentence, advisor: Holds) -> str:
    """What a footnote says: clause, address, page of the official text, digest or not."""
    if sentence.nature is Nature.CATALOGUE:
        entry = advisor.catalogue.get(sentence.source)
        if entry is None:  # a document of one's own, which no catalogue knows
            held = document_label(advisor.shelf.best(sentence.source))
            return f"{held} [{sentence.source}], as it is held here."
        return f"Catalogue of instruments, entry {sentence.source}, as of {entry.as_of}."
    told = []
    for address in sentence.sources:
        found = advisor.shelf.clause(Address.parse(address))
        label = clause_label(found.document, found.section, found.clause)
        parts = [f"{label} [{address}]"]
        if found.clause.page:
            parts.append(f"p. {found.clause.page}")
        if found.document.is_digest:
            parts.append("digest in our own words, not the official text")
        told.append(", ".join(parts))
    return "; ".join(told) + "."


def _ending(draft: Draft, advisor: Holds) -> Iterator[Block]:
    """The table of sources with the status of each instrument, and what to beware of."""
    lines = sources(draft, advisor)
    if not lines:
        return
    yield Heading("Sources and status")
    yield Table(
        columns=("Document", "Title", "Status", "Text read"),
        rows=tuple(
            (
                cell(line.label),
                cell("" if line.title in line.label else line.title),
                cell(line.status),
                cell(line.text),
            )
            for line in lines
        ),
        widths=(0.26, 0.4, 0.22, 0.12),
    )
    cautions = (advisor.catalogue.caution(id) for id in draft.documents)
    for caution in dict.fromkeys(c for c in cautions if c):
        yield bullet(Piece(caution))
    if any(s.nature is Nature.WRITTEN for section in draft.sections for s in section.sentences):
        yield text(
            "Sentences without quotation marks were written by a chat model; each was checked "
            "against the clauses in its footnote. Read the clauses before you rely on it.",
            Style.SMALL,
        )
