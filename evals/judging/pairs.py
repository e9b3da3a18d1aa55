"""Statements with texts, and whether the texts bear them out: what a judge model is measured on.

Labelled by people: SciFact's rationales (a claim with the sentences that support or contradict it)
and WiCE's dev claims. True and false by construction: sentences of PP-18 and their mutations.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from assistant.grounding import Cited, Rarity
from assistant.grounding.alignment import coverage
from corpus.documents import Document, Frozen
from evals.judging.grounding import operative
from evals.judging.mutations import mutations, sentence_of

SCIFACT = "SciFact rationales"
WICE = "WiCE dev claims"
MUTATIONS = "PP-18 sentences and mutations"
BY_PEOPLE = (SCIFACT, WICE)
"""Sets whose labels are people's: only these say how well a judge agrees with people."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")
_CHARACTERS = 1200
"""Of a web page that a WiCE claim cites, the nearest sentences up to here are judged: a page has
6 000 on average, an answer's clauses seldom more than this."""


class Pair(Frozen):
    """One question to a judge, with the right answer.

    Attributes:
        set: which of the sets above; `kind`: its label there, or the mutation made.
        statement: is it borne out ...; texts: ... by these together?
        supported: the right answer.
    """

    set: str
    kind: str
    statement: str
    texts: tuple[str, ...]
    supported: bool


def scifact(shared: Path) -> list[Pair]:
    """Each claim with one rationale: supported, or contradicted."""
    folder = shared / "bench" / "scifact"
    lines = (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    abstracts = {row["_id"]: row["text"] for row in map(json.loads, filter(None, lines))}
    pairs = []
    for row in json.loads((folder / "rationales.json").read_text(encoding="utf-8")):
        sentences = _SENTENCE_END.split(abstracts[row["doc_id"]])
        places = [place for place in row["sentences"] if place < len(sentences)]
        if places:
            pairs.append(
                Pair(
                    set=SCIFACT,
                    kind=row["label"],
                    statement=row["claim"],
                    texts=tuple(sentences[place] for place in places),
                    supported=row["label"] == "SUPPORT",
                )
            )
    return pairs


def wice(shared: Path) -> list[Pair]:
    """Each claim with the nearest sentences of its page; partly supported is not supported."""
    lines = (shared / "bench" / "wice" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Pair(
            set=WICE,
            kind=row["label"],
            statement=row["claim"],
            texts=tuple(_nearest(row["claim"], row["evidence"])),
            supported=row["label"] == "supported",
        )
        for row in map(json.loads, filter(None, lines))
    ]


def _nearest(claim: str, sentences: Sequence[str]) -> Iterator[str]:
    """Sentences that share most with the claim, in the page's order, up to _CHARACTERS."""
    rarity = Rarity(sentences)
    shares = [coverage(claim, [sentence], rarity)[0] for sentence in sentences]
    kept: set[int] = set()
    left = _CHARACTERS
    for place in sorted(range(len(sentences)), key=lambda i: (-shares[i], i)):
        if len(sentences[place]) <= left:
            kept.add(place)
            left -= len(sentences[place])
    yield from (sentences[place] for place in sorted(kept))


def mutated(documents: Sequence[Document], most: int = 600) -> list[Pair]:
    """Operative sentences word for word, and each mutation that grounding is measured on."""
    clauses = operative(documents, most)
    true = [_pair("as it stands", sentence_of(one), (one,), True) for one in clauses]
    return true + [_pair(m.kind, m.said, m.cited, False) for m in mutations(clauses)]


def _pair(kind: str, said: str, cited: Sequence[Cited], supported: bool) -> Pair:
    texts = tuple(one.heard for one in cited)
    return Pair(set=MUTATIONS, kind=kind, statement=said, texts=texts, supported=supported)


def sample(pairs: Sequence[Pair], most: int, seed: int = 11) -> list[Pair]:
    """At most `most` pairs, half of them supported, the others spread over their kinds.

    Deterministic for a seed. Kappa and accuracy depend on how many are supported: a sample in
    equal parts says so, and chance agrees with half of it.
    """
    chance = random.Random(seed)  # noqa: S311
    kinds: dict[str, list[Pair]] = {}
    for pair in pairs:
        kinds.setdefault(pair.kind if not pair.supported else "", []).append(pair)
    for group in kinds.values():
        chance.shuffle(group)
    chosen = kinds.pop("", [])[: most // 2]
    others = sorted(kinds)
    turn = 0
    while len(chosen) < most and any(kinds[kind] for kind in others):
        if group := kinds[others[turn % len(others)]]:
            chosen.append(group.pop())
        turn += 1
    chance.shuffle(chosen)
    return chosen
