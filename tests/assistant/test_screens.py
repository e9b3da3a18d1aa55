"""The screens' words and HTML: six languages at parity, nothing of a text becomes markup (P9,
P30)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from assistant.answers import Answer, Citation, Claim, Nearest, Status
from assistant.api.opening import Opening
from assistant.library import Summary
from assistant.people.roles import Role
from assistant.phrases import LANGUAGES, LOCALES, say
from assistant.ui import menu
from assistant.ui.advice import named_documents
from assistant.ui.first_paint import _for_visitor
from assistant.ui.library_page import matching, paged
from assistant.ui.markup import marked, render, web
from assistant.ui.screens import Screens
from assistant.ui.shelf_pages import earlier_first, editions_held
from assistant.ui.site import Door, header, in_words
from assistant.ui.view import ShownTurn
from assistant.ui.words import NAMES, preferred
from corpus.documents import DocumentKind
from corpus.shelf.register import Source
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings

NASTY = '<script>alert("x")</script> ${1+1} {{2+2}} `3` </bdi></blockquote>'


def words_of(language: str) -> dict[str, str]:
    """Every phrase of the screens: those of all `.po` files whose keys begin with `ui-`."""
    words: dict[str, str] = {}
    for path in sorted((LOCALES / language / "LC_MESSAGES").glob("*.po")):
        with path.open("rb") as file:
            found = {str(m.id): m.string for m in read_po(file) if m.id}
        for key, text in found.items():
            if key.startswith("ui-") and isinstance(text, str):
                assert key not in words, (path.name, key)
                words[key] = text
    return words


def test_p30_all_six_languages_have_the_same_keys_and_names() -> None:
    english = words_of("en")
    assert set(NAMES) == set(LANGUAGES)
    for language in LANGUAGES:
        words = words_of(language)
        assert set(words) == set(english), language
        for key, text in words.items():
            assert text.strip(), (language, key)
            fields = sorted(re.findall(r"{\w+}", english[key]))
            assert sorted(re.findall(r"{\w+}", text)) == fields, (language, key)
    for status in Status:
        assert say("ru", f"ui-status-{status.value}")
    for kind in DocumentKind:
        assert say("zh", f"ui-kind-{kind.value}")


def test_every_key_a_template_asks_for_exists() -> None:
    import assistant.ui

    folder = Path(next(iter(assistant.ui.__path__))) / "templates"
    known = words_of("en")
    asked = set()
    for path in folder.glob("*.html"):
        asked |= set(re.findall(r't\(["\']([a-z0-9_-]+)["\'][,)]', path.read_text("utf-8")))
    asked |= {entry.key for entry in (*menu.MENU, *menu.LIBRARY_MENU)}
    assert len(asked) > 40
    assert {f"ui-{key}" for key in asked} <= set(known)


def nasty_answer() -> Answer:
    citation = Citation(
        address="pp-res-900@2030#resolves.2",
        label=NASTY,
        quote=NASTY,
        document="pp-res-900@2030",
        title=NASTY,
        edition=NASTY,
        section=NASTY,
        url="javascript:alert(1)",
        superseded_by='"><img src=x>',
    )
    return Answer(
        id="a" * 32,
        status=Status.PARTLY_ANSWERED,
        language="en",
        opening=NASTY,
        claims=(Claim(text=NASTY, addresses=(citation.address,)),),
        citations=(citation,),
        nearest=(Nearest(document=NASTY, label=NASTY, url="data:text/html,x"),),
        notes=(NASTY,),
        question=NASTY,
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_p9_text_of_documents_and_people_never_becomes_markup(
    tmp_path: Path, language: str
) -> None:
    settings = tiny_settings(tmp_path)
    screens = Screens(Opening(settings, tiny_advisor(settings)))
    turn = ShownTurn("a" * 32, NASTY, "en", answer=nasty_answer())
    html = screens.turns(language, "c", [turn]) + screens.sources(language, [turn])
    html += screens.document(language, DOCUMENT.id, NASTY)
    html += screens.conversations(language, "local", None)
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "<b>" not in html
    assert not re.search(r"[{}$`]", html)
    assert not re.search(r'(href|src)="(javascript|data):', html)
    assert "&lt;script&gt;" in html


def test_p30_arabic_runs_right_to_left_and_isolates_citations(tmp_path: Path) -> None:
    settings = tiny_settings(tmp_path)
    screens = Screens(Opening(settings, tiny_advisor(settings)))
    turn = ShownTurn("a" * 32, "?", "ar", answer=nasty_answer())
    html = screens.turns("ar", "c", [turn])
    assert 'class="turns" dir="rtl"' in html
    assert re.search(r"<bdi><a class=\"cite\"[^>]*>\[1\]</a></bdi>", html)
    assert 'dir="ltr"><span class="label">' in html.replace("\n", "")


def test_supporting_words_are_marked_only_where_they_stand() -> None:
    text = "to report annually to the Council on progress and to the membership"
    assert marked(text, "annually  to the Council") == (
        "to report <mark>annually to the Council</mark> on progress and to the membership"
    )
    assert str(marked(text, "to report … membership")).count("<mark>") == 2
    assert "<mark>" not in marked(text, "never said", "zebra")
    assert "<mark>Council</mark>" in marked(text, text, "Which council decides?")
    assert "&lt;b&gt;" in marked("<b>bold</b>", "", "")


def test_only_web_addresses_become_links() -> None:
    assert web("https://www.itu.int/x") == "https://www.itu.int/x"
    for url in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil",
        'https://x"onload=1',
        None,
        "",
    ):
        assert web(url) is None, url


def test_a_browsers_language_is_met() -> None:
    assert preferred("fr-CH, fr;q=0.9, en;q=0.8") == "fr"
    assert preferred("de, zh-Hans;q=0.5") == "zh"
    assert preferred("") == "en"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_screen_is_drawn_in_every_language(language: str) -> None:
    assert header(language, Role.ADMIN, Door.OUT).count("<a ") > 4
    for template, values in (
        ("footer.html", {}),
        ("sources.html", {"turns": []}),
        ("conversations.html", {"conversations": [], "current": ""}),
    ):
        assert render(template, language, **values).strip()


def test_digests_and_proposals_are_no_editions_to_compare() -> None:
    def line(id: str, **more: Any) -> Summary:
        shown = {"label": id, "title": id, "kind": DocumentKind.RESOLUTION, "edition": "", **more}
        values = {"key": f"{id}:en", "language": "en", "is_digest": False, "clauses": 3, **shown}
        return Summary(id=id, **values)

    lines = [
        line("pp-res-900@2014"),
        line("pp-res-900@2018"),
        line("pp-res-900@2018p"),
        line("pp-res-900@2022", is_digest=True),
        line("wtdc-res-90@2014"),
        line("wtdc-res-90@2017p"),
        line("pp-res-1@2014", is_digest=True),
        line("pp-res-1@2018", is_digest=True),
    ]
    pairs = [(old.id, new.id) for old, new in editions_held(lines)]
    assert pairs == [("pp-res-900@2014", "pp-res-900@2018")]
    assert earlier_first("pp-res-900@2018", "pp-res-900@2014") == pairs[0]
    assert earlier_first("pp-res-900@2018", "pp-res-1@2014") == ("pp-res-900@2018", "pp-res-1@2014")


def test_a_list_is_cut_into_pages_and_searched_by_words() -> None:
    lines = [{"search": f"resolution {n} on {'youth' if n % 2 else 'harbours'}"} for n in range(60)]
    assert [len(paged(lines, n, {}).lines) for n in (1, 2, 3)] == [25, 25, 10]
    first, last = paged(lines, 0, {"q": "a b", "kind": ""}), paged(lines, 99, {})
    assert (first.number, first.before, first.after) == (1, "", "q=a+b&page=2")
    assert (last.number, last.of, last.after) == (3, 3, "")
    assert paged([], 1, {}).of == 1
    assert len(matching(lines, "YOUTH resolution")) == 30
    assert matching(lines, "youth harbours") == []


def test_documents_are_found_by_name_by_words_or_not_at_all() -> None:
    def line(id: str, label: str, title: str) -> Summary:
        values = {"kind": DocumentKind.RESOLUTION, "edition": "", "language": "en"}
        return Summary(
            id=id, key=f"{id}:en", label=label, title=title, is_digest=False, clauses=1, **values
        )

    lines = [
        line("pp-res-900@2014", "Resolution 900 (Bay, 2014)", "Lanterns"),
        line("pp-res-900@2018", "Resolution 900 (Rev. Quay, 2018)", "Lanterns"),
        line("toolkit-1", "Harbour toolkit", "Harbour toolkit"),
    ]

    def ids(written: str) -> list[str]:
        return [one.id for one in named_documents(written, lines)]

    assert ids("resolution 900 (bay,  2014)") == ["pp-res-900@2014"]
    assert ids("pp-res-900@2018") == ["pp-res-900@2018"]
    assert ids("Resolution 900") == ["pp-res-900@2014", "pp-res-900@2018"]
    assert ids("the toolkit of harbours") == []
    assert ids("toolkit harbour") == ["toolkit-1"]
    assert ids("()") == []


def test_the_page_is_sent_in_the_visitors_words() -> None:
    config = {"title": "T", "components": [{"props": {"elem_id": "send", "value": "Ask"}}]}
    sent = json.dumps(config).replace("<", "\\u003c")
    page = f'<html\n lang="en"><script>window.gradio_config = {sent};</script><body a="b"></body>'
    nasty = {"": {"lang": "ar", "dir": "rtl", "title": "ع"}, "send": {"value": "</script>{x}"}}
    told = _for_visitor(page, nasty, "<p>bar</p>")
    assert '<html lang="ar" dir="rtl">' in told
    assert '<body a="b"><p>bar</p>' in told
    assert told.count("</script>") == 1
    found = re.search(r"gradio_config = (.*);</script>", told)
    assert found
    assert json.loads(found[1])["components"][0]["props"]["value"] == "</script>{x}"
    assert json.loads(found[1])["title"] == "ع"
    assert _for_visitor("<html>another page", nasty, "x") == "<html>another page"


def test_letters_that_only_a_pdf_can_draw_become_bullets() -> None:
    assert "•" in render("problem.html", "en", message="\uf0b7 lanterns")
    assert "\uf0b7" not in render("problem.html", "en", message="\uf0b7 lanterns")


def test_who_is_signed_in_is_shown_and_readers_see_no_api() -> None:
    bar = header("en", Role.READER, Door.OUT, who="ada.lovelace")
    assert "ada.lovelace" in bar
    assert 'href="docs"' not in bar
    assert 'href="docs"' in header("en", Role.STAFF, Door.OUT, who="ada.lovelace")
    assert "ada" not in header("en", Role.READER, Door.IN, who="anonymous-ada")


def test_nobody_at_a_page_is_told_a_command() -> None:
    said = "No document 'x' is on the shelf. `advisor corpus list` shows what is."
    assert in_words("unknown-address", said, "en")["text"] == "No document 'x' is on the shelf."
    assert "`" not in in_words("unknown-address", said, "ar")["more"]
    for told in (
        "The index is behind; run `advisor index sync`.",
        "Make it anew: `advisor key anna` makes one. It is gone.",
        "First use `advisor doctor`, then ask.",
    ):
        assert "advisor" not in in_words("no-such-code", told, "en")["text"]
    plain = "Name at least two countries."
    assert in_words("nothing-to-compare", plain, "en")["text"] == plain


def test_files_are_added_and_regions_chosen_by_who_may_and_where_there_are_any(
    tmp_path: Path,
) -> None:
    settings = tiny_settings(tmp_path)
    advisor = tiny_advisor(settings)
    screens = Screens(Opening(settings, advisor))
    for language in ("en", "ar"):
        assert "data-attach" not in screens.filters(language, {}, Role.STAFF)
        assert "data-attach" in screens.filters(language, {}, Role.LIBRARIAN)
        assert 'data-change="region"' not in screens.filters(language, {})
    named = DOCUMENT.model_copy(update={"id": "ri-afr-900@2030", "title": "Initiative for Africa"})
    advisor.shelf.put([named], Source(name="afr.xml", sha256="1" * 64), "test")
    shown = screens.filters("ar", {"region": "afr"})
    assert re.search(r'value="afr" selected>[^<]*أفريقيا', shown)
    assert screens.in_region("afr") == ("ri-afr-900@2030",)
    assert screens.in_region("eur") == screens.in_region("nowhere") == ()
