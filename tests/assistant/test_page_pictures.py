"""Page pictures with the clause marked, or unmarked when it cannot be placed (P6)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen import canvas

from assistant.rendering.pages import NoPagePicture, Pages, draw_page
from corpus.database import open_database, sqlite_url
from corpus.shelf.register import Shelf, Source
from tests.assistant.tiny import DOCUMENT

CLAUSE = "to keep the northern lantern burning until the last ferry has come home"
OTHER = "that gulls may rest upon the pier whenever storms are announced by radio"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    """Two pages: OTHER high and CLAUSE low on the first over two lines; the second ends CLAUSE
    3."""
    path = tmp_path / "file.pdf"
    sheet = canvas.Canvas(str(path), pagesize=A4)
    sheet.drawString(72, 750, OTHER)
    words = CLAUSE.split()
    sheet.drawString(72, 300, " ".join(words[:7]))
    sheet.drawString(72, 284, " ".join(words[7:]))
    sheet.drawString(72, 80, "3 to count every rope and every")
    sheet.showPage()
    sheet.drawString(72, 780, "anchor found along the eastern quay each spring")
    sheet.save()
    return path


def rows_marked(png: bytes) -> list[float]:
    """Heights (0 top, 1 bottom) of rows with the highlight's yellow."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    wide, high = image.size
    pixels = image.load()
    assert pixels is not None
    rows = []
    for y in range(high):
        for x in range(0, wide, 3):
            r, g, b = pixels[x, y]  # type: ignore[misc]
            if r > 240 and g > 220 and b < 170:
                rows.append(y / high)
                break
    return rows


def test_p6_the_clause_is_marked_where_it_stands(pdf: Path) -> None:
    picture = draw_page(pdf, 1, CLAUSE)
    assert picture.marked
    assert picture.share == 1.0
    rows = rows_marked(picture.png)
    page_height = A4[1]
    assert min(rows) == pytest.approx(1 - 312 / page_height, abs=0.02)
    assert max(rows) == pytest.approx(1 - 281 / page_height, abs=0.02)


def test_p6_nothing_is_marked_when_less_than_half_is_found(pdf: Path) -> None:
    few = "to keep the northern whale fed with seven kinds of imported biscuit and cold tea daily"
    picture = draw_page(pdf, 1, few)
    assert 0 < picture.share < 0.5
    assert not picture.marked
    assert rows_marked(picture.png) == []
    assert not draw_page(pdf, 1).marked


def test_p6_a_clause_that_runs_on_is_marked_on_both_pages(pdf: Path) -> None:
    clause = "to count every rope and every anchor found along the eastern quay each spring"
    first, second = draw_page(pdf, 1, clause), draw_page(pdf, 2, clause)
    assert first.marked
    assert min(rows_marked(first.png)) > 0.85
    assert second.marked
    assert max(rows_marked(second.png)) < 0.12


def test_pages_are_drawn_in_a_child_and_bad_files_are_typed(pdf: Path, tmp_path: Path) -> None:
    shelf = Shelf(open_database(sqlite_url(tmp_path / "a.db")), tmp_path / "files")
    shelf.files.mkdir()
    content = pdf.read_bytes()
    (shelf.files / "kept.pdf").write_bytes(content)
    shelf.put([DOCUMENT], Source.of("x.pdf", content, file="kept.pdf"), "test")
    pages = Pages(shelf)
    try:
        assert pages.has(DOCUMENT.key)
        assert pages.draw(DOCUMENT.key, 1, CLAUSE).marked
        with pytest.raises(NoPagePicture, match="2 pages"):
            pages.draw(DOCUMENT.key, 3)
        (shelf.files / "kept.pdf").write_bytes(b"%PDF-1.4 broken")
        with pytest.raises(NoPagePicture):
            pages.draw(DOCUMENT.key, 1)
        (shelf.files / "kept.pdf").unlink()
        assert not pages.has(DOCUMENT.key)
    finally:
        pages.close()


def test_a_source_name_never_becomes_a_path_outside(pdf: Path, tmp_path: Path) -> None:
    shelf = Shelf(open_database(sqlite_url(tmp_path / "b.db")), tmp_path / "inner")
    shelf.files.mkdir()
    shelf.put([DOCUMENT], Source.of("x", b"y", file=f"../{pdf.name}"), "test")
    assert not Pages(shelf).has(DOCUMENT.key)
