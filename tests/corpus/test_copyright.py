"""No sentence of the official texts stands in this repository.

A run of eight words that also stands in the Final Acts is taken for a copied sentence, unless it
lies wholly inside a name: the title of an instrument (or of another edition of it, from the
catalogue), its citation ('Resolution 17 (Rev. Buenos Aires, 2017) of WTDC') or a section heading,
which addresses are made of. Names are facts, not text.
"""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from corpus.shelf.catalogue import Catalogue
from tests.conftest import ROOT

RUN = 8
# Proper names of eight words or more that are neither titles nor headings: WSIS Action Line C5.
TERMS = ("Building confidence and security in the use of ICTs",)
_URL = re.compile(r"https?://[^\s)\"'>]+|\b[a-z]+(?:-[a-z0-9]+)+@\d{4}#[\w.-]+")
"""Links, and addresses of clauses: a heading with its label is a name, too."""


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def runs(tokens: Sequence[str]) -> Iterable[tuple[int, tuple[str, ...]]]:
    for start in range(len(tokens) - RUN + 1):
        yield start, tuple(tokens[start : start + RUN])


class Names:
    """Titles and headings, found in a list of words."""

    def __init__(self, names: Iterable[str]) -> None:
        self._by_first: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
        for name in names:
            tokens = tuple(words(name))
            if len(tokens) >= RUN:
                self._by_first.setdefault(tokens[:3], set()).add(tokens)

    def covered(self, tokens: Sequence[str]) -> set[int]:
        """Positions of the words that belong to a whole name."""
        found: set[int] = set()
        for start in range(len(tokens)):
            for name in self._by_first.get(tuple(tokens[start : start + 3]), ()):
                if tuple(tokens[start : start + len(name)]) == name:
                    found.update(range(start, start + len(name)))
        return found


def copied(text: str, official: set[tuple[str, ...]], names: Names) -> list[str]:
    """Runs of eight words of `text` that stand in the official texts and lie in no name."""
    tokens = words(_URL.sub(" | ", text))
    covered = names.covered(tokens)
    return [
        " ".join(run)
        for start, run in runs(tokens)
        if run in official and not covered.issuperset(range(start, start + RUN))
    ]


def tracked(root: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, text=True
    )
    return [root / name for name in listed.stdout.split("\0") if name and (root / name).is_file()]


@pytest.fixture(scope="module")
def final_acts(shared: Path) -> list[dict[str, str]]:
    lines = (shared / "itu" / "pp18_clauses.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def known_names(final_acts: list[dict[str, str]]) -> list[str]:
    long = "information and communication technology"
    found = list(TERMS)
    for row in final_acts:
        found += [row["title"], row["title"].replace(long, "ICT"), row["section_title"]]
    bodies = {"wtdc": ("WTDC", "the World Telecommunication Development Conference")}
    for entry in Catalogue.load():
        found.append(entry.title)
        if entry.number:
            cited = f"{entry.kind.value} {entry.number} ({entry.edition}) of "
            found += [cited + body for body in bodies.get(entry.body or "", ())]
            found.append(cited + "the Plenipotentiary Conference")
    return found


@pytest.mark.shared
def test_no_sentence_of_the_official_texts_is_in_the_repository(
    final_acts: list[dict[str, str]],
) -> None:
    official = {
        run
        for row in final_acts
        for text in (row["text"], *row["footnotes"])
        for _, run in runs(words(text))
    }
    names = Names(known_names(final_acts))
    try:
        files = tracked(ROOT)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout, so there are no tracked files to look through")
    found = {}
    for file in files:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # pictures and other binaries hold no sentence to compare
        if hits := copied(text, official, names):
            found[str(file.relative_to(ROOT))] = hits[:5]
    assert found == {}, found


def test_a_copied_sentence_is_seen_and_a_name_is_not() -> None:
    sentence = "to feed the harbour pigeons every morning before the first ferry leaves the quay"
    title = "Feeding of the harbour pigeons and other birds of the northern quays"
    official = {run for text in (sentence, f"recalls {title}") for _, run in runs(words(text))}
    names = Names([title])
    assert copied(f"# As agreed: {sentence.upper()}!", official, names)
    assert copied("feed the harbour pigeons every morning before the", official, names)
    assert not copied("feed the harbour pigeons every morning, later", official, names)
    assert not copied(f"title: {title}", official, names)
    assert copied(f"recalls {title}", official, names), "a name with a word of the text around it"
