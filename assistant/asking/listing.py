"""Which texts, all texts, how many: complete over the shelf, with how many were looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant import phrases
from assistant.advice.topics import stemmed
from assistant.answers import Row, Status, Table
from assistant.asking import known
from assistant.asking.evidence import best_of, founds, likeliest, telling
from assistant.asking.forms import Form
from assistant.asking.overview import allowed
from assistant.asking.reading import Reading
from assistant.asking.retrieving import absent
from assistant.asking.sheet import Sheet, named
from assistant.citations import title_of
from assistant.turn import Tools, Turn
from corpus.documents import Document, DocumentKind, SectionKind
from corpus.language.references import without_bodies
from corpus.language.regions import region_spans
from corpus.language.tokens import analyse
from corpus.shelf.register import Found

_SHOWN = 25
"""Documents listed at most; the library page has them all."""

_ON_IT = 0.2
"""Probability of its likeliest clause from which a document is taken to be on the subject."""

_RANKED = 12
"""Documents that search may add to those whose words say the subject."""

_GENERAL = frozenset(stemmed("itu uit union telecommunication ict technology information"))


def listing(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """The documents asked for, one line each with the clause that shows why; or their number."""
    candidates = [d for d in known.held(tools).values() if _asked_for(d, reading)]
    subject = _subject(reading)
    if not subject or (reading.kinds and reading.cycle):
        return _all(turn, tools, reading, candidates)
    hits, asked = _on(turn, tools, reading, subject, candidates)
    exact = reading.cycle or reading.regions or reading.countries
    if not hits and reading.kinds and exact:
        return _all(turn, tools, reading, candidates)
    if not hits:
        notes = [_looked_at(turn.language, len(candidates))]
        ended = absent(asked.having(text=turn.text, question=turn.question), tools, notes)
        return ended.having(form=reading.form.value)
    sheet = Sheet(turn, tools)
    rows = []
    for document, found in hits[:_SHOWN]:
        line = sheet.say(_line(document, turn.language), found)
        rows.append(
            Row(name=named(document, turn.language), cells=((line,), (sheet.quote(found),)))
        )
    sheet.table = Table(
        columns=(
            phrases.say(turn.language, "column-text"),
            phrases.say(turn.language, "column-clause"),
        ),
        rows=tuple(rows),
    )
    if len(hits) > _SHOWN:
        sheet.notes.append(phrases.say(turn.language, "list-more", n=len(hits) - _SHOWN))
    sheet.notes.append(_looked_at(turn.language, len(candidates)))
    opening = phrases.say(turn.language, "list-found", n=len(hits), subject=subject)
    return sheet.turned(Status.ANSWERED, opening, reading.form.value)


def _subject(reading: Reading) -> str:
    """What the texts are to be about; '' where any will do."""
    if reading.references:
        return reading.topic or reading.references[0].text
    topic = without_bodies(reading.topic)
    for begin, end, _ in reversed(region_spans(topic)):
        topic = topic[:begin] + " " + topic[end:]
    places = {s for c in reading.countries for t in c.terms for s in stemmed(t)}
    if reading.kinds and reading.countries:
        ways = [w for w in known.terms(topic, reading.language) if not w <= places]
        return topic if ways else ""
    # What no table knows in another script is still a subject: search has to find it.
    words = [w for w in analyse(topic, reading.language) if not w.isdigit()]
    return topic.strip() if words and not set(words) <= _GENERAL else ""


def _asked_for(document: Document, reading: Reading) -> bool:
    """Whether a document is of the kind, body, place and period asked for."""
    if document.id.endswith("p"):
        return False  # a proposal is no text of its kind
    kinds = set(reading.kinds)
    if DocumentKind.RESOLUTION in kinds:
        kinds.add(DocumentKind.DECISION)  # people ask for both by that word
    if kinds and document.kind not in kinds:
        return False
    edition = f"{document.title} {document.edition}"
    if document.number is not None:
        bodies = [b for b in reading.bodies if b in ("pp", "wtdc", "wtsa")]
        if bodies and document.body not in bodies:
            return False
        if reading.places and document.edition.place not in reading.places:
            return False
    if reading.cycle and not all(str(year) in edition for year in reading.cycle):
        return not kinds & {DocumentKind.REGIONAL_INITIATIVE, DocumentKind.ACTION_PLAN}
    if kinds & {DocumentKind.REGIONAL_INITIATIVE, DocumentKind.COUNTRY_REVIEW}:
        return known.fits(document, reading, dated=False)
    return True


def _newest(found: list[tuple[float, Document, Found]]) -> list[tuple[float, Document, Found]]:
    """One edition of each work: the newest."""
    works: dict[str, tuple[float, Document, Found]] = {}
    for hit in found:
        work = hit[1].id.partition("@")[0]
        if work not in works or known.year_of(works[work][1].id) < known.year_of(hit[1].id):
            works[work] = hit
    return list(works.values())


def _on(
    turn: Turn, tools: Tools, reading: Reading, subject: str, candidates: Sequence[Document]
) -> tuple[list[tuple[Document, Found]], Turn]:
    """Candidates that speak of the subject, those named after it first, then by how often they do.

    Every clause of every candidate is read for the subject's words, in any of the ways the
    glossary knows; search adds those that say it otherwise.
    """
    ways = [w for w in known.terms(subject, reading.language) if not w <= _GENERAL]
    scored: dict[str, tuple[float, Document, Found]] = {}
    for document in candidates:
        title = set(stemmed(document.title))
        in_title = bool(ways) and all(w & title for w in ways)
        speaking = [
            Found(document=document, section=section, clause=clause)
            for section, clause in document.clauses()
            if ways
            and all(w & (set(stemmed(clause.text)) | set(stemmed(section.heading))) for w in ways)
        ]
        if not in_title and not speaking:
            continue
        acts = [f for f in speaking if f.section.kind is not SectionKind.PREAMBLE]
        best = (acts or speaking or telling(document, 1))[0]
        scored[document.id] = (10.0 * in_title + len(speaking), document, best)
    ids = tuple(d.id for d in candidates)
    asked, choices = likeliest(turn, tools, (subject, turn.text), ids) if ids else (turn, [])
    for id, found in list(best_of(choices).items())[:_RANKED]:
        if id not in ids or found[0].probability < _ON_IT:
            continue
        clauses = founds(found[0], tools)
        if not clauses:
            continue
        score, document, best = scored.get(id, (0.0, clauses[0].document, clauses[0]))
        if allowed(document, reading):
            scored[id] = (score + 2 * found[0].probability, document, clauses[0])
    order = sorted(_newest(list(scored.values())), key=lambda hit: -hit[0])
    return [(document, found) for _, document, found in order], asked


def _all(turn: Turn, tools: Tools, reading: Reading, candidates: Sequence[Document]) -> Turn:
    """Every document of the kinds asked for, or their number by kind."""
    language = turn.language
    if not candidates:
        notes = (phrases.say(language, "list-none"), _looked_at(language, len(known.held(tools))))
        return turn.having(status=Status.NOT_IN_DOCUMENTS, notes=notes, form=reading.form.value)
    digests = sum(d.is_digest for d in candidates)
    opening = phrases.say(
        language,
        "count-asked" if reading.kinds or reading.bodies else "count-held",
        n=len(candidates),
        digests=digests,
        texts=len(candidates) - digests,
    )
    sheet = Sheet(turn, tools)
    if not reading.kinds or (reading.form is Form.COUNT and len(candidates) > _SHOWN):
        counted = Counter(document.kind for document in candidates)
        sheet.notes += [
            phrases.say(
                language, "count-kind", kind=phrases.say(language, f"ui-kind-{kind.value}"), n=n
            )
            for kind, n in counted.most_common()
        ]
        if reading.form is Form.COUNT or len(candidates) > _SHOWN:
            return sheet.turned(Status.ANSWERED, opening, reading.form.value)
    rows = []
    for document in sorted(candidates, key=lambda d: (d.kind.value, -(d.edition.year or 0)))[
        :_SHOWN
    ]:
        found = telling(document, 1)
        if found:
            line = sheet.say(_line(document, language), found[0])
            rows.append(
                Row(name=named(document, language), cells=((line,), (sheet.quote(found[0]),)))
            )
    if len(candidates) > _SHOWN:
        sheet.notes.append(phrases.say(language, "list-more", n=len(candidates) - _SHOWN))
    sheet.table = Table(
        columns=(phrases.say(language, "column-text"), phrases.say(language, "column-clause")),
        rows=tuple(rows),
    )
    return sheet.turned(Status.ANSWERED, opening, reading.form.value)


def _line(document: Document, language: str) -> str:
    name = named(document, language)
    if document.number is None:
        return f"{name}."
    return phrases.say(language, "list-line", document=name, title=title_of(document, language))


def _looked_at(language: str, n: int) -> str:
    return phrases.say(language, "list-looked-at", n=n)
