"""Real labelled sets for grounding: WiCE's claims and SciFact's rationales, ours beside recall.

Neither set was trained on. Published for WiCE: GPT-4 reaches F1 .61 on supported claims, token
recall ranks its dev claims with an AUC of .69 (as the library of real texts gives them).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.grounding import Cited, Rarity, ground
from assistant.grounding.alignment import coverage
from corpus.documents import Frozen
from evals.suites.words import share_of_words

PUBLISHED = {
    "WiCE claims, GPT-4 F1 (supported)": 0.61,
    "WiCE dev, token recall AUC": 0.69,
}


class Ranking(Frozen):
    """One labelled set: area under the ROC curve and best F1, ours and plain token recall's."""

    name: str
    pairs: int
    auc: float
    f1: float
    plain_auc: float
    plain_f1: float


class Accepted(Frozen):
    """Claims of one label: how many, and the share that grounding as shipped lets pass."""

    label: str
    claims: int
    accepted: float


def wice(shared: Path) -> Ranking:
    """WiCE's dev claims: supported, against partially and not supported."""
    items = _wice(shared)
    rarity = Rarity(sentence for item in items for sentence in item["evidence"])
    ours = [coverage(item["claim"], item["evidence"], rarity)[0] for item in items]
    plain = [share_of_words(item["claim"], " ".join(item["evidence"])) for item in items]
    labels = [item["label"] == "supported" for item in items]
    return _ranking("WiCE dev claims (supported or not)", ours, plain, labels)


def wice_accepted(shared: Path) -> tuple[Accepted, ...]:
    """What passes as shipped: a whole web page as one clause, and paraphrase is the rule.

    The last row cites each supporting sentence as a clause of its own, which is harder: a claim
    may then be put together from several.
    """
    items = _wice(shared)
    rarity = Rarity(sentence for item in items for sentence in item["evidence"])
    found: dict[str, list[bool]] = {}
    for item in items:
        passed = ground(item["claim"], [_cited(0, " ".join(item["evidence"]))], rarity).grounded
        found.setdefault(str(item["label"]).replace("_", " "), []).append(passed)
        needed = min(item["supporting_sentences"] or [[]], key=len)
        if item["label"] == "supported" and len(needed) > 1:
            each = [_cited(n, item["evidence"][n]) for n in needed]
            passed = ground(item["claim"], each, rarity).grounded
            found.setdefault("supported, by several sentences cited apart", []).append(passed)
    return tuple(
        Accepted(label=label, claims=len(hits), accepted=sum(hits) / len(hits))
        for label, hits in sorted(found.items())
    )


def scifact(shared: Path) -> Ranking:
    """Is a claim nearer to its rationale sentences than to the abstract's other sentences?

    The library holds abstracts as running text, so sentences are cut again here; a few rationales
    fall one sentence off, which costs both measures alike.
    """
    folder = shared / "bench" / "scifact"
    abstracts = {row["_id"]: row["text"] for row in _lines(folder / "corpus.jsonl")}
    rationales: dict[tuple[str, str], set[int]] = {}
    for row in json.loads((folder / "rationales.json").read_text(encoding="utf-8")):
        rationales.setdefault((row["claim"], row["doc_id"]), set()).update(row["sentences"])
    pairs = [
        (claim, sentence, place in places)
        for (claim, document), places in rationales.items()
        for place, sentence in enumerate(
            re.split(r"(?<=[.!?])\s+(?=[A-Z0-9])", abstracts[document])
        )
    ]
    rarity = Rarity(sentence for _, sentence, _ in pairs)
    ours = [coverage(claim, [sentence], rarity)[0] for claim, sentence, _ in pairs]
    plain = [share_of_words(claim, sentence) for claim, sentence, _ in pairs]
    return _ranking("SciFact rationale sentences", ours, plain, [label for *_, label in pairs])


def auc(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Area under the ROC curve, ties counted half (Mann-Whitney)."""
    right, wrong = scores[truth], scores[~truth]
    above = (right[:, None] > wrong[None, :]).sum() + 0.5 * (right[:, None] == wrong[None, :]).sum()
    return float(above / (len(right) * len(wrong)))


def best_f1(scores: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Largest F1 of 'supported' over all thresholds (an upper bound: chosen on the same set)."""
    best = 0.0
    for threshold in np.unique(scores):
        said = scores >= threshold
        best = max(best, float(2 * (said & truth).sum() / (said.sum() + truth.sum())))
    return best


def _wice(shared: Path) -> list[dict[str, Any]]:
    return _lines(shared / "bench" / "wice" / "dev.jsonl")


def _cited(number: int, text: str) -> Cited:
    return Cited(address=f"page#{number}", document="page", heading="", text=text)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _ranking(
    name: str, ours: Sequence[float], plain: Sequence[float], labels: Sequence[bool]
) -> Ranking:
    truth = np.asarray(labels)
    return Ranking(
        name=name,
        pairs=len(labels),
        auc=auc(np.asarray(ours), truth),
        f1=best_f1(np.asarray(ours), truth),
        plain_auc=auc(np.asarray(plain), truth),
        plain_f1=best_f1(np.asarray(plain), truth),
    )
