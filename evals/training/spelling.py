"""What tells a slip of the keyboard from a word that is merely rare: fitted, not listed.

Right words are the words of the questions and of the texts, each looked at as if the vocabulary did
not hold it; slips are made of the vocabulary's words, the common ones more often. What is asked of
both is whether the likeliest word near by is the one meant. `least`, the chance that is believed,
is the one that at most `FALSE` of the right words exceed.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from assistant.asking.forms import asked_with
from indexing import spelling
from indexing.spelling import SCRIPTS, SIGNALS, Letters, Vocabulary, bare

DATA = files("evals") / "data"

FALSE = 0.005
"""Share of right words, unknown to the vocabulary, that may be read as others."""

_A_LANGUAGE = 4000
"""Slips made in each language."""

Example = tuple[list[float], bool, bool]
"""The SIGNALS of a word and what it may be meant for; whether it is; whether it is a slip."""


def fit(letters: Letters) -> tuple[dict[str, Any], dict[str, Any]]:
    """The weights of each script, and what they reach on every fifth word, which they never saw."""
    from sklearn.linear_model import LogisticRegression

    made: dict[str, Any] = {"signals": list(SIGNALS)}
    told: dict[str, Any] = {}
    for script in dict.fromkeys(SCRIPTS.values()):
        codes = [code for code, of in SCRIPTS.items() if of == script]
        learned: list[Example] = []
        unseen: list[list[Example]] = []
        for code in codes:
            for place, group in enumerate(_examples(code, letters)):
                if place % 5 == 0:
                    unseen.append(group)
                else:
                    learned += group
        rows = np.array([row for row, _, _ in learned])
        meant = np.array([right for _, right, _ in learned])
        model = LogisticRegression(C=1.0, max_iter=2000).fit(rows, meant)

        def best(group: list[Example], model: Any = model) -> tuple[float, bool]:
            if not group:
                return 0.0, False
            sure = model.predict_proba(np.array([row for row, _, _ in group]))[:, 1]
            at = int(sure.argmax())
            return float(sure[at]), group[at][1]

        right = sorted(best(group)[0] for group in unseen if not group or not group[0][2])
        slips = [best(group) for group in unseen if group and group[0][2]]
        least = max(0.5, right[int(len(right) * (1 - FALSE))])
        made[script] = {
            "weights": [round(float(w), 3) for w in model.coef_[0]],
            "bias": round(float(model.intercept_[0]), 3),
            "least": round(least, 3),
        }
        told[script] = {
            "right words": len(right),
            "read as others": round(sum(p >= least for p in right) / len(right), 4),
            "slips": len(slips),
            "mended": round(sum(p >= least and ok for p, ok in slips) / len(slips), 3),
            "mended wrongly": round(sum(p >= least and not ok for p, ok in slips) / len(slips), 3),
        }
    return made, told


def _examples(language: str, letters: Letters) -> Iterator[list[Example]]:
    """Groups of what one word may be meant for, in an order that mixes right words and slips."""
    book = spelling.vocabulary(language, asked_with(language))
    rng = random.Random(language)  # noqa: S311
    words = sorted(book.counts)
    groups: list[list[Example]] = []
    for word in sorted({*words, *_asked(language)}):
        if len(word) < spelling.SHORTEST[language] or letters.knows(word):
            continue
        # One that the vocabulary holds is looked at as one of the many like it that it does not.
        near = [
            (row, False, False)
            for other, row in spelling.considered(word, book, letters)
            if bare(other) != bare(word)
        ]
        if word not in book.counts or book.counts[word] < 3:
            groups.append(near)
    long = [word for word in words if len(word) >= spelling.SHORTEST[language]]
    odds = [book.counts[word] ** 0.7 for word in long]
    for word in rng.choices(long, odds, k=_A_LANGUAGE):
        typed = _slip(word, book, rng)
        if typed in book.counts or letters.knows(typed):
            continue
        if len(typed) >= spelling.SHORTEST[language]:
            groups.append(
                [
                    (row, bare(other) == bare(word), True)
                    for other, row in spelling.considered(typed, book, letters)
                ]
            )
    rng.shuffle(groups)
    yield from groups


def _asked(language: str) -> set[str]:
    """The words of the questions of the evaluation room, in one language."""
    found: set[str] = set()
    for path in sorted(Path(str(DATA / "questions")).glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            question = json.loads(line)
            if question["lang"] == language:
                found |= {m[0].casefold() for m in spelling.WORD.finditer(question["q"])}
    return found


def _slip(word: str, book: Vocabulary, rng: random.Random) -> str:
    """A word with a slip in it, and now and then two."""
    typed = _one(word, book, rng)
    if word in book.asking and len(word) >= spelling.LONG[book.language] and rng.random() < 0.2:
        typed = _one(typed, book, rng)
    return typed


def _one(word: str, book: Vocabulary, rng: random.Random) -> str:
    at = rng.randrange(1 if rng.random() < 0.9 else 0, len(word))
    letter = rng.choice(rng.choice(tuple(book.spelt)))
    match rng.choices(("swap", "drop", "double", "add", "change"), (3, 4, 2, 1, 3))[0]:
        case "swap" if at + 1 < len(word):
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case "drop" | "swap":
            return word[:at] + word[at + 1 :]
        case "double":
            return word[:at] + word[at] + word[at:]
        case "add":
            return word[:at] + letter + word[at:]
        case _:
            return word[:at] + letter + word[at + 1 :]


def write(made: dict[str, Any]) -> Path:
    """Put the weights beside the code that reads them."""
    path = Path(spelling.__file__).parent / spelling.WEIGHTS
    path.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    spelling.weights.cache_clear()
    return path
