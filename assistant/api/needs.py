"""What routes need from the request: the open advisor, who is asking, the pieces of a question."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from assistant.advisor import Advisor
from assistant.api.access import Access
from assistant.api.opening import Opening
from assistant.people.people import People
from assistant.people.person import Person
from indexing.building.passages import Filters


def opening(request: Request) -> Opening:
    """The opening of this application."""
    value = request.app.state.opening
    assert isinstance(value, Opening)
    return value


def advisor(request: Request) -> Advisor:
    """The open advisor; while it is not, a typed 503."""
    return opening(request).advisor()


def owner(request: Request) -> str:
    """Who is asking, as the gate found."""
    return str(request.state.owner)


def person(request: Request) -> Person:
    """Who is asking, with their role and how they showed who they are."""
    value = request.state.person
    assert isinstance(value, Person)
    return value


def people(request: Request) -> People:
    """Accounts, keys, sessions, audit and inbox of this application's database."""
    return opening(request).people


def access_of(request: Request) -> Access:
    """The ways in of this application."""
    value = request.app.state.access
    assert isinstance(value, Access)
    return value


def address_of(request: Request) -> str:
    """Address the request came from; '' where the server does not say."""
    return request.client.host if request.client else ""


NeedsAdvisor = Annotated[Advisor, Depends(advisor)]
NeedsOpening = Annotated[Opening, Depends(opening)]
NeedsOwner = Annotated[str, Depends(owner)]
NeedsPerson = Annotated[Person, Depends(person)]
NeedsPeople = Annotated[People, Depends(people)]


class Question(BaseModel):
    """A question to ask."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "question": "Who has to report on innovation under Resolution 205, to whom and "
                    "how often?"
                },
                {
                    "question": "¿Y para los pequeños Estados insulares?",
                    "conversation": "0f8fad5bd9cb469fa16570867728950e",
                    "language": "es",
                    "filters": {"kinds": ["resolution"], "bodies": ["pp"]},
                },
            ]
        },
    )

    question: str = Field(description="In any of ar, en, es, fr, ru, zh.")
    conversation: str | None = Field(default=None, description="Id of the one it follows up.")
    filters: Filters = Field(default=Filters(), description="Restricts what is searched.")
    language: str | None = Field(
        default=None, description="Of the answer's own words; detected when missing."
    )
    page_language: str | None = Field(
        default=None,
        description="Of the screen it was typed on: decides where a few words tell little.",
    )
