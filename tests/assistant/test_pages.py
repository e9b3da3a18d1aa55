"""Pages beside the chat as they are sent: the library, a document, comparisons, what is not
there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.assistant.test_api_gate import client_of

PAGE = {"Accept": "text/html"}


@pytest.fixture
def visitor(tmp_path: Path) -> Iterator[TestClient]:
    with client_of(tmp_path) as client:
        yield client


def test_the_library_is_cut_into_pages_grouped_and_searched(visitor: TestClient) -> None:
    whole = visitor.get("/pages/library?lang=en", headers=PAGE).text
    assert whole.count('class="held ') == 25
    assert "Page 1 of" in whole
    assert 'name="here" value="true" checked' not in whole
    held = visitor.get("/pages/library?here=true&q=lanterns+900&lang=en", headers=PAGE).text
    assert held.count('class="held official"') == 1
    assert 'href="/pages/read?at=pp-res-900%402030"' in held
    assert 'name="here" value="true" checked' in held
    nothing = visitor.get("/pages/library?q=zebra&kind=toolkit&lang=en", headers=PAGE).text
    assert "Nothing found" in nothing


def test_a_clause_is_read_in_its_document(visitor: TestClient) -> None:
    told = visitor.get("/pages/read?at=pp-res-900@2030%23resolves.2&lang=ar", headers=PAGE).text
    assert '<html lang="ar" dir="rtl">' in told
    assert told.count('id="here"') == 1
    gone = visitor.get("/pages/read?at=pp-res-1@1900", headers=PAGE)
    assert gone.status_code == 404
    assert "<html" in gone.text


def test_comparisons_ask_back_where_a_name_is_not_clear(visitor: TestClient) -> None:
    asked = {"what": "editions", "first": "lanterns", "second": "no such thing", "lang": "en"}
    told = visitor.get("/pages/comparisons", params=asked, headers=PAGE).text
    assert "No document called “no such thing”" in told
    assert 'value="Resolution 900 (Portville, 2030)"' in told  # "lanterns" was clear


def test_what_is_not_there_is_told_on_a_page_to_people(visitor: TestClient) -> None:
    for path in ("/nothing/here", "/pages/nothing"):
        told = visitor.get(path, headers={**PAGE, "Accept-Language": "fr"})
        assert told.status_code == 404
        assert "Cette page n’existe pas" in told.text
    assert visitor.get("/v1/nothing", headers=PAGE).json()["code"] == "not-found"


def test_files_that_change_their_address_are_kept_and_pages_are_not(visitor: TestClient) -> None:
    kept = visitor.get("/pages/files/site.css?mark", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in kept.headers["cache-control"]
    assert kept.headers["content-encoding"] == "gzip"
    assert visitor.get("/pages/library", headers=PAGE).headers["cache-control"] == "no-store"
    assert visitor.get("/pages/files/none.css").headers["cache-control"] == "no-store"
