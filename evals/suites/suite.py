"""What a suite is: questions with the clauses that answer them, in YAML a policy officer can write.

A file is either a list of items, or a mapping with `title`, `items` and `include`: names of suites
beside it, each with `all` or a list of the ids wanted (`lookups: [L01, L02]`). Gold clauses are
written as an address (`pp-res-205@2018#resolves.2`) or as {document, section, label}. Items with
`translations` yield one more item per language, `ID/fr`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from assistant.answers import Status
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import AdvisorError, BadAddress

_ANSWERED = (Status.ANSWERED, Status.PARTLY_ANSWERED)
_REFUSED = (Status.NOT_IN_DOCUMENTS, Status.OUT_OF_SCOPE, Status.REFUSED_UNSAFE)


class BadSuite(AdvisorError):
    """For the author of a suite: the file cannot be used; the message names item and field."""

    code = "bad-suite"


class Nugget(Frozen):
    """A fact a right answer holds; `vital` ones must be there, the others are welcome."""

    text: str = Field(min_length=1)
    vital: bool = True


class Item(Frozen):
    """One question, or a conversation whose last turn is judged.

    Attributes:
        id: unique in the suite.
        type: e.g. lookup, actor, mandate, multi_clause, multi_doc, two_turn, unanswerable,
            false_premise; results are broken down by it.
        turns: what is asked, in order; one question for most items.
        standalone: the last turn as it would be asked on its own, where there are several.
        language: of the question.
        answerable: whether the documents answer it.
        expect: statuses that are right; by default answered or partly answered for answerable
            items, a refusal for the others. A false premise may also be corrected (any status,
            as long as a gold clause is cited), which the metrics judge.
        gold: the minimal set of addresses that answers; also: acceptable alternatives.
        never: addresses or documents that must not be cited (superseded, injected, withdrawn).
    """

    id: str = Field(min_length=1)
    type: str = "lookup"
    theme: str = ""
    tags: tuple[str, ...] = ()
    turns: tuple[str, ...] = Field(min_length=1)
    standalone: str | None = None
    language: Literal["ar", "en", "es", "fr", "ru", "zh"] = "en"
    answerable: bool = True
    expect: tuple[Status, ...] = ()
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    gold_first_turn: tuple[str, ...] = ()
    nuggets: tuple[Nugget, ...] = ()
    note: str = ""

    @property
    def question(self) -> str:
        """The turn that is judged: the last."""
        return self.turns[-1]

    @property
    def expected(self) -> tuple[Status, ...]:
        """Statuses that count as right."""
        return self.expect or (_ANSWERED if self.answerable else _REFUSED)

    @field_validator("gold", "also", "gold_first_turn", mode="before")
    @classmethod
    def _addresses(cls, value: object) -> object:
        return tuple(_address(one) for one in value) if isinstance(value, list) else value

    @model_validator(mode="after")
    def _whole(self) -> Item:
        if self.answerable and not self.gold and not self.expect:
            raise ValueError("an answerable item needs gold clauses (or an `expect`ed status)")
        return self


class Suite(Frozen):
    """A named list of items."""

    name: str
    title: str
    items: tuple[Item, ...]

    def only(self, *, types: tuple[str, ...] = (), languages: tuple[str, ...] = ()) -> Suite:
        """The same suite with only these types and languages (an empty tuple keeps all)."""
        kept = tuple(
            item
            for item in self.items
            if (not types or item.type in types) and (not languages or item.language in languages)
        )
        return self.model_copy(update={"items": kept})


def _address(value: Any) -> str:
    if isinstance(value, str):
        return str(Address.parse(value))
    if isinstance(value, dict) and "document" in value:
        label = value.get("label")
        return str(
            Address(value["document"], value.get("section"), None if label is None else str(label))
        )
    raise ValueError("a clause is an address, or {document, section, label}")


def load_suite(path: Path) -> Suite:
    """Read a suite and check it.

    Raises:
        BadSuite: not readable, not YAML, a field missing or wrong, or two items with one id.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadSuite(f"{path.name} cannot be read as YAML: {error}") from error
    title = path.stem
    included: tuple[Item, ...] = ()
    if isinstance(data, dict):
        title, included = str(data.get("title", title)), _included(path, data.get("include"))
        data = data.get("items") or ([] if included else None)
    if not isinstance(data, list) or not (data or included):
        raise BadSuite(f"{path.name} holds no items: write a list, or `items:` with a list.")
    own = tuple(item for number, raw in enumerate(data, 1) for item in _items(path, number, raw))
    items = (*included, *own)
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise BadSuite(f"{path.name}: two items have the id '{item.id}'.")
        seen.add(item.id)
    return Suite(name=path.stem, title=title, items=items)


def _included(path: Path, wanted: Any) -> tuple[Item, ...]:
    if wanted is None:
        return ()
    if not isinstance(wanted, dict):
        raise BadSuite(f"{path.name}: `include` maps a suite beside this one to `all` or to ids.")
    found: list[Item] = []
    for name, ids in wanted.items():
        beside = path.parent / f"{Path(str(name)).name}.yaml"
        if beside.resolve() == path.resolve():
            raise BadSuite(f"{path.name} includes itself.")
        items = {item.id: item for item in load_suite(beside).items}
        names = list(items) if ids == "all" else ids
        unknown = [one for one in names if one not in items] if isinstance(names, list) else [ids]
        if unknown:
            raise BadSuite(f"{path.name}: '{name}' has no item '{unknown[0]}' to include.")
        found += [items[one] for one in names]
    return tuple(found)


def _items(path: Path, number: int, raw: Any) -> Iterator[Item]:
    if not isinstance(raw, dict):
        raise BadSuite(f"{path.name}: item {number} is not a mapping of fields.")
    fields = dict(raw)
    translations = fields.pop("translations", None) or {}
    question = fields.pop("question", None)
    if question is not None:
        fields["turns"] = [question]
    try:
        item = Item(**fields)
        yield item
        for language, text in translations.items():
            yield item.model_copy(
                update={
                    "id": f"{item.id}/{language}",
                    "language": language,
                    "turns": (text,) if isinstance(text, str) else tuple(text),
                    "standalone": None,
                }
            )
    except (ValidationError, BadAddress, TypeError) as error:
        problem = _first_problem(error)
        raise BadSuite(
            f"{path.name}: item {number} ({fields.get('id', 'no id')}): {problem}"
        ) from error


def _first_problem(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'item'}: {first['msg']}"
    return str(error)
