"""Answers as a typesetter of each language would have them: marks, slant, direction, no English."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from docx import Document as WordDocument

from assistant import phrases
from assistant.answers import Answer, Citation, Claim, Row, Status, Table
from assistant.asking.standing import sentences
from assistant.records.conversations import StoredTurn
from assistant.rendering.exports import docx
from assistant.turn import Tools
from corpus.shelf.starter import packaged_digests
from corpus.shelf.translations import LANGUAGES as TRANSLATED
from tests.assistant.tiny import tiny_advisor, tiny_settings

TEXT = {"ar": "يتعين على المجلس أن ينظر في الأمر.", "zh": "理事会要审议此事。"}


def answered(language: str) -> StoredTurn:
    citation = Citation(
        address="pp-res-900@2030#resolves.1",
        label={"ar": "القرار 900", "zh": "第900号决议"}[language],
        quote=TEXT[language],
        document="pp-res-900@2030",
        title="",
        edition="2030",
        section="",
        is_digest=True,
        language=language,
    )
    claim = Claim(
        text=TEXT[language], addresses=(citation.address,), is_quote=True, language=language
    )
    answer = Answer(
        id="a",
        question="?",
        status=Status.ANSWERED,
        language=language,
        claims=(claim,),
        citations=(citation,),
        table=Table(columns=(TEXT[language],), rows=(Row(name=TEXT[language], cells=((1,),)),)),
    )
    return StoredTurn(
        id="a", conversation="c", number=1, at="2031", question=TEXT[language], answer=answer
    )


def test_each_language_has_its_quotation_marks() -> None:
    said = {language: phrases.quoted(language, "x") for language in phrases.LANGUAGES}
    assert said == {
        "ar": "«x»",
        "en": "“x”",
        "es": "«x»",
        "fr": "«\u00a0x\u00a0»",
        "ru": "«x»",
        "zh": "“x”",
    }


@pytest.mark.parametrize("language", ["ar", "zh"])
def test_a_word_file_slants_no_arabic_or_chinese_and_quotes_as_the_language_does(
    language: str,
) -> None:
    file = WordDocument(io.BytesIO(docx("", [answered(language)], language)))
    assert not file.styles["Quote"].font.italic
    cells = [cell for row in file.tables[0].rows for cell in row.cells if cell.text]
    paragraphs = [*file.paragraphs, *(p for cell in cells for p in cell.paragraphs)]
    assert not any(run.italic for paragraph in paragraphs for run in paragraph.runs)
    assert phrases.quoted(language, TEXT[language]) in cells[-1].text
    remarks = next(p.text for p in file.paragraphs if "@2030" in p.text)
    assert "; " not in remarks


def test_arabic_in_a_table_of_a_word_file_runs_from_the_right_and_is_bold_in_its_own_script() -> (
    None
):
    file = WordDocument(io.BytesIO(docx("", [answered("ar")], "ar")))
    cells = [cell for row in file.tables[0].rows for cell in row.cells if cell.text]
    for paragraph in (p for cell in cells for p in cell.paragraphs):
        assert "w:bidi" in paragraph._p.xml
    assert all(run.font.cs_bold for run in cells[0].paragraphs[0].runs)


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("id", ["dip-albania-2024", "review-albania-2016", "pp-res-205@2018"])
def test_what_the_catalogue_says_is_in_the_askers_language(
    tmp_path: Path, language: str, id: str
) -> None:
    digests = [p.digest.document for p in packaged_digests() if p.digest.document.id == id]
    advisor = tiny_advisor(tiny_settings(tmp_path), tuple(digests))
    tools = Tools(advisor.settings, advisor.shelf, advisor.searcher, advisor.catalogue)
    entry = advisor.catalogue.get(id)
    assert entry
    for sentence, _, fact in sentences(entry, tools, language):
        said = re.sub(r"https?://\S+", "", sentence) + fact
        assert entry.title not in said
        assert not re.search(
            r"\b(published|prepar|listed|edition known|Geneva|June|Rev\.? D)", said
        )


@pytest.mark.parametrize("language", phrases.LANGUAGES)
def test_where_a_text_without_a_number_stands_is_set_apart_from_its_name(
    tmp_path: Path, language: str
) -> None:
    advisor = tiny_advisor(tiny_settings(tmp_path))
    tools = Tools(advisor.settings, advisor.shelf, advisor.searcher, advisor.catalogue)
    entry = advisor.catalogue.get("dip-albania-2024")
    assert entry
    said = next(sentences(entry, tools, language))[0]
    assert re.search(r"2024[^:：]*[:：]", said)
