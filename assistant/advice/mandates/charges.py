"""The mandate trail: which instruments charge whom with a topic, with what, and since when.

Everything comes from the structure of the texts: the verb and the actors from the section
heading, the words from the clause, editions from the catalogue, the chain from cross-references.
Nothing is written by a chat model.
"""

from __future__ import annotations

from assistant.advice.mandates.duties import CANDIDATES, duties_of, judge, sentence
from assistant.advice.mandates.instruments import (
    Holds,
    instrument,
    links,
    mandating,
    notes,
    weigh,
    with_cited,
)
from assistant.advice.mandates.trail import (
    Duty,
    Instrument,
    KnownEdition,
    Link,
    MandateTrail,
    Verdict,
    Why,
    actor_name,
)
from assistant.advice.topics import in_english, topic
from corpus.language.actors import actors_in

__all__ = [
    "Duty",
    "Instrument",
    "KnownEdition",
    "Link",
    "MandateTrail",
    "Verdict",
    "Why",
    "actor_name",
    "mandate",
]

_ASKABLE = ("bdt", "tsb", "br", "bureaux", "secretary-general", "council", "study-groups")
_WHY_ORDER = {Why.TITLE: 0, Why.CLAUSE: 1, Why.RELATED: 2, Why.CITED: 3}


def mandate(asked: str, advisor: Holds, *, actor: str | None = None) -> MandateTrail:
    """The trail for a topic ('innovation') or a question ('Does BDT have a mandate to ...?').

    Args:
        asked: topic, activity or question, in one of the six languages.
        advisor: an open Advisor, or anything with its shelf, searcher and catalogue.
        actor: whose mandate; read from the question when None, BDT where it names nobody.

    Raises:
        AdvisorError: the index is missing or was built with another model.
    """
    english, others = in_english(asked)
    wanted = topic(english).model_copy(update={"asked": asked.strip()})
    named = [a for a in (*actors_in(asked), *sorted(others)) if a in _ASKABLE]
    # "a mandate to help Member States": who is helped is not who has the mandate.
    actor = actor or (named[0] if named else None)
    ranks = _ranks(asked, advisor)
    documents = list(mandating(advisor))
    weighed = weigh(wanted, documents, ranks)
    chosen = with_cited(wanted, weighed, documents, advisor.catalogue)
    duties = duties_of(wanted, chosen, ranks)
    deciding, verdict = judge(actor or "bdt", duties)
    order = {duty.document: place for place, duty in reversed(list(enumerate(duties)))}
    chosen.sort(key=lambda w: (_WHY_ORDER[w.why], -w.strength, order.get(w.document.id, 999)))
    live = advisor.shelf.live()
    instruments = tuple(instrument(w, advisor, live) for w in chosen)
    return MandateTrail(
        topic=wanted.asked,
        actor=actor,
        verdict=verdict,
        sentence=sentence(verdict, actor or "bdt", wanted),
        deciding=deciding,
        instruments=instruments,
        duties=tuple(duties),
        links=tuple(links([w.document for w in chosen])),
        notes=notes(instruments),
    )


def _ranks(asked: str, advisor: Holds) -> dict[str, int]:
    """Place of every clause address in the search's ranking, from 0."""
    result = advisor.searcher.search(asked, CANDIDATES)
    ranks: dict[str, int] = {}
    for place, evidence in enumerate(result.evidence):
        for address in evidence.passage.addresses:
            ranks.setdefault(address, place)
    return ranks
