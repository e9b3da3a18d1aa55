"""Every example question that the screens, the README, /docs and --help show is answered, in all
six languages, with the clauses it was written for.

Over a copy of the starter corpus, indexed with the packaged model once for the run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from assistant.advisor import Advisor
from assistant.answers import Status
from assistant.api.needs import Question
from assistant.phrases import LANGUAGES, say
from assistant.settings import Settings

# Another worker may be making the index that is waited for.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).resolve().parents[3]
SECRETARY = "pp-res-205@2018#instructs-the-secretary-general.4"  # pragma: allowlist secret
SCREEN = {
    "ui-example-1": (SECRETARY,),
    "ui-example-2": ("pp-res-205@2018#invites-member-states",),
    "ui-example-3": ("itu-innovation-mandate#", "pp-res-205@2018#", "wtdc-res-90@2022#"),
    "ui-example-4": ("itu-innovation-framework#the-seven-pillars.",),
}
CARD = {
    "help-overview": ("pp-res-205@2018#resolves.1",),
    "help-list": ("pp-res-198@2018#",),
    "help-compare": ("dip-albania-2024#",),
    "help-standing": ("pp-res-205@2018",),
    "help-draft": ("pp-res-", "prog-", "toolkit-"),
    "help-opening": (
        "pp-res-205@2018#instructs-the-director-of-the-telecommunication-development",
    ),
}
"""Phrase -> what one of the citations of its example begins with."""

_QUOTED = re.compile(r"[“«„]\s*(.+?)\s*[”»]")


@pytest.fixture(scope="module")
def advisor(starter: Path, tmp_path_factory: pytest.TempPathFactory) -> Advisor:
    home = copytree(starter, tmp_path_factory.mktemp("examples") / "home")
    return Advisor.open(Settings(data_dir=home))


def shown() -> Iterator[Any]:
    for language in LANGUAGES:
        for key, wanted in SCREEN.items():
            yield pytest.param(say(language, key), language, wanted, id=f"{key}-{language}")
        for key, wanted in CARD.items():
            example = _QUOTED.search(say(language, key))
            assert example, (key, language)
            yield pytest.param(example[1], language, wanted, id=f"{key}-{language}")
        section = say(
            language,
            "ui-follow-section",
            instrument=say(language, "instrument-res", number="205"),
            section="resolves",
        )
        yield pytest.param(
            section,
            language,
            ("pp-res-205@2018#",),
            id=f"follow-{language}",
        )
    readme = re.search(r'advisor ask "([^"]+)"', (ROOT / "README.md").read_text("utf-8"))
    assert readme
    yield pytest.param(readme[1], "en", (SECRETARY,), id="readme")
    help_text = (ROOT / "assistant/cli/models.py").read_text("utf-8")
    start_ups = re.search(r'advisor ask "([^"]+)"', help_text)
    assert start_ups
    yield pytest.param(start_ups[1], "en", ("pp-res-", "prog-"), id="help")
    examples: Any = Question.model_config["json_schema_extra"]
    first = examples["examples"][0]["question"]
    yield pytest.param(first, "en", (SECRETARY,), id="docs")


@pytest.mark.parametrize(("question", "language", "wanted"), list(shown()))
def test_what_is_shown_as_an_example_is_answered(
    advisor: Advisor, question: str, language: str, wanted: tuple[str, ...]
) -> None:
    answer = advisor.ask(question, page_language=language)
    assert answer.status in (Status.ANSWERED, Status.PARTLY_ANSWERED), question
    assert answer.language == language
    assert any(c.address.startswith(wanted) for c in answer.citations), question
