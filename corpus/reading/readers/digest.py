"""Digests: Markdown with front matter, written for this project, each statement with its source.

    ---
    id: pp-res-205@2018
    title: ...
    kind: resolution
    place: Dubai
    year: 2018
    as_of: "2026"
    sources:
      final-acts: https://...
    ---
    ## instructs the Secretary-General

    - **4** A report is owed to Council. *(instructs the Secretary-General 4; source: final-acts)*

A heading is the section heading that the reference names, so that a digest and the official text
share their addresses; the bold part is the label; a statement without a label has no bold part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml
from pydantic import ValidationError

from corpus.addresses import Address, slugify, unique_slug
from corpus.documents import Clause, Document, DocumentKind, Edition, Frozen, Section, SectionKind
from corpus.errors import AdvisorError, EmptyFile, ReadError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FRONT = re.compile(r"\A---\s*\n(?P<front>.*?)\n---\s*\n(?P<body>.*)\Z", re.S)
_ITEM = re.compile(
    r"(?:\*\*(?P<label>[^*\s]+)\*\*\s+)?(?P<text>.+?)\s*"
    r"\*\((?P<reference>[^*]*?)(?:;?\s*sources?:\s*(?P<sources>[^*]*?))?\)\*",
    re.S,
)
_FIELDS = {
    "id", "title", "kind", "body", "number", "place", "year", "revised", "language", "country",
    "official_url", "status", "as_of", "sources", "explained",
}  # fmt: skip
_PREAMBLE = re.compile(
    r"(?:further |also |having |being |taking into |bearing in |in )*(?:considering|considered"
    r"|recalling|recogni[sz]ing|noting|noted|mind|account|aware|welcoming|emphasi[sz]ing|stressing"
    r"|reaffirming|affirming|acknowledging|observing|convinced|concerned|mindful|highlighting"
    r"|endorsing|examined|appreciating|underlining|reiterating)\b",
    re.I,
)
_OPERATIVE = re.compile(
    r"(?:further |also )*(?:resolves|instructs|invites|requests|encourages|urges|decides|calls"
    r"|authori[sz]es|appeals|charges|recommends|directs|asks)\b",
    re.I,
)


class BadFrontMatter(ReadError):
    """The digest's front matter is missing, is no YAML, or breaks a rule."""

    code = "bad-front-matter"


class MissingSource(ReadError):
    """A statement of a digest names no source, or one that the front matter does not list."""

    code = "missing-source"


class DuplicateLabel(ReadError):
    """Two statements of a digest would have the same address."""

    code = "duplicate-label"


class Digest(Frozen):
    """A digest as read: the document, and what its front matter says beyond it.

    Attributes:
        document: with `is_digest`, each clause with its sources and reference.
        status: what was said about the document where it was seen.
        explained: reason by address, for statements that `corpus.shelf.verifying` would doubt.
    """

    document: Document
    status: str = ""
    explained: dict[str, str] = {}


def read(content: bytes, name: str) -> list[Document]:
    """The one document of a digest file.

    Raises:
        EmptyFile: no bytes, or no statement.
        BadFrontMatter, MissingSource, DuplicateLabel: see there; the message names the place.
        ReadError: not UTF-8, or text outside a heading's list.
    """
    return [read_digest(content, name).document]


def read_digest(content: bytes, name: str) -> Digest:
    """Like `read`, with status and explanations. Same errors."""
    if not content.strip():
        raise EmptyFile(f"{name} is empty. A digest has front matter and statements.")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ReadError(f"{name} is not UTF-8 text. Save it as UTF-8.") from error
    front, body = _front_matter(text, name)
    sources: dict[str, str] = front["sources"]
    sections: list[Section] = []
    taken: set[str] = set()
    for heading, items in _sections(body, name):
        slug = slugify(heading)
        if not slug:
            raise ReadError(f"{name}: the heading '{heading[:60]}' has no letter in it.")
        slug = unique_slug(slug, taken)
        taken.add(slug)
        clauses = [_clause(item, sources, f"{name}, under '{heading}'") for item in items]
        labels = [clause.label for clause in clauses]
        for label in labels:
            if labels.count(label) > 1:
                what = f"label '{label}'" if label else "statement without a label"
                raise DuplicateLabel(
                    f"{name}, under '{heading}': more than one {what}. Number them, or join them."
                )
        sections.append(
            Section(slug=slug, heading=heading, kind=_kind(heading), clauses=tuple(clauses))
        )
    if not sections:
        raise EmptyFile(f"{name} holds no statement. Write '- text *(reference; source: key)*'.")
    used = {key for section in sections for c in section.clauses for key in c.sources}
    idle = [key for key, source in sources.items() if source not in used]
    if idle:
        raise MissingSource(f"{name}: no statement uses the source '{idle[0]}'. Remove it.")
    return _assemble(front, tuple(sections), name)


def _front_matter(text: str, name: str) -> tuple[dict[str, Any], str]:
    match = _FRONT.match(text)
    if match is None:
        raise BadFrontMatter(f"{name} must begin with front matter between two lines of '---'.")
    try:
        front = yaml.load(match["front"], Loader=_LOADER)  # noqa: S506  (safe, in C where it is)
    except yaml.YAMLError as error:
        raise BadFrontMatter(f"{name}: the front matter is no YAML ({error}).") from error
    if not isinstance(front, dict):
        raise BadFrontMatter(f"{name}: the front matter must be a list of 'key: value' lines.")
    for key in ("id", "title", "kind", "as_of", "sources"):
        if not front.get(key):
            raise BadFrontMatter(f"{name}: the front matter has no '{key}'.")
    unknown = sorted(set(front) - _FIELDS)
    if unknown:
        raise BadFrontMatter(f"{name}: the front matter has an unknown key '{unknown[0]}'.")
    sources = front["sources"]
    if not isinstance(sources, dict) or not all(isinstance(v, str) and v for v in sources.values()):
        raise BadFrontMatter(f"{name}: 'sources' must give each key a page or record.")
    return front, match["body"]


def _sections(body: str, name: str) -> Iterator[tuple[str, list[str]]]:
    """Headings of level two with their list items; prose is allowed before the first only."""
    heading: str | None = None
    items: list[str] = []
    for line in body.splitlines():
        if line.startswith("## "):
            if heading is not None:
                yield heading, items
            heading, items = line[3:].strip(), []
        elif heading is None or not line.strip():
            continue
        elif line.startswith("- "):
            items.append(line[2:].strip())
        elif line.startswith("  ") and items:
            items[-1] += " " + line.strip()
        else:
            raise MissingSource(
                f"{name}, under '{heading}': '{line[:60]}' is no list item, so it has no source."
            )
    if heading is not None:
        yield heading, items


def _clause(item: str, sources: dict[str, str], where: str) -> Clause:
    match = _ITEM.fullmatch(item)
    keys = [k.strip() for k in (match["sources"] or "").split(",")] if match else []
    if match is None or not any(keys):
        raise MissingSource(
            f"{where}: '{item[:60]}' does not end with its reference and source, "
            "like *(resolves 2; source: final-acts)*."
        )
    for key in keys:
        if key not in sources:
            raise MissingSource(f"{where}: the front matter lists no source '{key[:60]}'.")
    return Clause(
        label=match["label"],
        text=" ".join(match["text"].split()),
        sources=tuple(sources[key] for key in keys),
        reference=match["reference"].strip() or None,
    )


def _kind(heading: str) -> SectionKind:
    if re.match(r"annex\b", heading, re.I):
        return SectionKind.ANNEX
    if _OPERATIVE.match(heading):
        return SectionKind.OPERATIVE
    return SectionKind.PREAMBLE if _PREAMBLE.match(heading) else SectionKind.BODY


def _assemble(front: dict[str, Any], sections: tuple[Section, ...], name: str) -> Digest:
    try:
        if Address.parse(str(front["id"])).section is not None:
            raise BadFrontMatter(f"{name}: 'id' must name a whole document.")
        document = Document(
            id=str(front["id"]),
            title=str(front["title"]),
            kind=DocumentKind(front["kind"]),
            edition=Edition(
                place=front.get("place"),
                year=front.get("year"),
                revised=front.get("revised", False),
            ),
            language=front.get("language", "en"),
            sections=sections,
            number=None if front.get("number") is None else str(front["number"]),
            body=front.get("body"),
            is_digest=True,
            official_url=front.get("official_url"),
            as_of=str(front["as_of"]),
            country=front.get("country"),
        )
        rows = front.get("explained") or []
        explained = {f"{document.id}#{row['clause']}": str(row["reason"]) for row in rows}
    except BadFrontMatter:
        raise
    except (ValidationError, ValueError, KeyError, TypeError, AdvisorError) as error:
        detail = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise BadFrontMatter(f"{name}: the front matter breaks a rule: {detail}.") from error
    return Digest(document=document, status=str(front.get("status") or ""), explained=explained)
