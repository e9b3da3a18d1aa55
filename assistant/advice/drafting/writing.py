"""A draft, section by section: quotations and catalogue sentences, or written from them.

Sentences come from the mandate trail, from preambles the search finds, and from country reviews.
Where a chat model is given and the brief asks for it, it writes each section from the clauses
found, and a sentence they do not bear out is left out. Where nothing is found the section says what
is missing, so that nobody fills it unawares.
"""

from __future__ import annotations

from assistant.advice.drafting.composing import Writes, composed
from assistant.advice.drafting.draft import BadDraft, Brief, Draft, DraftSection, Nature, Sentence
from assistant.advice.drafting.gathering import sentences as sentences_for
from assistant.advice.drafting.kinds import TITLES, Length
from assistant.advice.drafting.recipes import Recipe, recipes_of
from assistant.advice.drafting.templates import From
from assistant.advice.mandates.charges import MandateTrail, mandate
from assistant.advice.mandates.instruments import Holds
from assistant.asking.screening import judge
from corpus.tampering.characters import visible
from corpus.tampering.rule import judged

_SENTENCES = {Length.SHORT: 2, Length.MEDIUM: 4, Length.LONG: 7}


def draft(brief: Brief, advisor: Holds, writes: Writes | None = None) -> Draft:
    """A first version; `writes` is the chat model, used where `brief.written` says so.

    Raises:
        BadDraft: the brief asks for a template without headings, or is meant for the program.
        AdvisorError: the index is missing or was built with another model.
    """
    check_brief(brief)
    trail = mandate(brief.topic, advisor)
    used: set[str] = set()
    recipes = recipes_of(brief)
    sections = [_section(recipe, brief, advisor, trail, used, writes) for recipe in recipes]
    title = f"{TITLES[brief.kind]}: {brief.topic}"
    return Draft(title=title, brief=brief, sections=tuple(s for s in sections if s is not None))


def check_brief(brief: Brief) -> None:
    """Look at a brief as at a question of the chat, and at a template's headings as at a file.

    Raises:
        BadDraft: it means to take the program over.
    """
    for said in (brief.topic, brief.audience, brief.purpose):
        if said and judge(said, visible(said)) == "unsafe":
            raise BadDraft("This brief gives the program orders. Name a topic and an audience.")
    for heading in brief.headings:
        found = judged(heading)
        if found is not None and found.held:
            raise BadDraft(f"The heading '{heading[:60]}' speaks to software. Change it.")


def regenerate(version: Draft, key: str, advisor: Holds, writes: Writes | None = None) -> Draft:
    """The draft with one section made afresh from the documents as they stand now.

    Text the person inserted stays, at the end of the section.

    Raises:
        BadDraft: there is no such section.
    """
    old = version.section(key)
    recipe = next(r for r in recipes_of(version.brief) if r.key == key)
    used = {
        source
        for section in version.sections
        if section.key != key
        for sentence in section.sentences
        for source in sentence.sources
    }
    trail = mandate(version.brief.topic, advisor)
    fresh = _section(recipe, version.brief, advisor, trail, used, writes)
    own = tuple(s for s in old.sentences if s.nature is Nature.OWN)
    return version.having(key, (*(fresh.sentences if fresh else ()), *own))


def _section(
    recipe: Recipe,
    brief: Brief,
    advisor: Holds,
    trail: MandateTrail,
    used: set[str],
    writes: Writes | None,
) -> DraftSection | None:
    """One section; None for one about a country when no country was named."""
    if recipe.source is From.COUNTRY and not brief.country:
        return None
    most = _SENTENCES[brief.length]
    sentences: list[Sentence] = []
    for sentence in sentences_for(recipe, brief, advisor, trail):
        if sentence.source in used:
            continue
        used.add(sentence.source)
        sentences.append(sentence)
        if len(sentences) == most:
            break
    if not sentences:
        missing = recipe.missing.format(
            topic=brief.topic,
            country=brief.country or "the country",
            audience=brief.audience or "the reader",
        )
        sentences.append(Sentence.gap(missing))
    section = DraftSection(key=recipe.key, heading=recipe.heading, sentences=tuple(sentences))
    if brief.written and writes is not None:
        return composed(section, brief, advisor, writes)
    return section
