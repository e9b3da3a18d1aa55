"""Document -> Passages: clauses with what governs them; long ones split, tiny ones joined.

A passage never crosses a section, so every passage has one heading, and a clause is joined with
its neighbours only when all of them are fragments: whatever is joined can no longer be told
apart by search.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from corpus.documents import Clause, Document, Section
from indexing.building.passages import Part, Passage

CUTTING = "1"
"""Version of the rules below; an index cut by other rules is cut again from the shelf."""

LONGEST = 250
"""Tokens (estimated) above which a clause is split; small multilingual embedders read 512 and
blur long before that."""

TINY = 40
"""Characters below which a clause counts as a fragment."""

JOINED = 240
"""Characters up to which fragments in a row are joined."""

_SENTENCE_END = re.compile(r"(?<=[.!?;:؟؛])[\"'”»)\]]*\s+|(?<=[。！？；])")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ROMAN = re.compile(r"[ivxl]+|[a-z]{1,2}")
_NUMBER = re.compile(r"\d+(\.\d+)*")


def passages(document: Document) -> list[Passage]:
    """Cut a document.

    Out: passages in reading order, `position` counting from 0. The same document always gives
    the same passages with the same ids.
    """
    cut: list[Passage] = []
    ids: Counter[str] = Counter()
    for section in document.sections:
        chapeaux = _chapeaux(section)
        for group in _groups(section.clauses):
            context = chapeaux.get(id(group[0]), "")
            for parts in _pieces(document, section, group):
                name = _name(document, parts)
                ids[name] += 1
                if ids[name] > 1:  # the same words twice at one address
                    name = f"{name}-{ids[name]}"
                cut.append(_passage(document, section, group[0], parts, name, len(cut), context))
    return cut


def embedded_text(passage: Passage) -> str:
    """What the embedding model reads: title, edition, heading, chapeau, then the text."""
    body = " ".join(part.text for part in passage.parts)
    return f"{embedded_head(passage)}\n{body}"


def embedded_head(passage: Passage) -> str:
    """What of it is not the clause: title, edition, heading and chapeau."""
    head = f"{passage.title} ({passage.edition})" if passage.edition else passage.title
    return "\n".join(line for line in (head, passage.section_heading, passage.context) if line)


def tokens_in(text: str) -> int:
    """Rough number of subword tokens of `text` in any script (4.4 characters a token in
    alphabets, 1.4 in Chinese: measured with the XLM-R vocabulary on UN texts)."""
    cjk = len(_CJK.findall(text))
    return round((len(text) - cjk) / 4.4 + cjk / 1.4)


def split_text(text: str, longest: int = LONGEST) -> list[str]:
    """Cut `text` into pieces of about equal size, each at most `longest` tokens (estimated).

    Cuts fall after sentences, else between words, else (scripts without spaces) anywhere. Joining
    the pieces with the blanks that lay between them gives the text back.
    """
    size = tokens_in(text)
    if size <= longest:
        return [text]
    target = size / -(-size // longest)
    pieces: list[str] = []
    held = ""
    for unit in _units(text, longest):
        candidate = held + unit
        if held and (
            tokens_in(candidate.rstrip()) > longest or tokens_in(held.rstrip()) >= target * 0.95
        ):
            pieces.append(held.strip())
            candidate = unit
        held = candidate
    if held.strip():
        pieces.append(held.strip())
    return pieces


def _units(text: str, longest: int) -> Iterator[str]:
    """Sentences with the blanks after them; words or characters where a sentence is too long."""
    for sentence in _split_after(_SENTENCE_END, text):
        if tokens_in(sentence) <= longest:
            yield sentence
            continue
        for word in _split_after(re.compile(r"\s+"), sentence):
            if tokens_in(word) <= longest:
                yield word
            else:
                step = max(1, int(len(word) * longest / tokens_in(word)))
                yield from (word[at : at + step] for at in range(0, len(word), step))


def _split_after(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    start = 0
    for match in pattern.finditer(text):
        if match.end() > start:
            yield text[start : match.end()]
            start = match.end()
    if start < len(text):
        yield text[start:]


def _parent(label: str | None) -> str | None:
    """Label of the paragraph a point belongs to: '4' of '4.ii', '1' of '1.2'; None at the top."""
    return label.rpartition(".")[0] or None if label else None


def _chapeaux(section: Section) -> dict[int, str]:
    """Governing words by identity of the clause: its paragraph's chapeau, or the section's own
    (an unnumbered first clause that ends in a colon)."""
    by_label = {clause.label: clause.text for clause in section.clauses if clause.label}
    opening = ""
    if section.clauses:
        first = section.clauses[0]
        if first.label is None and first.text.rstrip().endswith((":", "：", "—", "–")):
            opening = first.text
    found: dict[int, str] = {}
    for place, clause in enumerate(section.clauses):
        parent = _parent(clause.label)
        text = by_label.get(parent, "") if parent else ""
        if not text and opening and place > 0 and clause.label is not None:
            text = opening
        # A chapeau is a lead-in; a whole paragraph above a numbered one is not.
        if text and tokens_in(text) <= LONGEST // 2:
            found[id(clause)] = text
    return found


def _groups(clauses: Sequence[Clause]) -> Iterator[list[Clause]]:
    """Single clauses, and runs of fragments of one paragraph joined up to JOINED characters."""
    for (tiny, _), run in groupby(
        clauses, key=lambda clause: (len(clause.text) < TINY, _parent(clause.label))
    ):
        group: list[Clause] = []
        for clause in run:
            length = sum(len(held.text) for held in group) + len(clause.text)
            if group and (not tiny or length > JOINED):
                yield group
                group = []
            group.append(clause)
        if group:
            yield group


def _pieces(
    document: Document, section: Section, group: Sequence[Clause]
) -> Iterator[tuple[Part, ...]]:
    if len(group) > 1:
        yield tuple(_part(document, section, clause, clause.text) for clause in group)
        return
    for number, text in enumerate(split_text(group[0].text)):
        yield (_part(document, section, group[0], text, first=number == 0),)


def _part(
    document: Document, section: Section, clause: Clause, text: str, first: bool = True
) -> Part:
    return Part(
        address=str(document.address(section, clause)),
        label=printed_label(clause.label) if first else "",
        text=text,
    )


def printed_label(label: str | None) -> str:
    """A label as texts print it: 'ii)' for '4.ii', '2' for '2', '' for headings used as labels."""
    if not label:
        return ""
    if _NUMBER.fullmatch(label):
        return label
    last = label.rpartition(".")[2]
    if _ROMAN.fullmatch(last):
        return f"{last})"
    return last if _NUMBER.fullmatch(last) else ""


def _name(document: Document, parts: tuple[Part, ...]) -> str:
    digest = hashlib.sha256()
    for field in (document.key, *(f"{part.address}\n{part.text}" for part in parts)):
        digest.update(field.encode() + b"\0")
    return digest.hexdigest()[:24]


def _passage(
    document: Document,
    section: Section,
    clause: Clause,
    parts: tuple[Part, ...],
    name: str,
    position: int,
    context: str,
) -> Passage:
    return Passage(
        id=name,
        key=document.key,
        document=document.id,
        title=document.title,
        kind=document.kind,
        number=document.number,
        body=document.body,
        edition=str(document.edition),
        year=document.edition.year,
        country=document.country,
        language=document.language,
        is_digest=document.is_digest,
        section=section.slug,
        section_heading=section.heading,
        section_kind=section.kind,
        page=clause.page,
        position=position,
        parts=parts,
        context=context,
    )
