"""The pipeline's last step: write with the chat model if one is set, else (or failing it) quote."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from assistant import phrases
from assistant.answers import Citation, Claim, Status
from assistant.asking.answering import answer, chosen
from assistant.asking.remarks import written_notes
from assistant.asking.retrieving import absent, search
from assistant.citations import cite
from assistant.grounding import Rarity
from assistant.grounding.exact import refers_back
from assistant.grounding.meaning import Meaning
from assistant.rendering.quoting import shorten
from assistant.settings import Settings
from assistant.turn import Tools, Turn
from assistant.writing import judging
from assistant.writing.checking import meaning_of
from assistant.writing.completeness import Completeness, completeness
from assistant.writing.evidence import Item, diet, gather
from assistant.writing.marking import Heard
from assistant.writing.model import (
    BadChatModel,
    configured,
    is_strong,
    model_name,
    open_model,
    writes_across,
)
from assistant.writing.parsing import Splitter, Written
from assistant.writing.prompt import MISSING, NO_ANSWER, SEARCH, written_prompt
from assistant.writing.streaming import Budget, ChatFailure, Piece, Reason, stream
from assistant.writing.usage import Usage
from assistant.writing.verdicts import Entails, Verdict, judge, judge_by_meaning

log = structlog.get_logger(__name__)

MOST_CLAIMS = 12
"""Sentences shown at most; the prompt asks for fewer."""

MOST_REPEATS = 2
"""Sentences said again after which a model goes round in circles and is no longer listened to."""

_ENDS = frozenset({"stop", "end_turn", "stop_sequence", "complete"})
"""How providers say that a model ended of its own accord, not at a limit."""

_LIMITS = frozenset({"length", "max_tokens", "model_context_window_exceeded"})
"""How they say that it ended at a limit of tokens."""

_BARRED = frozenset({"content_filter", "refusal", "safety", "blocklist", "prohibited_content"})
"""How they say that a filter of theirs ended it."""

MOST_SEARCHES = 2
"""Further searches that a strong model may ask for in one turn."""

_EARLIER = 3
"""Questions of the conversation that a strong model is shown."""

_WANTED = 120
"""Characters of a further search that is asked for."""

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
    meaning: Meaning | None = None
    judged: bool = False
    wanted: str = ""
    declined: bool = False
    marks: int = 0
    repeats: int = 0
    finish: str = ""
    cut_off: bool = False
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
    strong = is_strong(settings)
    usage = Usage()
    for round in range(1 + MOST_SEARCHES):
        items = gather(chosen(turn, turn.result), tools, diet(strong))
        if not items:
            yield answer(turn, tools)
            return
        if not writes_across(settings) and all(item.language != turn.language for item in items):
            yield _quoted(turn, tools, "language")
            return
        draft = _draft(turn, tools, model, items, usage)
        draft.judged = strong and settings.chat_judge and draft.meaning is not None
        for step in _drafted(turn, tools, model, draft, strong):
            turn = step
            yield turn
        if not draft.wanted or round == MOST_SEARCHES:
            break
        # Another search, through the same door; its words are no question of the user's.
        looked = search(turn.having(question=draft.wanted), tools)
        turn = looked.having(question=turn.question).seen("write", searched=draft.wanted)
    yield from _finished(turn, tools, model, draft)


def _draft(turn: Turn, tools: Tools, model: Any, items: Sequence[Item], usage: Usage) -> _Draft:
    settings, result = tools.settings, turn.result
    return _Draft(
        items=items,
        rarity=Rarity(e.passage.text for e in result.evidence) if result else Rarity(),
        language=turn.language,
        entails=judging.entailment(model, Budget(settings.chat_pause, settings.chat_pause), usage),
        usage=usage,
        meaning=meaning_of(settings),
    )


def _drafted(turn: Turn, tools: Tools, model: Any, draft: _Draft, strong: bool) -> Iterator[Turn]:
    """One answer as the model writes it: the turn with each sentence that may be shown at once."""
    settings = tools.settings
    prompt = written_prompt(
        turn.question,
        turn.language,
        [item.shown for item in draft.items],
        strong,
        [past.question for past in turn.past[-_EARLIER:]] if strong else (),
    )
    turn = turn.seen(
        "write",
        model=model_name(settings),
        strong=strong,
        check=draft.meaning.name if draft.meaning else "words",
        prompt={"system": prompt.system, "user": prompt.user},
        evidence={item.id: item.cited.address for item in draft.items},
    )
    budget = Budget(whole=settings.chat_timeout, pause=settings.chat_pause)
    splitter, heard = Splitter(), Heard(prompt.marks)
    try:
        for piece in _pieces(settings, model, prompt.messages, budget):
            if piece is None:
                yield turn
                continue
            draft.pieces.append(piece)
            draft.finish = piece.finish or draft.finish
            for written in splitter.feed(heard.feed(piece.text)):
                turn, grown = _take(turn, tools, draft, written)
                if grown:
                    yield turn
            if draft.repeats >= MOST_REPEATS:
                draft.finish = "repeated"
                break
        for written in splitter.finish(said_so=draft.finish in _ENDS):
            turn, _ = _take(turn, tools, draft, written)
        if draft.finish in _BARRED and not draft.shown:
            raise ChatFailure(Reason.REFUSED, draft.finish)
    except ChatFailure as failure:
        draft.failure = failure
        log.warning("chat model failed", reason=failure.reason.value, detail=failure.detail)
    draft.cut_off = splitter.unfinished
    draft.usage.add(draft.pieces, len(prompt.system) + len(prompt.user))
    yield turn


def _pieces(
    settings: Settings, model: Any, messages: Sequence[Any], budget: Budget
) -> Iterator[Piece | None]:
    """The model's words. One that refuses the request is asked once more without the temperature
    and the seed that some models do not take, unless the temperature was set."""
    begun = False
    try:
        for piece in stream(model, messages, budget):
            begun = begun or bool(piece and piece.text)
            yield piece
    except ChatFailure as failure:
        again = failure.detail.endswith(("400", "422")) and settings.chat_temperature is None
        if begun or not again:
            raise
        yield from stream(open_model(settings, plain=True), messages, budget)


def _finished(turn: Turn, tools: Tools, model: Any, draft: _Draft) -> Iterator[Turn]:
    """The turn with what another judge says of sentences left open, and its status."""
    waiting = [verdict for verdict in draft.verdicts if verdict.unsure]
    if draft.judged and waiting:
        yield turn
        turn = _judged(turn, tools, model, draft, waiting)
    yield _ended(turn, tools, draft, broken_off=draft.cut_off)


def _judged(
    turn: Turn, tools: Tools, model: Any, draft: _Draft, waiting: Sequence[Verdict]
) -> Turn:
    """Every sentence in its place; those left open shown where the model finds them borne out."""
    settings = tools.settings
    held = {item.cited.address: item.held.heard for item in draft.items}
    statements = [(one.text, [held[address] for address in one.addresses]) for one in waiting]
    budget = Budget(settings.chat_pause, settings.chat_pause)
    try:
        said = judging.supported(model, statements, budget, draft.usage)
    except ChatFailure as failure:
        log.warning("judge failed", reason=failure.reason.value, detail=failure.detail)
        said = [False] * len(waiting)
    borne_out = {one.text for one, yes in zip(waiting, said, strict=True) if yes}
    verdicts = [
        verdict.model_copy(
            update={"shown": True, "unsure": False, "reasons": (), "by": "meaning and model"}
            if verdict.unsure and verdict.text in borne_out
            else {"unsure": False}
        )
        for verdict in draft.verdicts
    ]
    draft.verdicts.clear()
    turn = turn.having(claims=(), citations=())
    for verdict in verdicts:
        turn = _put(turn, tools, draft, _not_orphaned(draft, verdict))
    return turn


def _take(turn: Turn, tools: Tools, draft: _Draft, written: Written) -> tuple[Turn, bool]:
    """Judge one finished sentence; the turn with it, if it may be shown."""
    draft.marks += bool(written.ids)
    if NO_ANSWER in written.text:
        draft.declined = True
        return turn, False
    if written.text.lstrip("[( ").upper().startswith(SEARCH) and not draft.verdicts:
        draft.wanted = written.text.partition(":")[2].strip(" .[]()")[:_WANTED]
        return turn, False
    if draft.missing or written.text.lstrip("[( ").upper().startswith(MISSING):
        draft.missing.append(written.text.strip("[]() "))
        return turn, False
    if any(written.text == known.text for known in draft.verdicts):
        draft.repeats += 1
        return turn, False
    if _BRACKETED.fullmatch(written.text) or _even(written.text) in _even(turn.question):
        return turn, False  # "[END]", or the question said again: nothing that could be shown
    if draft.meaning is not None:
        verdict = judge_by_meaning(
            written, draft.items, draft.language, draft.meaning, draft.judged
        )
    else:
        across = draft.entails if writes_across(tools.settings) else None
        verdict = judge(
            written, draft.items, draft.language, draft.rarity, draft.entails, across, turn.question
        )
    turn = _put(turn, tools, draft, _not_orphaned(draft, verdict))
    return turn, draft.verdicts[-1].shown


def _not_orphaned(draft: _Draft, verdict: Verdict) -> Verdict:
    """A sentence that begins with 'It' falls with the one it speaks of."""
    if not draft.verdicts or not (verdict.shown or verdict.unsure):
        return verdict
    before = draft.verdicts[-1]
    if before.shown or before.unsure or not refers_back(verdict.text, draft.language):
        return verdict
    reason = "speaks of what a sentence said that was withheld"
    return verdict.model_copy(update={"shown": False, "unsure": False, "reasons": (reason,)})


def _put(turn: Turn, tools: Tools, draft: _Draft, verdict: Verdict) -> Turn:
    """The turn with a sentence judged, in its place; one shown waits behind one left open."""
    full = len(draft.shown) >= MOST_CLAIMS
    if verdict.shown and full:
        verdict = verdict.model_copy(update={"shown": False, "reasons": ("one too many",)})
    draft.verdicts.append(verdict)
    if not verdict.shown or (draft.judged and any(one.unsure for one in draft.verdicts)):
        return turn
    claim = Claim(
        text=verdict.text, addresses=verdict.addresses, is_quote=False, language=verdict.language
    )
    return turn.having(
        claims=(*turn.claims, claim),
        citations=(*turn.citations, *_new_citations(turn, tools, draft, verdict)),
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
    if (draft.declined or draft.missing or draft.wanted) and not draft.verdicts:
        note = phrases.say(turn.language, "write-declined")
        return absent(turn, tools, [note], "write-silent")
    if not draft.raw.strip():
        return _quoted(turn, tools, "empty")
    return _quoted(turn, tools, "ungrounded" if draft.marks else "format")


def _completed(turn: Turn, tools: Tools, draft: _Draft, judged: Completeness, cut: bool) -> Turn:
    """The written turn, and behind its sentences the clauses a quoting answer holds beside theirs.

    What the model could not put into words that its clause bears out, or passed over, is not lost.
    """
    notes = list(_notes(turn, tools, draft, judged, cut))
    if is_strong(tools.settings) and (_left_to_the_model(turn) or not draft.withheld):
        # It read every clause a quotation could come from, and left out what does not answer.
        turn = turn.having(status=judged.status, notes=tuple(notes))
        return turn.seen("answer", mode="writing").seen("write", quoted=[])
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


def _left_to_the_model(turn: Turn) -> bool:
    """Whether the judge finds too little to answer from (`deciding.weigh`)."""
    return bool(turn.trace.get("weigh", {}).get("verdict") == "not enough")


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
    """The quoting answer, with a note on why nothing was written.

    Where only a model was to tell whether the evidence answers, quoting holds to the judge.
    """
    turn = turn.having(claims=(), citations=()).seen("write", fallback=reason)
    # A model that wrote an answer found one in the clauses, whatever was made of its words.
    silent = _left_to_the_model(turn) and reason != "ungrounded"
    turn = absent(turn, tools, []) if silent else answer(turn, tools)
    why = phrases.say(turn.language, f"fallback-{reason}")
    note = phrases.say(turn.language, "write-fallback", reason=why)
    return turn.having(notes=(note, *turn.notes))
