"""The regions of ITU-D and the groups of countries with special needs, as six languages name them.

A closed list of names: the six regions of the regional initiatives, and the least developed
countries, the landlocked ones and the small island States.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache


class Region(StrEnum):
    """A region or group of countries; the value of a region is that of its initiatives' ids."""

    AFRICA = "afr"
    AMERICAS = "ams"
    ARAB_STATES = "arb"
    ASIA_PACIFIC = "asp"
    CIS = "cis"
    EUROPE = "eur"
    LDC = "ldc"
    LLDC = "lldc"
    SIDS = "sids"


REGIONS = tuple(list(Region)[:6])
"""Those that have regional initiatives."""

_NAMES: dict[Region, str] = {
    Region.AFRICA: r"\bafrican? ?(?!telecommunication)|\bafrique\b|\bafricain\w*|\b[aá]frica\b"
    r"|\bafrican[oa]s?\b|(?<!\w)африк\w*|(?:ال|ل|ب)?[أإا]فريقيا|非洲|\bAFR\d?\b",
    Region.AMERICAS: r"\bamericas\b|\bam[ée]riques?\b|\bam[ée]ricas?\b|latin america\w*"
    r"|\bcaribbean\b|\bcara[iï]bes?\b|\bcaribe\b|(?<!\w)америк\w*|(?<!\w)карибск\w*"
    r"|ال[أا]مريكت\w+|(?:منطقة )?(?:ال)?كاريبي|美洲|加勒比|\bAMS\d?\b",
    Region.ARAB_STATES: r"\barab (?:states|region|countries|world)\b|\barab\b"
    r"|[ée]tats arabes|\bpays arabes\b|\bestados [áa]rabes\b|\bpa[ií]ses [áa]rabes\b"
    r"|арабск\w+ (?:государств\w*|стран\w*|регион\w*)|(?:ال|لل)(?:دول|بلدان|منطقة) العربية"
    r"|阿拉伯(?:国家|地区)|\bARB\d?\b",
    Region.ASIA_PACIFIC: r"\basia(?:n)?[- ](?:and )?(?:the )?pacific\b|\bpacific islands?\b"
    r"|\basie[- ]pacifique\b|\basia[- ]pac[ií]fico\b|азиатско[- ]тихоокеанск\w*|(?<!\w)АТР(?!\w)"
    r"|آسيا والمحيط الهادئ|亚太|亚洲和?太平洋|\bASP\d?\b",
    Region.CIS: r"\bCIS\b|commonwealth of independent states|\bCEI\b"
    r"|communaut[ée] des [ée]tats ind[ée]pendants|comunidad de estados independientes"
    r"|(?<!\w)СНГ(?!\w)|содружеств\w+ независимых государств|كومنولث الدول المستقلة|独联体"
    r"|独立国家联合体",
    Region.EUROPE: r"\beurope(?:an)?\b|\beurop[ée]en\w*|\beuropa\b|\beurope[oa]s?\b"
    r"|(?<!\w)европ\w*|(?:ال|ل)?[أا]وروبا|欧洲|\bEUR\d?\b|western balkans",
    Region.LDC: r"\bLDCs?\b|least[- ]developed (?:countr\w+|states)|\bPMA\b"
    r"|pays les moins avanc[ée]s"
    r"|\bpa[ií]ses menos adelantados\b|(?<!\w)НРС(?!\w)|наименее развиты\w+ стран\w*"
    r"|[أا]قل البلدان نموا|最不发达国家",
    Region.LLDC: r"\bLLDCs?\b|land-?locked(?: developing)?(?: countr\w+| states| LDC)?"
    r"|\bPDSL\b|\bPDL\b"
    r"|pays (?:en d[ée]veloppement )?sans littoral|pa[ií]ses (?:en desarrollo )?sin litoral"
    r"|(?<!\w)РСНВМ(?!\w)|не имеющ\w+ выхода к морю|البلدان (?:النامية )?غير الساحلية"
    r"|内陆(?:发展中)?国家",
    Region.SIDS: r"\bSIDS\b|small islands?(?: developing)?(?: states?| countr\w+)?"
    r"|\bPEID\b|\bPEI\b"
    r"|petits [ÉEée]tats insulaires|peque[ñn]os estados insulares|(?<!\w)СОСТРАГ(?!\w)"
    r"|(?<!\w)МОРАГ(?!\w)"
    r"|мал\w+ островн\w+|الدول الجزرية الصغيرة|小岛屿?(?:发展中)?国家",
}


@cache
def _patterns() -> dict[Region, re.Pattern[str]]:
    return {region: re.compile(names, re.IGNORECASE) for region, names in _NAMES.items()}


def regions_in(text: str) -> list[Region]:
    """Regions and groups that `text` names, in the order of their first mention.

    A landlocked least developed country is both; "LLDC" is not taken for "LDC".
    """
    found = []
    for region, pattern in _patterns().items():
        if match := pattern.search(text):
            found.append((match.start(), region))
    return [region for _, region in sorted(found)]


@lru_cache(maxsize=4096)
def regions_of(title: str) -> tuple[Region, ...]:
    """The same of a document's title, remembered."""
    return tuple(regions_in(title))


def region_spans(text: str) -> list[tuple[int, int, Region]]:
    """Where `text` names regions: start, end and region, in order."""
    return sorted(
        (*match.span(), region)
        for region, pattern in _patterns().items()
        for match in pattern.finditer(text)
    )
