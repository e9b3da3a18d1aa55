"""`/contribute/{token}`: what an invited stakeholder sees and writes. The token is the credential.

The gate lets these paths pass without a key, so every route here begins by opening the invitation;
a token that opens nothing is answered like a page that does not exist.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, UploadFile

from assistant.advice.review.evidence import MOST_BYTES
from assistant.advice.review.invitations import Contribution
from assistant.advice.review.model import Evidence, Kind
from assistant.advice.review.record import BadContribution
from assistant.advice.review.store import GUEST
from assistant.api.desk import Desk, NeedsDesk
from assistant.api.needs import NeedsOpening
from assistant.api.reviews import REFUSALS, SaidAnswer, SaidJudgement, Told
from corpus.errors import AdvisorError


class SwitchedOff(AdvisorError):
    """For a stakeholder: the operator switched the pages off; the reason is the operator's."""

    code = "switched-off"


def switched_on(opening: NeedsOpening) -> None:
    """These paths pass the gate's kill switch too, so it is asked here.

    Raises:
        SwitchedOff: the pages are switched off.
    """
    reason = opening.switched_off("web")
    if reason is not None:
        raise SwitchedOff(f"Switched off by the operator: {reason}")


router = APIRouter(prefix="/contribute", tags=["reviews"], dependencies=[Depends(switched_on)])
Token = Annotated[str, Path(max_length=200, description="The last part of the invitation.")]
MOST_OF_A_GUEST = 10
"""Pieces of evidence one invited stakeholder may give."""


@router.get("/{token}/part", responses=REFUSALS, summary="Your part of a review (invitation)")
def part(desk: NeedsDesk, token: Token) -> Contribution:
    """Your own answers and nobody else's."""
    return desk.invitations.open(token)


@router.put(
    "/{token}/answers/{question}", responses=REFUSALS, summary="Save an answer (invitation)"
)
def answer(desk: NeedsDesk, token: Token, question: str, said: SaidAnswer) -> Told:
    """Kept as soon as it is sent."""
    return save(desk, token, Kind.ANSWER, question, said.model_dump(mode="json"))


@router.put(
    "/{token}/judgements/{pillar}", responses=REFUSALS, summary="Save a judgement (invitation)"
)
def judgement(desk: NeedsDesk, token: Token, pillar: str, said: SaidJudgement) -> Told:
    """Kept as soon as it is sent."""
    return save(desk, token, Kind.JUDGEMENT, pillar, said.model_dump())


@router.post(
    "/{token}/evidence",
    responses=REFUSALS,
    status_code=201,
    summary="Give private evidence (invitation)",
)
def evidence(
    desk: NeedsDesk,
    opening: NeedsOpening,
    token: Token,
    pillar: Annotated[str, Form(max_length=40)],
    name: Annotated[str, Form(max_length=200)] = "",
    text: Annotated[str, Form(max_length=80_000)] = "",
    file: UploadFile | None = None,
) -> Evidence:
    """A file or a text, for this review only."""
    held = desk.invitations.open(token)
    if len(held.evidence) >= MOST_OF_A_GUEST:
        raise BadContribution(f"You may give {MOST_OF_A_GUEST} pieces of evidence.")
    person = held.stakeholder.id
    with opening.limits.turn(f"guest-{person}"):
        if file is not None and file.filename:
            content = file.file.read(MOST_BYTES + 1)
            return desk.evidence.add_file(
                held.review, person, pillar, file.filename, content, owner=None
            )
        return desk.evidence.add_text(held.review, person, pillar, name, text, owner=None)


@router.delete(
    "/{token}/evidence/{evidence}",
    responses=REFUSALS,
    status_code=204,
    summary="Take your evidence back (invitation)",
)
def remove_evidence(desk: NeedsDesk, token: Token, evidence: str) -> None:
    """Your own only."""
    held = desk.invitations.open(token)
    desk.evidence.remove(held.review, evidence, owner=None, stakeholder=held.stakeholder.id)


def save(desk: Desk, token: str, kind: Kind, key: str, value: dict[str, object]) -> Told:
    """Write a line of the record as the stakeholder the token invites.

    Raises:
        UnknownInvitation: the token opens nothing.
        OutOfFrame, BadContribution: as `Reviews.write`.
    """
    held = desk.invitations.open(token)
    number = desk.reviews.write(
        held.review, kind, key, value, stakeholder=held.stakeholder.id, by=GUEST, owner=None
    )
    return Told(number=number)
