"""`advisor train entailment`: the learned head of the check, fitted to the encoder configured.

It learns from sentences written for it (`evals/data/claims/tuned.jsonl`, true and subtly false,
over the clauses of PP-18), from the true ones beside clauses they do not cite, from sentences made
out of clauses by rule, and a little from public sets of premise and statement. Which threshold a
sentence must reach is read off sentences of documents the head was not fitted on.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from assistant.citations import instrument
from assistant.grounding.clause import Cited
from assistant.grounding.encoder import load_encoder
from assistant.grounding.features import NAMES, Pair, features, heard_of
from assistant.grounding.meaning import DENIED, Fitted
from assistant.grounding.vetoes import vetoes
from corpus.documents import Document, Frozen
from evals.judging import mutations
from evals.judging.claims import read
from evals.training import premises
from evals.training.vectors import Kept

TUNED = Path(__file__).resolve().parent.parent / "data" / "claims" / "tuned.jsonl"
FOLDS = 8
ALLOWED = 0.08
"""Share of false sentences that may be shown on documents the head was not fitted on."""
SURELY = 0.005
"""The same for what needs no other judge where one is configured: with .02 a judge who is right 95
times in 100 let more than .03 of false sentences through."""
LOSABLE = 0.02
"""Share of true sentences, among those no rule refuses, that may be lost before another judge."""
_WRITTEN, _WRONG, _MADE, _PUBLIC = 1.0, 0.4, 0.1, 0.05
"""What a sentence counts by where it comes from."""


@dataclass(frozen=True)
class Example:
    """A sentence to learn from, its clauses, and what it counts."""

    text: str
    language: str
    cited: tuple[Cited, ...]
    true: bool
    group: str
    weight: float
    written: bool = False


class Report(Frozen):
    """What the fitted head does on documents it was not fitted on.

    Attributes:
        examples: learned from; `written` of them by hand.
        true_shown: by language; `false_shown` the share of false ones shown, rules included.
    """

    examples: int
    written: int
    least: float
    true_shown: dict[str, float]
    false_shown: float


def train(
    documents: Sequence[Document],
    shared: Path,
    embedding_model: str,
    folder: Path,
    public: int = 120,
    progress: Callable[[str, int, int], None] | None = None,
) -> tuple[Fitted, Report]:
    """Fit the head.

    Args:
        documents: PP-18, as read.
        shared: library with `nli`.
        embedding_model: whose vectors are read.
        folder: where vectors are kept between runs.
        public: premises of each public set.
    """
    examples = list(_examples(documents, shared / "nli", public))
    kept = Kept(load_encoder(embedding_model), folder)
    texts = [t for one in examples for t in (one.text, *(heard_of(c) for c in one.cited))]
    kept.encode(texts, progress)
    clauses = {heard_of(c) for one in examples if one.written for c in one.cited}
    rows = [np.asarray(one.vectors, np.float32) for one in kept.encode(sorted(clauses))]
    common = np.concatenate(rows).mean(axis=0)
    table = np.stack([features(_pair(one, kept), common) for one in examples])
    return fit(examples, table, common, kept.fingerprint)


def _pair(one: Example, kept: Kept) -> Pair:
    heard = tuple(kept.encode([heard_of(c) for c in one.cited]))
    return Pair(one.text, one.language, one.cited, kept.encode([one.text])[0], heard)


def fit(
    examples: Sequence[Example], table: Any, common: Any, fingerprint: str
) -> tuple[Fitted, Report]:
    """The head for features already computed, and how it does across documents."""
    true = np.array([one.true for one in examples])
    weight = np.array([one.weight for one in examples])
    refused = np.array([bool(vetoes(one.text, one.language, one.cited)) for one in examples]) | (
        table[:, NAMES.index("negation_near")] >= DENIED
    )
    groups = sorted({one.group for one in examples})
    random.Random(7).shuffle(groups)  # noqa: S311
    fold = {group: n % FOLDS for n, group in enumerate(groups)}
    place = np.array([fold[one.group] for one in examples])
    across = np.zeros(len(examples))
    for n in range(FOLDS):
        inside = (place != n) & ~refused
        scaler, model = _fitted(table[inside], true[inside], weight[inside])
        across[place == n] = model.predict_proba(scaler.transform(table[place == n]))[:, 1]
    across[refused] = 0.0
    written = np.array([one.written for one in examples])
    least = _least(across[written & ~true], ALLOWED)
    sure = max(_least(across[written & ~true], SURELY), least)
    low = float(np.quantile(across[written & true & ~refused], LOSABLE))
    scaler, model = _fitted(table[~refused], true[~refused], weight[~refused])
    languages = sorted({one.language for one in examples if one.written})
    spoken = np.array([one.language for one in examples])
    report = Report(
        examples=len(examples),
        written=int(written.sum()),
        least=round(least, 3),
        true_shown={
            language: round(
                float((across[written & true & (spoken == language)] >= least).mean()), 3
            )
            for language in languages
        },
        false_shown=round(float((across[written & ~true] >= least).mean()), 3),
    )
    return (
        Fitted(
            encoder=fingerprint,
            names=NAMES,
            mean=tuple(scaler.mean_),
            scale=tuple(scaler.scale_),
            weights=tuple(model.coef_[0]),
            bias=float(model.intercept_[0]),
            common=tuple(float(value) for value in common),
            least=dict.fromkeys(languages, least),
            low=low,
            sure=sure,
        ),
        report,
    )


def _fitted(rows: Any, true: Any, weight: Any) -> tuple[Any, Any]:
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    scaler = StandardScaler().fit(rows)
    model = LogisticRegression(C=0.1, max_iter=2000)
    return scaler, model.fit(scaler.transform(rows), true, sample_weight=weight)


def _least(false: Any, allowed: float) -> float:
    """The lowest threshold that at most the share `allowed` of false sentences reach."""
    ranked = np.sort(false)[::-1]
    return float(ranked[int(allowed * len(ranked))]) + 1e-6


def _examples(documents: Sequence[Document], nli: Path, public: int) -> Iterator[Example]:
    held = {
        str(document.address(section, clause)): Cited(
            address=str(document.address(section, clause)),
            document=document.id,
            heading=section.heading,
            text=clause.text,
            title=f"{instrument(document)}, {document.title} ({document.edition})",
            language=document.language,
        )
        for document in documents
        for section, clause in document.clauses()
    }
    written = list(_written(held))
    yield from written
    yield from _wrong(written)
    yield from _made({c.address: c for one in written for c in one.cited})
    if nli.is_dir():
        yield from _public(nli, public)


def _written(held: dict[str, Cited]) -> Iterator[Example]:
    for claim in read(TUNED):
        cited = tuple(held[address] for address in claim.cites if address in held)
        if cited and claim.label is not None:
            yield Example(
                claim.text, claim.language, cited, claim.label, cited[0].document, _WRITTEN, True
            )


def _wrong(written: Sequence[Example]) -> Iterator[Example]:
    """True sentences beside a clause they do not cite: of their own document, and of another."""
    chance = random.Random(11)  # noqa: S311
    clauses = [clause for one in written for clause in one.cited]
    for one in written:
        if not one.true:
            continue
        own = [c for c in clauses if c.document == one.group and c not in one.cited]
        for some in (own, clauses):
            other = chance.choice(some) if some else None
            if other is not None and other not in one.cited:
                yield Example(one.text, one.language, (other,), False, one.group, _WRONG)


def _made(clauses: dict[str, Cited]) -> Iterator[Example]:
    """Sentences made of clauses by rule, true and false; those a rule refuses teach nothing."""
    held = list(clauses.values())
    made = [(one, True) for one in mutations.true_sentences(held)]
    made += [(one, False) for one in mutations.mutations(held)]
    for one, true in random.Random(12).sample(made, min(500, len(made))):  # noqa: S311
        yield Example(one.said, "en", one.cited, true, one.cited[0].document, _MADE)


def _public(nli: Path, most: int) -> Iterator[Example]:
    sets = (
        premises.multinli(nli / "multinli_mt15k", most),
        premises.pawsx(nli / "pawsx", most),
        premises.terra(nli / "terra_ru", most),
        premises.contractnli(nli / "contractnli", most),
    )
    for one in (pair for some in sets for pair in some):
        clause = Cited(address=one.source, document=one.source, heading="", text=one.premise)
        group = f"{one.source} {hash_of(one.premise)}"
        yield Example(one.said, one.language, (clause,), one.true, group, _PUBLIC)


def hash_of(text: str) -> int:
    """A small number that is the same in every process."""
    return sum(text.encode()) % 97
