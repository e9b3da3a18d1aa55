"""Trains the encoder: questions near the clauses that answer them, as one vector and by token.

One loss for both ways of comparing that search uses: the cosine of the pooled vectors, and late
interaction (for each token of the question the best cosine with a token of the clause, weighted by
how rare the token is: ColBERT's MaxSim, Khattab and Zaharia 2020). For each, the right clause has
to be told from every other clause of the batch. Batches hold questions over few documents and one
hard negative each (a clause whose words resemble the right one's), so that what is told apart are
clauses of one text. A question that nothing answers has to score lower with what looks nearest
than an answered one with its clause (a constant column, "nothing", is what is right for it: as in
SQuAD 2.0's models, Devlin et al. 2019). The trainer is sentence-transformers'.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sentence_transformers import (
    SentenceTransformer,
    SentenceTransformerTrainer,
    SentenceTransformerTrainingArguments,
)
from torch import Tensor, nn
from torch.utils.data import BatchSampler

from corpus.documents import Frozen
from evals.training.base import load_base
from evals.training.cases import rarity_of
from evals.training.data import Asked

BATCH = 24
TEMPERATURE = 0.03
RATE = 4e-5
LAYERS = 8
"""Upper layers that learn; the four below stay as packaged."""
TOGETHER = 6
"""Texts encoded in one go, sorted by length: little padding."""
EPOCHS = 2


class Text(Frozen):
    """A passage as the encoder reads it."""

    id: str
    corpus: str
    document: str
    addresses: tuple[str, ...]
    text: str


class Triple(Frozen):
    """A question, a passage that answers it, and one that resembles it and does not.

    Of a question that nothing answers both are what looks nearest, and `answered` is False.
    """

    question: int
    positive: int
    negative: int
    answered: bool = True


def triples(
    questions: Sequence[Asked], passages: Sequence[Text], seed: int
) -> tuple[list[Triple], list[frozenset[int]]]:
    """What to train on, and for each question all passages that may answer it.

    The hard negative is drawn from the passages (of the same corpus) whose words are most like the
    right one's, nearly equal ones left out: those answer as well more often than not.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    draw = random.Random(seed)  # noqa: S311
    home: dict[tuple[str, str], list[int]] = {}
    for place, passage in enumerate(passages):
        for address in passage.addresses:
            home.setdefault((passage.corpus, address), []).append(place)
    matrix = TfidfVectorizer(sublinear_tf=True).fit_transform(p.text for p in passages)
    likeness = {}
    rights: list[frozenset[int]] = []
    made: list[Triple] = []
    for number, asked in enumerate(questions):
        right = frozenset(p for a in asked.right for p in home.get((asked.corpus, a), ()))
        rights.append(right)
        near = [p for a in asked.near for p in home.get((asked.corpus, a), ())[:1]]
        if near and not asked.gold:
            made.append(
                Triple(question=number, positive=near[0], negative=near[-1], answered=False)
            )
        for address in asked.gold:
            for place in home.get((asked.corpus, address), ())[:1]:
                if place not in likeness:
                    row = (matrix @ matrix[place].T).toarray().ravel()
                    best = np.argsort(-row)[:40]
                    likeness[place] = [int(n) for n in best if n != place and row[n] < 0.85][:12]
                others = [n for n in likeness[place] if n not in right]
                if others:
                    made.append(
                        Triple(question=number, positive=place, negative=draw.choice(others))
                    )
    return made, rights


class InDocuments(BatchSampler):
    """Batches of triples whose passages come from few documents; each triple once an epoch."""

    def __init__(self, documents: Sequence[str], size: int, seed: int) -> None:
        self._documents, self._size, self._seed, self._epoch = documents, size, seed, 0

    def set_epoch(self, epoch: int) -> None:
        """As the trainer says it: another order each epoch."""
        self._epoch = epoch

    def __len__(self) -> int:
        return -(-len(self._documents) // self._size)

    def __iter__(self) -> Iterator[list[int]]:
        draw = random.Random(self._seed * 1000 + self._epoch)  # noqa: S311
        groups: dict[str, list[int]] = {}
        for place, document in enumerate(self._documents):
            groups.setdefault(document, []).append(place)
        pieces: list[list[int]] = []
        for members in groups.values():
            draw.shuffle(members)
            pieces += [members[i : i + 6] for i in range(0, len(members), 6)]
        draw.shuffle(pieces)
        order = [place for piece in pieces for place in piece]
        batches = [order[i : i + self._size] for i in range(0, len(order), self._size)]
        draw.shuffle(batches)
        yield from batches


class BothWays(nn.Module):
    """The loss. `labels` are places in `made`; what else answers a question is masked."""

    def __init__(
        self,
        model: SentenceTransformer,
        made: Sequence[Triple],
        rights: Sequence[frozenset[int]],
        rarity: Tensor,
    ) -> None:
        super().__init__()
        self.model, self._made, self._rights = model, made, rights
        self.register_buffer("rarity", rarity)
        self._edge: float | None = None

    def forward(self, features: Sequence[Mapping[str, Tensor]], labels: Tensor) -> Tensor:
        """features: question, positive, negative; labels: (n,) places in the triples."""
        made = [self._made[int(label)] for label in labels]
        asked = self._encode(features[0])
        texts = [self._encode(f) for f in features[1:]]
        places = [t.positive for t in made] + [t.negative for t in made]
        wrong = torch.zeros(len(made), len(places), dtype=torch.bool)
        for row, triple in enumerate(made):
            for column, place in enumerate(places):
                if not triple.answered:
                    wrong[row, column] = place in places[:column]
                elif column != row and place in self._rights[triple.question]:
                    wrong[row, column] = True
                elif column > row and place in places[:column] and column != row:
                    # The same passage twice counts once.
                    wrong[row, column] = places.index(place) != column
        answered = torch.tensor([t.answered for t in made])
        target = torch.where(answered, torch.arange(len(made)), len(places))
        pooled = torch.cat([t[0] for t in texts])
        dense = asked[0] @ pooled.T
        late = self._late(asked, texts)
        loss: Tensor = torch.zeros(())
        if answered.any():
            scores = (dense / TEMPERATURE).masked_fill(wrong, -1e4)[answered]
            loss = loss + nn.functional.cross_entropy(scores, target[answered])
        nothing = torch.full((len(made), 1), self._nothing(late.detach(), wrong, answered))
        scores = (torch.cat([late, nothing], dim=1) / TEMPERATURE).masked_fill(
            nn.functional.pad(wrong, (0, 1)), -1e4
        )
        return loss + nn.functional.cross_entropy(scores, target)

    def _nothing(self, late: Tensor, wrong: Tensor, answered: Tensor) -> float:
        """The score of "nothing answers": halfway between right clauses and the best wrong ones.

        A running mean over batches, so that it moves with the scores and is no way out for them.
        """
        if answered.any():
            rows = torch.arange(len(late))[answered]
            right = late[rows, rows].mean()
            others = late.masked_fill(wrong, -1.0)[rows]
            others[torch.arange(len(rows)), rows] = -1.0
            edge = float((right + others.max(dim=1).values.mean()) / 2)
            self._edge = edge if self._edge is None else 0.9 * self._edge + 0.1 * edge
        return self._edge if self._edge is not None else 0.5

    def _late(self, asked: Any, texts: Any) -> Tensor:
        """(n, m) each question with each text. Padding is left out: most of it would be that."""
        _, words, ids, real = asked
        there = real.bool()
        flat, weight = words[there], self.rarity[ids][there]
        of = torch.arange(len(ids))[:, None].expand_as(ids)[there]
        columns = []
        for _, tokens, _, those in texts:
            lengths = those.sum(1).tolist()
            close = (flat @ tokens[those.bool()].T).split(lengths, dim=1)
            best = torch.stack([part.max(dim=1).values for part in close], dim=1)
            scored = torch.zeros(len(ids), len(lengths)).index_add(0, of, best * weight[:, None])
            columns.append(scored)
        total = torch.zeros(len(ids)).index_add(0, of, weight)
        return torch.cat(columns, dim=1) / total.clamp(min=1e-6)[:, None]

    def _encode(self, features: Mapping[str, Tensor]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """-> pooled (n, d), tokens (n, t, d), both of length 1; ids (n, t); which count (n, t)."""
        ids, mask = features["input_ids"], features["attention_mask"]
        lengths = mask.sum(1)
        order = torch.argsort(lengths)
        bert = self.model[0].auto_model
        tokens = [torch.empty(0)] * len(ids)
        pooled = [torch.empty(0)] * len(ids)
        for start in range(0, len(order), TOGETHER):
            rows = order[start : start + TOGETHER]
            longest = int(lengths[rows].max())
            out = bert(
                input_ids=ids[rows, :longest], attention_mask=mask[rows, :longest]
            ).last_hidden_state
            here = mask[rows, :longest, None].float()
            mean = nn.functional.normalize((out * here).sum(1) / here.sum(1), dim=-1)
            out = nn.functional.normalize(out, dim=-1)
            out = nn.functional.pad(out, (0, 0, 0, ids.shape[1] - longest))
            for at, row in enumerate(rows.tolist()):
                tokens[row], pooled[row] = out[at], mean[at]
        real = mask.clone()
        real[:, :3] = 0  # <s>, the prefix and its colon
        real[torch.arange(len(ids)), lengths - 1] = 0  # </s>
        return torch.stack(pooled), torch.stack(tokens), ids, real


def _in_documents(
    documents: Sequence[str], drawn: int, dataset: Any, batch_size: int, *rest: Any, **more: Any
) -> InDocuments:
    return InDocuments(documents, batch_size, drawn)


def train(
    base: Path,
    questions: Sequence[Asked],
    passages: Sequence[Text],
    folder: Path,
    seed: int = 7,
    epochs: float = EPOCHS,
) -> None:
    """Train on `questions` over `passages` and write the model to `folder`.

    A run that was stopped goes on from its last checkpoint in `folder`.
    """
    from datasets import Dataset

    model = load_base(base, LAYERS)
    model.max_seq_length = 192
    made, rights = triples(questions, passages, seed)
    words = model.tokenizer
    read = words([p.text for p in passages], add_special_tokens=False)["input_ids"]
    rarity = torch.from_numpy(rarity_of(read, model[0].auto_model.config.vocab_size))
    data = Dataset.from_dict(
        {
            "question": ["query: " + questions[t.question].question for t in made],
            "positive": ["passage: " + passages[t.positive].text for t in made],
            "negative": ["passage: " + passages[t.negative].text for t in made],
            "label": list(range(len(made))),
        }
    )
    documents = [passages[t.positive].document for t in made]

    arguments = SentenceTransformerTrainingArguments(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=RATE,
        warmup_steps=0.1,
        weight_decay=0.01,
        logging_steps=10,
        save_strategy="steps",
        save_steps=30,
        save_total_limit=1,
        seed=seed,
        report_to="none",
        use_cpu=True,
        batch_sampler=partial(_in_documents, documents, seed),
        disable_tqdm=True,
        remove_unused_columns=False,
    )
    trainer = SentenceTransformerTrainer(
        model=model,
        args=arguments,
        train_dataset=data,
        loss=BothWays(model, made, rights, rarity),
    )
    checkpoints = folder / "checkpoints"
    resumes = checkpoints.is_dir() and any(checkpoints.glob("checkpoint-*"))
    trainer.train(resume_from_checkpoint=resumes or None)
    model[0].auto_model.save_pretrained(folder)
    words.save_pretrained(folder)
