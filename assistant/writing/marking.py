"""What sets somebody's words apart from ours in a prompt: two lines, and a sign between words (P8).

Texts, questions, topics, headings, names and the model's own sentences are data. They stand between
two lines drawn for each request, so that no text in them can close the block, and a sign drawn with
them stands in place of every third blank, so that a model sees at each point whose words it reads
(datamarking). No text holds the sign but where it was put.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from corpus.tampering.characters import visible

_SIGNS = "^~¦¤†‡¬"
"""Signs that texts hold seldom, each one token or two to most models."""

_EVERY = 3
"""Blanks to a sign: with each of them a prompt of a small model would take twice its time to
read."""

_LINK = re.compile(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\w+", re.IGNORECASE)
_HAN = "[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]"
_UNBROKEN = re.compile(f"({_HAN}{{6}})(?={_HAN})")
"""Chinese is written without blanks."""

LINES = re.compile(r"<<(extracts|end) [0-9a-f]{12} (\S)>>")
"""How both lines look; the second group is the sign."""


@dataclass(frozen=True)
class Marks:
    """The lines and the sign of one request."""

    drawn: str
    sign: str

    @property
    def begin(self) -> str:
        """The line before data."""
        return f"<<extracts {self.drawn} {self.sign}>>"

    @property
    def end(self) -> str:
        """The line after it, alike but for one word: the fewer words, the fewer a small model
        copies into its answer."""
        return f"<<end {self.drawn} {self.sign}>>"

    def block(self, lines: str) -> str:
        """Lines that hold nothing but our labels and `data`, between the two."""
        return f"{self.begin}\n{lines}\n{self.end}"

    def data(self, text: str) -> str:
        """`text` as one line: nothing invisible, no links, marked."""
        words = one_line(text).replace(self.sign, " ").split()
        groups = [" ".join(words[n : n + _EVERY]) for n in range(0, len(words), _EVERY)]
        return _UNBROKEN.sub(rf"\1{self.sign}", self.sign.join(groups))


class Heard:
    """What a model says, piece by piece, without the signs it copies."""

    def __init__(self, marks: Marks) -> None:
        self._sign, self._last, self._held = marks.sign, "", ""

    def feed(self, piece: str) -> str:
        """`piece` unmarked; a sign at its end waits for what follows it."""
        whole = self._last + self._held + piece
        bare = whole.rstrip(self._sign)
        self._held = whole[len(bare) :]
        said = unmarked(bare, self._sign)[len(self._last) :]
        self._last = (self._last + said)[-1:]
        return said


def drawn(*texts: str) -> Marks:
    """Marks for a request that holds these texts: a sign none of them has, if there is one."""
    free = [sign for sign in _SIGNS if not any(sign in text for text in texts)]
    return Marks(secrets.token_hex(6), secrets.choice(free or _SIGNS))


def one_line(text: str) -> str:
    """`text` as one line without marks: nothing invisible, no links."""
    return " ".join(_LINK.sub("(link)", visible(text)).split())


def unmarked(text: str, sign: str) -> str:
    """`text` with blanks for signs, or with nothing between two characters of Chinese."""
    between = re.sub(f"(?<={_HAN}){re.escape(sign)}(?={_HAN})", "", text)
    return between.replace(sign, " ")


def unmarked_prompt(prompt: str) -> str:
    """A prompt as it would stand without marks; its lines without what was drawn."""
    if (line := LINES.search(prompt)) is None:
        return prompt
    return unmarked(LINES.sub(r"<<\1>>", prompt), line[2])
