"""A message with several questions: answered part by part, each with a status of its own."""

from __future__ import annotations

from collections.abc import Callable

from assistant import phrases
from assistant.answers import Block, Citation, Claim, Nearest, Status
from assistant.turn import Past, Tools, Turn

Answering = Callable[[Turn, Tools], Turn]

_FEW = 2
_SAID = (Status.ANSWERED, Status.PARTLY_ANSWERED)


def several(
    turn: Turn, tools: Tools, questions: tuple[str, ...], one: Answering, sure: bool
) -> Turn:
    """The turn answered part by part; `one` answers a turn that asks one thing.

    A part that leans on what was asked before it ("and who reports on it?") is read after it, as
    the turns of a conversation are. Where the parts are not `sure` (nothing numbers them) and fewer
    than two find an answer, the message is answered as one: it may have been.
    """
    past = list(turn.past)
    claims: list[Claim] = []
    citations: dict[str, Citation] = {}
    blocks: list[Block] = []
    nearest: dict[str, Nearest] = {}
    notes: dict[str, None] = {}
    for question in questions:
        part = one(
            turn.having(
                asked=question, text=question, question=question, past=tuple(past), reading=None,
                trace={"screen": turn.trace.get("screen", {})},
            ),
            tools,
        )  # fmt: skip
        status = part.status or Status.FAILED
        past.append(
            Past(
                question=part.question,
                language=turn.language,
                status=status,
                addresses=tuple(c.address for c in part.citations),
            )
        )
        numbers = []
        for claim in part.claims:
            claims.append(claim)
            numbers.append(len(claims))
        citations |= {c.address: c for c in part.citations if c.address not in citations}
        said = status in _SAID
        if not said:
            nearest |= {n.document: n for n in part.nearest}
        blocks.append(
            Block(
                title=question,
                claims=tuple(numbers),
                status=status,
                opening=part.opening,
                notes=() if said else part.notes[:2],
            )
        )
        # What concerns the sources is said once, under all parts.
        if said:
            notes |= dict.fromkeys(part.notes)
    statuses = [block.status for block in blocks]
    if not sure and sum(status in _SAID for status in statuses) < _FEW:
        whole = one(turn, tools)
        if whole.status in _SAID or not any(status in _SAID for status in statuses):
            return whole
    if all(status is Status.ANSWERED for status in statuses):
        status = Status.ANSWERED
    elif any(status in _SAID for status in statuses):
        status = Status.PARTLY_ANSWERED
    else:
        status = next((s for s in statuses if s is not None), Status.NOT_IN_DOCUMENTS)
    answered = sum(s in _SAID for s in statuses)
    opening = phrases.say(turn.language, "parts-opening", n=len(blocks), answered=answered)
    return turn.having(
        status=status,
        opening=opening,
        claims=tuple(claims),
        citations=tuple(citations.values()),
        blocks=tuple(blocks),
        nearest=tuple(nearest.values()) if status not in _SAID else (),
        notes=tuple(notes),
        form="several",
    )
