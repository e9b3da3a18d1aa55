"""What looks wrong in a text that was read: told when it is added, and in the shelf's health.

A reader can fail in silence: the text is there, and no one would accept its clauses. Each test
names what a person sees at a glance; a doubt never keeps a text out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.documents import Document, DocumentKind

MARK = "Doubt: "
"""How a note begins that is a doubt."""

_LONGEST = 20_000
_MARKUP = re.compile(
    r"\*\*\S[^*]*\S\*\*|\]\((?:https?:|\.{0,2}/)|<\/?(?:p|div|span|br|td|tr|li|a|h[1-6])\b[^>]*>"
    r"|^#{1,6} |\{[%{]\s?\w|\[\[[^\[\]]+\]\]|\\[a-z]{3,}\{|&(?:nbsp|amp|lt|gt|quot);"
    r"|=[0-9A-F]{2}=[0-9A-F]{2}|~~\S",
    re.I,
)
_PAGE_WORD = re.compile(
    r"\b(?:page|p\.|página|seite|стр(?:аница|\.)|صفحة)\s?\d{1,4}\s?(?:of|/|de|sur|von|из|من)\s?\d{1,4}\b",
    re.I,
)
_SPACED = re.compile(r"(?:(?<!\w)[^\W\d_] ){5,}")
_CUT = re.compile(r"[^\W\d_]{2,}- (?!(?:and|or|to|et|ou|y|e|o|und|oder|и|или)\b)[a-zà-ÿа-яё]{2,}")
# Between two words in small letters: 'Table 3 shows' is no page number.
_INSIDE = re.compile(r"(?<!\w)[a-zà-ÿа-яё]{3,} (?P<page>\d{1,3}) [a-zà-ÿа-яё]{2,}")
_LOST = re.compile("[\ufffd\u25a1]|(?<=[^\\W\\d_])\\?(?=[^\\W\\d_])")


def doubted(document: Document) -> Document:
    """The document with a note for each doubt; as it is where there is none, and for digests."""
    if document.is_digest:
        return document
    found = tuple(MARK + doubt for doubt in doubts(document))
    if not found:
        return document
    return document.model_copy(update={"notes": (*document.notes, *found)})


def doubts_in(notes: Sequence[str]) -> tuple[str, ...]:
    """The doubts among a document's notes, without their mark."""
    return tuple(note.removeprefix(MARK) for note in notes if note.startswith(MARK))


def doubts(document: Document) -> list[str]:
    """What looks wrong in the clauses of a text, in words; [] where nothing does."""
    clauses = list(document.clauses())
    texts = [clause.text for _, clause in clauses]
    total = sum(map(len, texts))
    if not total:
        return []
    found = []
    whole = " ".join(texts)
    longest = max(range(len(texts)), key=lambda n: len(texts[n]))
    size = len(texts[longest])
    if size > _LONGEST or (total > 6000 and size > 0.6 * total):
        where = document.address(*clauses[longest])
        found.append(
            f"one clause ({where}) holds {size} of {total} characters: headings or numbers were "
            "not recognised"
        )
    marked = sum(_MARKUP.search(text) is not None for text in texts)
    if marked >= 2 and marked > 0.02 * len(texts):
        found.append(f"marks of its format stand in the text of {marked} clauses")
    lost = sum(len(_LOST.findall(text)) for text in texts)
    if lost >= 5 and lost > 0.002 * total:
        found.append(f"{lost} letters were lost (they are shown as \ufffd or ?)")
    if _vowelless(" ".join(texts[:400])):
        found.append("many words have lost letters")
    found += _lines_and_words(whole)
    same = len(texts) - len(set(texts))
    if same >= 8 and same > 0.2 * len(texts):
        found.append(f"{same} clauses say again what another says, word for word")
    headings = Counter(section.heading.casefold() for section in document.sections)
    again, times = headings.most_common(1)[0]
    if times >= 4 and times > 0.25 * len(document.sections) and len(again) > 3:
        found.append(f"the heading '{again[:60]}' repeats {times} times: a running head, perhaps")
    pages = max(_page_numbers(texts), len(_PAGE_WORD.findall(whole)))
    if pages >= 5 and document.kind is not DocumentKind.TREATY:
        found.append(f"numbers of pages or lines seem to stand inside sentences ({pages} of them)")
    if total > 30_000 and len(document.sections) == 1:
        found.append(f"a text of {total} characters with no heading")
    return found


def _lines_and_words(text: str) -> list[str]:
    """Doubts about where words begin and end."""
    found = []
    words = text.split()
    spaced = sum(len(match[0].split()) for match in _SPACED.finditer(text))
    if spaced > 0.2 * len(words):
        found.append("letters stand apart from each other, as if each were a word")
    latin = re.findall("[A-Za-z\u00c0-\u024f]+", text)
    if latin and sum(len(word) for word in latin if len(word) > 30) > 0.2 * sum(map(len, latin)):
        found.append("words run together: the blanks between them were lost")
    cut = len(_CUT.findall(text))
    if cut >= 10 and cut > 0.01 * len(words):
        found.append(f"{cut} words are cut in two by a hyphen, as at the end of a line")
    return found


def _vowelless(text: str) -> bool:
    """Whether too many Latin words have no vowel, as when a font lost half of its letters."""
    words = re.findall(r"\b[a-z]{4,}\b", text)
    if len(words) < 60:
        return False
    return sum(not re.search("[aeiouyàâäéèêëíîïóôöúûü]", word) for word in words) > 0.12 * len(
        words
    )


def _page_numbers(texts: Sequence[str]) -> int:
    """The longest run of numbers in mid-sentence, each one more than that before, or five more, as
    lines are counted."""
    run = best = last = 0
    for text in texts:
        for match in _INSIDE.finditer(text):
            number = int(match["page"])
            run = run + 1 if number in (last + 1, last + 5) else 1
            last = number
            best = max(best, run)
    return best
