"""The catalogue: every file validates, editions chain, references resolve in six languages."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from corpus.addresses import Address
from corpus.documents import DocumentKind, Edition
from corpus.language.references import find_references
from corpus.shelf.catalogue import BadCatalogue, Catalogue, CatalogueEntry, Standing
from corpus.shelf.catalogue_entries import packaged_entries, read_entries


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.load()


def entry(number: str, year: int, **more: object) -> CatalogueEntry:
    suffix = "p" if more.get("proposal") else ""
    return CatalogueEntry(
        id=f"pp-res-{number}@{year}{suffix}",
        kind=DocumentKind.RESOLUTION,
        body="pp",
        number=number,
        title="On lighthouses",
        edition=Edition(place="Busan", year=year),
        as_of="2026",
        **more,
    )


# ---------------------------------------------------------------- the packaged files


def test_every_packaged_file_validates(catalogue: Catalogue) -> None:
    assert len(catalogue) >= 150
    for known in catalogue:
        assert Address.parse(known.id).section is None
        assert known.as_of
        for url in known.urls:
            assert re.match(r"https?://", url), known.id
        if known.kind is DocumentKind.COUNTRY_REVIEW:
            assert known.country, known.id


def test_a_direct_link_is_there_only_where_one_was_seen(catalogue: Catalogue) -> None:
    for known in catalogue:
        assert bool(known.landing_url) == bool(known.landing_basis), known.id


@pytest.mark.shared
def test_every_collected_record_is_in_the_catalogue_and_no_link_is_invented(shared: Path) -> None:
    seeds = yaml.safe_load((shared / "facts" / "catalogue.yaml").read_text(encoding="utf-8"))
    facts = yaml.safe_load((shared / "facts" / "facts.yaml").read_text(encoding="utf-8"))
    taken = {seed for known in packaged_entries() for seed in known.seeds}
    assert {seed["id"] for seed in seeds} | {fact["id"] for fact in facts} == taken
    seen = {seed["landing_url"] for seed in seeds} | {seed["pdf_url"] for seed in seeds}
    seen |= {url for seed in seeds for url in seed["other_official_urls"]}
    assert not {url for known in packaged_entries() for url in known.urls} - seen


def test_proposals_are_never_in_force(catalogue: Catalogue) -> None:
    proposals = [known for known in catalogue if known.proposal]
    assert {p.id for p in proposals} >= {"wtdc-res-71@2017p", "wtdc-res-17@2017p"}
    for proposal in proposals:
        assert catalogue.standing(proposal.id) is Standing.PROPOSAL
        assert re.search("proposal|draft", proposal.title, re.I), "its name says what it is"
        assert proposal.superseded_by is None
    for instrument in ("17", "71", "85"):
        latest = catalogue.in_force("wtdc", "res", instrument)
        assert latest is not None
        assert not latest.proposal
        assert not any(e.proposal for e in catalogue.editions("wtdc", "res", instrument))
        for reference in catalogue.resolve(f"WTDC Resolution {instrument} (2017)"):
            assert not any(document.endswith("p") for document in reference.documents)


def test_a_merger_that_was_only_proposed_changes_no_standing(catalogue: Catalogue) -> None:
    for document in ("wtdc-res-50@2014", "wtdc-res-54@2014"):
        known = catalogue.get(document)
        assert known is not None
        assert known.merger_proposed_into == "wtdc-res-37"
        assert known.merged_into is None
        assert known.uncertain
        assert catalogue.superseded_by(document) is None


def test_the_newest_edition_known_is_not_called_in_force_where_that_is_not_known(
    catalogue: Catalogue,
) -> None:
    assert catalogue.standing("pp-res-71@2022") is Standing.IN_FORCE
    assert catalogue.standing("pp-res-139@2018") is Standing.LATEST_KNOWN
    assert catalogue.standing("wtdc-res-13@2010") is Standing.LATEST_KNOWN
    assert catalogue.standing("pp-res-187@2014") is Standing.ABROGATED
    assert catalogue.in_force("pp", "res", "187") is None
    assert catalogue.standing("ri-afr-2022") is Standing.ENDED
    assert catalogue.standing("ri-ams-2025") is Standing.IN_FORCE
    assert catalogue.standing("toolkit-2017") is Standing.PUBLISHED


def test_editions_chain_newest_first(catalogue: Catalogue) -> None:
    years = [e.edition.year for e in catalogue.editions("wtdc", "res", "30")]
    assert years == sorted(years, reverse=True)  # type: ignore[type-var]
    assert years[-1] == 2006
    oldest = catalogue.get("wtdc-res-30@2006")
    assert oldest is not None
    assert oldest.superseded_by == "wtdc-res-30@2010"
    assert catalogue.superseded_by("wtdc-res-30@2006") == f"wtdc-res-30@{years[0]}"
    assert catalogue.superseded_by("pp-res-71@2014") == "pp-res-71@2022"
    assert catalogue.superseded_by("pp-res-71@2022") is None
    assert catalogue.superseded_by("wtdc-14") == "wtdc-25"


def test_an_edition_nobody_holds_hides_no_text(catalogue: Catalogue) -> None:
    assert catalogue.superseded_by("pp-res-205@2018") == "pp-res-205@2022"
    assert catalogue.superseded_by("pp-res-205@2018", held={"pp-res-205@2018"}) is None
    held = {"pp-res-71@2014", "pp-res-71@2018"}
    assert catalogue.superseded_by("pp-res-71@2014", held=held) == "pp-res-71@2018"


def test_a_text_the_catalogue_lacks_is_superseded_by_a_later_edition_it_knows(
    catalogue: Catalogue,
) -> None:
    assert catalogue.get("pp-res-71@2010") is None
    assert catalogue.superseded_by("pp-res-71@2010") == "pp-res-71@2022"
    assert catalogue.superseded_by("unsc-res-2231@2015") is None


def test_statuses_say_as_of_when_and_name_pp_26(catalogue: Catalogue) -> None:
    caution = catalogue.caution("pp-res-139@2018")
    assert "as of 2026" in caution
    assert "PP-26" in caution
    assert catalogue.caution("toolkit-2017") == ""
    assert catalogue.caution("no-such-document") == ""


# ---------------------------------------------------------------- rules


def test_standing_follows_from_the_entries() -> None:
    made = Catalogue(
        [
            entry("900", 2010),
            entry("900", 2014, abrogated=True),
            entry("901", 2010, merged_into="pp-res-902@2014"),
            entry("902", 2014),
            entry("902", 2018, proposal=True),
        ]
    )
    assert made.standing("pp-res-900@2010") is Standing.SUPERSEDED
    assert made.standing("pp-res-900@2014") is Standing.ABROGATED
    assert made.in_force("pp", "res", "900") is None
    assert made.standing("pp-res-901@2010") is Standing.MERGED
    assert made.superseded_by("pp-res-901@2010") == "pp-res-902@2014"
    latest = made.in_force("pp", "res", "902")
    assert latest is not None
    assert latest.id == "pp-res-902@2014"
    assert made.standing("nothing") is None


def test_an_id_twice_and_a_relation_to_nothing_are_refused() -> None:
    with pytest.raises(BadCatalogue, match="twice"):
        Catalogue([entry("900", 2010), entry("900", 2010)])
    with pytest.raises(BadCatalogue, match="has no entry"):
        Catalogue([entry("900", 2010, merged_into="pp-res-1@1994")])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("entries: [", "must be YAML"),
        ("as_of: '2026'", "must be YAML"),
        ("- 1", "must be YAML"),
        ("as_of: '2026'\nentries:\n- {id: x-1, kind: poem, title: T}", "entry 'x-1'"),
        ("as_of: '2026'\nentries:\n- {id: 'X 1', kind: report, title: T}", "not an address"),
        (
            "as_of: '2026'\nentries:\n- {id: pp-res-3@2018, kind: resolution, body: pp, "
            "number: '4', title: T, year: 2018}",
            "should be pp-res-4@2018",
        ),
        (
            "as_of: '2026'\nentries:\n- {id: x, kind: report, title: T, landing_url: itu.int, "
            "landing_basis: seen}",
            "not a web address",
        ),
        (
            "as_of: '2026'\nentries:\n- {id: x, kind: report, title: T, "
            "landing_url: 'https://www.itu.int/x'}",
            "landing_basis",
        ),
        ("as_of: '2026'\nentries:\n- {id: x, kind: report, title: T, colour: red}", "entry 'x'"),
    ],
)
def test_a_bad_file_names_its_entry_and_rule(text: str, reason: str) -> None:
    with pytest.raises(BadCatalogue, match=re.escape(reason)):
        read_entries(text, "made.yaml")


# ---------------------------------------------------------------- references


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who reports under Resolution 205?", (None, "res", "205", None)),
        ("Res. 139 (Rev. Dubai)", (None, "res", "139", None)),
        ("Res.139 Dubai, 2018", ("pp", "res", "139", 2018)),
        ("WTDC Res 90", ("wtdc", "res", "90", None)),
        ("Plenipotentiary Resolution 71", ("pp", "res", "71", None)),
        ("PP-18 Resolution 209", ("pp", "res", "209", 2018)),
        ("Resolution 17 (Rev. Buenos Aires, 2017)", ("wtdc", "res", "17", 2017)),
        ("Resolution 75 (Rev. Hammamet, 2016)", ("wtsa", "res", "75", 2016)),
        ("Resolution 71 as revised in Bucharest", ("pp", "res", "71", 2022)),
        ("the 2018 edition of Resolution 71", (None, "res", "71", 2018)),
        ("Decision 5 of the Plenipotentiary Conference", ("pp", "dec", "5", None)),
        ("Council Decision 482", ("council", "dec", "482", None)),
        ("Recommendation 7 (Dubai, 2018)", ("pp", "rec", "7", 2018)),
        ("Security Council resolution 2231 (2015)", ("unsc", "res", "2231", 2015)),
        ("look at pp-dec-11@2018 please", ("pp", "dec", "11", 2018)),
        ("la résolution 205", (None, "res", "205", None)),
        ("la résolution n° 37 de la CMDT-17", ("wtdc", "res", "37", 2017)),
        ("la Résolution 71 (Rév. Dubaï, 2018)", ("pp", "res", "71", 2018)),
        ("la décision 5", (None, "dec", "5", None)),
        ("la Resolución 205", (None, "res", "205", None)),
        ("la Resolución 30 (Rev. Dubái, 2014)", ("wtdc", "res", "30", 2014)),
        ("la decisión 11 de la Conferencia de Plenipotenciarios", ("pp", "dec", "11", None)),
        ("la recomendación 7", (None, "rec", "7", None)),
        ("Резолюция 205", (None, "res", "205", None)),
        ("в Резолюции 71 (Пересм. Дубай, 2018 г.)", ("pp", "res", "71", 2018)),
        ("Резолюция 37 ВКРЭ", ("wtdc", "res", "37", None)),
        ("согласно Решению 5", (None, "dec", "5", None)),
        ("القرار 205", (None, "res", "205", None)),
        ("القرار ٢٠٥", (None, "res", "205", None)),
        ("بموجب القرار 71 (المراجَع في دبي، 2018)", ("pp", "res", "71", 2018)),
        ("القرار 37 للمؤتمر العالمي لتنمية الاتصالات", ("wtdc", "res", "37", None)),
        ("المقرر 5", (None, "dec", "5", None)),
        ("第205号决议", (None, "res", "205", None)),
        ("第 205 号决议规定了什么", (None, "res", "205", None)),
        ("第71号决议（2018年，迪拜，修订版）", ("pp", "res", "71", 2018)),
        ("世界电信发展大会第37号决议", ("wtdc", "res", "37", None)),
        ("2018年全权代表大会第205号决议", ("pp", "res", "205", 2018)),
        ("第5号决定", (None, "dec", "5", None)),
    ],
)
def test_a_reference_is_read_in_six_languages(
    text: str, expected: tuple[str | None, str, str, int | None]
) -> None:
    (found,) = find_references(text)
    assert (found.body, found.type, found.number, found.year) == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Resolutions 71, 130 and 139", ["71", "130", "139"]),
        ("Resolutions 46 (Rev. Dubai, 2014) and 68 (Rev. Buenos Aires, 2017)", ["46", "68"]),
        ("les résolutions 30 et 37", ["30", "37"]),
        ("las resoluciones 71 y 139 (Rev. Dubái, 2018)", ["71", "139"]),
        ("резолюции 30 и 37", ["30", "37"]),
        ("القراران 71 و139", ["71", "139"]),
        ("第71号和第139号决议", ["71", "139"]),
        ("Resolution 205, 3 times", ["205"]),
        ("Resolution 205 and 12 Member States", ["205"]),
        ("Resolution 70/1 of the General Assembly", []),
        ("UNGA resolution 70/125 and Resolution 140", ["140"]),
        ("a screen resolution of 1080 lines", []),
        ("the resolution in 2018", []),
        ("we took the decision together", []),
    ],
)
def test_lists_are_followed_and_other_numbers_left_alone(text: str, numbers: list[str]) -> None:
    assert [reference.number for reference in find_references(text)] == numbers


def test_each_mention_keeps_its_own_body() -> None:
    text = (
        "Resolution 71 (Rev. Dubai, 2018) of the Plenipotentiary Conference, "
        "Resolution 31 (Rev. Buenos Aires, 2017) of WTDC plus Resolution 58 of WTSA"
    )
    assert [(r.body, r.number) for r in find_references(text)] == [
        ("pp", "71"),
        ("wtdc", "31"),
        ("wtsa", "58"),
    ]


def test_candidates_come_from_the_catalogue_in_force_first(catalogue: Catalogue) -> None:
    (reference,) = catalogue.resolve("What does Resolution 30 of WTDC say?")
    assert reference.documents[0] == catalogue.in_force("wtdc", "res", "30").id  # type: ignore[union-attr]
    assert all(document.startswith("wtdc-res-30@") for document in reference.documents)
    (reference,) = catalogue.resolve("Res. 139 (Rev. Dubai)")
    assert reference.documents == ("pp-res-139@2018",)


def test_a_reference_the_catalogue_lacks_still_matches_the_shelf(catalogue: Catalogue) -> None:
    (reference,) = catalogue.resolve("Resolution 1999 (Rev. Busan, 2014)")
    assert reference.documents == ()
    assert reference.matches("pp-res-1999@2014")
    assert not reference.matches("pp-res-1999@2018")
    assert not reference.matches("wtdc-res-1999@2014")
    assert not reference.matches("pp-dec-1999@2014")
    assert not reference.matches("toolkit-2017")
    assert not reference.matches("pp-res-1999@2014p"), "a proposal is not the instrument"


@given(st.text(max_size=300))
def test_any_text_is_searched_and_offsets_are_true(text: str) -> None:
    folded = unicodedata.normalize("NFKC", text)
    for reference in find_references(text):
        assert folded[reference.start : reference.end] == reference.text


@pytest.mark.timeout(20)
def test_a_long_hostile_question_is_searched_quickly() -> None:
    for unit in ("Resolutions 1, ", "第1号和", "Res. ", "(Rev. ", "القرار و", "n° "):
        find_references(unit * (10_000 // len(unit)))
