"""Where another question begins in a message: the network of `assistant.asking.boundaries`, fitted.

Learned from messages written for it (`evals/data/forms/parts.jsonl`, "¦" where a question begins),
and from our questions for clauses, which ask one thing. Every fifth is kept back and only measured
on. Many of the questions for clauses that are cut do ask two things ("how long, and how many?").
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from assistant.asking.boundaries import SURE, Network, rows_of
from corpus.documents import Frozen
from evals.training.data import own_questions
from indexing.encoder import Encoder

Floats = NDArray[np.float32]

FILE = Path(__file__).resolve().parent.parent / "data" / "forms" / "parts.jsonl"
INNER = 48
EPOCHS = 8
RATE, DECAY, DROPPED = 2e-3, 0.05, 0.3
BATCH = 256
_OF_SEVERAL = frozenset({"several", "situation"})
"""Kinds of our questions for clauses that may ask more than one thing."""


class Message(NamedTuple):
    """A message and the places at which another question begins in it."""

    text: str
    language: str
    begins: tuple[int, ...]
    kept: bool
    written: bool


class Measured(Frozen):
    """On messages kept back: how many are cut exactly as they should be, and how many anywhere
    that they should not be."""

    part: str
    exactly: float
    wrongly: float
    messages: int


def messages() -> list[Message]:
    """Those written for it, then our questions for clauses."""
    found = []
    for line in FILE.read_text("utf-8").splitlines():
        row = json.loads(line)
        text, begins = "", []
        for number, piece in enumerate(re.split(r"\s*¦\s*", row["q"])):
            if number:
                text += "" if row["lang"] == "zh" else " "
                begins.append(len(text))
            text += piece
        found.append(Message(text, row["lang"], tuple(begins), row["half"] == "kept", True))
    asked = [q for q in own_questions() if q.kind not in _OF_SEVERAL]
    return found + [
        Message(q.question, q.language, (), number % 5 == 4, False)
        for number, q in enumerate(asked)
    ]


def fit(encoder: Encoder, seed: int = 0) -> tuple[Network, list[Measured]]:
    """The network, and what it does on the messages kept back, which it has not seen."""
    import torch
    from torch import nn

    every = messages()
    read = [rows_of(message.text, encoder) for message in every]
    rows = np.concatenate([rows for places, rows in read if places])
    truth = np.array([
        any(abs(place - begin) <= 1 for begin in message.begins)
        for message, (places, _) in zip(every, read, strict=True)
        for place in places
    ])  # fmt: skip
    of = np.array([n for n, (places, _) in enumerate(read) for _ in places])
    seen = np.array([not message.kept for message in every])[of]
    mean, spread = rows[seen].mean(axis=0), rows[seen].std(axis=0) + 1e-6
    near = torch.tensor(np.clip((rows - mean) / spread, -5, 5))
    target = torch.tensor(truth.astype(np.float32))
    torch.manual_seed(seed)
    network = nn.Sequential(
        nn.Dropout(DROPPED),
        nn.Linear(rows.shape[1], INNER),
        nn.ReLU(),
        nn.Dropout(DROPPED),
        nn.Linear(INNER, 1),
    )
    rule = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    draw = np.random.default_rng(seed)
    for _ in range(EPOCHS):
        order = draw.permutation(np.flatnonzero(seen))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            loss = nn.functional.binary_cross_entropy_with_logits(
                network(near[some])[:, 0], target[some]
            )
            rule.zero_grad()
            loss.backward()
            rule.step()
    inner, outer = network[1], network[4]
    made = Network(
        encoder=encoder.fingerprint,
        mean=mean,
        spread=spread,
        inner=inner.weight.detach().numpy(),
        bias=inner.bias.detach().numpy(),
        outer=outer.weight.detach().numpy()[0],
        last=float(outer.bias.detach()),
    )
    return made, _measure(made, every, of, rows, truth)


def _measure(
    made: Network, every: Sequence[Message], of: NDArray[np.int64], rows: Floats, truth: Floats
) -> list[Measured]:
    cut = made.chances(rows) >= SURE
    parts: dict[str, list[tuple[bool, bool]]] = {}
    for number, message in enumerate(every):
        if not message.kept:
            continue
        mine = of == number
        pair = bool((cut[mine] == truth[mine]).all()), bool((cut[mine] & ~truth[mine]).any())
        kind = "several" if message.begins else "one" if message.written else "for clauses"
        for part in (kind, f"{kind}, {message.language}"):
            parts.setdefault(part, []).append(pair)
    return [
        Measured(
            part=part,
            exactly=round(float(np.mean([a for a, _ in found])), 3),
            wrongly=round(float(np.mean([b for _, b in found])), 3),
            messages=len(found),
        )
        for part, found in sorted(parts.items())
    ]


def write(made: Network, path: Path) -> None:
    """Put the weights at `path`."""
    numbers = {name: getattr(made, name).astype(np.float16) for name in Network._fields[1:6]}
    np.savez_compressed(path, encoder=made.encoder, last=np.float32(made.last), **numbers)


def render(measured: Sequence[Measured]) -> str:
    """A Markdown table."""
    lines = ["| messages kept back | cut exactly | cut wrongly | messages |", "|---|---|---|---|"]
    return "\n".join(
        [
            *lines,
            *(f"| {m.part} | {m.exactly:.2f} | {m.wrongly:.2f} | {m.messages} |" for m in measured),
        ]
    )
