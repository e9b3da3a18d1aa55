"""A question -> what it says outright: instruments, clauses, actors, years, countries, its intent.

No model is needed; six languages where practical. What is understood steers the ranking
(`indexing.ranking`); only what the asker set on the screen restricts the search, because words
alone are too weak a reason to hide a document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from corpus.catalogue import Catalogue
from corpus.documents import DocumentKind, Frozen
from corpus.provisions import Provision, find_provisions
from corpus.references import Reference
from indexing.concepts import Concept, fold, fold_pattern
from indexing.countries import country_spans
from indexing.glossary import actors, mentioned


class Intent(StrEnum):
    """What kind of clause would answer."""

    WHO = "who"  # a section that addresses somebody
    DUTY = "duty"  # operative text: what must, may, should be done
    WHY = "why"  # preamble: reasons
    MANDATE = "mandate"  # the instrument itself, its resolves
    OTHER = "other"


class Query(Frozen):
    """What a question says.

    Attributes:
        text: the question, blanks collapsed.
        language: ISO 639-1 code it is written in.
        references: numbered instruments it names, with the documents they may mean.
        provisions: of treaties, by article or number ('No. 118 of the Constitution').
        names_edition: True if it names a year or place of an edition, or asks about older texts.
        years, countries, kinds: named in it.
        actors: persons and bodies it speaks of, by the glossary's names.
        concepts: of the glossary, found in it.
        expansion: English words of the texts for what it says, '' when nothing was recognised.
        intent: see Intent.
        quantity: what kind of value it asks for: 'number', 'date', 'place', 'person' or ''.
    """

    text: str
    language: str
    references: tuple[Reference, ...] = ()
    provisions: tuple[Provision, ...] = ()
    names_edition: bool = False
    years: tuple[int, ...] = ()
    countries: tuple[str, ...] = ()
    kinds: tuple[DocumentKind, ...] = ()
    actors: frozenset[str] = frozenset()
    concepts: tuple[Concept, ...] = ()
    expansion: str = ""
    intent: Intent = Intent.OTHER
    quantity: str = ""


_WHO = {
    "en": r"\bwho\b|\bwhom\b|\bwhose (?:job|task|duty)\b"
    r"|which (?:body|bodies|bureau\w*|sector|group)",
    "fr": r"\bqui\b(?! (?:est|sont) )|\ba qui\b|quel (?:organe|bureau|secteur)",
    "es": r"\bquien(?:es)?\b|que (?:organo|oficina|sector)",
    "ar": r"(?<!\w)من (?:ال)?(?:ذي|يجب|ينبغي|هو|المسؤول|يعيد|عليه)|(?<!\w)لمن(?!\w)",
    "zh": r"谁|哪个局|哪个部门|哪个机构",
    "ru": r"\bкто\b|\bкому\b|\bком\b|как(?:ой|ое) (?:орган|бюро|сектор)",
}
_WHY = {
    "en": r"\bwhy\b|what (?:is|was) the reason|reasons? for|how come",
    "fr": r"\bpourquoi\b|pour quelle raison",
    "es": r"\bpor que\b|por que razon|motivo",
    "ar": r"لماذا|ما سبب|لم ",
    "zh": r"为什么|为何|原因",
    "ru": r"\bпочему\b|\bзачем\b|по какой причине",
}
_DUTY = {
    "en": r"\b(?:must|should|shall|may|have to|has to|had to|required|supposed|expected|told"
    r"|asked|obliged?|invited|instruct\w*|allowed|can|could|need to|do about|to do)\b"
    r"|\bwhat does\b.*\bwant\b",
    "fr": r"\b(?:doit|doivent|devrait|devraient|faut|peut|peuvent|invite\w*|charge\w*|attend\w*)\b",
    "es": r"\b(?:debe|deben|deberia\w*|puede|pueden|hay que|invita\w*|encarga\w*|espera)\b",
    "ar": r"يجب|ينبغي|يمكن|يتعين|مطلوب|يتوقع",
    "zh": r"必须|应|应该|可以|能否|需要|要求|能",
    "ru": r"\b(?:долж\w+|следует|может|могут|можно|обязан\w*|поруч\w+|предлага\w+)\b",
}
_MANDATE = {
    "en": r"\bmandate\b|legal basis|on what basis|\breference for\b"
    r"|which (?:one|text|resolution|decision|instrument)\b|what (?:obliges|entitles|lets|allows)",
    "fr": r"\bmandat\b|base juridique|sur quelle base|reference"
    r"|quel(?:le)? (?:resolution|texte|decision)",
    "es": r"\bmandato\b|base juridica|con que base|que (?:resolucion|texto|decision)\b|referencia",
    "ar": r"ولاي|الأساس القانوني|أي قرار|القرار الذي|أي نص|(?<!\w)(?:ال)?مرجع"
    r"|النص الذي|النص المتعلق",
    "zh": r"授权|法律依据|依据|哪项决议|哪个决议|哪份",
    "ru": r"мандат|правов\w+ основ|на каком основании|как(?:ая|ой|ое) (?:резолюци|текст|документ)",
}
_OLDER = re.compile(
    r"\b(?:previous|earlier|former|older|superseded|edition|editions|revis\w+|used to"
    r"|before 20\d\d|changed?|differ\w*|compare\w*|version|precedent\w*|ancien\w*|anterior\w*)\b|"
    r"السابق|旧版|以前|此前|предыдущ|прежн"
)
QUANTITIES = {
    "number": r"\bhow (?:many|much|large|big|high)\b|what (?:percentage|share|number|amount)"
    r"|\bceiling\b|\b(?:which|what) budget\b|\brank(?:ed)?\b|\bcombien\b|(?<!en )\bcuant[oa]s?\b"
    r"|\bсколько\b|كم |多少|几个",
    "frequency": r"\bhow (?:often|long)\b|\bevery how\b|a quelle frequence|con que frecuencia"
    r"|как часто|多久|كم مر",
    "date": r"^when\b|\bwhen (?:will|did|was|were|is|does|do)\b|(?:what|which) (?:date|year)"
    # Folded, Spanish "cuándo" and "cuando" look alike: only the first opens a question.
    r"|\bquand\b|^\W*(?:desde |hasta |para )?cuando\b|\bкогда\b|متي |何时|什么时候",
    "country": r"\b(?:which|what) (?:country|(?:member )?state)\b"
    r"|\bquels? (?:pays|etat)\b|\b(?:que|cual) pais\b|\bque estado\b"
    r"|\bкак(?:ая|ой|ую) (?:стран|государств)\w*|(?<!\w)اي (?:دوله|بلد)(?!\w)|哪[一个]*国家?",
    "place": r"^where (?:is|was|will|did) (?!our|the mandate)|\bhost\b"
    r"|(?:which|what) (?:city|island|town|\w+ island)\b",
    "person": r"\belected\b|\bwho (?:was|were) (?:chosen|appointed|named)|\bизбран\w*|انتخب|当选"
    r"|\belu\b|\belegid[oa]\b",
}

# Kinds of document as people name them; resolutions are left out, they are named by number.
_KINDS: tuple[tuple[DocumentKind, str], ...] = (
    (DocumentKind.TOOLKIT, r"\btoolkits?\b|boite a outils|guia practica|kit de herramientas"),
    (
        DocumentKind.COUNTRY_REVIEW,
        r"country reviews?|innovation profiles?|\bdips?\b|profil d'innovation",
    ),
    (
        DocumentKind.ACTION_PLAN,
        r"action plan|plan d'action|plan de accion|план\w* действий|行动计划",
    ),
    (DocumentKind.REGIONAL_INITIATIVE, r"regional initiatives?|initiatives? regionales?"),
    (DocumentKind.DECISION, r"\bdecision \d|\bdec\.? \d"),
)


def understand(
    question: str,
    language: str,
    catalogue: Catalogue | None = None,
    countries: frozenset[str] = frozenset(),
) -> Query:
    """What `question`, written in `language`, says.

    `countries` are the names to look for (those of the documents held). Without a catalogue the
    references carry no documents; `Reference.matches` still compares them with ids.
    """
    text = " ".join(question.split())
    folded = fold(text)
    references = tuple((Catalogue(()) if catalogue is None else catalogue).resolve(text))
    # "À quelle fréquence" asks how often; it is not about frequencies.
    concepts = mentioned(re.sub(fold_pattern(QUANTITIES["frequency"]), " ", folded), language)
    terms = [term for c in concepts if not c.actor for term in c.terms]
    said = {name for *_, country in country_spans(folded, language) for name in country.terms}
    years = tuple(
        sorted({int(y) for y in re.findall(r"(?<![\d/])((?:19|20)\d\d)(?![\d/])", folded)})
    )
    return Query(
        text=text,
        language=language,
        references=references,
        provisions=tuple(find_provisions(text)),
        names_edition=bool(
            any(r.year or r.place for r in references) or years or _OLDER.search(folded)
        ),
        years=years,
        countries=tuple(sorted(c for c in countries if c in said or _says(folded, fold(c)))),
        kinds=tuple(kind for kind, form in _KINDS if re.search(form, folded)),
        actors=actors(text, language),
        concepts=concepts,
        expansion=", ".join(dict.fromkeys(terms)),
        intent=_intent(folded, language),
        quantity=_quantity(folded),
    )


def narrowed(query: Query, titles: Sequence[str]) -> Query:
    """`query` without the expansions that the titles of the documents it names explain.

    Such words single out the document, which is known already; among its clauses they reward
    those that repeat its subject. `titles` are English ones or hold the texts' own terms.
    """
    explained = {c.terms for title in titles for c in mentioned(title, "en")}
    left = [t for c in query.concepts if not c.actor and c.terms not in explained for t in c.terms]
    return query.model_copy(update={"expansion": ", ".join(dict.fromkeys(left))})


def _quantity(folded: str) -> str:
    kinds = (k for k, form in QUANTITIES.items() if re.search(fold_pattern(form), folded))
    return next(kinds, "")


def _says(folded: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", folded) is not None


def _intent(folded: str, language: str) -> Intent:
    for intent, forms in (
        (Intent.MANDATE, _MANDATE),
        (Intent.WHY, _WHY),
        (Intent.WHO, _WHO),
        (Intent.DUTY, _DUTY),
    ):
        form = forms.get(language, forms["en"])
        if re.search(fold_pattern(form) if language in ("ar", "zh", "ru") else form, folded):
            return intent
    return Intent.OTHER
