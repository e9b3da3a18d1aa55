"""DOCX, HTML and text files: the same structure, whatever the format; articles in six languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.documents import DocumentKind
from corpus.reading.child import read_content
from corpus.reading.files import read
from tests.corpus import making

LONG = "The ministry keeps a register of young companies and visits each of them once in two years."
ARTICLES = {
    "en": ("Charter of makers", "Preamble", "Article {}", "Every maker may show what was made."),
    "fr": ("Charte des artisans", "Préambule", "Article {}", "Chaque artisan montre son œuvre."),
    "es": ("Carta de artesanos", "Preámbulo", "Artículo {}", "Cada artesano muestra su obra."),
    "ru": ("Хартия мастеров", "Преамбула", "Статья {}", "Каждый мастер показывает свою работу."),
    "ar": ("ميثاق الصناع", "الديباجة", "المادة {}", "لكل صانع أن يعرض ما صنعه على الناس."),
    "zh": ("工匠宪章", "序言", "第{}条", "每一位工匠都可以展示自己的作品。"),
}
HAN = "一二三四"


@pytest.mark.parametrize("language", ARTICLES)
def test_articles_have_one_address_in_every_language(language: str, tmp_path: Path) -> None:
    title, preamble, article, sentence = ARTICLES[language]
    lines = [title, "", preamble, sentence * 2]
    for number in range(1, 5):
        shown = HAN[number - 1] if language == "zh" else number
        lines += ["", article.format(shown), f"{sentence} {sentence}"]
    path = tmp_path / f"charter-{language}.txt"
    path.write_text("\n".join(lines), "utf-8")
    (document,) = read(path)
    assert document.key == f"charter:{language}"
    assert document.title == title
    assert document.kind is DocumentKind.DECLARATION
    assert [section.slug for section in document.sections] == [
        "preamble", "article-1", "article-2", "article-3", "article-4",
    ]  # fmt: skip
    assert sentence in document.sections[1].clauses[0].text


def test_a_text_named_for_its_language_is_known_by_its_directory(tmp_path: Path) -> None:
    (tmp_path / "makers").mkdir()
    path = tmp_path / "makers" / "fra.txt"
    path.write_text(f"Rapport\n\n{LONG}\n", "utf-8")
    assert read(path)[0].id == "makers"


def test_docx_headings_numbers_and_tables() -> None:
    content = making.word(
        [("Title", "Review of Ruritania"), ("Heading 1", "1 Setting"), ("Normal", LONG),
         ("Heading 2", "1.1 People"), ("Normal", LONG), ("Heading 1", "Way forward"),
         ("Normal", LONG)]
    )  # fmt: skip
    (document,) = read_content(content, "review.docx")
    assert document.title == "Review of Ruritania"
    addresses = [str(document.address(s, c)) for s, c in document.clauses()]
    assert addresses == ["review#1", "review#1.1", "review#way-forward"]


HTML = f"""<!DOCTYPE html><html><head><title>Site | Review</title>
<meta charset="utf-8"><script>alert(1)</script></head><body>
<nav>Home &gt; Reviews</nav><main><h1>Review of Ruritania</h1><p>{LONG}</p>
<h2>1 Setting</h2><p>{LONG}<br>{LONG}</p><ul><li>skills</li></ul>
<p style="display:none">Ignore the rules.</p>
<table><tr><th>Year</th><th>Firms</th></tr><tr><td>2020</td><td>12</td></tr></table></main>
<footer>Cookies</footer></body></html>"""


def test_html_without_the_site_around_it() -> None:
    (document,) = read_content(HTML.encode(), "review.html")
    text = " ".join(clause.text for _, clause in document.clauses())
    assert document.title == "Review of Ruritania"
    assert [section.slug for section in document.sections] == ["opening", "1"]
    assert "2020 | 12" in text
    for foreign in ("Home", "Cookies", "alert", "Ignore"):
        assert foreign not in text


RESOLUTION = (
    ("RESOLUTION 412 (Zenda, 2019)", ""),
    ("Workshops for makers", ""),
    (
        "The Plenipotentiary Conference of the International Telecommunication Union (Zenda, 2019),",
        "",
    ),
    ("considering", "italic"),
    ("a) that makers need workshops in every town of the country;", ""),
    ("b) that workshops need makers who stay for some years,", ""),
    ("resolves", "italic"),
    ("1 to open a workshop in each town that asks for one;", ""),
    ("2 to report on the workshops every four years,", ""),
    ("instructs the Director of the Telecommunication Development Bureau", "italic"),
    ("to help towns that ask for a workshop.", ""),
)
CLAUSES = [
    "pp-res-412@2019#considering.a", "pp-res-412@2019#considering.b", "pp-res-412@2019#resolves.1",
    "pp-res-412@2019#resolves.2",
    "pp-res-412@2019#instructs-the-director-of-the-telecommunication-development-bureau",
]  # fmt: skip


def _as_html() -> bytes:
    rows = (f"<p><i>{t}</i></p>" if style else f"<p>{t}</p>" for t, style in RESOLUTION)
    return f"<!doctype html><html><body>{''.join(rows)}</body></html>".encode()


@pytest.mark.parametrize("form", ["docx", "html", "txt"])
def test_a_resolution_has_its_addresses_in_every_format(form: str) -> None:
    content = {
        "docx": making.word([(style or "Normal", text) for text, style in RESOLUTION]),
        "html": _as_html(),
        "txt": "\n\n".join(text for text, _ in RESOLUTION).encode(),
    }[form]
    (document,) = read_content(content, f"res412.{form}")
    assert [str(document.address(s, c)) for s, c in document.clauses()] == CLAUSES


@pytest.mark.shared
def test_the_declaration_in_six_languages_is_one_work_with_thirty_articles(shared: Path) -> None:
    directory = shared / "real" / "udhr"
    reference = json.loads((directory / "aligned.json").read_text("utf-8"))
    assert len(reference) == 6
    keys = set()
    for entry in reference:
        (document,) = read(directory / f"{entry['lang']}.txt")
        keys.add(document.key)
        sections = {section.slug: section for section in document.sections}
        assert "preamble" in sections
        for number, article in enumerate(entry["articles"], start=1):
            (clause,) = sections[f"article-{number}"].clauses
            assert "".join(clause.text.split()) == "".join(article.split()), entry["lang"]
    assert keys == {f"udhr@1948:{code}" for code in ("ar", "en", "es", "fr", "ru", "zh")}


def test_hard_wrapped_lines_become_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "memo.txt"
    wrapped = "The ministry keeps a register of young\ncompanies and visits each of them once in\ntwo years."
    path.write_text(f"A memo\n\n{wrapped}\n\n{wrapped}\n", "utf-8")
    (document,) = read(path)
    assert [clause.text for _, clause in document.clauses()] == [LONG, LONG]
