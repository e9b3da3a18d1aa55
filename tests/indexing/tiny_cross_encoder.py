"""A real CrossEncoder with two layers and random weights, written to a folder."""

from __future__ import annotations

from pathlib import Path

WORDS = (
    "who lights the lamp bread is baked in morning keeper lit lighthouse night towers white".split()
)


def write_cross_encoder(folder: Path, labels: int = 1, seed: int = 7) -> None:
    """As transformers saves one; sentence-transformers loads it by its folder."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    letters = [mark + chr(n) for n in range(ord("a"), ord("z") + 1) for mark in ("", "##")]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        num_labels=labels,
        initializer_range=0.6,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=128).save_pretrained(folder)
