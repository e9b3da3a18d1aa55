"""What texts and questions speak of, and how words are folded to be compared."""

from __future__ import annotations

import unicodedata

from corpus.documents import Frozen

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")

_ARABIC_LETTERS = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ة": "ه", "ـ": None})


class Concept(Frozen):
    """One thing the texts talk about.

    Attributes:
        terms: how the English texts name it, most telling first.
        actor: name of the person or body, where sections address it; else None.
        phrases: language code -> ways of saying it; `*` allows any ending.
    """

    terms: tuple[str, ...]
    actor: str | None = None
    phrases: dict[str, tuple[str, ...]]


def fold(text: str) -> str:
    """Lower case, accents and Arabic vowel marks dropped, alef forms united, quotes straight."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_ARABIC_LETTERS))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    bare = unicodedata.normalize("NFKC", bare).translate(_ARABIC_LETTERS)
    return bare.replace("’", "'").replace("‑", "-")
