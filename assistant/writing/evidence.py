"""What a chat model may write from: the likeliest clauses, each under an opaque id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.asking.selection import Choice
from assistant.citations import find, instrument, label_in_print
from assistant.grounding import Cited
from assistant.turn import Tools
from assistant.writing.prompt import Shown
from corpus.errors import UnknownAddress
from corpus.shelf.register import Found

MOST = 6
"""Clauses given to the model: more than are quoted, as it can leave out what does not answer."""

CLOSE = 0.5
"""Share of the best clause's probability from which on another is given too. What is less likely
seldom answers, and a small model writes about it all the same: of the sentences that the packaged
model wrote over the dev questions in English with .3 here, those on clauses under .5 took .09 of
citation precision and gave .005 of recall (docs/decisions/0011)."""

MOST_CHARACTERS = 5000
"""Of all clauses together: a model on the reader's own machine reads some 80 tokens a second."""

_MANY, _MANY_CHARACTERS = 20, 36_000
"""The same for a strong model, which leaves out by itself what does not answer. Of 220 questions
over PP-18 twelve clauses held all that answer for .905, twenty for .923 (`advisor bench
evidence`)."""

_BESIDE = 400
"""Characters of a neighbouring clause, or of one referred to, that a strong model is shown."""
_MOST_BESIDE = 4


@dataclass(frozen=True)
class Diet:
    """How much a model is given: clauses, share of the best one's probability that each needs,
    characters in all, and whether with their surroundings."""

    most: int
    close: float
    characters: int
    surroundings: bool = False


def diet(strong: bool) -> Diet:
    """What suits a strong model, or a small one on the reader's own machine."""
    if strong:
        return Diet(_MANY, 0.0, _MANY_CHARACTERS, surroundings=True)
    return Diet(MOST, CLOSE, MOST_CHARACTERS)


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
    standing: str = ""
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> Shown:
        """As the model sees it."""
        document = self.found.document
        return Shown(
            id=self.id,
            instrument=instrument(document),
            heading=self.found.section.heading,
            text=self.found.clause.text,
            title=document.title if self.standing else "",
            label=label_in_print(self.found.clause.label) if self.standing else "",
            standing=self.standing,
            beside=self.beside,
        )

    @property
    def held(self) -> Cited:
        """As the check reads it: the clause alone, its instrument's name beside it."""
        document = self.found.document
        name = f"{instrument(document)}, {document.title} ({document.edition})"
        return self.cited.model_copy(
            update={"text": self.found.clause.text, "title": name, "language": self.language}
        )


def gather(choices: Sequence[Choice], tools: Tools, much: Diet | None = None) -> list[Item]:
    """Clauses of `choices` (likeliest first) as they stand on the shelf, whole, as E1, E2, ...

    A clause that is gone or would go over the characters of the diet is left out; the first is
    always given. `much`: a small model's diet when None.
    """
    if not choices:
        return []
    much = much or diet(strong=False)
    floor = much.close * choices[0].probability
    items: list[Item] = []
    held: set[str] = set()
    left = much.characters
    for choice in choices:
        if choice.probability < floor and not choice.kept:
            continue
        passage = choice.evidence.passage
        for address in passage.addresses:
            if address in held or len(items) == much.most:
                continue
            try:
                found = find(tools, passage.key, address)
            except UnknownAddress:
                break
            if found is None or (items and len(found.clause.text) > left):
                continue
            held.add(address)
            left -= len(found.clause.text)
            item = item_of(f"E{len(items) + 1}", address, found)
            items.append(_with_surroundings(item, tools) if much.surroundings else item)
    return items


def _with_surroundings(item: Item, tools: Tools) -> Item:
    """The clause with its standing, its neighbours and the clauses it refers to."""
    document = item.found.document
    newer = tools.catalogue.superseded_by(document.id)
    standing = "superseded by a later edition" if newer else "in force, as far as is known here"
    if document.is_digest:
        standing = "digest in other words, not the official text"
    places = [(section, clause) for section, clause in document.clauses()]
    at = next(
        (
            n
            for n, (s, c) in enumerate(places)
            if s is item.found.section and c is item.found.clause
        ),
        None,
    )
    beside: list[tuple[str, str]] = []
    if at is not None:
        for where, place in (("before it", at - 1), ("after it", at + 1)):
            if 0 <= place < len(places) and places[place][0] is item.found.section:
                beside.append((where, _short(places[place][1].text)))
        for section, clause in places:
            name = f"{section.heading} {label_in_print(clause.label)}".strip()
            if clause is not item.found.clause and clause.label and _refers(item, name):
                beside.append((f"{name}, which it refers to", _short(clause.text)))
    return replace(item, standing=standing, beside=tuple(beside[:_MOST_BESIDE]))


def _refers(item: Item, name: str) -> bool:
    """Whether a clause names another of its text: 'in accordance with resolves 3 above'."""
    text = item.found.clause.text
    return re.search(rf"{re.escape(name)}(?![\w.)])", text, re.IGNORECASE) is not None


def _short(text: str) -> str:
    return text if len(text) <= _BESIDE else text[:_BESIDE].rsplit(" ", 1)[0] + " ..."


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
            language=document.language,
        ),
        language=document.language,
    )
