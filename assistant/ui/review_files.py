"""Script and style of the review pages, for staff and for invited stakeholders alike."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from fastapi import Response

from corpus.errors import UnknownAddress

_FILES = {
    "site.css": "text/css; charset=utf-8",
    "site.js": "text/javascript; charset=utf-8",
    "review.css": "text/css; charset=utf-8",
    "review.js": "text/javascript; charset=utf-8",
}


def served(name: str) -> Response:
    """One file.

    Raises:
        UnknownAddress: there is no such file.
    """
    if name not in _FILES:
        raise UnknownAddress("There is no such file.")
    return Response(_read(name), media_type=_FILES[name])


@cache
def mark() -> str:
    """Changes with the files, so that no browser keeps an old one."""
    return sha256("".join(_read(name) for name in _FILES).encode()).hexdigest()[:12]


@cache
def _read(name: str) -> str:
    return (files("assistant.ui") / "static" / name).read_text(encoding="utf-8")
