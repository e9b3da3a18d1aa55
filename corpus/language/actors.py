"""Who is told to do what: actors in section headings and in questions, in six languages.

An actor is a short id (`secretary-general`, `bdt`, `member-states`). Headings follow one grammar,
"<verb> <actor>, <with whom>", so the verb and the first actors say who is addressed; whom they
work with does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

_NAMES: dict[str, str] = {
    "secretary-general": r"secretary[- ]general|\bSG\b|secr[ée]taire g[ée]n[ée]ral\w*"
    r"|secretari[oa] general|генеральн\w+ секретар\w+|(?:ال|لل|ل)?[أا]مين العام|秘书长",
    "bdt": r"\bBDT\b|telecommunication development bureau|bureau de d[ée]veloppement des t[ée]l\w*"
    r"|oficina de desarrollo de las telecom\w*|\bБРЭ\b|бюро развития электросвязи"
    r"|مكتب تنمية الاتصالات|电信发展局",
    "tsb": r"\bTSB\b|telecommunication standardization(?: bureau|(?= and .{0,60}bureau))"
    r"|bureau de la normalisation|oficina de normalizaci[óo]n|\bБСЭ\b"
    r"|бюро стандартизации электросвязи|مكتب تقييس الاتصالات|电信标准化局",
    "br": r"\bBR\b|radiocommunication(?: bureau|(?= and .{0,60}bureau))"
    r"|bureau des radiocommunications|oficina de radiocomunicaciones|\bБР\b|бюро радиосвязи"
    r"|مكتب الاتصالات الراديوية|无线电通信局",
    "bureaux": r"directors of the (?:three |other two )?bureaux|bureau(?:x)? directors|\bbureaux\b"
    r"|directeurs des (?:trois )?bureaux|directores de las (?:tres )?oficinas"
    r"|директор\w+ (?:трех |трёх )?бюро|مديري المكاتب|各局主任|三个?局主任",
    "council": r"(?:itu )?\bcouncil\b(?! working group| of europe)|\bconseil\b|\bconsejo\b"
    r"|\bсовет(?:у|а|ом|е)?\b(?! безопасности)|(?:ال|لل)مجلس|مجلس الاتحاد|理事会",
    "member-states": r"(?<!non-)member states?(?! advisory)|governments?|administrations?"
    r"|[ée]tats membres|gouvernements?|estados miembros|gobiernos?"
    r"|государств\w*[- ]член\w*|правительств\w*|администраци\w+"
    r"|(?:ال|لل)دول الأعضاء|(?:ال|لل)?حكومات|成员国|政府|主管部门",
    "sector-members": r"sector members?|membres de secteur|miembros de sector|член\w+ сектор\w*"
    r"|أعضاء القطاعات|部门成员",
    "associates": r"\bassociates\b|\bassoci[ée]s\b|\basociados\b|ассоциированн\w+ член\w*"
    r"|(?:ال|لل)منتسبين|部门准成员",
    "academia": r"\bacademia\b|universit(?:y|ies)|[ée]tablissements? universitaires?"
    r"|universit[ée]s?|instituciones acad[ée]micas|universidad(?:es)?"
    r"|академическ\w+ организаци\w+|университет\w*"
    r"|(?:ال|لل)?هيئات الأكاديمية|(?:ال|لل)?جامعات|学术成员|大学",
    "membership": r"(?:itu |the |all the )membership|\bmembers\b(?<!sector members)",
    "sme": r"\bSMEs?\b|small and medium enterprises?|small compan(?:y|ies)",
    "study-groups": r"study groups?|commissions? d'[ée]tudes|comisi[óo]n(?:es)? de estudio"
    r"|исследовательск\w+ комисси\w+|لجان الدراسات|研究组",
    "plenipotentiary": r"plenipotentiary conference|conf[ée]rence de pl[ée]nipotentiaires"
    r"|conferencia de plenipotenciarios|полномочн\w+ конференци\w+|مؤتمر المندوبين المفوضين"
    r"|全权代表大会",
    "cwg": r"council working group|\bCWG\b(?:-\w+)?",
    "advisory-group": r"advisory group",
    "sectors": r"\b(?:three|the) sectors\b|standardization sector|development sector"
    r"|radiocommunication sector",
    "all": r"all stakeholders",
}
_PATTERNS = {actor: re.compile(names, re.IGNORECASE) for actor, names in _NAMES.items()}

_VERBS = (
    ("instructs", r"(?:further |resolves to |also )?instructs?|authorizes"),
    ("resolves", r"(?:further )?(?:resolves|decides|confirms|recommends)(?: further)?"),
    ("invites", r"(?:further |also |continues to )?invites?"),
    ("encourages", r"(?:further |also |continues to )?encourages?"),
    ("requests", r"(?:further |also )?requests?"),
    ("urges", r"(?:further |also )?urges|calls? upon"),
)
_HEADING = re.compile("|".join(f"(?P<{name}>{verb})" for name, verb in _VERBS), re.IGNORECASE)
_WITH = re.compile(
    r",? (?:in (?:close )?(?:collaboration|consultation|coordination|cooperation|line)"
    r"|with the assistance|within|each within)\b",
    re.IGNORECASE,
)

_PARTS = {"bureaux": ("bdt", "tsb", "br"), "membership": ("member-states", "sector-members")}


@lru_cache(maxsize=4096)
def actors_in(text: str) -> tuple[str, ...]:
    """Ids of the actors named in `text`, in order of first mention."""
    found = {
        actor: match.start()
        for actor, pattern in _PATTERNS.items()
        if (match := pattern.search(text))
    }
    return tuple(sorted(found, key=lambda actor: found[actor]))


def mentions(text: str, actor: str) -> tuple[int, int] | None:
    """Span of the first mention of `actor` in `text`."""
    match = _PATTERNS[actor].search(text)
    return match.span() if match else None


@cache
def addressed(heading: str) -> tuple[str, tuple[str, ...]]:
    """Verb and addressees of a section heading.

    'instructs the Secretary-General, in consultation with ...' gives
    ('instructs', ('secretary-general',)); 'resolves' gives ('resolves', ()). A heading of a
    preamble or an annex gives ('', ()).
    """
    verb = _HEADING.match(heading.strip())
    if verb is None or verb.lastgroup is None:
        return "", ()
    rest = heading.strip()[verb.end() :]
    return verb.lastgroup, actors_in(_WITH.split(rest)[0])


def widened(actors: Iterable[str]) -> frozenset[str]:
    """Actors with the members of every collective ('bureaux' also holds bdt, tsb and br)."""
    wide: set[str] = set()
    for actor in actors:
        wide.update((actor, *_PARTS.get(actor, ())))
    return frozenset(wide)
