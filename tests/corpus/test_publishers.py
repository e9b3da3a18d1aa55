"""Who stands behind an address."""

from __future__ import annotations

import pytest

from corpus.shelf.catalogue import Catalogue
from corpus.shelf.publishers import publisher
from corpus.shelf.starter import packaged_digests


@pytest.mark.parametrize(
    ("url", "name", "mirror", "official"),
    [
        ("https://www.itu.int:443/en/ITU-D", "ITU", False, True),
        ("https://newslog.itu.int/archives/436", "ITU", False, True),
        ("https://staging.itu.int/en/x", "ITU", False, False),
        ("https://docslib.org/doc/1", "docslib.org", True, False),
        ("https://slideplayer.com./amp/5850806", "slideplayer.com", True, False),
        ("https://www.example.org/a", "example.org", False, True),
        ("https://notitu.int/a", "notitu.int", False, True),
    ],
)
def test_publishers(url: str, name: str, mirror: bool, official: bool) -> None:
    found = publisher(url)
    assert found is not None
    assert (found.name, found.mirror, found.official) == (name, mirror, official)


def test_a_record_is_no_address() -> None:
    assert publisher("Note of the person who collected the facts") is None


def test_nothing_is_called_official_that_lies_on_a_mirror_or_a_staging_host() -> None:
    digests = [packaged.digest.document.official_url for packaged in packaged_digests()]
    entries = [url for entry in Catalogue.load() for url in entry.urls]
    for url in [*digests, *entries]:
        found = publisher(url) if url else None
        assert found is None or found.official, url
