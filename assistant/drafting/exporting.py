"""A draft as a Word file with real footnotes, or as Markdown.

Every citation is checked against the shelf at this moment: a quote that is not there word for
word (withdrawn, changed) becomes a gap and gets no footnote.
"""

from __future__ import annotations

from assistant.citations import document_label
from assistant.drafting.draft import Draft, Nature, Sentence
from assistant.drafting.word import WordFile
from assistant.exports import plain
from assistant.mandates.instruments import Holds
from assistant.quoting import is_verbatim
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
        try:
            found = advisor.shelf.clause(Address.parse(sentence.source))
        except AdvisorError:
            return False
        return is_verbatim(sentence.text, found.clause.text)
    if sentence.nature is Nature.CATALOGUE:
        held = {key.split(":")[0] for key in advisor.shelf.live()}
        return sentence.source in held or advisor.catalogue.get(sentence.source) is not None
    return True


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
            status += f"; later edition: {later}"
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


def _facts(draft: Draft) -> list[tuple[str, str]]:
    brief = draft.brief
    return [
        (name, value)
        for name, value in (
            ("Topic", brief.topic),
            ("Audience", brief.audience),
            ("Country", brief.country),
            ("Purpose", brief.purpose),
        )
        if value
    ]


def _note(sentence: Sentence, advisor: Holds) -> str:
    """What a footnote says: clause, address, page of the official text, digest or not."""
    if sentence.nature is Nature.CATALOGUE:
        entry = advisor.catalogue.get(sentence.source)
        dated = f", as of {entry.as_of}" if entry else ""
        return f"Catalogue of instruments, entry {sentence.source}{dated}."
    found = advisor.shelf.clause(Address.parse(sentence.source))
    parts = [f"{sentence.lead} [{sentence.source}]"]
    if found.clause.page:
        parts.append(f"p. {found.clause.page}")
    if sentence.is_digest:
        parts.append("digest in our own words, not the official text")
    return ", ".join(parts) + "."


def docx(draft: Draft, advisor: Holds) -> bytes:
    """The draft as a Word document; footnotes are verified citations and nothing else."""
    draft = checked(draft, advisor)
    file = WordFile(draft.title)
    file.paragraph(draft.title, "Title")
    for name, value in _facts(draft):
        line = file.paragraph("")
        file.run(line, f"{name}: ", bold=True)
        file.run(line, value)
    for section in draft.sections:
        file.paragraph(section.heading, "Heading 1")
        for sentence in section.sentences:
            _written(file, sentence, advisor)
    lines = sources(draft, advisor)
    if lines:
        file.paragraph("Sources and status", "Heading 1")
        grid = file.table(["Document", "Title", "Status", "Text read"], (4, 7.2, 3.6, 1.8))
        for line in lines:
            cells = file.row(grid)
            for cell, value in zip(
                cells, (line.label, line.title, line.status, line.text), strict=True
            ):
                file.into(cell, value)
        for caution in _cautions(draft, advisor):
            file.paragraph(caution, "List Bullet")
    return file.content()


def _written(file: WordFile, sentence: Sentence, advisor: Holds) -> None:
    paragraph = file.paragraph("")
    if sentence.nature is Nature.GAP:
        file.gap(paragraph, sentence.text)
        return
    if sentence.nature is Nature.OWN:
        file.run(paragraph, _OWN, italic=True)
        file.run(paragraph, sentence.text)
        return
    if sentence.lead:
        file.run(paragraph, f"{sentence.lead}: ", bold=True)
    quote = sentence.nature is Nature.QUOTE and not sentence.is_digest
    file.run(paragraph, f"“{sentence.text}”" if quote else sentence.text)
    file.note(paragraph, _note(sentence, advisor))


def _cautions(draft: Draft, advisor: Holds) -> list[str]:
    return list(dict.fromkeys(c for id in draft.documents if (c := advisor.catalogue.caution(id))))


def markdown(draft: Draft, advisor: Holds) -> str:
    """The draft as Markdown with footnotes, checked like the Word file."""
    draft = checked(draft, advisor)
    out = [f"# {plain(draft.title)}", ""]
    out += [f"**{name}:** {plain(value)}  " for name, value in _facts(draft)]
    notes: list[str] = []
    for section in draft.sections:
        out += ["", f"## {plain(section.heading)}", ""]
        for sentence in section.sentences:
            if sentence.nature is Nature.GAP:
                out += [f"**{plain(sentence.text)}**", ""]
            elif sentence.nature is Nature.OWN:
                out += [f"*{plain(_OWN.strip())}* {plain(sentence.text)}", ""]
            else:
                notes.append(_note(sentence, advisor))
                lead = f"**{plain(sentence.lead)}:** " if sentence.lead else ""
                quote = sentence.nature is Nature.QUOTE and not sentence.is_digest
                text = f"“{plain(sentence.text)}”" if quote else plain(sentence.text)
                out += [f"{lead}{text}[^{len(notes)}]", ""]
    lines = sources(draft, advisor)
    if lines:
        out += ["## Sources and status", "", "| Document | Title | Status | Text read |"]
        out.append("|---|---|---|---|")
        out += [
            "| " + " | ".join(plain(v) for v in (s.label, s.title, s.status, s.text)) + " |"
            for s in lines
        ]
        out += ["", *(f"- {plain(caution)}" for caution in _cautions(draft, advisor)), ""]
    out += [f"[^{number}]: {plain(note)}" for number, note in enumerate(notes, 1)]
    return "\n".join(out) + "\n"
