"""From question to answer, as one list. Read it top to bottom and you know the system."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

from assistant.asking.composition import respond
from assistant.asking.deciding import weigh
from assistant.asking.retrieving import search
from assistant.asking.screening import screen
from assistant.asking.step import shape, understand
from assistant.turn import Tools, Turn

Step = Callable[[Turn, Tools], Turn | Iterable[Turn]]

STEPS: tuple[tuple[str, Step], ...] = (
    ("screen", screen),  # invisible characters out; bad, unsafe or foreign requests end here
    ("understand", understand),  # a follow-up becomes standalone; its form, names and parts
    ("shape", shape),  # an overview, a list, a comparison, ... ; a question for clauses goes on
    ("search", search),  # ranked evidence, of documents that are on the shelf at this moment
    ("weigh", weigh),  # does it carry an answer? if not: not_in_documents, with the nearest
    ("answer", respond),  # the clauses that answer, quoted; or sentences, each grounded
)


def run(turn: Turn, tools: Tools) -> Iterator[tuple[str | None, Turn]]:
    """Run the steps until one sets a status or the list ends.

    Yields `(name, turn)` before each step and `(None, turn)` after it. A step that answers bit by
    bit yields its turns one by one, each with more claims than the last; one that is still at work
    yields the turn it yielded before, and `(name, turn)` comes again: a chance to give up (P22).
    """
    for name, step in STEPS:
        if turn.status is not None:
            return
        yield name, turn
        start = time.perf_counter()
        outcome = step(turn, tools)
        if isinstance(outcome, Turn):
            outcome = [outcome]
        before = None
        for turn in outcome:
            yield (name if turn is before else None), turn
            before = turn
        turn = turn.seen(name, seconds=round(time.perf_counter() - start, 4))
        yield None, turn
