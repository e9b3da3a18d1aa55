"""The pipeline's last step: write with the chat model if one is set, else (or failing it) quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant import phrases
from assistant.answering import answer, chosen
from assistant.answers import Citation, Claim, Status
from assistant.citations import cite
from assistant.grounding import Rarity
from assistant.quoting import shorten
from assistant.retrieving import absent
from assistant.turn import Tools, Turn
from assistant.writing import judging
from assistant.writing.completeness import Completeness, completeness
from assistant.writing.evidence import Item, gather
from assistant.writing.model import (
    BadChatModel,
    configured,
    model_name,
    open_model,
    writes_across,
)
from assistant.writing.notes import written_notes
from assistant.writing.parsing import Splitter, Written
from assistant.writing.prompt import MISSING, NO_ANSWER, written_prompt
from assistant.writing.streaming import Budget, ChatFailure, Piece, stream
from assistant.writing.usage import Usage
from assistant.writing.verdicts import Entails, Verdict, judge

log = structlog.get_logger(__name__)

MOST_CLAIMS = 8
"""Sentences shown at most; the prompt asks for six."""

MOST_REPEATS = 2
"""Sentences said again after which a model goes round in circles and is no longer listened to."""

_ENDS = frozenset({"stop", "end_turn"})
"""How providers say that a model ended of its own accord, not at a limit."""

_LIMITS = frozenset({"length", "max_tokens", "MAX_TOKENS"})
"""How they say that it ended at a limit of tokens."""


_BRACKETED = re.compile(r"\[[^\]]*\]\W*")


@dataclass
class _Draft:
    """One answer while it is written."""

    items: Sequence[Item]
    rarity: Rarity
    language: str
    entails: Entails
    usage: Usage
    pieces: list[Piece] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    declined: bool = False
    marks: int = 0
    repeats: int = 0
    finish: str = ""
    failure: ChatFailure | None = None

    @property
    def raw(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def shown(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.shown]

    @property
    def withheld(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if not verdict.shown]


def respond(turn: Turn, tools: Tools) -> Iterator[Turn]:
    """Answer the turn from its evidence; yields it again and again, each time with more claims.

    The same turn yielded twice means that the model is still silent. Whatever the chat model does,
    the last turn has a status: a failure of the model is a note, never an error.
    """
    if not configured(tools.settings):
        yield answer(turn, tools)
        return
    try:
        model = open_model(tools.settings)
    except BadChatModel as error:
        log.warning("chat model cannot be opened", error=error.message)
        yield _quoted(turn.seen("write", error=error.message), tools, "unusable")
        return
    yield from _written(turn, tools, model)


def _written(turn: Turn, tools: Tools, model: Any) -> Iterator[Turn]:
    assert turn.result is not None
    settings = tools.settings
    choices = chosen(turn, turn.result)
    items = gather(choices, tools)
    if not items:
        yield answer(turn, tools)
        return
    if not writes_across(settings) and all(item.language != turn.language for item in items):
        yield _quoted(turn, tools, "language")
        return
    prompt = written_prompt(turn.question, turn.language, [item.shown for item in items])
    budget = Budget(whole=settings.chat_timeout, pause=settings.chat_pause)
    usage = Usage()
    draft = _Draft(
        items=items,
        rarity=Rarity(e.passage.text for e in turn.result.evidence),
        language=turn.language,
        entails=judging.entailment(model, Budget(settings.chat_pause, settings.chat_pause), usage),
        usage=usage,
    )
    turn = turn.seen(
        "write",
        model=model_name(settings),
        prompt={"system": prompt.system, "user": prompt.user},
        evidence={item.id: item.cited.address for item in items},
    )
    splitter = Splitter()
    try:
        for piece in stream(model, prompt.messages, budget):
            if piece is None:
                yield turn
                continue
            draft.pieces.append(piece)
            draft.finish = piece.finish or draft.finish
            for written in splitter.feed(piece.text):
                turn, grown = _take(turn, tools, draft, written)
                if grown:
                    yield turn
            if draft.repeats >= MOST_REPEATS:
                draft.finish = "repeated"
                break
        for written in splitter.finish(said_so=draft.finish in _ENDS):
            turn, _ = _take(turn, tools, draft, written)
    except ChatFailure as failure:
        draft.failure = failure
        log.warning("chat model failed", reason=failure.reason.value, detail=failure.detail)
    usage.add(draft.pieces, len(prompt.system) + len(prompt.user))
    yield _ended(turn, tools, draft, broken_off=splitter.unfinished)


def _take(turn: Turn, tools: Tools, draft: _Draft, written: Written) -> tuple[Turn, bool]:
    """Judge one finished sentence; the turn with it, if it may be shown."""
    draft.marks += bool(written.ids)
    if NO_ANSWER in written.text:
        draft.declined = True
        return turn, False
    if draft.missing or written.text.lstrip("[( ").upper().startswith(MISSING):
        draft.missing.append(written.text.strip("[]() "))
        return turn, False
    if any(written.text == known.text for known in draft.verdicts):
        draft.repeats += 1
        return turn, False
    if _BRACKETED.fullmatch(written.text) or _even(written.text) in _even(turn.question):
        return turn, False  # "[END]", or the question said again: nothing that could be shown
    across = draft.entails if writes_across(tools.settings) else None
    verdict = judge(
        written, draft.items, draft.language, draft.rarity, draft.entails, across, turn.question
    )
    full = len(draft.shown) >= MOST_CLAIMS
    if verdict.shown and full:
        verdict = verdict.model_copy(update={"shown": False, "reasons": ("one too many",)})
    draft.verdicts.append(verdict)
    if not verdict.shown:
        return turn, False
    claim = Claim(
        text=verdict.text, addresses=verdict.addresses, is_quote=False, language=verdict.language
    )
    return (
        turn.having(
            claims=(*turn.claims, claim),
            citations=(*turn.citations, *_new_citations(turn, tools, draft, verdict)),
        ),
        True,
    )


def _even(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _new_citations(turn: Turn, tools: Tools, draft: _Draft, verdict: Verdict) -> Iterator[Citation]:
    held = {citation.address for citation in turn.citations}
    for item in draft.items:
        if item.cited.address in verdict.addresses and item.cited.address not in held:
            text = item.found.clause.text
            about = f"{turn.question} {verdict.text}"
            yield cite(tools, item.found, shorten(text, about, item.found.document.language))


def _ended(turn: Turn, tools: Tools, draft: _Draft, broken_off: bool) -> Turn:
    """The turn with its status: written, declined, or quoted after all."""
    cut = draft.failure is not None or draft.finish in _LIMITS or (broken_off and not draft.finish)
    judged = completeness(
        question=turn.question,
        language=turn.language,
        missing=" ".join(draft.missing),
        shown=len(draft.shown),
        withheld=len(draft.withheld),
        cut=cut,
    )
    turn = turn.seen(
        "write",
        raw=draft.raw,
        finish=draft.finish,
        sentences=[verdict.model_dump(mode="json") for verdict in draft.verdicts],
        shown=len(draft.shown),
        withheld=len(draft.withheld),
        declined=draft.declined,
        missing=" ".join(draft.missing),
        failure=str(draft.failure or ""),
    ).seen("usage", **draft.usage.facts())
    if turn.claims:
        return _completed(turn, tools, draft, judged, cut)
    if draft.failure is not None:
        return _quoted(turn, tools, draft.failure.reason.value)
    if (draft.declined or draft.missing) and not draft.verdicts:
        note = phrases.say(turn.language, "write-declined")
        return absent(turn, tools, [note])
    if not draft.raw.strip():
        return _quoted(turn, tools, "empty")
    return _quoted(turn, tools, "ungrounded" if draft.marks else "format")


def _completed(turn: Turn, tools: Tools, draft: _Draft, judged: Completeness, cut: bool) -> Turn:
    """The written turn, and behind its sentences the clauses a quoting answer holds beside theirs.

    What the model could not put into words that its clause bears out, or passed over, is not lost.
    """
    notes = list(_notes(turn, tools, draft, judged, cut))
    quoted = answer(turn, tools)
    held = {address for claim in turn.claims for address in claim.addresses}
    more = [claim for claim in quoted.claims if held.isdisjoint(claim.addresses)]
    added = {address for claim in more for address in claim.addresses}
    if more:
        notes.insert(1, phrases.say(turn.language, "write-quoted"))
        notes += [note for note in quoted.notes if note not in notes]
    return turn.having(
        status=judged.status,
        claims=(*turn.claims, *more),
        citations=(*turn.citations, *(c for c in quoted.citations if c.address in added)),
        notes=tuple(notes),
        trace={**turn.trace, "answer": {**quoted.trace["answer"], "mode": "writing"}},
    ).seen("write", quoted=sorted(added))


def _notes(
    turn: Turn, tools: Tools, draft: _Draft, judged: Completeness, cut: bool
) -> Iterator[str]:
    language = turn.language
    yield phrases.say(language, "write-checked", model=model_name(tools.settings))
    if cut:
        yield phrases.say(language, "write-cut-off")
    if judged.missing:
        yield phrases.say(language, "write-missing", missing=judged.missing)
    elif judged.status is Status.PARTLY_ANSWERED:
        yield phrases.say(language, "note-partly")
    if draft.withheld:
        yield phrases.count(language, "write-withheld", len(draft.withheld))
    across = {
        item.language
        for item in draft.items
        for verdict in draft.shown
        if item.cited.address in verdict.addresses and item.language != verdict.language
    }
    if across:
        yield phrases.say(language, "write-across")
    cited = {address for verdict in draft.shown for address in verdict.addresses}
    found = [item.found for item in draft.items if item.cited.address in cited]
    yield from written_notes(turn, tools, found)


def _quoted(turn: Turn, tools: Tools, reason: str) -> Turn:
    """The quoting answer, with a note on why nothing was written."""
    turn = answer(turn.having(claims=(), citations=()).seen("write", fallback=reason), tools)
    why = phrases.say(turn.language, f"fallback-{reason}")
    note = phrases.say(turn.language, "write-fallback", reason=why)
    return turn.having(notes=(note, *turn.notes))
