from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from indexing.building.chunking import (
    LONGEST,
    embedded_text,
    passages,
    printed_label,
    split_text,
    tokens_in,
)


def document(*sections: tuple[str, list[tuple[str | None, str]]]) -> Document:
    return Document(
        id="made-res-1@2020",
        title="Care of lanterns",
        kind=DocumentKind.RESOLUTION,
        edition=Edition(place="Nowhere", year=2020),
        sections=tuple(
            Section(
                slug=slug,
                heading=slug.replace("-", " "),
                kind=SectionKind.OPERATIVE,
                clauses=tuple(Clause(label=label, text=text) for label, text in clauses),
            )
            for slug, clauses in sections
        ),
    )


CHAPEAU = "that every harbour shall keep:"
SENTENCE = "The keeper of each harbour lantern shall trim the wick before dusk and log the oil. "


def test_a_clause_is_a_passage_with_its_address_and_place() -> None:
    made = passages(document(("resolves", [("1", SENTENCE), ("2", SENTENCE + "Again.")])))
    assert [p.addresses for p in made] == [
        ("made-res-1@2020#resolves.1",),
        ("made-res-1@2020#resolves.2",),
    ]
    assert [p.position for p in made] == [0, 1]
    assert made[0].text == f"1 {SENTENCE}".strip()


def test_fragments_in_a_row_are_joined_and_others_are_not() -> None:
    made = passages(
        document(
            ("resolves", [("1", "short oil;"), ("2", "long wick;"), ("3", SENTENCE), ("4", "end.")])
        )
    )
    assert [len(p.parts) for p in made] == [2, 1, 1]
    assert made[0].text == "1 short oil;\n2 long wick;"


def test_nothing_is_joined_across_sections_or_paragraphs() -> None:
    made = passages(
        document(
            ("resolves", [("1.a", "oil;"), ("2.a", "wick;")]),
            ("invites", [("1", "glass;")]),
        )
    )
    assert [len(p.parts) for p in made] == [1, 1, 1]


def test_a_long_clause_is_split_at_sentences_into_like_pieces() -> None:
    text = "".join(f"{i}. {SENTENCE}" for i in range(60)).strip()
    made = passages(document(("resolves", [("1", text)])))
    sizes = [tokens_in(p.parts[0].text) for p in made]
    assert len(made) > 3
    assert max(sizes) <= LONGEST
    assert min(sizes) > LONGEST / 3
    assert all(p.parts[0].text.endswith(".") for p in made)
    assert [p.parts[0].label for p in made] == ["1"] + [""] * (len(made) - 1)
    assert {p.addresses for p in made} == {("made-res-1@2020#resolves.1",)}


@given(
    st.text(alphabet="ab.;: 。灯油é\n", max_size=3000),
    st.integers(min_value=5, max_value=60),
)
def test_splitting_loses_no_character_but_blanks(text: str, longest: int) -> None:
    pieces = split_text(text, longest)
    assert re.sub(r"\s", "", "".join(pieces)) == re.sub(r"\s", "", text)
    assert all(tokens_in(piece) <= longest for piece in pieces)


def test_points_are_searched_with_the_chapeau_of_their_paragraph() -> None:
    made = passages(
        document(
            (
                "resolves",
                [("4", CHAPEAU), ("4.ii", SENTENCE), ("5", SENTENCE)],
            )
        )
    )
    point = next(p for p in made if p.addresses[0].endswith("4.ii"))
    assert point.context == CHAPEAU
    assert point.context in embedded_text(point)
    assert point.context not in point.text
    assert next(p for p in made if p.addresses[0].endswith(".5")).context == ""


def test_an_unnumbered_opening_governs_the_numbered_clauses_below() -> None:
    made = passages(
        document(
            (
                "urges-keepers",
                [(None, CHAPEAU), ("1", SENTENCE)],
            )
        )
    )
    assert made[1].context == CHAPEAU


def test_embedded_text_names_title_edition_and_heading() -> None:
    text = embedded_text(passages(document(("instructs-the-keeper", [("1", SENTENCE)])))[0])
    assert text.startswith("Care of lanterns (Nowhere, 2020)\ninstructs the keeper\n")


def test_ids_are_stable_and_depend_on_the_words_only() -> None:
    one = passages(document(("resolves", [("1", SENTENCE), ("2", SENTENCE + "x")])))
    two = passages(document(("resolves", [("0", "A new first clause." * 4), ("1", SENTENCE)])))
    assert one[0].id == two[1].id
    assert passages(document(("resolves", [("1", SENTENCE), ("2", SENTENCE + "x")]))) == one


def test_ids_are_distinct_even_where_a_long_clause_repeats_itself() -> None:
    made = passages(document(("resolves", [("1", SENTENCE * 80)])))
    assert len({p.id for p in made}) == len(made) > 1


def test_labels_are_printed_as_texts_print_them() -> None:
    assert [printed_label(x) for x in ("2", "a", "4.ii", "1.2", "table-2", "1.5.goal-4", None)] == [
        "2", "a)", "ii)", "1.2", "", "", "",
    ]  # fmt: skip
