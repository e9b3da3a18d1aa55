"""The whole of something in its main lines: a document, a country or region, a subject."""

from __future__ import annotations

from collections.abc import Sequence

from assistant import phrases
from assistant.answers import Status
from assistant.asking import known
from assistant.asking.evidence import best_of, carries, founds, likeliest, telling
from assistant.asking.opening import opening
from assistant.asking.reading import Reading
from assistant.asking.retrieving import absent
from assistant.asking.sheet import Sheet, named, start
from assistant.asking.standing import sentences
from assistant.citations import title_of
from assistant.turn import Tools, Turn
from corpus.documents import Document, DocumentKind, Section, SectionKind
from corpus.language.actors import actors_in, addressed
from corpus.language.concepts import fold
from corpus.language.countries import country_spans
from corpus.language.regions import region_spans, regions_in
from corpus.shelf.register import Found

_RESOLVES, _EACH, _WHOLE = 6, 3, 16
"""Clauses of what a text resolves, of any other section, and of all, at most."""

_TEXTS, _PER_TEXT = 7, 2
"""Documents of an overview of a subject, and clauses of each, at most."""

_DOUBT = 0.1
"""Probability that clauses are asked for from which a text named is not simply summed up."""

_TITLED = 3
"""Documents named after a subject that are shown though search ranks their clauses low."""

_ON_IT = 0.1
"""Probability of its likeliest clause from which a document speaks of the subject."""


def overview(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """An overview of what the message names: documents, else a place, else a subject."""
    ids = known.one(reading, tools)
    if ids and (told := _told(turn, tools, reading, ids)) is not None:
        return told
    if ids and _only_subject(reading, tools):
        return of_subject(turn, tools, reading)
    if ids and _asks_more(reading, tools, ids):
        return turn
    if ids:
        return of_documents(turn, tools, reading, ids)
    if reading.countries:
        return of_country(turn, tools, reading)
    if reading.regions and not beyond_places(reading):
        return of_region(turn, tools, reading)
    return of_subject(turn, tools, reading)


def _told(turn: Turn, tools: Tools, reading: Reading, ids: Sequence[str]) -> Turn | None:
    """All that a text tells an addressee the message names; None where it names none, or the text
    has no section for it."""
    actors = set(actors_in(reading.said or reading.text))
    if not reading.references or not actors:
        return None
    sheet = Sheet(turn, tools)
    quoted: list[Found] = []
    for id in ids[:2]:
        document = known.document(id, tools, turn.language)
        for section in document.sections if document else ():
            if document and actors & set(addressed(section.heading)[1]):
                founds_ = [
                    Found(document=document, section=section, clause=c) for c in section.clauses
                ][:_WHOLE]
                quoted += founds_
                title = start(sheet.heading(document, section))
                sheet.block(title, [sheet.quote(f) for f in founds_])
    if not sheet.claims:
        return None
    if len(sheet.documents) == 1:  # the text, whom it tells what, and where that stands
        return sheet.turned(Status.ANSWERED, opening(quoted, turn.language), "overview")
    names = phrases.listed(
        turn.language, [named(d, turn.language) for d in sheet.documents.values()]
    )
    return sheet.turned(
        Status.ANSWERED, phrases.say(turn.language, "overview-told", document=names), "overview"
    )


def _only_subject(reading: Reading, tools: Tools) -> bool:
    """Whether a message is of one thing that a title happens to say, not the name of a text."""
    if reading.references or reading.kinds or known.by_edition(reading, tools):
        return False
    return len(known.terms(reading.topic, reading.language)) == 1


def _asks_more(reading: Reading, tools: Tools, ids: Sequence[str]) -> bool:
    """Whether a message names a text and, it seems, asks what it says on something in it.

    Only where the reading itself was in two minds.
    """
    if reading.chances.get("clauses", 0.0) < _DOUBT or not reading.references:
        return False
    rest = reading.topic
    for reference in reading.references:
        rest = rest.replace(reference.text, " ")
    titles = [e.title for e in known.entries_of(ids, tools)]
    titles += [d.title for id in ids if (d := known.document(id, tools)) is not None]
    known_words = {s for title in titles for ways in known.terms(title, "en") for s in ways}
    return any(not ways & known_words for ways in known.terms(rest, reading.language))


def beyond_places(reading: Reading) -> bool:
    """Whether a message says more than the regions and countries it names."""
    rest = reading.topic
    for begin, end, _ in reversed(region_spans(rest)):
        rest = rest[:begin] + " " + rest[end:]
    if len(fold(rest)) == len(rest):
        for begin, end, _ in reversed(country_spans(fold(rest), reading.language)):
            rest = rest[:begin] + " " + rest[end:]
    return bool(known.terms(rest, reading.language))


def of_documents(turn: Turn, tools: Tools, reading: Reading, ids: Sequence[str]) -> Turn:
    """Title, edition and standing; what it resolves, who is told what, annexes, later editions."""
    sheet = Sheet(turn, tools)
    openings = []
    for id in ids[:2]:
        document = known.document(id, tools, turn.language)
        entry = known.entry(id, tools)
        if document is None:
            if entry is None:
                continue
            openings.append(
                phrases.say(turn.language, "overview-unheld", document=named(entry, turn.language))
            )
            sheet.block(
                named(entry, turn.language),
                [sheet.fact(*s) for s in sentences(entry, tools, turn.language)],
            )
            _mentions(sheet, entry.label, turn, tools)
            continue
        key = "overview-digest" if document.is_digest else "overview-text"
        openings.append(
            phrases.say(
                turn.language,
                key,
                document=named(document, turn.language),
                title=title_of(document, turn.language),
            )
            if document.number
            else phrases.say(
                turn.language, f"{key}-titled", document=named(document, turn.language)
            )
        )
        many = len(ids) > 1
        _document(sheet, document, named(document, turn.language) + ": " if many else "")
        if entry is not None:
            sheet.block(
                phrases.say(turn.language, "block-standing"),
                [sheet.fact(*s) for s in sentences(entry, tools, turn.language)],
            )
    if not sheet.claims:
        return turn
    held = any(c.is_quote for c in sheet.claims)
    status = Status.ANSWERED if held else Status.PARTLY_ANSWERED
    return sheet.turned(status, " ".join(openings), "overview")


def _mentions(sheet: Sheet, label: str, turn: Turn, tools: Tools) -> None:
    """What the texts held say of an instrument that is not held."""
    name = label.partition(" (")[0]
    quoted: list[int] = []
    for document in known.held(tools).values():
        for section, clause in document.clauses():
            if name in clause.text and len(quoted) < _EACH:
                quoted.append(sheet.quote(Found(document=document, section=section, clause=clause)))
    sheet.block(phrases.say(turn.language, "block-mentioned"), quoted)


def _document(sheet: Sheet, document: Document, before: str) -> None:
    """The sections of one document as blocks, what it resolves first."""
    language = sheet.language
    operative = [s for s in document.sections if s.kind is SectionKind.OPERATIVE]
    resolves = [s for s in operative if addressed(s.heading)[0] == "resolves"]
    others = [s for s in operative if s not in resolves]
    body = [s for s in document.sections if s.kind is SectionKind.BODY]
    preamble = [s for s in document.sections if s.kind is SectionKind.PREAMBLE]
    annexes = [s for s in document.sections if s.kind is SectionKind.ANNEX]
    left = _WHOLE

    def put(title: str, section: Section, most: int) -> None:
        nonlocal left
        clauses = section.clauses[: max(0, min(most, left))]
        if not clauses:
            return
        left -= len(clauses)
        more = len(section.clauses) - len(clauses)
        notes = [phrases.say(language, "block-more", n=more)] if more else []
        numbers = [
            sheet.quote(Found(document=document, section=section, clause=c)) for c in clauses
        ]
        sheet.block(before + title, numbers, notes=notes)

    for section in resolves:
        put(start(sheet.heading(document, section)), section, _RESOLVES)
    for section in others:
        put(start(sheet.heading(document, section)), section, _EACH)
    chief = [s for s in body if s.slug != "title"] or body
    for section in chief:
        put(sheet.heading(document, section), section, _EACH)
    if not operative and not body:
        for section in [*annexes, *preamble]:
            put(start(sheet.heading(document, section)), section, _EACH)
        annexes = []
    title = next((s for s in body if s.slug == "title"), None)
    if title is not None and left > 0:
        put(phrases.say(language, "block-title"), title, 1)
    rest = [sheet.heading(document, s) for s in [*preamble, *annexes] if s.heading.strip()]
    if operative and rest:
        sheet.notes.append(
            phrases.say(
                language,
                "overview-rest",
                document=named(document, language),
                sections=phrases.listed(
                    language,
                    [
                        phrases.say(language, "document-titled", title=h)
                        for h in dict.fromkeys(rest)
                    ][:8],
                ),
            )
        )


def of_country(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """What is held on the countries named: their reviews, and clauses that name them.

    Where nothing is, that is said, with the countries of which something is held; another
    country's text is never quoted in its place.
    """
    sheet = Sheet(turn, tools)
    nothing: list[str] = []
    for country in reading.countries:
        name = country.phrases.get(turn.language, country.terms)[0]
        own, naming = _on_country(country.terms, tools)
        if not own and not naming:
            nothing.append(name)
            continue
        for document in own:
            clauses = [Found(document=document, section=s, clause=c) for s, c in document.clauses()]
            sheet.block(
                named(document, turn.language), [sheet.quote(f) for f in clauses[:_RESOLVES]]
            )
        sheet.block(
            phrases.say(turn.language, "block-named-in", name=name),
            [sheet.quote(found) for found in naming[:_RESOLVES]],
        )
    if not sheet.claims:
        return nothing_on(turn, tools, nothing)
    notes = [phrases.say(turn.language, "country-nothing", name=name) for name in nothing]
    sheet.notes[:0] = notes
    names = [c.phrases.get(turn.language, c.terms)[0] for c in reading.countries]
    held = [n for n in names if n not in nothing]
    opening = phrases.say(turn.language, "country-held", name=phrases.listed(turn.language, held))
    return sheet.turned(Status.PARTLY_ANSWERED if nothing else Status.ANSWERED, opening, "overview")


def of_region(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """What is held on the regions named: their own documents, and clauses that name them."""
    sheet = Sheet(turn, tools)
    named_regions = set(reading.regions)
    own: list[Document] = []
    naming: list[Found] = []
    for document in known.held(tools).values():
        if document.id.endswith("p"):
            continue
        if named_regions & set(known.regions_of(document)):
            own.append(document)
            continue
        for section, clause in document.clauses():
            if named_regions & set(regions_in(clause.text)):
                naming.append(Found(document=document, section=section, clause=clause))
                break
    own.sort(key=lambda d: (d.number is None, -(d.edition.year or 0)))
    for document in own[:_TEXTS]:
        sheet.block(
            named(document, turn.language), [sheet.quote(f) for f in telling(document, _PER_TEXT)]
        )
    naming.sort(key=lambda f: (f.document.number is None, f.section.kind is SectionKind.PREAMBLE))
    sheet.block(
        phrases.say(turn.language, "block-named-in", name=_place(reading)),
        [sheet.quote(found) for found in naming[:_RESOLVES]],
    )
    if not sheet.claims:
        return nothing_on(turn, tools, [_place(reading)])
    opening = phrases.say(turn.language, "country-held", name=_place(reading))
    return sheet.turned(Status.ANSWERED, opening, "overview")


def _place(reading: Reading) -> str:
    spans = region_spans(reading.text)
    return reading.topic or (reading.text[spans[0][0] : spans[-1][1]] if spans else reading.text)


def nothing_on(turn: Turn, tools: Tools, names: Sequence[str]) -> Turn:
    """Nothing is held on a country: said so, with the countries of which something is."""
    with_review = sorted({d.country for d in known.held(tools).values() if d.country})
    said = phrases.say(
        turn.language, "country-nothing", name=phrases.listed(turn.language, list(names))
    )
    notes = [said]
    if with_review:
        notes.append(
            phrases.say(
                turn.language, "country-others", names=phrases.listed(turn.language, with_review)
            )
        )
    return turn.having(
        status=Status.NOT_IN_DOCUMENTS, notes=tuple(notes), form="overview", claims=(), citations=()
    )


def _on_country(terms: Sequence[str], tools: Tools) -> tuple[list[Document], list[Found]]:
    """Documents on a country, and clauses of others that name it."""
    import re

    pattern = re.compile("|".join(rf"(?<!\w){re.escape(fold(t))}(?!\w)" for t in terms))
    own: list[Document] = []
    naming: list[Found] = []
    for document in known.held(tools).values():
        if document.country in terms:
            own.append(document)
            continue
        if document.kind is DocumentKind.COUNTRY_REVIEW:
            continue
        for section, clause in document.clauses():
            if pattern.search(
                fold(f"{section.heading} {clause.label or ''} {clause.text}".replace("-", " "))
            ):
                naming.append(Found(document=document, section=section, clause=clause))
    own.sort(key=lambda d: -(d.edition.year or 0))
    return own, naming


def of_subject(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """Which instruments, programmes, toolkits and reviews speak of a subject, the best of each."""
    sheet = Sheet(turn, tools)
    groups, asked = on_subject(turn, tools, reading)
    if not groups:
        return absent(asked.having(text=turn.text, question=turn.question), tools, []).having(
            form="overview"
        )
    for document, clauses in groups:
        numbers = [sheet.quote(f) for f in clauses]
        sheet.block(
            f"{named(document, turn.language)}: {title_of(document, turn.language)}"
            if document.number
            else named(document, turn.language),
            numbers,
        )
    opening = phrases.say(
        turn.language, "subject-held", n=len(groups), subject=reading.topic or turn.text
    )
    return sheet.turned(Status.ANSWERED, opening, "overview")


def on_subject(
    turn: Turn, tools: Tools, reading: Reading, most: int = _TEXTS
) -> tuple[list[tuple[Document, list[Found]]], Turn]:
    """Documents that speak of a subject with their likeliest clauses, and the turn that asked."""
    subject = reading.topic or turn.text
    shelf = known.held(tools)
    titled = {e.id for _, e in known.by_title(reading, tools, subject) if e.id in shelf}
    asked, choices = likeliest(turn, tools, (subject, turn.text))
    if not titled and not (choices and carries(asked)):
        return [], asked
    if not choices:
        return [(shelf[id], telling(shelf[id], _PER_TEXT)) for id in titled][:most], asked
    enough = min(_ON_IT, choices[0].probability)
    groups: list[tuple[Document, list[Found]]] = []
    for id, found in best_of(choices).items():
        document = shelf.get(id)
        if document is None or not allowed(document, reading):
            continue
        if found[0].probability < enough and id not in titled:
            continue
        clauses = [f for c in found[:_PER_TEXT] for f in founds(c, tools)[:1]]
        if clauses:
            groups.append((document, clauses))
    shown = {document.id for document, _ in groups}
    newest = {e.id for e in known.newest(known.entries_of(sorted(titled), tools), tools)}
    groups += [
        (shelf[id], telling(shelf[id], _PER_TEXT))
        for id in sorted(newest - shown)
        if allowed(shelf[id], reading)
    ][:_TITLED]
    groups.sort(key=lambda group: group[0].id not in titled)
    return groups[:most], asked


def allowed(document: Document, reading: Reading) -> bool:
    """Whether a document may speak for the places named: none that is another's."""
    if document.country and reading.countries:
        return document.country in {t for c in reading.countries for t in c.terms}
    regions = known.regions_of(document)
    if document.kind is DocumentKind.REGIONAL_INITIATIVE and reading.regions:
        return bool(set(regions) & set(reading.regions))
    return not (document.kind is DocumentKind.REGIONAL_INITIATIVE and document.id.endswith("p"))
