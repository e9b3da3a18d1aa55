"""Links that a document brings along: only the web's own, and official ones only where they are."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from corpus.documents import Document
from corpus.errors import UnsafeFile
from corpus.fetching.policy import host_of, hosts_of
from corpus.shelf.catalogue import Catalogue

_SCHEME = re.compile(r"[\s\x00-\x1f]*(?:[a-z][a-z0-9+.\-]*:(?!\s)|//|\\\\)", re.IGNORECASE)


def is_web(url: str) -> bool:
    """Whether this is a plain http or https address with a host, and nothing more."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = url.isprintable() and not re.search(r"[\s<>\"\\]", url)
    named = bool(parts.hostname) and "@" not in parts.netloc and port != 0
    return plain and named and parts.scheme in ("http", "https")


def check_links(documents: list[Document]) -> None:
    """Refuse documents whose links are no web addresses: `javascript:`, `data:`, `//host`, ...

    A source may also be a record in words; only what begins like a link is looked at.

    Raises:
        UnsafeFile: names the link.
    """
    for document in documents:
        links = [document.official_url] if document.official_url else []
        links += [
            source
            for _, clause in document.clauses()
            for source in clause.sources
            if _SCHEME.match(source)
        ]
        for link in links:
            if not is_web(link):
                raise UnsafeFile(
                    f"'{link[:80]}' is no http or https address. Mend the link, or leave it out."
                )


def is_official(url: str) -> bool:
    """Whether an address is on a host that the catalogue names."""
    return is_web(url) and host_of(url) in _official_hosts()


@cache
def _official_hosts() -> frozenset[str]:
    return hosts_of(url for entry in Catalogue.load() for url in entry.urls)
