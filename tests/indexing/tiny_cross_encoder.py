"""A real CrossEncoder with two layers and random weights, written to a folder."""

from __future__ import annotations

from pathlib import Path

WORDS = (
    "who lights the lamp bread is baked in morning keeper lit lighthouse night towers white".split()
)


def write_cross_encoder(folder: Path, labels: int = 1, seed: int = 7) -> None:
    """As transformers saves one; sentence-transformers loads it by its folder."""
    import torch
    from tokenizers import Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import WordPiece
    from transformers import (
        BertConfig,
        BertForSequenceClassification,
        PreTrainedTokenizerFast,
    )

    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    letters = [mark + chr(n) for n in range(ord("a"), ord("z") + 1) for mark in ("", "##")]
    listed = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *letters]
    known = {word: n for n, word in enumerate(dict.fromkeys(listed))}
    words = Tokenizer(WordPiece(known, unk_token="[UNK]"))
    words.normalizer = normalizers.BertNormalizer()
    words.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    words.post_processor = processors.BertProcessing(
        ("[SEP]", known["[SEP]"]), ("[CLS]", known["[CLS]"])
    )
    config = BertConfig(
        vocab_size=len(known),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=128,
        num_labels=labels,
        initializer_range=0.6,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    PreTrainedTokenizerFast(
        tokenizer_object=words,
        model_max_length=128,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
    ).save_pretrained(folder)
