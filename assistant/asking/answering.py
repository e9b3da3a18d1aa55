"""Evidence -> answer. Without a chat model the answer quotes: the clauses themselves, verbatim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from babel import Locale

from assistant import phrases
from assistant.answers import Claim, Status
from assistant.asking.opening import opening
from assistant.asking.question import followed
from assistant.asking.retrieving import absent
from assistant.asking.selection import Choice, select
from assistant.citations import cite, instrument
from assistant.rendering.quoting import ELLIPSIS, is_verbatim, shorten
from assistant.turn import Tools, Turn
from corpus.addresses import Address
from corpus.documents import Clause, Document, Section
from corpus.errors import UnknownAddress
from corpus.shelf.register import Found
from indexing.building.passages import SearchResult

_TRACED = 20
"""Candidates whose probability the trace keeps; the rest are in the trace of the search."""


_POINTS = 8
"""Points of a list quoted along with its chapeau at most."""


_MOST_NAMED = 5
"""Digests named one by one in a remark; of more only their number is told."""


def chosen(turn: Turn, result: SearchResult) -> list[Choice]:
    """The candidates of a turn, likeliest first, those worth quoting marked."""
    return select(result, followed(turn))


def answer(turn: Turn, tools: Tools) -> Turn:
    """Quote the clauses that answer, each checked against the stored text (P1, P2)."""
    result = turn.result
    assert result is not None  # `weigh` ends a turn without evidence
    choices = chosen(turn, result)
    found, dropped = _stored([c for c in choices if c.kept], tools, turn.language)
    turn = turn.seen(
        "answer",
        mode="quoting",
        choices=[_seen(choice) for choice in choices[:_TRACED]],
        no_longer_stored=dropped,
    )
    if not found:
        return absent(turn, tools, [])
    claims: list[Claim] = []
    citations = []
    for item in found:
        quote = shorten(item.clause.text, turn.question, item.document.language)
        if not is_verbatim(quote, item.clause.text):
            quote = item.clause.text
        citation = cite(tools, item, quote, turn.language)
        citations.append(citation)
        claims.append(
            Claim(text=quote, addresses=(citation.address,), language=item.document.language)
        )
    return turn.having(
        status=Status.ANSWERED,
        opening=opening(found, turn.language),
        claims=tuple(claims),
        citations=tuple(citations),
        notes=tuple(notes(turn, tools, found, claims)),
    )


def _stored(kept: Sequence[Choice], tools: Tools, language: str) -> tuple[list[Found], list[str]]:
    """The clauses of `kept` as they stand on the shelf, digests in the words of `language` where
    they are translated; and addresses that are there no more.

    Documents come in the order of their best clause, clauses in reading order.
    """
    documents: dict[str, Document] = {}
    wanted: dict[str, list[str]] = {}
    dropped: list[str] = []
    for choice in kept:
        passage = choice.evidence.passage
        addresses = wanted.setdefault(passage.key, [])
        addresses += [a for a in passage.addresses if a not in addresses]
        if passage.key not in documents:
            try:
                documents[passage.key] = tools.shelf.document(passage.key, language)
            except UnknownAddress:
                dropped += passage.addresses
    found: list[Found] = []
    for key, document in documents.items():
        places = {str(document.address(s, c)): (s, c) for s, c in document.clauses()}
        order = list(places)
        held = _with_points([a for a in wanted[key] if a in places], places)
        dropped += [str(Address.parse(a)) for a in wanted[key] if a not in places]
        for address in sorted(held, key=order.index):
            section, clause = places[address]
            found.append(Found(document=document, section=section, clause=clause))
    return found, dropped


def _with_points(
    addresses: Sequence[str], places: Mapping[str, tuple[Section, Clause]]
) -> list[str]:
    """`addresses`, and the points of every chapeau among them: a list is quoted whole.

    A clause that ends in a colon says nothing without its points. Where there are more than
    _POINTS of them, only those chosen themselves are quoted.
    """
    wanted = list(addresses)
    for address in addresses:
        section, clause = places[address]
        if clause.label is None or not clause.text.rstrip().endswith((":", "：")):
            continue
        points = [
            other
            for other, (where, point) in places.items()
            if where is section and (point.label or "").startswith(f"{clause.label}.")
        ]
        if len(points) <= _POINTS:
            wanted += [point for point in points if point not in wanted]
    return wanted


def notes(
    turn: Turn, tools: Tools, found: Sequence[Found], claims: Sequence[Claim]
) -> Iterator[str]:
    """Remarks a reader must know: follow-up, digests, editions, languages, degraded search."""
    if turn.question != turn.text:
        yield phrases.say(turn.language, "note-follow-up", question=turn.question)
    documents = list({item.document.key: item.document for item in found}.values())
    yield from document_notes(turn, tools, documents)
    if any(ELLIPSIS.strip() in claim.text for claim in claims):
        yield phrases.say(turn.language, "note-shortened")
    if failed := _failed_arms(turn):
        yield phrases.say(
            turn.language, "note-degraded", arms=phrases.listed(turn.language, failed)
        )


def document_notes(turn: Turn, tools: Tools, documents: Sequence[Document]) -> Iterator[str]:
    """Remarks on the documents quoted: which are digests, superseded, in another language."""
    language = turn.language
    for of, translated in (("", False), ("-translated", True)):
        digests = [
            instrument(d, language)
            for d in documents
            if d.is_digest and bool(d.translation_of) is translated
        ]
        if len(digests) > _MOST_NAMED:
            yield phrases.say(language, f"note-digests{of}", n=len(digests))
        elif digests:
            named = phrases.listed(language, digests)
            yield phrases.say(language, f"note-digest{of}", documents=named)
    yield from _edition_notes(documents, tools, language)
    foreign = sorted({d.language for d in documents} - {language})
    if foreign:
        names = Locale(language).languages
        listed = phrases.listed(language, [names.get(code, code) for code in foreign])
        yield phrases.say(language, "note-language", languages=listed)


def _edition_notes(documents: Sequence[Document], tools: Tools, language: str) -> Iterator[str]:
    """Which texts have been superseded, and where two editions of one stand side by side."""
    held = {key.split(":")[0] for key in tools.shelf.live()}
    unheld: list[Document] = []
    for document in documents:
        newer = tools.catalogue.superseded_by(document.id)
        if newer is None:
            continue
        entry = tools.catalogue.get(newer)
        if newer in held and entry is not None:
            yield phrases.say(
                language,
                "note-superseded",
                document=_start(instrument(document, language)),
                by=instrument(entry, language),
            )
        else:
            unheld.append(document)
    if unheld:
        names = [instrument(document, language) for document in unheld]
        yield phrases.say(
            language, "note-superseded-many", documents=phrases.listed(language, names)
        )
    works: dict[str, list[Document]] = {}
    for document in documents:
        works.setdefault(document.id.split("@")[0], []).append(document)
    for editions in works.values():
        if len({document.id for document in editions}) > 1:
            names = [instrument(document, language) for document in editions]
            yield phrases.say(language, "note-editions", documents=phrases.listed(language, names))


def _start(text: str) -> str:
    return text[:1].upper() + text[1:]


def _seen(choice: Choice) -> dict[str, object]:
    return {
        "addresses": list(choice.evidence.passage.addresses),
        "probability": choice.probability,
        "kept": choice.kept,
    }


def _failed_arms(turn: Turn) -> tuple[str, ...]:
    """Arms of the search that failed; words of one script are not expected in texts of another."""
    if turn.result is None:
        return ()
    held = {evidence.passage.language for evidence in turn.result.evidence}
    expected = turn.language in held
    return tuple(arm for arm in turn.result.degraded if arm != "lexical" or expected)
