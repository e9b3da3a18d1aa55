"""A trained encoder -> the file that is shipped: ONNX, 8 bits a weight, without word embeddings.

The word embeddings stay those of the package (they are not trained and make up four fifths of the
model), so the graph takes word vectors and gives token vectors. Matrices are stored as 8-bit
integers with one scale a column and unpacked when the file is loaded (`DequantizeLinear`): what is
computed is float32. Rounding to 4 bits loses nearly all that training brought, to 8 bits nothing
(docs/decisions/0033).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn

SMALLEST = 4096
"""Numbers from which a matrix is stored in 8 bits."""


class Layers(nn.Module):
    """BERT after its word embeddings: (n, t, d) word vectors and (n, t) mask -> (n, t, d)."""

    def __init__(self, bert: Any) -> None:
        super().__init__()
        self.bert = bert

    def forward(self, words: Tensor, mask: Tensor) -> Tensor:
        """Token vectors, not normalised."""
        states: Tensor = self.bert(inputs_embeds=words, attention_mask=mask).last_hidden_state
        return states


def export(folder: Path, file: Path) -> None:
    """Write the encoder in `folder` (as `transformers` saved it) to `file`."""
    from transformers import AutoModel

    bert = AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    wide = bert.config.hidden_size
    words = torch.zeros(2, 7, wide)
    mask = torch.ones(2, 7, dtype=torch.int64)
    mask[1, 5:] = 0
    batch, length = torch.export.Dim("batch"), torch.export.Dim("length", max=512)
    program = torch.onnx.export(
        Layers(bert),
        (words, mask),
        dynamo=True,
        input_names=["words", "mask"],
        output_names=["tokens"],
        dynamic_shapes={"words": {0: batch, 1: length}, "mask": {0: batch, 1: length}},
        optimize=True,
    )
    assert program is not None
    model = program.model_proto
    _in_eight_bits(model)
    onnx.checker.check_model(model)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(model.SerializeToString(deterministic=True))


def _in_eight_bits(model: onnx.ModelProto) -> None:
    """Replace every large matrix by integers, scales and a node that multiplies them out."""
    graph = model.graph
    kept, nodes = [], []
    for tensor in graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < SMALLEST:
            kept.append(tensor)
            continue
        scale = np.maximum(np.abs(values).max(axis=0), 1e-12) / 127
        whole = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        name = tensor.name
        kept += [
            numpy_helper.from_array(whole, f"{name}.int8"),
            numpy_helper.from_array(scale.astype(np.float32), f"{name}.scale"),
        ]
        nodes.append(
            helper.make_node("DequantizeLinear", [f"{name}.int8", f"{name}.scale"], [name], axis=1)
        )
    old = list(graph.node)
    del graph.initializer[:], graph.node[:]
    graph.initializer.extend(kept)
    graph.node.extend([*nodes, *old])
    del graph.value_info[:]
