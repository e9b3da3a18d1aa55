"""Who stands behind an address: its publisher, or a host that keeps copies (`publishers.yaml`)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import yaml

from corpus.documents import Frozen


class Publisher(Frozen):
    """Behind an address.

    Attributes:
        name: as people know it; of a host that nobody named, the host.
        mirror: it keeps copies of other people's texts and says nothing itself.
        official: the address may be called its publisher's own page.
    """

    name: str
    mirror: bool = False
    official: bool = True


@cache
def _known() -> dict[str, dict[str, object]]:
    raw = yaml.safe_load(files("corpus.shelf").joinpath("publishers.yaml").read_text("utf-8"))
    return {str(host): dict(said) for host, said in raw.items()}


def publisher(url: str) -> Publisher | None:
    """Who stands behind `url`; None for what is no address of the web."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        return None
    labels = host.split(".")
    names = [".".join(labels[at:]) for at in range(len(labels) - 1)]
    said = next((_known()[name] for name in names if name in _known()), {})
    return Publisher(
        name=str(said.get("name") or host),
        mirror=bool(said.get("mirror")),
        official=not said.get("mirror") and not said.get("unsure"),
    )
