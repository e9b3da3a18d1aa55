"""What a chat model may write from: the likeliest clauses, each under an opaque id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.citations import find, instrument
from assistant.grounding import Cited
from assistant.selection import Choice
from assistant.turn import Tools
from assistant.writing.prompt import Shown
from corpus.errors import UnknownAddress
from corpus.shelf import Found

MOST = 6
"""Clauses given to the model: more than are quoted, as it can leave out what does not answer."""

CLOSE = 0.5
"""Share of the best clause's probability from which on another is given too. What is less likely
seldom answers, and a small model writes about it all the same: of the sentences that the packaged
model wrote over the dev questions in English with .3 here, those on clauses under .5 took .09 of
citation precision and gave .005 of recall (docs/decisions/0011)."""

MOST_CHARACTERS = 5000
"""Of all clauses together: a model on the reader's own machine reads some 80 tokens a second."""


@dataclass(frozen=True)
class Item:
    """A clause with its id, and as grounding wants it.

    `cited.text` ends with the instrument's own name, so that a sentence that begins by naming it is
    not held to have added something.
    """

    id: str
    found: Found
    cited: Cited
    language: str

    @property
    def shown(self) -> Shown:
        """As the model sees it."""
        document = self.found.document
        return Shown(
            id=self.id,
            instrument=instrument(document),
            heading=self.found.section.heading,
            text=self.found.clause.text,
        )


def gather(choices: Sequence[Choice], tools: Tools) -> list[Item]:
    """Clauses of `choices` (likeliest first) as they stand on the shelf, whole, as E1, E2, ...

    A clause that is gone or would go over MOST_CHARACTERS is left out; the first is always given.
    """
    if not choices:
        return []
    floor = CLOSE * choices[0].probability
    items: list[Item] = []
    held: set[str] = set()
    left = MOST_CHARACTERS
    for choice in choices:
        if choice.probability < floor and not choice.kept:
            continue
        passage = choice.evidence.passage
        for address in passage.addresses:
            if address in held or len(items) == MOST:
                continue
            try:
                found = find(tools, passage.key, address)
            except UnknownAddress:
                break
            if found is None or (items and len(found.clause.text) > left):
                continue
            held.add(address)
            left -= len(found.clause.text)
            items.append(item_of(f"E{len(items) + 1}", address, found))
    return items


def item_of(id: str, address: str, found: Found) -> Item:
    """A stored clause as evidence `id`."""
    document, clause = found.document, found.clause
    name = instrument(document)
    return Item(
        id=id,
        found=found,
        cited=Cited(
            address=address,
            document=document.id,
            heading=found.section.heading,
            text=f"{clause.text.rstrip(' ;,.')}. {name}.",
            title=f"{document.title} ({document.edition})",
        ),
        language=document.language,
    )
