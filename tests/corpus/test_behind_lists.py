"""What stands behind a list, a table or a quotation is no part of its last item."""

from __future__ import annotations

import io
from typing import Any

import docx
import pytest

from corpus.reading.child import read_content

LAST = "Oars are hired out at the jetty."


def cut(content: str | bytes, name: str) -> list[tuple[str | None, str]]:
    raw = content.encode() if isinstance(content, str) else content
    (document,) = read_content(raw, name)
    return [(clause.label, clause.text) for _, clause in document.clauses()]


def word(*rows: tuple[str, str]) -> bytes:
    document: Any = docx.Document()
    document.add_heading("Rules of the rowing club", 0)
    for style, text in rows:
        if style == "table":
            table = document.add_table(2, 2)
            for place, value in enumerate(text.split()):
                table.cell(place // 2, place % 2).text = value
        else:
            document.add_paragraph(text, style=style)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.html", f"<ol><li>Sign the book.</li><li>Take a boat.</li></ol><p>{LAST}</p>"),
        ("b.html", f"<ol><li><p>Sign the book.</p><li><p>Take a boat.</p></ol>{LAST}"),
        ("c.html", f"<ol><li>Sign the book.<li>Take a boat.</ol><div><div>{LAST}</div></div>"),
        ("a.md", f"1. Sign the book.\n2. Take a boat.\n\n{LAST}\n"),
        ("a.adoc", f". Sign the book.\n. Take a boat.\n\n{LAST}\n"),
    ],
)
def test_a_paragraph_behind_a_numbered_list(name: str, body: str) -> None:
    head = {"html": "<h1>Rules</h1>", "md": "# Rules\n\n", "adoc": "= Rules\n\n"}
    found = cut(head[name.split(".")[1]] + body, name)
    assert found == [("1", "Sign the book."), ("2", "Take a boat."), ("p3", LAST)]


def test_a_paragraph_behind_a_numbered_list_of_word() -> None:
    rows = (("List Number", "Sign the book."), ("List Number", "Take a boat."), ("Normal", LAST))
    found = cut(word(*rows), "a.docx")
    assert found == [("1", "Sign the book."), ("2", "Take a boat."), ("p3", LAST)]


@pytest.mark.parametrize(
    ("name", "body", "listed"),
    [
        (
            "a.html",
            "<h1>Rules</h1><ol><li>Bring:<ol><li>a rope,</li><li>a lamp.</li></ol></li></ol>"
            f"<p>{LAST}</p>",
            "Bring: 1. a rope, 2. a lamp.",
        ),
        (
            "a.md",
            f"# Rules\n\n1. Bring:\n   1. a rope,\n   2. a lamp.\n\n{LAST}\n",
            "Bring: 1. a rope, 2. a lamp.",
        ),
        (
            "b.md",
            f"# Rules\n\n1. Bring what you need.\n   - a rope\n   - a lamp\n\n{LAST}\n",
            "Bring what you need. • a rope • a lamp",
        ),
        (
            "a.adoc",
            f"= Rules\n\n. Bring:\n.. a rope,\n.. a lamp.\n\n{LAST}\n",
            "Bring: a) a rope, b) a lamp.",
        ),
    ],
)
def test_a_list_in_an_item_belongs_to_the_item(name: str, body: str, listed: str) -> None:
    assert cut(body, name) == [("1", listed), ("p2", LAST)]


def test_a_list_further_in_belongs_to_the_item_of_word() -> None:
    rows = (
        ("List Number", "Bring:"),
        ("List Number 2", "a rope,"),
        ("List Number 2", "a lamp."),
        ("Normal", LAST),
        ("List Number", "Take a boat."),
    )
    found = cut(word(*rows), "a.docx")
    assert found == [("1", "Bring: 1. a rope, 2. a lamp."), ("p2", LAST), ("2", "Take a boat.")]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.html", f"<h1>Rules</h1><ul><li>Red boats.<li>Blue boats.</ul><p>{LAST}</p>"),
        ("b.html", f"<h1>Rules</h1><dl><dt>Cox</dt><dd>who steers.</dd></dl><p>{LAST}</p>"),
        ("c.html", f"<h1>Rules</h1><blockquote>Row on.</blockquote><p>{LAST}</p>"),
        ("d.html", f"<h1>Rules</h1><table><tr><td>Boat<td>Crew<tr><td>Gig<td>6</table>{LAST}"),
        ("a.md", f"# Rules\n\n- Red boats.\n- Blue boats.\n\n{LAST}\n"),
        ("b.md", f"# Rules\n\n> Row on.\n\n{LAST}\n"),
        ("c.md", f"# Rules\n\n| Boat | Crew |\n|--|--|\n| Gig | 6 |\n\n{LAST}\n"),
        ("a.adoc", f"= Rules\n\n* Red boats.\n* Blue boats.\n\n{LAST}\n"),
        ("b.adoc", f"= Rules\n\n____\nRow on.\n____\n\n{LAST}\n"),
        ("c.adoc", f"= Rules\n\n|===\n|Boat |Crew\n\n|Gig |6\n|===\n\n{LAST}\n"),
        ("a.docx", word(("List Bullet", "Red boats."), ("Normal", LAST))),
        ("b.docx", word(("Quote", "Row on."), ("Normal", LAST))),
        ("c.docx", word(("table", "Boat Crew Gig 6"), ("Normal", LAST))),
    ],
)
def test_a_paragraph_behind_bullets_terms_tables_and_quotations(
    name: str, body: str | bytes
) -> None:
    found = cut(body, name)
    assert found[-1][1] == LAST
    assert len(found) == 2


def test_a_numbered_line_alone_heads_the_text_behind_it() -> None:
    found = cut(word(("List Number", "Scope"), ("Normal", "Boats and oars.")), "a.docx")
    assert found == [("1", "Scope Boats and oars.")]


def test_what_introduces_a_list_stays_with_it() -> None:
    found = cut("<h1>Rules</h1><p>Bring:</p><ul><li>a rope,<li>a lamp.</ul>", "a.html")
    assert [text for _, text in found] == ["Bring: a rope, a lamp."]
