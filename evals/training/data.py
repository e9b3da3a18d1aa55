"""All questions that anything is learned from or measured on, in one form, split by document.

A question set is a file of JSON lines:

    {"id", "q", "lang", "kind", "gold": [addresses], "also": [addresses], "near": [addresses]}

`gold` is the smallest set of clauses that answers, `also` others that may be cited, `near` what
looks nearest to a question that nothing answers (then `gold` is empty). Our own sets lie in
`evals/data/questions/`; those of the library of real texts are read from there and not copied.

Which part a document belongs to follows from its id alone (`part`), once and for all: two folds
that are trained on in turn, and a part that nothing learns from.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Literal

from corpus.documents import Frozen

Part = Literal["one", "two", "kept"]

KEPT = 1
"""Tenths of the documents that nothing learns from."""

SHARED_SETS = ("gold/pp18_more.jsonl",)


class Asked(Frozen):
    """One question, its set and the corpus it is asked over."""

    id: str
    corpus: str
    set: str
    question: str
    language: str
    kind: str
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    near: tuple[str, ...] = ()

    @property
    def right(self) -> frozenset[str]:
        """Addresses that may be cited."""
        return frozenset((*self.gold, *self.also))

    @property
    def parts(self) -> frozenset[Part]:
        """Parts of the documents this question is about; that of its own id where there is none."""
        about = {address.partition("#")[0] for address in self.gold or self.near}
        return frozenset(part(document) for document in about or {self.id})


def part(document: str) -> Part:
    """The part of a document, by its id without the edition: editions of one text stay together."""
    digest = hashlib.sha256(document.partition("@")[0].encode()).digest()
    tenth = digest[0] * 256 + digest[1]
    if tenth % 10 < KEPT:
        return "kept"
    return "one" if tenth // 10 % 2 else "two"


def read_questions(path: Path, corpus: str) -> Iterator[Asked]:
    """The questions of one file; `set` is what the line says, else the file's name."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip():
            continue
        row = json.loads(line)
        name = f"w{row['set']}" if "set" in row else path.stem
        yield Asked(
            id=row["id"],
            corpus=corpus,
            set=name,
            question=row["q"],
            language=row["lang"],
            kind="near_miss" if row["kind"] == "unanswerable" else row["kind"],
            gold=tuple(row["gold"]),
            also=tuple(row.get("also", ())),
            near=_near(row.get("near")),
        )


QUESTIONS = Path(str(files("evals").joinpath("data", "questions")))
"""Our own sets, a file a corpus: those that the encoder was trained on; in `since`, those written
since, which the judge learns from with the encoder as it ships; in `fresh`, those that nothing is
learned from, over documents that nothing was trained on."""


def own_questions(since: bool = False) -> list[Asked]:
    """Those of the repository that may be learned from, of every corpus.

    `since`: only those written since the encoder was trained.
    """
    later = QUESTIONS / "since"
    return [
        asked
        for folder in ([later] if since else [QUESTIONS, later])
        for path in sorted(folder.glob("*.jsonl"))
        for asked in read_questions(path, path.stem)
    ]


def learning(questions: Iterable[Asked], without: Part | None) -> list[Asked]:
    """Those that may be learned from when part `without` is left out ("kept" always is)."""
    out = {"kept", without}
    return [asked for asked in questions if not asked.parts & out]


def _near(said: object) -> tuple[str, ...]:
    if not said:
        return ()
    return (said,) if isinstance(said, str) else tuple(str(one) for one in said)  # type: ignore[attr-defined]
