"""Exports on paper: every citation in them, Arabic and Chinese as their readers write them (P5)."""

from __future__ import annotations

import io
import unicodedata
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pypdf import PdfReader

from assistant.answers import Answer, Citation, Claim, Status
from assistant.records.conversations import StoredTurn
from assistant.rendering import printing
from assistant.rendering.printing import CannotPrint, pdf
from assistant.ui.printed import printed
from tests.assistant.tiny import tiny_advisor, tiny_settings

pytestmark = pytest.mark.skipif(
    not printing._has_font("Arabic", 0x0627), reason="no font with Arabic letters is installed"
)


def turn_in(language: str, question: str, quote: str) -> StoredTurn:
    citation = Citation(
        address="pp-res-900@2030#resolves.2",
        label="Resolution 900 (Portville, 2030), resolves 2",
        quote=quote,
        document="pp-res-900@2030",
        title="Lanterns",
        edition="Portville, 2030",
        section="resolves",
        language=language,
        page=2,
        url="https://www.itu.int/en/lanterns",
    )
    answer = Answer(
        id="a" * 32,
        status=Status.ANSWERED,
        language=language,
        claims=(Claim(text=quote, addresses=(citation.address,), language=language),),
        citations=(citation,),
        question=question,
    )
    return StoredTurn(
        id=answer.id, conversation="c" * 32, number=1, at="2030", question=question, answer=answer
    )


@pytest.mark.parametrize(
    ("language", "question", "quote"),
    [
        ("en", "Which lanterns are reviewed?", "to review lantern standards yearly"),
        ("ar", "ما هي المصابيح التي تُراجع؟", "استعراض معايير المصابيح كل سنة"),
        ("zh", "审查哪些灯笼？", "每年审查灯笼标准"),
        ("ru", "Какие фонари проверяются?", "ежегодно проверять фонари"),
    ],
)
def test_p5_a_pdf_holds_the_words_and_their_citations(
    tmp_path: Path, language: str, question: str, quote: str
) -> None:
    advisor = tiny_advisor(tiny_settings(tmp_path))
    made = pdf(printed(advisor, "", [turn_in(language, question, quote)], language))
    held = PdfReader(io.BytesIO(made))
    root: Any = held.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    document = pypdfium2.PdfDocument(made)
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    flat = "".join(unicodedata.normalize("NFKC", text).split())
    assert "pp-res-900@2030#resolves.2" in flat
    assert "https://www.itu.int/en/lanterns" in flat
    for word in quote.split():
        # Right-to-left words may come back in the order in which they lie on the page.
        bare = unicodedata.normalize("NFKC", word)
        assert bare in flat or bare[::-1] in flat, word
    resources: list[Any] = [page["/Resources"] for page in held.pages]
    fonts = {
        str(font.get_object()["/BaseFont"])
        for resource in resources
        for font in resource["/Font"].values()
    }
    wanted = {"ar": "Arabic", "zh": "CJK"}.get(language, "")
    assert any(wanted in name for name in fonts), fonts


def test_p9_nothing_is_loaded_for_a_printed_page(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("do not print me")
    made = pdf(
        f'<html lang="en"><title>t</title><body><p>seen</p><img src="file://{secret}">'
        f'<link rel="attachment" href="file://{secret}"><style>@import "http://127.0.0.1:1/a.css";'
        "</style></body></html>"
    )
    assert b"do not print me" not in made
    assert not PdfReader(io.BytesIO(made)).attachments


def test_a_missing_font_or_library_is_told_with_its_package(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(printing, "_has_font", lambda script, letter: script != "Chinese")
    with pytest.raises(CannotPrint, match="fonts-noto-cjk"):
        pdf("<p>灯笼</p>")
    assert pdf("<html lang='en'><title>t</title><p>lantern</p></html>").startswith(b"%PDF")
