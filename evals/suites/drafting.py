"""From use to suites: a thumbs-down or a correction in the chat becomes a draft item.

The draft keeps what was asked and what the reader said of the answer, without personal data, and
waits for an author: it is tagged `draft` and carries gold clauses only where the reader named
an address.
"""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from assistant.records.conversations import Feedback, Store
from corpus.addresses import Address
from corpus.errors import BadAddress
from evals.suites.suite import load_suite

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w/@#.-])\+?\(?\d[\d\s().-]{7,}\d(?![\w/@#-])")
_YEARS = re.compile(r"\d{4}\s?[-–]\s?\d{4}")
_NAME = r"(?:[^\W\d_][\w'’-]*)"
_CAPITAL = r"(?:[A-ZÀ-ÖØ-ÞА-ЯЁ](?:\.|[\w'’-]*))"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|M|Mme|Sr|Sra)\.?\s+)?"
# The lead-ins are read in any case; the name itself only where it is written as one.
_INTRODUCED = re.compile(
    r"\b((?i:I am|I'm|I’m|this is|my name is|name:|je suis|je m['’]appelle|mon nom est|soy"
    r"|me llamo|mi nombre es|меня зовут|regards,|cordialement,|saludos,)\s+)"
    rf"{_TITLE}{_CAPITAL}(?:\s+(?:(?:de|da|van|von|bin|al|el)\s+)?{_CAPITAL}){{0,3}}"
)
_NAMED = re.compile(
    rf"\b((?i:my name is|me llamo|je m['’]appelle)\s+){_NAME}(?:\s+(?!(?:and|et|y)\b){_NAME})?"
)
_ARABIC = re.compile(r"(اسمي\s+)\S+(?:\s+\S+)?")
_CHINESE = re.compile(r"(我叫|我的名字是|我是)([\u4e00-\u9fff]{2,3})(?=[，。,.\s]|$)")
_ANYWHERE = re.compile(r"[a-z][a-z0-9-]*(?:@\d{4}[a-z]?)?#[\w.-]*\w")

REMOVED = "[…]"


def without_personal_data(text: str) -> str:
    """The text without e-mail addresses, telephone numbers and names people give themselves.

    Rules, not a guarantee: an author reads a draft before it enters a suite.
    """
    clean = _EMAIL.sub(REMOVED, text)
    clean = _PHONE.sub(lambda m: m[0] if _YEARS.fullmatch(m[0].strip()) else REMOVED, clean)
    for pattern in (_INTRODUCED, _NAMED, _ARABIC, _CHINESE):
        clean = pattern.sub(rf"\g<1>{REMOVED}", clean)
    return clean


def draft(store: Store, feedback: Feedback) -> dict[str, object]:
    """A suite's item, as YAML holds it, from one reader's opinion of one turn.

    Raises:
        UnknownTurn: the turn was deleted since.
    """
    turn = store.turn(feedback.turn, owner=None)
    turns = store.turns(turn.answer.conversation, feedback.owner)
    asked = [t.question for t in turns[: 1 + [t.id for t in turns].index(turn.id)]]
    item: dict[str, object] = {"id": f"FB-{turn.id[:8]}", "type": "from_use", "tags": ["draft"]}
    if len(asked) > 1:
        item["turns"] = [without_personal_data(one) for one in asked]
        item["standalone"] = without_personal_data(turn.answer.question)
    else:
        item["question"] = without_personal_data(turn.question)
    item |= {"language": turn.answer.language, "expect": ["answered", "partly_answered"]}
    gold = [address for address in _ANYWHERE.findall(feedback.comment) if _is_address(address)]
    if gold:
        item["gold"] = list(dict.fromkeys(gold))
    said = without_personal_data(" ".join(f"{feedback.reason} {feedback.comment}".split()))
    cited = " ".join(dict.fromkeys(a for c in turn.answer.claims for a in c.addresses))
    item["note"] = (
        f"Answered '{turn.answer.status.value}', citing {cited or 'nothing'}. "
        f"The reader: {said or 'not helpful'}. To do: set gold, nuggets and expect."
    )
    return item


def append_drafts(path: Path, store: Store, turn: str | None = None) -> list[str]:
    """Add a draft for each unhelpful turn that the suite does not hold yet; returns their ids.

    Args:
        path: the suite's file; made when missing.
        store: where opinions are.
        turn: only this turn's, helpful or not (a correction may come with either).

    Raises:
        BadSuite: the file is not a suite.
        UnknownTurn: a turn was deleted between being listed and being read.
    """
    taken = {item.id for item in load_suite(path).items} if path.exists() else set()
    added = []
    for feedback in reversed(store.feedback(turn)):
        if feedback.helpful and turn is None and not _ANYWHERE.search(feedback.comment):
            continue
        item = draft(store, feedback)
        name = str(item["id"])
        if name in taken:
            continue
        with path.open("a", encoding="utf-8") as out:
            out.write(yaml.safe_dump([item], allow_unicode=True, sort_keys=False))
        taken.add(name)
        added.append(name)
    return added


def _is_address(text: str) -> bool:
    try:
        Address.parse(text)
    except BadAddress:
        return False
    return True
