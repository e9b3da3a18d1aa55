"""Shared conversations: read by whoever has the link, and by nobody else (P5, P9, P11, P12)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document as DocxDocument
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from assistant.api.keys import new_key
from assistant.errors import UnknownConversation, UnknownShare
from assistant.records.conversations import Store
from assistant.records.sharing import Sharing
from assistant.records.tables import shares_table
from assistant.ui.app import create_app
from corpus.database import open_database, reading
from tests.assistant.test_stores import answer_of
from tests.assistant.tiny import tiny_advisor, tiny_settings

QUESTION = {"question": "Which <b>lantern</b> laboratories are supported in a harbour?"}
ANNA, ANNA_LINE = new_key("anna.secretname")
BORIS, BORIS_LINE = new_key("boris")


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture
def client(tmp_path: Path, database_url: str) -> Iterator[TestClient]:
    settings = tiny_settings(
        tmp_path, api_keys=f"{ANNA_LINE},{BORIS_LINE}", database_url=SecretStr(database_url)
    )
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


def test_p5_p11_a_link_shows_the_turns_and_not_whose_they_are(client: TestClient) -> None:
    anna, boris = bearer(ANNA), bearer(BORIS)
    answer = client.post("/v1/ask", json=QUESTION, headers=anna).json()
    id = answer["conversation"]
    path = f"/v1/conversations/{id}/share"
    assert client.post(path, headers=boris).json()["code"] == "unknown-conversation"
    made = client.post(path, headers=anna)
    assert made.status_code == 201
    token = made.json()["token"]
    client.post("/v1/ask", json={**QUESTION, "conversation": id}, headers=anna)
    read = client.get(f"/v1/shared/{token}", headers=boris)
    (turn,) = read.json()["turns"]
    assert turn["answer"]["citations"] == answer["citations"]
    assert turn["answer"]["citations"]
    page = client.get(made.json()["path"], headers=boris)
    assert page.status_code == 200
    word = client.get(f"/v1/shared/{token}/export", headers=boris).content
    text = "\n".join(p.text for p in DocxDocument(io.BytesIO(word)).paragraphs)
    for citation in answer["citations"]:
        assert citation["address"] in page.text
        assert citation["address"] in text
    for shown in (read.text, page.text, text):
        assert id not in shown
        assert "secretname" not in shown
    assert "<b>" not in page.text
    assert "<script" not in page.text
    assert re.findall(r'href="(?!#)([^"]*)"', page.text) == [c["url"] for c in answer["citations"]]
    # It is not a way in: without a key there is nothing, and the conversation stays the owner's.
    assert client.get(f"/v1/shared/{token}").status_code == 401
    assert client.get(made.json()["path"]).status_code == 401
    assert client.get(f"/v1/turns/{answer['id']}", headers=boris).status_code == 404
    assert client.delete(path, headers=boris).status_code == 404
    assert client.delete(path, headers=anna).status_code == 204
    for gone in (f"/v1/shared/{token}", made.json()["path"], "/v1/shared/guess", "/shared/guess"):
        assert client.get(gone, headers=boris).status_code == 404


def test_links_end_with_the_conversation_and_are_kept_hashed(database_url: str) -> None:
    engine = open_database(database_url)
    store, sharing = Store(engine), Sharing(engine)
    conversation = store.begin("anna", "Lamplight").id
    answer = answer_of()
    store.add_turn(conversation, "lanterns?", answer, "anna")
    tokens = {sharing.share(conversation, "anna") for _ in range(3)}
    assert len(tokens) == 3
    for token in tokens:
        (turn,) = sharing.read(token).turns
        assert turn.answer.citations == answer.citations
        assert turn.answer.trace == {}
    with reading(engine) as connection:
        rows = connection.execute(select(shares_table)).all()
    assert not any(token in str(row) for token in tokens for row in rows)
    with pytest.raises(UnknownConversation):
        sharing.revoke(conversation, "boris")
    store.delete(conversation, "anna")
    for token in tokens:
        with pytest.raises(UnknownShare):
            sharing.read(token)
    engine.dispose()
