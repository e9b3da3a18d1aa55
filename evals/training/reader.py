"""Trains the reader (`indexing.reader`) on token vectors that no encoder was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from indexing.reader import FIGURES, NAMES, Pair, aligned, padded
from numpy.typing import NDArray
from torch import Tensor, nn

from evals.training.cases import Case
from indexing.late import rarity
from indexing.signals import SIGNALS

WIDE, HEADS, DEEP = 192, 6, 2
BATCH = 64
RATE = 5e-4


class Reader(nn.Module):
    """(n, t, d) question, best and mixed vectors, (n, t, FIGURES) figures -> (n,) logits."""

    def __init__(self, dimension: int = 384, wide: int = WIDE) -> None:
        super().__init__()
        self.compare = nn.Sequential(
            nn.Linear(4 * dimension + FIGURES, wide), nn.GELU(), nn.LayerNorm(wide)
        )
        layer = nn.TransformerEncoderLayer(
            wide, HEADS, 2 * wide, 0.1, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, DEEP, enable_nested_tensor=False)
        self.dropout = nn.Dropout(0.2)
        self.decide = nn.Sequential(nn.Linear(2 * wide, wide), nn.GELU(), nn.Linear(wide, 1))

    def forward(
        self, asked: Tensor, best: Tensor, mixed: Tensor, figures: Tensor, mask: Tensor
    ) -> Tensor:
        """One logit a pair; `mask` (n, t) is 1 where there is a token."""
        both = torch.cat([asked, best, mixed, asked * best * 20, figures], dim=-1)
        states = self.dropout(self.compare(both))
        states = self.layers(states, src_key_padding_mask=mask < 0.5)
        here = mask.unsqueeze(-1)
        mean = (states * here).sum(1) / here.sum(1)
        most = (states - (1 - here) * 1e4).max(1).values
        return self.decide(self.dropout(torch.cat([mean, most], dim=-1))).squeeze(-1)


class Pairs:
    """What the reader learns from: each question with its likeliest candidates and right clauses.

    A sequence of (what `aligned` gives, whether the clause answers); made when asked for, as all
    of them at once would fill the memory.
    """

    def __init__(self, cases: Sequence[Case], most: int = 10) -> None:
        """`most`: likeliest candidates by late interaction taken of each question."""
        self._places: list[tuple[Case, int]] = []
        for case in cases:
            near = np.argsort(-case.signals[:, SIGNALS.index("late")], kind="stable")[:most]
            places = dict.fromkeys([*near.tolist(), *np.flatnonzero(case.right).tolist()])
            if len(case.read.tokens.ids):
                self._places += [(case, place) for place in places]

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, number: int) -> tuple[Pair, bool]:
        case, place = self._places[number]
        read = case.reads[place]
        weights = rarity()[case.read.tokens.ids]
        pair = aligned(case.read.tokens.unit(), weights, read.tokens.unit(), read.head)
        return pair, bool(case.right[place])


def said(reader: Reader, case: Case, looked: Sequence[int]) -> NDArray[np.float64]:
    """The reader's logits of the candidates `looked` at; 0 for the others."""
    found = np.zeros(len(case.passages))
    if not len(case.read.tokens.ids):
        return found
    unit, weights = case.read.tokens.unit(), rarity()[case.read.tokens.ids]
    pairs = [
        aligned(unit, weights, case.reads[n].tokens.unit(), case.reads[n].head) for n in looked
    ]
    with torch.no_grad():
        seen = {name: torch.from_numpy(array) for name, array in padded(pairs).items()}
        found[np.asarray(looked)] = reader(**seen).numpy()
    return found


class Learning(nn.Module):
    """The reader with its loss, as the trainer wants it."""

    def __init__(self, reader: Reader, positive: float) -> None:
        super().__init__()
        self.reader = reader
        self.loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(positive))

    def forward(
        self,
        labels: Tensor,
        asked: Tensor,
        best: Tensor,
        mixed: Tensor,
        figures: Tensor,
        mask: Tensor,
    ) -> dict[str, Tensor]:
        """Loss and logits."""
        logits = self.reader(asked, best, mixed, figures, mask)
        return {"loss": self.loss(logits, labels), "logits": logits}


def train(
    pairs: Pairs,
    folder: Path,
    epochs: int = 4,
    seed: int = 7,
    positive: float = 2.0,
) -> Reader:
    """Train on `pairs`: a sequence whose items are (what `aligned` gives, 0 or 1)."""
    from transformers import Trainer, TrainingArguments

    torch.manual_seed(seed)

    def collate(items: Sequence[tuple[Pair, bool]]) -> dict[str, Tensor]:
        made = {n: torch.from_numpy(a) for n, a in padded([item[0] for item in items]).items()}
        made["labels"] = torch.tensor([float(item[1]) for item in items])
        return made

    reader = Reader()
    arguments = TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=epochs,
        per_device_train_batch_size=BATCH,
        learning_rate=RATE,
        lr_scheduler_type="cosine",
        warmup_steps=0.1,
        weight_decay=0.05,
        logging_steps=50,
        save_strategy="no",
        seed=seed,
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
        remove_unused_columns=False,
        label_names=["labels"],
    )
    Trainer(
        model=Learning(reader, positive), args=arguments, train_dataset=pairs, data_collator=collate
    ).train()
    return reader.eval()


def export(reader: Reader, file: Path) -> None:
    """Write the reader as the file that is shipped."""
    from indexing.reader import FIGURES as wide

    n, length, dimension = 2, 5, 384
    seen = (*(torch.zeros(n, length, dimension) for _ in range(3)), torch.zeros(n, length, wide))
    pairs, tokens = torch.export.Dim("pairs"), torch.export.Dim("tokens", max=512)
    program = torch.onnx.export(
        reader,
        (*seen, torch.ones(n, length)),
        dynamo=True,
        input_names=list(NAMES),
        output_names=["logits"],
        dynamic_shapes={name: {0: pairs, 1: tokens} for name in NAMES},
    )
    assert program is not None
    file.write_bytes(program.model_proto.SerializeToString(deterministic=True))


def trained(file: Path, cases: Sequence[Case], work: Path) -> Reader:
    """The reader in `file`, trained on `cases` and put there if there is none yet."""
    if not file.is_file():
        torch.save(train(Pairs(cases), work / "reader").state_dict(), file)
    reader = Reader()
    reader.load_state_dict(torch.load(file, weights_only=True))
    return reader.eval()
