"""pypdf parses a font's ToUnicode map again on every page; some maps have 65,536 entries.

Remembering them makes such files ten times faster to read. The function wrapped is pypdf's own
and not public: where a release has moved it, reading is slow but right.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import pypdf._cmap as cmap

_MOST = 64
_Maps = tuple[dict[Any, Any], list[int]]


def remember_font_maps() -> None:
    """From now on, in this process, parse each ToUnicode map once. Safe to call again."""
    parse = getattr(cmap, "_parse_to_unicode", None)
    if parse is None or getattr(parse, "remembers", False):
        return
    known: OrderedDict[bytes, _Maps] = OrderedDict()

    def remembered(font: Any) -> _Maps:
        key = _key(font)
        if key is None:
            fresh: _Maps = parse(font)
            return fresh
        if key not in known:
            known[key] = parse(font)
            if len(known) > _MOST:
                known.popitem(last=False)
        known.move_to_end(key)
        characters, codes = known[key]
        return dict(characters), list(codes)  # callers may add to theirs

    remembered.remembers = True  # type: ignore[attr-defined]
    setattr(cmap, "_parse_to_unicode", remembered)  # noqa: B010 (mypy sees a function)


def _key(font: Any) -> bytes | None:
    """What the map is made from: the stream's bytes; None where there is no stream."""
    try:
        stream = font["/ToUnicode"]
        return hashlib.sha256(stream.get_data()).digest()
    except Exception:  # a damaged entry is pypdf's to judge
        return None
