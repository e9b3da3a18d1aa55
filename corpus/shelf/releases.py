"""What the librarian has to look at: the clauses found, with their words."""

from __future__ import annotations

from corpus.addresses import Address
from corpus.shelf.register import Origin, Shelf
from corpus.tampering.marks import DECIDED, WITHHELD, Decision, Mark


class Waiting(Mark):
    """A mark as a librarian reads it.

    Attributes:
        title, section, text: of the clause, as stored.
        origin: how its file came to the shelf.
        withheld: whether it is shown to nobody now.
    """

    title: str
    section: str
    text: str
    origin: Origin
    withheld: bool


def waiting(shelf: Shelf, document: str | None = None) -> list[Waiting]:
    """Every clause found or decided on; undecided ones first, then the surest.

    Raises:
        UnknownAddress: nothing on the shelf has this id or key.
    """
    origins = {entry.key: entry.source.origin for entry in shelf.entries()}
    marks = shelf.marks(document)
    texts = {key: shelf.as_stored(key) for key in {mark.key for mark in marks}}
    found: list[Waiting] = []
    for mark in marks:
        hit = texts[mark.key].find(Address.parse(mark.address))
        if hit is None:
            continue
        section, clause = hit
        found.append(
            Waiting(
                **mark.model_dump(),
                title=texts[mark.key].title,
                section=section.heading,
                text="\n".join((clause.text, *clause.footnotes)),
                origin=origins[mark.key],
                withheld=mark.state in WITHHELD,
            )
        )
    return sorted(found, key=lambda w: (w.state in DECIDED, w.state is Decision.NOTED, -w.score))
