"""A message is mended once, before it is read; the asker is told, and what was typed is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assistant.asking.spelling import for_search, mend
from assistant.turn import Tools, Turn
from tests.assistant.tiny import tiny_advisor, tiny_settings


class Recording:
    """A search that keeps what it was asked."""

    def __init__(self, whole: Any) -> None:
        self._whole = whole
        self.asked: list[str] = []

    def search(self, question: str, *rest: Any, **more: Any) -> Any:
        self.asked.append(question)
        return self._whole.search(question, *rest, **more)

    def held(self, *_: Any) -> dict[str, int]:
        return {}


TYPED = "Which recomendations support lantern laboratories in a harbour?"
MEANT = "Which recommendations support lantern laboratories in a harbour?"


def _tools(tmp_path: Path) -> Tools:
    advisor = tiny_advisor(tiny_settings(tmp_path))
    return Tools(advisor.settings, advisor.shelf, advisor.searcher, advisor.catalogue)


def test_the_turn_reads_the_mended_text_and_keeps_what_was_typed(tmp_path: Path) -> None:
    turn = Turn(id="1", asked=TYPED, text=TYPED, question=TYPED)
    read = mend(turn, _tools(tmp_path))
    assert (read.text, read.question, read.asked) == (MEANT, MEANT, TYPED)
    assert read.read_as == "Read as: recommendations."
    assert read.trace["understand"] == {
        "typed": TYPED,
        "mended": [["recomendations", "recommendations"]],
    }
    assert mend(read, _tools(tmp_path)) == read


def test_a_right_message_is_handed_on_as_it_is(tmp_path: Path) -> None:
    turn = Turn(id="1", asked=MEANT, text=MEANT, question=MEANT)
    assert mend(turn, _tools(tmp_path)) == turn


def test_marks_alone_are_mended_without_a_note(tmp_path: Path) -> None:
    typed = "que dit la resolution sur les pays"
    read = mend(Turn(id="1", asked=typed, text=typed, language="fr"), _tools(tmp_path))
    assert (read.text, read.read_as) == ("que dit la résolution sur les pays", "")
    assert read.trace["understand"]["typed"] == typed


def test_the_words_are_of_the_messages_language_whatever_it_is_answered_in(tmp_path: Path) -> None:
    typed = "What is the address of the regional office?"
    turn = Turn(id="1", asked=typed, text=typed, question=typed, language="fr", wanted="fr")
    assert mend(turn, _tools(tmp_path)).text == typed


def test_the_answer_says_first_what_was_read_and_the_record_keeps_what_was_typed(
    tmp_path: Path,
) -> None:
    advisor = tiny_advisor(tiny_settings(tmp_path))
    answer = advisor.ask(TYPED)
    assert answer.notes[0] == "Read as: recommendations."
    assert answer.question == MEANT
    stored = advisor.store.turns(answer.conversation)
    assert stored[0].question == TYPED


def test_a_search_without_a_conversation_is_mended_the_same_way(tmp_path: Path) -> None:
    tools = _tools(tmp_path)
    assert for_search(TYPED, tools.searcher) == MEANT
