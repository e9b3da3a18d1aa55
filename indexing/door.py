"""The door of search: passages as they may be shown, which the shelf decides (P8, P10)."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.shelf import Shelf
from indexing.passages import Evidence, Passage


def through(
    found: Sequence[Evidence], shelf: Shelf, top: int
) -> tuple[list[Evidence], dict[str, tuple[str, ...]]]:
    """What may be shown of `found`, and what was held back among the first `top`.

    A passage of a document that may not be answered from is left out; of others, the clauses that
    are held back are. Read at this moment, whatever the index says.

    Returns:
        the evidence in its order, and addresses held back by passage id.
    """
    live, withheld = shelf.live(), shelf.withheld()
    kept: list[Evidence] = []
    held_back: dict[str, tuple[str, ...]] = {}
    for place, evidence in enumerate(found):
        passage = evidence.passage
        if passage.key not in live:
            continue
        shut = withheld.get(passage.key)
        if shut:
            shown = _without(passage, shut)
            gone = tuple(a for a in passage.addresses if a in shut)
            if gone and place < top:
                held_back[passage.id] = gone
            if shown is None:
                continue
            if shown is not passage:
                evidence = evidence.model_copy(update={"passage": shown})
        kept.append(evidence)
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
