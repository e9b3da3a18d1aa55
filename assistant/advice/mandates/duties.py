"""Who is told to do what, clause by clause, and whether that is a mandate."""

from __future__ import annotations

from assistant.advice.mandates.abbreviations import explained, spelled
from assistant.advice.mandates.instruments import ALONE, SHARE, TOP, Weighed, charges
from assistant.advice.mandates.trail import Duty, Verdict, Why, actor_name
from assistant.advice.topics import Topic
from assistant.citations import clause_label
from assistant.rendering.quoting import shorten
from corpus.documents import Clause, Section, SectionKind
from corpus.language.actors import actors_in, addressed, widened

CANDIDATES = 60
"""Passages of the search looked at."""

_BINDING = ("instructs", "resolves", "requests")
_UNION_WIDE = ("instructs", "resolves")


def duties_of(wanted: Topic, chosen: list[Weighed], ranks: dict[str, int]) -> list[Duty]:
    """Every clause of the instruments that charges somebody with the topic, best fit first."""
    duties: list[Duty] = []
    for w in chosen:
        longs = explained(w.document)
        for section, clause in w.document.clauses():
            if not charges(w.document, section):
                continue
            duty = _duty(wanted, w, section, clause, spelled(clause.text, longs), ranks)
            if duty is not None:
                duties.append(duty)
    return sorted(duties, key=lambda d: (-d.fit, d.address))


def _duty(
    wanted: Topic, w: Weighed, section: Section, clause: Clause, text: str, ranks: dict[str, int]
) -> Duty | None:
    """The clause as a duty, if it charges somebody and has to do with the topic."""
    document = w.document
    verb, actors = addressed(section.heading)
    if not verb and document.is_digest:
        # A digest has no operative headings: who is charged stands in the statement itself.
        verb, actors = "states", actors_in(clause.text)[:3]
    elif not verb and section.kind is SectionKind.ANNEX:
        verb = "sets out"
    elif verb and not actors:
        actors = actors_in(clause.text[:_OPENING]) if _tells(clause.text) else ()
    if not verb:
        return None
    direct, near, share = wanted.names(text), wanted.near(text), wanted.share(text)
    address = str(document.address(section, clause))
    rank = ranks.get(address)
    by_title = w.why in (Why.TITLE, Why.RELATED) and not document.is_digest
    found = rank is not None and rank < TOP
    met = share >= (SHARE if found else ALONE) and not wanted.whole
    if not (direct or near or by_title or met):
        return None
    if verb == "sets out" and not direct:
        return None
    fit = (
        (1.0 if rank is None else 3.0 * CANDIDATES / (CANDIDATES + 4 * rank))
        + 2.0 * direct
        + 0.5 * near
        + 2.0 * share
        + (1.0 if w.why is Why.TITLE else 0.0)
        - (0.5 if document.is_digest else 0.0)
        - (0.5 if verb == "sets out" else 0.0)
    )
    return Duty(
        address=address,
        label=clause_label(document, section, clause),
        quote=shorten(clause.text, wanted.asked),
        document=document.id,
        verb=verb,
        actors=actors,
        direct=direct,
        fit=round(fit, 3),
        is_digest=document.is_digest,
    )


_OPENING = 60


def _tells(text: str) -> bool:
    """True if a clause under a bare 'resolves' itself names who acts: 'that the Union ...'."""
    return text.lower().startswith(("that ", "to instruct ", "to request ", "to invite "))


def judge(actor: str, duties: list[Duty]) -> tuple[tuple[Duty, ...], Verdict]:
    """Yes: a clause binds the actor to the topic itself. In part: to something broader, or others.

    Bare 'resolves' binds the Union, and so each of its organs; an invitation to Member States
    gives the secretariat no mandate.
    """
    own = widened((actor,)) | {actor}

    def binds(duty: Duty) -> bool:
        if duty.verb in _BINDING and own & widened(duty.actors):
            return True
        if duty.verb in _UNION_WIDE and not duty.actors:
            return True
        return duty.is_digest and actor in duty.actors

    bound = [d for d in duties if binds(d)]
    instructed = [d for d in bound if d.direct and d.verb != "resolves"]
    if instructed:
        wider = [d for d in bound if d.direct and d not in instructed]
        return (*instructed[:_SHOWN], *wider[:_WIDER]), Verdict.YES
    if bound:
        others = [d for d in duties if d.direct and d not in bound]
        return (*bound[:_SHOWN], *others[:_WIDER]), Verdict.IN_PART
    if any(d.direct for d in duties):
        return tuple(d for d in duties if d.direct)[:_SHOWN], Verdict.IN_PART
    return (), Verdict.NO


_SHOWN, _WIDER = 4, 2


def sentence(verdict: Verdict, actor: str, wanted: Topic) -> str:
    """The verdict in words; it speaks of the documents held, not of all there are."""
    who = actor_name(actor)
    if verdict is Verdict.YES:
        return f"Yes: the documents held charge {who} with this in the clauses quoted."
    if verdict is Verdict.IN_PART:
        return (
            f"In part: no clause held instructs {who} to do exactly this; the clauses quoted "
            "charge it with something wider or address others."
        )
    return f"No clause in the documents held gives {who} this mandate."
