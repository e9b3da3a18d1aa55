"""Pairs of a premise and a statement from public data: borne out or not, in six languages.

Premises are English wherever a set is parallel, as most texts held are: a statement in another
language is then to be compared with an English clause, which is the harder half of the work.
What may not be used for training (XNLI: CC BY-NC) is not read here.
"""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

from corpus.documents import Frozen

_LONGEST = 420


class Premise(Frozen):
    """A pair to learn from.

    Attributes:
        source: set it comes from.
        premise: what is given; `language` is that of `said`.
        said: the statement.
        true: whether the premise bears it out.
    """

    source: str
    premise: str
    said: str
    language: str
    true: bool


def multinli(folder: Path, most: int) -> Iterator[Premise]:
    """English premises with hypotheses in five languages (the same rows), and some all in one."""
    rows = {
        language: _rows(folder / f"multinli.train.{language}.tsv")
        for language in ("ar", "en", "es", "fr", "zh")
    }
    fit = [n for n, row in enumerate(rows["en"]) if 40 < len(row[0]) < 260 and len(row) == 3]
    for place, n in enumerate(random.Random(1).sample(fit, min(most, len(fit)))):  # noqa: S311
        for language, held in rows.items():
            if len(held[n]) != 3:
                continue
            premise, said, label = held[n]
            yield Premise(
                source="multinli",
                premise=_joined(premise, language)
                if language != "en" and place % 6 == 0
                else rows["en"][n][0],
                said=_joined(said, language),
                language=language,
                true=label == "entailment",
            )


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def _joined(text: str, language: str) -> str:
    """Chinese is given there with a space between words."""
    return re.sub(r"\s+", "", text) if language == "zh" else text


def pawsx(folder: Path, most: int) -> Iterator[Premise]:
    """English sentences beside sentences of nearly the same words, in four languages."""
    rows = {
        language: _rows(folder / f"dev-{language}.tsv") for language in ("en", "es", "fr", "zh")
    }
    for n in random.Random(2).sample(range(min(map(len, rows.values()))), most):  # noqa: S311
        for language, held in rows.items():
            if len(held[n]) == 3 and held[n][1].strip():
                yield Premise(
                    source="pawsx",
                    premise=rows["en"][n][0],
                    said=held[n][1],
                    language=language,
                    true=held[n][2].strip() == "1",
                )


def terra(folder: Path, most: int) -> Iterator[Premise]:
    """Russian premises with Russian statements."""
    lines = (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    fit = [row for row in rows if len(row["premise"]) < _LONGEST]
    for row in random.Random(3).sample(fit, most):  # noqa: S311
        yield Premise(
            source="terra",
            premise=row["premise"],
            said=row["hypothesis"],
            language="ru",
            true=row["label"] == "entailment",
        )


def contractnli(folder: Path, most: int) -> Iterator[Premise]:
    """Clauses of contracts beside what they may oblige to, allow or forbid."""
    held = json.loads((folder / "dev.json").read_text(encoding="utf-8"))
    chance = random.Random(4)  # noqa: S311
    found: list[Premise] = []
    for document in held["documents"]:
        text = document["text"]
        spans = [re.sub(r"\s+", " ", text[a:b]).strip() for a, b in document["spans"]]
        whole = [n for n, span in enumerate(spans) if len(span) > 80]
        for key, label in document["annotation_sets"][0]["annotations"].items():
            used = label["spans"] or (chance.sample(whole, 1) if whole else [])
            premise = " ".join(spans[n] for n in used)
            if premise and len(premise) < 2 * _LONGEST:
                found.append(
                    Premise(
                        source="contractnli",
                        premise=premise,
                        said=held["labels"][key]["hypothesis"],
                        language="en",
                        true=label["choice"] == "Entailment",
                    )
                )
    true = [one for one in found if one.true]
    false = [one for one in found if not one.true]
    for some in (true, false):
        yield from chance.sample(some, min(most // 2, len(some)))
