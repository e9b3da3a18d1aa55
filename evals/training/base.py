"""The packaged encoder as a model that sentence-transformers can train."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from indexing.packaged import Packaged, tokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

_SPECIAL = {
    "bos_token": "<s>",
    "eos_token": "</s>",
    "cls_token": "<s>",
    "sep_token": "</s>",
    "unk_token": "<unk>",
    "pad_token": "<pad>",
    "mask_token": "<mask>",
}

LONGEST = 256
"""Tokens read of a text in training; passages are cut to about as many
(`indexing.building.chunking`)."""


def write_base(packaged: Packaged, folder: Path) -> None:
    """Write the packaged weights as a folder that `transformers` loads: weights, sizes, words."""
    import torch
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    config = BertConfig(
        vocab_size=packaged.words,
        hidden_size=packaged.hidden,
        num_hidden_layers=packaged.layers,
        num_attention_heads=packaged.heads,
        intermediate_size=packaged.feed_forward,
        max_position_embeddings=packaged.positions,
        type_vocab_size=packaged.types,
        layer_norm_eps=packaged.epsilon,
        pad_token_id=packaged.pad,
        hidden_dropout_prob=0.1,
        attention_probs_dropout_prob=0.1,
    )
    model = BertModel(config, add_pooling_layer=False)
    wide, deep = packaged.hidden, packaged.feed_forward
    state = {
        "embeddings.word_embeddings.weight": packaged.rows("emb.word", wide),
        "embeddings.position_embeddings.weight": packaged.floats("emb.pos").reshape(-1, wide),
        "embeddings.token_type_embeddings.weight": packaged.floats("emb.type").reshape(-1, wide),
        "embeddings.LayerNorm.weight": packaged.floats("emb.ln.w"),
        "embeddings.LayerNorm.bias": packaged.floats("emb.ln.b"),
    }
    for layer in range(packaged.layers):
        for short, long, width in (
            ("q", "attention.self.query", wide),
            ("k", "attention.self.key", wide),
            ("v", "attention.self.value", wide),
            ("ao", "attention.output.dense", wide),
            ("fi", "intermediate.dense", wide),
            ("fo", "output.dense", deep),
        ):
            name = f"encoder.layer.{layer}.{long}"
            state[f"{name}.weight"] = packaged.rows(f"l{layer}.{short}.w", width)
            state[f"{name}.bias"] = packaged.floats(f"l{layer}.{short}.b")
        for short, long in (("aln", "attention.output"), ("oln", "output")):
            name = f"encoder.layer.{layer}.{long}.LayerNorm"
            state[f"{name}.weight"] = packaged.floats(f"l{layer}.{short}.w")
            state[f"{name}.bias"] = packaged.floats(f"l{layer}.{short}.b")
    model.load_state_dict({name: torch.from_numpy(array) for name, array in state.items()})
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    words = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer(packaged),
        **_SPECIAL,
        model_max_length=packaged.positions,
    )
    words.save_pretrained(folder)


def load_base(folder: Path, layers: int) -> SentenceTransformer:
    """The model in `folder` for training: its upper `layers` learn, all below stays as it is."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer

    words = Transformer(str(folder), max_seq_length=LONGEST)
    model = SentenceTransformer(
        modules=[words, Pooling(words.get_embedding_dimension(), "mean"), Normalize()],
        prompts={"query": "query: ", "document": "passage: "},
        device="cpu",
    )
    bert = words.auto_model
    for parameter in bert.parameters():
        parameter.requires_grad = False
    for block in bert.encoder.layer[len(bert.encoder.layer) - layers :]:
        for parameter in block.parameters():
            parameter.requires_grad = True
    return model
