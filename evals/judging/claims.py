"""Sentences with the clauses they cite, held to the check as it is configured: shown or withheld?

A line of a file of claims is an object with `id`, `lang`, `text`, `cites` (addresses) and, where
the sentence has one, `before` (the sentence it follows). Labelled sets say `label` and `kind`.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant.citations import instrument
from assistant.grounding.check import Checked, Verdict, by_words, check
from assistant.grounding.clause import Cited
from assistant.grounding.meaning import Meaning, Sentence
from assistant.settings import Settings
from assistant.writing.checking import meaning_of
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import AdvisorError, BadAddress, UnknownAddress
from corpus.language.letters import UN_LANGUAGES, detect_language
from corpus.shelf.register import Shelf

_SOME = 64


class BadClaim(AdvisorError):
    """For the evaluator: a file of claims cannot be read."""

    code = "bad-claim"


class Claim(Frozen):
    """A sentence to be checked."""

    id: str
    lang: str = ""
    text: str
    cites: tuple[str, ...] = ()
    before: str = ""
    label: bool | None = None
    kind: str = ""

    @property
    def language(self) -> str:
        """Of the text: as said, or as it looks."""
        said = self.lang.lower().replace("_", "-").split("-")[0]
        return said if said in UN_LANGUAGES else detect_language(self.text)


class Outcome(Frozen):
    """What became of a claim; `kinds` names the rules in a word each, `asked` whether the check
    left it to another judge."""

    id: str
    shown: bool
    reason: str
    score: float = 0.0
    kinds: tuple[str, ...] = ()
    asked: bool = False


def read(path: Path) -> list[Claim]:
    """The claims of a file, one JSON object a line; empty lines are passed over.

    Raises:
        BadClaim: there is no such file, or it is not UTF-8 text.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadClaim(f"{path.name} cannot be read as UTF-8 text.") from error
    lines = enumerate(text.split("\n"), 1)
    return [_claim(line, number) for number, line in lines if line.strip()]


def _claim(line: str, number: int) -> Claim:
    """A line's claim; one that cannot be read keeps its place, without a text."""
    try:
        raw: Any = json.loads(line)
    except ValueError:
        raw = None
    if not isinstance(raw, dict) or not isinstance(raw.get("text"), str):
        id = raw.get("id") if isinstance(raw, dict) else None
        return Claim(id=str(id if id is not None else f"line {number}"), text="")
    cites = raw.get("cites") or ()
    cites = [cites] if isinstance(cites, str) else list(cites)
    return Claim(
        id=str(raw.get("id", f"line {number}")),
        lang=str(raw.get("lang") or ""),
        text=str(raw["text"]),
        cites=tuple(str(one) for one in cites),
        before=str(raw.get("before") or ""),
        label=raw.get("label"),
        kind=str(raw.get("kind") or ""),
    )


def outcomes(
    claims: Sequence[Claim],
    shelf: Shelf,
    settings: Settings,
    progress: Callable[[str, int, int], None] | None = None,
    right: float | None = None,
) -> Iterator[Outcome]:
    """Each claim's outcome, in order, with the check of `settings`; no chat model is asked.

    Args:
        claims: in a file's order.
        shelf: with the documents they cite.
        settings: whose check it is.
        progress: told how many are done.
        right: how often another judge, asked what the check leaves open, gives the answer of a
            claim's label; which ones it gets wrong is drawn by their ids. None: nobody is asked.
    """
    meaning = meaning_of(settings)
    for start in range(0, len(claims), _SOME):
        some = claims[start : start + _SOME]
        cited = [_cited(claim, shelf) for claim in some]
        held = [
            Sentence(text=claim.text, language=claim.language, cited=tuple(found))
            for claim, found in zip(some, cited, strict=True)
            if not isinstance(found, str) and claim.text.strip()
        ]
        checked = iter(_checked(held, meaning, right is not None))
        for claim, found in zip(some, cited, strict=True):
            if not claim.text.strip():
                yield Outcome(id=claim.id, shown=False, reason="there is no sentence to check")
            elif isinstance(found, str):
                yield Outcome(id=claim.id, shown=False, reason=found, kinds=("citation",))
            else:
                yield _outcome(claim, next(checked), right)
        if progress:
            progress("check", min(start + _SOME, len(claims)), len(claims))


def _checked(sentences: Sequence[Sentence], meaning: Meaning | None, judged: bool) -> list[Checked]:
    if meaning is None:
        return [by_words(one) for one in sentences]
    return check(sentences, meaning, judged)


def _outcome(claim: Claim, found: Checked, right: float | None) -> Outcome:
    shown, reason = found.verdict is Verdict.BORNE_OUT, "; ".join(found.reasons)
    asked = right is not None and found.verdict is Verdict.UNSURE and claim.label is not None
    if asked and right is not None:
        shown = says(claim, right)
        reason = f"left open ({reason}), and the judge says {'yes' if shown else 'no'}"
    return Outcome(
        id=claim.id,
        shown=shown,
        reason="borne out by the clauses it cites" if shown and not asked else reason,
        score=round(found.score, 4),
        kinds=found.kinds,
        asked=asked,
    )


def says(claim: Claim, right: float) -> bool:
    """What a judge who is right so often says of a labelled claim: the same at every run."""
    drawn = int.from_bytes(hashlib.sha256(claim.id.encode()).digest()[:4]) / 2**32
    return bool(claim.label) if drawn < right else not claim.label


def _cited(claim: Claim, shelf: Shelf) -> list[Cited] | str:
    """The clauses a claim cites; or why they are not to be had."""
    if not claim.cites:
        return "cites no clause"
    found: list[Cited] = []
    for written in dict.fromkeys(claim.cites):
        try:
            address = Address.parse(written.strip())
            held = _best(shelf, address, claim.language)
        except BadAddress:
            return f"{written} is no address of a clause"
        except UnknownAddress:
            return f"there is no clause {written} among the documents held"
        document, section, clause = held.document, held.section, held.clause
        found.append(
            Cited(
                address=str(address),
                document=document.id,
                heading=section.heading,
                text=clause.text,
                title=f"{instrument(document)}, {document.title} ({document.edition})",
                language=document.language,
            )
        )
    return found


def _best(shelf: Shelf, address: Address, language: str) -> Any:
    """The clause in the sentence's language where it is held in it, else as the shelf has it."""
    try:
        return shelf.clause(address, language)
    except UnknownAddress:
        return shelf.clause(address)


def wilson(right: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson: usable where few were tried or all were right."""
    if not of:
        return 0.0, 1.0
    share, z = right / of, 1.959964
    middle, wide = (
        share + z * z / (2 * of),
        math.sqrt(share * (1 - share) / of + (z / (2 * of)) ** 2),
    )
    scale = 1 + z * z / of
    return max(0.0, (middle - z * wide) / scale), min(1.0, (middle + z * wide) / scale)


def _row(name: str, shown: Sequence[bool]) -> str:
    low, high = wilson(sum(shown), len(shown))
    share = sum(shown) / len(shown)
    return f"| {name} | {len(shown)} | {share:.3f} | {low:.2f} to {high:.2f} |"


def render(claims: Sequence[Claim], found: Sequence[Outcome]) -> str:
    """Markdown: shown by language and by kind where claims are labelled, and withheld by rule."""
    pairs = list(zip(claims, found, strict=True))
    lines = [f"{len(pairs)} sentences, {sum(one.shown for _, one in pairs)} shown."]
    for title, label in (("true", True), ("false", False)):
        some = [(claim, one) for claim, one in pairs if claim.label is label]
        if not some:
            continue
        for heading, key in (("language", "lang"), ("kind", "kind")):
            lines += [
                "",
                f"| {title}, by {heading} | sentences | shown | 95 % |",
                "|---|---|---|---|",
            ]
            for value in sorted({getattr(claim, key) for claim, _ in some}):
                those = [one.shown for claim, one in some if getattr(claim, key) == value]
                lines.append(_row(value, those))
            lines.append(_row("all", [one.shown for _, one in some]))
        rules: dict[str, int] = {}
        for _, one in some:
            for kind in one.kinds:
                rules[kind] = rules.get(kind, 0) + 1
        lines += ["", f"Withheld of the {title} ones, by rule: "]
        lines[-1] += ", ".join(f"{kind} {n}" for kind, n in sorted(rules.items())) + "."
    return "\n".join(lines)
