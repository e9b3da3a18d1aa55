"""Putting clauses together: sections that open and close, labels that stay unique."""

from __future__ import annotations

import re
from typing import NamedTuple

from corpus.addresses import slugify, unique_slug
from corpus.documents import Clause, Section, SectionKind
from corpus.grammar.annexes import find_parts
from corpus.grammar.footnotes import take_notes
from corpus.grammar.labels import Numbering, Token


class _Draft:
    """A clause while its text may still grow or be cut."""

    def __init__(
        self,
        label: str | None,
        text: str,
        page: int | None,
        notes: tuple[str, ...],
        repairs: tuple[str, ...],
    ) -> None:
        self.label = label
        self.text = text
        self.page = page
        self.notes = notes
        self.repairs = list(repairs)


class _Open(NamedTuple):
    heading: str
    kind: SectionKind
    slug: str


class Builder:
    """Collects clauses under the section that is open.

    Attributes:
        numbering: open list levels of the section.
        clauses: drafts of the section that is open.
        end: set once the resolution's own text has ended.
        notes: bodies of inline footnotes by the stand-in that keeps their place in a text.
    """

    def __init__(self) -> None:
        self.numbering = Numbering()
        self.clauses: list[_Draft] = []
        self.end = False
        self.notes: dict[str, str] = {}
        self._sections: list[Section] = []
        self._open: _Open | None = None
        self._heading_repair: str | None = None
        self._prefix: str | None = None

    @property
    def kind(self) -> SectionKind | None:
        """Part of the resolution that is open; None before the first heading."""
        return self._open.kind if self._open else None

    def kind_by_default(self) -> SectionKind:
        """Part of a heading whose words are unknown: that of the section before it."""
        return self.kind or SectionKind.PREAMBLE

    def open(
        self, heading: str, kind: SectionKind, slug: str | None = None, repair: str | None = None
    ) -> None:
        """Close the section that is open and begin another."""
        self._close()
        heading = take_notes(heading, self.notes)[0].strip()
        taken = {section.slug for section in self._sections}
        if kind is SectionKind.PREAMBLE and self._is_operative():
            kind = SectionKind.OPERATIVE
        self._open = _Open(heading, kind, unique_slug(slug or slugify(heading) or "text", taken))
        self._heading_repair = repair
        self.numbering = Numbering()
        self.clauses = []
        self._prefix = None

    def _is_operative(self) -> bool:
        return any(section.kind is SectionKind.OPERATIVE for section in self._sections)

    def add(
        self,
        token: Token | None,
        text: str,
        page: int | None,
        notes: tuple[str, ...],
        repairs: tuple[str, ...],
        opens: bool = False,
    ) -> None:
        """A new clause; `token` None for an unlabelled one, `opens` when it may begin a list."""
        chapeau = opens or self.chapeau()
        label = self.numbering.accept(token, chapeau) if token else self._prefix
        self.clauses.append(_Draft(label, text, page, notes, repairs))

    def extend(self, text: str, notes: tuple[str, ...], repairs: tuple[str, ...]) -> bool:
        """Run an unlabelled stretch on into the clause before; False where there is none."""
        if not self.clauses:
            return False
        last = self.clauses[-1]
        last.text = f"{last.text} {text}".strip()
        last.notes += notes
        last.repairs += [repair for repair in repairs if repair not in last.repairs]
        return True

    def subheading(self, text: str, page: int | None) -> None:
        """A heading set off inside an annex: the clauses below it go under its slug."""
        if not self.clauses and not self.numbering.levels:
            self.clauses.append(_Draft(None, text, page, (), ()))
            return
        self._prefix = slugify(text) or None
        self.clauses.append(_Draft(self._prefix, text, page, (), ()))

    def chapeau(self) -> bool:
        """Does the clause before introduce a list?"""
        return bool(self.clauses) and self.clauses[-1].text.rstrip().endswith((":", ":"))

    def terminated(self) -> bool:
        """Does the clause before end as a clause does?"""
        text = self.clauses[-1].text.rstrip() if self.clauses else ";"
        return bool(re.search(r"[;:.,;:。,،؛](?:\s*(?:and|or))?$", text))

    def last_text(self) -> str:
        """Text of the clause added last."""
        return self.clauses[-1].text

    def trim_last(self, end: int) -> None:
        """Keep only the first `end` characters of the clause added last."""
        self.clauses[-1].text = self.clauses[-1].text[:end].strip()

    def cut_unfinished_tail(self) -> str | None:
        """Words after the last comma or stop of the clause before, when nothing ends them."""
        if self.terminated() or not self.clauses:
            return None
        text = self.clauses[-1].text
        places = list(re.finditer(r"[,;.]\s+(?=[^\W\d_])", text))
        if not places:
            return None
        tail = text[places[-1].end() :].strip()
        if not tail or len(tail.split()) > 25:
            return None
        self.trim_last(places[-1].start() + 1)
        return tail

    def finish(self) -> tuple[Section, ...]:
        """Close the last section and return all of them."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._open is None:
            return
        drafts = [draft for draft in self.clauses if take_notes(draft.text, {})[0].strip()]
        if self._open.kind is SectionKind.ANNEX:
            drafts = _split_annex(drafts)
        for draft in drafts:
            draft.text, found = take_notes(draft.text, self.notes)
            draft.notes = (*found, *draft.notes)
            draft.repairs += ["footnote"] if found else []
        _name_first(drafts)
        clauses = _unique(drafts, self._heading_repair)
        if clauses:
            heading, kind, slug = self._open
            self._sections.append(
                Section(slug=slug, heading=heading, kind=kind, clauses=tuple(clauses))
            )
        self._open = None


def _name_first(drafts: list[_Draft]) -> None:
    """A list that begins with 'b' or '2' lost the label of its first item."""
    if len(drafts) > 1 and drafts[0].label is None and drafts[1].label in {"b", "2"}:
        drafts[0].label = "a" if drafts[1].label == "b" else "1"
        drafts[0].repairs.append("first-label")


def _unique(drafts: list[_Draft], heading_repair: str | None) -> list[Clause]:
    """Clauses with one label each: unlabelled stretches join, repeated labels get a number."""
    seen: dict[str | None, int] = {}
    merged: list[_Draft] = []
    for draft in drafts:
        if draft.label is None and None in seen and merged:
            merged[-1].text += f" {draft.text}"
            merged[-1].notes += draft.notes
            continue
        seen[draft.label] = seen.get(draft.label, 0) + 1
        if seen[draft.label] > 1:
            draft.label = f"{draft.label}-{seen[draft.label]}"
            draft.repairs.append("repeated-label")
        merged.append(draft)
    if merged and heading_repair:
        merged[0].repairs.append(heading_repair)
    return [
        Clause(
            label=draft.label,
            text=draft.text.strip(),
            page=draft.page,
            footnotes=draft.notes,
            repairs=tuple(dict.fromkeys(draft.repairs)),
        )
        for draft in merged
    ]


def _split_annex(drafts: list[_Draft]) -> list[_Draft]:
    """Tables and named parts of an annex become clauses; so does what follows a lettered list."""
    flat = all(draft.label is None for draft in drafts)
    out: list[_Draft] = []
    for draft in drafts:
        under = draft.label if draft.label and draft.label[0].isdigit() else None
        parts = [part for part in find_parts(draft.text, flat) if under or not part.below]
        starts = [part.start for part in parts] + [len(draft.text)]
        head = draft.text[: starts[0]].strip()
        if head:
            out.append(_Draft(draft.label, head, draft.page, draft.notes, tuple(draft.repairs)))
        for part, end in zip(parts, starts[1:], strict=True):
            label = f"{under}.{part.label}" if part.below else part.label
            text = draft.text[part.body : end].strip()
            out.append(_Draft(label, text, draft.page, (), ("annex-part",)))
    return _split_tail(out)


def _split_tail(drafts: list[_Draft]) -> list[_Draft]:
    """'... offices. This review should ...' behind a list of ';' items stands on its own."""
    if len(drafts) < 4 or not drafts[-1].label or not drafts[-1].label.isalpha():
        return drafts
    items = [d for d in drafts if d.label and d.label.isalpha() and len(d.label) <= 2]
    if len(items) < 3 or items[-1] is not drafts[-1]:
        return drafts
    if not all(re.search(r"[;,](?: and| or)?$", d.text) for d in items[:-1]):
        return drafts
    stop = re.search(r"\.\s+(?=[A-Z])", drafts[-1].text)
    if not stop:
        return drafts
    last = drafts[-1]
    tail = last.text[stop.end() :]
    last.text = last.text[: stop.start() + 1]
    return [*drafts, _Draft(f"after-{last.label}", tail, last.page, (), ("annex-part",))]
