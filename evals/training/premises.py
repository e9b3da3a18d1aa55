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
from collections.abc import Callable, Iterator
from pathlib import Path

from corpus.documents import Frozen

SIX = ("ar", "en", "es", "fr", "ru", "zh")
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
    for place, n in enumerate(random.Random(1).sample(fit, most)):
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
    for n in random.Random(2).sample(range(min(map(len, rows.values()))), most):
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
    for row in random.Random(3).sample(fit, most):
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
    chance = random.Random(4)
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


def parallel(charter: Path, declaration: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """(English paragraph, the same by language), of legal texts in six languages."""
    for line in charter.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        parts = {
            language: [p.strip() for p in row.get(language, "").split("\n") if p.strip()]
            for language in SIX
        }
        if len({len(some) for some in parts.values()}) == 1:
            for n, english in enumerate(parts["en"]):
                yield english, {language: some[n] for language, some in parts.items()}
    names = {"eng": "en", "fra": "fr", "spa": "es", "rus": "ru", "arb": "ar", "cmn_hans": "zh"}
    held = {
        names[one["lang"]]: one["articles"]
        for one in json.loads(declaration.read_text(encoding="utf-8"))
    }
    for n, english in enumerate(held["en"]):
        yield (
            re.sub(r"\s+", " ", english),
            {language: re.sub(r"\s+", " ", some[n]) for language, some in held.items()},
        )


def charter(
    pairs: Iterator[tuple[str, dict[str, str]]], altered: Callable[[str, random.Random], list[str]]
) -> Iterator[Premise]:
    """Each paragraph in six languages beside the English one, and beside what was made of it.

    Args:
        pairs: as `parallel` gives them.
        altered: English clauses that no longer say the same as the one given; of these, of the next
            paragraph, and of the paragraph itself, a statement is held to each.
    """
    chance = random.Random(5)
    held = [(english, other) for english, other in pairs if 40 < len(english) < _LONGEST]
    for n, (english, other) in enumerate(held):
        wrong = altered(english, chance)
        near = held[(n + 1) % len(held)][0]
        for language, said in other.items():
            if language != "en":
                yield Premise(
                    source="parallel", premise=english, said=said, language=language, true=True
                )
            false = chance.sample(wrong, min(2, len(wrong))) + ([near] if chance.random() < 0.5 else [])
            for premise in false:
                yield Premise(
                    source="parallel", premise=premise, said=said, language=language, true=False
                )
