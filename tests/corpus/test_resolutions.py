"""Clause structure and repairs, on texts written for these tests."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.documents import DocumentKind, Section, SectionKind
from corpus.grammar.resolutions import Block, parse_resolution
from corpus.grammar.titles import document_id, parse_head

Flat = list[tuple[str, str | None, str]]


def parse(*texts: str | Block, language: str = "en") -> tuple[Section, ...]:
    blocks = [text if isinstance(text, Block) else Block(text=text) for text in texts]
    return parse_resolution(blocks, language)


def flat(sections: tuple[Section, ...]) -> Flat:
    return [(s.slug, clause.label, clause.text) for s in sections for clause in s.clauses]


def repairs(sections: tuple[Section, ...]) -> set[str]:
    return {repair for s in sections for clause in s.clauses for repair in clause.repairs}


CLEAN = (
    "The World Lake Conference (Bergen, 2031),",
    "recalling",
    "a) Resolution 7 (Rev. Bergen, 2031), on harbours;",
    "b) paragraphs 3 to 9 of the Lakes Charter, in particular recognizing d) thereof,",
    "considering",
    "that 12 lakes out of 40 are monitored, taking into account 2 of the rivers,",
    "resolves",
    "1 that 3 stations, 14 boats and 20 divers be provided by 2035;",
    "2 to review the following:",
    "i) water levels, as set out in resolves 1 above;",
    "ii) ice,",
    "instructs the Director of the Lakes Bureau, in consultation with the Secretary-General",
    "1 to act on resolves 2 i) above, invites to tender included;",
    "2 to report to the Council,",
    "invites Member States",
    "to contribute.",
)


def test_clean_text_passes_unchanged() -> None:
    sections = parse(*CLEAN)
    director = (
        "instructs-the-director-of-the-lakes-bureau-in-consultation-with-the-secretary-general"
    )
    assert [(slug, label) for slug, label, _ in flat(sections)] == [
        ("recalling", "a"),
        ("recalling", "b"),
        ("considering", None),
        ("resolves", "1"),
        ("resolves", "2"),
        ("resolves", "2.i"),
        ("resolves", "2.ii"),
        (director, "1"),
        (director, "2"),
        ("invites-member-states", None),
    ]
    said = " ".join(text for _, _, text in flat(sections))
    for block in CLEAN[1:]:
        assert block.split(maxsplit=1)[-1].split(") ")[-1] in said or block in {
            s.heading for s in sections
        }
    assert repairs(sections) == set()
    kinds = [section.kind for section in sections]
    assert kinds == [SectionKind.PREAMBLE] * 2 + [SectionKind.OPERATIVE] * 3


def test_heading_merged_into_the_end_of_a_clause_opens_its_section() -> None:
    sections = parse(
        "resolves",
        "1 to build a quay;",
        "2 to paint it blue, instructs the Harbour Master, with the help of the Pilots",
        "1 to buy paint;",
        "2 to buy brushes.",
    )
    assert flat(sections)[1:3] == [
        ("resolves", "2", "to paint it blue,"),
        ("instructs-the-harbour-master-with-the-help-of-the-pilots", "1", "to buy paint;"),
    ]


def test_heading_and_text_in_the_middle_of_a_clause_are_taken_apart() -> None:
    sections = parse(
        "resolves",
        "to keep the quay open at night, invites Member States and Harbour Members to send "
        "lamps, further resolves 1 to count the lamps; 2 to light them.",
    )
    assert flat(sections) == [
        ("resolves", None, "to keep the quay open at night,"),
        ("invites-member-states-and-harbour-members", None, "to send lamps,"),
        ("further-resolves", "1", "to count the lamps;"),
        ("further-resolves", "2", "to light them."),
    ]
    assert {"inline-heading", "embedded-item"} <= repairs(sections)


def test_heading_with_an_unknown_verb_is_seen_where_its_list_begins_anew() -> None:
    sections = parse(
        "resolves",
        "1 to open the gate;",
        "2 to close it at dusk, salutes Member States",
        "1 to whom this is sent;",
        "2 that sent it.",
    )
    assert [section.slug for section in sections] == ["resolves", "salutes-member-states"]
    assert sections[1].kind is SectionKind.OPERATIVE


def test_a_cited_heading_is_no_heading() -> None:
    sections = parse(
        "resolves",
        "1 to apply, in particular, instructs the Harbour Master thereof, to all boats;",
        "2 to repeat what it asked in, inter alia, instructs the Council 7 above;",
        "3 to stop.",
    )
    assert [section.slug for section in sections] == ["resolves"]
    assert [clause.label for clause in sections[0].clauses] == ["1", "2", "3"]


def test_a_gerund_within_a_preamble_clause_is_no_heading() -> None:
    sections = parse(
        "recalling",
        "a) the Lakes Charter, reaffirming the wish to keep lakes clean, taking into account fish;",
        "b) the River Charter, noting its age,",
    )
    assert [(slug, label) for slug, label, _ in flat(sections)] == [
        ("recalling", "a"),
        ("recalling", "b"),
    ]


def test_compound_gerund_at_the_end_of_a_section_is_a_heading() -> None:
    sections = parse("noting", "the age of the dam, noting also that the dam leaks,", "resolves")
    assert [section.slug for section in sections] == ["noting", "noting-also"]


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("1 to fix: 1.1 the roof; 1.2 the door; and 1.3 the wall;", ["1", "1.1", "1.2", "1.3"]),
        (
            "4 to ask: i) who came; ii) who went; and iii) who stayed,",
            ["4", "4.i", "4.ii", "4.iii"],
        ),
        ("6 to note: a) sun; b) rain;", ["6", "6.a", "6.b"]),
        ("c) three charters: i) of lakes; ii) of rivers,", ["c", "c.i", "c.ii"]),
    ],
)
def test_items_run_together_come_apart(text: str, labels: list[str]) -> None:
    assert [label for _, label, _ in flat(parse("resolves", text))] == labels


@pytest.mark.parametrize(
    "text",
    [
        "1 to hold, in 2030, 2 meetings with 2 to 3 speakers, 2 of them new;",
        "1 to give effect to considering a) and b) above; and § 90 b) of the Agenda,",
        "1 to submit, where needed, (a) report(s) to the Council,",
        "1 to read No. 2 of the Rules. 2 of them are old;",
    ],
)
def test_numbers_of_the_sentence_are_not_items(text: str) -> None:
    assert flat(parse("resolves", text)) == [("resolves", "1", text[2:])]


def test_swallowed_first_label_is_given_back() -> None:
    sections = parse("considering", "the first reason;", "b) the second reason,")
    assert [label for _, label, _ in flat(sections)] == ["a", "b"]
    assert "first-label" in repairs(sections)


def test_i_after_h_is_a_letter_and_i_below_a_colon_is_roman() -> None:
    letters = [f"{letter}) reason {letter};" for letter in "abcdefgh"]
    sections = parse("noting", *letters, "i) reason nine: ", "i) a part;", "ii) a part;", "j) end,")
    assert [label for _, label, _ in flat(sections)][-4:] == ["i", "i.i", "i.ii", "j"]


def test_footnote_is_lifted_out_and_stays_with_its_marker() -> None:
    sections = parse(
        "considering",
        "a) the wishes of small harbours1;",
        "b) the use of IPv6 on boats; ____________________ 1 Those with fewer than ten berths. "
        "c) the price of rope,",
    )
    assert flat(sections) == [
        ("considering", "a", "the wishes of small harbours;"),
        ("considering", "b", "the use of IPv6 on boats;"),
        ("considering", "c", "the price of rope,"),
    ]
    assert sections[0].clauses[0].footnotes == ("Those with fewer than ten berths.",)
    assert sections[0].clauses[1].footnotes == ()


def test_footnotes_the_reader_took_off_are_kept() -> None:
    sections = parse("noting", Block(text="the tides,", footnotes=("Twice daily.",), page=3))
    clause = sections[0].clauses[0]
    assert (clause.footnotes, clause.page) == (("Twice daily.",), 3)


def test_line_end_hyphens_join_and_suspended_ones_stay() -> None:
    text = "to make risk- based, short- and long-term plans for 2030- 2034."
    assert flat(parse("resolves", text))[0][2] == (
        "to make risk-based, short- and long-term plans for 2030-2034."
    )


def test_annex_glued_to_the_last_clause_is_set_apart() -> None:
    sections = parse(
        "invites Member States",
        "to help. ANNEX 1 TO RESOLUTION 9 (REV. BERGEN, 2031) Rules for quays 1) Boats wait. "
        "2) Boats leave. ANNEX 2 TO RESOLUTION 9 (REV. BERGEN, 2031) Nothing more",
    )
    assert flat(sections) == [
        ("invites-member-states", None, "to help."),
        ("annex-1", None, "Rules for quays"),
        ("annex-1", "1", "Boats wait."),
        ("annex-1", "2", "Boats leave."),
        ("annex-2", None, "Nothing more"),
    ]
    assert sections[1].heading == "Annex 1 to Resolution 9 (Rev. Bergen, 2031)"


def test_what_follows_the_last_resolution_of_final_acts_is_left_out() -> None:
    sections = parse("resolves", "to end. 481 PART IV - LIST OF RESOLUTIONS ABROGATED", "1 Gone.")
    assert flat(sections) == [("resolves", None, "to end.")]


def test_paragraph_after_the_list_of_an_annex_stands_on_its_own() -> None:
    sections = parse(
        "ANNEX TO RESOLUTION 9 (BERGEN, 2031)",
        "Look at:",
        "a) boats;",
        "b) ropes;",
        "c) nets. All this is to be done by May.",
    )
    assert [label for _, label, _ in flat(sections)] == [None, "a", "b", "c", "after-c"]


def test_labels_and_slugs_are_unique_whatever_the_text() -> None:
    sections = parse("resolves", "1 to go.", "resolves", "1 to stop.", "1. Again.", "1. Again.")
    assert [section.slug for section in sections] == ["resolves", "resolves-2"]
    labels = [clause.label for clause in sections[1].clauses]
    assert len(set(labels)) == len(labels)


def test_italics_make_a_heading_of_any_words() -> None:
    sections = parse(
        Block(text="lauding", italic=True),
        "the pilots,",
        Block(text="sends all Harbour Members", italic=True),
        "1 its thanks;",
    )
    assert [(s.slug, s.kind.value) for s in sections] == [
        ("lauding", "preamble"),
        ("sends-all-harbour-members", "operative"),
    ]


@pytest.mark.parametrize(
    ("language", "preamble", "operative"),
    [
        ("fr", "rappelant", "charge le Secrétaire général"),
        ("es", "considerando", "encarga al Secretario General"),
        ("ru", "признавая", "поручает Генеральному секретарю"),
        ("zh", "忆及", "责成秘书长"),
        ("ar", "إذ تذكر", "تكلف الأمين العام"),
    ],
)
def test_headings_of_the_other_five_languages(language: str, preamble: str, operative: str) -> None:
    sections = parse(preamble, "a) X;", "b) Y,", operative, "1 Z;", "2 W.", language=language)
    assert [(s.heading, s.kind.value) for s in sections] == [
        (preamble, "preamble"),
        (operative, "operative"),
    ]
    assert [clause.label for _, clause in ((s, c) for s in sections for c in s.clauses)] == [
        "a", "b", "1", "2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "type_", "number", "edition"),
    [
        ("RESOLUTION 205 (DUBAI, 2018)", "res", "205", "Dubai, 2018"),
        ("DECISION 5 (REV. DUBAI, 2018)", "dec", "5", "Rev. Dubai, 2018"),
        ("RESOLUTION 90 (Kigali, 2022)", "res", "90", "Kigali, 2022"),
        ("RECOMMENDATION 7 (REV. BUENOS AIRES, 2017)", "rec", "7", "Rev. Buenos Aires, 2017"),
        ("RÉSOLUTION 71 (RÉV. DUBAÏ, 2018)", "res", "71", "Rev. Dubaï, 2018"),
    ],
)
def test_head_of_a_document(text: str, type_: str, number: str, edition: str) -> None:
    head = parse_head(text)
    assert head is not None
    assert (head.type, head.number, str(head.edition)) == (type_, number, edition)


def test_text_that_is_no_head() -> None:
    assert parse_head("Chapter 5 (Dubai, 2018)") is None
    assert parse_head("resolves 2 above") is None
    head = parse_head("DECISION 5 (DUBAI, 2018)")
    assert head is not None
    assert head.kind is DocumentKind.DECISION


def test_document_id() -> None:
    assert document_id("pp", "res", "205", 2018) == "pp-res-205@2018"
    assert document_id("wtdc", "res", "90", None) == "wtdc-res-90"


WORDS = st.lists(
    st.sampled_from("harbour lamp tide vessel cargo winter rope signal chart pilot".split()),
    min_size=2,
    max_size=9,
).map(" ".join)
PREAMBLE = ["considering", "recalling", "noting further", "bearing in mind"]
OPERATIVE = ["resolves", "instructs the Director", "invites Member States", "requests the Council"]
ROMAN = ["i", "ii", "iii", "iv", "v", "vi"]


@st.composite
def resolutions(draw: st.DrawFn) -> tuple[list[str], Flat]:
    """Blocks of a well-formed resolution, and what must be read from them."""
    blocks: list[str] = []
    expected: Flat = []
    headings = draw(st.permutations(PREAMBLE))[: draw(st.integers(1, 4))]
    headings += draw(st.permutations(OPERATIVE))[: draw(st.integers(1, 4))]
    for heading in headings:
        slug = heading.lower().replace(" ", "-")
        blocks.append(heading)
        first = "that" if heading in PREAMBLE else "to"
        count = draw(st.integers(1, 14))
        for place in range(count):
            letter = chr(97 + place) if heading in PREAMBLE else str(place + 1)
            printed = f"{letter}) " if heading in PREAMBLE else f"{letter} "
            end = "," if place == count - 1 else ";"
            parts = draw(st.integers(2, 6)) if draw(st.booleans()) and end == ";" else 0
            body = f"{first} {draw(WORDS)}{':' if parts else end}"
            label = None if count == 1 else letter
            blocks.append(body if count == 1 else printed + body)
            expected.append((slug, label, body))
            for part in range(parts):
                words = f"{draw(WORDS)};"
                blocks.append(f"{ROMAN[part]}) {words}")
                path = ROMAN[part] if label is None else f"{label}.{ROMAN[part]}"
                expected.append((slug, path, words))
    return blocks, expected


@settings(max_examples=120, deadline=None)
@given(resolutions())
def test_well_formed_resolutions_come_back_as_written(case: tuple[list[str], Flat]) -> None:
    blocks, expected = case
    sections = parse(*blocks)
    assert flat(sections) == expected
    assert repairs(sections) == set()


@settings(max_examples=120, deadline=None)
@given(resolutions(), st.randoms(use_true_random=False))
def test_run_together_blocks_come_apart_again(case: tuple[list[str], Flat], random: Any) -> None:
    """The converter's own damage: a heading glued to the clause before, roman items run in."""
    blocks, expected = case
    damaged: list[str] = []
    for block in blocks:
        heading = block in OPERATIVE
        roman = block.split(")")[0] in ROMAN[1:] and damaged and ":" in damaged[-1]
        if damaged and ((heading and damaged[-1].endswith(",")) or roman) and random.random() < 0.7:
            damaged[-1] += f" {block}"
        else:
            damaged.append(block)
    assert flat(parse(*damaged)) == expected


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(max_size=120), max_size=12), st.sampled_from(["en", "fr", "ar", "zh", "xx"])
)
def test_any_text_gives_unique_addresses_and_never_fails(texts: list[str], language: str) -> None:
    sections = parse(*texts, language=language)
    addresses = [(slug, label) for slug, label, _ in flat(sections)]
    assert len(addresses) == len(set(addresses))
