"""Fixtures every suite shares."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The library of real texts beside the checkout; the test skips where there is none."""
    path = Path(os.environ.get("ADVISOR_SHARED", ROOT.parent / "shared"))
    if not (path / "itu").is_dir():
        pytest.skip("the library of real texts (../shared, or ADVISOR_SHARED) is not here")
    return path
