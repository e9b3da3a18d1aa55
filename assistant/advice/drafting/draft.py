"""What a draft is: sections of sentences, each with what it stands on. Frozen values."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from assistant.advice.drafting.kinds import DraftKind, Length
from corpus.documents import Frozen
from corpus.errors import AdvisorError


class BadDraft(AdvisorError):
    """For the writer: a kind, section or sentence that does not exist; says which do."""

    code = "bad-draft"


class Nature(StrEnum):
    """What a sentence is.

    QUOTE: words of a clause. WRITTEN: by a chat model, borne out by the clauses it cites.
    CATALOGUE: built from a catalogue entry. OWN: the person's text, never given a footnote.
    GAP: says what is missing.
    """

    QUOTE = "quote"
    WRITTEN = "written"
    CATALOGUE = "catalogue"
    OWN = "own"
    GAP = "gap"


Heading = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class Brief(Frozen):
    """What the person asks for.

    Attributes:
        length: sets sentences a section.
        headings: of the person's template, where `kind` is TEMPLATE.
        written: a chat model writes the sentences, where one is configured; else quotations.
    """

    kind: DraftKind
    topic: str = Field(min_length=1, max_length=400)
    audience: str = Field(default="", max_length=400)
    country: str = Field(default="", max_length=80)
    purpose: str = Field(default="", max_length=1000)
    length: Length = Length.MEDIUM
    headings: tuple[Heading, ...] = Field(default=(), max_length=40)
    written: bool = False


class Sentence(Frozen):
    """One sentence.

    Attributes:
        text: as it reads; for a quote the words of the clause alone.
        lead: before a quote, who says it: 'Resolution 205 (Dubai, 2018), resolves 2'.
        source: address of the clause (QUOTE, WRITTEN) or document id (CATALOGUE); '' for OWN, GAP.
        also: further clauses that bear a WRITTEN sentence out.
        held: digest of each clause of a WRITTEN sentence as it was judged against, in order.
    """

    nature: Nature
    text: str
    lead: str = ""
    source: str = ""
    is_digest: bool = False
    also: tuple[str, ...] = ()
    held: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """Every address or id it stands on, in order."""
        return (self.source, *self.also) if self.source else ()

    @classmethod
    def gap(cls, missing: str) -> Self:
        """A place the documents leave open."""
        return cls(nature=Nature.GAP, text=f"[to be completed: {missing}]")


class DraftSection(Frozen):
    """A heading and its sentences; `key` names the recipe it was made by."""

    key: str
    heading: str
    sentences: tuple[Sentence, ...]


class Draft(Frozen):
    """One version of a draft."""

    title: str
    brief: Brief
    sections: tuple[DraftSection, ...]

    def section(self, key: str) -> DraftSection:
        """The section with this key.

        Raises:
            BadDraft: there is none; the message lists those there are.
        """
        for section in self.sections:
            if section.key == key:
                return section
        raise BadDraft(
            f"This draft has no section '{key[:60]}'. It has: "
            + ", ".join(section.key for section in self.sections)
        )

    def having(self, key: str, sentences: tuple[Sentence, ...]) -> Self:
        """The draft with other sentences in one section."""
        self.section(key)
        return self.model_copy(
            update={
                "sections": tuple(
                    s.model_copy(update={"sentences": sentences}) if s.key == key else s
                    for s in self.sections
                )
            }
        )

    @property
    def documents(self) -> tuple[str, ...]:
        """Ids of the documents cited, in order of first mention."""
        cited = (
            source.partition("#")[0]
            for section in self.sections
            for sentence in section.sentences
            for source in sentence.sources
        )
        return tuple(dict.fromkeys(cited))
