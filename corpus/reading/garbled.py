"""Are these letters what a person sees on the page? Broken font maps, bad OCR, mojibake.

A PDF can look right and decode to other letters. Such text must not be indexed: it would be
quoted wrong. Each test compares a page with what sound text of its script always shows.
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from functools import cache

from corpus.documents import Document
from corpus.errors import GarbledText
from corpus.reading.letter_pairs import ARABIC_INITIALS, LETTERS, PAIRS

_MOJIBAKE = re.compile(
    "[ÃÂ][\u0080-\u00bf]|â€[\u0080-\u00bf™œ“”˜¦]|[ÐÑ][\u0080-\u00bf‚-›]|Ø[§-º]|Ù[\u0080-\u008a]"
)
_CODES = re.compile(r"\(cid:\d+\)|/(?:g|G|c|C|uni|glyph|cid)\d{2,}\b")
_WORD = re.compile(r"[^\W\d_]+")

# Thresholds lie midway between sound pages (XQuAD, the Universal Declaration and 150 pages of
# national climate plans) and pages known to be wrong, which are far apart: Latin pairs score 3.3
# to 4.2 on sound pages, with tables, and 4.7 to 8 on wrong ones.
_WORST_PAIRS = {"latin": 4.5, "cyrillic": 4.8, "arabic": 4.4}
_FEWEST_PAIRS = 150
_MOST_ODD = 0.05
_MOST_RARE_HAN = 0.12
_FEWEST_HAN = 30
_MOST_DOUBLED = 0.01
_FEWEST_WORDS = 60
_STEADY = "بملت"
"""Letters so many Arabic words begin with that no sound page does without; fa depends on style."""

REASONS = {
    "codes": "glyph codes stand in place of letters",
    "odd": "many characters are of no script",
    "mojibake": "letters were saved in one encoding and read in another",
    "pairs": "letters follow each other as in no language",
    "doubled": "one letter stands where the page only draws words out",
    "lost": "a common letter is missing throughout",
    "han": "many characters are too rare for any Chinese text",
}


def what_is_wrong(text: str) -> str | None:
    """Key of REASONS for a page of text that decodes to wrong letters; None for sound text.

    Short texts (a title page, a form) are given the benefit of the doubt.
    """
    visible = [c for c in text if not c.isspace()]
    if len(visible) < 20:
        return None
    if 4 * len(_CODES.findall(text)) > 0.2 * len(visible):
        return "codes"
    words = _WORD.findall(text)
    if len(_MOJIBAKE.findall(text)) > max(3, 0.02 * len(words)):
        return "mojibake"
    odd = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc", "Cs") for c in visible)
    if odd > _MOST_ODD * len(visible) and odd >= 5:
        return "odd"
    if _rare_han(text):
        return "han"
    folded = _fold(text)
    for script, worst in _WORST_PAIRS.items():
        score, pairs = pair_score(folded, script)
        if pairs >= _FEWEST_PAIRS and score > worst:
            return "pairs"
    return _arabic(folded)


def judge_document(document: Document) -> Document:
    """`document` as it is, when its text is sound.

    Raises:
        GarbledText: the document as a whole decodes to wrong letters; the message says how.
    """
    if document.is_digest:
        return document
    text = "\n".join(clause.text for _, clause in document.clauses())
    reason = what_is_wrong(text[:400_000])
    if reason:
        raise garbled(reason)
    return document


def garbled(reason: str) -> GarbledText:
    """The error for a key of REASONS, saying what can be done."""
    return GarbledText(
        f"The file's text is not what its pages show: {REASONS[reason]}. Nothing was added. Get "
        "the document in another format (DOCX, HTML), or recognise its pages again with OCR "
        "(`ocrmypdf --force-ocr`) and add the result."
    )


def pair_score(folded: str, script: str) -> tuple[float, int]:
    """Mean improbability (0 likely to 9 never) of the letter pairs of one script, and their number.

    Args:
        folded: text without accents, in lower case.
        script: 'latin', 'cyrillic' or 'arabic'.
    """
    table, words = _table(script)
    total = count = 0
    for word in words.findall(folded):
        edged = f"_{word}_"
        for pair in itertools.pairwise(edged):
            total += table[pair]
        count += len(edged) - 1
    return (total / count if count else 0.0), count


@cache
def _table(script: str) -> tuple[dict[tuple[str, str], int], re.Pattern[str]]:
    letters = "_" + LETTERS[script]
    rows = PAIRS[script].split()
    table = {
        (first, second): int(digit)
        for first, row in zip(letters, rows, strict=True)
        for second, digit in zip(letters, row, strict=True)
    }
    return table, re.compile(f"[{LETTERS[script]}]+")


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("ـ", "")
    return "".join(c for c in unicodedata.normalize("NFD", plain) if not unicodedata.combining(c))


def _rare_han(text: str) -> bool:
    han = [c for c in text if "\u4e00" <= c <= "\u9fff"]
    if len(han) < _FEWEST_HAN:
        return False
    return sum(not _common_han(c) for c in han) > _MOST_RARE_HAN * len(han)


@cache
def _common_han(character: str) -> bool:
    """In the first level (everyday characters) of GB 2312 or of Big5, or used in Japanese."""
    for encoding, low, high in (
        ("gb2312", 0xB0, 0xD7),
        ("big5", 0xA4, 0xC6),
        ("cp932", 0x88, 0x98),
    ):
        try:
            lead = character.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if low <= lead <= high:
            return True
    return False


def _arabic(folded: str) -> str | None:
    words = [word for word in _table("arabic")[1].findall(folded) if len(word) > 1]
    if len(words) < _FEWEST_WORDS:
        return None
    letters = sum(map(len, words))
    # Justified Arabic is drawn out with kashidas; a broken map turns each into one letter.
    doubled = Counter(
        first
        for word in words
        for first, second in itertools.pairwise(word)
        if first == second and first != "ل"
    )
    if doubled:
        most = doubled.most_common(1)[0][1]
        if most >= 8 and most > _MOST_DOUBLED * letters:
            return "doubled"
    # Each word once: a short text that repeats itself may do without a letter.
    different = set(words)
    initials = Counter(word[0] for word in different)
    for letter, share in ARABIC_INITIALS.items():
        expected, seen = share * len(different), initials[letter]
        if letter in _STEADY and seen < 0.15 * expected and _poisson_tail(seen, expected) < 1e-4:
            return "lost"
    return None


def _poisson_tail(seen: int, expected: float) -> float:
    """Chance of seeing so few or fewer where `expected` are expected."""
    term = total = math.exp(-expected)
    for k in range(1, seen + 1):
        term *= expected / k
        total += term
    return total
