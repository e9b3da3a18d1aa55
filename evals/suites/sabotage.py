"""Worse builds on purpose: what a gate must catch, as systems wrapped around another system.

They exist to test the gate (tests/evals/test_gate.py; `advisor eval sabotage`): each changes one
thing in the answers of the system it wraps, the way a real mistake in a build would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from assistant.answers import Answer, Claim, Status
from corpus.documents import Frozen
from corpus.shelf.register import Shelf
from evals.suites.evidence import ranked
from evals.suites.figures import summarise
from evals.suites.gating import Failure, Threshold, check
from evals.suites.metrics import ClauseText
from evals.suites.running import Run, run_suite
from evals.suites.suite import Item, Suite
from evals.suites.systems import System, SystemUnreachable

_ANSWERED = (Status.ANSWERED, Status.PARTLY_ANSWERED)
_FAR = 20
"""Place in the ranked evidence of what a build with a wrong cut-off would quote."""

_OTHER = {
    "en": "Voici ce que les documents disponibles disent à ce sujet, avec les références :",
    "": "This is what the documents that are held here say about it, with references:",
}


class Holdings(Frozen):
    """What the saboteur knows of the shelf: its addresses, in order, by document.

    `clauses` maps a document id to the addresses of its clauses.
    """

    clauses: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, shelf: Shelf) -> Holdings:
        """Read off a shelf."""
        return cls(
            clauses={
                document.id: tuple(str(document.address(s, c)) for s, c in document.clauses())
                for document in shelf.documents(list(shelf.live()))
            }
        )

    def older(self, document: str) -> str | None:
        """An earlier edition of a document that is on the shelf too."""
        work, _, year = document.partition("@")
        earlier = [d for d in self.clauses if d.startswith(f"{work}@") and d.split("@")[1] < year]
        return max(earlier, default=None)


Change = Callable[[Answer, Item, Holdings, ClauseText], Answer]


class Replay:
    """The answers of a stored run, given again: to judge them under another build of the rest."""

    name = "replay"

    def __init__(self, run: Run) -> None:
        """`run`: its first repetition is replayed."""
        self._answers = {r.item.id: r.answer for r in run.results if r.repeat == 0}
        self._of = run.name

    def describe(self) -> dict[str, object]:
        """Which run is replayed."""
        return {"system": self.name, "run": self._of}

    def answer(self, item: Item) -> Answer:
        """See System.

        Raises:
            SystemUnreachable: the run holds no answer to this item.
        """
        answer = self._answers.get(item.id)
        if answer is None:
            raise SystemUnreachable(f"The run '{self._of}' holds no answer to {item.id}.")
        return answer


class Sabotaged:
    """A system with one thing broken; `name` is the sabotage's."""

    def __init__(
        self, inner: System, sabotage: str, shelf: Holdings, clause_text: ClauseText
    ) -> None:
        """`sabotage`: one of SABOTAGES; `clause_text`: looks stored clauses up."""
        self.name = sabotage
        self._inner, self._shelf, self._clause_text = inner, shelf, clause_text

    def describe(self) -> dict[str, object]:
        """The system that is wrapped and what is broken."""
        return {"system": f"{self._inner.name}, {self.name}", "inner": self._inner.describe()}

    def answer(self, item: Item) -> Answer:
        """See System."""
        good = self._inner.answer(item)
        return SABOTAGES[self.name](good, item, self._shelf, self._clause_text)


def _changed(answer: Answer, claims: Iterable[Claim], **fields: object) -> Answer:
    kept = tuple(claims)
    held = {address for claim in kept for address in claim.addresses}
    citations = tuple(c for c in answer.citations if c.address in held)
    return answer.model_copy(update={"claims": kept, "citations": citations, **fields})


def _wrong_cut(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """The cut-off counts from the wrong end: one clause, from far down the ranked evidence."""
    addresses = ranked(answer) or []
    if answer.status not in _ANSWERED or not addresses:
        return answer
    far = addresses[min(_FAR, len(addresses) - 1)]
    return _changed(answer, [Claim(text=clause_text(far) or "", addresses=(far,))])


def _shuffled(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Right texts under wrong citations: each claim cites what another passage says."""
    spare = [a for a in ranked(answer) or [] if all(a not in c.addresses for c in answer.claims)]
    claims = [
        claim.model_copy(update={"addresses": (spare[number % len(spare)],)}) if spare else claim
        for number, claim in enumerate(answer.claims)
    ]
    return _changed(answer, claims)


def _never_refuses(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Whatever is asked is answered with what search found first."""
    if answer.status in _ANSWERED:
        return answer
    first = next(iter(shelf.clauses.values()))
    found = (ranked(answer) or list(first))[:1]
    claims = [Claim(text=clause_text(a) or "", addresses=(a,)) for a in found]
    return _changed(answer, claims, status=Status.ANSWERED)


def _always_refuses(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """The bar for evidence is out of reach."""
    return _changed(answer, [], status=Status.NOT_IN_DOCUMENTS)


def _stale(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Superseded editions answer where the shelf holds one."""
    claims = []
    for claim in answer.claims:
        older = shelf.older(claim.addresses[0].split("#")[0]) if claim.addresses else None
        if older:
            old = shelf.clauses[older][0]
            claim = Claim(text=clause_text(old) or "", addresses=(old,))
        claims.append(claim)
    return _changed(answer, claims)


def _altered(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Quotations lose a word in the middle."""
    claims = []
    for claim in answer.claims:
        words = claim.text.split()
        del words[len(words) // 2]
        claims.append(claim.model_copy(update={"text": " ".join(words)}))
    return _changed(answer, claims)


def _uncited(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Every second claim loses its citation."""
    claims = [
        claim if number % 2 else claim.model_copy(update={"addresses": ()})
        for number, claim in enumerate(answer.claims)
    ]
    return _changed(answer, claims)


def _foreign(answer: Answer, item: Item, shelf: Holdings, clause_text: ClauseText) -> Answer:
    """Openings come in another language than the question's."""
    if not answer.opening:
        return answer
    return answer.model_copy(update={"opening": _OTHER.get(item.language, _OTHER[""])})


SABOTAGES: dict[str, Change] = {
    "wrong cut-off": _wrong_cut,
    "shuffled citations": _shuffled,
    "refusals off": _never_refuses,
    "answers off": _always_refuses,
    "stale edition": _stale,
    "quotes altered": _altered,
    "citations dropped": _uncited,
    "opening in another language": _foreign,
}
"""By name; the gate must stop each."""


def try_gate(
    run: Run,
    gate: tuple[Threshold, ...],
    shelf: Shelf,
    clause_text: ClauseText,
    scratch: Path,
) -> dict[str, list[Failure]]:
    """What the gate says of a run "as it is", and of each sabotage of its answers.

    Args:
        run: answered on `shelf`; its first repetition is used.
        gate: the thresholds.
        shelf: what the run was answered from.
        clause_text: looks up the shelf's clauses.
        scratch: an empty folder for the broken runs.
    """
    items = tuple(result.item for result in run.results if result.repeat == 0)
    suite = Suite(name=run.suite, title=run.title, items=items)
    replay, holdings = Replay(run), Holdings.of(shelf)
    systems: dict[str, System] = {"as it is": replay}
    systems |= {name: Sabotaged(replay, name, holdings, clause_text) for name in SABOTAGES}
    return {
        name: check(gate, summarise(run_suite(suite, system, clause_text, scratch / name)))
        for name, system in systems.items()
    }
