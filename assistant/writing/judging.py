"""The yes/no question to the chat model: does this text say what that sentence says?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from assistant.writing.prompt import check_prompt
from assistant.writing.streaming import Budget, ChatFailure, stream
from assistant.writing.verdicts import Entails

_YES = re.compile(r"\W*(?:yes|oui|s[íi]|да|نعم|是的?)\W*", re.IGNORECASE)
_CHARACTERS = 200
"""An answer of one word needs no more; a model that goes on is not listened to."""


def entailment(model: Any, budget: Budget) -> Entails:
    """A function that asks `model`; every failure and every answer but a plain yes is a no.

    Each question is a request of its own: the judge sees one sentence and its clauses, and nothing
    of the conversation that wrote it.
    """

    def entails(statement: str, texts: Sequence[str]) -> bool:
        said = ""
        try:
            for piece in stream(model, check_prompt(statement, texts).messages, budget):
                said += piece.text if piece is not None else ""
                if len(said) > _CHARACTERS:
                    break
        except ChatFailure:
            return False
        return bool(_YES.fullmatch(said))

    return entails
