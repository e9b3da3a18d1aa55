"""Digests: each statement carries its source, and the starter corpus keeps the shelf in step."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from corpus.database import open_database, sqlite_url
from corpus.documents import Document, SectionKind
from corpus.errors import EmptyFile, ReadError
from corpus.reading.readers.digest import (
    BadFrontMatter,
    DuplicateLabel,
    MissingSource,
    read,
    read_digest,
)
from corpus.shelf.catalogue import Catalogue
from corpus.shelf.register import Shelf, Source, State
from corpus.shelf.starter import ACTOR, load_starter, packaged_digests

FRONT = """---
id: pp-res-900@2018
title: On lighthouses
kind: resolution
body: pp
number: 900
place: Dubai
year: 2018
official_url: https://www.itu.int/pub/lighthouses
as_of: "2026"
sources:
  acts: https://example.org/acts
  news: https://example.org/news
explained:
  - {clause: resolves.1, reason: the keeper counts for two}
---
"""
BODY = """
# Resolution 900

Anything may stand before the first heading.

## considering

- **a** Lighthouses matter. *(considering a; source: acts)*

## resolves

- **1** Two keepers watch
  every light. *(resolves 1; source: acts, news)*
- **2.ii** Oil is bought yearly (in spring). *(resolves 2 ii); source: acts)*

## instructs the Director of the Telecommunication Development Bureau

- The Director reports each year. *(instructs the Director of BDT; source: acts)*

## Annex 1

- **1.2** Lamps are listed. *(Annex 1, 1.2; source: acts)*

## News, May 2019

- **1** The press liked it. *(news, May 2019; source: news)*
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path / "files")


def test_a_digest_has_the_addresses_of_the_official_text() -> None:
    (document,) = read((FRONT + BODY).encode(), "made.md")
    assert document.is_digest
    assert document.key == "pp-res-900@2018:en:digest"
    assert document.as_of == "2026"
    assert document.official_url == "https://www.itu.int/pub/lighthouses"
    assert str(document.edition) == "Dubai, 2018"
    assert [str(document.address(s, c)) for s, c in document.clauses()] == [
        "pp-res-900@2018#considering.a",
        "pp-res-900@2018#resolves.1",
        "pp-res-900@2018#resolves.2.ii",
        "pp-res-900@2018#instructs-the-director-of-the-telecommunication-development-bureau",
        "pp-res-900@2018#annex-1.1.2",
        "pp-res-900@2018#news-may-2019.1",
    ]
    assert [section.kind for section in document.sections] == [
        SectionKind.PREAMBLE,
        SectionKind.OPERATIVE,
        SectionKind.OPERATIVE,
        SectionKind.ANNEX,
        SectionKind.BODY,
    ]


def test_statements_keep_words_reference_and_sources_apart() -> None:
    digest = read_digest((FRONT + BODY).encode(), "made.md")
    statements = [clause for _, clause in digest.document.clauses()]
    assert statements[1].text == "Two keepers watch every light."
    assert statements[1].reference == "resolves 1"
    assert statements[1].sources == ("https://example.org/acts", "https://example.org/news")
    assert statements[2].text == "Oil is bought yearly (in spring)."
    assert statements[2].reference == "resolves 2 ii)"
    assert digest.explained == {"pp-res-900@2018#resolves.1": "the keeper counts for two"}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing() -> None:
    plain = read((FRONT + BODY).encode(), "made.md")
    odd = read(b"\xef\xbb\xbf" + (FRONT + BODY).replace("\n", "\r\n").encode(), "made.md")
    assert odd == plain


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", EmptyFile, "is empty"),
        (b"  \n ", EmptyFile, "is empty"),
        (FRONT.encode(), EmptyFile, "no statement"),
        (b"\xff\xfe\x00 no text", ReadError, "UTF-8"),
        (b"# A page without front matter\n", BadFrontMatter, "front matter"),
        (b"---\n[a\n---\n## x\n", BadFrontMatter, "no YAML"),
        (b"---\n- a\n---\n## x\n", BadFrontMatter, "key: value"),
        (FRONT.replace('as_of: "2026"\n', "") + BODY, BadFrontMatter, "no 'as_of'"),
        (FRONT.replace("kind: resolution", "kind: sonnet") + BODY, BadFrontMatter, "sonnet"),
        (FRONT.replace("@2018", "@2018#resolves") + BODY, BadFrontMatter, "whole document"),
        (FRONT.replace("@2018", " in Dubai") + BODY, BadFrontMatter, "not an address"),
        (FRONT.replace("place:", "town:") + BODY, BadFrontMatter, "'town'"),
        (FRONT.replace("year: 2018", "year: soon") + BODY, BadFrontMatter, "breaks a rule"),
        (FRONT + BODY + "\n## x\n\n- No source here.\n", MissingSource, "No source here"),
        (FRONT + BODY + "\n## x\n\n- Half. *(resolves 3)*\n", MissingSource, "Half"),
        (FRONT + BODY + "\n## x\n\n- Y. *(z; source: mail)*\n", MissingSource, "'mail'"),
        (FRONT + BODY + "\n## x\n\nProse has no source.\n", MissingSource, "no list item"),
        (
            FRONT.replace("  news:", "  idle: https://example.org\n  news:") + BODY,
            MissingSource,
            "'idle'",
        ),
        (
            FRONT + BODY.replace("**2.ii**", "**1**"),
            DuplicateLabel,
            "more than one label '1'",
        ),
        (
            FRONT + BODY.replace("**1** Two", "Two").replace("**2.ii** Oil", "Oil"),
            DuplicateLabel,
            "without a label",
        ),
    ],
)
def test_a_bad_digest_says_what_and_where(
    content: str | bytes, error: type[ReadError], message: str
) -> None:
    raw = content if isinstance(content, bytes) else content.encode()
    with pytest.raises(error) as caught:
        read(raw, "made.md")
    assert message in caught.value.message
    assert "made.md" in caught.value.message


# ---------------------------------------------------------------- the starter corpus


def statements() -> list[tuple[Document, str, tuple[str, ...], str | None]]:
    return [
        (item.digest.document, clause.text, clause.sources, clause.reference)
        for item in packaged_digests()
        for _, clause in item.digest.document.clauses()
    ]


def test_every_statement_of_the_starter_corpus_carries_a_source_and_a_reference() -> None:
    assert len(packaged_digests()) >= 150
    assert len(statements()) >= 550
    for document, text, sources, reference in statements():
        assert sources, (document.id, text)
        assert all(source.strip() for source in sources), (document.id, text)
        assert reference, (document.id, text)


def test_every_digest_is_in_the_catalogue_under_the_same_name() -> None:
    catalogue = Catalogue.load()
    for item in packaged_digests():
        document = item.digest.document
        known = catalogue.get(document.id)
        assert known is not None, document.id
        assert (known.title, str(known.edition)) == (document.title, str(document.edition))
        assert (known.kind, known.number, known.body) == (
            document.kind,
            document.number,
            document.body,
        )
        assert known.country == document.country
        assert item.name == document.id.replace("@", "-") + ".md"


@pytest.mark.shared
def test_nothing_in_the_starter_corpus_comes_from_memory(shared: Path) -> None:
    """Each source was collected, and nearly each collected fact stands in a digest as it was."""
    facts = yaml.safe_load((shared / "facts" / "facts.yaml").read_text(encoding="utf-8"))
    collected = {fact["source_url"] for record in facts for fact in record["facts"]}
    framework = (shared / "facts" / "framework.yaml").read_text(encoding="utf-8")
    for document, text, sources, _ in statements():
        for source in sources:
            known = source in collected or source.removeprefix("https://") in framework
            stored = any(part in source for part in ("62994b15da2207ff", "Note of the person"))
            assert known or stored, (document.id, text, source)
    held = " ".join(text for _, text, _, _ in statements())
    texts = [fact["text"].strip().rstrip(".") for record in facts for fact in record["facts"]]
    kept = sum(text in held for text in texts)
    assert kept / len(texts) > 0.95, f"{kept} of {len(texts)} facts stand in a digest word by word"


def test_the_framework_shows_seven_pillars_and_what_is_not_confirmed() -> None:
    (framework,) = [
        item.digest.document
        for item in packaged_digests()
        if item.digest.document.id == "itu-innovation-framework"
    ]
    pillars = [s for s in framework.sections if any("elements:" in c.text for c in s.clauses)]
    assert len(pillars) == 7
    (groups,) = [s for s in framework.sections if s.heading.startswith("Stakeholder groups")]
    assert "not confirmed" in groups.heading
    assert all("Not confirmed" in clause.text for clause in groups.clauses)


def test_the_mandate_is_told_conference_by_conference() -> None:
    (mandate,) = [
        item.digest.document
        for item in packaged_digests()
        if item.digest.document.id == "itu-innovation-mandate"
    ]
    headings = " ".join(section.heading for section in mandate.sections)
    for conference in ("WTDC-14", "PP-14", "WTDC-17", "PP-18", "WTDC-22", "PP-22", "WTDC-25"):
        assert conference in headings


def test_loading_the_starter_corpus_twice_changes_nothing(shelf: Shelf) -> None:
    first = load_starter(shelf)
    assert first["added"] == len(packaged_digests())
    before = shelf.live()
    again = load_starter(shelf)
    assert again["unchanged"] == len(packaged_digests())
    assert again["added"] == again["replaced"] == again["removed"] == 0
    assert shelf.live() == before
    assert {event.actor for event in shelf.history(limit=1000)} == {ACTOR}


def test_a_digest_no_longer_shipped_goes_and_a_librarians_own_stays(shelf: Shelf) -> None:
    load_starter(shelf)
    old, own = read((FRONT + BODY).encode(), "old.md"), read((FRONT + BODY).encode(), "own.md")
    own = [own[0].model_copy(update={"id": "pp-res-901@2018"})]
    shelf.put(old, Source.of("old.md", b"old"), ACTOR)
    shelf.put(own, Source.of("own.md", b"own"), "amina")
    assert load_starter(shelf)["removed"] == 1
    ids = {entry.id for entry in shelf.entries()}
    assert "pp-res-900@2018" not in ids
    assert "pp-res-901@2018" in ids


def test_a_changed_digest_is_replaced_and_a_withdrawn_one_stays_withdrawn(shelf: Shelf) -> None:
    load_starter(shelf)
    toolkit = shelf.best("toolkit-2017")
    shelf.put(
        [toolkit.model_copy(update={"title": "An older wording"})],
        Source.of("toolkit-2017.md", b"older"),
        ACTOR,
    )
    shelf.set_state("dip-albania-2024", State.WITHDRAWN, "amina", "being checked")
    counts = load_starter(shelf)
    assert counts["replaced"] == 1
    assert counts["withdrawn"] == 1
    assert shelf.best("toolkit-2017") == toolkit
    assert "dip-albania-2024:en:digest" not in shelf.live()


def test_a_digest_steps_back_when_the_official_text_is_there(shelf: Shelf) -> None:
    load_starter(shelf)
    assert shelf.best("pp-res-205@2018").is_digest
    official = shelf.best("pp-res-205@2018").model_copy(update={"is_digest": False})
    shelf.put([official], Source.of("acts.xml", b"acts"), "amina")
    assert not shelf.best("pp-res-205@2018").is_digest
    assert "pp-res-205@2018:en:digest" not in shelf.live()
    shelf.remove("pp-res-205@2018:en", "amina")
    assert shelf.best("pp-res-205@2018").is_digest
