"""Evidence for the standalone question, and whether it carries an answer."""

from __future__ import annotations

import re

from assistant import phrases
from assistant.answers import Nearest, Status
from assistant.asking.parts import ends_asking, sentences
from assistant.asking.question import beyond_actors, content_words
from assistant.citations import document_label, instrument, link
from assistant.turn import Tools, Turn
from corpus.errors import UnknownAddress
from corpus.language.actors import actors_in, addressed
from corpus.language.references import Reference
from corpus.language.regions import REGIONS, regions_of
from corpus.language.tokens import analyse
from indexing.building.passages import Evidence, Passage, SearchResult

CANDIDATES = 40
"""Passages looked at for an answer."""

NEAREST = 3
"""Documents named when nothing answers."""

SURELY = 0.9
"""Chance of an answer from which the last sentence of a message is answered by itself, where all of
it is not."""

CERTAIN = 0.97
"""Chance of a clause of a section that the question asks for and says nothing beyond."""

_EDITION = re.compile(r"\([^()]*\b(?:19|20)\d\d[^()]*\)")
"""What says in brackets which edition is meant."""

_ABOUT_REFERENCES = re.compile(
    r"\b(?:refers?|referring|cit(?:e|es|ed|ing)|mention\w*|recall\w*|quot\w+|replac\w+|amend\w+)\b",
    re.IGNORECASE,
)


def search(turn: Turn, tools: Tools) -> Turn:
    """Search; what is withdrawn or held back never comes through it (P8, P10).

    A question of several parts that comes here whole is searched for each part as well.
    """
    result = tools.searcher.search(turn.question, CANDIDATES, turn.filters, turn.language)
    for part in turn.reading.parts if turn.reading else ():
        more = tools.searcher.search(part, CANDIDATES, turn.filters, turn.language)
        result = _together(result, more)
    asked = sentences(turn.question)
    if not result.enough and len(asked) > 1 and ends_asking(asked[-1]):
        # What is told before the question may drown it.
        more = tools.searcher.search(asked[-1], CANDIDATES, turn.filters, turn.language)
        if more.answerable >= SURELY:
            result = _together(result, more)
    # What is about another country than the one asked about answers nothing of it.
    kept = tuple(e for e in result.evidence if not _of_another(e.passage, turn))
    result = _with_sections(result.model_copy(update={"evidence": kept}), turn, tools)
    return turn.having(result=result).seen(
        "search",
        query=turn.question,
        candidates=[_seen(evidence) for evidence in result.evidence],
        withheld=result.withheld,
        degraded=list(result.degraded),
        searcher=result.trace,
    )


def _together(one: SearchResult, other: SearchResult) -> SearchResult:
    """Two results as one: each passage once, at the better of its chances."""
    best: dict[str, Evidence] = {}
    for found in (*one.evidence, *other.evidence):
        known = best.get(found.passage.id)
        if known is None or known.score < found.score:
            best[found.passage.id] = found
    return one.model_copy(
        update={
            "evidence": tuple(sorted(best.values(), key=lambda e: -e.score)),
            "documents": tuple(dict.fromkeys((*one.documents, *other.documents))),
            "named": tuple(dict.fromkeys((*one.named, *other.named))),
            "answerable": max(one.answerable, other.answerable),
            "enough": one.enough or other.enough,
            "degraded": tuple(dict.fromkeys((*one.degraded, *other.degraded))),
            "withheld": {**one.withheld, **other.withheld},
        }
    )


def _with_sections(result: SearchResult, turn: Turn, tools: Tools) -> SearchResult:
    """The result, its evidence enough and certain where the question asks for whole sections.

    "What does Resolution 901 invite Member States to do?" says outright which clauses answer it,
    and nothing a judge of meaning could weigh them by.
    """
    headings = {e.passage.section_heading for e in result.evidence if _named_in(result, e)}
    asked = _sections_asked(turn, tools, headings)
    if not asked:
        return result
    raised = [
        e.model_copy(update={"score": CERTAIN})
        if _named_in(result, e) and e.passage.section_heading in asked
        else e
        for e in result.evidence
    ]
    ranked = tuple(sorted(raised, key=lambda e: -e.score))
    return result.model_copy(
        update={"evidence": ranked, "enough": True, "answerable": max(result.answerable, CERTAIN)}
    )


def _named_in(result: SearchResult, evidence: Evidence) -> bool:
    return evidence.passage.document in result.named


def _sections_asked(turn: Turn, tools: Tools, headings: set[str]) -> set[str]:
    """Those of `headings` (of instruments named) that the question asks for, and for nothing else:
    by their own words, or else by whom they address."""
    if not headings:
        return set()
    rest = turn.question
    for reference in tools.catalogue.resolve(turn.question):
        rest = rest.replace(reference.text, " ")
    rest = _EDITION.sub(" ", rest)
    said, content = set(analyse(rest, "en")), set(content_words(rest, turn.language))
    worded = set()
    for heading in headings:
        words = set(analyse(heading, "en"))
        if words and words <= said and content <= words:
            worded.add(heading)
    actors = actors_in(rest)
    if worded or not actors or beyond_actors(rest, actors, turn.language):
        return worded
    # Of two actors one may be what is asked about: "what must A tell B".
    return {heading for heading in headings if set(actors) <= set(addressed(heading)[1])}


def _of_another(passage: Passage, turn: Turn) -> bool:
    """Whether a passage is of a document on another country or region than those named."""
    if turn.reading is None:
        return False
    if passage.country is not None and turn.reading.countries:
        return passage.country not in {t for c in turn.reading.countries for t in c.terms}
    asked, about = set(turn.reading.regions) & set(REGIONS), regions_of(passage.title)
    return bool(asked and about) and not asked & set(about)


def weigh(turn: Turn, tools: Tools) -> Turn:
    """End the turn as not_in_documents unless the evidence carries an answer (P4)."""
    result = turn.result
    if result is None or not result.evidence:
        held_back = result is not None and bool(result.withheld)
        remarks = [] if held_back else [phrases.say(turn.language, "nothing-held")]
        return absent(turn, tools, remarks).seen("weigh", verdict="no evidence")
    unheld = _unheld(turn, tools)
    if unheld:
        notes = [
            phrases.say(turn.language, "not-held", document=_named(reference, turn, tools))
            for reference in unheld
        ]
        return absent(turn, tools, notes).seen("weigh", verdict="text not held")
    if result.missing:  # "Article 150 of the Charter": no other article answers for it
        names = [document_label(tools.shelf.best(id), turn.language) for id in result.named]
        notes = [phrases.say(turn.language, "held-silent", document=name) for name in names]
        return absent(turn, tools, notes).seen("weigh", verdict="no such provision")
    verdict = "enough" if result.enough else "not enough"
    turn = turn.seen("weigh", verdict=verdict, answerable=result.answerable)
    return turn if result.enough else absent(turn, tools, [])


def absent(turn: Turn, tools: Tools, notes: list[str], phrase: str = "not-in-documents") -> Turn:
    """The turn ended as not_in_documents, with the nearest documents; `phrase` says so first."""
    first = phrases.say(turn.language, phrase)
    documents: list[str] = []
    if turn.result is not None:
        found = [e.passage.document for e in turn.result.evidence]
        documents = list(dict.fromkeys([*turn.result.documents, *found]))
    nearest: list[Nearest] = []
    for id in documents:
        try:
            document = tools.shelf.best(id, turn.language)
        except UnknownAddress:
            continue
        nearest.append(
            Nearest(
                document=id,
                label=document_label(document, turn.language),
                url=link(tools, document),
            )
        )
        if len(nearest) == NEAREST:
            break
    notes = [*notes, *_silent(turn, tools)]
    if turn.result is not None and turn.result.withheld:
        notes = [*notes, phrases.say(turn.language, "note-held-back")]
    said = [first, *notes, *([phrases.say(turn.language, "nearest")] if nearest else [])]
    return turn.having(
        status=Status.NOT_IN_DOCUMENTS,
        opening="",
        claims=(),
        citations=(),
        nearest=tuple(nearest),
        notes=tuple(said),
    )


def _silent(turn: Turn, tools: Tools) -> list[str]:
    """That an instrument the question names is held, and does not speak of this."""
    shelf = {key.split(":")[0] for key in tools.shelf.live()}
    said = []
    for reference in tools.catalogue.resolve(turn.question):
        held = sorted((id for id in shelf if reference.matches(id)), reverse=True)
        if held:
            name = instrument(tools.shelf.best(held[0], turn.language), turn.language)
            name = name[:1].upper() + name[1:]
            said.append(phrases.say(turn.language, "held-silent", document=name))
    return list(dict.fromkeys(said))


def unknown(turn: Turn, tools: Tools) -> bool:
    """Whether the question is about instruments of which neither text nor catalogue is held."""
    unheld = _unheld(turn, tools)
    return bool(unheld) and not any(reference.documents for reference in unheld)


def _unheld(turn: Turn, tools: Tools) -> list[Reference]:
    """Instruments the question asks about, where none of those it names is on the shelf."""
    references = [
        r for r in tools.catalogue.resolve(turn.question) if r.body in (None, "pp", "wtdc", "wtsa")
    ]
    if not references or _ABOUT_REFERENCES.search(turn.question):
        return []
    held = {key.split(":")[0] for key in tools.shelf.live()}
    if any(reference.matches(id) for reference in references for id in held):
        return []
    return references


def _named(reference: Reference, turn: Turn, tools: Tools) -> str:
    for id in reference.documents:
        entry = tools.catalogue.get(id)
        if entry is not None:
            name = instrument(entry, turn.language)
            return name[:1].upper() + name[1:]
    return reference.text


def _seen(evidence: Evidence) -> dict[str, object]:
    return {
        "passage": evidence.passage.id,
        "addresses": list(evidence.passage.addresses),
        "score": round(evidence.score, 5),
        "signals": {name: round(value, 5) for name, value in evidence.signals.items()},
    }
