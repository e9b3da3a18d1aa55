"""Judgements, runs and comparisons, on answers made here."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answers import Answer, Citation, Claim, Status
from evals.suites.comparing import Verdict, compare
from evals.suites.metrics import Judgement, citation_counts, judge
from evals.suites.running import BadRun, load_run, run_suite
from evals.suites.suite import Item, Nugget, Suite
from tests.evals.stored import held

CLAUSES = {
    "pp-res-900@2030#resolves.1": "to lend every village library one radio a year",
    "pp-res-900@2030#resolves.2": "that the Secretary-General report to the Council each spring",
    "pp-res-901@2030#noting.a": "that lighthouses are cheaper by the sea",
}
ITEM = Item(
    id="A",
    turns=("Who reports, and when?",),
    gold=("pp-res-900@2030#resolves.2",),
    also=("pp-res-901@2030#noting.a",),
    nuggets=(Nugget(text="The Secretary-General reports every spring"),),
)


def quoting(*addresses: str, status: Status = Status.ANSWERED, text: str | None = None) -> Answer:
    claims = tuple(Claim(text=text or CLAUSES[a], addresses=(a,)) for a in addresses)
    citations = tuple(
        Citation(address=a, label=a, quote="", document=a, title="", edition="", section="")
        for a in addresses
    )
    return Answer(id="1", status=status, language="en", claims=claims, citations=citations)


def test_the_right_clause_quoted_whole_is_right_in_every_figure() -> None:
    found = judge(ITEM, quoting("pp-res-900@2030#resolves.2"), held(CLAUSES))
    assert found.status_right == found.citation_precision == found.citation_recall == 1
    assert found.quotes_exact == found.vital == found.language_right == found.cited == 1
    assert found.refused == 0


def test_another_clause_scores_nothing_though_the_document_is_right() -> None:
    found = judge(ITEM, quoting("pp-res-900@2030#resolves.1"), held(CLAUSES))
    assert (found.citation_precision, found.citation_recall) == (0, 0)
    assert found.document_recall == 1
    assert found.vital == 0


def test_a_fact_that_stands_in_the_heading_counts_as_said() -> None:
    bureau = "instructs-the-director-of-the-telecommunication-{}-bureau"
    right = f"pp-res-902@2030#{bureau.format('development')}.1"
    wrong = f"pp-res-902@2030#{bureau.format('standardization')}.1"
    clauses = {right: "to open a school for keepers", wrong: "to open a school for keepers"}
    item = ITEM.model_copy(
        update={"gold": (right,), "also": (), "nuggets": (Nugget(text="The Director of BDT"),)}
    )
    text = clauses[right]
    assert judge(item, quoting(right, text=text), held(clauses)).vital == 1
    assert judge(item, quoting(wrong, text=text), held(clauses)).vital == 0


def test_the_number_of_an_instrument_counts_as_said_and_another_number_does_not() -> None:
    item = ITEM.model_copy(update={"nuggets": (Nugget(text="Resolution 900 (Tallinn, 2030)"),)})
    assert judge(item, quoting("pp-res-900@2030#resolves.1"), held(CLAUSES)).vital == 1
    assert judge(item, quoting("pp-res-901@2030#noting.a"), held(CLAUSES)).vital == 0


def test_words_only_an_alternative_holds_are_not_asked_of_an_answer_with_all_the_gold() -> None:
    item = ITEM.model_copy(
        update={"nuggets": (Nugget(text="The Council hears a report; lighthouses are cheaper"),)}
    )
    assert judge(item, quoting("pp-res-900@2030#resolves.2"), held(CLAUSES)).vital == 1


def test_an_acceptable_alternative_stands_in_for_a_missing_clause() -> None:
    assert citation_counts(["b"], ["a"], ["b"]) == (1, 1)
    assert citation_counts(["a", "b"], ["a"], ["b"]) == (1, 1)
    assert citation_counts(["b", "x"], ["a", "c"], ["b"]) == (0.5, 0.5)


@given(
    st.lists(st.sampled_from("abcdef")),
    st.lists(st.sampled_from("abc"), min_size=1),
    st.lists(st.sampled_from("cdef")),
)
def test_precision_and_recall_stay_in_bounds(
    cited: list[str], gold: list[str], also: list[str]
) -> None:
    precision, recall = citation_counts(cited, gold, also)
    assert 0 <= precision <= 1
    assert 0 <= recall <= 1
    assert citation_counts([*cited, *gold], gold, also)[1] == 1


def test_a_quotation_that_is_not_word_for_word_is_found_out() -> None:
    address = "pp-res-900@2030#resolves.2"
    changed = judge(ITEM, quoting(address, text="that the Council report"), held(CLAUSES))
    shortened = judge(ITEM, quoting(address, text="that the … each spring"), held(CLAUSES))
    assert changed.quotes_exact == 0
    assert shortened.quotes_exact == 1


def test_a_quotation_of_a_translation_is_compared_with_it_and_says_what_its_original_says() -> None:
    address = "pp-res-900@2030#resolves.2"
    french = "le Secrétaire général fait rapport au Conseil à chaque printemps"
    lookup = held(CLAUSES, fr={address: french})

    def judged(text: str, language: str = "fr") -> Judgement:
        claim = Claim(text=text, addresses=(address,), language=language)
        return judge(ITEM, quoting(address).model_copy(update={"claims": (claim,)}), lookup)

    whole = judged(french)
    assert (whole.quotes_exact, whole.grounded, whole.vital) == (1, 1, 1)
    # A word left out; the translation said to be English; the English said to be French.
    for text, language in (
        (french.replace("rapport ", ""), "fr"),
        (french, "en"),
        (CLAUSES[address], "fr"),
    ):
        wrong = judged(text, language)
        assert (wrong.quotes_exact, wrong.grounded) == (0, 0)
    assert judged(french.partition(" au ")[0]).vital == 0


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("Adopted or published: Dubai, 2018.", 1),
        ("Adopted or published: Dubai, 2014.", 0),
        ("Its text is not held here.", 1),
    ],
)
def test_a_fact_of_the_catalogue_is_compared_with_the_catalogue(said: str, right: float) -> None:
    document = "pp-res-205@2018"
    answer = quoting(document, text=said)
    facts = {
        "claims": (Claim(text=said, addresses=(document,), is_quote=False),),
        "citations": tuple(c.model_copy(update={"is_catalogue": True}) for c in answer.citations),
    }
    assert judge(ITEM, answer.model_copy(update=facts), held(CLAUSES)).grounded == right
    # Only a citation that says that it is the catalogue's is taken for one.
    assert judge(ITEM, answer, held(CLAUSES)).grounded == 0


def test_a_false_premise_is_right_when_refused_or_corrected() -> None:
    item = ITEM.model_copy(update={"answerable": False, "type": "false_premise"})
    assert judge(item, quoting("pp-res-900@2030#resolves.2"), held(CLAUSES)).status_right == 1
    assert judge(item, quoting(status=Status.NOT_IN_DOCUMENTS), held(CLAUSES)).status_right == 1
    assert judge(item, quoting("pp-res-900@2030#resolves.1"), held(CLAUSES)).status_right == 0


def test_citing_what_must_never_be_cited_is_not_clean() -> None:
    item = ITEM.model_copy(update={"never": ("pp-res-901@2030",)})
    assert judge(item, quoting("pp-res-901@2030#noting.a"), held(CLAUSES)).clean == 0
    assert judge(item, quoting("pp-res-900@2030#resolves.2"), held(CLAUSES)).clean == 1


class Fixed:
    """A system that cites one clause for every question, and fails on some."""

    def __init__(self, name: str, address: str, fails_on: str = "") -> None:
        self.name, self.address, self.fails_on = name, address, fails_on
        self.asked = 0

    def describe(self) -> dict[str, object]:
        return {"system": self.name}

    def answer(self, item: Item) -> Answer:
        self.asked += 1
        if item.id == self.fails_on:
            raise RuntimeError("broken")
        return quoting(self.address)


def suite(count: int = 30) -> Suite:
    items = tuple(ITEM.model_copy(update={"id": f"I{n}"}) for n in range(count))
    return Suite(name="s", title="S", items=items)


def test_one_bad_item_never_stops_the_run_and_counts_as_nothing(tmp_path: Path) -> None:
    system = Fixed("f", "pp-res-900@2030#resolves.2", fails_on="I3")
    run = run_suite(suite(5), system, held(CLAUSES), tmp_path / "r", parallel=2)
    assert [r.item.id for r in run.results] == ["I0", "I1", "I2", "I3", "I4"]
    assert run.results[3].error == "RuntimeError"
    assert run.values("citation_recall") == {"I0": 1, "I1": 1, "I2": 1, "I3": 0, "I4": 1}


def test_a_run_cut_short_goes_on_to_the_same_figures(tmp_path: Path) -> None:
    whole = run_suite(
        suite(6), Fixed("f", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "a"
    )
    run_suite(suite(6), Fixed("f", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "b")
    lines = (tmp_path / "b" / "items.jsonl").read_text().splitlines()
    (tmp_path / "b" / "items.jsonl").write_text("\n".join(lines[:3]) + "\n" + lines[3][:40])
    system = Fixed("f", "pp-res-900@2030#resolves.2")
    resumed = run_suite(suite(6), system, held(CLAUSES), tmp_path / "b")
    assert system.asked == 3
    assert resumed.values("citation_recall") == whole.values("citation_recall")
    assert load_run(tmp_path / "b").results == resumed.results


def test_a_run_of_another_system_is_not_mixed_in(tmp_path: Path) -> None:
    run_suite(suite(2), Fixed("f", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "r")
    with pytest.raises(BadRun):
        run_suite(suite(2), Fixed("g", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "r")


def test_a_real_difference_is_told_from_none(tmp_path: Path) -> None:
    good = run_suite(
        suite(), Fixed("good", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "g"
    )
    bad = run_suite(
        suite(), Fixed("bad", "pp-res-900@2030#resolves.1"), held(CLAUSES), tmp_path / "b"
    )
    (worse,) = compare(good, bad, ("citation_recall",))
    assert worse.verdict is Verdict.WORSE
    assert len(worse.flipped) == 30
    (same,) = compare(good, good, ("citation_recall",))
    assert same.verdict is Verdict.NONE_SHOWN
    other = run_suite(
        suite(3), Fixed("o", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "o"
    )
    with pytest.raises(BadRun):
        compare(good, other, ("citation_recall",))


def test_what_flipped_stands_side_by_side(tmp_path: Path) -> None:
    from evals.report.side_by_side import as_html, flipped

    two = suite(2)
    good = run_suite(
        two, Fixed("g", "pp-res-900@2030#resolves.2"), held(CLAUSES), tmp_path / "good"
    )
    bad = run_suite(two, Fixed("b", "pp-res-900@2030#resolves.1"), held(CLAUSES), tmp_path / "bad")
    found = compare(good, bad, ("citation_recall", "vital"))
    first, second = flipped(good, bad, found)
    assert {first.item.id, second.item.id} == {"I0", "I1"}
    assert first.worse
    assert first.figures == ("citation_recall", "vital")
    page = as_html(good, bad, found)
    assert "lend every village" in page
    assert "report to the Council" in page
    assert not flipped(good, good, compare(good, good, ("vital",)))
