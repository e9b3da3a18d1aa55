"""Clauses on a subject, for any form: the search and choice of the pipeline, asked once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.asking import retrieving
from assistant.asking.answering import chosen
from assistant.asking.selection import Choice
from assistant.turn import Tools, Turn
from corpus.addresses import Address
from corpus.documents import Document, SectionKind
from corpus.errors import UnknownAddress
from corpus.shelf.register import Found


def ask(
    turn: Turn, tools: Tools, question: str, documents: Sequence[str] = ()
) -> tuple[Turn, list[Choice]]:
    """Search for `question` (in `documents` only, where given): the turn with it, and its choices.

    Withdrawn and tampered texts are left out as in any turn (P8, P10).
    """
    filters = turn.filters
    if documents:
        filters = filters.model_copy(update={"documents": tuple(documents), "superseded": True})
    asked = turn.having(question=question, text=question, filters=filters, result=None, past=())
    asked = retrieving.search(asked, tools)
    result = asked.result
    if result is None or not result.evidence:
        return asked, []
    return asked, chosen(asked, result)


def likeliest(
    turn: Turn, tools: Tools, questions: Sequence[str], documents: Sequence[str] = ()
) -> tuple[Turn, list[Choice]]:
    """`ask` in several words: the turn of the words that carry most, and of every passage its
    likeliest choice, likeliest first."""
    best: dict[str, Choice] = {}
    turns: list[Turn] = []
    for question in dict.fromkeys(q for q in questions if q.strip()):
        asked, choices = ask(turn, tools, question, documents)
        turns.append(asked)
        for choice in choices:
            held = best.get(choice.evidence.passage.id)
            if held is None or held.probability < choice.probability:
                best[choice.evidence.passage.id] = choice
    first = max(turns, key=lambda t: t.result.answerable if t.result else 0.0, default=turn)
    return first, sorted(best.values(), key=lambda choice: -choice.probability)


def carries(turn: Turn) -> bool:
    """Whether the evidence of a turn that was asked carries an answer to its question."""
    return turn.result is not None and bool(turn.result.evidence) and turn.result.enough


def founds(choice: Choice, tools: Tools) -> list[Found]:
    """The clauses of a choice as they stand on the shelf."""
    passage = choice.evidence.passage
    try:
        document = tools.shelf.document(passage.key)
    except UnknownAddress:
        return []
    out = []
    for address in passage.addresses:
        if hit := document.find(Address.parse(address)):
            out.append(Found(document=document, section=hit[0], clause=hit[1]))
    return out


def best_of(choices: Iterable[Choice]) -> dict[str, list[Choice]]:
    """Choices by document, documents in the order of their likeliest clause."""
    groups: dict[str, list[Choice]] = {}
    for choice in choices:
        groups.setdefault(choice.evidence.passage.document, []).append(choice)
    return groups


def telling(document: Document, most: int = 3) -> list[Found]:
    """The clauses that say most of a document as a whole: what it resolves, else its first ones."""
    clauses = [
        Found(document=document, section=section, clause=clause)
        for section, clause in document.clauses()
    ]
    resolves = [f for f in clauses if f.section.slug.startswith(("resolves", "decides"))]
    body = [f for f in clauses if f.section.kind in (SectionKind.OPERATIVE, SectionKind.BODY)]
    return (resolves or body or clauses)[:most]
