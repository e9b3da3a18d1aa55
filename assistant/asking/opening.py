"""One plain sentence before the quotations, built from the catalogue and the clause structure.

It says which instrument speaks and whom it tells to do what: facts that stand in the heading a
clause is under. It never says what a clause says; the quotation does.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant import phrases
from assistant.citations import instrument, label_in_print
from corpus.documents import Document, SectionKind
from corpus.language.actors import addressed
from corpus.shelf.register import Found

_MOST_TEXTS = 4
"""Instruments spelt out in an opening; more would no longer be one plain sentence."""


def opening(found: Sequence[Found], language: str) -> str:
    """The sentence over quotations of `found` (reading order, grouped by document); '' for none."""
    groups = _by_document(found)
    if not groups:
        return ""
    if len(groups) == 1:
        document, clauses = groups[0]
        acts = _acts(clauses, language)
        name = _named(document, language)
        return phrases.say(language, "opening", instrument=name, acts=acts)
    count = phrases.count(language, "opening-texts", len(groups))
    each = [
        phrases.say(
            language,
            "opening-each",
            instrument=_named(document, language),
            acts=_acts(clauses, language),
        )
        for document, clauses in groups[:_MOST_TEXTS]
    ]
    blank = "" if language == "zh" else " "
    return blank.join([count, *each])


def _by_document(found: Sequence[Found]) -> list[tuple[Document, list[Found]]]:
    groups: dict[str, tuple[Document, list[Found]]] = {}
    for item in found:
        groups.setdefault(item.document.key, (item.document, []))[1].append(item)
    return list(groups.values())


def _named(document: Document, language: str) -> str:
    name = instrument(document, language)
    if document.is_digest:
        form = "digest-translated" if document.translation_of else "digest"
        name = phrases.say(language, form, instrument=name)
    return name[:1].upper() + name[1:]


def _acts(clauses: Sequence[Found], language: str) -> str:
    """'resolves (2) and instructs the Secretary-General (1, 3)'."""
    labels: dict[str, list[str]] = {}
    for item in clauses:
        held = labels.setdefault(_act(item, language), [])
        label = label_in_print(item.clause.label).removesuffix(")")
        if label and label not in held:
            held.append(label)
    acts = [
        phrases.say(language, "act-labels", act=act, labels=_listing(held, language))
        if held
        else act
        for act, held in labels.items()
    ]
    return phrases.listed(language, acts)


def _listing(labels: Sequence[str], language: str) -> str:
    return {"ar": "، ", "zh": "、"}.get(language, ", ").join(labels)


def _act(item: Found, language: str) -> str:
    section = item.section
    if section.kind is SectionKind.PREAMBLE:
        return phrases.say(language, "act-preamble")
    if section.kind is SectionKind.ANNEX:
        return phrases.say(language, "act-annex")
    # The slug of a translated section is its English heading, whose verb and actors are known.
    translated = item.document.translation_of is not None
    verb, actors = addressed(section.slug.replace("-", " ") if translated else section.heading)
    known = [f"actor-{actor}" for actor in actors if phrases.has(language, f"actor-{actor}")]
    if verb == "resolves" and not actors:
        return phrases.say(language, "act-resolves")
    if verb and known and verb != "resolves":
        named = phrases.listed(language, [phrases.say(language, key) for key in known])
        return phrases.say(language, f"act-{verb}", actors=named)
    return phrases.say(language, "act-heading", heading=section.heading)
