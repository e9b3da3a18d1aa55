"""A page in each script comes out as its reader sees it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from corpus.errors import GarbledText
from corpus.reading.child import read_content
from corpus.reading.cleaning import clean
from corpus.reading.readers.pdf_lines import read_lines
from corpus.reading.readers.pdf_rtl import reordered, tidy_arabic
from tests.corpus import making

FRENCH = "Le ministère gère un registre d’entreprises créées récemment ; où qu’elles soient."
SPANISH = "El año pasado la región visitó cada compañía; ¿qué aprendió de los jóvenes?"
RUSSIAN = "Министерство ведёт реестр молодых компаний и посещает каждую раз в год."
CHINESE = ("主管部门登记新成立的企业，每两年走访一次，", "并把所了解的情况告诉监管机构。")
ARABIC = (
    "تحتفظ الوزارة بسجل للشركات الناشئة وتزور كل شركة",
    "منها مرة كل سنتين ثم تحال النتائج إلى الهيئة",
)

needs_font = pytest.mark.skipif(not making.SANS.exists(), reason="DejaVu Sans is not installed")


def _text(content: bytes) -> tuple[str, str]:
    (document,) = read_content(content, "page.pdf")
    return " ".join(clause.text for _, clause in document.clauses()), document.language


@needs_font
@pytest.mark.parametrize(("line", "language"), [(FRENCH, "fr"), (SPANISH, "es"), (RUSSIAN, "ru")])
def test_accents_and_cyrillic(line: str, language: str) -> None:
    text, found = _text(making.pdf_in_script([line, line]))
    assert text == f"{line} {line}"
    assert found == language


def test_chinese_has_no_spaces_where_lines_end() -> None:
    out = io.BytesIO()
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(out, pagesize=A4)
    canvas.setFont("STSong-Light", 12)
    for place, line in enumerate(CHINESE):
        canvas.drawString(72, 780 - 15 * place, line)
    canvas.save()
    text, language = _text(out.getvalue())
    assert text == "".join(CHINESE)
    assert language == "zh"


@needs_font
def test_arabic_set_in_shapes_and_from_the_right_reads_in_order() -> None:
    reshaper = pytest.importorskip("arabic_reshaper")
    bidi = pytest.importorskip("bidi.algorithm")
    lines = [bidi.get_display(reshaper.reshape(line)) for line in ARABIC]
    text, language = _text(making.pdf_in_script(lines))
    assert text == " ".join(ARABIC)
    assert language == "ar"


def test_letter_shapes_become_letters_and_marks_find_their_letter() -> None:
    assert clean("\ufedf\ufe98\ufed0\ufef4\ufeae") == "لتغير"
    assert clean("e\ufb03cient") == "efficient"
    assert clean("10 m² and CO₂") == "10 m² and CO₂"
    assert clean("气候变化 应对") == "气候变化应对"
    assert tidy_arabic("الـهـدف") == "الهدف"
    assert tidy_arabic("عام2035 سنوياً") == "عام 2035 سنوياً"


def test_the_library_page_of_kuwait_reads_in_order_but_its_letters_are_not_trusted(
    shared: Path,
) -> None:
    path = shared / "real" / "policy_pdfs" / "KWT_Kuwait_INDC_Arabic.pdf"
    content = path.read_bytes()
    text = " ".join(
        line.text for page in reordered(content, read_lines(content)) for line in page.lines
    )
    assert "اتفاقية الأمم المتحدة الإطارية لتغير المناخ" in tidy_arabic(clean(text))
    # Its font map loses letters: pages that show it condemn the others, which only hide it.
    with pytest.raises(GarbledText):
        read_content(content, path.name)
