"""Kinds of documents as six languages name them: a closed list, that of the catalogue.

Numbered instruments that are named ("Resolution 205") are no kind that is asked for; callers take
them out of the text first.
"""

from __future__ import annotations

import re
from functools import cache

from corpus.documents import DocumentKind

_NAMES: dict[DocumentKind, str] = {
    DocumentKind.REGIONAL_INITIATIVE: r"regional initiatives?|initiatives? r[ée]gionales?"
    r"|iniciativas? regional(?:es)?|региональн\w+ инициатив\w*"
    r"|(?:ال|لل)?مبادر(?:ات|ة) (?:ال)?إ?[اإ]قليمية"
    r"|区域(?:性)?(?:举措|倡议)|\bEUR\d\b|\bAFR\d\b|\bAMS\d\b|\bASP\d\b",
    DocumentKind.ACTION_PLAN: r"action plans?|plans? d['’]action|plan(?:es)? de acci[óo]n"
    r"|план\w* действий|خط(?:ة|ط|تي) عمل|خطة العمل|行动计划",
    DocumentKind.COUNTRY_REVIEW: r"(?:country|ecosystem|innovation) "
    r"(?:reviews?|profiles?|assessments?)"
    r"|\bprofiles?\b|\breviews?\b(?! of)|\bassessments?\b|profils?|revues?(?! de presse)"
    r"|examens? de (?:l['’][ée]cosyst|pays)|perfil(?:es)?|ex[áa]men(?:es)? (?:de|del)"
    r"|revisi[óo]n(?:es)? (?:de|del) (?:pa|eco)"
    r"|обзор\w* (?:стран|эко|инновац)|профил\w+|(?:ال)?ملامح|(?:ال)?استعراض(?:ات)?|概况|评估",
    DocumentKind.TOOLKIT: r"toolkits?|\bguides?\b|bo[iî]tes? [àa] outils|gu[ií]as?\b"
    r"|kits? de herramientas|руководств[аоу]?\b|(?:набор\w* )?инструментари\w+"
    r"|مجموع(?:ات|ة) (?:ال)?أدوات|(?:ال)?أدلة|工具包|指南",
    DocumentKind.RESOLUTION: r"resolutions?|r[ée]solutions?|resoluci[óo]n(?:es)?|резолюци\w*"
    r"|(?:ال|لل|بال)?قرار(?:ات|ين)?|决议",
    DocumentKind.DECISION: r"\bdecisions\b|\bd[ée]cisions\b|\bdecisiones\b|решени[яйюе]\w*"
    r"|(?:ال|لل)?مقرر(?:ات|ين)|决定",
    DocumentKind.PROGRAMME: r"programmes?|programs?|programas?|\binitiatives?\b|\biniciativas?\b"
    r"|программ\w*|(?:ال|لل)?برامج|(?:ال|لل)?برنامج|项目|计划",
    DocumentKind.REPORT: r"\breports\b|\brapports\b|\binformes\b|отч[ёе]т\w+|доклад\w*"
    r"|(?:ال)?تقارير|报告",
}  # fmt: skip

_DOCUMENTS = (
    r"\bdocuments?\b|\btexts?\b|\btextes?\b|\binstruments?\b|\bdocumentos?\b|\btextos?\b"
    r"|\binstrumentos?\b|документ\w*|\bтекст\w*|(?:ال)?وثائق|(?:ال)?وثيقة|(?:ال)?نصوص"
    r"|文件|文本|案文|资料"
)


@cache
def _patterns() -> dict[DocumentKind, re.Pattern[str]]:
    return {kind: re.compile(names, re.IGNORECASE) for kind, names in _NAMES.items()}


def kinds_in(text: str) -> tuple[DocumentKind, ...]:
    """Kinds of document that `text` names; an initiative of a region is no programme."""
    rest = text
    found = []
    for kind, pattern in _patterns().items():
        if pattern.search(rest):
            found.append(kind)
            rest = pattern.sub(" ", rest)
    return tuple(found)


def without_kinds(text: str) -> str:
    """`text` without its names of kinds, so that what is left says what they are about."""
    for pattern in (*_patterns().values(), re.compile(_DOCUMENTS, re.IGNORECASE)):
        text = pattern.sub(" ", text)
    return " ".join(text.split())
