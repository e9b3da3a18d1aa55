"""What each edition of an instrument changed on a topic, in its words.

Only official texts are compared: two digests differ in what was known, not in what was adopted.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from assistant.advice.mandates.abbreviations import explained, spelled
from assistant.advice.mandates.instruments import Holds
from assistant.advice.mandates.trail import Instrument, KnownEdition, MandateTrail
from assistant.advice.topics import Topic, topic
from corpus.documents import Document, Frozen
from corpus.errors import AdvisorError
from corpus.shelf.differences import PieceKind
from corpus.shelf.editions import Change, ChangeKind, compare

_TOLD = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.REWORDED)


class EditionStep(Frozen):
    """From one edition known to the next.

    Attributes:
        old, new: document ids; the labels as people name them.
        changes: clauses that speak of the topic and came, went or were reworded.
        elsewhere: how many other clauses changed.
        note: why nothing can be compared; '' where it was.
    """

    old: str
    new: str
    old_label: str
    new_label: str
    changes: tuple[Change, ...] = ()
    elsewhere: int = 0
    note: str = ""


def changes(trail: MandateTrail, advisor: Holds) -> tuple[EditionStep, ...]:
    """Every step between neighbouring editions of the trail's instruments, oldest first."""
    wanted = topic(trail.topic)
    works: dict[str, Instrument] = {}
    for instrument in trail.instruments:
        works.setdefault(instrument.work, instrument)
    return tuple(
        step for instrument in works.values() for step in _steps(instrument, wanted, advisor)
    )


def _steps(instrument: Instrument, wanted: Topic, advisor: Holds) -> Iterator[EditionStep]:
    for old, new in pairwise(instrument.editions):
        step = EditionStep(
            old=old.document, new=new.document, old_label=old.label, new_label=new.label
        )
        texts = (_official(old, advisor), _official(new, advisor))
        if texts[0] is None or texts[1] is None:
            missing = [e.label for e, t in zip((old, new), texts, strict=True) if t is None]
            yield step.model_copy(
                update={"note": f"The official text is not held of: {'; '.join(missing)}."}
            )
            continue
        yield _compared(step, texts[0], texts[1], wanted)


def _compared(step: EditionStep, old: Document, new: Document, wanted: Topic) -> EditionStep:
    about, elsewhere = [], 0
    longs = {**explained(old), **explained(new)}
    whole = wanted.touches(new.title)
    for change in compare(old, new).changes:
        if change.kind not in _TOLD or change.formal:
            continue
        text = spelled(f"{change.old_text or ''} {change.new_text or ''}", longs)
        if wanted.touches(text) or wanted.near(text) or (whole and not wanted.tokens):
            about.append(change)
        else:
            elsewhere += 1
    return step.model_copy(update={"changes": tuple(about), "elsewhere": elsewhere})


def _official(edition: KnownEdition, advisor: Holds) -> Document | None:
    if edition.held != "official":
        return None
    try:
        document = advisor.shelf.best(edition.document)
    except AdvisorError:
        return None
    return None if document.is_digest else document


def marked(change: Change) -> str:
    """A change in one line of plain text: `[-deleted-]`, `{+inserted+}`."""
    if not change.pieces:
        return f"{{+{change.new_text}+}}" if change.new_text else f"[-{change.old_text}-]"
    marks = {
        PieceKind.SAME: "{}",
        PieceKind.DELETED: "[-{}-]",
        PieceKind.INSERTED: "{{+{}+}}",
    }
    return "".join(marks[piece.kind].format(piece.text) for piece in change.pieces)
