"""Cross-references in a document's clauses, each resolved to the id or address it points to.

Counted as cross-references: numbered resolutions, decisions and recommendations of ITU's
conferences, assemblies and Council; United Nations resolutions with a slash ('70/1'); the
document's own clauses ('resolves 2 above') and itself ('this resolution'). Provisions of the
Constitution and Convention, Recommendations of a Sector (ITU-T D.50), study group questions and
meeting documents are not.

The id is that of the edition named (`wtdc-res-17@2017`). Where none is named it is that of the
work alone (`wtsa-res-75`), and so always for Council and the United Nations, whose numbers are
not used again (`council-res-1305`, `unga-res-70-1`). 'of this conference' is the document's own
conference. A clause of another instrument is `<id>#<section slug>.<label>`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum

from corpus.addresses import Address, slugify
from corpus.documents import Clause, Document, Frozen, Section
from corpus.language.references import Reference, find_references

_TYPE_NAMES = {"res": "resolution", "dec": "decision", "rec": "recommendation"}
_FIRST_OF_COUNCIL = 500
"""No conference of ITU but the WRC has come near this number; Council counts on since 1947."""
_UNNUMBERED_EDITIONS = ("council", "unga", "unsc", "ecosoc", "unhrc")


class Reach(StrEnum):
    """Where a reference leads: another instrument, a clause of this one, or this one."""

    INSTRUMENT = "instrument"
    CLAUSE = "clause"
    ITSELF = "itself"


class CrossReference(Frozen):
    """One thing a clause points to.

    Attributes:
        source: address of the clause that points.
        target: document id, work id (no edition) or address.
        reach: see Reach.
        text: the words of the mention, `text[start:end]` of the clause's NFKC form.
    """

    source: str
    target: str
    reach: Reach
    text: str
    start: int
    end: int

    @property
    def document(self) -> str:
        """The target's document or work id, without the clause."""
        return self.target.partition("#")[0]

    @property
    def work(self) -> str:
        """The target's id without edition and clause."""
        return self.document.partition("@")[0]


def document_references(document: Document) -> list[CrossReference]:
    """Every cross-reference of a document, in reading order."""
    return [
        reference
        for section, clause in document.clauses()
        for reference in clause_references(document, section, clause)
    ]


def clause_references(document: Document, section: Section, clause: Clause) -> list[CrossReference]:
    """The cross-references of one clause, in order; a target named twice stands once."""
    source = str(document.address(section, clause))
    text = unicodedata.normalize("NFKC", clause.text)
    instruments = [*_instruments(text, document), *_united_nations(text)]
    found = [(target, Reach.INSTRUMENT, span) for target, span in instruments]
    found += [(document.id, Reach.ITSELF, span) for span in _itself(text, document)]
    pinned: set[tuple[int, int]] = set()
    for target, reach, span, taken in _clauses(text, document, instruments):
        found.append((target, reach, span))
        if taken is not None:
            pinned.add(taken)
    unique: dict[str, CrossReference] = {}
    for target, reach, (start, end) in sorted(found, key=lambda f: f[2]):
        if reach is Reach.INSTRUMENT and "#" not in target and (start, end) in pinned:
            continue  # named only to say whose clause is meant
        if reach is Reach.INSTRUMENT and target == document.id:
            reach = Reach.ITSELF
        unique.setdefault(
            target,
            CrossReference(
                source=source,
                target=target,
                reach=reach,
                text=text[start:end],
                start=start,
                end=end,
            ),
        )
    return list(unique.values())


# Numbered instruments


def _instruments(text: str, document: Document) -> Iterator[tuple[str, tuple[int, int]]]:
    for group in _lists(find_references(text)):
        resolved = _filled(text, group, document)
        for reference, body, year in resolved:
            if body is None:
                continue
            target = f"{body}-{reference.type}-{reference.number}"
            if year is not None and body not in _UNNUMBERED_EDITIONS:
                target += f"@{year}"
            yield target, (reference.start, reference.end)
    for match in _ITU_R.finditer(text):
        edition = f"@{match['year']}" if match["year"] else ""
        yield f"ra-res-{int(match['number'])}{edition}", (match.start(), match.end("number"))


def _lists(references: Iterable[Reference]) -> Iterator[list[Reference]]:
    """References under one head ('Resolutions 25, 135 and 140') together."""
    group: list[Reference] = []
    for reference in references:
        if group and not reference.text.isdigit():
            yield group
            group = []
        group.append(reference)
    if group:
        yield group


_OWN_CONFERENCE = re.compile(
    r"[^;.]{0,70}?\bof (?:this|the present) (?:conference|assembly)|[^;.]{0,30}?"
    r"\badopted by (?:this|the present) (?:conference|assembly)",
    re.I,
)
_WRC = re.compile(r"\s*\((?:Rev\.\s*)?WRC-(\d{2,4})\)", re.I)
_WCIT = re.compile(
    r"\s*(?:\([^()]*\))?\s*of (?:the )?(?:WCIT|World Conference on International Telecomm)", re.I
)
# Radiocommunication Assemblies held in Geneva; no other body with edition marks met there then.
_GENEVA = re.compile(r"Geneva,? (2007|2012|2015)")
_ITU_R = re.compile(
    r"\bResolutions? ITU-R (?P<number>\d{1,3})(?:-\d{1,2})?(?!\d)"
    r"(?:\s*\([^()]*?(?P<year>(?:19|20)\d\d)\))?",
    re.I,
)
_BRACKET = re.compile(r"\s*\(([^()]{0,60})\)")
_ADOPTER = re.compile(
    r"(?P<council>\bCouncil\b)|(?P<wtdc>\bWTDC\b|telecommunication development conference)"
    r"|(?P<wtsa>\bWTSA\b|telecommunication standardization assembly)"
    r"|(?P<wrc>\bWRC\b|world radiocommunication conference)"
    r"|(?P<ra>radiocommunication assembly)|(?P<pp>plenipotentiary conference)",
    re.I,
)


def _filled(
    text: str, group: list[Reference], document: Document
) -> list[tuple[Reference, str | None, int | None]]:
    """Body and year of each number of a list: an edition in brackets holds for those before it."""
    filled: list[tuple[Reference, str | None, int | None]] = []
    body: str | None = None
    year: int | None = None
    for place in range(len(group) - 1, -1, -1):
        reference = group[place]
        following = group[place + 1].start if place + 1 < len(group) else len(text)
        bracket = _BRACKET.match(text[reference.end : following])
        if bracket or place == len(group) - 1:
            body, year = reference.body, reference.year
            if _WCIT.match(text[reference.end : _clear(text, reference.end)]):
                body = "wcit"
            elif body is None and bracket and (geneva := _GENEVA.search(bracket[1])):
                body, year = "ra", int(geneva[1])
            if wrc := _WRC.match(text, reference.end):
                body, year = "wrc", _full(int(wrc[1]))
            elif body is None and place + 1 == len(group):
                body = _adopter(text, group[0].start, reference.end)
            own = _OWN_CONFERENCE.match(text[reference.end : _clear(text, reference.end)])
            if own and place + 1 == len(group) and not bracket:
                body, year = document.body, document.edition.year
            if int(reference.number) >= _FIRST_OF_COUNCIL and body is None:
                body = "council"
            if body is None and bracket is None:
                # "Resolution 2", said alone in an ITU text, is one of the text's own conference.
                body = document.body
        filled.append((reference, body, year))
    filled.reverse()
    if filled[-1][1] is not None:
        filled = [(r, b or filled[-1][1], y) for r, b, y in filled]
    return filled


def _clear(text: str, start: int) -> int:
    """Where the words about a mention end: at the next mention or the end of the clause."""
    following = re.search(r"\b(?:resolution|decision|recommendation)s?\b", text[start:], re.I)
    return start + following.start() if following else len(text)


def _adopter(text: str, start: int, end: int) -> str | None:
    """Who is said to have adopted it: 'the Council adopted at its session', 'adopted by WTSA'."""
    before = re.search(
        r"((?:[A-Z]\w*[ -]?){1,5}),?(?: at its \d{4}(?: \w+)* session,?)? ?"
        r"(?:,? in|,? through|adopted|approved)?(?: at its \d{4}(?: \w+)* session)?,?\s*$",
        text[max(0, start - 90) : start],
    )
    if before and (named := _ADOPTER.search(before[0])):
        return named.lastgroup
    after = re.match(
        r"[^;.]{0,20}?\b(?:adopted by|of) (?:the )?(?:ITU |World )?[^;,.]{0,50}",
        text[end : _clear(text, end)],
    )
    if after and (named := _ADOPTER.search(after[0])):
        return named.lastgroup
    return None


def _full(year: int) -> int:
    return year if year > 99 else year + (1900 if year > 80 else 2000)


# United Nations

_SLASHED = r"(?P<session>\d{2,4})/(?P<number>\d{1,3})\s?(?P<part>[A-E](?![a-z]))?(?![\d/])"
_UN_HEAD = re.compile(rf"\bresolutions?\s+(?:No\.?\s*)?(?:A/RES/)?{_SLASHED}", re.I)
_UN_BARE = re.compile(rf"\bA/RES/{_SLASHED}")
_UN_NEXT = re.compile(rf"[^;:]{{0,160}}?(?:,|\band\b)\s*(?:A/RES/)?{_SLASHED}")


def _united_nations(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for head in [*_UN_HEAD.finditer(text), *_UN_BARE.finditer(text)]:
        around = text[max(0, head.start() - 60) : head.end()]
        body = "unga"
        if re.search(r"human rights council[^,;]{0,20}$", around[: -len(head[0])], re.I):
            body = "unhrc"
        elif len(head["session"]) == 4:
            body = "ecosoc"
        yield _slashed(body, head), head.span()
        end = head.end()
        if not re.match(r"resolutions\b", head[0], re.I):
            continue
        while more := _UN_NEXT.match(text, end):
            between = text[end : more.start("session")]
            if re.search(r"\b(?:resolution|decision|document|question|report)s?\b", between, re.I):
                break
            yield _slashed(body, more), (more.start("session"), more.end())
            end = more.end()


def _slashed(body: str, match: re.Match[str]) -> str:
    part = (match["part"] or "").lower()
    return f"{body}-res-{int(match['session'])}-{int(match['number'])}{part}"


# The document itself and its clauses

_LABEL = r"(?:\d{1,2}(?:\.\d{1,2})*|[a-z]{1,2}\)|[ivx]{1,4}\))(?:\s?[ivx]{1,4}\))?"
_LABELS = re.compile(
    rf"\s+(?:§+\s*)?(?P<labels>{_LABEL}(?:(?:\s*,\s*|\s+)(?:and\s+|or\s+|to\s+)?{_LABEL})*)"
)
_HERE = r"\s*,?\s*(?:above|below|of (?:this|the present) (?:resolution|decision|recommendation))\b"
_THERE = re.compile(r"\s*,?\s*(?:of|in|to|under)\s+(?:the\s+)?(?:[A-Z]\w*\s+){0,4}$")
_LEAD = re.compile(r"\b(?:in|under|by|to|with|and|of|on|from|pursuant to|through)\s+$", re.I)
_OPERATIVE = (
    r"(?:resolves(?: further| also)?(?: to \w+(?: the)?(?: [A-Z][\w-]*| of| the| and| ITU)*)?"
    r"|(?:further )?decides|(?:further |also )?(?:instructs|invites|requests|urges|encourages)"
    r"(?: the| all)?(?: [A-Z][\w-]*| of| the| and| ITU)*)"
)
_SECTION_WORDS = re.compile(rf"\b{_OPERATIVE}", re.I)


def _itself(text: str, document: Document) -> Iterator[tuple[int, int]]:
    kind = _TYPE_NAMES.get(document.id.split("-")[1] if "-" in document.id else "", "")
    if kind:
        for match in re.finditer(rf"\b(?:this|the present) {kind}\b", text, re.I):
            yield match.span()


def _clauses(
    text: str, document: Document, instruments: list[tuple[str, tuple[int, int]]]
) -> Iterator[tuple[str, Reach, tuple[int, int], tuple[int, int] | None]]:
    """Clauses pointed to: (target, reach, span, span of the instrument that only says whose)."""
    taken = -1
    for start, end, slug in _headings(text, document):
        if start < taken:
            continue
        labels = _LABELS.match(text, end)
        stop = labels.end() if labels else end
        here = re.match(_HERE, text[stop:], re.I)
        owner = next(
            (
                (target, span)
                for target, span in instruments
                if stop < span[0] <= stop + 60 and _THERE.fullmatch(text[stop : span[0]])
            ),
            None,
        )
        listed = re.match(
            r"(?:,| and)\s+(?:in )?" + _OPERATIVE + r"[^;]{0,40}\babove\b", text[stop:]
        )
        lettered = labels is not None and labels["labels"].rstrip().endswith(")")
        led = _LEAD.search(text[:start]) is not None
        if owner is not None and labels is not None:
            for label in _each(labels["labels"]):
                yield (
                    f"{owner[0]}#{slugify(text[start:end])}.{label}",
                    Reach.INSTRUMENT,
                    (start, stop),
                    owner[1],
                )
            taken = stop
            continue
        if slug is None or owner is not None:
            continue
        if not (here or (labels and (listed or (lettered and led)))):
            continue
        taken = stop
        if labels is None:
            yield f"{document.id}#{slug}", Reach.CLAUSE, (start, stop), None
            continue
        for label in _each(labels["labels"]):
            address = str(Address(document.id, slug, label))
            yield address, Reach.CLAUSE, (start, stop), None


def _headings(text: str, document: Document) -> Iterator[tuple[int, int, str | None]]:
    """Spans that read like a section heading, with the slug if it is the document's own."""
    spans: dict[int, tuple[int, str | None]] = {}
    headings = sorted(
        {(s.heading.strip(), s.slug) for s in document.sections}, key=lambda h: -len(h[0])
    )
    for heading, slug in headings:
        if not heading or len(heading) > 200:
            continue
        # Annexes have numbers of their own; only sections named by a verb are meant here.
        if heading[0].isupper() and re.match(r"annex|appendix|attachment", heading, re.I):
            continue
        for match in re.finditer(rf"(?<![\w-]){re.escape(heading)}(?![\w-])", text, re.I):
            if match.start() not in spans:
                spans[match.start()] = (match.end(), slug)
    for match in _SECTION_WORDS.finditer(text):
        if match.start() not in spans:
            spans[match.start()] = (match.end(), None)
    for start, (end, own) in sorted(spans.items()):
        yield start, end, own


def _each(labels: str) -> list[str]:
    """'1, 2 and 4' gives 1, 2, 4; 'c) ii) and e)' gives c.ii, e; '2 to 4' gives 2, 3, 4."""
    found: list[str] = []
    for piece in re.finditer(rf"(?P<to>\bto\s+)?(?P<label>{_LABEL})", labels):
        parts = re.findall(r"[a-z]+(?=\))|\d+(?:\.\d+)*", piece["label"])
        label = ".".join(parts)
        if piece["to"] and found and found[-1].isdigit() and label.isdigit():
            found += [str(n) for n in range(int(found[-1]) + 1, int(label))]
        found.append(label)
    return found
