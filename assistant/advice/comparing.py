"""Side by side: two editions, two instruments on a topic, countries along the seven pillars.

A cell is made of clauses, verbatim and addressed; an empty one says that the documents hold
nothing, never that a country lacks something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.advice.mandates.abbreviations import explained, spelled
from assistant.advice.mandates.trail import actor_name
from assistant.advice.topics import topic
from assistant.citations import clause_label, document_label, label_in_print
from assistant.rendering import block_markdown, block_word
from assistant.rendering.blocks import Block, Cell, Piece, Report, Table, bullet, cell
from assistant.rendering.quoting import shorten
from corpus.documents import Document, Frozen, SectionKind
from corpus.errors import AdvisorError
from corpus.language.actors import addressed
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.differences import Piece as Difference
from corpus.shelf.editions import Change, ChangeKind
from corpus.shelf.editions import compare as compare_texts
from corpus.shelf.register import Shelf

NOTHING = "not in the documents"

# Labels of the ITU ecosystem canvas (digest itu-innovation-framework) and words by which a
# statement is about a pillar; the elements of each pillar are the canvas's, paraphrased.
PILLARS: dict[str, str] = {
    "Vision & strategy": r"vision|strateg\w+|roadmap|national (?:plan|agenda)|action plan",
    "Talent & champions": r"talent|champion\w*|skill\w*|training|educat\w+|young people|leaders?",
    "Infrastructure & programmes": r"infrastructure|broadband|internet access|incubat\w+|"
    r"accelerat(?:or|ion)\w*|programmes?|hubs?|penetration|technology parks?|connectivity",
    "Capital & resources": r"capital|fund(?:s|ing|ed)?|financ\w+|invest\w+|grants?|resources",
    "Markets & networks": r"markets?|export\w*|networks?(?! infrastructure)|partnership\w*|"
    r"associations?|trade|industry|cluster\w*",
    "Culture & communities": r"cultur\w+|communit\w+|events?|awareness|entrepreneurial spirit|"
    r"diversity|equality|women",
    "Policy & regulation": r"polic\w+|regulat\w+|laws?|legislat\w+|government|"
    r"public sector|intellectual property",
}


# What an office is called says nothing about a country's pillars.
_OFFICES = re.compile(
    r"\b(?:ministry|minister) (?:of|for) [^.;:]{3,70}?(?=,|\.|;|$)",
    re.I,
)


class NothingToCompare(AdvisorError):
    """For anyone: a country or instrument of which nothing is held; the message names it."""

    code = "nothing-to-compare"


class Statement(Frozen):
    """One clause in a cell: verbatim, with its address."""

    text: str
    address: str
    label: str
    is_digest: bool = False
    pieces: tuple[Difference, ...] = ()
    """Of a reworded clause: which words stay, go and come; else empty."""


class Row(Frozen):
    """One line of the table; `cells` as many as there are columns, each possibly empty."""

    name: str
    cells: tuple[tuple[Statement, ...], ...]


class SideBySide(Frozen):
    """A comparison: columns are instruments or countries, rows actors or pillars."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def compare_instruments(shelf: Shelf, first: str, second: str, asked: str) -> SideBySide:
    """What two instruments say on a topic, by who is addressed.

    Args:
        shelf: the documents.
        first, second: document ids.
        asked: the topic, in a few words.

    Raises:
        UnknownAddress: an id is not on the shelf.
        NothingToCompare: neither says anything about the topic.
    """
    documents = (shelf.best(first), shelf.best(second))
    wanted = topic(asked)
    cells: dict[str, list[list[Statement]]] = {}
    for column, document in enumerate(documents):
        longs = explained(document)
        for section, clause in document.clauses():
            text = spelled(clause.text, longs)
            if not (wanted.touches(text) or wanted.near(text) or wanted.share(text) >= 0.6):
                continue
            verb, actors = addressed(section.heading)
            if verb:
                who = " and ".join(actor_name(a) for a in actors) or "the Union"
                name = f"{verb} ({who})"
            else:
                name = "background" if section.kind is SectionKind.PREAMBLE else "other parts"
            statement = Statement(
                text=shorten(clause.text, asked),
                address=str(document.address(section, clause)),
                label=clause_label(document, section, clause),
                is_digest=document.is_digest,
            )
            cells.setdefault(name, [[], []])[column].append(statement)
    if not cells:
        raise NothingToCompare(
            f"Neither {document_label(documents[0])} nor {document_label(documents[1])} says "
            f"anything about '{asked[:80]}'. Use other words."
        )
    return SideBySide(
        title=f"{document_label(documents[0])} and {document_label(documents[1])}: {asked}",
        columns=tuple(document_label(document) for document in documents),
        rows=tuple(
            Row(name=name, cells=tuple(tuple(cell) for cell in row)) for name, row in cells.items()
        ),
        notes=_digest_note(documents),
    )


def compare_editions(shelf: Shelf, old: str, new: str, asked: str = "") -> SideBySide:
    """Two editions of one instrument, clause by clause: what came, went or was reworded.

    Args:
        shelf: the documents.
        old, new: document ids, the earlier first.
        asked: a topic, to show only clauses that speak of it; '' for all that changed.

    Raises:
        UnknownAddress: an id is not on the shelf.
        OnlyDigests: of one of the two only a digest is held.
        NotComparable: the two are not editions in one language.
        NothingToCompare: nothing changed (on the topic).
    """
    documents = (shelf.best(old), shelf.best(new))
    wanted = topic(asked) if asked.strip() else None
    compared = compare_texts(*documents)
    rows = []
    for change in compared.changes:
        text = f"{change.old_text or ''} {change.new_text or ''}"
        if change.kind is ChangeKind.UNCHANGED or change.formal:
            continue
        if wanted and not (wanted.touches(text) or wanted.near(text) or wanted.share(text) >= 0.6):
            continue
        rows.append(_changed(change, documents))
    if not rows:
        raise NothingToCompare(
            "No clause changed" + (f" on '{asked[:80]}'. Leave the topic out." if wanted else ".")
        )
    return SideBySide(
        title=f"{compared.old_label} and {compared.new_label}" + (f": {asked}" if wanted else ""),
        columns=(compared.old_label, compared.new_label),
        rows=tuple(rows),
        notes=compared.notes,
    )


def _changed(change: Change, documents: tuple[Document, Document]) -> Row:
    """One clause that changed, as a row named by what became of it."""
    cells: list[tuple[Statement, ...]] = []
    for address, heading, text, document in (
        (change.old_address, change.old_heading, change.old_text, documents[0]),
        (change.new_address, change.new_heading, change.new_text, documents[1]),
    ):
        if not address or text is None:
            cells.append(())
            continue
        place = address.partition("#")[2].partition(".")[2]
        cells.append(
            (
                Statement(
                    text=text,
                    address=address,
                    label=f"{heading or ''} {label_in_print(place or None)}".strip(),
                    is_digest=document.is_digest,
                    pieces=change.pieces,
                ),
            )
        )
    return Row(name=change.kind.value, cells=tuple(cells))


def compare_countries(shelf: Shelf, catalogue: Catalogue, countries: Sequence[str]) -> SideBySide:
    """Countries along the seven pillars, from their reviews and profiles on the shelf.

    Raises:
        NothingToCompare: fewer than two countries, or nothing is held of one of them.
    """
    if len({c.casefold() for c in countries}) < 2:
        raise NothingToCompare("Name at least two countries.")
    held = list(_country_documents(shelf))
    columns: list[str] = []
    texts: list[list[Document]] = []
    for country in countries:
        own = [d for d in held if (d.country or "").casefold() == country.casefold()]
        if not own:
            known = ", ".join(sorted({d.country for d in held if d.country}))
            raise NothingToCompare(
                f"No review or profile of {country[:60]} is on the shelf. Held: {known}."
            )
        columns.append(own[0].country or country)
        texts.append(own)
    rows = [
        Row(
            name=pillar,
            cells=tuple(tuple(_statements(own, pattern)) for own in texts),
        )
        for pillar, pattern in PILLARS.items()
    ]
    notes = [
        "A statement stands under a pillar because of words in it; the reviews' own assessment "
        "may be different. An empty cell says that the documents held are silent, no more.",
        *_digest_note([d for own in texts for d in own]),
    ]
    for own in texts:
        notes += [
            f"{document_label(document)}: {entry.status}"
            for document in own
            if (entry := catalogue.get(document.id)) is not None and entry.status
        ]
    return SideBySide(
        title="Innovation ecosystems along the seven pillars: " + ", ".join(columns),
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def _country_documents(shelf: Shelf) -> Iterator[Document]:
    for key in shelf.live():
        document = shelf.document(key)
        if document.country and document.language == "en":
            yield document


def _statements(documents: Sequence[Document], pattern: str) -> Iterator[Statement]:
    about = re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.I)
    named = [pillar for pillar, words in PILLARS.items() if words == pattern]
    for document in documents:
        for section, clause in document.clauses():
            if section.heading in named or about.search(_OFFICES.sub(" ", clause.text)):
                yield Statement(
                    text=clause.text,
                    address=str(document.address(section, clause)),
                    label=clause_label(document, section, clause),
                    is_digest=document.is_digest,
                )


def _digest_note(documents: Sequence[Document]) -> tuple[str, ...]:
    digests = list(dict.fromkeys(document_label(d) for d in documents if d.is_digest))
    if not digests:
        return ()
    return (f"Digests in our own words, not the official texts: {'; '.join(digests)}.",)


def report(table: SideBySide) -> Report:
    """The comparison as blocks on landscape pages, its sources as footnotes."""
    share = 0.86 / len(table.columns)
    blocks: list[Block] = [
        Table(
            columns=("", *table.columns),
            rows=tuple(
                (cell(row.name, bold=True), *(_cell(statements) for statements in row.cells))
                for row in table.rows
            ),
            widths=(0.14, *([share] * len(table.columns))),
        )
    ]
    blocks += [bullet(Piece(note)) for note in table.notes]
    return Report(
        title=table.title,
        language="en",
        blocks=tuple(blocks),
        footer=table.title,
        landscape=True,
    )


def _cell(statements: Sequence[Statement]) -> Cell:
    if not statements:
        return cell(NOTHING, italic=True)
    return Cell(tuple((Piece(s.text, note=f"{s.label} [{s.address}]"),) for s in statements))


def markdown(table: SideBySide) -> str:
    """The comparison as a Markdown table with footnotes."""
    return block_markdown.markdown(report(table))


def docx(table: SideBySide) -> bytes:
    """The comparison as a Word document, its sources as footnotes."""
    return block_word.docx(report(table))


def pdf(table: SideBySide) -> bytes:
    """The comparison as a PDF.

    Raises:
        CannotPrint: a library or a font is missing; names the package.
    """
    from assistant.rendering.block_print import pdf as printed

    return printed(report(table))
