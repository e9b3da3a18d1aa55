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
from corpus.reading.readers.pdf_rtl import (
    reading_order,
    reordered,
    tidy_arabic,
    with_brackets,
)
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


SEEN = [  # as it stands on paper from left to right, and as it is read
    ("60 ةبسنب 2021 ماع يف", "في عام 2021 بنسبة 60"),
    (".%12.5 ىلإ لصت", "تصل إلى 12.5%."),
    (".31/12/2030 لبق", "قبل 31/12/2030."),
    ("2030-2020 ةرتفلا", "الفترة 2020-2030"),
    (".)ITU-D( ءاضعألا ددع", "عدد الأعضاء (ITU-D)."),
    ("(7 ةداملا) WTDC-22 رارقلا", "القرار WTDC-22 (المادة 7)"),
    ("ةعاسلا WTDC21/44(Rev.1) ةقيثولا", "الوثيقة WTDC21/44(Rev.1) الساعة"),
    ("Mbit/s 100 ةعرسب 5G ةكبش", "شبكة 5G بسرعة 100 Mbit/s"),
    ("Wi-Fi 6 ةينقت", "تقنية Wi-Fi 6"),
    ("«مكيدل ام» (أ :ريدملا لاق", "قال المدير: أ) «ما لديكم»"),
    ("٪٤٠ نم لقأ", "أقل من ٤٠٪"),
    ("Annual report 2024", "Annual report 2024"),
]


@pytest.mark.parametrize(("seen", "said"), SEEN)
def test_a_line_from_the_right_is_read_as_it_was_written(seen: str, said: str) -> None:
    order = reading_order(seen)
    assert sorted(order) == list(range(len(seen)))
    assert with_brackets("".join(seen[n] for n in order)) == said


PAGE = [
    "دليل المنارات",
    "تفتح 25 منارة أبوابها في عام 2041، أي بنسبة 60% من المنارات في 14 مدينة.",
    "يرفع الحارس تقريرا إلى المجلس قبل 31/12/2041 عن عدد الزوار (HARBOUR-D) والميزانية.",
    "تضاء المنارة بزيت كلفته 1,250,000 دولار، والمساحة 12 مترا، انظر «الفقرة 3» [الملحق أ].",
]


@needs_font
def test_figures_of_an_arabic_page_stand_where_they_were_written() -> None:
    weasyprint = pytest.importorskip("weasyprint")
    page = "".join(f"<p>{line}</p>" for line in PAGE[1:])
    html = (
        "<html dir=rtl lang=ar><style>body{font-family:'DejaVu Sans';font-size:12pt}</style>"
        f"<h1>{PAGE[0]}</h1>{page}</html>"
    )
    (document,) = read_content(weasyprint.HTML(string=html).write_pdf(), "page.pdf")
    assert document.title == PAGE[0]
    assert " ".join(clause.text for _, clause in document.clauses()) == " ".join(PAGE[1:])


def test_what_a_browser_prints_around_a_page_is_not_its_text() -> None:
    rows = [(text, 11.0, False) for text in (FRENCH, "", "https://lamps.example/a.html 1/1")]
    top = [("5/3/41, 9:27 PM Les lampes", 8.0, False), ("", 30.0, False)]
    text, _ = _text(making.pdf([[*top, *rows[:2], *[("", 40.0, False)] * 14, rows[2]]]))
    assert text == FRENCH


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
