"""Two editions of one document side by side, clause by clause.

Clauses are aligned by what they say first and by where they stand second, because a revision
renumbers more than it rewrites.
"""

from __future__ import annotations

import difflib
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple

from corpus.documents import Clause, Document, Frozen, Section
from corpus.errors import AdvisorError
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.differences import Piece, PieceKind, word_difference

# Pairs below SAME_PLACE (same section and label) or ELSEWHERE (any other) are two clauses, not one
# reworded. Set on PP-18 resolutions edited at random (tests/corpus/test_editions.py): there
# different clauses of one resolution rarely reach .5, reworded ones rarely fall below .6.
SAME_PLACE = 0.35
ELSEWHERE = 0.5
_PLACE_BONUS = 0.12
_SECTION_BONUS = 0.06
_EDITION_MARK = re.compile(r"\s*\((?:Rev\. )?[A-Z][\w .'-]+,? (?:19|20)\d\d\)")


class NotComparable(AdvisorError):
    """For anyone: two documents that cannot be laid side by side; the message says why."""

    code = "not-comparable"


class OnlyDigests(NotComparable):
    """For anyone: of at least one of the two only a digest is held, which is nobody's wording.

    Two digests differ in what was known of the texts, not in what conferences adopted.
    """

    code = "only-digests"


class ChangeKind(StrEnum):
    """What became of a clause. RENUMBERED: same words in another place."""

    ADDED = "added"
    REMOVED = "removed"
    REWORDED = "reworded"
    RENUMBERED = "renumbered"
    UNCHANGED = "unchanged"


class Change(Frozen):
    """One clause in the two editions.

    Attributes:
        kind: what became of it.
        old_address, new_address: where it stands; None where it does not.
        old_heading, new_heading: the section headings; unlike ones may mean another addressee.
        old_text, new_text: the words; None where it does not stand.
        pieces: the difference of a reworded clause, word by word; else empty.
        similarity: of the words, 0 to 1; None for added and removed clauses.
        formal: only edition marks of instruments cited, such as '(Rev. Busan, 2014)', differ.
    """

    kind: ChangeKind
    old_address: str | None = None
    new_address: str | None = None
    old_heading: str | None = None
    new_heading: str | None = None
    old_text: str | None = None
    new_text: str | None = None
    pieces: tuple[Piece, ...] = ()
    similarity: float | None = None
    formal: bool = False

    @property
    def moved(self) -> bool:
        """True if the clause stands in both editions under unlike section or label."""
        both = self.old_address is not None and self.new_address is not None
        return both and _place(self.old_address or "") != _place(self.new_address or "")


class EditionComparison(Frozen):
    """Two editions side by side.

    Attributes:
        old, new: document ids.
        old_label, new_label: as people name them.
        changes: in the reading order of the new edition, a removed clause where it stood.
        notes: what a reader must know, e.g. that one of the two is a proposal.
    """

    old: str
    new: str
    old_label: str
    new_label: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Clauses by what became of them."""
        counted = Counter(change.kind.value for change in self.changes)
        return {kind.value: counted[kind.value] for kind in ChangeKind}

    def text(self, unchanged: bool = False) -> str:
        """A readable difference in plain text: `[-deleted-]`, `{+inserted+}`; for terminals."""
        counts = ", ".join(f"{n} {kind}" for kind, n in self.counts.items())
        lines = [f"{self.old_label} -> {self.new_label}", counts, *self.notes]
        for change in self.changes:
            if change.kind is ChangeKind.UNCHANGED and not unchanged:
                continue
            places = [p for p in (change.old_address, change.new_address) if p]
            where = " -> ".join(places if change.moved else places[-1:])
            formal = ", only edition marks" if change.formal else ""
            lines += ["", f"{change.kind.value}{formal}: {where}", f"  {_marked(change)}"]
        return "\n".join(lines)


def compare(old: Document, new: Document) -> EditionComparison:
    """Lay two editions of one document side by side.

    Args:
        old: the earlier edition (any two documents of one language may be given).
        new: the later one.

    Raises:
        OnlyDigests: one of the two is a digest.
        NotComparable: the two are in different languages.
    """
    digests = [_label(document) for document in (old, new) if document.is_digest]
    if digests:
        raise OnlyDigests(
            f"Only a digest is held of {' and of '.join(digests)}. What changed can be seen in "
            "the official texts alone: add them, then compare."
        )
    if old.language != new.language:
        raise NotComparable(
            f"{old.id} is in '{old.language}' and {new.id} in '{new.language}'. "
            "Compare two editions in one language."
        )
    before, after = list(_stands(old)), list(_stands(new))
    pairs = _align(before, after)
    changes: list[Change] = []
    told: set[int] = set()
    partner = {j: i for i, j in pairs.items()}
    for j, stand in enumerate(after):
        i = partner.get(j)
        if i is None:
            changes.append(_one_sided(ChangeKind.ADDED, stand))
            continue
        changes.append(_two_sided(before[i], stand))
        told.add(i)
        follower = i + 1  # clauses removed right after this one are told here, where they stood
        while follower < len(before) and follower not in pairs and follower not in told:
            changes.append(_one_sided(ChangeKind.REMOVED, before[follower]))
            told.add(follower)
            follower += 1
    leading = [n for n in range(len(before)) if n not in pairs and n not in told]
    changes[:0] = [_one_sided(ChangeKind.REMOVED, before[n]) for n in leading]
    return EditionComparison(
        old=old.id,
        new=new.id,
        old_label=_label(old),
        new_label=_label(new),
        changes=tuple(changes),
        notes=_notes(old, new),
    )


class _Stand(NamedTuple):
    """A clause where it stands, with its words."""

    address: str
    section: Section
    clause: Clause
    words: tuple[str, ...]


def _stands(document: Document) -> Iterator[_Stand]:
    for section, clause in document.clauses():
        address = str(document.address(section, clause))
        yield _Stand(address, section, clause, tuple(_fold(clause.text)))


def _fold(text: str) -> list[str]:
    """Words for comparing: case, punctuation and edition marks are no difference of substance."""
    words = re.findall(r"[^\W_]+", _EDITION_MARK.sub("", text).casefold())
    # Languages without spaces come as one long run: compare their characters instead.
    return [c for word in words for c in (word if re.search(r"[\u3040-\u9fff]", word) else [word])]


def _place(address: str) -> str:
    return address.partition("#")[2]


def _align(before: Sequence[_Stand], after: Sequence[_Stand]) -> dict[int, int]:
    """Old index -> new index: same words first, then the most alike, nearest first among equals."""
    scored: list[tuple[float, int, int, int]] = []
    weight = _weights(before, after)
    old_vectors = [_vector(stand.words, weight) for stand in before]
    new_vectors = [_vector(stand.words, weight) for stand in after]
    holders: dict[str, list[int]] = {}
    for j, vector in enumerate(new_vectors):
        for word in vector:
            holders.setdefault(word, []).append(j)
    for i, vector in enumerate(old_vectors):
        products: dict[int, float] = {}
        for word, value in vector.items():
            for j in holders.get(word, ()):
                products[j] = products.get(j, 0.0) + value * new_vectors[j][word]
        for j, likeness in products.items():
            same_section = before[i].section.slug == after[j].section.slug
            same_place = same_section and before[i].clause.label == after[j].clause.label
            if likeness < (SAME_PLACE if same_place else ELSEWHERE):
                continue
            bonus = _PLACE_BONUS if same_place else _SECTION_BONUS if same_section else 0.0
            exact = 1.0 if before[i].words == after[j].words else 0.0
            scored.append((exact + likeness + bonus, -abs(i - j), i, j))
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _score, _distance, i, j in sorted(scored, reverse=True):
        if i not in pairs and j not in taken:
            pairs[i] = j
            taken.add(j)
    return pairs


def _weights(before: Sequence[_Stand], after: Sequence[_Stand]) -> dict[str, float]:
    """Inverse document frequency over the clauses of both, so that formulas count little."""
    stands = [*before, *after]
    frequency = Counter(word for stand in stands for word in set(stand.words))
    return {word: math.log(1 + len(stands) / n) for word, n in frequency.items()}


def _vector(words: Sequence[str], weight: dict[str, float]) -> dict[str, float]:
    counts = {word: n * weight[word] for word, n in Counter(words).items()}
    length = math.sqrt(sum(value * value for value in counts.values())) or 1.0
    return {word: value / length for word, value in counts.items()}


def _one_sided(kind: ChangeKind, stand: _Stand) -> Change:
    if kind is ChangeKind.ADDED:
        return Change(
            kind=kind,
            new_address=stand.address,
            new_heading=stand.section.heading,
            new_text=stand.clause.text,
        )
    return Change(
        kind=kind,
        old_address=stand.address,
        old_heading=stand.section.heading,
        old_text=stand.clause.text,
    )


def _two_sided(old: _Stand, new: _Stand) -> Change:
    same = _plain(old.clause.text) == _plain(new.clause.text)
    there = _place(old.address) == _place(new.address)
    kind = ChangeKind.REWORDED
    if same:
        kind = ChangeKind.UNCHANGED if there else ChangeKind.RENUMBERED
    return Change(
        kind=kind,
        old_address=old.address,
        new_address=new.address,
        old_heading=old.section.heading,
        new_heading=new.section.heading,
        old_text=old.clause.text,
        new_text=new.clause.text,
        pieces=() if same else word_difference(old.clause.text, new.clause.text),
        similarity=round(
            difflib.SequenceMatcher(None, old.words, new.words, autojunk=False).ratio(), 3
        ),
        formal=not same and old.words == new.words,
    )


def _plain(text: str) -> str:
    """The text without what a change of place brings with it: the mark at the end of an item."""
    return " ".join(text.split()).rstrip(" ,;.:")


def _marked(change: Change) -> str:
    if not change.pieces:
        return change.new_text or change.old_text or ""
    form = {PieceKind.SAME: "{}", PieceKind.DELETED: "[-{}-]", PieceKind.INSERTED: "{{+{}+}}"}
    return "".join(form[piece.kind].format(piece.text) for piece in change.pieces)


def _label(document: Document) -> str:
    entry = Catalogue.load().get(document.id)
    if entry is not None:
        return entry.label
    edition = f" ({document.edition})" if str(document.edition) else ""
    return f"{document.title}{edition}"


def _notes(old: Document, new: Document) -> tuple[str, ...]:
    return tuple(
        f"{_label(document)} is a proposal: what differs was proposed, not decided."
        for document in (old, new)
        if is_proposal(document.id)
    )


def is_proposal(document: str) -> bool:
    """Whether a document id is known as a proposal, which no conference adopted as it stands."""
    entry = Catalogue.load().get(document)
    return entry.proposal if entry is not None else document.endswith("p") and "@" in document
