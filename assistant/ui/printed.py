"""Turns of a conversation as one HTML document to be printed (see
`assistant.rendering.printing`)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files

from assistant.advisor import Advisor
from assistant.records.conversations import StoredTurn
from assistant.ui import view
from assistant.ui.markup import render
from assistant.ui.view import ShownTurn


def printed(advisor: Advisor, title: str, turns: Sequence[StoredTurn], language: str) -> str:
    """The document, with every turn's citations as they were given (P5).

    Args:
        advisor: names the editions that supersede a source.
        title: of the conversation; the program's own where it is empty.
        turns: what is printed.
        language: of headings and remarks.
    """
    values = [
        {
            **view.turn_values(
                ShownTurn.of(turn), language, lambda id: view.name_of(advisor, id, language)
            ),
            "citations": [
                (citation, view.name_of(advisor, citation.superseded_by, language))
                for citation in turn.answer.citations
            ],
        }
        for turn in turns
    ]
    signs = {status.value: sign for status, sign in view.SIGNS.items()}
    html = render("print.html", language, title=title, turns=values, signs=signs)
    # Put in afterwards: `render` makes every brace a character reference.
    return html.replace("<!-- style -->", f"<style>{_style()}</style>", 1)


@cache
def _style() -> str:
    return (files("assistant.ui") / "static" / "print.css").read_text(encoding="utf-8")
