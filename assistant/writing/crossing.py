"""Rules that hold between a sentence and clauses in another language: strength and negation.

Numbers, instruments and actors are compared by `assistant.grounding`, which knows them in all six
languages. Here the words for must, should, may and invited, and for 'not', are listed for the
asker's languages; a strength or a negation said must be one the clauses have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.grounding import Cited
from assistant.grounding.wording import Modality, has_negation, modalities

_STRENGTH: dict[str, dict[Modality, str]] = {
    "fr": {
        Modality.MUST: r"\bdoi(?:t|vent)\b|\bcharge(?:nt)?\b|\b(?:est|sont) (?:tenue?s?|chargée?s?|"
        r"obligée?s?)\b|obligatoire|\bdevra(?:ient|it)?\b(?<!devrait)(?<!devraient)|\bdevront\b",
        Modality.SHOULD: r"\bdevrai(?:t|ent)\b|recommand|\bexhorte",
        Modality.MAY: r"\bpeu(?:t|vent)\b|\bpourr(?:a|ont|ait|aient)\b|facultati|\bautoris",
        Modality.INVITED: r"\binvit|\bencourag|\bprie\b|\bdemande\b",
    },
    "es": {
        Modality.MUST: r"\bdeb(?:e|en|erá|erán)\b|\bencarga|\btiene[n]? que\b|obligatori|\bha de\b",
        Modality.SHOULD: r"\bdebería[n]?\b|recomiend|\binsta\b|\bexhorta",
        Modality.MAY: r"\bpuede[n]?\b|\bpodrá[n]?\b|\bpodría[n]?\b|facultativ|\bautoriz",
        Modality.INVITED: r"\binvit|\balient|\bpide\b|\bsolicita\b|\banima\b",
    },
    "ru": {
        Modality.MUST: r"\bдолж(?:ен|на|но|ны)\b|\bобязан|\bпоруча|\bпоручен|\bобязательн",
        Modality.SHOULD: r"\bследует\b|\bрекоменд|\bнастоятельно|\bпризыва",
        Modality.MAY: r"\bмо(?:жет|гут)\b|\bвправе\b|\bразреша|\bуполномоч",
        Modality.INVITED: r"\bпредлаг|\bпредложен|\bприглаша|\bпоощря|\bпросит|\bпризыва",
    },
    "ar": {
        Modality.MUST: r"يجب|يتعين|تكلف|يكلف|ملزم|إلزامي|مكلف",
        Modality.SHOULD: r"ينبغي|توصي|يوصي|تحث|يحث",
        Modality.MAY: r"يجوز|يمكن|اختياري|ترخص|تأذن",
        Modality.INVITED: r"تدعو|يدعو|مدعو|تشجع|يشجع|تطلب|يطلب|يُدعى",
    },
    "zh": {
        Modality.MUST: r"必须|责成|(?<!不)应(?!当考虑|邀请|该)|须",
        Modality.SHOULD: r"应该|建议|敦促|应当|宜",
        Modality.MAY: r"可以|可能|授权|可自行",
        Modality.INVITED: r"请|邀请|鼓励",
    },
    "en": {},
}
_NOT = {
    "fr": r"\bne\b|\bn['’]|\bpas\b|\bjamais\b|\baucun|\bsans\b|\binterdi|\brefus",
    "es": r"\bno\b|\bnunca\b|\bningun|\bningún|\bsin\b|\bprohíb|\bprohib|\brechaz",
    "ru": r"\bне\b|\bнет\b|\bникогда\b|\bни\b|\bзапре|\bбез\b|\bотказ",
    "ar": r"\bلا\b|\bلم\b|\bلن\b|\bليس|\bدون\b|\bعدم\b|\bغير\b|يحظر|يرفض",
    "zh": r"不(?!断|同|仅|但)|没有|未|无|禁止|拒绝",
}
_NEAR = {
    Modality.MUST: frozenset({Modality.MUST}),
    Modality.SHOULD: frozenset({Modality.SHOULD, Modality.INVITED}),
    Modality.MAY: frozenset({Modality.MAY}),
    Modality.INVITED: frozenset({Modality.INVITED, Modality.SHOULD}),
}
"""Translations of 'urges' and 'encourages' fall on either side; of the others they do not."""


def broken_across(said: str, language: str, cited: Sequence[Cited]) -> Iterator[str]:
    """Rules that `said`, in `language`, breaks against English clauses, in words for the trace.

    Clauses in other languages than English are compared by negation through their own list alone.
    """
    heard = " ".join(clause.heard for clause in cited)
    there = modalities(heard)
    for kind, pattern in _STRENGTH.get(language, {}).items():
        if re.search(pattern, said, re.IGNORECASE) and there and not _NEAR[kind] & there:
            yield f"says '{kind.value}' where the clause does not"
    negations = _NOT.get(language)
    if negations is None:
        return
    says_not = bool(re.search(negations, said, re.IGNORECASE))
    if says_not and not has_negation(heard):
        yield "negates what the clause does not negate"
    elif not says_not and re.search(r"\b(?:not|never|cannot)\b", heard, re.IGNORECASE):
        yield "leaves out the clause's negation"
