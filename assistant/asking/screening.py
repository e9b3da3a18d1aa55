"""The first look at a question: what cannot be one, what must not be followed, what is not ours.

Only the request itself is judged, never its subject: "What does Resolution 130 say on attacks?"
is a question like any other. Retrieved text needs no such screen in quoting mode, where nothing
reads it as an instruction.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

import yaml

from assistant import phrases
from assistant.answers import Status
from assistant.errors import BadQuestion, EmptyQuestion, QuestionTooLong
from assistant.turn import Tools, Turn
from corpus.language.letters import detect_language, dominant_script
from corpus.tampering.characters import plain, visible
from corpus.tampering.commands import command_in

MAX_CHARACTERS = 4000
"""A page of text; what is longer is a document, not a question."""

_GAME = ("persona", "unbound", "product")
"""Classes of which a game of persona holds two: a role, freedom from rules, a program's name."""

_FOREIGN, _UNSAFE = "foreign", "unsafe"

_FEW = 4
"""Words in Latin letters up to which their language is taken from what surrounds them."""


__all__ = ["judge", "language_of", "readable", "screen", "visible"]


@cache
def _patterns(kind: str) -> tuple[re.Pattern[str], ...]:
    raw = yaml.safe_load(files("assistant.asking").joinpath("screening.yaml").read_text("utf-8"))
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in raw[kind])


def readable(asked: str) -> str:
    """What was typed, cleaned, as every face passes it on to a search or a question.

    Raises:
        QuestionTooLong: more than MAX_CHARACTERS as typed.
        EmptyQuestion: no letter or digit is left.
        BadQuestion: it holds half of a character (a lone surrogate), which no reply can hold.
    """
    if len(asked) > MAX_CHARACTERS:
        raise QuestionTooLong(
            f"A question may have {MAX_CHARACTERS:,} characters; this one has {len(asked):,}. "
            "Shorten it, or ask its parts one by one."
        )
    if any("\ud800" <= c <= "\udfff" for c in asked):
        raise BadQuestion(
            "The text holds half of a character (a lone surrogate). Send it as UTF-8."
        )
    text = visible(asked)
    if not any(c.isalnum() for c in text):
        raise EmptyQuestion("The question is empty. Type one, in any of the six UN languages.")
    return text


def screen(turn: Turn, tools: Tools) -> Turn:
    """Clean the text; end the turn where it is unsafe or foreign to the mission.

    Raises:
        BadQuestion: as `readable`.
    """
    text = readable(turn.asked)
    language = turn.wanted or language_of(text, turn)
    turn = turn.having(text=text, language=language, question=text)
    verdict = judge(turn.asked, text)
    turn = turn.seen(
        "screen", removed=len(turn.asked.strip()) - len(text), language=language, verdict=verdict
    )
    if verdict == _UNSAFE:
        return turn.having(
            status=Status.REFUSED_UNSAFE, notes=(phrases.say(language, "refused-unsafe"),)
        )
    if verdict == _FOREIGN:
        return turn.having(
            status=Status.OUT_OF_SCOPE, notes=(phrases.say(language, "out-of-scope"),)
        )
    return turn


def judge(asked: str, text: str) -> str:
    """'unsafe', 'foreign' or '' for a request, from its words alone."""
    shown = plain(text)
    if command_in(asked) or any(p.search(shown) for p in _patterns(_UNSAFE)):
        return _UNSAFE
    if sum(any(p.search(shown) for p in _patterns(kind)) for kind in _GAME) > 1:
        return _UNSAFE
    return _FOREIGN if any(p.search(shown) for p in _patterns(_FOREIGN)) else ""


def language_of(text: str, turn: Turn) -> str:
    """The question's language; the conversation's, or the page's, where a few words tell little."""
    found = detect_language(text)
    if found not in phrases.LANGUAGES:
        # The nearest of the six by script, so that a Persian or Ukrainian asker is not left out.
        found = {"arabic": "ar", "cyrillic": "ru", "han": "zh"}.get(
            dominant_script(text) or "", "en"
        )
    if dominant_script(text) in ("latin", None) and len(text.split()) <= _FEW:
        before = turn.past[-1].language if turn.past else turn.page_language
        if turn.past:
            return before if before in ("en", "es", "fr") else found
        return before or found
    return found
