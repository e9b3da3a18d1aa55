"""Treaties and other texts of articles -> documents: chapters, articles, numbered provisions.

A text is one of these when articles run from 1. An article is a section (`#article-2-bis`); its
heading says its title and the chapter it stands in. What carries a number in print is a clause:
the numbered paragraphs of the article (`#article-4.2.a`) or, where provisions are numbered through
the whole text as in ITU's Constitution and Convention, those numbers (No. 118 is `.118`, No. 51A
`.51a`). One file may hold several instruments, each in its language; each is a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.grammar.labels import AFTER_NUMBER, Numbering, inserted_name, roman, split_label
from corpus.grammar.outlines import OPENING, Item, gathered, heading_number, sections_of
from corpus.grammar.works import Work, known_work
from corpus.language.letters import detect_language

_FEWEST_ARTICLES = 3
_WHOLE_ARTICLE = 2500
_LONGEST_TITLE = 160
_LOWEST = 9
"""Rank of a heading that is no numbered part: it lasts until the next one."""
_OPEN, _CLOSE = "\ue0f2", "\ue0f3"
_MARK = re.compile(f"{_OPEN}([^{_OPEN}{_CLOSE}]*){_CLOSE}")
_AMENDED = re.compile(r"PP[-‑ ]?(\d\d)")
_PROVISION = re.compile(
    rf"\s*(?P<first>\d{{1,4}}(?:(?!PP-)[A-Z]){{0,3}})\.?{AFTER_NUMBER.format(name='latin')}"
    r"(?P<range>\s+[^\W\d_]{1,3}(?:\s+en\s+met)?\s+\d{1,4}[A-Z]{0,3})?"
    r"(?:\s*PP[-‑ ]?\d\d)*\s*"
)
_PREAMBLE = re.compile(
    r"(?:the\s+)?(?:preamble|pr[ée]ambule|pre[áa]mbulo|преамбула|序\s*言|前\s*言|(?:ال)?ديباجة)\W*",
    re.I,
)
_PARTS = (
    r"part|partie|parte|часть|الجزء|الباب|teil|deel",
    r"title|titre|t[ií]tulo|раздел",
    r"chapter|chapitre|cap[ií]tulo|глава|الفصل|hoofdstuk|hoofdtuk|kapitel|capitolo",
    r"section|secci[oó]n|секция|القسم|afdeling|abschnitt",
)
_CHAPTER = re.compile(
    rf"(?:(?P<word>{'|'.join(_PARTS)})\s+(?P<number>[\dIVXLC]{{1,7}}[A-Z]?|[A-Z]|(?:ال)[^\W\d_]+"
    r"(?:\s+عشر)?|first|second|third|premi[eè]re?|primer[oa])(?![^\W\d_])"
    r"|第\s*[零一二三四五六七八九十百\d]{1,5}\s*(?P<han>[章节部分篇]{1,2}))"
    r"\s*(?:[-–—:：.]\s*)?(?P<title>.*)",
    re.I | re.S,
)
_INSTRUMENT = re.compile(
    r".{0,60}?\b(?:constitution|convention|charter|treaty|protocol|agreement|covenant|regulations?|"
    r"statutes?|rules|charte|trait[ée]|protocole|accord|pacte|r[èe]glements?|statuts?|carta|tratado|"
    r"protocolo|acuerdo|pacto|reglamentos?|constituci[oó]n|convenci[oó]n|convenio|estatutos?|"
    r"конституция|конвенция|устав|договор|протокол|соглашение|пакт|регламент|statuut|verdrag|"
    r"handvest|reglement)\b|.{0,30}(?:دستور|اتفاقية|ميثاق|معاهدة|بروتوكول|لوائح)|"
    r".{0,30}(?:宪章|公约|条约|议定书|协定|规则|组织法)",
    re.I,
)
_TREATY = re.compile(
    r"\b(?:convention|constitution|treaty|protocol|agreement|covenant|regulations|trait[ée]|"
    r"protocole|accord|pacte|r[èe]glement|tratado|protocolo|acuerdo|pacto|reglamento|convenio|"
    r"convenci[oó]n|constituci[oó]n|конвенция|договор|протокол|соглашение|пакт|регламент|verdrag)\b"
    r"|دستور|اتفاقية|معاهدة|بروتوكول|لوائح|公约|条约|议定书|协定|规则|组织法",
    re.I,
)
_ANNEX = re.compile(
    r"(?:annex|annexe|anexo|appendix|appendice|ap[eé]ndice|приложение|附件|附录|الملحق|ملحق|"
    r"المرفق|bijlage)(?:\s+(?P<number>\d{1,2}|[IVXLC]{1,5}|[A-Z]))?\W*(?P<title>.*)",
    re.I | re.S,
)
_DONE = re.compile(
    r"\b(?:done|fait|hecho|signed)\s+(?:at|in|à|en)\s[^.]{3,90}?\b(?P<year>(?:18|19|20)\d\d)\b"
    r"|(?:совершено)\s[^.]{3,90}?(?P<ru>(?:18|19|20)\d\d)",
    re.I,
)
_GLUED = re.compile(
    r"(?P<own>\d{1,2}(?:\.\d{1,2})+[.)]?\s|\d{1,2}\)\s?|\d{1,2}\.?\s+[a-z(]|[a-z]{1,2}\)\s?|\s*[^\W\d_]"
    r"|\s*[“\"«‘'*(\[–-])"
)


def is_provision(text: str) -> bool:
    """Whether a set-off text is the number of a provision: '3', '51A', '50 PP-94 PP-98'."""
    return _PROVISION.fullmatch(text) is not None


def provision(text: str) -> str:
    """The number of a provision, marked as one, for a reader that sees how it is set off."""
    return f"{_OPEN}{' '.join(text.split())}{_CLOSE}"


def ends_provision(text: str) -> bool:
    """Whether a text ends with a number marked by `provision`."""
    return text.endswith(_CLOSE)


def unmarked(text: str) -> str:
    """`text` with the numbers of provisions as plain words."""
    return text.replace(_OPEN, "").replace(_CLOSE, "")


def treaty_documents(items: Sequence[Item], *, name: str, title: str) -> list[Document]:
    """The instruments of articles among the items of a file, in order; [] where there is none.

    Args:
        items: headings and paragraphs, the title's own left out where `title` gives it.
        name: the file's name, for the id of a text that is no known work.
        title: of the file; '' where it has none of its own.
    """
    starts = [_article(item) for item in items]
    if sum(start is not None for start in starts) < _FEWEST_ARTICLES:
        return []
    first = next(start for start in starts if start)
    if first != "article-1":
        return []
    begins = _instruments(items, starts)
    if begins is None:
        return []
    marks = [int(mark) for item in items for mark in _AMENDED.findall(item.text)]
    amended = max((1900 + year if year > 80 else 2000 + year for year in marks), default=None)
    documents = []
    for number, (begin, end) in enumerate(zip(begins, [*begins[1:], len(items)], strict=True)):
        own = _Instrument(items[begin:end], title if number == 0 else "", name, amended)
        document = own.document(alone=len(begins) == 1)
        if document is None:
            return []
        documents.append(document)
    return documents


def _article(item: Item) -> str | None:
    """'article-3' for a paragraph that is (or opens with) the heading of an article."""
    text = unmarked(item.text)
    if len(text) > _LONGEST_TITLE:
        return None
    number = heading_number(text)
    if number is None or number.style != "article":
        return None
    value = number.path[0].removeprefix("article-")
    head, _, tail = value.partition("-")
    counted = roman(head) if head not in ("c", "l", "d") else 0
    return "article-" + "-".join(filter(None, (str(counted or head), tail)))


def _instruments(items: Sequence[Item], starts: Sequence[str | None]) -> list[int] | None:
    """Where each instrument begins; None where articles repeat without a title between them."""
    begins, seen, last = [0], 0, 0
    for place, start in enumerate(starts):
        if start is None:
            continue
        if start == "article-1" and seen >= _FEWEST_ARTICLES:
            heads = [
                n
                for n in range(last + 1, place)
                if items[n].level is not None
                and _INSTRUMENT.match(items[n].text)
                and not _ANNEX.match(items[n].text)
                and len(items[n].text) <= _LONGEST_TITLE
                and not (items[n - 1].level is not None and _ANNEX.fullmatch(items[n - 1].text))
            ]
            if not heads:
                return None
            begins.append(heads[-1])
            seen = 0
        seen += 1
        last = place
    return begins


class _Chapter(NamedTuple):
    rank: int
    heading: str


class _Instrument:
    """One instrument: its title, and what stands under each of its articles."""

    def __init__(self, items: Sequence[Item], title: str, name: str, amended: int | None) -> None:
        self.items = list(items)
        self.name = name
        self.title = title
        self._opening()
        text = " ".join(unmarked(item.text) for item in self.items)
        self.language = detect_language(text)
        done = list(_DONE.finditer(text))
        signed = int(done[-1]["year"] or done[-1]["ru"]) if done else None
        # Of the newest amendment that the file takes in, else of the day it was done.
        self.year = amended or signed

    def _opening(self) -> None:
        """Find the title: the file's own, or the last heading before the text that names one."""
        first = next(n for n, item in enumerate(self.items) if _article(item))
        heads = [
            n
            for n, item in enumerate(self.items[:first])
            if item.level is not None
            and _INSTRUMENT.match(item.text)
            and not _CHAPTER.fullmatch(item.text)
        ]
        if heads:
            self.title = self.items[heads[-1]].text
            del self.items[: heads[-1] + 1]
        elif not self.title and self.items[0].level is None and not _article(self.items[0]):
            opening = known_work(self.items[0].text)
            following = self.items[1].text[:1] if len(self.items) > 1 else ""
            if opening is None and not following.islower() and len(self.items[0].text) < 200:
                self.title = self.items.pop(0).text

    def document(self, alone: bool) -> Document | None:
        """The document, or None where an article comes twice."""
        from corpus.reading.reports import work_id

        known = known_work(self.title) or known_work(self._first_words())
        sections = self._sections(known)
        if sections is None:
            return None
        year = known.year if known and known.year else self.year
        named = re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", PurePath(self.name).stem)
        if year is None and len(set(named)) == 1:
            year = int(named[0])
        title = known.title(self.language) if known else self.title
        title = title or self.title
        if known:
            id = f"{known.name}@{year}" if year else known.name
        else:
            id = work_id(self.name if alone else "", title, self.language)
        treaty = known.treaty if known else _TREATY.search(title) is not None
        return Document(
            id=id,
            title=title or PurePath(self.name).stem.replace("_", " ").strip(),
            kind=DocumentKind.TREATY if treaty or self._through else DocumentKind.DECLARATION,
            edition=Edition(year=year),
            language=self.language,
            sections=sections,
            body=known.body if known else None,
        )

    def _first_words(self) -> str:
        return self.items[0].text if self.items else ""

    def _sections(self, known: Work | None) -> tuple[Section, ...] | None:
        starts = [_article(item) for item in self.items]
        first = next(n for n, start in enumerate(starts) if start)
        chapters: list[_Chapter] = []
        sections: list[Section] = []
        taken: set[str] = set()
        numbers = _Provisions(self.items)
        self._through = numbers.found
        whole = known is not None and known.whole_articles
        place = first
        for earlier in range(first - 1, max(first - 9, -1), -1):
            if self._chapter_at(earlier, starts):
                place = earlier
            elif not _is_title(self.items[earlier]):
                break
        sections += self._before(place, numbers)
        while place < len(self.items):
            if starts[place] is None and self._chapter_at(place, starts):
                place = self._enter(place, chapters, starts)
                continue
            if starts[place] is None and self._is_subheading(place, starts):
                while chapters and chapters[-1].rank == _LOWEST:
                    chapters.pop()
                chapters.append(_Chapter(_LOWEST, unmarked(self.items[place].text)))
                place += 1
                continue
            slug, heading, place = self._head(place, starts, chapters)
            if slug in taken and slug.startswith("article"):
                return None
            slug = unique_slug(slug, taken)
            end = next(
                (
                    n
                    for n in range(place, len(self.items))
                    if starts[n]
                    or self._chapter_at(n, starts)
                    or self._is_annex(n)
                    or self._is_subheading(n, starts)
                ),
                len(self.items),
            )
            clauses = numbers.clauses(place, end)
            if not any(clause.label for clause in clauses):
                clauses = _clauses(self.items[place:end], whole)
            if clauses:
                taken.add(slug)
                kind = SectionKind.BODY if slug.startswith("article") else SectionKind.ANNEX
                sections.append(Section(slug=slug, heading=heading, kind=kind, clauses=clauses))
            place = end
        return tuple(sections)

    def _chapter_at(self, place: int, starts: Sequence[str | None]) -> _Chapter | None:
        """The chapter whose heading stands here: articles, or another chapter, follow at once."""
        text = unmarked(self.items[place].text).strip()
        match = _CHAPTER.fullmatch(text) if len(text) <= _LONGEST_TITLE else None
        if match is None or starts[place] or re.search(r"[.;,،؛。；]$", text):
            return None
        near = range(place + 1, min(place + 5, len(self.items)))
        follows = next((n for n in near if starts[n]), None)
        if follows is None and not any(self.items[n].level is not None for n in near):
            return None
        word = (match["word"] or "").casefold()
        rank = next((n for n, words in enumerate(_PARTS) if re.fullmatch(words, word, re.I)), 2)
        if match["han"]:
            rank = {"部": 0, "部分": 0, "篇": 0, "节": 3}.get(match["han"], 2)
        return _Chapter(rank, text)

    def _is_subheading(self, place: int, starts: Sequence[str | None]) -> bool:
        """A short line right before an article, set as a heading: 'COMPOSITION', '组织'."""
        item = self.items[place]
        if starts[place] or place + 1 >= len(starts) or not starts[place + 1]:
            return False
        text = unmarked(item.text).strip()
        set_off = item.level is not None or text == text.upper()
        return _is_title(item) and set_off and len(text) <= 60

    def _enter(self, place: int, chapters: list[_Chapter], starts: Sequence[str | None]) -> int:
        """Open the chapter that stands here, with its title; the place behind it."""
        found = self._chapter_at(place, starts)
        assert found is not None
        place += 1
        match = _CHAPTER.fullmatch(found.heading)
        if match and not match["title"].strip() and place < len(self.items):
            after = self.items[place]
            if not starts[place] and not self._chapter_at(place, starts) and _is_title(after):
                found = found._replace(heading=f"{found.heading}: {_shown(after.text)}")
                place += 1
        while chapters and chapters[-1].rank >= found.rank:
            chapters.pop()
        chapters.append(found)
        return place

    def _is_annex(self, place: int) -> bool:
        item = self.items[place]
        match = _ANNEX.fullmatch(item.text) if len(item.text) <= _LONGEST_TITLE else None
        if match is None:
            return False
        return item.level is not None or (not match["title"] and bool(match["number"]))

    def _head(
        self, place: int, starts: Sequence[str | None], chapters: list[_Chapter]
    ) -> tuple[str, str, int]:
        """Slug and heading of the article or annex that begins here, and where its text does."""
        item = self.items[place]
        slug = starts[place]
        if slug is None:
            match = _ANNEX.fullmatch(item.text)
            number = match["number"] if match else None
            numbered = heading_number(item.text)
            if match is None:  # text that stands in a chapter, in no article
                heading = _shown(chapters[-1].heading) if chapters else self.title
                words = slugify(heading).split("-")
                return "-".join(words[:2]) or "text", heading, place
            chapters.clear()
            slug = slugify(f"annex {number or ''}")
            if numbered is not None and numbered.style == "annex":
                slug = numbered.path[0]
            heading, end = _shown(item.text), place + 1
        else:
            heading, end = _shown(item.text), place + 1
        number_ = heading_number(unmarked(item.text))
        if number_ is not None and number_.style == "article" and number_.title:
            # A paragraph of text on the heading's own line is no title.
            if item.level is None and re.search(r"[.;。；]$", item.text.strip()):
                cut = len(unmarked(item.text)) - len(number_.title)
                heading = unmarked(item.text)[:cut].strip(" .:–—-")
                self.items[place] = item.model_copy(update={"text": number_.title})
                end = place
        elif end < len(self.items) and end + 1 < len(self.items) and end > place:
            after = self.items[end]
            more = not starts[end + 1] and not self._chapter_at(end + 1, starts)
            if not starts[end] and _is_title(after) and more:
                heading, end = f"{heading} – {_shown(after.text)}", end + 1
        if chapters:
            heading = f"{heading} ({', '.join(_shown(c.heading) for c in chapters)})"
        return slug, heading, end

    def _before(self, end: int, numbers: _Provisions) -> Sequence[Section]:
        """What stands before the first article: notes on the text, then its preamble."""
        items = self.items[:end]
        heads = [n for n, item in enumerate(items) if _PREAMBLE.fullmatch(item.text)]
        plain = [
            item.model_copy(update={"level": None, "text": unmarked(item.text)}) for item in items
        ]
        if not heads:
            numbered = numbers.clauses(0, end)
            if numbered and numbers.found:
                heading = self.title
                if match := _PREAMBLE.match(numbered[0].text):
                    heading = match[0].strip(" .:")
                    rest = numbered[0].text[match.end() :]
                    after = numbered[0 if rest else 1 :]
                    if after:
                        changes = {
                            "text": rest or after[0].text,
                            "footnotes": numbered[0].footnotes
                            + (() if rest else after[0].footnotes),
                        }
                        numbered = (after[0].model_copy(update=changes), *after[1:])
                return (_preamble(heading, numbered),)
            return sections_of(plain, self.title)
        before = sections_of(plain[: heads[0]], self.title)
        heading = items[heads[0]].text
        numbered = numbers.clauses(heads[0] + 1, end)
        if numbered and numbers.found:
            return (*before, _preamble(heading, numbered))
        inside = sections_of(plain[heads[0] + 1 :], heading)
        return (
            *before,
            *(
                section.model_copy(update={"slug": "preamble", "kind": SectionKind.PREAMBLE})
                for section in inside
                if section.slug == OPENING
            ),
        )


def _preamble(heading: str, clauses: tuple[Clause, ...]) -> Section:
    return Section(
        slug="preamble", heading=heading, kind=SectionKind.PREAMBLE, clauses=tuple(clauses)
    )


def _is_title(item: Item) -> bool:
    """A heading below a heading, or a short line that ends no sentence: the title of an article."""
    text = unmarked(item.text).strip()
    if not text or len(text) > _LONGEST_TITLE or _article(item) or _MARK.match(item.text):
        return False
    if heading_number(text) is not None:
        return False  # the first of the article's numbered paragraphs, which ends without a stop
    if item.level is not None:
        return not re.search(r"[;:：；]$", text)
    short = len(text) <= (30 if re.search("[\u3400-\u9fff]", text) else 80)
    return short and text[:1].upper() == text[:1] and not re.search(r"[.;:,،؛。；：，]$", text)


def _shown(text: str) -> str:
    """A heading without the marks of the conferences that changed it."""
    return " ".join(_AMENDED.sub("", unmarked(text)).split())


class _Provisions:
    """Numbers that run through the whole text: marked by the reader, or told by their sequence."""

    def __init__(self, items: Sequence[Item]) -> None:
        marked = sum(len(_MARK.findall(item.text)) for item in items)
        self._items = list(items)
        self.found = marked >= _FEWEST_ARTICLES
        if not self.found:
            told = _in_sequence(items)
            if told is not None:
                self._items, self.found = told, True

    def clauses(self, begin: int, end: int) -> tuple[Clause, ...]:
        """Clauses of the items from `begin` to `end`; () where nothing is numbered."""
        if not self.found:
            return ()
        clauses: list[Clause] = []
        taken: set[str | None] = set()
        for item in self._items[begin:end]:
            pieces = _MARK.split(item.text)
            if pieces[0].strip():
                self._add(clauses, taken, None, pieces[0], item, item.footnotes)
            notes = () if pieces[0].strip() else item.footnotes
            for number, text in zip(pieces[1::2], pieces[2::2], strict=True):
                match = _PROVISION.fullmatch(number)
                label = match["first"].casefold() if match else slugify(number)
                if match and match["latin"]:
                    label = f"{label}-{inserted_name(match['latin'])}"
                if match and match["range"]:  # 'Nos. 219 to 221 (SUP)'
                    text = f"{match['first']}{match['range']} {text}"
                self._add(clauses, taken, label, text, item, notes)
                notes = ()
        return tuple(clauses)

    @staticmethod
    def _add(
        clauses: list[Clause],
        taken: set[str | None],
        label: str | None,
        text: str,
        item: Item,
        notes: tuple[str, ...],
    ) -> None:
        text = " ".join(text.split())
        if not text:
            return
        if label is None and clauses:
            last = clauses[-1]
            clauses[-1] = last.model_copy(
                update={"text": f"{last.text} {text}", "footnotes": last.footnotes + notes}
            )
            return
        if label in taken:
            label = unique_slug(label or "p", {each for each in taken if each})
        taken.add(label)
        clauses.append(Clause(label=label, text=text, page=item.page, footnotes=notes))


def _in_sequence(items: Sequence[Item]) -> list[Item] | None:
    """Items with the numbers that run from paragraph to paragraph marked; None where none do.

    Plain text runs the margin's number into the paragraph ('21.1 These Regulations' is No. 2, then
    1.1), so it is read by what must come next.
    """
    last, found, bodies = 0, 0, 0
    told: list[Item] = []
    for item in items:
        text = item.text
        if item.level is None and not _article(item):
            bodies += len(text) >= 25
            mark = _next_number(text, last)
            if mark:
                rest = text[len(mark) :]
                last, found = int(re.match(r"\d+", mark)[0]), found + 1  # type: ignore[index]
                item = item.model_copy(update={"text": f"{provision(mark)} {rest}"})
        told.append(item)
    # An article's own numbers start anew; those of a whole text do not, and reach far.
    return told if found >= 25 and found >= 0.5 * bodies else None


def _next_number(text: str, last: int) -> str:
    """The number a paragraph opens with, where it follows `last` ('13', '51A PP-98'); else ''."""
    for number in (last + 1, last + 2):
        match = re.match(rf"{number}(?:\s*PP-\d\d)*", text)
        if match and _GLUED.match(text[match.end() :]):
            return match[0]
    match = re.match(rf"{last}[A-Z]{{1,2}}(?=[\s\d])(?:\s*PP-\d\d)*", text) if last else None
    return match[0] if match and _GLUED.match(text[match.end() :]) else ""


def _clauses(body: Sequence[Item], whole: bool) -> tuple[Clause, ...]:
    """Clauses of one article: its numbered paragraphs; else all of it in one, if it is not long.

    Args:
        body: what stands under its heading.
        whole: the languages of this text number its paragraphs differently: one clause an article,
            so that they stay aligned.
    """
    body = [item.model_copy(update={"text": unmarked(item.text)}) for item in body]
    if not body:
        return ()
    numbered = None if whole else _numbered(body)
    if numbered is not None:
        return numbered
    text = " ".join(item.text for item in body)
    if len(text) <= _WHOLE_ARTICLE:
        notes = tuple(note for item in body for note in item.footnotes)
        return (Clause(label=None, text=text, page=body[0].page, footnotes=notes),)
    return tuple(
        Clause(label=None if n == 1 else f"p{n}", text=item.text, page=item.page)
        for n, item in enumerate(gathered(body), start=1)
    )


def _numbered(body: Sequence[Item]) -> tuple[Clause, ...] | None:
    """A clause for each numbered paragraph, with what stands under it; None where none is."""
    numbering = Numbering()
    clauses: list[Clause] = []
    labelled = 0
    for item in body:
        token, text = split_label(item.text)
        chapeau = bool(clauses) and clauses[-1].text.rstrip().endswith((":", "：", "—", "–"))
        if token and text and (not labelled or numbering.expects(token, chapeau)):
            if not labelled and token.value not in ("1", "a", "i"):
                return None
            label = numbering.accept(token, chapeau)
            if any(clause.label == label for clause in clauses):
                return None
            clauses.append(Clause(label=label, text=text, page=item.page, footnotes=item.footnotes))
            labelled += 1
        elif clauses:
            last = clauses[-1]
            clauses[-1] = last.model_copy(
                update={
                    "text": f"{last.text} {item.text}",
                    "footnotes": last.footnotes + item.footnotes,
                }
            )
        else:
            clauses.append(
                Clause(label=None, text=item.text, page=item.page, footnotes=item.footnotes)
            )
    return tuple(clauses) if labelled >= 2 else None
