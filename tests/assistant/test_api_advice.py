"""Mandates, comparisons and drafts over the API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = tiny_settings(tmp_path_factory.mktemp("home"), questions_per_minute=0)
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def test_a_mandate_has_clauses_and_a_picture(client: TestClient) -> None:
    trail = client.post("/v1/mandates", json={"topic": "lantern laboratories"}).json()
    duties = {duty["address"]: duty for duty in trail["duties"]}
    assert "pp-res-900@2030#resolves.1" in duties
    drawn = client.post("/v1/mandates/picture", json={"topic": "lantern <laboratories>"})
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert "<laboratories>" not in drawn.text


def test_a_draft_is_begun_edited_undone_and_exported(client: TestClient) -> None:
    brief = {"kind": "briefing-note", "topic": "lantern laboratories", "audience": "the Director"}
    begun = client.post("/v1/drafts", json=brief)
    assert begun.status_code == 201
    url = f"/v1/drafts/{begun.json()['id']}"
    change = {"section": "decision", "action": "insert", "text": "Light them."}
    assert client.post(f"{url}/edits", json=change).json()["version"] == 2
    assert "Light them" in client.get(f"{url}/export", params={"format": "md"}).text
    assert client.post(f"{url}/undo").json()["version"] == 1
    assert client.get(f"{url}/export").content[:2] == b"PK"
    assert [d["id"] for d in client.get("/v1/drafts").json()] == [begun.json()["id"]]


def test_refusals_say_what_to_do(client: TestClient) -> None:
    missing = client.get("/v1/drafts/none")
    assert (missing.status_code, missing.json()["code"]) == (404, "unknown-draft")
    few = client.post("/v1/comparisons", json={"countries": ["Ruritania"]})
    assert (few.status_code, few.json()["code"]) == (422, "nothing-to-compare")
