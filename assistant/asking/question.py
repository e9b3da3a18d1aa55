"""A turn in a conversation -> a standalone question, without a model.

A follow-up leaves out what was said before: its topic, its instrument, or all but a new actor
("and Member States?"). What is left out is carried over from the turn before; a question that
names its own subject is left alone. Measured on two-turn questions in docs/benchmarks.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from assistant import phrases
from assistant.answers import Status
from assistant.citations import document_label, instrument
from assistant.turn import Carried, Past, Tools, Turn
from corpus.addresses import Address
from corpus.errors import UnknownAddress
from corpus.language.actors import actors_in, mentions
from corpus.language.concepts import fold
from corpus.language.countries import country_spans
from corpus.language.references import Reference, find_references
from corpus.language.regions import region_spans
from corpus.language.tokens import analyse
from corpus.shelf.catalogue import CatalogueEntry

_BEGINS = re.compile(
    r"^\W*(?:(?:and|but|so|also|then|or|what about|how about|what of)\b"
    r"|(?:et|mais|qu['’]en est-il|quid)\b|(?:y|e|pero|qu[ée] hay de|qu[ée] pasa con)\b"
    r"|(?:а|и|но|что насч[её]т|как насч[её]т|как быть с)\s"
    r"|(?:وماذا عن|ماذا عن|و(?=ال|ل|ما|من|هل|كيف))"
    r"|(?:那么|那|而|还有))[\s,،，]*",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"^\W*(?:(?:and|but|so|et|y|а)\s+)?(?:(?:what about|how about|what of)\b"
    r"|(?:qu['’]en est-il|quid) d(?:e la|es|u|e)?\b|qu[ée] (?:hay de|pasa con)\b"
    r"|(?:что|как) насч[её]т\s|و?ماذا عن\s)",
    re.IGNORECASE,
)
"""Asks the question before of another subject, in so many words."""
_ENDS = re.compile(r"(?:呢|, though|, then|, too|as well)\s*[?？.]*$", re.IGNORECASE)
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|them|theirs?|he|she|his|her|these|those|this|the same|such)\b"
    r"|\b(?:about|is|does|of|for|with|do) that\b(?! \w+s?\b)|\bthat one\b"
    r"|\b(?:which|what|who|where) (?:other|else)\b|\bquel(?:le)?s autres\b|\bqu[ée] otr[oa]s\b"
    r"|\bкакие (?:ещё|еще|другие)\b|\bкто ещё\b|还有哪些|其他哪些"
    r"|\b(?:leurs?|cela|ça|celui-ci|celle-ci|ceux-ci|ils|elles|lui|ce dernier)\b"
    r"|\b(?:ellos|ellas|eso|esto|sus?|este|esta|ese|esa|lo mismo)\b"
    r"|\b(?:они|их|его|её|ей|им|ему|это|этого|этом|такие|там)\b"
    r"|(?:ذلك|تلك|هذا|هذه|هؤلاء|فيها|فيه|منها|منه|لها|لهم|عنها|عنه)"
    r"|它|他们|她们|其中|该|这|此",
    re.IGNORECASE,
)
# Verbs and nouns a question is made of, whatever it asks about; stems, per language.
_GENERIC = {
    "en": "ask told tell say said do doe should must invit instruct request requir expect suppos "
    "need want work part role director forese concern about happen mean resolut decis "
    "document text claus under according pursuant provide list outlin summar sum describ explain "
    "put togeth give show set itself confer worri",
    "fr": "fair fait dir dit doit doivent dev demand charg invit role resolut decis text "
    "concern propos directeur prevoit prevu prévoit prévu selon termes vertu titre quoi",
    "es": "hac deb deben ped pid encarg invit dic papel director resolu decision text respect "
    "según conforme virtud prevé dispone",
    "ru": "дела должн поруч предлага говор сказа директор резолюц решен текст касательн "
    "согласно соответствии предусматривает",
    "ar": "ماذا بماذا يكلف كلف يدعو يطلب يجب ينبغي يقول يقرر عمل يفعل القرار بموجب بشأن مدير",
    "zh": "责成 请求 做什么 任做 应做 需要 要求 规定 决议 什么 哪些 主任",
}
Topic = Callable[[str], str]

_FEW = 3
"""Content words up to which a question without a subject of its own leans on the turn before."""

_CARRIED = 12
"""Words of the earlier topic that are carried along at most."""


def understand(turn: Turn, tools: Tools, topic: Topic | None = None) -> Turn:
    """Make the question standalone; end the turn where it points at nothing, or at two texts.

    `topic`: see `read`.
    """
    before = next((past for past in reversed(turn.past) if _usable(past)), None)
    reading = read(turn.text, turn.language, before, _cited(before, tools), topic)
    turn = turn.having(question=reading.question, carried=reading)
    turn = turn.seen("understand", **reading.model_dump())
    if reading.kind == "dangling":
        note = phrases.say(turn.language, "clarify-what")
        return turn.having(status=Status.NEEDS_CLARIFICATION, notes=(note,))
    choices = _ambiguous(tools.catalogue.resolve(reading.question), turn, tools)
    if choices:
        names = phrases.listed(turn.language, [instrument(c, turn.language) for c in choices])
        note = phrases.say(turn.language, "clarify-which", choices=names)
        return turn.having(status=Status.NEEDS_CLARIFICATION, notes=(note,)).seen(
            "understand", choices=[c.id for c in choices]
        )
    return turn


def followed(turn: Turn) -> frozenset[str]:
    """Ids of the documents that the answer stood on which the turn follows up; none if it does not.

    A follow-up goes on about the texts the answer before it stood on.
    """
    before = next((past for past in reversed(turn.past) if _usable(past)), None)
    leans = turn.carried is not None and turn.carried.kind in ("follow-up", "other-actor")
    if before is None or not leans:
        return frozenset()
    return frozenset(Address.parse(address).document for address in before.addresses)


def read(
    text: str,
    language: str,
    before: Past | None,
    cited: str = "",
    topic: Topic | None = None,
) -> Carried:
    """How `text` is to be understood after the turn `before`.

    Args:
        text: the question as typed, cleaned.
        language: of the question, one of the six.
        before: the last turn that asked something answerable; None at the beginning.
        cited: label of the document its answer stood on, '' when there was no single one.
        topic: gives the stretch of a question that says what it is about, '' for none.
    """
    begins = _BEGINS.match(text)
    rest = re.sub(r"[呢吗]\s*([?？]?)$", r"\1", text[begins.end() :] if begins else text)
    own = content_words(rest, language)
    leans = bool(begins) or bool(_ENDS.search(text)) or bool(_POINTS_BACK.search(text))
    names_text = bool(find_references(text))
    if before is None:
        bare = len(rest.split()) <= _FEW + 1 if begins else len(own) == 0
        dangling = leans and not names_text and bare and language != "zh"
        return Carried(question=text, kind="dangling" if dangling else "standalone")
    if names_text and (len(own) > 1 or not begins):
        return Carried(question=text, kind="standalone")
    earlier = content_words(before.question, language)
    if earlier and set(earlier) <= set(own):
        # Asked again, or with more words: there is nothing to carry, and the same words twice would
        # weigh twice.
        return Carried(question=text, kind="standalone")
    if not leans and (len(own) > _FEW or _same_but_topic(text, before, topic)):
        return Carried(question=text, kind="new-topic")
    new = actors_in(rest)
    if names_text:
        return _swapped_text(rest, before)
    if swapped := _swapped_place(rest, before, language):
        return swapped
    if swapped := _swapped_edition(rest, before, language):
        return swapped
    if leans and new and not beyond_actors(rest, new, language):
        return _swapped_actor(rest, new, before, cited)
    if topic is not None and (swapped := _swapped_topic(text, before, topic)):
        return swapped
    # With a subject of its own and the instrument, the earlier topic would only weigh against it.
    carried = "" if cited and len(own) > _FEW else _topic(before, with_actors=not new)
    tail = "; ".join(part for part in (carried, cited) if part)
    return Carried(
        question=f"{_sentence(rest)} ({tail})" if tail else text,
        kind="follow-up",
        own=_sentence(rest),
        topic=carried,
        instrument=cited,
    )


def content_words(text: str, language: str) -> list[str]:
    """Stems that carry meaning: no function words, no words every question is made of."""
    generic = _generic(language)
    return [
        stem
        for stem in dict.fromkeys(analyse(text, language))
        if not any(stem == word or (len(word) > 4 and stem.startswith(word)) for word in generic)
    ]


@cache
def _generic(language: str) -> tuple[str, ...]:
    words = _GENERIC.get(language, "")
    return (*words.split(), *analyse(words, language))


def _usable(past: Past) -> bool:
    return past.status not in (Status.OUT_OF_SCOPE, Status.REFUSED_UNSAFE) and bool(past.question)


def _cited(before: Past | None, tools: Tools) -> str:
    """Label of the document most of the last answer stood on, where the asker had named one.

    Otherwise the topic is carried alone: an instrument only we brought up may have been the wrong
    one, and a named instrument shuts every other out. On two-turn questions of two suites (9 and
    14) this raised citation recall from .33 to .67 and from .50 to .71.
    """
    named = find_references(before.question) if before is not None else []
    if before is None or not named:
        return ""
    if not before.addresses:
        # Nothing answered, but one text was asked about: the talk is still of it.
        return named[0].text if len(named) == 1 else ""
    documents = [Address.parse(address).document for address in before.addresses]
    main = max(dict.fromkeys(documents), key=documents.count)
    if documents.count(main) * 2 < len(documents):
        return ""
    try:
        return document_label(tools.shelf.best(main))
    except UnknownAddress:
        return ""


def beyond_actors(rest: str, actors: tuple[str, ...], language: str) -> list[str]:
    """Content words of `rest` that name no actor."""
    for actor in actors:
        while span := mentions(rest, actor):
            rest = rest[: span[0]] + " " + rest[span[1] :]
    return content_words(rest, language)


def _swapped_place(rest: str, before: Past, language: str) -> Carried | None:
    """The earlier question asked again of another country or region; None where `rest` says more,
    or the earlier question names none that it could stand for."""
    new = _places(rest, language)
    old = _places(before.question, language)
    if not new or not old or len(fold(rest)) != len(rest):
        return None
    left = rest
    for start, end in reversed(new):
        left = left[:start] + " " + left[end:]
    if content_words(left, language) or len(fold(before.question)) != len(before.question):
        return None
    name = rest[new[0][0] : new[-1][1]]
    start, end = old[-1] if len(old) > 1 and len(new) == 1 else (old[0][0], old[-1][1])
    question = before.question[:start] + name + before.question[end:]
    return Carried(question=question, kind="other-place", topic=_topic(before))


def _swapped_topic(text: str, before: Past, topic: Topic) -> Carried | None:
    """The earlier question asked again of another subject ("what about X?"); None where the turn
    does not say so, or the earlier question has no subject."""
    said = _OF_ANOTHER.match(text)
    old = topic(before.question)
    if said is None or not old:
        return None
    new = text[said.end() :].strip(" ?.!？؟。")
    question = before.question.replace(old, new, 1)
    return Carried(question=question, kind="other-topic", topic=new) if new else None


def _same_but_topic(text: str, before: Past, topic: Topic | None) -> bool:
    """Whether `text` asks of another subject, in the very words, what was asked before."""
    if topic is None or not (old := topic(before.question)) or not (new := topic(text)):
        return False
    return old != new and fold(before.question.replace(old, new, 1)) == fold(text)


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_BRACKETS = re.compile(r"\s*[(（][^()（）]*(?:19|20)\d\d[^()（）]*[)）]")


def _swapped_edition(rest: str, before: Past, language: str) -> Carried | None:
    """The earlier question asked again of another edition of the one text it names ("and the 2018
    edition?"); None where `rest` says more than a year and a word for editions."""
    years = set(_YEAR.findall(rest))
    named = find_references(before.question)
    more = content_words(_YEAR.sub(" ", rest), language)
    if len(years) != 1 or len({r.text for r in named}) != 1 or len(more) > 1:
        return None
    first, (year,) = named[0], years
    if str(first.year) == year:
        return None
    said = _BRACKETS.match(before.question, first.end)
    rest = before.question[said.end() if said else first.end :]
    question = f"{before.question[: first.end]} ({year}){rest}"
    return Carried(question=question, kind="other-text", topic=_topic(before))


def _places(text: str, language: str) -> list[tuple[int, int]]:
    """Where a text names countries and regions, in order."""
    spans = [(start, end) for start, end, _ in country_spans(fold(text), language)]
    spans += [(start, end) for start, end, _ in region_spans(text)]
    return sorted(set(spans))


def _swapped_actor(rest: str, actors: tuple[str, ...], before: Past, cited: str) -> Carried:
    """The earlier question asked again of other actors."""
    spans = [span for actor in actors if (span := mentions(rest, actor))]
    new = rest[min(start for start, _ in spans) : max(end for _, end in spans)]
    old = next((a for a in actors_in(before.question) if a != "plenipotentiary"), None)
    where = mentions(before.question, old) if old else None
    topic = _topic(before)
    own = ""
    if where is None:
        tail = "; ".join(part for part in (topic, cited) if part)
        own = _sentence(rest)
        question = f"{own} ({tail})"
    else:
        question = _fitted(before.question[: where[0]], new) + before.question[where[1] :]
        if cited and not find_references(question):
            question = f"{question} ({cited})"
    return Carried(
        question=question,
        kind="other-actor",
        own=own,
        topic=topic,
        instrument=cited,
        actor=actors[0],
    )


# What stands before a person's name and does not fit a collective: articles, "Director of".
_OFFICE = re.compile(
    r"(?:the )?(?:director of )?(?:the )?$|directeur (?:du |de la )?$|director(?:a)? de la $"
    r"|директор\w* $|مدير $",
    re.IGNORECASE,
)
_ARTICLES = (
    (r"\b(a la|al) $", "a los "), (r"\b(de la|del) $", "de los "), (r"\bel $", "los "),
    (r"\bau $", "aux "), (r"\bdu $", "des "), (r"\ble $", "les "),
)  # fmt: skip


def _fitted(head: str, new: str) -> str:
    """`head` followed by `new`, its articles and verb agreeing with a plural where easily said."""
    if new[:1] < "\u0250" and new.endswith("s"):
        head = re.sub(r"(?i)^(what|how) (is|does|was|has)\b", _plural, _OFFICE.sub("", head))
        for singular, plural in _ARTICLES:
            head = re.sub(singular, plural, head, flags=re.IGNORECASE)
    else:
        head = _OFFICE.sub("", head)
    return head + new


def _swapped_text(rest: str, before: Past) -> Carried:
    """The earlier question asked again of another instrument."""
    new = find_references(rest)[0].text
    old = find_references(before.question)
    topic = _topic(before)
    if not old:
        return Carried(question=f"{_sentence(rest)} ({topic})", kind="follow-up", topic=topic)
    first = old[0]
    question = before.question[: first.start] + new + before.question[first.end :]
    return Carried(question=question, kind="other-text", topic=topic, instrument=new)


def _plural(match: re.Match[str]) -> str:
    forms = {"is": "are", "does": "do", "was": "were", "has": "have"}
    return f"{match[1]} {forms[match[2].lower()]}"


def _topic(before: Past, with_actors: bool = False) -> str:
    """The words of the earlier question that say what it is about, in their order.

    Actors are left out where the turn names its own; "they" points at those of the earlier one.
    """
    keep: list[str] = []
    if before.language == "zh":
        return before.question.strip("?？。 ")
    for word in re.findall(r"[^\s,;:?!.()«»“”\"؟،]+", before.question):
        named = word.isdigit() or (not with_actors and actors_in(word))
        if content_words(word, before.language) and not named:
            keep.append(word)
    return " ".join(dict.fromkeys(keep[:_CARRIED]))


def _sentence(rest: str) -> str:
    rest = rest.strip()
    return rest[:1].upper() + rest[1:]


def _ambiguous(references: list[Reference], turn: Turn, tools: Tools) -> tuple[CatalogueEntry, ...]:
    """Texts of different bodies, all held here, that one reference may mean; () if it is clear."""
    held = {key.split(":")[0] for key in tools.shelf.live()}
    before = {a.split("@")[0] for past in turn.past for a in past.addresses}
    for reference in references:
        if reference.body is not None:
            continue
        works = {
            document.split("@")[0]: document
            for document in sorted(d for d in held if reference.matches(d))
        }
        if len(works) < 2 or before & set(works):
            continue
        if (
            turn.filters.bodies
            and len({w.split("-")[0] for w in works} & {*turn.filters.bodies}) < 2
        ):
            continue
        entries = [tools.catalogue.get(document) for document in works.values()]
        return tuple(entry for entry in entries if entry is not None)
    return ()
