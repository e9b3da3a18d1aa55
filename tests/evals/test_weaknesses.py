"""`make care` says what was found, looked up and not looked up; only what was found fails it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evals.operations.weaknesses import main, read

FINE = {"name": "lantern", "version": "1.2", "vulns": []}
WEAK = {"name": "wick", "version": "0.3", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
UNKNOWN = {"name": "oil", "skip_reason": "Dependency not found on the index: oil (7.0)"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([FINE, FINE], 0, "none found; 2 packages looked up."),
        ([FINE, UNKNOWN], 0, "none found; 1 packages looked up, 1 not (Dependency not found"),
        ([FINE, WEAK, UNKNOWN], 1, "wick 0.3: PYSEC-1, PYSEC-2 found; 2 packages looked up"),
        ([UNKNOWN, UNKNOWN], 0, "not looked up (Dependency not found on the index)"),
        ([], 0, "not looked up (no package was asked about)"),
    ],
)
def test_the_line_and_the_exit_code(
    packages: list[dict[str, Any]],
    code: int,
    words: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = tmp_path / "weaknesses.json"
    report.write_text(json.dumps({"dependencies": packages}))
    assert main(str(report)) == code
    assert words in capsys.readouterr().out


@pytest.mark.parametrize("content", [None, "", "no JSON", "[]"])
def test_no_report_is_not_looked_up(content: str | None, tmp_path: Path) -> None:
    report = tmp_path / "weaknesses.json"
    if content is not None:
        report.write_text(content)
    seen = read(report)
    assert "not looked up (pip-audit made no report)" in seen.line
    assert not seen.found
