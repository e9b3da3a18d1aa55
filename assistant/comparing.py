"""Side by side: two instruments on a topic, or countries along the seven pillars.

A cell is made of clauses, verbatim and addressed; an empty one says that the documents hold
nothing, never that a country lacks something.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.actors import addressed
from assistant.citations import clause_label, document_label
from assistant.exports import plain
from assistant.mandates.abbreviations import explained, spelled
from assistant.mandates.trail import actor_name
from assistant.quoting import shorten
from assistant.topics import topic
from corpus.catalogue import Catalogue
from corpus.documents import Document, Frozen, SectionKind
from corpus.errors import AdvisorError
from corpus.shelf import Shelf

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
            f"Neither {first} nor {second} says anything about '{asked[:80]}'. Use other words."
        )
    return SideBySide(
        title=f"{document_label(documents[0])} and {document_label(documents[1])}: {asked}",
        columns=tuple(document_label(document) for document in documents),
        rows=tuple(
            Row(name=name, cells=tuple(tuple(cell) for cell in row)) for name, row in cells.items()
        ),
        notes=_digest_note(documents),
    )


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


def markdown(table: SideBySide) -> str:
    """The comparison as a Markdown table with addresses."""
    out = [f"# {plain(table.title)}", ""]
    out.append("| | " + " | ".join(plain(column) for column in table.columns) + " |")
    out.append("|---" * (len(table.columns) + 1) + "|")
    for row in table.rows:
        cells = [
            "<br>".join(f"{plain(s.text)} [{s.address}]" for s in cell) or f"*{NOTHING}*"
            for cell in row.cells
        ]
        out.append(f"| **{plain(row.name)}** | " + " | ".join(cells) + " |")
    return "\n".join([*out, "", *(f"- {plain(note)}" for note in table.notes)]) + "\n"


def docx(table: SideBySide) -> bytes:
    """The comparison as a Word document, its sources as footnotes."""
    from assistant.drafting.word import WordFile

    file = WordFile(table.title, landscape=True)
    file.paragraph(table.title, "Title")
    grid = file.table(["", *table.columns])
    for row in table.rows:
        cells = file.row(grid)
        file.into(cells[0], row.name, bold=True)
        for cell, statements in zip(cells[1:], row.cells, strict=True):
            if not statements:
                file.into(cell, NOTHING, italic=True)
            for statement in statements:
                file.into(cell, statement.text, footnote=f"{statement.label} [{statement.address}]")
    for note in table.notes:
        file.paragraph(note, "List Bullet")
    return file.content()
