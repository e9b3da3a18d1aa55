"""The public sets as they lie in the library of real texts: passages, questions, what is relevant.

Nothing is changed but the ids of passages, which become ours; see each PROVENANCE.txt there for
where a set comes from and its licence.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from corpus.errors import AdvisorError

XQUAD_LANGUAGES = ("en", "es", "ar", "zh", "ru")
"""Those of XQuAD's languages that are among the six; there is no French."""


class NoSet(AdvisorError):
    """For the evaluator: the library does not hold this public set."""

    code = "no-public-set"


class Plain(NamedTuple):
    """A passage of a public set: no clauses, no sections, often no title."""

    id: str
    text: str
    title: str = ""


class Asked(NamedTuple):
    """A question with what is relevant to it, by passage id.

    Attributes:
        history: (speaker, text) of the turns before it, oldest first; 'user' or 'agent'.
        facts: whatever else the set says of it.
    """

    id: str
    text: str
    relevant: dict[str, int]
    history: tuple[tuple[str, str], ...] = ()
    facts: dict[str, str] = {}


class PublicSet(NamedTuple):
    """One set: passages in one language, questions in one language."""

    name: str
    passages: tuple[Plain, ...]
    questions: tuple[Asked, ...]
    language: str = "en"
    asked_in: str = "en"


def held_xquad(shared: Path) -> tuple[str, ...]:
    """Languages of XQuAD that this library holds."""
    folder = shared / "bench" / "xquad"
    return tuple(c for c in XQUAD_LANGUAGES if (folder / f"xquad.{c}.json").is_file())


def xquad(shared: Path, language: str, asked_in: str = "") -> PublicSet:
    """Paragraphs in `language`, questions in `asked_in` (by default the same language).

    The set is parallel: a question's id is the same in every language.

    Raises:
        NoSet: a language is not there.
    """
    asked_in = asked_in or language
    passages: list[Plain] = []
    home: dict[str, str] = {}
    for article in _xquad(shared, language):
        for paragraph in article["paragraphs"]:
            passages.append(Plain(f"xquad-{len(passages)}", " ".join(paragraph["context"].split())))
            home |= {qa["id"]: passages[-1].id for qa in paragraph["qas"]}
    questions = [
        Asked(qa["id"], qa["question"], {home[qa["id"]]: 1})
        for article in _xquad(shared, asked_in)
        for paragraph in article["paragraphs"]
        for qa in paragraph["qas"]
    ]
    return PublicSet("xquad", tuple(passages), tuple(questions), language, asked_in)


def scifact(shared: Path) -> PublicSet:
    """SciFact as BEIR has it: abstracts with titles, the 300 test claims.

    Raises:
        NoSet: it is not there.
    """
    folder = _folder(shared, "scifact")
    return PublicSet(
        "scifact",
        tuple(
            Plain(row["_id"], row["text"], row.get("title", ""))
            for row in _lines(folder / "corpus.jsonl")
        ),
        tuple(Asked(row["_id"], row["text"], relevant) for row, relevant in _judged(folder)),
    )


def mtrag_un(shared: Path) -> PublicSet:
    """MTRAG-UN's last turns with their history, over the closed pool of passages.

    Raises:
        NoSet: it is not there.
    """
    folder = _folder(shared, "mtrag_un")
    return PublicSet(
        "mtrag-un",
        tuple(
            Plain(row["_id"], " ".join(row["text"].split()), row.get("title", ""))
            for row in _lines(folder / "corpus.jsonl")
        ),
        tuple(
            Asked(
                row["_id"],
                row["text"],
                relevant,
                tuple((turn["speaker"], turn["text"]) for turn in row["history"]),
                {
                    "domain": row["domain"],
                    "answerability": row["answerability"][0],
                    "turn": row["multi_turn"][0],
                },
            )
            for row, relevant in _judged(folder)
        ),
    )


def _folder(shared: Path, name: str) -> Path:
    folder = shared / "bench" / name
    if not folder.is_dir():
        raise NoSet(f"The library of real texts holds no {name}: look for bench/{name} in it.")
    return folder


def _xquad(shared: Path, language: str) -> list[dict[str, Any]]:
    path = _folder(shared, "xquad") / f"xquad.{language}.json"
    if not path.is_file():
        raise NoSet(f"The library of real texts holds no XQuAD in '{language}'.")
    articles: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["data"]
    return articles


def _judged(folder: Path) -> list[tuple[dict[str, Any], dict[str, int]]]:
    relevant: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text("utf-8").splitlines()[1:]:
        question, passage, grade = line.split("\t")
        relevant.setdefault(question, {})[passage] = int(grade)
    rows = _lines(folder / "queries.jsonl")
    return [(row, relevant[row["_id"]]) for row in rows if row["_id"] in relevant]


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
