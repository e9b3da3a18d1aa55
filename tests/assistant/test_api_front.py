"""The server answers while it is being built (P26)."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.ui.app import create_app
from assistant.ui.front import Front
from tests.assistant.tiny import tiny_advisor, tiny_settings


def test_p26_healthz_answers_at_once_and_the_rest_when_it_is_built(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    go = threading.Event()

    def build() -> FastAPI:
        assert go.wait(20)
        return create_app(settings, tiny_advisor(settings), chat=False)

    with TestClient(Front(build, []), base_url="http://127.0.0.1") as client:
        assert client.get("/healthz").status_code == 200
        for path in ("/readyz", "/v1/documents"):
            answer = client.get(path)
            assert (answer.status_code, answer.json()["code"]) == (503, "starting"), path
        page = client.get("/", headers={"Accept": "text/html", "Accept-Language": "ar"})
        assert page.status_code == 503
        assert 'dir="rtl"' in page.text
        assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 400
        go.set()
        until = time.monotonic() + 20
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.05)
        assert client.get("/v1/documents").json()
