"""`/v1/reviews`: guided ecosystem reviews, their stakeholders, their papers."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Form, Path, Query, Request, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from assistant.advice.review import findings, framework, papers
from assistant.advice.review.evidence import MOST_BYTES
from assistant.advice.review.model import (
    About,
    Action,
    Answer,
    Change,
    Confirmed,
    Evidence,
    Judgement,
    Kind,
    OpenQuestion,
    Reads,
    Review,
    Stakeholder,
    Workshop,
)
from assistant.advice.review.papers import MEDIA, Paper, PaperFormat
from assistant.advice.review.picture import picture
from assistant.advice.review.store import ReviewLine
from assistant.api.desk import NeedsDesk
from assistant.api.downloads import download
from assistant.api.errors import Problem
from assistant.api.needs import NeedsAdvisor, NeedsOpening, NeedsOwner
from assistant.phrases import LANGUAGES

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Problem} for status in (404, 413, 422, 429, 503)
}
_LANGUAGE = "|".join(LANGUAGES)
Language = Annotated[str | None, Field(pattern=f"^({_LANGUAGE})$")]


class NewStakeholder(BaseModel):
    """Somebody who is to contribute."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200, examples=["Bank 1"])
    group: str = Field(examples=list(framework.GROUPS))
    organisation: str = Field(default="", max_length=200)


class Invited(BaseModel):
    """An invitation, shown this once: whoever has the link contributes as this stakeholder."""

    token: str
    path: str = Field(examples=["/contribute/6dM0q1…"], description="Of this server.")


class SaidAnswer(BaseModel):
    """One stakeholder's answer to a question; `reads` is how they read it themselves."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(default="", max_length=8000)
    reads: Reads = Reads.OPEN


class SaidJudgement(BaseModel):
    """A level of the scale (1 to 5), or null for none, and why."""

    model_config = ConfigDict(extra="forbid")

    level: int | None = Field(default=None, ge=1, le=5)
    reason: str = Field(default="", max_length=8000)


class Told(BaseModel):
    """The number of the line of the record; `undo` takes it back."""

    number: int


class AnswerView(BaseModel):
    """An answer with whose it is and to what."""

    stakeholder: str
    question: str
    answer: Answer


class JudgementView(BaseModel):
    """A judgement with whose it is and of what."""

    stakeholder: str
    pillar: str
    judgement: Judgement


class ReviewView(BaseModel):
    """A review as it stands."""

    id: str
    version: int
    created: str
    updated: str
    about: About
    stakeholders: list[Stakeholder]
    answers: list[AnswerView]
    judgements: list[JudgementView]
    confirmed: dict[str, Confirmed]
    actions: dict[str, Action]
    questions: dict[str, OpenQuestion]
    workshop: Workshop
    evidence: list[Evidence]

    @classmethod
    def of(cls, review: Review) -> ReviewView:
        """The review with its pairs as lists, which JSON can hold."""
        return cls(
            **review.model_dump(exclude={"answers", "judgements", "stakeholders", "evidence"}),
            stakeholders=list(review.stakeholders),
            evidence=list(review.evidence),
            answers=[
                AnswerView(stakeholder=who, question=q, answer=a)
                for (who, q), a in review.answers.items()
            ],
            judgements=[
                JudgementView(stakeholder=who, pillar=p, judgement=j)
                for (who, p), j in review.judgements.items()
            ],
        )


class Findings(BaseModel):
    """What the review shows; nothing in it was computed that nobody said."""

    spreads: list[findings.Spread]
    strong: list[str]
    weak: list[str]
    open_points: list[str]


@router.post("", responses=REFUSALS, status_code=201, summary="Begin a review")
def begin(desk: NeedsDesk, owner: NeedsOwner, about: About) -> ReviewView:
    """Seven pillars, a few questions each; leave and come back at any time."""
    return ReviewView.of(desk.reviews.begin(about, owner))


@router.get("", summary="Your reviews")
def reviews(desk: NeedsDesk, owner: NeedsOwner) -> list[ReviewLine]:
    """Last changed first."""
    return desk.reviews.all(owner)


@router.get("/{id}", responses=REFUSALS, summary="A review as it stands, or stood")
def one(
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    version: Annotated[int | None, Query(ge=1, le=2**31)] = None,
) -> ReviewView:
    """Yours only; `version` is the number of a change, to see it as it was then."""
    return ReviewView.of(desk.reviews.get(id, owner, version))


@router.delete("/{id}", responses=REFUSALS, status_code=204, summary="Delete a review for good")
def delete(desk: NeedsDesk, owner: NeedsOwner, id: str) -> None:
    """With its record, its private evidence and its invitations."""
    desk.reviews.delete(id, owner)


@router.put("/{id}", responses=REFUSALS, summary="Change title, country, purpose, language")
def about(desk: NeedsDesk, owner: NeedsOwner, id: str, about: About) -> Told:
    """What the review is of."""
    return _told(desk, id, Kind.ABOUT, "", about.model_dump(mode="json"), owner)


@router.post("/{id}/stakeholders", responses=REFUSALS, status_code=201, summary="Add a stakeholder")
def add_stakeholder(
    desk: NeedsDesk, owner: NeedsOwner, id: str, wanted: NewStakeholder
) -> Stakeholder:
    """You may answer for them, or invite them."""
    return desk.reviews.add_stakeholder(id, wanted.name, wanted.group, wanted.organisation, owner)


@router.delete(
    "/{id}/stakeholders/{stakeholder}",
    responses=REFUSALS,
    status_code=204,
    summary="Delete a stakeholder and all they said, for good",
)
def remove_stakeholder(desk: NeedsDesk, owner: NeedsOwner, id: str, stakeholder: str) -> None:
    """For somebody who wants their words back."""
    desk.reviews.remove_stakeholder(id, stakeholder, owner)


@router.post(
    "/{id}/stakeholders/{stakeholder}/invitation",
    responses=REFUSALS,
    status_code=201,
    summary="Make an invitation link",
)
def invite(
    request: Request, desk: NeedsDesk, owner: NeedsOwner, id: str, stakeholder: str
) -> Invited:
    """It replaces the one before; who has it sees and writes this stakeholder's part only."""
    token = desk.invitations.invite(id, stakeholder, owner)
    return Invited(token=token, path=f"{request.scope.get('root_path', '')}/contribute/{token}")


@router.delete(
    "/{id}/stakeholders/{stakeholder}/invitation",
    responses=REFUSALS,
    status_code=204,
    summary="Take an invitation back",
)
def revoke(desk: NeedsDesk, owner: NeedsOwner, id: str, stakeholder: str) -> None:
    """What was contributed stays."""
    desk.invitations.revoke(id, stakeholder, owner)


@router.put(
    "/{id}/stakeholders/{stakeholder}/answers/{question}",
    responses=REFUSALS,
    summary="Note a stakeholder's answer",
)
def answer(
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    stakeholder: str,
    question: str,
    said: SaidAnswer,
) -> Told:
    """As they gave it; the record notes that you wrote it down."""
    value = said.model_dump(mode="json")
    number = desk.reviews.write(
        id, Kind.ANSWER, question, value, stakeholder=stakeholder, owner=owner
    )
    return Told(number=number)


@router.put(
    "/{id}/stakeholders/{stakeholder}/judgements/{pillar}",
    responses=REFUSALS,
    summary="Note a stakeholder's judgement",
)
def judgement(
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    stakeholder: str,
    pillar: str,
    said: SaidJudgement,
) -> Told:
    """A level they chose; there is no default and none is ever computed."""
    number = desk.reviews.write(
        id, Kind.JUDGEMENT, pillar, said.model_dump(), stakeholder=stakeholder, owner=owner
    )
    return Told(number=number)


@router.put("/{id}/confirmed/{pillar}", responses=REFUSALS, summary="Confirm a pillar's level")
def confirm(desk: NeedsDesk, owner: NeedsOwner, id: str, pillar: str, said: SaidJudgement) -> Told:
    """Yours to confirm, having heard everyone; disagreements stay on show."""
    return _told(desk, id, Kind.CONFIRMED, pillar, said.model_dump(), owner)


@router.put("/{id}/actions/{key}", responses=REFUSALS, summary="Add or change an action")
def action(desk: NeedsDesk, owner: NeedsOwner, id: str, key: str, said: Action) -> Told:
    """`key` `new` adds one. `removed` takes it off; `source` is the clause it quotes."""
    return _told(desk, id, Kind.ACTION, _key(key), said.model_dump(), owner)


@router.put("/{id}/questions/{key}", responses=REFUSALS, summary="Add or change an open question")
def question(desk: NeedsDesk, owner: NeedsOwner, id: str, key: str, said: OpenQuestion) -> Told:
    """For the next workshop; `key` `new` adds one."""
    return _told(desk, id, Kind.QUESTION, _key(key), said.model_dump(), owner)


@router.put("/{id}/workshop", responses=REFUSALS, summary="When and where the workshop is")
def workshop(desk: NeedsDesk, owner: NeedsOwner, id: str, said: Workshop) -> Told:
    """For the kit."""
    return _told(desk, id, Kind.WORKSHOP, "", said.model_dump(), owner)


@router.post("/{id}/evidence", responses=REFUSALS, status_code=201, summary="Add private evidence")
def evidence(
    desk: NeedsDesk,
    opening: NeedsOpening,
    owner: NeedsOwner,
    id: str,
    pillar: Annotated[str, Form(max_length=40)],
    stakeholder: Annotated[str, Form(max_length=40)] = "",
    name: Annotated[str, Form(max_length=200)] = "",
    text: Annotated[str, Form(max_length=80_000)] = "",
    file: UploadFile | None = None,
) -> Evidence:
    """A file (read in a process of its own) or a text. It stays in this review: no shelf, no
    index, nobody else's answers."""
    desk.reviews.get(id, owner)
    with opening.limits.turn(owner):
        if file is not None and file.filename:
            content = file.file.read(MOST_BYTES + 1)
            return desk.evidence.add_file(id, stakeholder, pillar, file.filename, content, owner)
        return desk.evidence.add_text(id, stakeholder, pillar, name, text, owner)


@router.delete(
    "/{id}/evidence/{evidence}", responses=REFUSALS, status_code=204, summary="Delete evidence"
)
def remove_evidence(desk: NeedsDesk, owner: NeedsOwner, id: str, evidence: str) -> None:
    """For good."""
    desk.evidence.remove(id, evidence, owner)


@router.get("/{id}/history", responses=REFUSALS, summary="The review's record")
def history(desk: NeedsDesk, owner: NeedsOwner, id: str, limit: int = 200) -> list[Change]:
    """Newest first: who said what, when; every version can be read again."""
    return desk.reviews.history(id, owner, max(1, min(limit, 1000)))


@router.post("/{id}/undo/{number}", responses=REFUSALS, summary="Take a change back")
def undo(
    desk: NeedsDesk, owner: NeedsOwner, id: str, number: Annotated[int, Path(ge=1, le=2**31)]
) -> ReviewView:
    """What stood before it stands again, as a new line of the record."""
    return ReviewView.of(desk.reviews.undo(id, number, owner))


@router.get("/{id}/findings", responses=REFUSALS, summary="Strengths, gaps, disagreements")
def found(desk: NeedsDesk, owner: NeedsOwner, id: str, language: Language = None) -> Findings:
    """By what people said and confirmed, and what is open for the next workshop."""
    review = desk.reviews.get(id, owner)
    return Findings(
        spreads=[findings.spread(review, p.key) for p in framework.PILLARS],
        strong=findings.strong(review),
        weak=findings.weak(review),
        open_points=findings.open_points(review, language or review.about.language),
    )


@router.get(
    "/{id}/picture",
    responses={**REFUSALS, 200: {"content": {"image/svg+xml": {}}}},
    response_class=Response,
    summary="The heat map",
)
def heat_map(desk: NeedsDesk, owner: NeedsOwner, id: str, language: Language = None) -> Response:
    """SVG; levels have numbers and hatchings beside colours, and are described in words."""
    review = desk.reviews.get(id, owner)
    drawn = picture(review, language or review.about.language)
    return Response(drawn, media_type="image/svg+xml")


@router.get(
    "/{id}/papers/{paper}",
    responses={**REFUSALS, 200: {"content": {kind: {} for kind in MEDIA.values()}}},
    response_class=Response,
    summary="Profile, roadmap or workshop kit",
)
def paper(
    advisor: NeedsAdvisor,
    opening: NeedsOpening,
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    paper: Paper,
    format: PaperFormat = PaperFormat.DOCX,
    language: Language = None,
) -> Response:
    """Footnotes are clauses verified at this moment; what is missing is marked."""
    review = desk.reviews.get(id, owner)
    sources = desk.evidence.texts(id, owner)
    with opening.limits.turn(owner):
        made = papers.report(paper, review, sources, advisor, language)
        content = papers.written(made, format)
    return download(content, format.value, f"{paper.value}-{id[:8]}")


def _told(
    desk: NeedsDesk, id: str, kind: Kind, key: str, value: dict[str, Any], owner: str
) -> Told:
    return Told(number=desk.reviews.write(id, kind, key, value, owner=owner))


def _key(key: str) -> str:
    return uuid4().hex if key == "new" else key
