"""Who tells whether the evidence carries an answer: the judge, or a strong model reading it."""

from __future__ import annotations

from assistant.asking import retrieving
from assistant.turn import Tools, Turn
from assistant.writing.model import is_strong


def weigh(turn: Turn, tools: Tools) -> Turn:
    """As `retrieving.weigh`; but with a strong chat model a turn ends here only where nothing was
    found or a text is not held. What the judge thinks too little is left to the model, which may
    decline; if it fails, the turn is quoted as the judge would have it."""
    weighed = retrieving.weigh(turn, tools)
    verdict = weighed.trace.get("weigh", {})
    if verdict.get("verdict") != "not enough" or not is_strong(tools.settings):
        return weighed
    return turn.seen("weigh", **verdict, left_to_the_model=True)
