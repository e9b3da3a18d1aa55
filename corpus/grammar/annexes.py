"""Annexes of a resolution: their titles, and the named parts inside a flat annex."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORD = (
    r"ANNEXE?|ANEXO|ATTACHMENT|APPENDIX|APPENDICE|APÉNDICE|ПРИЛОЖЕНИЕ|Annexe?|Anexo|Attachment|"
    r"Appendix|Приложение"
)
_PARENT = (
    r"RESOLUTION|DECISION|RECOMMENDATION|OPINION|RÉSOLUTION|DÉCISION|RECOMMANDATION|RESOLUCIÓN|"
    r"DECISIÓN|RECOMENDACIÓN|РЕЗОЛЮЦИИ|РЕШЕНИЮ|РЕКОМЕНДАЦИИ"
)
_LINK = r"TO(?: THE)?|DE LA|À LA|A LA|AU|AL|К"
_NUMBER = r"(?:\s+(?P<number>\d{1,2}|[A-Z](?![^\W\d_])))?"
_EDITION = r"(?:\s*\d{1,4}\s*(?:\([^()]{3,60}\))?)"
_TITLE = re.compile(
    rf"(?P<word>{_WORD}){_NUMBER}\s+(?:(?:{_LINK})\s+(?:{_PARENT}){_EDITION})",
)
_TITLE_ANY_CASE = re.compile(_TITLE.pattern, re.IGNORECASE)
_BARE = re.compile(rf"(?P<word>{_WORD}){_NUMBER}\s*[.:]?")
_CHINESE = re.compile(r"第\s*\d+\s*号(?:决议|决定|建议).{0,20}?(?:的)?附件\s*(?P<number>\d{1,2})?")
_ARABIC = re.compile(
    r"(?:ال)?(?P<word>ملحق)\s*(?P<number>\d{1,2})?\s*(?:ب|ل)(?:القرار|المقرر|التوصية)\s*\d+"
)

# The parts of Final Acts that follow the last resolution, and what is signed at their end.
_END = re.compile(
    r"(?:^|(?<=[.;,:\d]\s))(?:PART\s+[IVX]+\s+[-–—]\s+[A-Z]{4}|IN WITNESS WHEREOF|"
    r"DECLARATIONS AND RESERVATIONS|EN FOI DE QUOI|EN FE DE LO CUAL)"
)


class AnnexTitle(NamedTuple):
    """Where an annex begins in a text.

    Attributes:
        start: index of the title.
        end: index behind it.
        slug: `annex`, `annex-1`, `annex-a`: the same in every language, so addresses agree.
        heading: the title in ordinary capitals ('Annex 1 to Decision 5 (Rev. Dubai, 2018)').
    """

    start: int
    end: int
    slug: str
    heading: str


def find_annex(text: str, alone: bool) -> AnnexTitle | None:
    """The first annex title in `text`.

    Inside running text only a title in capitals counts; at the very start of a block any case
    does, and when the block holds nothing else (`alone`) a bare 'ANNEX 1' too.
    """
    match = _TITLE.search(text)
    if match and not match[0].isupper() and match.start() > 0:
        match = next((m for m in _TITLE.finditer(text) if m[0].isupper()), None)
    if match is None:
        at_start = _TITLE_ANY_CASE.match(text) or _CHINESE.match(text) or _ARABIC.match(text)
        if at_start and len(text) - at_start.end() < 4:
            match = at_start
    if match is None and alone:
        match = _BARE.fullmatch(text.strip())
    elif match and match.start() == 0 and not match[0].isupper() and not alone:
        return None
    if match is None:
        return None
    number = match["number"]
    slug = f"annex-{number.lower()}" if number else "annex"
    return AnnexTitle(match.start(), match.end(), slug, _ordinary(match[0].strip(" .:")))


def find_end(text: str) -> int | None:
    """Index at which the text of the last resolution stops and the rest of Final Acts begins."""
    match = _END.search(text)
    return match.start() if match else None


def _ordinary(title: str) -> str:
    """A title in capitals as it is written in running text; others unchanged."""
    if not title.isupper():
        return title
    small = {"TO", "THE", "DE", "LA", "À", "A", "AU", "AL", "К"}
    words = [
        word.lower() if word in small and index else word.capitalize() if word.isalpha() else word
        for index, word in enumerate(title.split())
    ]
    return re.sub(r"\([^)]*\)", lambda m: m[0].title() if m[0].isupper() else m[0], " ".join(words))


class Part(NamedTuple):
    """A named part inside an annex: a table, a goal, or a headed paragraph of a flat annex.

    Attributes:
        start: index at which the part begins, its heading included.
        label: slug of its heading, `table-2`, `goal-1`, `somalia`.
        below: the label stands below the numbered paragraph it is in (`1.4.goal-1`).
        body: index of its words: behind a label such as 'R.1', else the same as `start`.
    """

    start: int
    label: str
    below: bool
    body: int


_TABLE = re.compile(
    r"(?<![\w(])(?:(?:Table|Tableau|Cuadro|Таблица)\s(?P<titled>\d{1,2})\s?:\s|"
    r"(?:TABLE|TABLEAU|CUADRO|ТАБЛИЦА)\s(?P<capital>\d{1,2})(?=[:.\s–-]))"
)
# Items of a plan: 'R.1 Spectrum regulation: ...', '2.a Situational analysis'.
_PLAN = re.compile(
    r"(?<![\w.•–])(?<!•\s)(?<!–\s)(?P<letter>[A-Z])\.(?P<n>\d{1,2})\s"
    r"(?=[A-Z][^.;:•]{3,80}:\s[A-Z])"
)
_SUBSECTION = re.compile(r"(?<![\w.])(?P<top>\d{1,2})\.(?P<letter>[a-z])\s(?=[A-Z][a-z]+\s[a-z])")
_APPENDIX = re.compile(r"(?<=[.]\s)(?P<name>(?:Appendix|Attachment)\s[A-Z1-9])\s[-–:]\s(?=[A-Z])")
_NAMED = re.compile(
    r"(?:^|(?<=[.;:\"”\w]\s))(?P<name>Goal|Pillar|Initiative|Priority|Phase)\s(?P<n>\d{1,2})"
    r"\s?[-–:]\s(?=[A-Z])"
)
_REPEATED = re.compile(
    r"(?<!\S)(?P<name>(?P<term>[A-Z][^.;:()]{2,70}?)(?:\s\([A-Z]{2,6}\))?)\s"
    r"(?=(?:(?i:the|an?)\s)?(?i:(?P=term))s?(?:['’]s)?(?:\s\([A-Z]{2,6}\))?\s[a-z])"
)
_SENTENCE = re.compile(
    r"(?:^|(?<=[.]\s))(?P<name>[A-Z][\w'’-]+(?:,?\s(?:[A-Z][\w'’-]+|of|the|and|des?|la))*?)\s"
    r"(?=The\s|(?:As|In|An?|This|Since|Due|During|Within)\s[a-z])"
)


def is_glossary(text: str) -> bool:
    """Is this a run of terms, each followed at once by a sentence that repeats it?"""
    return sum(1 for _ in _REPEATED.finditer(text)) >= 3


def find_parts(text: str, flat: bool) -> list[Part]:
    """Named parts of one annex paragraph, in order.

    Args:
        text: the paragraph.
        flat: the annex has no labels at all, so headings glued to their paragraph are looked for:
            a name followed at once by a sentence about it.
    """
    from corpus.addresses import slugify

    parts: dict[int, Part] = {}
    for m in _TABLE.finditer(text):
        parts[m.start()] = Part(m.start(), f"table-{m['titled'] or m['capital']}", False, m.start())
    for m in _APPENDIX.finditer(text):
        parts[m.start()] = Part(m.start(), slugify(m["name"]), False, m.start())
    for m in _in_order(_PLAN, text, "n"):
        parts[m.start()] = Part(m.start(), f"{m['letter']}.{m['n']}", False, m.end())
    for m in _in_order(_SUBSECTION, text, "letter"):
        parts[m.start()] = Part(m.start(), f"{m['top']}.{m['letter']}", False, m.end())
    goals = list(_in_order(_NAMED, text, "n"))
    ends = [*(m.start() for m in goals[1:]), len(text)]
    if goals and all(
        len(text[m.start() : end].split()) > 8 for m, end in zip(goals, ends, strict=True)
    ):
        for m in goals:
            label = f"{slugify(m['name'])}-{m['n']}"
            parts.setdefault(m.start(), Part(m.start(), label, True, m.start()))
    if flat:
        for pattern in (_REPEATED, _SENTENCE):
            for m in pattern.finditer(text):
                parts.setdefault(m.start(), Part(m.start(), slugify(m["name"]), False, m.start()))
    return [parts[start] for start in sorted(parts)]


def _in_order(pattern: re.Pattern[str], text: str, group: str) -> Iterator[re.Match[str]]:
    """Matches whose number or letter runs 1, 2, 3 for each series, as those of headings do."""
    last: dict[str, int] = {}
    for match in pattern.finditer(text):
        value = match[group]
        place = int(value) if value.isdigit() else ord(value) - 96
        series = next((v for k, v in match.groupdict().items() if k != group and v), "")
        if place == last.get(series, 0) + 1:
            last[series] = place
            yield match
