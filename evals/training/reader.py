"""Trains the reader (`indexing.reader`) on token vectors that no encoder was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from indexing.reader import FIGURES, NAMES, Pair, padded

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


class Learning(nn.Module):
    """The reader with its loss, as the trainer wants it."""

    def __init__(self, reader: Reader, positive: float) -> None:
        super().__init__()
        self.reader = reader
        self.loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(positive))

    def forward(self, labels: Tensor, **seen: Tensor) -> dict[str, Tensor]:
        """Loss and logits."""
        logits = self.reader(**seen)
        return {"loss": self.loss(logits, labels), "logits": logits}


def train(
    pairs: Sequence[tuple[Pair, bool]],
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
