"""A section written by the chat model from its clauses: each sentence borne out, or left out.

The model sees the section's clauses as numbered data and nothing else (P1, P8). Each sentence is
judged like a sentence of an answer; one that the clauses do not bear out never reaches the draft,
and the section says how many were left out. Whatever the model does, a section never becomes worse
than its quotations: where nothing stands, they stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from assistant.advice.drafting.draft import BadDraft, Brief, DraftSection, Nature, Sentence
from assistant.advice.mandates.instruments import Holds
from assistant.grounding import Rarity
from assistant.settings import Settings
from assistant.writing import judging
from assistant.writing.evidence import Item, item_of
from assistant.writing.marking import Heard
from assistant.writing.model import configured, open_model
from assistant.writing.parsing import Splitter, Written
from assistant.writing.prompt import MISSING, NO_ANSWER, Shown, written_prompt
from assistant.writing.streaming import Budget, ChatFailure, stream
from assistant.writing.verdicts import Entails, judge
from corpus.addresses import Address
from corpus.errors import AdvisorError

log = structlog.get_logger(__name__)

_ASKED = (
    "What do the extracts say on the topic that B0 names, for the section it heads? B0 is no "
    "extract and is never cited."
)


@dataclass(frozen=True)
class Writes:
    """A chat model as drafts use it: the model, its time for a section, its yes/no judge."""

    model: Any
    budget: Budget
    entails: Entails


def writer(settings: Settings) -> Writes | None:
    """The chat model of the settings, or None where none is configured.

    Raises:
        BadChatModel: it cannot be opened; says what to do.
    """
    if not configured(settings):
        return None
    model = open_model(settings)
    budget = Budget(whole=settings.chat_timeout, pause=settings.chat_pause)
    judge_budget = Budget(settings.chat_pause, settings.chat_pause)
    return Writes(model, budget, judging.entailment(model, judge_budget))


def required_writer(settings: Settings) -> Writes:
    """As `writer`, where a draft is to be written whatever happens.

    Raises:
        BadDraft: no chat model is configured. BadChatModel: it cannot be opened.
    """
    writes = writer(settings)
    if writes is None:
        raise BadDraft("No chat model is configured, so none can write. Ask for quotations.")
    return writes


def composed(section: DraftSection, brief: Brief, advisor: Holds, writes: Writes) -> DraftSection:
    """The section in the model's words, as far as its clauses bear them out."""
    quotes = [s for s in section.sentences if s.nature is Nature.QUOTE]
    rest = [s for s in section.sentences if s.nature not in (Nature.QUOTE, Nature.GAP)]
    items = _items(quotes, advisor)
    if not items:
        return section
    try:
        written = _written(section.heading, brief, items, writes)
    except ChatFailure as failure:
        log.warning("chat model failed", reason=failure.reason.value, detail=failure.detail)
        return section
    rarity = Rarity(item.found.clause.text for item in items)
    kept: list[Sentence] = []
    left_out = 0
    for sentence in written:
        verdict = judge(sentence, items, "en", rarity, writes.entails)
        if not verdict.shown:
            left_out += 1
        elif all(verdict.text != known.text for known in kept):
            kept.append(_sentence(verdict.text, verdict.addresses, items))
    if not kept:
        return section
    if left_out:
        kept.append(
            Sentence.gap(
                f"{left_out} statement(s) the clauses did not bear out, left out by the check; "
                "see the clauses cited"
            )
        )
    return section.model_copy(update={"sentences": (*kept, *rest)})


def _written(heading: str, brief: Brief, items: Sequence[Item], writes: Writes) -> list[Written]:
    """Finished sentences with the ids they cite.

    Raises:
        ChatFailure: the model could not be heard to its end.
    """
    # Topic, audience and heading are somebody's words, a heading even a file's: data like the rest.
    wanted = Shown(
        id="B0",
        instrument="What the section is for",
        heading=heading,
        text=f"Topic: {brief.topic}. Audience: {brief.audience or 'officials'}.",
    )
    prompt = written_prompt(_ASKED, "en", [wanted, *(item.shown for item in items)])
    splitter, heard = Splitter(), Heard(prompt.marks)
    found: list[Written] = []
    finish = ""
    for piece in stream(writes.model, prompt.messages, writes.budget):
        if piece is not None:
            finish = piece.finish or finish
            found += splitter.feed(heard.feed(piece.text))
    found += splitter.finish(said_so=finish in ("stop", "end_turn"))
    told: list[Written] = []
    for sentence in found:
        if sentence.text.upper().startswith(MISSING):
            break  # what comes after is what the model did not find
        if NO_ANSWER not in sentence.text:
            told.append(sentence)
    return told


def _items(quotes: Sequence[Sentence], advisor: Holds) -> list[Item]:
    items: list[Item] = []
    for quote in quotes:
        try:
            found = advisor.shelf.clause(Address.parse(quote.source))
        except AdvisorError:  # withdrawn meanwhile
            continue
        items.append(item_of(f"E{len(items) + 1}", quote.source, found))
    return items


def _sentence(text: str, addresses: Sequence[str], items: Sequence[Item]) -> Sentence:
    clauses = {item.cited.address: item.found for item in items}
    return Sentence(
        nature=Nature.WRITTEN,
        text=text,
        source=addresses[0],
        also=tuple(addresses[1:]),
        held=tuple(digest(clauses[address].clause.text) for address in addresses),
        is_digest=any(clauses[address].document.is_digest for address in addresses),
    )


def digest(text: str) -> str:
    """By which a clause is known to be the one a sentence was judged against."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
