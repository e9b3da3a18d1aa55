"""Drafts made from readers' opinions, and what evaluators decided about them."""

from __future__ import annotations

import json
from typing import Any

import yaml
from sqlalchemy import Engine, delete, insert, select

from assistant.api.evaluating import DraftItem, UnknownRun
from assistant.errors import UnknownTurn
from assistant.records.conversations import Feedback, Store, now
from assistant.records.tables import suite_drafts_table
from corpus.addresses import Address
from corpus.database import make_tables, one_at_a_time, reading
from evals.suites.drafting import draft

_NEWEST = 500
"""Opinions looked at; older ones have had their time."""


def listed(engine: Engine, store: Store) -> list[DraftItem]:
    """A draft for each turn a reader called unhelpful or corrected; undecided ones first."""
    make_tables(engine)
    with reading(engine) as connection:
        rows = {r.turn: r for r in connection.execute(select(suite_drafts_table))}
    found: dict[str, DraftItem] = {}
    for opinion in store.feedback(limit=_NEWEST):
        if opinion.turn in found or (opinion.helpful and not opinion.comment.strip()):
            continue
        row = rows.get(opinion.turn)
        try:
            item = json.loads(row.item) if row else draft(store, opinion)
        except UnknownTurn:
            continue  # deleted since
        found[opinion.turn] = _view(opinion.turn, item, row)
    return sorted(found.values(), key=lambda one: bool(one.decision))


def decide(
    engine: Engine, store: Store, turn: str, accept: bool, gold: tuple[str, ...], by: str
) -> DraftItem:
    """Keep a decision; a later one replaces it.

    Raises:
        UnknownRun: no reader said anything about this turn.
        BadAddress: a clause named is not written as an address.
    """
    opinion = _opinion(store, turn)
    item = draft(store, opinion)
    named = [str(Address.parse(one)) for one in gold]
    if named:
        item["gold"] = named
    if accept:
        item["tags"] = ["from-use"]
    values = {
        "turn": turn,
        "decision": "accepted" if accept else "rejected",
        "actor": by,
        "at": now(),
        "item": json.dumps(item, ensure_ascii=False),
    }
    make_tables(engine)
    with engine.begin() as connection:
        one_at_a_time(connection, f"draft-of-{turn}")
        connection.execute(delete(suite_drafts_table).where(suite_drafts_table.c.turn == turn))
        connection.execute(insert(suite_drafts_table).values(values))
        row = connection.execute(
            select(suite_drafts_table).where(suite_drafts_table.c.turn == turn)
        ).one()
    return _view(turn, item, row)


def accepted(engine: Engine) -> str:
    """The accepted drafts as a suite, YAML; an author still sets nuggets and what is expected."""
    make_tables(engine)
    statement = (
        select(suite_drafts_table.c.item)
        .where(suite_drafts_table.c.decision == "accepted")
        .order_by(suite_drafts_table.c.at)
    )
    with reading(engine) as connection:
        items = [json.loads(item) for item in connection.execute(statement).scalars()]
    suite = {"title": "From use", "items": items}
    return yaml.safe_dump(suite, allow_unicode=True, sort_keys=False, width=100)


def _opinion(store: Store, turn: str) -> Feedback:
    found = store.feedback(turn, limit=1)
    if not found:
        raise UnknownRun("No reader said anything about this answer, so there is no draft of it.")
    return found[0]


def _view(turn: str, item: dict[str, Any], row: Any) -> DraftItem:
    questions = item.get("turns") or [item["question"]]
    return DraftItem(
        turn=turn,
        id=item["id"],
        language=item["language"],
        questions=tuple(questions),
        gold=tuple(item.get("gold", ())),
        note=item.get("note", ""),
        decision=row.decision if row else "",
        by=row.actor if row else "",
        at=row.at if row else "",
    )
