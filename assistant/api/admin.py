"""`/v1/admin`: people, keys, sessions, limits, feedback, the audit, the switches. For admins."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from assistant.api.needs import NeedsOpening, NeedsOwner, NeedsPeople
from assistant.operating.switches import Face, Thrown
from assistant.people.audit import Action, AuditLine
from assistant.people.inbox import Opinion
from assistant.people.keys import ApiKey
from assistant.people.limits import Limit
from assistant.people.roles import Role
from assistant.people.sessions import Session
from assistant.people.users import User

router = APIRouter(prefix="/v1/admin", tags=["administration"])


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewUser(_Body):
    """An account to make; without a password one is generated."""

    name: str = Field(max_length=200, examples=["a.member"])
    role: Role = Role.READER
    display: str = Field(default="", max_length=200)
    password: str | None = Field(default=None, max_length=1000)


class ChangedUser(_Body):
    """What to change of an account; what is missing stays."""

    role: Role | None = None
    disabled: bool | None = None


class SetPassword(_Body):
    """A password to set; without one it is generated."""

    password: str | None = Field(default=None, max_length=1000)


class MadeUser(BaseModel):
    """A new account, and its password, shown this once."""

    user: User
    password: str


class Password(BaseModel):
    """A password, shown this once."""

    password: str


class NewKey(_Body):
    """A key to make."""

    name: str = Field(max_length=200, examples=["registry-script"])
    role: Role = Role.READER
    owner: str | None = Field(default=None, max_length=200, description="An account's name.")
    days: int | None = Field(default=365, ge=1, le=3650)


class MadeKey(BaseModel):
    """A new key, and its secret, shown this once."""

    key: ApiKey
    secret: str


class Note(_Body):
    """What was done about feedback."""

    note: str = Field(max_length=4000)


class NewLimit(_Body):
    """How much to let through; 0 is no limit."""

    per_minute: int = Field(ge=0, le=1_000_000)
    at_once: int = Field(ge=0, le=1_000_000)


class AllLimits(BaseModel):
    """The settings' limits, and those set for people and roles."""

    defaults: list[Limit]
    overrides: list[Limit]


class Throw(_Body):
    """Switch a face off or on, with the reason people will read."""

    on: bool
    reason: str = Field(max_length=500)


class FaceState(BaseModel):
    """Whether a face is on, and since when and why it is not."""

    on: bool
    reason: str
    at: str
    actor: str


class AllSwitches(BaseModel):
    """Both faces, and the history."""

    web: FaceState
    api: FaceState
    history: list[Thrown]


_Page = Annotated[int, Query(ge=1, le=500)]
_Before = Annotated[int | None, Query(ge=1, le=2**31)]
_Number = Annotated[int, Path(ge=1, le=2**31)]
"""What the databases' integers hold."""


@router.get("/users")
def users(people: NeedsPeople) -> list[User]:
    """Every account, by name."""
    return people.users.all()


@router.post("/users", status_code=201)
def add_user(new: NewUser, people: NeedsPeople, by: NeedsOwner) -> MadeUser:
    """Make an account. From the first one on, everybody has to sign in."""
    user, password = people.users.add(
        new.name, new.role, by=by, display=new.display, password=new.password
    )
    return MadeUser(user=user, password=password)


@router.get("/users/{name}")
def user(name: str, people: NeedsPeople) -> User:
    """One account."""
    return people.users.get(name)


@router.patch("/users/{name}")
def change_user(name: str, change: ChangedUser, people: NeedsPeople, by: NeedsOwner) -> User:
    """Give another role, let in no more, or again."""
    if change.role is not None:
        people.users.set_role(name, change.role, by=by)
    if change.disabled is not None:
        people.users.set_disabled(name, change.disabled, by=by)
    return people.users.get(name)


@router.post("/users/{name}/password")
def set_password(name: str, new: SetPassword, people: NeedsPeople, by: NeedsOwner) -> Password:
    """Set a password, or generate one; the account's sessions end."""
    return Password(password=people.users.set_password(name, new.password, by=by))


@router.post("/users/{name}/erase")
def erase_user(name: str, people: NeedsPeople, by: NeedsOwner) -> dict[str, int]:
    """Erase a person and everything of theirs; how many rows, by table. There is no way back."""
    return people.erase(name, by=by)


@router.get("/keys")
def keys(people: NeedsPeople) -> list[ApiKey]:
    """Every key, newest first, without its secret."""
    return people.keys.all()


@router.post("/keys", status_code=201)
def add_key(new: NewKey, people: NeedsPeople, by: NeedsOwner) -> MadeKey:
    """Make a key."""
    key, secret = people.keys.add(new.name, new.role, by=by, owner=new.owner, days=new.days)
    return MadeKey(key=key, secret=secret)


@router.delete("/keys/{id}")
def revoke_key(id: str, people: NeedsPeople, by: NeedsOwner) -> ApiKey:
    """End a key at once, with the sessions it opened."""
    return people.keys.revoke(id, by=by)


@router.get("/sessions")
def sessions(people: NeedsPeople, owner: str | None = None) -> list[Session]:
    """Browser sessions, of everyone or of one person."""
    return people.sessions.all(owner)


@router.delete("/sessions/{id}", status_code=204)
def end_session(id: str, people: NeedsPeople, by: NeedsOwner) -> Response:
    """End a browser session at once."""
    people.sessions.revoke(id, by=by)
    return Response(status_code=204)


@router.get("/audit")
def audit(
    people: NeedsPeople,
    actor: str | None = None,
    action: Action | None = None,
    before: _Before = None,
    limit: _Page = 100,
) -> list[AuditLine]:
    """Who did what, newest first."""
    return people.audit.lines(actor, action, before, limit)


@router.get("/feedback")
def feedback(
    people: NeedsPeople, all: bool = False, before: _Before = None, limit: _Page = 50
) -> list[Opinion]:
    """What readers thought of answers: what is not handled yet, or all."""
    return people.inbox.all(open_only=not all, before=before, limit=limit)


@router.post("/feedback/{number}/handled", status_code=204)
def handled(number: _Number, note: Note, people: NeedsPeople, by: NeedsOwner) -> Response:
    """Say what was done about it."""
    people.inbox.handle(number, note.note, by=by)
    return Response(status_code=204)


@router.get("/limits")
def limits(opening: NeedsOpening) -> AllLimits:
    """How much people may ask."""
    own = opening.limits
    return AllLimits(defaults=[own.default, own.anonymous], overrides=own.overrides())


@router.put("/limits/{subject}")
def set_limit(subject: str, new: NewLimit, opening: NeedsOpening, by: NeedsOwner) -> Limit:
    """Give a person, or everyone of a role (`role:reader`), a limit of their own."""
    return opening.limits.set(subject, new.per_minute, new.at_once, by=by)


@router.delete("/limits/{subject}", status_code=204)
def clear_limit(subject: str, opening: NeedsOpening, by: NeedsOwner) -> Response:
    """Take that limit away."""
    opening.limits.clear(subject, by=by)
    return Response(status_code=204)


@router.get("/switches")
def switches(opening: NeedsOpening) -> AllSwitches:
    """Both faces and their history."""
    history = opening.switches.audit()
    last = {face: next((t for t in history if t.face is face), None) for face in Face}

    def state(face: Face) -> FaceState:
        thrown = last[face]
        if thrown is None:
            return FaceState(on=True, reason="", at="", actor="")
        return FaceState(**thrown.model_dump(exclude={"face"}))

    return AllSwitches(web=state(Face.WEB), api=state(Face.API), history=history)


@router.post("/switches/{face}")
def throw(face: Face, new: Throw, opening: NeedsOpening, by: NeedsOwner) -> Thrown:
    """Switch the chat or the API off, or on again."""
    return opening.switches.throw(face, new.on, by, new.reason)
