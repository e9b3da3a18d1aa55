"""`advisor bench claims`: a line for each claim, whatever stands in the file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.operating import workspace
from corpus.shelf.register import Source
from evals.cli.root import bench
from evals.judging import claims
from tests.assistant.tiny import DOCUMENT, tiny_settings

LENDS = "pp-res-900@2030#invites-member-states"
LINES = (
    {"id": "a", "lang": "en", "text": "Member States are invited to lend lanterns to small harbours.", "cites": [LENDS]},
    {"id": "b", "lang": "en", "text": "Member States shall lend 12 lanterns.", "cites": [LENDS]},
    {"id": "c", "lang": "fr", "text": "Les États Membres prêtent des lanternes.", "cites": ["pp-res-1@1999#resolves.1"]},
    {"id": "d", "lang": "zh", "text": "请成员国出借灯笼。", "cites": ["no address at all#"]},
    {"id": "e", "lang": "en", "text": "Nothing is cited.", "cites": [], "before": "Before."},
    {"id": "f", "lang": "en", "text": "   ", "cites": [LENDS]},
)  # fmt: skip


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADVISOR_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("ADVISOR_ENTAILMENT_MODEL", "words")
    settings = tiny_settings(tmp_path / "data")
    workspace.shelf(settings).put([DOCUMENT], Source(name="t.xml", sha256="0" * 64), "test")
    return tmp_path


def test_each_line_gets_a_line_and_a_reason(held: Path) -> None:
    file = held / "claims.jsonl"
    told = "\n\n".join(json.dumps(line, ensure_ascii=False) for line in LINES)
    file.write_text("\ufeff" + told + '\n{"id": "g", broken\n\n', encoding="utf-8")
    result = CliRunner().invoke(bench, ["claims", str(file), "--json"])
    assert result.exit_code == 0, result.output
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [one["id"] for one in found] == ["a", "b", "c", "d", "e", "f", "line 12"]
    assert [set(one) for one in found] == [{"id", "shown", "reason"}] * len(found)
    assert [one["shown"] for one in found] == [True] + [False] * 6
    assert all(one["reason"] for one in found)
    assert "12" in found[1]["reason"]
    assert "pp-res-1@1999" in found[2]["reason"]


def test_a_file_that_is_none_is_an_error_that_says_so(held: Path) -> None:
    with pytest.raises(claims.BadClaim):
        claims.read(held / "nowhere.jsonl")
    (held / "latin.jsonl").write_bytes('{"id": 1, "text": "é"}'.encode("latin-1"))
    with pytest.raises(claims.BadClaim):
        claims.read(held / "latin.jsonl")


def test_the_table_counts_by_language_kind_and_rule() -> None:
    some = [
        claims.Claim(id="1", lang="en", text="x", label=True, kind="paraphrase"),
        claims.Claim(id="2", lang="ru", text="x", label=False, kind="number"),
    ]
    found = [
        claims.Outcome(id="1", shown=True, reason="yes"),
        claims.Outcome(id="2", shown=False, reason="no", kinds=("number",)),
    ]
    table = claims.render(some, found)
    assert "| paraphrase | 1 | 1.000 | 0.21 to 1.00 |" in table
    assert "| ru | 1 | 0.000 | 0.00 to 0.79 |" in table
    assert "number 1." in table


def test_the_shipped_halves_are_apart() -> None:
    halves = [claims.read(Path(claims.__file__).parent.parent / "data" / "claims" / f"{name}.jsonl")
              for name in ("tuned", "fresh", "aside")]  # fmt: skip
    documents = [{one.split("#")[0] for claim in half for one in claim.cites} for half in halves]
    assert not (documents[0] | documents[1]) & documents[2]
    assert all(claim.label is not None and claim.kind for half in halves for claim in half)
