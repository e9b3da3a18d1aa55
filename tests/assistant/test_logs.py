"""What a whole session leaves in the log: that something was done, never what was said, or
secrets."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from fastapi.testclient import TestClient
from structlog.testing import capture_logs

from assistant.api.opening import Opening
from assistant.operating.logs import _only_places
from assistant.people.roles import Role
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings
from tests.corpus.making import pdf

PASSWORD = "seven lanterns over the quiet harbour"
SAID = {
    "words of the question": "laboratories",
    "an e-mail address": "mara.lind@harbour.example",
    "a telephone number": "+41 22 555 01 99",
    "a name": "Mara Lind",
    "a file's name": "payroll-of-the-harbour",
    "a reason": "because the council objected",
    "a comment": "the council is not named",
    "a title": "For my lawyer",
}


def test_a_whole_session_is_logged_without_a_word_of_it(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    opening = Opening(settings, tiny_advisor(settings))
    opening.people.users.add("lena", Role.LIBRARIAN, by="local", password=PASSWORD)
    _, key = opening.people.keys.add("terminal", Role.READER, by="local")
    app = create_app(settings, opening=opening, chat=False)
    site = {"Origin": "http://127.0.0.1"}
    secrets = [PASSWORD, key]
    client = TestClient(
        app, base_url="http://127.0.0.1", headers=site, raise_server_exceptions=False
    )
    with client, capture_logs() as lines:
        assert client.post("/login", data={"name": "lena", "password": "wrong one"}).status_code
        client.post("/login", data={"name": "lena", "password": PASSWORD})
        assert client.get("/v1/me").json()["name"] == "lena"
        secrets += [str(value) for value in client.cookies.values()]
        asked = client.post(
            "/v1/ask",
            json={
                "question": f"Which lantern {SAID['words of the question']} are supported? I am "
                f"{SAID['a name']}, {SAID['an e-mail address']}, {SAID['a telephone number']}."
            },
        ).json()
        conversation, turn = asked["conversation"], asked["id"]
        client.post(
            "/v1/ask/stream", json={"question": "And laboratories?", "conversation": conversation}
        )
        client.patch(f"/v1/conversations/{conversation}", json={"title": SAID["a title"]})
        client.post(
            f"/v1/turns/{turn}/feedback", json={"helpful": False, "comment": SAID["a comment"]}
        )
        shared = client.post(f"/v1/conversations/{conversation}/share").json()
        secrets.append(shared["token"])
        assert client.get(shared["path"]).status_code == 200
        assert client.get(f"/v1/turns/{turn}/export?format=md").status_code == 200
        content = pdf([[("1 Harbours", 14.0, True), ("Lanterns are lent.", 11.0, False)]])
        client.post("/v1/jobs", files={"file": (SAID["a file's name"] + ".pdf", content)})
        client.post("/v1/documents/pp-res-900@2030/withdraw", json={"reason": SAID["a reason"]})
        client.get("/v1/search", params={"q": SAID["words of the question"]})
        assert client.get("/v1/turns/no-such-turn").status_code == 404
        opening.sharing.read = _broken  # type: ignore[assignment, method-assign]
        assert client.get(f"/v1/shared/{shared['token']}").status_code == 500
        client.get("/v1/me", headers={"Authorization": f"Bearer {key}"})
        client.post("/logout")
    logged = str(lines)
    assert {"turn", "request failed"} <= {line["event"] for line in lines}  # that it was done
    for what, words in SAID.items():
        assert words not in logged, what
    for secret in secrets:
        assert secret not in logged
    assert str(tmp_path) not in logged


def _broken(token: str) -> str:
    raise RuntimeError(f"no table for {token} of {SAID['an e-mail address']}")


def test_of_an_error_the_log_tells_where_and_not_what_it_said() -> None:
    try:
        _broken("a-token")
    except RuntimeError as error:
        told = _only_places(None, "error", {"event": "turn failed", "exc_info": True})
        also = _only_places(None, "error", {"event": "turn failed", "exc_info": error})
    assert told == also
    assert told["error"] == "RuntimeError"
    assert told["where"][-1].endswith(" _broken")
    assert "a-token" not in str(told)
    assert _only_places(None, "info", {"event": "turn"}) == {"event": "turn"}


def test_a_line_is_written_though_the_stream_of_the_first_is_closed() -> None:
    """In a process of its own, as a logger keeps what it was first given."""
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "import contextlib, io, structlog\n"
            "from assistant.operating import logs\n"
            "log, lent = structlog.get_logger(), io.StringIO()\n"
            "with contextlib.redirect_stderr(lent):\n"
            "    logs.configure(server=True)\n"
            "    log.info('first')\n"
            "lent.close()\n"
            "log.info('second')\n",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "second" in told.stderr
    assert "first" not in told.stderr
