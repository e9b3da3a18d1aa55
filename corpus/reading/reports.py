"""A report, review, toolkit or declaration -> a document: title, id, kind, language, sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from anyascii import anyascii

from corpus.addresses import slugify
from corpus.documents import Document, DocumentKind, Edition
from corpus.errors import ScannedFile
from corpus.grammar.outlines import Item, heading_number, sections_of
from corpus.language.letters import UN_LANGUAGES, detect_language, dominant_script
from corpus.reading.cleaning import close_han
from corpus.reading.garbled import garbled, what_is_wrong
from corpus.reading.readers.pdf_blocks import Paragraph, paragraphs
from corpus.reading.readers.pdf_furniture import body_pages
from corpus.reading.readers.pdf_lines import PageLines
from corpus.reading.readers.pdf_rtl import reordered
from corpus.reading.report_headings import bookmarks, items_of, without_contents

_FEWEST_SOUND = 0.25
"""Share of the pages with text that must be sound for the rest to be worth having."""
_BROKEN_ARABIC = 0.2
"""Share of a file's Arabic pages found wrong from which none of them is trusted."""

SCANNED = "The pages are pictures: there is no text to read without OCR."

# Words at the end of a file's name that say in which language it is, with that language.
_LANGUAGE_WORDS = {
    "en": "english|anglais|ingles|eng|en|e",
    "fr": "french|francais|fra|fre|fr|f",
    "es": "spanish|espanol|spa|es|s",
    "ar": "arabic|arabe|ara|arb|ar|a",
    "ru": "russian|rus|ru|r",
    "zh": "chinese|zho|chi|cmn|zh|hans|hant|c",
}
_LANGUAGE = {word: code for code, words in _LANGUAGE_WORDS.items() for word in words.split("|")}
_TAIL = re.compile(rf"-(?P<word>{'|'.join(_LANGUAGE)}|translation|traduction|pdf|msw|docx?)$")
_COUNTRY_CODE = re.compile(r"([A-Z]{3})[_ -]+(?=[A-Z][a-z])")
_YEAR = re.compile(r"(?<!\d)(?:19[4-9]\d|20[0-4]\d)(?!\d)")
_MEANINGLESS = re.compile(
    r"(?:document|file|download|report|untitled|scan|print|page|index|default|home|readme|text|"
    r"new|copy)?[-\d]*|[0-9a-f]{12,}"
)
_KINDS = (
    (r"toolkit|bo[iî]te à outils|caja de herramientas|набор материалов", DocumentKind.TOOLKIT),
    (r"digital innovation profile|country review|ecosystem review|country profile",
     DocumentKind.COUNTRY_REVIEW),
    (r"\baction plan\b|plan d['’]action|plan de acci[oó]n|план действий|行动计划|خطة عمل",
     DocumentKind.ACTION_PLAN),
    (r"regional initiatives?\b", DocumentKind.REGIONAL_INITIATIVE),
    (r"\bdeclaration\b|déclaration|declaraci[oó]n|декларация|宣言|إعلان", DocumentKind.DECLARATION),
    (r"\bframework\b", DocumentKind.FRAMEWORK),
)  # fmt: skip


def report_documents(pages: Sequence[PageLines], content: bytes, name: str) -> list[Document]:
    """Documents of a PDF that is no resolution: one for each language it is written in.

    Args:
        pages: as `pdf_lines.read_lines` gives them.
        content: the file, for its outline and its Arabic lines.
        name: the file's name, without directories.

    Raises:
        ScannedFile: (almost) no page has text.
        GarbledText: the text decodes to wrong letters on most pages.
    """
    total = len(pages)
    pages = reordered(content, pages)
    pages, notes = _sound_pages(pages)
    marks = bookmarks(content)
    documents = []
    parts = _by_language(pages)
    for language, part in parts:
        blocks = paragraphs(without_contents(body_pages(part)))
        if len(parts) > 1:
            notes_here = (*notes, f"Pages {_ranges([p.number for p in part])} of the file.")
        else:
            notes_here = notes
        title, blocks = _title(blocks, name)
        document = report_from_items(
            items_of(blocks, marks),
            name=name,
            title=title,
            language=language,
            pages=total,
            notes=notes_here,
        )
        if document.sections:
            documents.append(document)
    return documents


def report_from_items(
    items: Sequence[Item],
    *,
    name: str,
    title: str,
    language: str | None = None,
    pages: int | None = None,
    notes: tuple[str, ...] = (),
    outlined: bool = False,
) -> Document:
    """Document of headings and paragraphs, from whatever format they came.

    Args:
        items: in reading order.
        name: the file's name, from which the id is made.
        title: as printed; of the file's name where ''.
        language: ISO 639-1, detected where None.
        pages: of the file.
        notes: what a person should know about the reading.
        outlined: as in `sections_of`.
    """
    title = title or PurePath(name).stem.replace("_", " ").strip()
    if not any(item.level is None for item in items):
        # Nothing but headings (a poster, a form): they are the text.
        items = [item.model_copy(update={"level": None}) for item in items]
    text = " ".join(item.text for item in items)
    opening = " ".join(item.text for item in items[:8])[:600]
    year = _year(name, title, opening)
    language = language or detect_language(text)
    return Document(
        id=work_id(name, title, language),
        title=title,
        kind=_kind(f"{PurePath(name).stem.replace('-', ' ').replace('_', ' ')} {title}"),
        edition=Edition(year=year),
        language=language,
        sections=sections_of(items, title, outlined),
        country=country_in(f"{name} {title}"),
        pages=pages,
        notes=notes,
    )


def work_id(name: str, title: str, language: str | None = None) -> str:
    """Id of a text someone adds, from its file's name; the same for the file in each language.

    'ALB_Albania_INDC_English.pdf' gives 'albania-indc', 'profile-serbia-2023-e.pdf'
    'profile-serbia@2023', '创新政策.txt' 'chuang-xin-zheng-ce'; a name that says nothing
    ('download (3).pdf', 'index.html') gives way to the title. Numbers, letters and versions of
    parts stay: 'chapter-2' is not 'chapter-1', 'policy-v2' not 'policy-v1'.

    Args:
        name: of the file.
        title: of the text.
        language: of the text; an end that names another language ('annex-a') is no language.
            None where it is not known: then every such end is taken for one.
    """
    stem = _COUNTRY_CODE.sub(_without_code, PurePath(name).stem)
    slug = ascii_slug(stem)
    while (tail := _TAIL.search(slug)) and slug != tail[0][1:]:
        said = _LANGUAGE.get(tail["word"])
        if said is not None and language is not None and said != language:
            break
        slug = slug[: tail.start()]
    if _MEANINGLESS.fullmatch(slug):
        slug = ascii_slug(title)[:60].strip("-") or "document"
    slug = re.sub(r"\b([^\W\d_]{2,})-\1\b", r"\1", slug)
    years = _YEAR.findall(slug)
    if len(years) == 1 and slug != years[0]:
        rest = re.sub(r"-+", "-", slug.replace(years[0], "", 1)).strip("-")
        return f"{rest}@{years[0]}"
    return slug


def is_language_word(stem: str) -> bool:
    """Whether a file's name says nothing but a language: 'fra', 'zh', 'English'."""
    return stem.casefold().split("-")[0].split("_")[0] in _LANGUAGE


def _without_code(match: re.Match[str]) -> str:
    """Drops 'ALB_' before 'Albania': a country's code that its name makes needless."""
    from babel import Locale
    from babel.core import get_global

    codes = get_global("territory_aliases").get(match[1], [])
    country = slugify(Locale("en").territories.get(codes[0], "")) if codes else ""
    named = slugify(match.string[match.end() :])
    return "" if country and country.split("-")[0] in named else match[0]


def ascii_slug(text: str) -> str:
    """Slug in the letters a document's id may have; other scripts are written in Latin ones."""
    if not slugify(text).isascii():
        text = re.sub(
            "[\u3400-\u9fff]+", lambda m: " ".join(f" {anyascii(c)} " for c in m[0]), text
        )
        text = anyascii(text)
    return re.sub(r"-+", "-", re.sub(r"[^a-z0-9-]", "", slugify(text))).strip("-")


def _kind(text: str) -> DocumentKind:
    for pattern, kind in _KINDS:
        if re.search(pattern, text, re.I):
            return kind
    return DocumentKind.REPORT


def country_in(text: str) -> str | None:
    """English name of the one country named in `text`, or None."""
    from babel import Locale

    plain = f" {slugify(text).replace('-', ' ')} "
    territories = Locale("en").territories.items()
    names = {name for code, name in territories if len(code) == 2 and code.isalpha()}
    found = [name for name in names if f" {slugify(name).replace('-', ' ')} " in plain]
    found = [n for n in found if not any(n != other and n in other for other in found)]
    return found[0] if len(found) == 1 else None


def _year(name: str, title: str, opening: str) -> int | None:
    for text in (PurePath(name).stem, title):
        years = set(_YEAR.findall(text))
        if len(years) == 1:
            return int(years.pop())
    dated = re.search(
        r"(?:\b[^\W\d_]{3,12}\.?,?\s(?:de\s)?|[-/.]|^)(?P<year>20[0-4]\d)\b", opening[:250]
    )
    return int(dated["year"]) if dated else None


class _Judged(NamedTuple):
    pages: list[PageLines]
    notes: tuple[str, ...]


def _sound_pages(pages: Sequence[PageLines]) -> _Judged:
    """Pages whose text is what they show, with notes on the others."""
    sound, wrong, empty = [], {}, []
    for page in pages:
        text = "\n".join(line.text for line in page.lines)
        reason = what_is_wrong(text)
        if reason:
            wrong[page.number] = reason
        elif sum(character.isalpha() for character in text) < 10:
            empty.append(page.number)
        else:
            sound.append(page)
    if not sound and not wrong:
        raise ScannedFile(SCANNED)
    sound = _without_broken_arabic(sound, wrong)
    if len(sound) < _FEWEST_SOUND * (len(sound) + len(wrong)):
        raise garbled(max(wrong.values(), key=list(wrong.values()).count))
    notes = []
    if wrong:
        notes.append(
            f"Left out, because the text is not what the page shows: pages {_ranges(wrong)}."
        )
    if empty:
        notes.append(f"Without text (pictures, or blank): pages {_ranges(empty)}.")
    return _Judged(sound, tuple(notes))


def _without_broken_arabic(sound: list[PageLines], wrong: dict[int, str]) -> list[PageLines]:
    """`sound` less its Arabic pages, when Arabic pages of the same file are known to be wrong.

    A broken font map loses the same letters on every page; it shows on a page only where that
    page happens to use them often. `wrong` gains the pages taken out.
    """
    broken = [reason for reason in wrong.values() if reason in ("doubled", "lost")]
    arabic = [p for p in sound if dominant_script(" ".join(x.text for x in p.lines)) == "arabic"]
    if not broken or len(broken) < _BROKEN_ARABIC * (len(broken) + len(arabic)):
        return sound
    wrong.update(dict.fromkeys((page.number for page in arabic), broken[0]))
    return [page for page in sound if page not in arabic]


def _ranges(numbers: Sequence[int] | dict[int, str]) -> str:
    """'1-3, 7' for 1, 2, 3, 7."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{r[0]}-{r[-1]}" if len(r) > 1 else str(r[0]) for r in runs)


def _by_language(pages: Sequence[PageLines]) -> list[tuple[str, list[PageLines]]]:
    """Pages in one run per language, where a file holds a text in two (original, translation)."""
    languages = [_page_language(page) for page in pages]
    whole = detect_language("\n".join(line.text for page in pages for line in page.lines))
    known = [language or whole for language in languages]
    counts = {language: known.count(language) for language in known}
    # A language is a text of its own only in a run of pages, not a quotation or a cover letter.
    own = [
        language
        for language, count in counts.items()
        if language in UN_LANGUAGES and count >= 3 and count >= 0.2 * len(pages)
    ]
    if len(own) < 2:
        return [(whole, list(pages))]
    parts: dict[str, list[PageLines]] = {language: [] for language in own}
    current = own[0]
    for page, language in zip(pages, known, strict=True):
        if language in parts:
            current = language
        parts[current].append(page)
    return list(parts.items())


def _page_language(page: PageLines) -> str | None:
    text = "\n".join(line.text for line in page.lines)
    letters = sum(character.isalpha() for character in text)
    enough = 40 if dominant_script(text) == "han" else 200
    return detect_language(text) if letters >= enough else None


def _title(blocks: Sequence[Paragraph], name: str) -> tuple[str, list[Paragraph]]:
    """The title, the large type of the first page with text, and the paragraphs without it."""
    sizes = Counter[float]()
    for block in blocks:
        sizes[block.size] += len(block.text)
    if len(blocks) < 2:
        return "", list(blocks)
    base = sizes.most_common(1)[0][0]
    first = [block for block in blocks[:25] if block.page == blocks[0].page]
    used: list[Paragraph] = []
    for block in first:
        large = block.size >= 1.12 * base or (block.bold and block.centred)
        wordy = sum(c.isalpha() for c in block.text) >= 4
        room = sum(len(b.text) for b in used) + len(block.text) <= 220
        numbered = heading_number(block.text) is not None
        if large and wordy and room and not numbered:
            used.append(block)
        elif used:
            break
    if not used and first[0].bold and len(first[0].text) < 200:
        used = first[:1]
    words = list(dict.fromkeys(close_han(block.text) for block in used))
    gone = {id(block) for block in used}
    rest = [block for block in blocks if id(block) not in gone]
    return (" ".join(words), rest) if rest else ("", list(blocks))
