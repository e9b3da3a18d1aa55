"""Reviews over the API, by invitation, and on their pages; a private upload is nobody else's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.api.keys import new_key
from assistant.operating import workspace
from assistant.people.roles import Role
from assistant.phrases import LANGUAGES
from assistant.ui.app import create_app
from tests.assistant.tiny import tiny_advisor, tiny_settings

ANNA, ANNA_LINE = new_key("anna", Role.STAFF)
BORIS, BORIS_LINE = new_key("boris", Role.STAFF)
SECRET = "Quokka Savings Bank lends nothing to founders under thirty."


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = tiny_settings(
        tmp_path_factory.mktemp("home"),
        questions_per_minute=0,
        api_keys=f"{ANNA_LINE},{BORIS_LINE}",
    )
    app = create_app(settings, tiny_advisor(settings), chat=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.headers.update(bearer(ANNA))
        yield client


@pytest.fixture
def review(client: TestClient) -> dict[str, Any]:
    about = {"title": "Portville's ecosystem", "country": "Portville", "language": "en"}
    begun = client.post("/v1/reviews", json=about)
    assert begun.status_code == 201
    url = f"/v1/reviews/{begun.json()['id']}"
    people = {}
    for name, group in (("Ida", "entrepreneurs"), ("Bo", "finance"), ("Cy", "public")):
        added = client.post(f"{url}/stakeholders", json={"name": name, "group": group})
        people[name] = added.json()["id"]
    return {"url": url, "id": begun.json()["id"], **people}


def invited(client: TestClient, review: dict[str, Any], who: str) -> TestClient:
    """Another browser, without a key, that holds an invitation."""
    made = client.post(f"{review['url']}/stakeholders/{review[who]}/invitation")
    assert made.status_code == 201
    guest = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    guest.base_url = guest.base_url.join(made.json()["path"])
    return guest


def test_three_stakeholders_contribute_apart_and_the_papers_come_out(
    client: TestClient, review: dict[str, Any]
) -> None:
    url = review["url"]
    for who, level in (("Ida", 1), ("Bo", 4)):
        path = f"{url}/stakeholders/{review[who]}"
        said = {"text": f"{who} on vision", "reads": "gap"}
        assert client.put(f"{path}/answers/vision-1", json=said).status_code == 200
        client.put(f"{path}/judgements/vision", json={"level": level, "reason": "so"})
    guest = invited(client, review, "Cy")
    page = guest.get("")
    assert page.status_code == 200
    assert "Ida on vision" not in page.text
    saved = guest.put("answers/vision-1", json={"text": "Cy <b>on</b> vision", "reads": "strength"})
    assert saved.status_code == 200, saved.text
    assert "Cy &lt;b&gt;on" in guest.get("").text
    client.put(f"{url}/confirmed/vision", json={"level": 2, "reason": ""})
    found = client.get(f"{url}/findings").json()
    vision = found["spreads"][0]
    assert (vision["low"], vision["high"], vision["apart"]) == (1, 4, True)
    for paper in ("profile", "roadmap", "kit"):
        word = client.get(f"{url}/papers/{paper}")
        assert word.content[:2] == b"PK", word.text
        told = client.get(f"{url}/papers/{paper}", params={"format": "md"}).text
        assert "Ida on vision" in told
        assert client.get(f"/pages/reviews/{review['id']}/print/{paper}").status_code == 200
    drawn = client.get(f"{url}/picture", params={"language": "ar"})
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    history = client.get(f"{url}/history").json()
    assert history[1]["by"] == "guest"
    undone = client.post(f"{url}/undo/{history[1]['number']}").json()
    assert "Cy" not in str(undone["answers"])


def test_an_invitation_is_the_only_way_in_and_only_to_ones_own(
    client: TestClient, review: dict[str, Any]
) -> None:
    guest = invited(client, review, "Bo")
    token_path = str(guest.base_url.path).rstrip("/")
    bare = TestClient(client.app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    assert bare.get("/contribute/guess").status_code == 404
    assert bare.get("/contribute/guess/part").json()["code"] == "unknown-invitation"
    assert bare.put("/contribute/guess/answers/vision-1", json={"text": "x"}).status_code == 404
    assert bare.get(review["url"]).status_code == 401
    assert bare.get("/v1/documents").status_code == 401
    assert bare.get("/contribute/files/review.js").status_code == 200
    assert bare.get("/contribute/files/../../../etc/passwd").status_code in (401, 404)
    part = bare.get(f"{token_path}/part").json()
    assert part["stakeholder"]["name"] == "Bo"
    assert "Ida" not in str(part)
    client.delete(f"{review['url']}/stakeholders/{review['Bo']}/invitation")
    assert bare.get(token_path).status_code == 404


def test_another_persons_review_does_not_exist(client: TestClient, review: dict[str, Any]) -> None:
    url = review["url"]
    for method, path in (
        ("GET", url),
        ("GET", f"{url}/history"),
        ("GET", f"{url}/picture"),
        ("GET", f"{url}/papers/profile"),
        ("GET", f"/pages/reviews/{review['id']}"),
        ("GET", f"/pages/reviews/{review['id']}/record"),
        ("POST", f"{url}/stakeholders/{review['Bo']}/invitation"),
        ("DELETE", url),
    ):
        answer = client.request(method, path, headers=bearer(BORIS))
        assert answer.status_code == 404, (method, path)
    assert client.get("/v1/reviews", headers=bearer(BORIS)).json() == []


def test_a_private_upload_is_in_nobody_elses_answers(
    client: TestClient, review: dict[str, Any]
) -> None:
    """Not in search, answers, library, drafts, comparisons or other reviews; nor after a
    re-sync."""
    url = review["url"]
    guest = invited(client, review, "Bo")
    given = guest.post(
        "evidence", data={"pillar": "capital"}, files={"file": ("bank.txt", SECRET.encode())}
    )
    assert given.status_code == 201, given.text
    answered = {"text": "Quokka Savings Bank lends nothing to founders.", "reads": "gap"}
    guest.put("answers/capital-1", json=answered)
    own = client.get(f"{url}/papers/profile", params={"format": "md"}).text
    assert "under thirty" in own, "the review's own profile quotes it"
    assert "Private source of this review: bank.txt" in own

    settings = client.app.state.opening.settings  # type: ignore[attr-defined]
    shelf = client.app.state.opening.advisor().shelf  # type: ignore[attr-defined]
    synced = settings.model_copy(update={"embedding_model": "hashing"})
    report = workspace.sync_index(synced)
    assert report is not None
    assert not any("evidence" in key for key in shelf.live())
    home = workspace.home(settings)
    for path in home.rglob("*"):
        inside = path.is_file() and "advisor.db" not in path.name
        assert not (inside and b"Quokka" in path.read_bytes()), path

    other = client.post("/v1/reviews", json={"title": "Mine"}, headers=bearer(BORIS)).json()["id"]
    brief = {"kind": "briefing-note", "topic": "Quokka Savings Bank founders under thirty"}
    draft = client.post("/v1/drafts", json=brief, headers=bearer(BORIS)).json()["id"]
    asked = {"question": "Does Quokka Savings Bank lend to founders under thirty?"}
    conversation = client.post("/v1/ask", json=asked, headers=bearer(BORIS)).json()
    everywhere = [
        conversation,
        client.get("/v1/search", params={"q": "Quokka founders"}, headers=bearer(BORIS)).text,
        client.get("/v1/documents", headers=bearer(BORIS)).text,
        client.get(f"/v1/drafts/{draft}/export?format=md", headers=bearer(BORIS)).text,
        client.get(f"/v1/reviews/{other}/papers/profile?format=md", headers=bearer(BORIS)).text,
        client.get(f"/v1/reviews/{other}/papers/kit?format=md", headers=bearer(BORIS)).text,
        client.post("/v1/mandates", json={"topic": "Quokka"}, headers=bearer(BORIS)).text,
        client.get(
            f"/v1/conversations/{conversation['conversation']}/export?format=md",
            headers=bearer(BORIS),
        ).text,
        client.get(f"{url}/papers/kit", params={"format": "md"}).text,
    ]
    for told in everywhere:
        assert "lends nothing to founders under thirty" not in str(told)
    assert "Quokka" not in str([c["quote"] for c in conversation["citations"]])
    client.delete(url)
    assert guest.get("part").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_in_every_language(
    client: TestClient, review: dict[str, Any], language: str
) -> None:
    brief = {"kind": "talking-points", "topic": "lantern laboratories"}
    draft = client.post("/v1/drafts", json=brief).json()["id"]
    id = review["id"]
    for path in (
        "advice",
        "reviews",
        f"reviews/{id}",
        f"reviews/{id}/part/{review['Bo']}",
        f"reviews/{id}/pillar/capital",
        f"reviews/{id}/record",
        "drafts",
        f"drafts/{draft}",
        "mandates",
        "mandates?q=lantern+laboratories",
        "comparisons",
        "comparisons?what=countries&country=Nowhere&country=Elsewhere",
    ):
        answer = client.get(
            f"/pages/{path}", params={"lang": language} if "?" not in path else None
        )
        assert answer.status_code == 200, (path, answer.text[:300])


def test_a_draft_after_a_template_with_versions(client: TestClient) -> None:
    template = b"# Mandate\n\n## Lantern plans {x}\n\n```\n# not a heading\n```\n# Next steps\n"
    made = client.post(
        "/v1/drafts/template",
        data={"topic": "lantern laboratories"},
        files={"file": ("t.md", template)},
    )
    assert made.status_code == 201, made.text
    body = made.json()
    headings = [section["heading"] for section in body["draft"]["sections"]]
    assert headings == ["Mandate", "Lantern plans {x}", "Next steps"]
    url = f"/v1/drafts/{body['id']}"
    last = body["draft"]["sections"][-1]["key"]
    edit = {"section": last, "action": "insert", "text": "Call us."}
    client.post(f"{url}/edits", json=edit)
    restored = client.post(f"{url}/restore/1").json()
    assert restored["version"] == 3
    assert len(client.get(f"{url}/versions").json()) == 3
    assert client.get(f"{url}/export", params={"format": "pdf"}).content[:5] == b"%PDF-"
    none = client.post(
        "/v1/drafts/template", data={"topic": "x"}, files={"file": ("t.md", b"no headings")}
    )
    assert none.status_code == 422
    written = {"kind": "reply", "topic": "lanterns", "written": True}
    assert client.post("/v1/drafts", json=written).status_code == 422, "no chat model is set"
    assert client.delete(url).status_code == 204
    assert client.get(url).status_code == 404


def test_uploads_are_bounded_and_read_by_their_bytes(
    client: TestClient, review: dict[str, Any], tmp_path: Path
) -> None:
    url = f"{review['url']}/evidence"
    data = {"pillar": "capital", "stakeholder": review["Bo"]}
    bad = client.post(url, data=data, files={"file": ("x.pdf", b"MZ\x90\x00" * 50)})
    assert bad.status_code == 422, bad.text
    large = client.post(url, data=data, files={"file": ("x.txt", b"a " * 11_000_000)})
    assert large.status_code in (413, 422)
    wrong = client.post(url, data={"pillar": "nowhere", "text": "words of evidence"})
    assert wrong.json()["code"] == "out-of-frame"
    sneaky = {"file": ("../../../etc/x.txt", b"A paragraph of evidence on loans.")}
    kept = client.post(url, data=data, files=sneaky)
    assert kept.status_code == 201, kept.text
    assert "/" not in kept.json()["name"]
