"""The check of five drafts finds what it is for: a changed quotation, a note to nowhere, a void."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.advice.drafting.draft import Brief, Draft, Nature
from assistant.advice.drafting.exporting import docx
from assistant.advice.drafting.kinds import DraftKind
from assistant.advice.drafting.writing import draft
from assistant.advisor import Advisor
from corpus.shelf.register import State
from evals.benches.five_drafts import BRIEFS, check, footnotes, render, run
from tests.assistant.tiny import tiny_advisor, tiny_settings


@pytest.fixture
def advisor(tmp_path: Path) -> Advisor:
    return tiny_advisor(tiny_settings(tmp_path))


@pytest.fixture
def version(advisor: Advisor) -> Draft:
    made = draft(Brief(kind=DraftKind.BRIEFING_NOTE, topic="lanterns in harbours"), advisor)
    assert any(s.nature is Nature.QUOTE for section in made.sections for s in section.sentences)
    return made


def test_a_draft_as_it_is_made_is_fit(advisor: Advisor, version: Draft) -> None:
    word = docx(version, advisor)
    found = check(version, word, advisor)
    assert found.fit
    assert found.footnotes == len(list(footnotes(word))) > 0


def test_a_quotation_that_was_changed_is_found(advisor: Advisor, version: Draft) -> None:
    word = docx(version, advisor)
    section = next(s for s in version.sections if any(x.source for x in s.sentences))
    changed = tuple(
        s.model_copy(update={"text": s.text.replace("lantern", "candle")})
        for s in section.sentences
    )
    found = check(version.having(section.key, changed), word, advisor)
    assert found.unborne
    assert not found.fit


def test_a_footnote_that_leads_nowhere_is_found(advisor: Advisor, version: Draft) -> None:
    word = docx(version, advisor)
    advisor.shelf.set_state("pp-res-900@2030", State.WITHDRAWN, "test")
    found = check(version, word, advisor)
    assert found.unresolved
    assert not found.fit


def test_a_heading_over_nothing_and_a_sentence_without_note_are_found(
    advisor: Advisor, version: Draft
) -> None:
    whole = docx(version, advisor)
    key = next(s.key for s in version.sections if any(x.source for x in s.sentences))
    emptied = version.having(key, ())
    assert check(emptied, docx(emptied, advisor), advisor).empty
    assert not check(version, docx(emptied, advisor), advisor).fit  # notes are missing
    assert check(version, whole, advisor).fit


def test_five_kinds_are_made_and_kept(advisor: Advisor, tmp_path: Path) -> None:
    assert len({brief.kind for brief in BRIEFS}) == 5
    found = run(advisor, folder=tmp_path / "five")
    assert [one.fit for one in found.drafts] == [True] * 5
    assert len(list((tmp_path / "five").glob("*.docx"))) == 5
    assert render(found).count("| yes |") == 5
