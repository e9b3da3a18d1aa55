"""Where the weights that tell the form of a message come from (`assistant/asking/forms.json`).

Learned from the first, third, fifth ... question of each language in `evals/data/forms`; the others
are kept back and only measured on. A question's subject stands in square brackets there: it is
exchanged for other subjects of the same sort, so that the form is learned and not the subject, and
its words tell subjects from the words of asking.
"""

from __future__ import annotations

import json
import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from assistant.asking.forms import EXACT, Form, Heads, Layer, exact, words
from assistant.asking.reading import counts
from corpus.documents import Frozen
from corpus.language.concepts import fold
from corpus.language.countries import country_spans
from corpus.language.references import find_references
from evals.suites.suite import load_suite
from evals.training.data import own_questions
from indexing.building.embedding import Embedder

Array = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Array]

STRENGTH = 1.0
"""Inverse of the L2 penalty, by cross-validation over the learning half."""
EXCHANGES = 3
"""Other subjects a question is learned with."""
_BRACKETS = re.compile(r"\[([^\]]*)\]")
_CLAUSES = ("learning/pp18.yaml", "suites/lookups.yaml", "suites/unanswered.yaml",
            "suites/limits.yaml", "suites/languages.yaml")  # fmt: skip
"""Our own questions for clauses, beside those written for this."""


class Example(NamedTuple):
    """A question as written, with its subjects in brackets."""

    text: str
    language: str
    label: str
    kept: bool = False

    @property
    def plain(self) -> str:
        """As it is asked."""
        return _BRACKETS.sub(r"\1", self.text)


class Measured(Frozen):
    """How often a layer is right about questions of one kind or language."""

    layer: str
    part: str
    learned: float
    kept_back: float
    questions: int


def examples(name: str) -> list[Example]:
    """The questions of one file; those of a kind of draft are labelled by it."""
    raw = yaml.safe_load((_folder() / f"{name}.yaml").read_text(encoding="utf-8"))
    found: list[Example] = []
    for key, value in raw.items():
        if key in ("form", "about"):
            continue
        groups = value.items() if isinstance(value, dict) else [(key, value)]
        for language, questions in groups:
            label = key if isinstance(value, dict) else raw.get("form", name)
            found += [Example(str(q), language, label, n % 2 == 1) for n, q in enumerate(questions)]
    return found


def _folder() -> Any:
    return files("evals") / "data" / "forms"


def fit(
    embedder: Embedder, progress: Callable[[str], None] = print, measuring: bool = True
) -> tuple[Heads, list[Measured]]:
    """Fit every head for `embedder` on all questions.

    With `measuring` each is fitted on one half before, and measured on the other.
    """
    memory: dict[str, Array] = {}

    def embed(texts: Sequence[str]) -> Array:
        new = [t for t in dict.fromkeys(texts) if t not in memory]
        for start in range(0, len(new), 64):
            part = new[start : start + 64]
            memory.update(zip(part, np.asarray(embedder.embed_queries(part)), strict=True))
            progress(f"embedded {start + len(part)} of {len(new)}")
        return np.array([memory[t] for t in texts], dtype=np.float32)

    by_form = {form: examples(form.value) for form in Form}
    every = [e for found in by_form.values() for e in found]
    forms = [
        *(e._replace(label=form.value) for form, found in by_form.items() for e in found),
        *_more_clauses(),
        # "By when?" greets nobody: what leans on the turn before asks for clauses.
        *(e._replace(label="clauses") for e in examples("follow") if e.label == "leans"),
    ]
    layers: dict[str, Layer] = {}
    measured: list[Measured] = []
    for name, known, counted in (
        ("form", forms, True),
        ("draft", by_form[Form.DRAFT], False),
        ("leans", examples("follow"), False),
    ):
        # Measured by a head that has not seen what was kept back; shipped by one that has seen all.
        for whole in (False, True) if measuring else (True,):
            learn = [e for e in known if whole or not e.kept]
            if name in ("form", "draft"):
                learn = list(_exchanged(learn, [e for e in every if whole or not e.kept]))
            layers[name] = _layer(learn, embed, counted)
            if not whole:
                measured += _measure(name, layers[name], known, embed, counted)
    heads = Heads(fingerprint=embedder.fingerprint, layers=layers, frame=_frame(every))
    return heads, measured


def _more_clauses() -> Iterator[Example]:
    """Our own questions for clauses, of other suites; half of them kept back too."""
    for name in _CLAUSES:
        path = Path(str(files("evals") / "data" / name))
        for number, item in enumerate(load_suite(path).items):
            if len(item.turns) == 1:
                yield Example(item.question, item.language, "clauses", number % 2 == 1)
    for number, asked in enumerate(own_questions()):
        yield Example(asked.question, asked.language, "clauses", number % 2 == 1)


def _exchanged(learn: Sequence[Example], pool: Sequence[Example]) -> Iterator[Example]:
    """Each example, and again with other subjects of its language and sort."""
    subjects: dict[tuple[str, str], list[str]] = defaultdict(list)
    for example in pool:
        for subject in _BRACKETS.findall(example.text):
            subjects[example.language, _sort(subject, example.language)].append(subject)
    draw = random.Random(18)  # noqa: S311
    for example in learn:
        yield example
        if not _BRACKETS.search(example.text):
            continue
        for _ in range(EXCHANGES):

            def other(match: re.Match[str], language: str = example.language) -> str:
                return f"[{draw.choice(subjects[language, _sort(match[1], language)])}]"

            yield example._replace(text=_BRACKETS.sub(other, example.text))


def _sort(subject: str, language: str) -> str:
    if find_references(subject):
        return "instrument"
    return "country" if country_spans(fold(subject), language) else "subject"


def _layer(learn: Sequence[Example], embed: Embed, counted: bool) -> Layer:
    from sklearn.linear_model import LogisticRegression

    rows = _rows(learn, embed, counted)
    centre, spread = rows.mean(axis=0), np.ones(rows.shape[1])
    width = rows.shape[1] - (len(EXACT) if counted else 0)
    spread[:width] = rows[:, :width].std()
    scaled = (rows - centre) / spread
    scaled[:, :width] /= math.sqrt(width) / 4
    labels = [e.label for e in learn]
    model = LogisticRegression(C=STRENGTH, max_iter=3000, class_weight=_weights(labels))
    model.fit(scaled, labels)
    weights = model.coef_ / spread
    weights[:, :width] /= math.sqrt(width) / 4
    bias = model.intercept_ - weights @ centre
    return Layer(
        classes=tuple(str(c) for c in model.classes_),
        weights=tuple(tuple(float(f"{w:.4g}") for w in row) for row in weights),
        bias=tuple(round(float(b), 4) for b in bias),
    )


def _weights(labels: Sequence[str]) -> dict[str, float]:
    """Half way between every class counting the same and every message: by the root of how many."""
    counted = Counter(labels)
    return {
        label: math.sqrt(len(labels) / len(counted) / number) for label, number in counted.items()
    }


def _rows(found: Sequence[Example], embed: Embed, counted: bool) -> Array:
    vectors = embed([e.plain for e in found])
    if not counted:
        return vectors
    more = np.array(
        [exact(e.plain, e.language, *counts(e.plain, e.language)) for e in found],
        dtype=np.float32,
    )
    return np.hstack([vectors, more])


def _measure(
    name: str, layer: Layer, known: Sequence[Example], embed: Embed, counted: bool
) -> Iterator[Measured]:
    rows = _rows(known, embed, counted)
    right: dict[str, dict[bool, list[bool]]] = defaultdict(lambda: {False: [], True: []})
    for example, row in zip(known, rows, strict=True):
        chances = layer.chances(row)
        good = max(chances, key=lambda c: chances[c]) == example.label
        for part in ("all", example.label, example.language):
            right[part][example.kept].append(good)
    for part, found in right.items():
        yield Measured(
            layer=name,
            part=part,
            learned=_mean(found[False]),
            kept_back=_mean(found[True]),
            questions=len(found[True]),
        )


def _mean(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 3) if values else float("nan")


def _frame(every: Sequence[Example]) -> Mapping[str, Mapping[str, float]]:
    """By language, the log odds of each word: in a subject against in the words around it."""
    inside: dict[str, Counter[str]] = defaultdict(Counter)
    outside: dict[str, Counter[str]] = defaultdict(Counter)
    for example in every:
        # A question how many texts there are has no subject: all its words are words of asking.
        if not _BRACKETS.search(example.text) and example.label != Form.COUNT:
            continue
        for number, piece in enumerate(_BRACKETS.split(example.text)):
            counter = (inside if number % 2 else outside)[example.language]
            counter.update(piece[a:b].casefold() for a, b in words(piece, example.language))
    found: dict[str, dict[str, float]] = {}
    for language in sorted(set(inside) | set(outside)):
        within, around = inside[language], outside[language]
        found[language] = {
            word: round(math.log((within[word] + 0.3) / (around[word] + 0.3)), 2)
            for word in sorted({*within, *around})
        }
    return found


def write(heads: Heads, path: Path) -> None:
    """Put the weights at `path`."""
    path.write_text(
        json.dumps(heads.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":")) + "\n",
        encoding="utf-8",
    )


def render(measured: Sequence[Measured]) -> str:
    """A Markdown table of what was measured."""
    lines = ["| head | part | learned from | kept back | questions |", "|---|---|---|---|---|"]
    lines += [
        f"| {m.layer} | {m.part} | {m.learned:.3f} | {m.kept_back:.3f} | {m.questions} |"
        for m in measured
    ]
    return "\n".join(lines)
