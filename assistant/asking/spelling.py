"""A message is mended once, before anything reads it; what was typed is kept for the record.

The same for a search without a conversation: `for_search`. What is mended, and by what, is in
`indexing.spelling`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import structlog

from assistant import phrases
from assistant.asking.forms import asked_with
from assistant.turn import Searches, Tools, Turn
from corpus.language.letters import detect_language, is_guess
from indexing.encoder import packaged_encoder
from indexing.spelling import Mended, mended

log = structlog.get_logger(__name__)


@cache
def _asking() -> dict[str, frozenset[str]]:
    """The words of asking by language; read when the first message comes, not at start."""
    return {language: asked_with(language) for language in phrases.LANGUAGES}


def mend(turn: Turn, tools: Tools) -> Turn:
    """The turn with its text as it is meant; as it is where nothing is to be mended.

    Its note names the words whose letters changed; marks that were left out are in the trace alone,
    as nobody reads another word for them.
    """
    # The words are those of the message's own language, whichever it is answered in.
    language = turn.language if is_guess(turn.text) else detect_language(turn.text)
    read = _mended(turn.text, language, tools.searcher)
    if not read.changes:
        return turn
    words = list(dict.fromkeys(change.meant for change in read.changes if not change.marks))
    note = phrases.say(turn.language, "note-read-as", words=", ".join(words)) if words else ""
    changes = [[change.typed, change.meant] for change in read.changes]
    return turn.having(text=read.text, question=read.text, read_as=note).seen(
        "understand", typed=turn.text, mended=changes
    )


def for_search(query: str, searcher: Searches) -> str:
    """A query as it is meant, for the faces that search without a conversation."""
    return _mended(query, detect_language(query), searcher).text


def _mended(text: str, language: str, searcher: Searches) -> Mended:
    def indexed(stems: Iterable[str]) -> Mapping[str, int]:
        return searcher.held(stems, language)

    try:
        return mended(text, language, asking=_asking(), letters=packaged_encoder(), indexed=indexed)
    except Exception as error:  # a message can be read as it was typed
        log.warning("not-mended", error=type(error).__name__)
        return Mended(text)
