"""The trace of an answer as a page a person can read (P7); Markdown, for the terminal and staff."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from assistant.records.conversations import StoredTurn

_SHOWN = 15
"""Candidates listed on the page; all of them are in the JSON."""


def as_page(turn: StoredTurn) -> str:
    """What was asked, what each step saw and decided, and what made the answer, as Markdown."""
    return "\n".join(_lines(turn)) + "\n"


def _lines(turn: StoredTurn) -> Iterator[str]:
    answer = turn.answer
    trace: Mapping[str, Any] = answer.trace
    yield f"# Trace of {turn.id}"
    yield ""
    yield f"- asked: {_plain(turn.question)}"
    yield f"- at: {turn.at}, turn {turn.number} of conversation {turn.conversation}"
    yield f"- searched as: {_plain(answer.question)}"
    yield f"- status: {answer.status.value}, language: {answer.language}"
    for name, facts in trace.items():
        if not isinstance(facts, Mapping):
            continue
        yield ""
        yield f"## {name}"
        yield ""
        for key, value in facts.items():
            if key in ("candidates", "choices") and isinstance(value, list):
                yield from _candidates(key, value)
            else:
                yield f"- {key}: {_plain(value)}"
    yield ""
    yield "## cited"
    yield ""
    for number, citation in enumerate(answer.citations, 1):
        yield f"{number}. {citation.label} ({citation.address})"


def _candidates(key: str, rows: list[Mapping[str, Any]]) -> Iterator[str]:
    yield f"- {key}: {len(rows)}"
    for row in rows[:_SHOWN]:
        score = row.get("probability", row.get("score"))
        kept = {True: " kept", False: " dropped"}.get(row.get("kept", ""), "")
        yield f"    - {score} {', '.join(row.get('addresses', []))}{kept}"


def _plain(value: object) -> str:
    """One line, so that stored text cannot forge headings of the page."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    line = " ".join(text.split())
    return line if len(line) <= 2000 else line[:2000] + " …"
