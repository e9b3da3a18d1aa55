"""Files sent as jobs: progress, errors in words, retry, cancel, and the index after them (P10,
P24)."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.operating import workspace
from assistant.operating.intake import Intake, safe_name, waited
from assistant.ui.app import create_app
from tests.assistant.test_cli import DIGEST
from tests.assistant.tiny import tiny_advisor, tiny_settings

FILE = DIGEST.replace("pp-res-900", "pp-res-901").encode()
URL = "https://www.itu.int/en/lighthouses"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = tiny_settings(tmp_path, embedding_model="hashing")
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def over(client: TestClient, id: str, seconds: float = 60) -> dict[str, object]:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        job: dict[str, object] = client.get(f"/v1/jobs/{id}").json()
        indexing = client.get("/v1/jobs").json()["indexing"]
        if job["state"] not in ("waiting", "running") and not indexing["busy"]:
            return job
        time.sleep(0.05)
    raise AssertionError("the job did not end")


def test_p24_a_file_is_a_job_until_it_can_be_found(client: TestClient, tmp_path: Path) -> None:
    files = {"file": ("../../lighthouse.md", FILE)}
    sent = client.post("/v1/jobs", files=files, data={"url": URL})
    assert sent.status_code == 202, sent.text
    assert "path" not in sent.json()
    job = over(client, sent.json()["id"])
    assert (job["state"], job["percent"], job["documents"]) == ("done", 100, ["pp-res-901@2030"])
    shelf = client.app.state.opening.advisor().shelf  # type: ignore[attr-defined]
    (entry,) = [entry for entry in shelf.entries() if entry.id == "pp-res-901@2030"]
    assert (entry.added_by, entry.source.url) == ("local", URL)
    assert entry.source.name == "lighthouse.md"
    settings = client.app.state.opening.settings  # type: ignore[attr-defined]
    until = time.monotonic() + 60
    while not workspace.index_status(settings).in_step and time.monotonic() < until:
        time.sleep(0.05)
    assert workspace.index_status(settings).in_step
    while list((tmp_path / "files" / "incoming").iterdir()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not list((tmp_path / "files" / "incoming").iterdir())


def test_p24_what_is_wrong_with_a_file_is_said_and_it_may_be_tried_again(
    client: TestClient,
) -> None:
    sent = client.post("/v1/jobs", files={"file": ("x.pdf", b"%PDF-1.7 no more")}).json()
    job = over(client, sent["id"])
    assert (job["state"], job["code"]) == ("failed", "damaged-file")
    assert job["error"]
    assert client.post(f"/v1/jobs/{sent['id']}/cancel").status_code == 404
    assert client.post(f"/v1/jobs/{sent['id']}/retry").status_code == 200
    assert over(client, sent["id"])["state"] == "failed"
    listed = client.get("/v1/jobs").json()
    assert listed["counts"]["failed"] == 1
    assert client.get("/v1/jobs/nothing").json()["code"] == "unknown-job"
    bad = client.post("/v1/jobs", files={"file": ("x", FILE)}, data={"url": "javascript:alert(1)"})
    assert bad.status_code == 422


def test_what_an_earlier_process_left_is_taken_up(tmp_path: Path) -> None:
    apart = tiny_settings(tmp_path, embedding_model="hashing", worker="apart")
    left = Intake(apart)
    job = left.accept("lighthouse.md", io.BytesIO(FILE), "lib", None)
    assert left.jobs.get(job.id).state == "waiting"
    next_one = Intake(tiny_settings(tmp_path, embedding_model="hashing"))
    next_one.resume()
    assert waited(next_one)
    assert next_one.jobs.get(job.id).documents == ("pp-res-901@2030",)


def test_p12_a_name_is_never_a_path() -> None:
    for given in ("../../etc/passwd", "a/b\\c", "\x00\x01", "", None, ".hidden", "x" * 500):
        name = safe_name(given)
        assert name
        assert len(name) <= 150
        assert not set(name) & set("/\\\x00")
        assert not name.startswith(".")
    assert safe_name("Résolution 205 (2018).pdf") == "Résolution 205 (2018).pdf"
