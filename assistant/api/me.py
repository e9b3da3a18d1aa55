"""`/v1/me`: who am I here, where am I signed in, and changing one's own password."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.needs import NeedsPeople, NeedsPerson, address_of
from assistant.people.errors import SignInRefused
from assistant.people.person import Way
from assistant.people.roles import Role
from assistant.people.sessions import Session

router = APIRouter(prefix="/v1/me", tags=["people"])


class Me(BaseModel):
    """Who is asking."""

    name: str
    role: Role
    way: Way
    csrf: str = Field(
        description="Sent back as X-CSRF-Token with what changes something, where the browser "
        "sends no Origin. Empty without a browser session."
    )


class NewPassword(BaseModel):
    """A change of one's own password."""

    model_config = ConfigDict(extra="forbid")

    old: str = Field(max_length=1000)
    new: str = Field(max_length=1000)


@router.get("")
def me(person: NeedsPerson, people: NeedsPeople) -> Me:
    """Name, role, and how it is known."""
    csrf = people.signer.sign("csrf", person.session) if person.session else ""
    return Me(name=person.name, role=person.role, way=person.way, csrf=csrf)


@router.get("/sessions")
def sessions(person: NeedsPerson, people: NeedsPeople) -> list[Session]:
    """Where one is signed in, newest first."""
    return people.sessions.all(person.name)


@router.delete("/sessions/{id}", status_code=204)
def end_session(id: str, person: NeedsPerson, people: NeedsPeople) -> Response:
    """Sign out elsewhere."""
    people.sessions.revoke(id, by=person.name, owner=person.name)
    return Response(status_code=204)


@router.post("/password", status_code=204)
def password(
    change: NewPassword, request: Request, person: NeedsPerson, people: NeedsPeople
) -> Response:
    """Change one's own password; every session ends, this one too."""
    if people.users.find(person.name) is None:
        raise SignInRefused("There is no account to have a password. Ask an admin.")
    people.checked(person.name, change.old, address_of(request))
    people.users.set_password(person.name, change.new, by=person.name)
    return Response(status_code=204)
