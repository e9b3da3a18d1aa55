"""Is each statement of a digest borne out by the clause it names? `advisor corpus verify`.

Made for people who correct digests: it lists what to look at, with the reason. It compares what
can be compared by rule (the clause exists; numbers, instruments and actors of the statement occur
in it; enough words are shared, and no other clause shares far more). It never says that a
statement is true. Of 501 statements moved to a random clause of the same resolution it doubts 98 %.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache

import Stemmer

from corpus.addresses import Address
from corpus.documents import Clause, Document, Frozen, Section, SectionKind
from corpus.language.references import find_references
from corpus.shelf.register import Shelf
from corpus.shelf.starter import packaged_digests

# Below FLOOR the clause is not recognised in the statement; a clause that reaches LEAD times the
# share is proposed instead. On the digests of PP-18 (170 statements) 99 % of the right references
# lie above .2, three quarters of wrong ones in the same resolution below .09.
FLOOR = 0.2
LEAD = 2.0

_UNITS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_WORD_NUMBERS = {word: str(n) for n, word in enumerate(_UNITS)} | {
    "sixteenth": "1/16", "half": "50%", "tenths": "0%", "tenth": "10%", "third": "3", "fifth": "5",
    "fourth": "4", "sixth": "6", "seventh": "7", "twice": "2", "once": "1",
}  # fmt: skip
_ACTORS: dict[str, str] = {
    "the Secretary-General": r"secretary[- ]general",
    "the BDT Director": r"\bBDT\b|telecommunication development bureau|directors of the"
    r" (?:three )?bureaux|the directors",
    "the TSB Director": r"\bTSB\b|telecommunication standardization bureau|directors of the"
    r" (?:three )?bureaux|the directors",
    "the BR Director": r"\bBR\b|radiocommunication bureau|directors of the (?:three )?bureaux"
    r"|the directors",
    "the Council": r"\bcouncil\b",
    "Member States": r"\bmember states?\b|\bmembership\b|\bcountr|\bstates\b",
    "Academia": r"\bacademia\b",
    "SMEs": r"\bSMEs?\b|small and medium",
}
_ACRONYMS = {
    "bdt": "telecommunication development bureau",
    "tsb": "telecommunication standardization bureau",
    "br": "radiocommunication bureau",
    "itu-d": "telecommunication development sector",
    "rbm": "results-based management",
    "rbb": "results-based budgeting",
    "cop": "child online protection",
    "wtpf": "world telecommunication ict policy forum",
    "iscg": "inter-sector coordination group",
    "sscc": "smart sustainable cities and communities",
    "sscs": "smart sustainable cities and communities",
    "unga": "united nations general assembly",
    "un": "united nations",
    "union": "itu",
    "smes": "small and medium enterprises",
    "pp": "plenipotentiary conference",
    "wsis": "world summit information society",
}
_STOP = frozenset(
    "a an the of to in on and or for with by as at is are be it its their that this they them he "
    "which who when from into than not no any all must should shall may can has have had was were "
    "will do does more so such also other under about up out own itu each every".split()
)


class Verdict(StrEnum):
    """What the check says of one statement."""

    BORNE_OUT = "borne_out"
    DOUBTFUL = "doubtful"
    NO_CLAUSE = "no_clause"
    EXPLAINED = "explained"
    ELSEWHERE = "elsewhere"


_TO_BE_MENDED = (Verdict.DOUBTFUL, Verdict.NO_CLAUSE)


class Finding(Frozen):
    """One statement, checked.

    Attributes:
        address: of the statement, which is that of the clause it names.
        statement: the digest's words.
        reference: as its source gave it.
        sources: where it was seen.
        verdict: ELSEWHERE is for a statement about the document that names no clause of it.
        reasons: for people; empty when borne out.
        explanation: why a doubt is legitimate, from the digest's front matter.
        share: part of the statement's weighted words that occur in the clause, 0 to 1.
    """

    address: str
    statement: str
    reference: str | None
    sources: tuple[str, ...]
    verdict: Verdict
    reasons: tuple[str, ...] = ()
    explanation: str | None = None
    share: float | None = None

    @property
    def reason(self) -> str:
        """The reasons in one sentence, with the explanation where there is one; '' if none."""
        said = "; ".join(self.reasons)
        return f"{said}. Explained: {self.explanation}" if self.explanation else said


class Verification(Frozen):
    """What was checked, and what was found.

    Attributes:
        findings: one a statement, in reading order.
        unchecked: ids of digests whose official text was not there.
    """

    findings: tuple[Finding, ...]
    unchecked: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Statements by verdict."""
        counted = Counter(finding.verdict.value for finding in self.findings)
        return {verdict.value: counted[verdict.value] for verdict in Verdict}

    @property
    def doubts(self) -> tuple[Finding, ...]:
        """Statements not borne out by rule, explained or not."""
        return tuple(finding for finding in self.findings if finding.reasons)

    @property
    def unexplained(self) -> tuple[Finding, ...]:
        """What a person must correct or explain."""
        return tuple(f for f in self.findings if f.verdict in _TO_BE_MENDED)

    def summary(self) -> str:
        """One paragraph for people: how many statements were checked, and what came of it."""
        counts = self.counts
        checked = len(self.findings) - counts["elsewhere"]
        text = (
            f"{checked} statements checked against their clauses: {counts['borne_out']} borne out, "
            f"{counts['explained']} explained, {len(self.unexplained)} to be looked at. "
            f"{counts['elsewhere']} more say something about the document, not of a clause."
        )
        if self.unchecked:
            text += (
                f" {len(self.unchecked)} digests could not be checked: their official texts are "
                "not on the shelf."
            )
        return text


def verify(
    digests: Iterable[Document],
    official: Iterable[Document],
    explained: Mapping[str, str] | None = None,
) -> Verification:
    """Check each statement of each digest against the official text with the same id.

    Args:
        digests: documents with `is_digest`.
        official: the official texts, in English as the digests are.
        explained: reason by statement address, for doubts that are legitimate.
    """
    texts = {document.id: document for document in official if not document.is_digest}
    findings: list[Finding] = []
    unchecked: list[str] = []
    for digest in digests:
        text = texts.get(digest.id)
        if text is None:
            unchecked.append(digest.id)
            continue
        judge = _Judge(text)
        for section, clause in digest.clauses():
            address = str(digest.address(section, clause))
            findings.append(judge.finding(section, clause, address, (explained or {}).get(address)))
    return Verification(findings=tuple(findings), unchecked=tuple(unchecked))


def verify_shelf(shelf: Shelf) -> Verification:
    """Check the shipped digests against the official English texts on the shelf."""
    packaged = [item.digest for item in packaged_digests()]
    explained = {key: why for digest in packaged for key, why in digest.explained.items()}
    wanted = {digest.document.id for digest in packaged}
    keys = [
        entry.key
        for entry in shelf.entries()
        if not entry.is_digest and entry.language == "en" and entry.id in wanted
    ]
    return verify((d.document for d in packaged), (shelf.as_stored(key) for key in keys), explained)


class _Judge:
    """Compares statements with the clauses of one official text."""

    def __init__(self, text: Document) -> None:
        self._text = text
        self._slugs = {section.slug for section in text.sections}
        self._words = {
            (section.slug, clause.label): _words(f"{section.heading} {clause.text}")
            for section, clause in text.clauses()
        }
        frequency = Counter(word for words in self._words.values() for word in words)
        total = len(self._words)
        self._weight = {word: math.log(1 + total / n) for word, n in frequency.items()}
        self._unseen = math.log(1 + total)
        self._title = _words(text.title)

    def finding(
        self, section: Section, clause: Clause, address: str, explanation: str | None
    ) -> Finding:
        base = {
            "address": address,
            "statement": clause.text,
            "reference": clause.reference,
            "sources": clause.sources,
        }
        if section.kind is SectionKind.BODY and section.slug not in self._slugs:
            return Finding(**base, verdict=Verdict.ELSEWHERE)
        hit = self._text.find(Address.parse(address))
        if hit is None:
            labels = [c.label for s, c in self._text.clauses() if s.slug == section.slug]
            reason = (
                f"'{section.heading}' has no such label, only {', '.join(map(str, labels))}"
                if labels
                else f"the official text has no section '{section.heading}'"
            )
            verdict = Verdict.EXPLAINED if explanation else Verdict.NO_CLAUSE
            return Finding(**base, verdict=verdict, reasons=(reason,), explanation=explanation)
        reasons, share = self._compare(clause, *hit)
        if not reasons:
            return Finding(**base, verdict=Verdict.BORNE_OUT, share=share)
        verdict = Verdict.EXPLAINED if explanation else Verdict.DOUBTFUL
        return Finding(
            **base, verdict=verdict, reasons=tuple(reasons), explanation=explanation, share=share
        )

    def _compare(self, said: Clause, section: Section, clause: Clause) -> tuple[list[str], float]:
        heard = f"{section.heading} {clause.text} {' '.join(clause.footnotes)}"
        reasons = [
            *_missing_numbers(said.text, f"{heard} {self._text.title}", str(self._text.edition)),
            *_missing_instruments(said.text, heard, self._text),
            *_missing_actors(said.text, f"{heard} {self._text.title}"),
        ]
        words = _words(said.text) - self._title
        share = self._share(words, (section.slug, clause.label))
        best = max(self._words, key=lambda key: self._share(words, key))
        rival = self._share(words, best)
        if share < FLOOR:
            reasons.append(f"shares few words with the clause ({share:.2f} of their weight)")
        if best != (section.slug, clause.label) and rival > max(LEAD * share, FLOOR):
            place = Address(self._text.id, *best)
            reasons.append(f"shares more words with {place} ({rival:.2f} against {share:.2f})")
        return reasons, round(share, 3)

    def _share(self, words: frozenset[str], key: tuple[str, str | None]) -> float:
        if not words:
            return 1.0
        weight = {word: self._weight.get(word, self._unseen) for word in words}
        return sum(weight[w] for w in words & self._words[key]) / sum(weight.values())


@cache
def _stemmer() -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english")


def _words(text: str) -> frozenset[str]:
    """Stems of the content words, with acronyms written out beside themselves."""
    tokens = re.findall(r"[a-z]+(?:-[a-z]+)*", text.lower())
    spelled: list[str] = []
    for token in tokens:
        spelled.extend([token, *token.split("-"), *_ACRONYMS.get(token, "").split()])
    return frozenset(_stemmer().stemWords([t for t in spelled if t not in _STOP and len(t) > 1]))


def _numbers(text: str) -> set[str]:
    """Numbers in digits or words, fractions and percentages in one form."""
    lowered = text.lower().replace("per cent", "%").replace(" %", "%")
    lowered = re.sub(r"one[- ]thirty[- ]second", " 1/32 ", lowered)
    lowered = re.sub(r"one[- ]sixteenth", " 1/16 ", lowered)
    lowered = re.sub(r"\b([a-z]{2,4})-(\d\d)\b", r"\1 20\2", lowered)  # WTSA-16 is of 2016
    lowered = re.sub(r"(\w+) tenths", lambda m: f" {_WORD_NUMBERS.get(m[1], '')}0% ", lowered)
    found = set(re.findall(r"\d+(?:[./]\w+)?%?", lowered))
    for word in re.findall(r"[a-z]+", lowered):
        if word in _WORD_NUMBERS and word not in ("one", "once"):
            found.add(_WORD_NUMBERS[word])
    return {number.rstrip(".") for number in found}


def _missing_numbers(said: str, heard: str, edition: str) -> list[str]:
    present = _numbers(heard)
    present |= {n.rstrip("%") for n in present} | set(re.findall(r"\d+", edition))
    missing = sorted(n for n in _numbers(said) if n not in present and n.rstrip("%") not in present)
    return [f"the clause has no number {number}" for number in missing]


def _missing_instruments(said: str, heard: str, text: Document) -> list[str]:
    there = find_references(heard)
    missing = []
    for named in find_references(said):
        if text.number == named.number and named.matches(text.id):
            continue
        same = [
            r
            for r in there
            if (r.type, r.number) == (named.type, named.number)
            and (named.year is None or r.year in (None, named.year))
        ]
        if not same:
            missing.append(f"the clause does not name {named.text}")
    return missing


def _missing_actors(said: str, heard: str) -> list[str]:
    missing = []
    for actor, form in _ACTORS.items():
        plain = re.sub(r"^the ", "", actor)
        if re.search(rf"(?<!UN )\b{re.escape(plain)}\b", said) and not re.search(form, heard, re.I):
            missing.append(f"the clause does not speak of {actor}")
    return missing
