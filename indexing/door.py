"""The door of search: passages as they may be shown, which the shelf decides (P8, P10)."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.shelf.register import Shelf
from indexing.building.passages import Passage


def through(
    found: Sequence[Passage], shelf: Shelf
) -> tuple[list[Passage], dict[str, tuple[str, ...]]]:
    """What may be shown of `found`, and what was held back of it.

    A passage of a document that may not be answered from is left out; of others, the clauses that
    are held back are. Read at this moment, whatever the index says.

    Returns:
        the passages in their order, and addresses held back by passage id.
    """
    live, withheld = shelf.live(), shelf.withheld()
    kept: list[Passage] = []
    held_back: dict[str, tuple[str, ...]] = {}
    for passage in found:
        if passage.key not in live:
            continue
        shut = withheld.get(passage.key)
        if shut:
            shown = _without(passage, shut)
            gone = tuple(a for a in passage.addresses if a in shut)
            if gone:
                held_back[passage.id] = gone
            if shown is None:
                continue
            passage = shown
        kept.append(passage)
    return kept, held_back


def _without(passage: Passage, shut: frozenset[str]) -> Passage | None:
    """The passage without these clauses; None where nothing is left of it."""
    parts = tuple(part for part in passage.parts if part.address not in shut)
    if not parts:
        return None
    # The chapeau above the passage is a clause of the same section: it may be one of these.
    section = f"#{passage.section}"
    governed = any(f"#{a.partition('#')[2]}".startswith(section) for a in shut)
    context = "" if governed else passage.context
    if len(parts) == len(passage.parts) and context == passage.context:
        return passage
    return passage.model_copy(update={"parts": parts, "context": context})
