"""One line of the catalogue, and the files it is read from.

The data are the YAML files in `corpus/shelf/catalogue/`, one file a kind. They hold facts about
documents, never their text. A link that nobody saw is left out.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from corpus.addresses import Address
from corpus.documents import DocumentKind, Edition, Frozen
from corpus.errors import AdvisorError

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TYPES = {
    DocumentKind.RESOLUTION: "res",
    DocumentKind.DECISION: "dec",
    DocumentKind.RECOMMENDATION: "rec",
}


class BadCatalogue(AdvisorError):
    """For the librarian: a catalogue file breaks a rule; the message names the entry."""

    code = "bad-catalogue"


class Standing(StrEnum):
    """Where an edition stands. A proposal never was in force; a report has no force to lose.

    LATEST_KNOWN: the newest edition known, but a later conference may have changed it.
    """

    IN_FORCE = "in_force"
    LATEST_KNOWN = "latest_known"
    SUPERSEDED = "superseded"
    ABROGATED = "abrogated"
    MERGED = "merged"
    ENDED = "ended"
    PROPOSAL = "proposal"
    PUBLISHED = "published"


class CatalogueEntry(Frozen):
    """One document in one edition.

    Attributes:
        id: document part of its addresses, `pp-res-205@2018`, `toolkit-2017`. An id that ends in
            `p` after the year is a proposal.
        kind: what sort of text.
        body: 'pp' or 'wtdc' for instruments of a conference; None otherwise.
        number: '205' for Resolution 205.
        title: as published, without 'Resolution 205:'.
        title_note: what is doubtful about the title.
        edition: place and year.
        date: the wording of the date where place and year do not say all.
        conference: 'PP-18', 'WTDC-17'.
        languages: ISO 639-1 codes in which it was seen.
        landing_url: official page, where one was seen.
        landing_basis: how the address is known ('seen', 'derived from a mirror of itu.int', ...).
        pdf_url: direct link to the official file, where one was seen.
        other_urls: further official pages seen.
        status: what was said about it where it was seen.
        note: the librarian's remark.
        evidence: why the entry stands here when it was not collected as a record of its own.
        supersedes: the id of the edition before.
        superseded_by: the id of the next edition known.
        merged_into: the id it was merged into.
        merger_proposed_into: the work (`wtdc-res-37`) a merger with which was only proposed.
        abrogated: it was abrogated and nothing took its place.
        ended: the period it was made for is over (a cycle of regional initiatives).
        proposal: a proposal, not an adopted text.
        uncertain: its status or existence in this edition is not established.
        compiled: not a published document but one of ours, compiled from others.
        country: ISO 3166 English short name, for country reviews and country programmes.
        seeds: collector's ids of the records this entry was made from.
        as_of: ISO date (or year) when the facts were collected.
    """

    id: str
    kind: DocumentKind
    title: str = Field(min_length=1)
    body: str | None = None
    number: str | None = None
    title_note: str | None = None
    edition: Edition = Edition()
    date: str | None = None
    conference: str | None = None
    languages: tuple[str, ...] = ("en",)
    landing_url: str | None = None
    landing_basis: str | None = None
    pdf_url: str | None = None
    other_urls: tuple[str, ...] = ()
    status: str = ""
    note: str | None = None
    evidence: str | None = None
    supersedes: str | None = None
    superseded_by: str | None = None
    merged_into: str | None = None
    merger_proposed_into: str | None = None
    abrogated: bool = False
    ended: bool = False
    proposal: bool = False
    uncertain: bool = False
    compiled: bool = False
    country: str | None = None
    seeds: tuple[str, ...] = ()
    as_of: str

    @field_validator("landing_url", "pdf_url")
    @classmethod
    def _web(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://[\w.-]+", value):
            raise ValueError(f"'{value}' is not a web address; leave out a link that was not seen")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if Address.parse(self.id).section is not None:
            raise ValueError("an id names a whole document")
        if self.type is not None:
            suffix = "p" if self.proposal else ""
            wanted = f"{self.body}-{self.type}-{self.number}@{self.edition.year}{suffix}"
            if self.id != wanted:
                raise ValueError(f"the id should be {wanted}")
        if self.landing_url and not self.landing_basis:
            raise ValueError("landing_basis says how landing_url is known; it is missing")
        return self

    @property
    def type(self) -> str | None:
        """'res', 'dec' or 'rec' for numbered instruments, else None."""
        return _TYPES.get(self.kind)

    @property
    def label(self) -> str:
        """How people name it: 'Resolution 205 (Dubai, 2018)', or its title."""
        if self.type is None:
            return self.title
        named = f"{self.kind.value.capitalize()} {self.number}"
        mark = f"proposed for {self.conference or self.edition}" if self.proposal else self.edition
        return f"{'WTDC ' if self.body == 'wtdc' else ''}{named} ({mark})"

    @property
    def urls(self) -> tuple[str, ...]:
        """Official addresses, the direct file first."""
        return tuple(u for u in (self.pdf_url, self.landing_url, *self.other_urls) if u)


@cache
def packaged_entries() -> tuple[CatalogueEntry, ...]:
    """The entries of the packaged files, read once a process.

    Raises:
        BadCatalogue: a file is not readable as a catalogue.
    """
    entries: list[CatalogueEntry] = []
    folder = files("corpus.shelf") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda f: f.name):
        if file.name.endswith(".yaml"):
            entries.extend(read_entries(file.read_text(encoding="utf-8"), file.name))
    return tuple(entries)


def read_entries(text: str, name: str) -> list[CatalogueEntry]:
    """Entries of one catalogue file (YAML with `as_of` and `entries`).

    Raises:
        BadCatalogue: not YAML, or an entry breaks a rule; the message names file and entry.
    """
    try:
        data = yaml.load(text, Loader=_LOADER)  # noqa: S506  (a safe loader, in C where it is)
        as_of, rows = str(data["as_of"]), list(data["entries"])
    except (yaml.YAMLError, TypeError, KeyError) as error:
        raise BadCatalogue(f"{name} must be YAML with `as_of` and a list `entries`.") from error
    entries: list[CatalogueEntry] = []
    for row in rows:
        row = {"as_of": as_of, **row}
        edition = {k: row.pop(k) for k in ("place", "year", "revised") if k in row}
        try:
            entries.append(CatalogueEntry(edition=Edition(**edition), **row))
        except (ValidationError, AdvisorError, TypeError) as error:
            reason = (
                "; ".join(e["msg"] for e in error.errors())
                if isinstance(error, ValidationError)
                else str(error)
            )
            raise BadCatalogue(f"{name}, entry '{row.get('id')}': {reason}.") from error
    return entries
