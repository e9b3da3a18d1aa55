"""Verifying: a digest statement that its clause does not bear out is listed with the reason."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from corpus.database import open_database, sqlite_url
from corpus.documents import Clause, Document, DocumentKind, Edition, Section, SectionKind
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source
from corpus.shelf.starter import load_starter, packaged_digests
from corpus.shelf.verifying import Verdict, Verification, verify, verify_shelf

DBT = "instructs the Director of the Telecommunication Development Bureau"


def document(
    is_digest: bool, *sections: tuple[str, SectionKind, dict[str | None, str]]
) -> Document:
    from corpus.addresses import slugify

    return Document(
        id="pp-res-900@2018",
        title="Keeping of lighthouses",
        kind=DocumentKind.RESOLUTION,
        number="900",
        body="pp",
        edition=Edition(place="Dubai", year=2018),
        is_digest=is_digest,
        sections=tuple(
            Section(
                slug=slugify(heading),
                heading=heading,
                kind=kind,
                clauses=tuple(
                    Clause(
                        label=label,
                        text=text,
                        sources=("https://example.org",) if is_digest else (),
                        reference=f"{heading} {label}" if is_digest else None,
                    )
                    for label, text in clauses.items()
                ),
            )
            for heading, kind, clauses in sections
        ),
    )


OFFICIAL = document(
    False,
    (
        "resolves",
        SectionKind.OPERATIVE,
        {
            "1": "that every harbour shall burn two lamps at one-sixteenth of the usual cost;",
            "2": "that keepers follow Resolution 139 (Rev. Dubai, 2018) when they buy whale oil;",
            "3": "to paint boats green before the regatta of painters and sailors begins,",
        },
    ),
    (
        DBT,
        SectionKind.OPERATIVE,
        {None: "to report annually to the Council on shipwrecks avoided by means of bright lamps,"},
    ),
)


def check(
    heading: str, label: str | None, text: str, explained: dict[str, str] | None = None
) -> tuple[Verdict, str]:
    digest = document(True, (heading, SectionKind.OPERATIVE, {label: text}))
    (finding,) = verify([digest], [OFFICIAL], explained).findings
    return finding.verdict, finding.reason


@pytest.mark.parametrize(
    ("heading", "label", "text"),
    [
        ("resolves", "1", "Two lamps are to burn in each harbour, at 1/16 of the usual cost."),
        ("resolves", "2", "Keepers who buy whale oil follow Resolution 139 of PP-18."),
        (DBT, None, "The BDT Director reports every year to Council on avoided shipwrecks."),
    ],
)
def test_a_right_statement_in_other_words_is_borne_out(
    heading: str, label: str | None, text: str
) -> None:
    assert check(heading, label, text) == (Verdict.BORNE_OUT, "")


@pytest.mark.parametrize(
    ("heading", "label", "text", "reason"),
    [
        ("resolves", "1", "Three lamps are to burn in each harbour.", "no number 3"),
        ("resolves", "1", "Two lamps burn in each harbour at 1/32 of the cost.", "no number 1/32"),
        ("resolves", "2", "Keepers buy whale oil under Resolution 140.", "Resolution 140"),
        ("resolves", "2", "Keepers buy oil under Resolution 139 (Rev. Busan, 2014).", "2014"),
        ("resolves", "1", "The Secretary-General keeps two lamps per harbour.", "Secretary-Gen"),
        (DBT, None, "The TSB Director reports on shipwrecks and bright lamps.", "TSB"),
        ("resolves", "1", "Keepers buy whale oil.", "shares more words with"),
        ("resolves", "3", "Telescopes should face north.", "shares few words"),
    ],
)
def test_a_wrong_statement_is_doubted_with_the_reason(
    heading: str, label: str | None, text: str, reason: str
) -> None:
    verdict, said = check(heading, label, text)
    assert verdict is Verdict.DOUBTFUL
    assert reason in said


@pytest.mark.parametrize(
    ("heading", "label", "reason"),
    [
        ("resolves", "7", "only 1, 2, 3"),
        ("resolves", None, "only 1, 2, 3"),
        ("invites Member States", "1", "no section 'invites Member States'"),
    ],
)
def test_a_clause_that_is_not_there_is_named(heading: str, label: str | None, reason: str) -> None:
    verdict, said = check(heading, label, "Two lamps are to burn in each harbour.")
    assert verdict is Verdict.NO_CLAUSE
    assert reason in said


def test_an_explanation_settles_a_doubt_and_stays_visible() -> None:
    why = {"pp-res-900@2018#resolves.1": "the third lamp is in the annex"}
    verdict, said = check("resolves", "1", "Three lamps are to burn in each harbour.", why)
    assert verdict is Verdict.EXPLAINED
    assert "the third lamp" in said
    assert "no number 3" in said


def test_what_cannot_be_checked_is_counted_not_passed() -> None:
    news = document(True, ("News, 2019", SectionKind.BODY, {"1": "The press liked the lamps."}))
    found = verify([news], [OFFICIAL])
    assert [finding.verdict for finding in found.findings] == [Verdict.ELSEWHERE]
    alone = verify([news.model_copy(update={"id": "pp-res-901@2018"})], [OFFICIAL])
    assert alone.unchecked == ("pp-res-901@2018",)
    assert "1 digests could not be checked" in alone.summary()


# ---------------------------------------------------------------- on the Final Acts of PP-18


@pytest.fixture(scope="module")
def final_acts(shared: Path) -> list[Document]:
    """The reference segmentation as documents."""
    rows: dict[str, list[dict[str, str]]] = {}
    with (shared / "itu" / "pp18_clauses.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            rows.setdefault(row["document"], []).append(row)
    kinds = {"res": "resolution", "dec": "decision", "rec": "recommendation"}
    found = []
    for name, clauses in rows.items():
        body, kind, number = name.partition("@")[0].split("-")
        slugs = list(dict.fromkeys(row["section"] for row in clauses))
        sections = []
        for slug in slugs:
            mine = [row for row in clauses if row["section"] == slug]
            sections.append(
                Section(
                    slug=slug,
                    heading=mine[0]["section_title"],
                    kind=SectionKind(mine[0]["kind"]),
                    clauses=tuple(Clause(label=r["label"], text=r["text"]) for r in mine),
                )
            )
        found.append(
            Document(
                id=name,
                title=clauses[0]["title"],
                kind=DocumentKind(kinds[kind]),
                body=body,
                number=number,
                edition=Edition(place="Dubai", year=2018),
                sections=tuple(sections),
            )
        )
    return found


def of_starter(official: list[Document]) -> Verification:
    digests = [item.digest for item in packaged_digests()]
    explained = {key: why for digest in digests for key, why in digest.explained.items()}
    return verify((digest.document for digest in digests), official, explained)


@pytest.mark.shared
def test_nothing_in_the_digests_of_pp_18_is_left_unexplained(final_acts: list[Document]) -> None:
    found = of_starter(final_acts)
    assert found.counts["borne_out"] >= 160
    assert found.counts["explained"] <= 6
    assert not found.unexplained, [(f.address, f.reason) for f in found.unexplained]


@pytest.mark.shared
def test_nothing_is_left_unexplained_when_the_xml_itself_is_read(shared: Path) -> None:
    from corpus.reading.readers import akn

    file = shared / "itu" / "pp18_final_acts_akn.xml"
    official = akn.read(file.read_bytes(), file.name)
    catalogue = Catalogue.load()
    known = {text.id: catalogue.get(text.id) for text in official}
    assert {name: str(entry.edition) for name, entry in known.items() if entry} == {
        text.id: str(text.edition) for text in official
    }, "the catalogue knows every text of PP-18 in its edition"
    found = of_starter(official)
    assert found.counts["borne_out"] >= 160
    assert not found.unexplained, [(f.address, f.reason) for f in found.unexplained]


@pytest.mark.shared
def test_a_statement_moved_to_another_clause_is_nearly_always_doubted(
    final_acts: list[Document],
) -> None:
    dice = random.Random(18)
    official = {text.id: text for text in final_acts}
    wrong = doubted = 0
    for item in packaged_digests():
        digest = item.digest.document
        text = official.get(digest.id)
        if text is None:
            continue
        places = [(s, c) for s, c in text.clauses() if s.kind is not SectionKind.ANNEX]
        for section, clause in digest.clauses():
            there, other = dice.choice(places)
            if section.kind is SectionKind.BODY or (there.slug, other.label) == (
                section.slug,
                clause.label,
            ):
                continue
            moved = digest.model_copy(
                update={
                    "sections": (
                        there.model_copy(
                            update={"clauses": (clause.model_copy(update={"label": other.label}),)}
                        ),
                    )
                }
            )
            (finding,) = verify([moved], [text]).findings
            wrong += 1
            doubted += finding.verdict is not Verdict.BORNE_OUT
    assert wrong > 100
    assert doubted / wrong > 0.93, f"{doubted} of {wrong}"


@pytest.mark.shared
def test_the_command_s_work_on_a_shelf_with_pp_18(
    final_acts: list[Document], tmp_path: Path
) -> None:
    shelf = Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")
    load_starter(shelf)
    assert verify_shelf(shelf).findings == ()
    shelf.put(final_acts, Source.of("acts.xml", b"acts"), "amina")
    found = verify_shelf(shelf)
    assert found == of_starter(final_acts)
    assert "to be looked at" in found.summary()
