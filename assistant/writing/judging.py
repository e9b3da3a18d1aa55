"""The yes/no question to the chat model: does this text say what that sentence says?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from assistant.writing.prompt import check_all_prompt, check_prompt
from assistant.writing.streaming import Budget, ChatFailure, Piece, Reason, stream
from assistant.writing.usage import Usage
from assistant.writing.verdicts import Entails

YES = 0.5
"""Probability of yes (against no) from which a text bears a sentence out; measured by
`advisor bench judge` (docs/decisions/0011)."""

_YES = re.compile(r"\W*(?:yes|oui|s[íi]|да|نعم|是的?)\W*", re.IGNORECASE)
_NO = re.compile(r"\W*(?:no|non|нет|لا|不是?|否)\W*", re.IGNORECASE)
_CHARACTERS = 200
"""An answer of one word needs no more; a model that goes on is not listened to."""
_TOKENS = 4
_CANDIDATES = 5
"""Probabilities asked for: what OpenAI's protocol allows everywhere."""

_without: set[str] = set()
"""Endpoints that refused to give probabilities; they are not asked for them again."""


def entailment(model: Any, budget: Budget, usage: Usage | None = None) -> Entails:
    """A function that asks `model`; every failure and every answer but a plain yes is a no.

    Each question is a request of its own: the judge sees one sentence and its clauses, and nothing
    of the conversation that wrote it.
    """

    def entails(statement: str, texts: Sequence[str]) -> bool:
        try:
            return support(model, statement, texts, budget, usage) >= YES
        except ChatFailure:
            return False

    return entails


def support(
    model: Any,
    statement: str,
    texts: Sequence[str],
    budget: Budget,
    usage: Usage | None = None,
) -> float:
    """Probability, 0..1, that the model answers yes rather than no.

    Where the endpoint gives probabilities of words they are used, summed over the ways to write
    yes and no; elsewhere a plain yes is 1 and everything else 0.

    Args:
        model: LangChain chat model.
        statement: one sentence.
        texts: what should bear it out, together.
        budget: seconds.
        usage: what the question costs is added to it.

    Raises:
        ChatFailure: the model could not be asked.
    """
    prompt = check_prompt(statement, texts)
    name = _endpoint(model)
    if name and name not in _without:
        bound = model.bind(
            logprobs=True, top_logprobs=_CANDIDATES, extra_body={"max_tokens": _TOKENS}
        )
        try:
            return _probability(_asked(bound, prompt.system, prompt.user, budget, usage))
        except ChatFailure as failure:
            if failure.reason in (Reason.TIMEOUT, Reason.LIMIT):
                raise
            _without.add(name)
    return _probability(_asked(model, prompt.system, prompt.user, budget, usage))


_LINE = re.compile(r"^\W*(\d{1,2})\W+(supported|contradicted|not[ _]said)\b", re.I | re.M)


def supported(
    model: Any,
    statements: Sequence[tuple[str, Sequence[str]]],
    budget: Budget,
    usage: Usage | None = None,
) -> list[bool]:
    """Whether the model says of each statement that its texts bear it out, in one request.

    A statement it says nothing of is not borne out.

    Raises:
        ChatFailure: the model could not be asked.
    """
    prompt = check_all_prompt(statements)
    pieces = _asked(
        model, prompt.system, prompt.user, budget, usage, most=60 * len(statements) + 400
    )
    told = dict(_LINE.findall("".join(piece.text for piece in pieces)))
    return [told.get(str(n), "").lower() == "supported" for n in range(1, len(statements) + 1)]


def _asked(
    model: Any,
    system: str,
    user: str,
    budget: Budget,
    usage: Usage | None,
    most: int = _CHARACTERS,
) -> list[Piece]:
    from langchain_core.messages import HumanMessage, SystemMessage

    pieces: list[Piece] = []
    for piece in stream(model, [SystemMessage(system), HumanMessage(user)], budget):
        if piece is not None:
            pieces.append(piece)
            if sum(len(one.text) for one in pieces) > most:
                break
    if usage is not None:
        usage.add(pieces, len(system) + len(user))
    return pieces


def _probability(pieces: Sequence[Piece]) -> float:
    first = next((piece for piece in pieces if piece.text.strip()), None)
    if first is not None and first.likely:
        yes = sum(math.exp(p) for word, p in first.likely if _YES.fullmatch(word))
        no = sum(math.exp(p) for word, p in first.likely if _NO.fullmatch(word))
        if yes + no > 0:
            return yes / (yes + no)
    return float(bool(_YES.fullmatch("".join(piece.text for piece in pieces))))


def _endpoint(model: Any) -> str:
    """Name of an endpoint of OpenAI's protocol, the one that can give probabilities; else ''."""
    if getattr(model, "_llm_type", "") != "openai-chat":
        return ""
    return f"{getattr(model, 'openai_api_base', '')} {getattr(model, 'model_name', '')}"
