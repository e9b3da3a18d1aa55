"""Parts that the profile, the roadmap and the workshop kit share, as blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from assistant.advice.mandates.instruments import Holds
from assistant.advice.review import findings, framework
from assistant.advice.review.evidence import Extract
from assistant.advice.review.findings import Voice
from assistant.advice.review.framework import PILLARS
from assistant.advice.review.model import Action, EvidenceText, Review
from assistant.advice.review.picture import cell as judged_in
from assistant.advice.review.picture import columns
from assistant.advice.review.shelf_help import Quoted
from assistant.citations import clause_label, document_label
from assistant.phrases import quoted as in_marks
from assistant.phrases import say
from assistant.rendering.blocks import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Piece,
    Style,
    Table,
    bullet,
    cell,
    text,
)
from assistant.rendering.quoting import is_verbatim
from corpus.addresses import Address
from corpus.errors import AdvisorError


def gap(language: str, what: str, **values: object) -> Piece:
    """'[to be completed: ...]', for what nobody said and no document holds."""
    missing = say(language, f"review-missing-{what}", **values)
    return Piece(say(language, "review-gap", missing=missing), gap=True)


def gap_line(language: str, what: str, **values: object) -> Paragraph:
    """A gap as a paragraph."""
    return Paragraph((gap(language, what, **values),))


def heat_map(review: Review, language: str) -> Table:
    """The heat map as a table: numbers in shaded cells, groups side by side, nothing averaged."""
    groups = columns(review)
    rows = []
    for pillar in PILLARS:
        cells = [cell(framework.pillar_name(pillar.key, language), bold=True)]
        for group in groups:
            levels = judged_in(review, pillar.key, group)
            same = levels[0] if len(set(levels)) == 1 else 0
            cells.append(cell(" · ".join(map(str, levels)) or "–", same))
        level = findings.confirmed(review, pillar.key)
        if level is None:
            cells.append(Cell(((gap(language, "level"),),)))
        else:
            cells.append(cell(framework.level_name(level, language), level, bold=True))
        rows.append(tuple(cells))
    names = [framework.group_name(group, language) for group in groups]
    share = 0.5 / len(groups) if groups else 0.0
    return Table(
        columns=("", *names, say(language, "review-confirmed")),
        rows=tuple(rows),
        widths=(0.26 if groups else 0.5, *([share] * len(groups)), 0.24 if groups else 0.5),
        caption=say(language, "review-heat-map-how"),
    )


def scale(language: str) -> Iterator[Block]:
    """The scale, stated, with whose it is."""
    yield text(say(language, "review-scale-whose"), Style.SMALL)
    for level in framework.LEVELS:
        meaning = say(language, f"review-level-{level}-means")
        yield bullet(Piece(f"{framework.level_name(level, language)}: ", bold=True), Piece(meaning))


def quoted(clause: Quoted, advisor: Holds, language: str) -> Iterator[Block]:
    """A clause of the shelf: verbatim, its footnote verified at this moment, or nothing."""
    note = clause_note(clause.address, clause.label, advisor, language)
    if note is None:
        return
    words = tidy(clause.text)
    # Digests are in the project's own words: quotation marks would call them the document's.
    shown = words if clause.is_digest else in_marks(language, words)
    yield bullet(Piece(f"{clause.label}: ", bold=True), Piece(shown, note=note))


def clause_note(address: str, label: str, advisor: Holds, language: str) -> str | None:
    """A footnote for a clause that stands on the shelf now; None where it does not."""
    try:
        found = advisor.shelf.clause(Address.parse(address))
    except AdvisorError:
        return None
    said = [f"{label} [{address}]"]
    if found.clause.page:
        said.append(say(language, "ui-page", page=found.clause.page))
    if found.document.is_digest:
        said.append(say(language, "review-digest"))
    if later := _later(found.document.id, advisor, language):
        said.append(later)
    return "; ".join(said) + "."


def _later(document: str, advisor: Holds, language: str) -> str:
    """Which edition supersedes a document, in words; '' for none."""
    newer = advisor.catalogue.superseded_by(document)
    if newer is None:
        return ""
    entry = advisor.catalogue.get(newer)
    name = document_label(entry, language) if entry else newer
    return say(language, "ui-superseded-by", document=name)


def action(review_action: Action, advisor: Holds, language: str) -> Piece:
    """An action in its people's words; or quoted from its clause, verified at this moment."""
    address = review_action.source
    if not address:
        return Piece(tidy(review_action.text))
    try:
        found = advisor.shelf.clause(Address.parse(address))
    except AdvisorError:
        return gap(language, "clause", address=address)
    if not is_verbatim(review_action.text, found.clause.text):
        return gap(language, "clause", address=address)
    label = clause_label(found.document, found.section, found.clause)
    note = clause_note(address, label, advisor, language) or ""
    words = tidy(review_action.text)
    return Piece(words if found.document.is_digest else in_marks(language, words), note=note)


def said(review: Review, voices: Iterable[Voice], language: str) -> Iterator[Block]:
    """What people said, in their words, with who they are."""
    for voice in voices:
        who = findings.named(review, voice.stakeholder, language)
        yield bullet(Piece(f"{who}: ", bold=True), Piece(voice.answer.text))


def private(review: Review, found: Sequence[Extract], language: str) -> Iterator[Block]:
    """Extracts of the review's private sources; the footnote says that they are private."""
    for extract in found:
        note = say(
            language,
            "review-private-note",
            name=extract.evidence.name,
            where=extract.where,
            sha=extract.evidence.sha256[:12],
        )
        yield bullet(Piece(in_marks(language, tidy(extract.text)), note=note))


def private_list(review: Review, sources: Sequence[EvidenceText], language: str) -> Iterator[Block]:
    """The private sources by name, with who gave them."""
    for source in sources:
        evidence = source.evidence
        person = review.stakeholder(evidence.stakeholder)
        giver = findings.named(review, person, language) if person else ""
        pillar = framework.pillar_name(evidence.pillar, language)
        parts = [evidence.name, giver, pillar, f"SHA-256 {evidence.sha256[:12]}…"]
        yield bullet(Piece(" · ".join(part for part in parts if part)))


def sources(addresses: Iterable[str], advisor: Holds, language: str) -> Iterator[Block]:
    """Documents cited, the standing of each and what was read, as a table with cautions."""
    ids = list(dict.fromkeys(address.partition("#")[0] for address in addresses))
    rows, cautions = [], []
    for id in ids:
        try:
            document = advisor.shelf.best(id)
        except AdvisorError:
            continue
        standing = advisor.catalogue.standing(id)
        status = standing.value.replace("_", " ") if standing else "–"
        if later := _later(id, advisor, language):
            status += f"; {later}"
        kind = "review-digest" if document.is_digest else "review-official"
        label = document_label(document)
        name = label if document.title in label else f"{label}: {document.title}"
        rows.append((cell(name), cell(status), cell(say(language, kind))))
        if caution := advisor.catalogue.caution(id):
            cautions.append(caution)
    if rows:
        yield Heading(say(language, "review-sources"))
        yield Table(
            columns=(
                say(language, "review-document"),
                say(language, "review-status"),
                say(language, "review-text-read"),
            ),
            rows=tuple(rows),
            widths=(0.56, 0.22, 0.22),
        )
        for caution in dict.fromkeys(cautions):
            yield text(caution, Style.SMALL)


def listed_points(points: Iterable[str]) -> Iterator[Block]:
    """Open questions as a list."""
    for point in points:
        yield bullet(Piece(point))


def tidy(words: str) -> str:
    """A quotation without the mark that joined it to the next clause."""
    return words.strip().rstrip(";,；،؛").rstrip()
