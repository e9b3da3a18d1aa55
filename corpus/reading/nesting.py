"""How deep the elements of a web page stand in each other, before a parser builds its tree."""

from __future__ import annotations

import re

MOST = 2000
"""Levels that no honest page comes near, and that no parser of ours trips over."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*?(/?)>")
_OPEN_ENDED = frozenset(
    b"p li td th tr dt dd option thead tbody tfoot colgroup html head body area base br col embed "
    b"hr img input link meta source track wbr".split()
)
"""Elements that need no end tag, or have none: they say nothing about depth."""


def deepest(content: bytes) -> int:
    """The greatest number of elements open at once, looked for until it passes MOST."""
    depth = most = 0
    for closing, name, empty in _TAG.findall(content):
        if empty or name.lower() in _OPEN_ENDED:
            continue
        depth = max(0, depth - 1) if closing else depth + 1
        most = max(most, depth)
        if most > MOST:
            break
    return most
