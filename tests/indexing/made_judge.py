"""Parameters of a judge made up for tests of what stands beside it; the packaged ones are
learned."""

from __future__ import annotations

from typing import Any

import pytest

from indexing import judge
from indexing.signals import SIGNALS

FINGERPRINT = "made-up"


def _columns(names: tuple[str, ...], **weights: float) -> list[float]:
    return [weights.get(name, 0.0) for name in names]


def made_up() -> dict[str, Any]:
    """A judge that goes by cosine and shared words alone."""
    return {
        "clause": {
            "weights": _columns(SIGNALS, dense=6.0, lexical=3.0, late=1.0),
            "intercept": -6.0,
        },
        "answer": {"weights": _columns(judge.TOGETHER, best=0.8), "intercept": 1.0},
        "threshold": 0.3,
    }


def put(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the packaged judge be `made_up` in this test, with and without token vectors."""
    parameters = {"late": made_up(), "plain": made_up()}
    monkeypatch.setattr(judge, "_all", lambda: parameters)
    monkeypatch.setattr(judge, "fingerprint", lambda: FINGERPRINT)
