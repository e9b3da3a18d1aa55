"""Two editions side by side: added, removed, reworded, renumbered, unchanged."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.differences import PieceKind, word_difference
from corpus.shelf.editions import (
    Change,
    ChangeKind,
    EditionComparison,
    NotComparable,
    OnlyDigests,
    compare,
)

OLD_TEXTS = {
    "1": "to keep a lamp burning in every lighthouse from dusk until dawn;",
    "2": "to buy whale oil under Resolution 139 (Rev. Guadalajara, 2010) each spring;",
    "3": "to count passing ships and to send the figures to the harbour office;",
    "4": "to train two apprentice keepers a year on each northern island,",
}


def edition(
    year: int, texts: Mapping[Any, str], heading: str = "resolves", language: str = "en"
) -> Document:
    clauses = tuple(Clause(label=label, text=text) for label, text in texts.items())
    section = Section(
        slug=heading.replace(" ", "-").lower(),
        heading=heading,
        kind=SectionKind.OPERATIVE,
        clauses=clauses,
    )
    return Document(
        id=f"pp-res-900@{year}",
        title="Keeping of lighthouses",
        kind=DocumentKind.RESOLUTION,
        number="900",
        body="pp",
        edition=Edition(place="Busan" if year < 2018 else "Dubai", year=year),
        language=language,
        sections=(section,),
    )


def old() -> Document:
    return edition(2014, dict(OLD_TEXTS))


def by_old(comparison: EditionComparison) -> dict[str, Change]:
    return {c.old_address.split(".")[-1]: c for c in comparison.changes if c.old_address}


def test_the_same_text_is_unchanged() -> None:
    again = compare(old(), edition(2018, dict(OLD_TEXTS)))
    assert again.counts["unchanged"] == 4
    assert sum(again.counts.values()) == 4
    assert "0 reworded" in again.text()


def test_every_sort_of_change_is_told_apart() -> None:
    new = edition(
        2018,
        {
            "1": "to invite fishermen to the annual feast of the lanterns;",
            "2": OLD_TEXTS["1"],
            "3": OLD_TEXTS["2"].replace("Guadalajara, 2010", "Dubai, 2018"),
            "4": "to train four apprentice keepers a year on each northern and western island,",
        },
    )
    comparison = compare(old(), new)
    assert comparison.counts == {
        "added": 1,
        "removed": 1,
        "reworded": 2,
        "renumbered": 1,
        "unchanged": 0,
    }
    changes = by_old(comparison)
    assert changes["1"].kind is ChangeKind.RENUMBERED
    assert changes["1"].new_address == "pp-res-900@2018#resolves.2"
    assert changes["2"].kind is ChangeKind.REWORDED
    assert changes["2"].formal, "only the edition of an instrument cited changed"
    assert changes["2"].moved
    assert changes["3"].kind is ChangeKind.REMOVED
    assert changes["4"].kind is ChangeKind.REWORDED
    assert not changes["4"].formal
    assert not changes["4"].moved


def test_changes_come_in_reading_order_with_removals_where_they_stood() -> None:
    new = edition(2018, {"1": OLD_TEXTS["1"], "2": OLD_TEXTS["4"]})
    kinds = [(c.kind.value, (c.old_address or "")[-1]) for c in compare(old(), new).changes]
    assert kinds == [
        ("unchanged", "1"),
        ("removed", "2"),
        ("removed", "3"),
        ("renumbered", "4"),
    ]
    first_gone = edition(2018, {"1": OLD_TEXTS["2"], "2": OLD_TEXTS["3"]})
    kinds = [(c.kind.value, (c.old_address or "")[-1]) for c in compare(old(), first_gone).changes]
    assert kinds[0] == ("removed", "1")
    assert kinds[-1] == ("removed", "4")


def test_the_mark_at_the_end_of_an_item_is_no_change_of_words() -> None:
    new = edition(2018, {**OLD_TEXTS, "4": OLD_TEXTS["4"].rstrip(",") + ";"})
    assert compare(old(), new).counts["unchanged"] == 4


def test_words_under_another_addressee_show_both_headings() -> None:
    told = compare(
        edition(2014, {None: OLD_TEXTS["3"]}, "invites Member States"),
        edition(2018, {None: OLD_TEXTS["3"]}, "instructs the ITU Council"),
    )
    (change,) = told.changes
    assert change.kind is ChangeKind.RENUMBERED
    assert change.moved
    assert (change.old_heading, change.new_heading) == (
        "invites Member States",
        "instructs the ITU Council",
    )


def test_a_readable_difference_marks_the_words() -> None:
    new = edition(2018, {**OLD_TEXTS, "1": OLD_TEXTS["1"].replace("dusk until", "noon to")})
    comparison = compare(old(), new)
    assert "[-dusk until-]" in comparison.text()
    assert "{+noon to+}" in comparison.text()
    assert OLD_TEXTS["3"] not in comparison.text()
    assert OLD_TEXTS["3"] in comparison.text(unchanged=True)


@given(st.text(max_size=120), st.text(max_size=120))
def test_a_word_difference_gives_both_texts_back(left: str, right: str) -> None:
    pieces = word_difference(left, right)
    kept = {PieceKind.SAME, PieceKind.DELETED}
    assert "".join(piece.text for piece in pieces if piece.kind in kept) == left
    kept = {PieceKind.SAME, PieceKind.INSERTED}
    assert "".join(piece.text for piece in pieces if piece.kind in kept) == right


def test_chinese_clauses_are_aligned_without_spaces() -> None:
    before = edition(
        2014, {"1": "灯塔看守人应每晚点亮灯塔", "2": "理事会应每年审议鲸油价格"}, language="zh"
    )
    after = edition(
        2018, {"1": "理事会应每两年审议鲸油价格", "2": "灯塔看守人应每晚点亮灯塔"}, language="zh"
    )
    changes = by_old(compare(before, after))
    assert changes["1"].kind is ChangeKind.RENUMBERED
    assert changes["2"].kind is ChangeKind.REWORDED
    assert changes["2"].new_address == "pp-res-900@2018#resolves.1"


def test_two_languages_are_not_compared() -> None:
    with pytest.raises(NotComparable, match="one language"):
        compare(old(), edition(2018, dict(OLD_TEXTS), language="fr"))


def test_digests_are_never_told_as_changes_of_law() -> None:
    new = edition(2018, dict(OLD_TEXTS))
    for pair in ((old(), new), (new, old())):
        for digest in (0, 1):
            documents = list(pair)
            documents[digest] = documents[digest].model_copy(update={"is_digest": True})
            with pytest.raises(OnlyDigests, match="digest is held of"):
                compare(*documents)


def test_a_proposal_in_the_comparison_is_said() -> None:
    proposed = edition(2018, dict(OLD_TEXTS)).model_copy(update={"id": "pp-res-900@2018p"})
    (note,) = compare(old(), proposed).notes
    assert "proposed, not decided" in note
    assert compare(old(), edition(2018, dict(OLD_TEXTS))).notes == ()


def test_every_clause_of_both_editions_is_told_once() -> None:
    new = edition(2018, {"1": OLD_TEXTS["4"], "2": "to rest on Sundays;", "3": OLD_TEXTS["1"]})
    comparison = compare(old(), new)
    olds = [c.old_address for c in comparison.changes if c.old_address]
    news = [c.new_address for c in comparison.changes if c.new_address]
    assert sorted(olds) == sorted(str(old().address(s, c)) for s, c in old().clauses())
    assert sorted(news) == sorted(str(new.address(s, c)) for s, c in new.clauses())


@pytest.mark.shared
def test_real_resolutions_revised_at_random_are_aligned(shared: Path) -> None:
    """Clauses of PP-18 dropped, added, renumbered and reworded (10 to 30 % of the words)."""
    dice = random.Random(3)
    rows: dict[str, dict[str, str]] = {}
    with (shared / "itu" / "pp18_clauses.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row["kind"] != "annex":
                label = f"{row['section']}-{row['label']}"
                rows.setdefault(row["document"], {})[label] = row["text"]
    pool = [text for texts in rows.values() for text in texts.values() if 40 < len(text) < 400]
    vocabulary = " ".join(pool).split()

    def reworded(text: str) -> str:
        words = text.split()
        for _ in range(max(1, int(len(words) * dice.choice([0.1, 0.2, 0.3])))):
            place = dice.randrange(len(words))
            if dice.random() < 0.5:
                words[place] = dice.choice(vocabulary)
            else:
                words.insert(place, dice.choice(vocabulary))
        return " ".join(words)

    right = total = 0
    for texts in rows.values():
        revised: dict[str, str] = {}
        truth: dict[str, str | None] = {}
        for label, text in texts.items():
            if dice.random() < 0.1:
                truth[label] = None
                continue
            if dice.random() < 0.1:
                revised[str(len(revised) + 1)] = dice.choice(pool)
            truth[label] = str(len(revised) + 1)
            revised[str(len(revised) + 1)] = reworded(text) if dice.random() < 0.3 else text
        comparison = compare(edition(2018, texts), edition(2022, revised))
        found = {
            (c.old_address or "").partition(".")[2]: (c.new_address or "").partition(".")[2] or None
            for c in comparison.changes
            if c.old_address
        }
        total += len(truth)
        right += sum(found[label] == place for label, place in truth.items())
    assert total > 2000
    assert right / total > 0.99, f"{right} of {total}"
