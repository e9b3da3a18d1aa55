"""The commands refuse what they cannot use, and say what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from evals.suites.folders import UnknownName, gate_path, open_system, suite_path


def test_a_suite_or_gate_is_a_file_or_a_shipped_name(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("x")
    assert suite_path(str(mine)) == gate_path(str(mine)) == mine
    assert suite_path("smoke").name == "smoke.yaml"
    assert gate_path("small").name == "small.yaml"


@pytest.mark.parametrize("name", ["nonsense", "../gates/small", ""])
def test_what_is_neither_is_named(name: str, tmp_path: Path) -> None:
    for find in (suite_path, lambda n: open_system(n, Settings(data_dir=tmp_path))):
        with pytest.raises(UnknownName) as caught:
            find(name)
        assert repr(name) in caught.value.message or f"'{name}'" in caught.value.message
