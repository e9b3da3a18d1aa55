"""Fixed phrases in the six languages, from gettext catalogues in `locales/`.

A phrase is asked for by a key (`not-in-documents`), never by its English, so that each language
says it in its own order. The `.po` files are the source and are compiled in memory by Babel when
first used: nothing is built, nothing can be stale. Plurals follow each catalogue's own rule.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
"""The six official languages of the Union, by ISO 639-1 code."""

_BEFORE = re.compile("[ \u202f](?=[:;?!»])")
_AFTER = re.compile("(?<=«)[ \u202f]")
_LATIN = re.compile("[A-Za-zÀ-ɏ]")
_ARABIC = re.compile("[\u0600-\u06ff\u2068]")

LOCALES = Path(__file__).parent / "locales"


def say(language: str, key: str, **values: object) -> str:
    """The phrase `key` in `language`, its `{names}` filled in; English where it is not one of six.

    Raises:
        KeyError: no catalogue has this key (a slip in the program, caught by the tests).
    """
    return _text(language, key).format(**_isolated(language, values))


def count(language: str, key: str, number: int, **values: object) -> str:
    """The phrase `key` in the plural form that `number` takes; `{n}` stands for the number."""
    catalogue = _catalogue(_known(language))
    text = catalogue.ngettext(key, key, number)
    if text == key:
        raise KeyError(key)
    text = _spaced(text) if language == "fr" else text
    return text.format(n=number, **_isolated(language, values))


def has(language: str, key: str) -> bool:
    """Whether there is such a phrase, for lists that may grow without us (places, actors)."""
    return _catalogue(_known(language)).gettext(key) != key


def listed(language: str, items: Sequence[str]) -> str:
    """`items` joined as the language joins a list: 'a, b and c'."""
    code = _known(language)
    # United Nations English writes no comma before "and".
    return format_list(
        [isolated(language, item) for item in items], locale="en_GB" if code == "en" else code
    )


def quoted(language: str, text: str) -> str:
    """`text` in the quotation marks of `language`."""
    return _text(language, "document-titled").format(title=text)


def isolated(language: str, text: str) -> str:
    """`text` so that it keeps its order inside a sentence of `language`.

    A name in Latin letters inside an Arabic sentence carries its digits, brackets and full stops
    with it only between first-strong isolates; without them they jump to the wrong end of it. An
    address of the web stays as it is: people copy it.
    """
    if language != "ar" or not _LATIN.search(text) or _ARABIC.search(text) or "://" in text:
        return text
    return f"\u2068{text}\u2069"


def _isolated(language: str, values: Mapping[str, object]) -> dict[str, object]:
    return {
        name: isolated(language, value) if isinstance(value, str) else value
        for name, value in values.items()
    }


def _text(language: str, key: str) -> str:
    text = _catalogue(_known(language)).gettext(key)
    if text == key:
        raise KeyError(key)
    return _spaced(text) if language == "fr" else text


@cache
def _spaced(text: str) -> str:
    """French as it is set: no line ends before a high mark, nor inside the quotation marks."""
    return _AFTER.sub("\u00a0", _BEFORE.sub("\u00a0", text))


def _known(language: str) -> str:
    return language if language in LANGUAGES else "en"


@cache
def _catalogue(language: str) -> gettext.GNUTranslations:
    """Every `.po` file of one language, as one catalogue."""
    merged: gettext.GNUTranslations | None = None
    for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        compiled = io.BytesIO()
        with path.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
        if merged is not None:
            translations.add_fallback(merged)
        merged = translations
    if merged is None:
        raise FileNotFoundError(f"no phrases for '{language}'")
    return merged
