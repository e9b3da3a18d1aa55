"""How a clause is cited: `pp-res-205@2018#resolves.2`. The only identity used anywhere.

Grammar: `<body>-<type>-<number>@<year>` for a document, then `#<section slug>`, then `.<label>`
(no label where the clause has none). Slugs hold no dot, so the first dot ends the slug.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from typing import NamedTuple

from corpus.errors import BadAddress

_DOCUMENT = re.compile(r"[a-z0-9][a-z0-9-]*(@\d{4}[a-z]?)?")
_ADDRESS = re.compile(r"(?P<document>[^#]+)(#(?P<section>[^.#]+)(\.(?P<label>\S+))?)?")


class Address(NamedTuple):
    """A parsed address; `section` and `label` are None when the address names a whole document."""

    document: str
    section: str | None = None
    label: str | None = None

    def __str__(self) -> str:
        """The written form, e.g. `pp-dec-5@2018#annex-2.6`."""
        text = self.document
        if self.section is not None:
            text += f"#{self.section}"
            if self.label is not None:
                text += f".{self.label}"
        return text

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a written address.

        Raises:
            BadAddress: the text does not follow the grammar; the message shows an example.
        """
        match = _ADDRESS.fullmatch(text.strip())
        if not match or not _DOCUMENT.fullmatch(match["document"]):
            raise BadAddress(
                f"'{text[:80]}' is not an address. "
                "Write it like pp-res-205@2018 or pp-res-205@2018#resolves.2."
            )
        return cls(match["document"], match["section"], match["label"])


def slugify(heading: str) -> str:
    """Slug of a whole heading: lower case, words of any script joined by hyphens, no dots.

    Accents and other combining marks are dropped; 'Instructs the Secretary-General' gives
    'instructs-the-secretary-general'. Returns '' when the heading holds no letter or digit.
    """
    folded = unicodedata.normalize("NFKD", heading).casefold()
    folded = "".join(c for c in folded if not unicodedata.combining(c))
    folded = folded.replace("'", "").replace("’", "")
    return "-".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", folded)))


def unique_slug(slug: str, taken: Container[str]) -> str:
    """`slug`, or `slug-2`, `slug-3`, ... when a document repeats a heading in another place."""
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
