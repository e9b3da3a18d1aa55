"""The advice rooms' stores, opened once an application: reviews, invitations, evidence, drafts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from assistant.advice.drafting.versions import Drafts
from assistant.advice.review.evidence import EvidenceFiles
from assistant.advice.review.invitations import Invitations
from assistant.advice.review.store import Reviews
from assistant.api.needs import opening
from assistant.operating import workspace


@dataclass(frozen=True)
class Desk:
    """Stores of one database."""

    reviews: Reviews
    invitations: Invitations
    evidence: EvidenceFiles
    drafts: Drafts


def desk(request: Request) -> Desk:
    """The desk of this application, opened on first use."""
    held = getattr(request.app.state, "desk", None)
    if not isinstance(held, Desk):
        engine = workspace.database(opening(request).settings)
        held = Desk(Reviews(engine), Invitations(engine), EvidenceFiles(engine), Drafts(engine))
        request.app.state.desk = held
    return held


NeedsDesk = Annotated[Desk, Depends(desk)]
