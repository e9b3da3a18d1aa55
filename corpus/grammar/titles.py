"""The head of a resolution ('RESOLUTION 205 (REV. DUBAI, 2018)') -> what it is, and its id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from corpus.addresses import slugify
from corpus.documents import Document, DocumentKind, Edition

# Type word of the head, in the six languages -> (part of the address, kind).
_TYPES: dict[str, tuple[str, DocumentKind]] = {
    "resolution": ("res", DocumentKind.RESOLUTION),
    "résolution": ("res", DocumentKind.RESOLUTION),
    "resolución": ("res", DocumentKind.RESOLUTION),
    "резолюция": ("res", DocumentKind.RESOLUTION),
    "القرار": ("res", DocumentKind.RESOLUTION),
    "قرار": ("res", DocumentKind.RESOLUTION),
    "第": ("res", DocumentKind.RESOLUTION),
    "decision": ("dec", DocumentKind.DECISION),
    "décision": ("dec", DocumentKind.DECISION),
    "decisión": ("dec", DocumentKind.DECISION),
    "решение": ("dec", DocumentKind.DECISION),
    "المقرر": ("dec", DocumentKind.DECISION),
    "recommendation": ("rec", DocumentKind.RECOMMENDATION),
    "recommandation": ("rec", DocumentKind.RECOMMENDATION),
    "recomendación": ("rec", DocumentKind.RECOMMENDATION),
    "рекомендация": ("rec", DocumentKind.RECOMMENDATION),
    "التوصية": ("rec", DocumentKind.RECOMMENDATION),
    "opinion": ("op", DocumentKind.RESOLUTION),
}
_CHINESE_TYPES = {
    "决议": ("res", DocumentKind.RESOLUTION),
    "决定": ("dec", DocumentKind.DECISION),
    "建议": ("rec", DocumentKind.RECOMMENDATION),
}
_REVISED = r"rev\.?|rév\.?|пересм\.?|المراجَع|المراجع|المراجَعة|المراجعة|修订版"

_HEAD = re.compile(
    r"(?P<type>[^\W\d_]+)\s+(?:No\.?\s*|№\s*|N°\s*)?(?P<number>\d{1,4}(?:/\d{1,4})?|COM\s?\d+/\d+)\s*"
    r"(?:[-–—]?\s*\(\s*(?P<edition>[^()]{3,80})\))?",
    re.IGNORECASE,
)
_CHINESE_HEAD = re.compile(
    r"第\s*(?P<number>\d{1,4})\s*号\s*(?P<type>决议|决定|建议)\s*(?:[((]\s*(?P<edition>[^()()]{3,80})[))])?"
)
_EDITION = re.compile(
    rf"(?:(?P<revised>{_REVISED})\s*[,،,]?\s*)?(?P<place>[^\d,،,]*?)\s*[,،,]?\s*(?P<year>(?:18|19|20)\d\d)\s*г?\.?\s*年?",
    re.IGNORECASE,
)


class Head(NamedTuple):
    """What the head of a resolution says.

    Attributes:
        type: part of the address: `res`, `dec`, `rec`, `op`.
        kind: the document's kind.
        number: as printed, e.g. '205'.
        edition: place and year in the brackets; empty Edition when there are none.
        rest: what follows the head in the same text (a title printed on the same line), or ''.
    """

    type: str
    kind: DocumentKind
    number: str
    edition: Edition
    rest: str


def parse_edition(text: str) -> Edition | None:
    """Edition written as 'REV. DUBAI, 2018' or 'Kigali, 2022'; None where no year is found.

    Capitals are read as a name: 'REV. BUENOS AIRES, 2017' gives place 'Buenos Aires'.
    """
    match = _EDITION.search(text.strip())
    if not match:
        return None
    place = match["place"].strip(" .-–")
    if place.isupper():
        place = place.title()
    return Edition(
        place=place or None, year=int(match["year"]), revised=match["revised"] is not None
    )


def parse_head(text: str) -> Head | None:
    """Head of a document, or None when `text` does not begin with one.

    'RESOLUTION 205 (DUBAI, 2018)', 'DECISION 5 (REV. DUBAI, 2018)', 'RESOLUTION 90 (Kigali, 2022)',
    'RÉSOLUTION 71 (RÉV. DUBAÏ, 2018)', '第205号决议(2018年,迪拜)'. The words of a running text
    that merely cites a resolution match too, so callers look at lines that stand alone.
    """
    text = " ".join(text.split())
    chinese = _CHINESE_HEAD.match(text)
    match = chinese or _HEAD.match(text)
    if not match:
        return None
    word = match["type"].casefold()
    known = _CHINESE_TYPES.get(word) if chinese else _TYPES.get(word)
    if not known:
        return None
    edition = parse_edition(match["edition"]) if match["edition"] else None
    if match["edition"] and edition is None:
        return None
    rest = text[match.end() :].strip(" -–—:")
    number = match["number"].replace(" ", "")
    return Head(known[0], known[1], number, edition or Edition(), rest)


def document_id(body: str, type: str, number: str, year: int | None) -> str:
    """Document part of an address: `document_id('pp', 'res', '205', 2018)` is `pp-res-205@2018`."""
    base = "-".join(part for part in (slugify(body), slugify(type), slugify(number)) if part)
    return f"{base}@{year}" if year else base


def parse_title(text: str) -> str:
    """A title as printed, without a footnote marker or a colon at its end."""
    text = " ".join(text.split()).strip(" :,")
    return re.sub(r"(?<=[^\W\d_]{3})\d(?=\s|$)", "", text) if not _NAME.search(text) else text


# A word that ends in a digit of its own ('Du3M', 'IPv6') makes a marker impossible to tell.
_NAME = re.compile(r"[A-Z]\w*v\d\b")
_SHORTEST_CUT = 85


def complete_titles(documents: Sequence[Document]) -> list[Document]:
    """Documents with titles that a converter cut off made whole from how the others cite them.

    A title counts as cut when it ends in dots, or is as long as converters' limits and another
    document of the set cites the same resolution by a longer title that begins with it.
    """
    texts = [clause.text for document in documents for _, clause in document.clauses()]
    everything = "\n".join(texts)
    return [_completed(document, everything) for document in documents]


def _completed(document: Document, everything: str) -> Document:
    start = document.title.rstrip(". …").casefold()
    cut = document.title.endswith(("...", "…")) or len(document.title) >= _SHORTEST_CUT
    if not cut or not document.number:
        return document
    cited = re.compile(
        rf"\b{document.number}\s*\([^()]{{4,40}}\)(?: of (?:this conference|the Plenipotentiary "
        rf"Conference|[^,;]{{3,80}}))?,? on (?:the )?(?P<title>{re.escape(start)}[^;\n]*)",
        re.IGNORECASE,
    )
    for match in cited.finditer(everything):
        title = match["title"]
        stop = re.search(
            r"[.;]|,(?=\s(?:and|which|as|that|to|in order|resolves|in|an?)\b)|,?$|: ", title
        )
        whole = title[: stop.start()] if stop else title
        if len(whole) > len(start):
            return document.model_copy(update={"title": whole[0].upper() + whole[1:]})
    return document
