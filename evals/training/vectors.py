"""Token vectors kept on disk by text, so that learning again costs no second reading."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.grounding.encoder import Encoded, TokenEncoder

_SOME = 256


class Kept:
    """An encoder that remembers, under `folder`, what it has read."""

    def __init__(self, encoder: TokenEncoder, folder: Path) -> None:
        """`folder` is made when missing; one for each encoder."""
        self.fingerprint = encoder.fingerprint
        name = hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:12]
        self._encoder, self._folder = encoder, folder / name
        self._folder.mkdir(parents=True, exist_ok=True)
        self._held: dict[str, Encoded] = {}
        for path in sorted(self._folder.glob("*.json")):
            self._load(path)

    def _load(self, path: Path) -> None:
        listed = json.loads(path.read_text(encoding="utf-8"))
        arrays = np.load(path.with_suffix(".npz"))
        rows, pooled, at = arrays["rows"], arrays["pooled"], 0
        for n, (text, spans) in enumerate(listed):
            size = len(spans)
            self._held[text] = Encoded(
                text=text,
                spans=tuple((a, b) for a, b in spans),
                vectors=rows[at : at + size],
                pooled=pooled[n],
            )
            at += size

    def encode(
        self, texts: Sequence[str], progress: Callable[[str, int, int], None] | None = None
    ) -> list[Encoded]:
        """As the encoder's, in half precision; what is new is read and kept."""
        new = [text for text in dict.fromkeys(texts) if text not in self._held]
        for start in range(0, len(new), _SOME):
            some = new[start : start + _SOME]
            self._keep(some, self._encoder.encode(some))
            if progress:
                progress("read", min(start + _SOME, len(new)), len(new))
        return [self._held[text] for text in texts]

    def _keep(self, texts: Sequence[str], read: Sequence[Encoded]) -> None:
        name = hashlib.sha256("\0".join(texts).encode()).hexdigest()[:16]
        half = [one.vectors.astype(np.float16) for one in read]
        np.savez(
            self._folder / f"{name}.npz",
            rows=np.concatenate(half),
            pooled=np.stack([one.pooled for one in read]),
        )
        listed = [[one.text, list(one.spans)] for one in read]
        path = self._folder / f"{name}.json"
        path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
        for one, rows in zip(read, half, strict=True):
            self._held[one.text] = Encoded(one.text, one.spans, rows, one.pooled)  # type: ignore[arg-type]
