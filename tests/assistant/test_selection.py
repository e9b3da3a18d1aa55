"""What a question says, a clause may say in other words; whom it asks about, a heading tells."""

from __future__ import annotations

from assistant.selection import choose, presumed, select
from assistant.selection_features import features
from assistant.synonyms import LIKE, synonyms, ways
from corpus.documents import DocumentKind, SectionKind
from indexing.analysis import analyse
from indexing.passages import Evidence, Part, Passage


def candidate(section: str, label: str, text: str, heading: str | None = None) -> Evidence:
    address = f"pp-res-900@2030#{section}.{label}"
    passage = Passage(
        id=address,
        key="pp-res-900@2030:en",
        document="pp-res-900@2030",
        title="Lighthouses for lending libraries",
        kind=DocumentKind.RESOLUTION,
        number="900",
        body="pp",
        edition="Tallinn, 2030",
        year=2030,
        country=None,
        language="en",
        is_digest=False,
        section=section,
        section_heading=heading or section.replace("-", " "),
        section_kind=SectionKind.OPERATIVE,
        page=None,
        position=0,
        parts=(Part(address=address, label=label, text=text),),
    )
    return Evidence(passage=passage, score=1.0, signals={})


def test_plain_words_find_the_official_ones() -> None:
    evidence = [
        candidate("resolves", "1", "that boats be painted white"),
        candidate("resolves", "2", "that lamps be made affordable"),
    ]
    paint, lamp = features("How do we get cheap lamps?", "en", evidence)
    assert lamp["points"] > paint["points"]
    assert lamp["meant"] == lamp["meant-here"] == 0
    assert paint["meant"] < 0


def test_a_synonym_counts_less_than_the_word_itself() -> None:
    (stem,) = analyse("cheap", "en")
    said = ways(stem)
    assert said[frozenset((stem,))] == 1
    (formal,) = analyse("affordable", "en")
    assert said[frozenset((formal,))] == LIKE
    assert stem in synonyms()[formal]


def test_the_actor_named_first_is_the_one_asked_about() -> None:
    evidence = [
        candidate("instructs-the-secretary-general", "1", "to report to the Council"),
        candidate("instructs-the-itu-council", "1", "to consider the report"),
    ]
    reporter, reader = features(
        "What must the Secretary-General report to the Council?", "en", evidence
    )
    assert (reporter["subject"], reporter["object"]) == (1, 0)
    assert (reader["subject"], reader["object"], reader["subject-other"]) == (0, 1, 1)


def test_a_question_without_words_of_its_own_tells_nothing() -> None:
    (row,) = features("What does it say?", "en", [candidate("resolves", "1", "to paint boats")])
    assert row["meant"] == row["meant-here"] == row["points"] == 0


def edition(place: str, year: int, text: str) -> Evidence:
    found = candidate("resolves", "1", text)
    document = f"pp-res-900@{year}"
    passage = found.passage.model_copy(
        update={
            "id": document,
            "key": f"{document}:en",
            "document": document,
            "edition": f"Rev. {place}, {year}",
            "year": year,
            "parts": (Part(address=f"{document}#resolves.1", label="1", text=text),),
        }
    )
    return found.model_copy(update={"passage": passage})


def kept(question: str, evidence: list[Evidence]) -> set[str]:
    chosen = choose(question, "en", evidence, [0.8] * len(evidence))
    return {choice.evidence.passage.document for choice in chosen if choice.kept}


def test_of_two_editions_the_one_the_question_names_answers() -> None:
    both = [edition("Tallinn", 2030, "to paint boats"), edition("Riga", 2034, "to paint boats")]
    assert kept("What does Resolution 900 as revised in Riga do about boats?", both) == {
        "pp-res-900@2034"
    }
    assert kept(
        "What do the Tallinn and the Riga text of Resolution 900 do about boats?", both
    ) == {
        "pp-res-900@2030",
        "pp-res-900@2034",
    }


def test_which_texts_say_it_is_answered_with_the_best_clause_of_each() -> None:
    def of(number: int, label: str, kind: DocumentKind = DocumentKind.RESOLUTION) -> Evidence:
        found = candidate("resolves", label, "to paint the boats of libraries")
        document = f"pp-res-{number}@2030"
        address = f"{document}#resolves.{label}"
        part = Part(address=address, label=label, text="to paint the boats of libraries")
        changed = {"id": address, "document": document, "kind": kind, "parts": (part,)}
        return found.model_copy(update={"passage": found.passage.model_copy(update=changed)})

    evidence = [of(901, "1"), of(901, "2"), of(902, "1"), of(903, "1", DocumentKind.TOOLKIT)]
    evidence += [of(904, "1")]
    chances = [0.8, 0.7, 0.2, 0.5, 0.01]

    def asked(question: str, language: str = "en") -> list[str]:
        chosen = choose(question, language, evidence, chances)
        return sorted(c.evidence.passage.id for c in chosen if c.kept)

    each = ["pp-res-901@2030#resolves.1", "pp-res-902@2030#resolves.1"]
    assert asked("Which resolutions deal with boats?") == each
    assert asked("Quelles résolutions parlent de bateaux ?", "fr") == each
    assert asked("哪些决议涉及船只?", "zh") == each
    # A kit is a text, but no resolution; what is hardly likely is quoted for neither.
    assert asked("Which of the many texts deal with boats?") == [
        *each,
        "pp-res-903@2030#resolves.1",
    ]
    # One text is asked for: one text is quoted, with both of its likely clauses.
    assert asked("Which resolution deals with boats?") == [each[0], "pp-res-901@2030#resolves.2"]


def test_a_follow_up_keeps_to_the_text_just_shown_where_another_is_as_likely() -> None:
    words = "that the advisory group shall meet quarterly"
    other, shown = edition("Tallinn", 2030, words), edition("Riga", 2026, words)
    question = "How often does the group meet?"
    for earlier in ((), (shown.passage.document,), (other.passage.document,)):
        first = select(question, "en", [other, shown], earlier)[0].evidence.passage.document
        assert first == (earlier or (other.passage.document,))[0]
    lamps = candidate("resolves", "2", "that lamps be lit")
    choices = select(question, "en", [shown, lamps], (lamps.passage.document,))
    assert choices[0].evidence == shown  # it is no reason to quote what does not answer
    assert all(0 <= c.probability <= 1 for c in choices)


def test_what_is_presumed_must_be_said_in_its_own_words() -> None:
    evidence = [candidate("resolves", "1", "that, to that end, lamps be lit")]
    assert presumed("Why did Resolution 900 discontinue lamps?", "en", evidence) == ["discontinu"]
    assert presumed("Why did Resolution 900 have lamps lit?", "en", evidence) == []
