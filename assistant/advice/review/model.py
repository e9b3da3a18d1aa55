"""What a review is: stakeholders and what each said, judgements, actions, private evidence."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from assistant.advice.review.framework import LEVELS
from corpus.documents import Document, Frozen


class Reads(StrEnum):
    """How the contributor reads their own answer; nothing else decides it."""

    STRENGTH = "strength"
    GAP = "gap"
    OPEN = "open"


class Kind(StrEnum):
    """What an entry of a review's record says."""

    ABOUT = "about"
    ANSWER = "answer"
    JUDGEMENT = "judgement"
    CONFIRMED = "confirmed"
    ACTION = "action"
    QUESTION = "question"
    WORKSHOP = "workshop"


class About(Frozen):
    """What the review is of. `names`: people are named in its documents, not only their groups."""

    title: str
    country: str = ""
    purpose: str = ""
    language: str = "en"
    names: bool = False


class Stakeholder(Frozen):
    """Somebody who contributes. `invited`: a link to them works at present."""

    id: str
    name: str
    group: str
    organisation: str = ""
    invited: bool = False


class Answer(Frozen):
    """What one stakeholder said to one question; '' where they took it back."""

    text: str = ""
    reads: Reads = Reads.OPEN


class Judgement(Frozen):
    """A level somebody chose, with their reason; None where they chose none."""

    level: int | None = None
    reason: str = ""


class Confirmed(Frozen):
    """The level the review's owner confirmed for a pillar; never computed."""

    level: int | None = None
    reason: str = ""


class Action(Frozen):
    """A possible action. `source`: address of a clause it quotes; '' for the people's own."""

    text: str
    pillar: str
    who: str = ""
    when: str = ""
    source: str = ""
    removed: bool = False


class OpenQuestion(Frozen):
    """A question somebody wants on the next workshop's table."""

    text: str
    pillar: str = ""
    removed: bool = False


class Workshop(Frozen):
    """When and where the stakeholders meet; free text, as people write dates."""

    date: str = ""
    place: str = ""
    starts: str = Field(default="09:00", pattern=r"^([01]?\d|2[0-3]):[0-5]\d$")
    minutes: int = Field(default=240, ge=60, le=960)
    host: str = ""


class Evidence(Frozen):
    """A private source: read for this review, on no shelf and in no index.

    Attributes:
        pillar: what it was given for.
        name: of the file as given, or the first words of a text.
        sha256: of the bytes or the text.
    """

    id: str
    stakeholder: str
    pillar: str
    name: str
    sha256: str
    at: str
    clauses: int


class EvidenceText(Frozen):
    """A private source with what was read of it."""

    evidence: Evidence
    documents: tuple[Document, ...]


class Change(Frozen):
    """One line of a review's record: when, by whom, about what. `by`: 'owner' or 'guest'."""

    number: int
    at: str
    stakeholder: str
    by: str
    kind: Kind
    key: str
    value: dict[str, object]


class Review(Frozen):
    """A review as it stands.

    Attributes:
        version: number of the newest change in it.
        answers: by (stakeholder, question); judgements: by (stakeholder, pillar).
        confirmed: by pillar; actions and questions: by their key, in the order they came.
    """

    id: str
    version: int
    created: str
    updated: str
    about: About
    stakeholders: tuple[Stakeholder, ...] = ()
    answers: dict[tuple[str, str], Answer] = {}
    judgements: dict[tuple[str, str], Judgement] = {}
    confirmed: dict[str, Confirmed] = {}
    actions: dict[str, Action] = {}
    questions: dict[str, OpenQuestion] = {}
    workshop: Workshop = Workshop()
    evidence: tuple[Evidence, ...] = ()

    def stakeholder(self, id: str) -> Stakeholder | None:
        """The stakeholder with this id."""
        return next((s for s in self.stakeholders if s.id == id), None)

    def levels(self, pillar: str) -> list[tuple[Stakeholder, Judgement]]:
        """Who judged a pillar, and how; in the order people were added."""
        found = []
        for person in self.stakeholders:
            judged = self.judgements.get((person.id, pillar))
            if judged is not None and judged.level in LEVELS:
                found.append((person, judged))
        return found
