"""Librarians add and withdraw documents, on the record; others are refused (P10, P11, P14)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.api.gate import MAX_UPLOAD_BYTES
from assistant.api.keys import BadKeyList, Keys, new_key
from assistant.people.roles import Role
from assistant.ui.app import create_app
from tests.assistant.test_cli import DIGEST
from tests.assistant.tiny import tiny_advisor, tiny_settings

KEYS = {role: new_key(role.value, role) for role in Role}
FILE = DIGEST.replace("pp-res-900", "pp-res-901").encode()
URL = "https://www.itu.int/en/lighthouses"


def as_(role: Role) -> dict[str, str]:
    return {"Authorization": f"Bearer {KEYS[role][0]}"}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    settings = tiny_settings(
        tmp_path, api_keys=",".join(line for _, line in KEYS.values()), embedding_model="hashing"
    )
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client


def test_p10_a_librarian_adds_and_withdraws_on_the_record(
    client: TestClient, tmp_path: Path
) -> None:
    files = {"file": ("../../../lights\x01house.md", FILE)}
    librarian, reader = as_(Role.LIBRARIAN), as_(Role.READER)
    added = client.post("/v1/documents", files=files, data={"url": URL}, headers=librarian)
    assert added.status_code == 201, added.text
    (id,) = added.json()["documents"]
    assert (id, added.json()["added"]) == ("pp-res-901@2030", 1)
    shelf = client.app.state.opening.advisor().shelf  # type: ignore[attr-defined]
    (entry,) = [entry for entry in shelf.entries() if entry.id == id]
    assert entry.added_by == "librarian"
    assert entry.source.sha256 == hashlib.sha256(FILE).hexdigest()
    assert entry.source.url == URL
    assert "/" not in entry.source.name
    assert not list(tmp_path.glob("upload-*"))
    again = client.post("/v1/documents", files=files, headers=librarian)
    assert again.json()["unchanged"] == 1

    query = {"q": "lighthouse keeper books"}
    assert any(
        hit["document"] == id
        for hit in client.get("/v1/search", params=query, headers=reader).json()
    )
    withdrawn = client.post(
        f"/v1/documents/{id}/withdraw", json={"reason": "wrong edition"}, headers=librarian
    )
    assert withdrawn.status_code == 200
    assert client.get(f"/v1/documents/{id}", headers=reader).status_code == 404
    hits = client.get("/v1/search", params=query, headers=reader).json()
    assert not any(hit["document"] == id for hit in hits)
    client.post(f"/v1/documents/{id}/restore", json={"reason": "it was right"}, headers=librarian)
    assert client.get(f"/v1/documents/{id}", headers=reader).status_code == 200
    (last, before, *_) = shelf.history(entry.key)
    assert (last.action, last.actor) == ("restored", "librarian")
    assert (before.action, before.detail) == ("withdrawn", "wrong edition")


@pytest.mark.parametrize("role", [Role.READER, Role.STAFF, Role.EVALUATOR])
def test_p10_others_are_refused_before_a_byte_is_read(client: TestClient, role: Role) -> None:
    for path, sent in (
        ("/v1/documents", {"files": {"file": ("x.md", FILE)}}),
        ("/v1/documents/pp-res-900@2030/withdraw", {"json": {"reason": "x"}}),
        ("/v1/documents/pp-res-900@2030/restore", {"json": {"reason": "x"}}),
    ):
        answer = client.post(path, headers=as_(role), **sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed")
        assert client.post(path, **sent).status_code == 401
    assert len(client.get("/v1/documents", headers=as_(role)).json()) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty-file"),
        ("program.pdf", b"\x7fELF\x02\x01\x01" + bytes(200), "unknown-format"),
    ],
)
def test_p10_files_are_judged_by_their_bytes(
    client: TestClient, name: str, content: bytes, code: str
) -> None:
    answer = client.post("/v1/documents", files={"file": (name, content)}, headers=as_(Role.ADMIN))
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert len(client.get("/v1/documents", headers=as_(Role.READER)).json()) == 1


def test_p14_an_upload_is_bounded_and_only_an_upload_may_be_large(client: TestClient) -> None:
    headers = as_(Role.LIBRARIAN) | {"Content-Length": str(MAX_UPLOAD_BYTES + 1)}
    assert client.post("/v1/documents", content=b"x", headers=headers).status_code == 413
    headers["Content-Length"] = "2000000"
    assert client.post("/v1/ask", content=b"x", headers=headers).status_code == 413


def test_a_keys_role_is_read_and_checked() -> None:
    keys = Keys.parse(",".join(line for _, line in KEYS.values()))
    assert {keys.role(role.value) for role in Role} == set(Role)
    with pytest.raises(BadKeyList):
        Keys.parse(f"anna:{'0' * 64}:emperor")
