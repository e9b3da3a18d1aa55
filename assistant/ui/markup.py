"""Templates -> HTML that is safe to show (P9).

Jinja escapes every value. Gradio then reads the HTML once more as a template of its own, so braces
and dollar signs, which nothing of ours needs in HTML, become character references.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from assistant.citations import label_in_print
from assistant.phrases import say
from corpus.addresses import Address
from corpus.language.tokens import analyse

RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})
_HARMLESS = str.maketrans({"{": "&#123;", "}": "&#125;", "$": "&#36;", "`": "&#96;"})
_MIN_WORD = 4


def render(template: str, language: str, **values: Any) -> str:
    """HTML of `templates/<template>` in the interface language `language`."""

    def t(key: str, **named: object) -> str:
        return say(language, f"ui-{key}", **named)

    html = (
        _environment()
        .get_template(template)
        .render(t=t, language=language, direction=direction(language), **values)
    )
    return _PRIVATE.sub("•", html.translate(_HARMLESS))


def direction(language: str) -> str:
    """'rtl' or 'ltr', as a language is written."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def web(url: str | None) -> str | None:
    """`url` if it is an http(s) address that may become a link, else None."""
    return url if url and re.match(r"https?://[^\s<>\"']+$", url) else None


_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
"""Letters that a font of the PDF drew its own way, mostly bullets; elsewhere they are boxes."""


def place(address: str) -> str:
    """The label of the clause an address ends in, as it is printed; '' for an unnumbered one."""
    return label_in_print(Address.parse(address).label)


def host(url: str) -> str:
    """The host of a web address, which is what a reader judges a source by."""
    return urlsplit(url).hostname or url


def marked(text: str, quoted: str, question: str = "", common: str = "") -> Markup:
    """`text` escaped, its supporting words in <mark>.

    These are the quoted words where the quotation is a part of the text; where it is all of it,
    the words that also occur in the question, in whatever form, so that the eye finds them;
    words of `common` (the name of the instrument) would mark everything and are left out.
    """
    places = _find(text, quoted)
    if places and sum(end - start for start, end in places) < len(text.strip()) - 1:
        out, at = Markup(""), 0
        for start, end in places:
            out += Markup("{}<mark>{}</mark>").format(text[at:start], text[start:end])
            at = end
        return out + escape(text[at:])
    stems = set(analyse(question, "en")) - set(analyse(common, "en"))
    pieces = []
    for piece in re.split(r"(\w+)", text):
        hit = len(piece) >= _MIN_WORD and not stems.isdisjoint(analyse(piece, "en"))
        pieces.append(Markup("<mark>{}</mark>").format(piece) if hit else escape(piece))
    return Markup("").join(pieces)


def _find(text: str, quoted: str) -> list[tuple[int, int]]:
    """Where the pieces of `quoted` (parted by ellipses) stand in `text`, whatever the white space.

    Empty when one of them is not there: then the mark would mislead.
    """
    places, at = [], 0
    for piece in filter(str.strip, quoted.split("…")):
        pattern = re.compile(r"\s+".join(re.escape(word) for word in piece.split()))
        found = pattern.search(text, at)
        if found is None:
            return []
        places.append(found.span())
        at = found.end()
    return places


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assistant.ui"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(web=web, host=host, dir=direction)
    environment.globals.update(marked=marked, printed=label_in_print, place=place)
    return environment
