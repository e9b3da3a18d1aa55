"""`advisor review`: guided ecosystem reviews from the terminal, and their papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from assistant.cli.advice import write_report
from assistant.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from assistant.advice.review.model import Review
    from assistant.advice.review.store import Reviews

app = typer.Typer(
    help="Ecosystem reviews: listen along seven pillars, let people judge, write it up.\n\n"
    "First steps: `advisor review begin`, `add`, `ask` (asks question by question; stop with "
    "Ctrl-C and go on later), `judge`, `confirm`, then `profile`, `roadmap` and `kit`.",
    no_args_is_help=True,
)
Id = Annotated[str, typer.Argument(help="Id of the review, as `advisor review list` says.")]
Who = Annotated[str, typer.Argument(help="Id of the stakeholder, as `advisor review show` says.")]
PillarKey = Annotated[
    str,
    typer.Argument(
        help="vision, talent, infrastructure, capital, markets, culture or policy.",
    ),
]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write a .docx, .pdf or .md file; else Markdown here.")
]
Language = Annotated[
    str | None, typer.Option("--language", help="ar, en, es, fr, ru or zh; else the review's own.")
]


def _engine() -> Engine:
    from assistant.operating.workspace import database
    from assistant.settings import Settings

    return database(Settings.load())


def _reviews() -> Reviews:
    from assistant.advice.review.store import Reviews

    return Reviews(_engine())


@app.command("begin")
def begin(
    title: Annotated[str, typer.Argument(help="What the review is called.")],
    country: Annotated[str, typer.Option(help="Which country it is of.")] = "",
    purpose: Annotated[str, typer.Option(help="What it is for, in a line.")] = "",
    language: Annotated[str, typer.Option(help="Of its papers: ar, en, es, fr, ru, zh.")] = "en",
    names: Annotated[bool, typer.Option(help="Name people in its papers.")] = False,
    as_json: AsJson = False,
) -> None:
    """Begin a review and print its id."""
    from assistant.advice.review.model import About

    about = About(title=title, country=country, purpose=purpose, language=language, names=names)
    review = _reviews().begin(about)
    if as_json:
        print_json({"id": review.id})
    else:
        typer.echo(review.id)
        typer.secho(f"Next: advisor review add {review.id} NAME GROUP", dim=True)


@app.command("list")
def listed(as_json: AsJson = False) -> None:
    """List your reviews, last changed first."""
    lines = _reviews().all()
    if as_json:
        print_json([line.model_dump(mode="json") for line in lines])
        return
    rows = [[r.id, r.title, r.country, str(r.stakeholders), r.updated] for r in lines]
    print_table(
        f"{len(lines)} reviews", ["id", "title", "country", "stakeholders", "changed"], rows
    )


@app.command("show")
def show(id: Id, language: Language = None, as_json: AsJson = False) -> None:
    """Show who contributes, how each pillar is judged, and what is still open."""
    from assistant.advice.review import findings, framework

    review = _reviews().get(id)
    spoken = language or review.about.language
    if as_json:
        print_json(_as_json(review))
        return
    typer.secho(f"{review.about.title}  ({review.id}, line {review.version})", bold=True)
    people = []
    for person in review.stakeholders:
        done, of = findings.progress(review, person.id)
        group = framework.group_name(person.group, spoken)
        people.append([person.id, person.name, group, f"{done}/{of}"])
    print_table("Stakeholders", ["id", "name", "group (not confirmed)", "answered"], people)
    rows = []
    for pillar in framework.PILLARS:
        spread = findings.spread(review, pillar.key)
        judged = " · ".join(str(j.level) for _, j in spread.judged) or "-"
        level = findings.confirmed(review, pillar.key)
        apart = "yes" if spread.apart else ""
        rows.append(
            [
                pillar.key,
                framework.pillar_name(pillar.key, spoken),
                judged,
                apart,
                str(level or "-"),
            ]
        )
    print_table("Pillars", ["key", "pillar", "judged", "apart", "confirmed"], rows)
    for point in findings.open_points(review, spoken):
        typer.echo(f"? {point}")


@app.command("add")
def add(
    id: Id,
    name: Annotated[str, typer.Argument(help="Name or role: 'Bank 1'.")],
    group: Annotated[
        str,
        typer.Argument(help="entrepreneurs, support, private, finance, academia, public or other."),
    ],
    organisation: Annotated[str, typer.Option(help="Of the stakeholder.")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a stakeholder and print their id."""
    person = _reviews().add_stakeholder(id, name, group, organisation)
    if as_json:
        print_json(person.model_dump(mode="json"))
    else:
        typer.echo(person.id)
        typer.secho(f"Next: advisor review ask {id} {person.id}", dim=True)


@app.command("invite")
def invite(id: Id, who: Who, as_json: AsJson = False) -> None:
    """Make an invitation: the path of a link, shown once, by which they contribute themselves."""
    from assistant.advice.review.invitations import Invitations

    token = Invitations(_engine()).invite(id, who)
    path = f"/contribute/{token}"
    if as_json:
        print_json({"path": path})
    else:
        typer.echo(path)
        typer.secho("Put your server's address before it. A new link ends this one.", dim=True)


@app.command("ask")
def ask(id: Id, who: Who, language: Language = None) -> None:
    """Go through the questions one by one; what is answered already is passed over.

    Enter leaves a question open, Ctrl-C stops; every answer is kept as soon as it is given.
    """
    from assistant.advice.review import framework
    from assistant.advice.review.model import Kind, Reads

    reviews = _reviews()
    review = reviews.get(id)
    spoken = language or review.about.language
    for pillar in framework.PILLARS:
        left = [
            question
            for question in pillar.questions
            if not ((held := review.answers.get((who, question))) and held.text)
        ]
        if left:
            typer.secho(f"\n{framework.pillar_name(pillar.key, spoken)}", bold=True)
        for question in left:
            typer.echo(f"\n{framework.asks(question, spoken)}")
            typer.secho(f"  ({framework.good(question, spoken)})", dim=True)
            text = typer.prompt(">", default="", show_default=False)
            if not text.strip():
                continue
            mark = typer.prompt("[s]trength, [g]ap or neither", default="", show_default=False)
            reads = {"s": Reads.STRENGTH, "g": Reads.GAP}.get(mark[:1].lower(), Reads.OPEN)
            value = {"text": text, "reads": reads.value}
            reviews.write(id, Kind.ANSWER, question, value, stakeholder=who)
    typer.secho("Done. `advisor review judge` notes the levels.", dim=True)


@app.command("answer")
def answer(
    id: Id,
    who: Who,
    question: Annotated[str, typer.Argument(help="Key of the question: vision-1 ... policy-3.")],
    text: Annotated[str, typer.Argument(help="What they said.")],
    reads: Annotated[
        str, typer.Option(help="How they read it themselves: strength, gap or open.")
    ] = "open",
) -> None:
    """Note one answer (for scripts; `ask` leads through all)."""
    from assistant.advice.review.model import Kind

    value = {"text": text, "reads": reads}
    typer.echo(_reviews().write(id, Kind.ANSWER, question, value, stakeholder=who))


@app.command("judge")
def judge(
    id: Id,
    who: Who,
    pillar: PillarKey,
    level: Annotated[int, typer.Argument(help="1 (not begun) to 5 (strong and improving).")],
    reason: Annotated[str, typer.Option(help="Why, in their words.")] = "",
) -> None:
    """Note the level a stakeholder chose for a pillar."""
    from assistant.advice.review.model import Kind

    value = {"level": level, "reason": reason}
    typer.echo(_reviews().write(id, Kind.JUDGEMENT, pillar, value, stakeholder=who))


@app.command("confirm")
def confirm(
    id: Id,
    pillar: PillarKey,
    level: Annotated[int, typer.Argument(help="1 (not begun) to 5 (strong and improving).")],
    reason: Annotated[str, typer.Option(help="How you came to it.")] = "",
) -> None:
    """Confirm a pillar's level, having heard everyone; disagreements stay on show."""
    from assistant.advice.review.model import Kind

    typer.echo(_reviews().write(id, Kind.CONFIRMED, pillar, {"level": level, "reason": reason}))


@app.command("action")
def action(
    id: Id,
    pillar: PillarKey,
    text: Annotated[str, typer.Argument(help="What is to be done.")],
    who: Annotated[str, typer.Option(help="Who does it.")] = "",
    when: Annotated[str, typer.Option(help="By when.")] = "",
    source: Annotated[str, typer.Option(help="Address of the clause that the words quote.")] = "",
) -> None:
    """Add a possible action to the roadmap; without who or when it has a marked gap."""
    from assistant.advice.review.model import Kind

    value = {"text": text, "pillar": pillar, "who": who, "when": when, "source": source}
    typer.echo(_reviews().write(id, Kind.ACTION, uuid4().hex, value))


@app.command("evidence")
def evidence(
    id: Id,
    pillar: PillarKey,
    file: Annotated[Path, typer.Argument(help="PDF, Word, HTML or text.")],
    who: Annotated[str, typer.Option(help="Id of the stakeholder who gives it.")] = "",
) -> None:
    """Add private evidence: for this review only, on no shelf and in no index."""
    from assistant.advice.review.evidence import EvidenceFiles
    from assistant.advice.review.record import BadContribution

    try:
        content = file.read_bytes()
    except OSError as error:
        raise BadContribution(f"'{file.name}' cannot be read ({error.strerror}).") from error
    held = EvidenceFiles(_engine()).add_file(id, who, pillar, file.name, content)
    typer.echo(f"{held.id}  {held.name}, {held.clauses} clauses")


@app.command("map")
def heat_map(
    id: Id,
    out: Annotated[Path, typer.Argument(help="SVG file to write.")],
    language: Language = None,
) -> None:
    """Write the heat map: levels by pillar and group, and what is confirmed."""
    from assistant.advice.review.picture import picture

    review = _reviews().get(id)
    out.write_text(picture(review, language or review.about.language), encoding="utf-8")


@app.command("profile")
def profile(id: Id, out: Out = None, language: Language = None) -> None:
    """Write the Digital Innovation Profile draft."""
    _paper("profile", id, out, language)


@app.command("roadmap")
def roadmap(id: Id, out: Out = None, language: Language = None) -> None:
    """Write the roadmap: actions with who and when, gaps that no action answers."""
    _paper("roadmap", id, out, language)


@app.command("kit")
def kit(id: Id, out: Out = None, language: Language = None) -> None:
    """Write the workshop kit: invitation, agenda, stakeholder map, a canvas sheet a pillar."""
    _paper("kit", id, out, language)


@app.command("history")
def history(id: Id, as_json: AsJson = False) -> None:
    """Show the record: everything that was said, newest first."""
    lines = _reviews().history(id)
    if as_json:
        print_json([line.model_dump(mode="json") for line in lines])
        return
    rows = [[str(c.number), c.at, c.by, c.kind.value, c.key, str(c.value)[:80]] for c in lines]
    print_table("Record", ["line", "when", "by", "what", "matter", "says"], rows)


@app.command("undo")
def undo(
    id: Id, line: Annotated[int, typer.Argument(help="Number of the line, as `history` says.")]
) -> None:
    """Bring back what stood before a line of the record."""
    typer.echo(f"Now at line {_reviews().undo(id, line).version}.")


@app.command("delete")
def delete(id: Id, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Delete a review with its record, private evidence and invitations, for good."""
    if not yes:
        typer.confirm("Delete this review for good?", abort=True)
    _reviews().delete(id)


def _paper(name: str, id: str, out: Path | None, language: str | None) -> None:
    from assistant.advice.review.evidence import EvidenceFiles
    from assistant.advice.review.papers import Paper, report
    from assistant.advisor import Advisor
    from assistant.rendering.block_markdown import markdown
    from assistant.settings import Settings

    review = _reviews().get(id)
    sources = EvidenceFiles(_engine()).texts(id)
    advisor = Advisor.open(Settings.load())
    made = report(Paper(name), review, sources, advisor, language)
    if out is not None:
        write_report(out, made)
    else:
        typer.echo(markdown(made))


def _as_json(review: Review) -> dict[str, object]:
    value = review.model_dump(mode="json", exclude={"answers", "judgements"})
    value["answers"] = [
        {"stakeholder": who, "question": q, **a.model_dump(mode="json")}
        for (who, q), a in review.answers.items()
    ]
    value["judgements"] = [
        {"stakeholder": who, "pillar": p, **j.model_dump(mode="json")}
        for (who, p), j in review.judgements.items()
    ]
    return value
