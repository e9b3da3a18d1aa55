"""Which clauses answer: the smallest set worth quoting, not the nearest five.

Every candidate gets a probability of being one of the clauses that answer, from what is known of it
(`assistant.selection_features`). A clause is quoted when its probability is close enough to the
best one's.

The weights in `selection.json` are a logistic regression over the questions that `evals.choosing`
learns from (the candidates of each, those in `gold` or `also` positive), with standardised features
folded back; cross-validated figures stand in docs/benchmarks.md.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files

from assistant.actors import actors_in, addressed, mentions, widened
from assistant.question import content_words
from assistant.selection_features import features, points_said, understood
from corpus.documents import DocumentKind, Frozen
from corpus.references import find_references
from indexing.analysis import analyse
from indexing.concepts import Concept, fold
from indexing.passages import Evidence, Passage
from indexing.query import Intent

SEVERAL = (0.5, 4)
"""For questions that ask for several things: share of the best candidate's probability that another
needs to be quoted beside it, and how many are quoted at most."""

ONE = (0.7, 2)
"""The same for questions that ask for one thing."""

_SEVERAL = re.compile(
    r"\band\b|\bwhich (?:resolutions|bodies|texts)\b|\bwhat (?:details|help|duties)\b"
    r"|\bto do\b|\bdo\b.*\?"
    r"|\bwants?\b|\bduties\b|\binvited to\b|\bforesee|\bboth\b|[-:–,] "
    r"|\bet\b|quelles (?:r[ée]solutions|mesures)|\bfaire\b|pr[ée]voit"
    r"|\by\b|qu[ée] resoluciones|hacer|prev[ée]"
    r"|(?<!\w)и(?!\w)|какие (?:резолюции|меры)|делать|предусм"
    r"| و\w|القرارات|عمله|ينص|、|和|与|哪些|做什么",
    re.IGNORECASE,
)

EACH_TEXT = (0.1, 4)
"""For questions which of the texts say something: share of the best candidate's probability that
the best clause of another text needs, and how many texts are quoted at most. Less than in SEVERAL,
as such a question says itself that there are more; chosen on six of our own and of the dev set."""

_TEXTS = re.compile(
    r"\bwhich (?:\w+ ){0,5}(?:resolutions|decisions|texts|documents|instruments)\b"
    r"|\bquel(?:le)?s (?:r[ée]solutions|d[ée]cisions|textes|documents|instruments)\b"
    r"|\bqu[ée] (?:resoluciones|decisiones|textos|documentos|instrumentos)\b"
    r"|\bкакие (?:именно )?(?:резолюции|решения|тексты|документы)\b"
    r"|\bв каких (?:резолюциях|решениях|текстах|документах)\b"
    r"|(?:ما هي|أي) (?:القرارات|المقررات|النصوص|الوثائق)|哪些(?:决议|决定|案文|文件)",
    re.IGNORECASE,
)
_RESOLUTIONS = re.compile(r"r[ée]sol|резолюц|القرارات|决议", re.IGNORECASE)
_ACTS = (DocumentKind.RESOLUTION, DocumentKind.DECISION)
"""What people mean by "resolutions": a conference's decisions are asked for by the same word."""

_SINGLE = (Intent.MANDATE, Intent.WHO)
"""Intents that one clause answers, whatever else the question joins with "and"."""

_BODIES = re.compile(r"\b(?:who all|which (?:bodies|bureaux|groups))\b|\band (?:to )?who", re.I)
"""Questions for several addressees all the same."""

_LOOKED_AT = 15
"""Likeliest candidates among which the section is sought that a question asks for as a whole."""

_PRESUMES = re.compile(
    r"\s*(?:(?:why|how come) (?:did|does|do|has|have|was|were|is|are)\b"
    r"|(?:which|what) (?:clause|paragraph|part|section|article) of\b)",
    re.I,
)
_RESOLVES = re.compile(r"resolves|decides")

_ELSEWHERE = 0.25
"""Weight of a clause outside the documents of the answer that a question follows up. People go on
about the text they were just shown (in all nine two-turn questions of the dev set), but what was
shown may have been wrong: the figure is a guess between never minding it and never leaving it, as
nine are too few to learn from."""

_ABOUT = 0.4
"""Weight of a digest's remarks on the document as a whole ("title"): true, but seldom the answer,
and near every question as they repeat the subject."""


class Choice(Frozen):
    """A candidate with its probability of being one of the clauses that answer.

    With `whole_section` every clause of its section is to be quoted, found by search or not.
    """

    evidence: Evidence
    probability: float
    kept: bool = False
    whole_section: bool = False


def speaks_of_all(question: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether one of `passages` holds every word the question has of its own (at least one)."""
    for reference in find_references(question):
        question = question.replace(reference.text, " ")
    words = set(content_words(question, language))
    return bool(words) and any(words <= set(analyse(p.text, p.language)) for p in passages)


def probabilities(rows: Sequence[Mapping[str, float]]) -> list[float]:
    """Chance of each candidate to be one of the clauses that answer."""
    weights, intercept = _weights()
    return [
        1 / (1 + math.exp(-intercept - sum(weights.get(n, 0.0) * v for n, v in row.items())))
        for row in rows
    ]


@cache
def _weights() -> tuple[dict[str, float], float]:
    raw = json.loads(files("assistant").joinpath("selection.json").read_text("utf-8"))
    return raw["weights"], float(raw["intercept"])


def select(
    question: str, language: str, evidence: Sequence[Evidence], earlier: Collection[str] = ()
) -> list[Choice]:
    """Every candidate, likeliest first, those worth quoting marked `kept` (at least one).

    Where the question names an instrument and search found it, nothing else is quoted: an answer
    from another text would be a wrong one. `earlier`: ids of the documents that the answer stood on
    which the question follows up.
    """
    chances = probabilities(features(question, language, evidence))
    if any(item.passage.document in earlier for item in evidence):
        chances = [
            chance if item.passage.document in earlier else _ELSEWHERE * chance
            for item, chance in zip(evidence, chances, strict=True)
        ]
    return choose(question, language, evidence, chances)


def choose(
    question: str, language: str, evidence: Sequence[Evidence], chances: Sequence[float]
) -> list[Choice]:
    """As `select`, with the probability of each candidate given (for learning them)."""
    references = find_references(question)
    chances = [
        c * _ABOUT if e.passage.section == "title" else c
        for e, c in zip(evidence, chances, strict=True)
    ]
    ranked = sorted(zip(evidence, chances, strict=True), key=lambda pair: -pair[1])
    named = [p for p in ranked if any(r.matches(p[0].passage.document) for r in references)]
    named = _of_the_edition(question, named)
    eligible = _to_the_point(question, language, named) or ranked
    single = understood(question, language).intent in _SINGLE and not _BODIES.search(question)
    share, most = SEVERAL if _SEVERAL.search(question) and not single else ONE
    floor = share * eligible[0][1]
    first = eligible[0][0].passage.document
    likely = [i.passage for i, _ in eligible[:_LOOKED_AT] if named or i.passage.document == first]
    section = next((p for p in likely if asks_for_section(question, language, p)), None)
    if section is None and named and presumed(question, language, evidence):
        # What the text does resolve corrects what the question takes for granted.
        section = next(
            (i.passage for i, _ in named if _RESOLVES.fullmatch(i.passage.section)), None
        )
    if section is not None:
        keep = {i.passage.id for i, _ in named or eligible if _same_section(i.passage, section)}
    elif (texts := _TEXTS.search(question)) and not named:
        keep = set(_one_of_each(eligible, texts))
    else:
        keep = {item.passage.id for item, chance in eligible[:most] if chance >= floor}
    return [
        Choice(
            evidence=item,
            probability=round(chance, 4),
            kept=item.passage.id in keep,
            whole_section=section is not None,
        )
        for item, chance in ranked
    ]


def _one_of_each(eligible: list[tuple[Evidence, float]], asked: re.Match[str]) -> list[str]:
    """The likeliest clause of each text, where the question asks which texts say something."""
    share, most = EACH_TEXT
    if _RESOLUTIONS.search(asked[0]):
        eligible = [p for p in eligible if p[0].passage.kind in _ACTS] or eligible
    best: dict[str, tuple[Evidence, float]] = {}
    for item, chance in eligible:
        best.setdefault(item.passage.document, (item, chance))
    floor = share * eligible[0][1]
    return [item.passage.id for item, chance in list(best.values())[:most] if chance >= floor]


def _of_the_edition(
    question: str, named: list[tuple[Evidence, float]]
) -> list[tuple[Evidence, float]]:
    """Of several editions of a named text, those whose place or year the question says, if any.

    "Resolution 197 as revised in Dubai" means one of them though both are held; a question that
    says none, or compares two, keeps all it was found in.
    """
    asked = fold(question)
    editions: dict[str, set[str]] = {}
    for item, _ in named:
        passage = item.passage
        editions.setdefault(passage.document.partition("@")[0], set()).add(passage.document)
    kept = []
    for item, chance in named:
        work = item.passage.document.partition("@")[0]
        if len(editions[work]) > 1 and not _says_edition(asked, item.passage):
            continue
        kept.append((item, chance))
    return kept or named


def _says_edition(asked: str, passage: Passage) -> bool:
    words = re.findall(r"[^\W\d_]{4,}|\d{4}", fold(passage.edition))
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", asked) for word in words)


def _to_the_point(
    question: str, language: str, named: list[tuple[Evidence, float]]
) -> list[tuple[Evidence, float]]:
    """Of the candidates of a text the question names, those that speak of what it asks there.

    A candidate stays if it says at least half as many of the question's points, in any words, as
    the one that says most.
    """
    told = points_said(question, language, [item.passage for item, _ in named])
    most = max(told, default=0)
    return [pair for pair, said in zip(named, told, strict=True) if 2 * said >= most]


def asks_for_section(question: str, language: str, best: Passage) -> bool:
    """Whether a question asks all that a section tells its addressee.

    "What are Member States invited to do on OTTs?" names an addressee and the subject of the whole
    text, nothing more, so every clause under that heading answers it.
    """
    query = understood(question, language)
    if query.intent is Intent.WHO:
        return False
    asked = widened(actors_in(question))
    if not asked & widened(addressed(best.section_heading)[1]):
        return False
    rest = question
    for actor in asked:
        while span := mentions(rest, actor):
            rest = rest[: span[0]] + " " + rest[span[1] :]
    for reference in query.references:
        rest = rest.replace(reference.text, " ")
    known = set(analyse(best.title, best.language))
    for concept in query.concepts:
        stems = set(analyse(" ".join(concept.terms), "en"))
        if concept.actor or stems & known:
            known |= set(_stems(concept, language))
    return not [word for word in content_words(rest, language) if word not in known]


def _same_section(passage: Passage, best: Passage) -> bool:
    return passage.key == best.key and passage.section == best.section


def presumed(question: str, language: str, evidence: Sequence[Evidence]) -> list[str]:
    """What a question takes for granted and no candidate speaks of; [] where nothing is.

    "Why did Resolution 205 abolish the category?" presumes an abolition. Only English questions of
    this form are recognised: in other languages words of the question rarely stand in the texts.
    """
    if language != "en" or not (presuming := _PRESUMES.match(question)):
        return []
    known: set[str] = set()
    for item in evidence:
        passage = item.passage
        known.update(analyse(f"{passage.title} {passage.section_heading} {passage.text}", "en"))
    query = understood(question, language)
    known |= {stem for concept in query.concepts for stem in _stems(concept, language)}
    known |= {r.number for r in query.references}
    said = content_words(question[presuming.end() :], language)
    # In the very words: "to that end" is a way of saying that something is discontinued.
    return [word for word in said if word not in known]


def _stems(concept: Concept, language: str) -> list[str]:
    ways = (*concept.terms, *(p.replace("*", "") for p in concept.phrases.get(language, ())))
    return analyse(" ".join(ways), language)
