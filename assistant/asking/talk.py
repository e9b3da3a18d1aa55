"""Greetings, thanks and help: a card of what can be done here and what is held. And what no
document decides, an opinion or a forecast: declined in one sentence, with what they do say."""

from __future__ import annotations

from collections import Counter

from assistant import phrases
from assistant.answers import Nearest, Status
from assistant.asking import known
from assistant.asking.evidence import ask, carries, telling
from assistant.asking.reading import Reading
from assistant.asking.retrieving import NEAREST
from assistant.asking.sheet import Sheet, named
from assistant.citations import document_label, link
from assistant.turn import Tools, Turn
from assistant.writing.model import configured, is_strong

_CERTAIN, _SAYS_SO = 0.95, 0.6
"""Probability of an opinion below which a clause that answers, with the probability _SAYS_SO, is
quoted all the same."""

_SURELY = 0.99
"""Probability of an opinion from which not even a strong model is asked. Of 300 questions that the
texts answer 16 were taken for opinions, three of them as likely as this."""

_KINDS = 4
_EXAMPLES = ("overview", "list", "compare", "standing", "draft")


def help_card(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """What it can do, with an example of each, and what it holds; nothing is claimed of texts."""
    language = turn.language
    held = list(known.held(tools).values())
    counted = Counter(d.kind for d in held).most_common(_KINDS)
    kinds = [
        phrases.say(language, "count-kind", kind=phrases.say(language, f"ui-kind-{k.value}"), n=n)
        for k, n in counted
    ]
    digests = sum(d.is_digest for d in held)
    notes = [phrases.say(language, f"help-{name}") for name in _EXAMPLES]
    notes.append(
        phrases.say(language, "count-held", n=len(held), digests=digests, texts=len(held) - digests)
        + (f" {phrases.listed(language, kinds)}." if kinds else "")
    )
    how = "help-writes" if configured(tools.settings) else "help-quotes"
    notes.append(phrases.say(language, how))
    return turn.having(
        status=Status.NEEDS_CLARIFICATION,
        opening=phrases.say(language, "help-opening"),
        notes=tuple(notes),
        form="help",
    )


def opinion(turn: Turn, tools: Tools, reading: Reading) -> Turn:
    """No judgement and no forecast; of a text that is named and held, what it does say."""
    language = turn.language
    chance = reading.chances.get(reading.form, 1.0)
    if is_strong(tools.settings) and chance < _SURELY:
        return turn  # it reads what the texts say, and may decline
    if chance < _CERTAIN:
        asked, choices = ask(turn, tools, turn.text)
        if choices and carries(asked) and choices[0].probability >= _SAYS_SO:
            return turn  # "who runs it?" is asked like the news of the day, and the texts say
    ids = known.instruments(reading, tools)
    documents = [d for id in ids[:2] if (d := known.document(id, tools, language)) is not None]
    sheet = Sheet(turn, tools)
    for document in documents:
        for found in telling(document, 2):
            sheet.quote(found)
    notes = [phrases.say(language, "opinion")]
    nearest: list[Nearest] = []
    if documents:
        names = [named(d, language) for d in documents]
        notes.append(
            phrases.say(language, "opinion-says", document=phrases.listed(language, names))
        )
    else:
        _, choices = ask(turn, tools, reading.topic or turn.text)
        for choice in choices:
            near = known.document(choice.evidence.passage.document, tools, language)
            if near and all(n.document != near.id for n in nearest):
                nearest.append(
                    Nearest(
                        document=near.id,
                        label=document_label(near, language),
                        url=link(tools, near),
                    )
                )
            if len(nearest) == NEAREST:
                break
        if nearest:
            notes.append(phrases.say(language, "opinion-nearest"))
    made = sheet.turned(Status.OUT_OF_SCOPE, "", "opinion")
    return made.having(notes=(*notes, *made.notes), nearest=tuple(nearest))
