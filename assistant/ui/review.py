"""Pages of ecosystem reviews: the list, one review, a stakeholder's part, a pillar, the papers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from assistant.advice.review import findings, framework, papers
from assistant.advice.review.framework import GROUPS, LEVELS, OTHER, PILLARS
from assistant.advice.review.invitations import Contribution, UnknownInvitation
from assistant.advice.review.invitations import of as part_of
from assistant.advice.review.model import Reads, Review
from assistant.advice.review.papers import Paper
from assistant.advice.review.picture import described
from assistant.advice.review.record import UnknownReview
from assistant.advice.review.shelf_help import gather
from assistant.api.contributing import Token, switched_on
from assistant.api.desk import NeedsDesk
from assistant.api.needs import NeedsAdvisor, NeedsOwner
from assistant.people.roles import Role
from assistant.phrases import LANGUAGES, say
from assistant.rendering.block_print import document
from assistant.ui import review_files
from assistant.ui.markup import render
from assistant.ui.site import PageRoute, language_of, needs, page
from assistant.ui.words import NAMES

router = APIRouter(
    prefix="/pages/reviews",
    route_class=PageRoute,
    include_in_schema=False,
    dependencies=[needs(Role.STAFF)],
)
guests = APIRouter(
    prefix="/contribute",
    include_in_schema=False,
    dependencies=[Depends(switched_on)],
)


@router.get("")
def listed(request: Request, desk: NeedsDesk, owner: NeedsOwner) -> HTMLResponse:
    """Your reviews, and the way to begin one; `country` and `title` prefill it."""
    asked = request.query_params
    return _page(
        request,
        "reviews.html",
        "reviews",
        reviews=desk.reviews.all(owner),
        languages=NAMES,
        country=asked.get("country", "")[:80],
        title_=asked.get("title", "")[:200],
        countries=framework.known_countries(language_of(request)),
    )


@router.get("/{id}")
def one(request: Request, desk: NeedsDesk, owner: NeedsOwner, id: str) -> HTMLResponse:
    """A review as it stands."""
    review = desk.reviews.get(id, owner)
    language = language_of(request)
    return _page(
        request,
        "review.html",
        "review",
        review=review,
        described=described(review, language),
        people=[
            {
                "person": person,
                "group": framework.group_name(person.group, language),
                "done": findings.progress(review, person.id),
            }
            for person in review.stakeholders
        ],
        groups=[(g, framework.group_name(g, language)) for g in (*GROUPS, OTHER)],
        pillars=_pillars(review, language),
        open_points=findings.open_points(review, language),
        papers=[paper.value for paper in Paper],
        languages=NAMES,
    )


@router.get("/{id}/part/{stakeholder}")
def part(
    request: Request, desk: NeedsDesk, owner: NeedsOwner, id: str, stakeholder: str
) -> HTMLResponse:
    """A stakeholder's part, for who writes down what they say."""
    review = desk.reviews.get(id, owner)
    if review.stakeholder(stakeholder) is None:
        raise UnknownReview("This review has no such stakeholder.")
    held = part_of(review, stakeholder)
    values = _part(held, language_of(request))
    saves = f"v1/reviews/{id}/stakeholders/{stakeholder}"
    return _page(
        request,
        "review_part.html",
        "review",
        **values,
        saves=saves,
        gives=f"v1/reviews/{id}/evidence",
        back=id,
        guest=False,
    )


@router.get("/{id}/pillar/{pillar}")
def pillar(
    request: Request,
    advisor: NeedsAdvisor,
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    pillar: str,
) -> HTMLResponse:
    """Everything on one pillar side by side, and its level, which the owner confirms."""
    review = desk.reviews.get(id, owner)
    language = language_of(request)
    one = framework.pillar(pillar)
    people = {p.id: p for p in review.stakeholders}
    place = [p.key for p in PILLARS].index(pillar)
    return _page(
        request,
        "review_pillar.html",
        "review",
        review=review,
        pillar=_pillars(review, language)[place],
        questions=[
            {
                "ask": framework.asks(question, language),
                "good": framework.good(question, language),
                "voices": [
                    (_name(v.stakeholder, language), v.answer)
                    for v in findings.voices(review, pillar)
                    if v.question == question
                ],
            }
            for question in one.questions
        ],
        judged=[
            (_name(person, language), framework.level_name(j.level or 0, language), j.reason)
            for person, j in findings.spread(review, pillar).judged
        ],
        confirmed=review.confirmed.get(pillar),
        levels=[(n, framework.level_name(n, language)) for n in LEVELS],
        evidence=[
            (e, _name(people[e.stakeholder], language) if e.stakeholder in people else "")
            for e in review.evidence
            if e.pillar == pillar
        ],
        help=gather(review.about.country, advisor)[pillar],
        actions=[(key, a) for key, a in review.actions.items() if a.pillar == pillar],
        before=PILLARS[place - 1].key if place else "",
        after=PILLARS[place + 1].key if place + 1 < len(PILLARS) else "",
    )


@router.get("/{id}/record")
def record(request: Request, desk: NeedsDesk, owner: NeedsOwner, id: str) -> HTMLResponse:
    """The record: who said what and when; each line can be taken back."""
    review = desk.reviews.get(id, owner)
    language = language_of(request)
    people = {p.id: p for p in review.stakeholders}
    changes = [
        {
            "change": change,
            "who": _name(people[change.stakeholder], language)
            if change.stakeholder in people
            else "",
            "what": say(language, f"review-kind-{change.kind.value}"),
            "where": _where(change.key, language),
            "text": str(change.value.get("text") or change.value.get("level") or ""),
        }
        for change in desk.reviews.history(id, owner)
    ]
    return _page(request, "review_record.html", "review", review=review, changes=changes)


@router.get("/{id}/print/{paper}")
def printed(
    request: Request,
    advisor: NeedsAdvisor,
    desk: NeedsDesk,
    owner: NeedsOwner,
    id: str,
    paper: Paper,
) -> Response:
    """A paper as a page to print; in the language of `lang`, or the review's."""
    review = desk.reviews.get(id, owner)
    wanted = request.query_params.get("lang")
    language = wanted if wanted in LANGUAGES else review.about.language
    made = papers.report(paper, review, desk.evidence.texts(id, owner), advisor, language)
    return HTMLResponse(document(made, paged=False))


@guests.get("/files/{name}")
def file(name: str) -> Response:
    """Style and script of an invited stakeholder's page, who has no account."""
    return review_files.served(name)


@guests.get("/{token}")
def contribute(request: Request, desk: NeedsDesk, token: Token) -> HTMLResponse:
    """The page an invitation opens."""
    root = str(request.scope.get("root_path", "")) + "/"
    asked = request.query_params.get("lang")
    try:
        held = desk.invitations.open(token)
    except UnknownInvitation:
        language = asked if asked in LANGUAGES else language_of(request)
        body = render("review_closed.html", language)
        return _guest(language, root, say(language, "ui-advice-closed"), body, 404)
    language = asked if asked in LANGUAGES else held.language
    body = render(
        "review_part.html",
        language,
        root=root,
        **_part(held, language),
        **_words(language),
        saves=f"contribute/{token}",
        gives=f"contribute/{token}/evidence",
        back="",
        guest=True,
    )
    return _guest(language, root, held.title, body)


def _guest(language: str, root: str, title: str, body: str, status: int = 200) -> HTMLResponse:
    """A page for somebody without an account: nothing of the application around it."""
    html = render(
        "review_guest.html",
        language,
        root=root,
        body=body,
        title=title,
        languages=NAMES,
        mark=review_files.mark(),
    )
    return HTMLResponse(html, status)


def _page(request: Request, template: str, title: str, **values: Any) -> HTMLResponse:
    language = language_of(request)
    return page(request, template, f"advice-{title}", "advice", **_words(language), **values)


def _words(language: str) -> dict[str, Any]:
    """`w`: phrases of every catalogue by their whole key; and which script and style to load."""
    return {
        "w": lambda key, **values: say(language, key, **values),
        "files_mark": review_files.mark(),
    }


def _name(person: Any, language: str) -> str:
    return f"{person.name} · {framework.group_name(person.group, language)}"


def _where(key: str, language: str) -> str:
    """The matter of a line of the record, for people."""
    if key in framework.QUESTIONS:
        return framework.asks(key, language)
    if key in {p.key for p in PILLARS}:
        return framework.pillar_name(key, language)
    return ""


def _pillars(review: Review, language: str) -> list[dict[str, Any]]:
    found = []
    for pillar in PILLARS:
        spread = findings.spread(review, pillar.key)
        level = findings.confirmed(review, pillar.key)
        found.append(
            {
                "key": pillar.key,
                "name": framework.pillar_name(pillar.key, language),
                "spread": spread,
                "level": framework.level_name(level, language) if level is not None else "",
                "strengths": len(findings.voices(review, pillar.key, Reads.STRENGTH)),
                "gaps": len(findings.voices(review, pillar.key, Reads.GAP)),
            }
        )
    return found


def _part(held: Contribution, language: str) -> dict[str, Any]:
    """What the form of one stakeholder's part shows."""
    return {
        "part": held,
        "group": framework.group_name(held.stakeholder.group, language),
        "levels": [(n, framework.level_name(n, language)) for n in LEVELS],
        "meanings": [
            (framework.level_name(n, language), say(language, f"review-level-{n}-means"))
            for n in LEVELS
        ],
        "reads": [(r.value, say(language, f"review-reads-{r.value}")) for r in Reads],
        "pillars": [
            {
                "key": pillar.key,
                "name": framework.pillar_name(pillar.key, language),
                "judgement": held.judgements.get(pillar.key),
                "evidence": [e for e in held.evidence if e.pillar == pillar.key],
                "questions": [
                    {
                        "key": question,
                        "ask": framework.asks(question, language),
                        "good": framework.good(question, language),
                        "answer": held.answers.get(question),
                    }
                    for question in pillar.questions
                ],
            }
            for pillar in PILLARS
        ],
    }
