"""What is held back of documents, for the librarian to release or to keep (P8, P10)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOwner, NeedsPeople
from assistant.people.audit import Action
from corpus.database import storable
from corpus.shelf.releases import Waiting, waiting
from corpus.tampering.marks import Decision

router = APIRouter(prefix="/v1/marks", tags=["library"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (403, 404, 422, 503)
}


class Which(BaseModel):
    """One clause of one text on the shelf, and why it is decided so; shows in the history."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(max_length=200, examples=["pp-res-205@2018:en"])
    address: str = Field(max_length=400, examples=["pp-res-205@2018#resolves.2"])
    reason: str = Field(min_length=1, max_length=500, examples=["Quoted from a phishing report"])


@router.get("", responses=_REFUSALS, summary="Clauses held back or pointed out (librarians)")
def listed(
    advisor: NeedsAdvisor,
    document: Annotated[str | None, Query(max_length=200)] = None,
) -> list[Waiting]:
    """With their words and why; what waits for a decision first, the surest before the others."""
    return waiting(advisor.shelf, document)


@router.post("/release", responses=_REFUSALS, summary="Show a clause after all (librarians)")
def release(advisor: NeedsAdvisor, owner: NeedsOwner, people: NeedsPeople, which: Which) -> None:
    """It may be answered from, from the next question on, and is never held back again."""
    advisor.shelf.decide(which.key, which.address, Decision.RELEASED, owner, storable(which.reason))
    people.audit.record(owner, Action.RELEASED, which.key, address=which.address)


@router.post("/keep", responses=_REFUSALS, summary="Keep a clause back (librarians)")
def keep(advisor: NeedsAdvisor, owner: NeedsOwner, people: NeedsPeople, which: Which) -> None:
    """It is shown to nobody, whether the rule found it or not."""
    advisor.shelf.decide(which.key, which.address, Decision.KEPT, owner, storable(which.reason))
    people.audit.record(owner, Action.KEPT_BACK, which.key, address=which.address)
