"""Which words of a clause stay, go and come between two editions: a readable difference."""

from __future__ import annotations

import difflib
import re
from enum import StrEnum

from corpus.documents import Frozen

# Words, single Chinese or Japanese characters, runs of spaces, single marks: nothing is lost.
_TOKEN = re.compile(r"\s+|[\u3040-\u9fff]|[^\W_\u3040-\u9fff]+|[^\w\s]|_")


class PieceKind(StrEnum):
    """Where a run of words stands: in both editions, in the old or in the new."""

    SAME = "same"
    DELETED = "deleted"
    INSERTED = "inserted"


class Piece(Frozen):
    """A run of words of a readable difference; old text = same + deleted, new = same + inserted."""

    kind: PieceKind
    text: str


def word_difference(old: str, new: str) -> tuple[Piece, ...]:
    """Runs of words that stay, go and come, in reading order, spaces kept.

    Words that go or come on both sides of a mere space are told as one run, for the reader's sake.
    """
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    pieces: list[Piece] = []
    gone, come = "", ""
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for tag, i1, i2, j1, j2 in [*matcher.get_opcodes(), ("end", 0, 0, 0, 0)]:
        same = "".join(left[i1:i2])
        if tag not in ("equal", "end") or (tag == "equal" and same.isspace() and gone + come):
            gone += same
            come += "".join(right[j1:j2])
            continue
        space = come[len(come.rstrip()) :]
        tail = space if gone.endswith(space) else ""
        for kind, text in (
            (PieceKind.DELETED, gone.removesuffix(tail)),
            (PieceKind.INSERTED, come.removesuffix(tail)),
            (PieceKind.SAME, tail + same),
        ):
            if text:
                pieces.append(Piece(kind=kind, text=text))
        gone = come = ""
    return tuple(pieces)
