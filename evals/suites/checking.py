"""Is a suite fit to run: addresses that exist, questions asked once, nuggets that can be found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from corpus.addresses import Address
from corpus.documents import Frozen
from evals.suites.metrics import ClauseText
from evals.suites.suite import BadSuite, Suite, load_suite
from evals.suites.words import share_of_words, stems

_NO_SHARED_WORD = 0.0


class Finding(Frozen):
    """One thing an author should look at."""

    item: str
    problem: str


def check_suite(suite: Suite, clause_text: ClauseText) -> list[Finding]:
    """Findings in reading order; an empty list means the suite is fit to run."""
    return [*_addresses(suite, clause_text), *_duplicates(suite), *_nuggets(suite, clause_text)]


def _addresses(suite: Suite, clause_text: ClauseText) -> Iterator[Finding]:
    for item in suite.items:
        for address in (*item.gold, *item.also, *item.gold_first_turn):
            if clause_text(address) is None:
                yield Finding(item=item.id, problem=f"no clause '{address}' on the shelf")


def _duplicates(suite: Suite) -> Iterator[Finding]:
    seen: dict[tuple[str, frozenset[str]], str] = {}
    for item in suite.items:
        asked = (item.language, frozenset(stems(" ".join(item.turns))))
        if asked in seen and asked[1]:
            yield Finding(item=item.id, problem=f"asks the same as {seen[asked]}")
        seen.setdefault(asked, item.id)


def _nuggets(suite: Suite, clause_text: ClauseText) -> Iterator[Finding]:
    for item in suite.items:
        gold = " ".join(clause_text(address) or "" for address in (*item.gold, *item.also))
        for nugget in item.nuggets:
            if gold and share_of_words(nugget.text, gold) == _NO_SHARED_WORD:
                yield Finding(
                    item=item.id, problem=f"no word of nugget '{nugget.text}' is in its clauses"
                )


def append_item(
    path: Path, question: str, gold: list[str], kind: str, clause_text: ClauseText
) -> str:
    """Add an item to the end of a suite's file; returns its id.

    Raises:
        BadSuite: an address does not exist, or the file is not a suite.
        BadAddress: an address is not one.
    """
    for address in gold:
        if clause_text(str(Address.parse(address))) is None:
            raise BadSuite(f"There is no clause '{address}' on the shelf.")
    taken = {item.id for item in load_suite(path).items} if path.exists() else set()
    number = len(taken) + 1
    while (name := f"Q{number:03d}") in taken:
        number += 1
    item = {"id": name, "type": kind, "question": question, "answerable": bool(gold)}
    if gold:
        item["gold"] = gold
    with path.open("a", encoding="utf-8") as out:
        out.write(yaml.safe_dump([item], allow_unicode=True, sort_keys=False))
    return name
