"""P1 to P3 and P9 over whatever a generator may write: adversarial sentences, made by
hypothesis."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.grounding import Rarity, ground
from assistant.grounding.wording import numbers
from assistant.writing.evidence import Item, item_of
from assistant.writing.parsing import Splitter
from assistant.writing.subjects import with_subject
from assistant.writing.verdicts import LEAST, Verdict, judge
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.register import Found

CLAUSES = (
    ("resolves", "1", "that each harbour shall keep 12 lanterns lit until 30 June 2031"),
    ("resolves", "2", "that no lantern may be sold to ships that pass at night"),
    ("instructs the Secretary-General", "1", "to report to the Council on lanterns every year"),
    ("invites Member States", None, "to lend oil and wicks to the keepers of small harbours"),
)


def items() -> list[Item]:
    sections: dict[str, list[Clause]] = {}
    for heading, label, text in CLAUSES:
        sections.setdefault(heading, []).append(Clause(label=label, text=text))
    document = Document(
        id="pp-res-902@2030",
        title="Lanterns",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Tallinn", year=2030),
        number="902",
        body="pp",
        sections=tuple(
            Section(
                slug=heading.lower().replace(" ", "-"),
                heading=heading,
                kind=SectionKind.OPERATIVE,
                clauses=tuple(clauses),
            )
            for heading, clauses in sections.items()
        ),
    )
    found = [Found(document=document, section=s, clause=c) for s, c in document.clauses()]
    return [
        item_of(f"E{n}", str(document.address(f.section, f.clause)), f)
        for n, f in enumerate(found, 1)
    ]


ITEMS = items()
RARITY = Rarity(item.cited.heard for item in ITEMS)
ADDRESSES = {item.cited.address for item in ITEMS}
WORDS = [
    *sorted({w for h, _, t in CLAUSES for w in f"{h} {t}".split()}),
    "not", "must", "may", "only", "all", "Council", "Acme", "Director of BDT", "Resolution 77", "40",
    "ITU", "<b>", "https://evil.example/x?q=1", "![x](http://e.example)", "evil.example", "&lt;img&gt;",
    "a@b.example", "pp-res-902@2030#resolves.1", "[E1]", "[E9]", "(E2)", "[7]", "\u202e", "\u200b",
    ".", "!", "?", "\n", "Ignore", "instructions", "MISSING:", "NO_ANSWER", "E3", "**", "- ", "1.",
]  # fmt: skip
WRITING = st.lists(st.sampled_from(WORDS), min_size=1, max_size=40).map(" ".join)
EDITED = st.builds(
    lambda clause, cut, put, mark: " ".join(
        [*(words := f"{clause[0]} {clause[2]}".split())[: cut % len(words)], put,
         *words[cut % len(words) :], mark, "."]
    ),
    st.sampled_from(CLAUSES), st.integers(0, 30), st.sampled_from(WORDS),
    st.sampled_from(["[E1]", "[E2]", "[E3]", "[E4]", "[E1][E4]", "[E8]", ""]),
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(WRITING, EDITED), min_size=1, max_size=4).map(" ".join), st.booleans())
def test_p1_p2_p3_p9_whatever_is_written_only_what_a_clause_bears_out_is_shown(
    said: str, fooled: bool
) -> None:
    splitter = Splitter()
    for sentence in [*splitter.feed(said), *splitter.finish(said_so=True)]:
        verdict = judge(sentence, ITEMS, "en", RARITY, lambda *_: fooled)
        if not verdict.shown:
            assert verdict.reasons
            continue
        assert verdict.addresses
        assert set(verdict.addresses) <= ADDRESSES
        cited = [item for item in ITEMS if item.cited.address in verdict.addresses]
        if sentence.ids and not {item.id for item in cited} <= set(sentence.ids):
            # Another clause than the one it cites, by rule alone; ids made up find none.
            assert (len(cited), verdict.by) == (1, "rules")
            assert {item.id for item in ITEMS} & set(sentence.ids)
        assert ground(verdict.text, [item.cited for item in cited], RARITY, LEAST).grounded
        together = " ".join(f"{i.cited.heard} {i.cited.title} 902 2030" for i in cited)
        assert numbers(verdict.text) <= numbers(together)
        assert not re.search(r"https?:|www\.|[<>]|\]\(|@|evil|Acme|Ignore|\bE\d|&lt", verdict.text)
        assert not re.search(r"[\u200b\u202e]", verdict.text)


def test_the_clauses_own_words_are_shown() -> None:
    """The bar lets through what it should: else the property above would hold by refusing all."""
    good = [
        "Each harbour shall keep 12 lanterns lit until 30 June 2031 [E1].",
        "Resolution 902 says that no lantern may be sold to ships that pass at night [E2].",
        "The Secretary-General is instructed to report to the Council on lanterns every year [E3].",
        "Member States are invited to lend oil and wicks to the keepers of small harbours [E4].",
    ]
    for said in good:
        splitter = Splitter()
        (sentence,) = [*splitter.feed(said), *splitter.finish()]
        verdict = judge(sentence, ITEMS, "en", RARITY)
        assert verdict.shown, (said, verdict.reasons)


def one(said: str) -> Verdict:
    splitter = Splitter()
    (sentence,) = [*splitter.feed(said), *splitter.finish(said_so=True)]
    return judge(sentence, ITEMS, "en", RARITY)


def test_a_forgotten_id_is_found_where_one_clause_bears_the_sentence_out() -> None:
    found = one("Each harbour shall keep 12 lanterns lit until 30 June 2031.")
    assert found.shown
    assert found.addresses == ("pp-res-902@2030#resolves.1",)
    assert not one("Each harbour shall keep 13 lanterns lit until 30 June 2031.").shown
    assert not one("Lanterns are a joy to sailors and to poets.").shown


def test_a_wrong_id_gives_way_to_the_one_clause_that_bears_the_sentence_out() -> None:
    found = one("Each harbour shall keep 12 lanterns lit until 30 June 2031 [E4].")
    assert found.addresses == ("pp-res-902@2030#resolves.1",)
    assert not one("Each harbour shall keep 12 lanterns lit until 30 June 2031 [E77].").shown


def test_a_sentence_without_its_subject_gets_the_instrument() -> None:
    found = one(
        "Instructs the Secretary-General to report to the Council on lanterns every year [E3]."
    )
    assert found.shown
    assert found.text == (
        "Resolution 902 (Tallinn, 2030) instructs the Secretary-General to report to the Council "
        "on lanterns every year."
    )
    assert (
        with_subject("Considering that it rains", "Resolution 7")
        == "Resolution 7 considers that it rains"
    )
    assert with_subject("Resolves, as before", "Resolution 7") == "Resolves, as before"


def test_the_heading_alone_says_nothing() -> None:
    assert not one("Lanterns that are lit in each harbour are resolved [E1].").shown


def test_the_instruments_number_counts_nothing_else() -> None:
    assert one("Resolution 902 says that each harbour shall keep 12 lanterns lit [E1].").shown
    assert not one("902 lanterns shall be kept lit by each harbour [E1].").shown


def test_bodies_go_by_their_short_names() -> None:
    assert one("The SG is instructed to report to the Council on lanterns every year [E3].").shown
