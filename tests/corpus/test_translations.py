"""Translations of the digests: aligned, found as the words of their digest, gone when it goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.addresses import Address
from corpus.database import open_database, sqlite_url
from corpus.errors import HeldBack, UnknownAddress
from corpus.shelf.register import Shelf, Source, State
from corpus.shelf.starter import ACTOR, load_starter, packaged_digests, packaged_translations
from corpus.shelf.translations import LANGUAGES, originals, translated
from corpus.tampering.marks import Decision

RES = "pp-res-205@2018"
KEY = f"{RES}:en:digest"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the starter corpus, to be copied: loading takes seconds."""
    home = tmp_path_factory.mktemp("starter")
    engine = open_database(sqlite_url(home / "advisor.db"))
    load_starter(Shelf(engine, home))
    engine.dispose()
    return home / "advisor.db"


@pytest.fixture
def shelf(loaded: Path, tmp_path: Path) -> Shelf:
    (tmp_path / "advisor.db").write_bytes(loaded.read_bytes())
    return Shelf(open_database(sqlite_url(tmp_path / "advisor.db")), tmp_path)


def _clause(shelf: Shelf, language: str) -> Address:
    document = shelf.best(RES, language)
    section = document.sections[0]
    return document.address(section, section.clauses[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_digest_is_translated_with_the_same_addresses_and_sources(language: str) -> None:
    made = {document.id: document for document in packaged_translations(language)}
    for packaged in packaged_digests():
        digest = packaged.digest.document
        other = made[digest.id]
        assert other.language == language
        assert other.is_digest
        assert other.translation_of == digest.content_hash
        assert [o.place for o in originals(other)] == [o.place for o in originals(digest)]
        for (_, before), (_, after) in zip(digest.clauses(), other.clauses(), strict=True):
            assert (before.sources, before.reference) == (after.sources, after.reference)
            assert before.text != after.text


def test_a_digest_that_changed_is_not_shown_in_the_old_translation() -> None:
    digest = packaged_digests()[0].digest.document
    section = digest.sections[0]
    clause = section.clauses[0].model_copy(update={"text": "Something else is said now."})
    first = section.model_copy(update={"clauses": (clause, *section.clauses[1:])})
    changed = digest.model_copy(update={"sections": (first, *digest.sections[1:])})
    assert translated(digest, "fr") is not None
    assert translated(changed, "fr") is None


def test_translations_are_the_words_of_their_digest_and_no_documents_of_their_own(
    shelf: Shelf,
) -> None:
    assert len(shelf.translations()) == len(LANGUAGES) * len(packaged_digests())
    assert set(shelf.live()) == {entry.key for entry in shelf.entries()}
    assert all(key.endswith(":en:digest") for key in shelf.live())
    for language in LANGUAGES:
        found = shelf.clause(_clause(shelf, "en"), language)
        assert found.document.language == language
    assert shelf.best(RES).language == "en"
    english = shelf.clause(_clause(shelf, "en"))
    assert shelf.worded(english, "ru") == shelf.clause(_clause(shelf, "en"), "ru")
    assert shelf.worded(english, "en") is english
    assert shelf.worded(english, "de") == english


def test_loading_again_changes_nothing_and_an_older_shelf_is_brought_up_to_date(
    shelf: Shelf,
) -> None:
    assert load_starter(shelf)["translations"] == 0
    (french,) = [d for d in packaged_translations("fr") if d.id == RES]
    older = french.model_copy(update={"title": "Un titre plus ancien"})
    shelf.put([older], Source.of("fr", b"fr"), ACTOR)
    shelf.remove(f"{RES}:es:digest", ACTOR)
    assert load_starter(shelf)["translations"] == 2
    assert shelf.best(RES, "fr").title == french.title


def test_official_text_and_withdrawal_take_the_translations_along(shelf: Shelf) -> None:
    official = shelf.best(RES).model_copy(update={"is_digest": False})
    shelf.put([official], Source.of("acts.xml", b"acts"), "amina")
    assert shelf.best(RES, "ar").key == f"{RES}:en"
    shelf.remove(f"{RES}:en", "amina")
    assert shelf.best(RES, "ar").key == f"{RES}:ar:digest"

    shelf.set_state(KEY, State.WITHDRAWN, "amina", "being checked")
    with pytest.raises(UnknownAddress):
        shelf.best(RES, "ar")
    load_starter(shelf)
    with pytest.raises(UnknownAddress):
        shelf.best(RES, "ar")
    shelf.set_state(RES, State.ACTIVE, "amina")
    assert shelf.best(RES, "ar").language == "ar"

    shelf.set_state(f"{RES}:ar:digest", State.WITHDRAWN, "amina", "a bad translation")
    load_starter(shelf)
    assert shelf.best(RES, "ar").language == "en"
    assert shelf.best(RES, "fr").language == "fr"


def test_a_librarians_own_digest_is_never_said_in_the_words_of_ours(shelf: Shelf) -> None:
    own = shelf.best(RES).model_copy(update={"title": "Our own reading of Resolution 205"})
    shelf.put([own], Source.of("own.md", b"own"), "amina")
    assert shelf.best(RES, "fr").title == own.title
    load_starter(shelf)
    assert shelf.best(RES, "fr").title == own.title
    assert not any(entry.id == RES for entry in shelf.translations())


def test_what_is_held_back_of_a_digest_is_held_back_of_its_translations(shelf: Shelf) -> None:
    address = _clause(shelf, "en")
    shelf.decide(KEY, str(address), Decision.KEPT, "amina", "doubtful")
    assert shelf.best(RES, "zh").find(address) is None
    with pytest.raises(HeldBack):
        shelf.clause(address, "zh")


def test_removing_a_digest_removes_its_translations(shelf: Shelf) -> None:
    shelf.remove(KEY, "amina")
    assert not any(entry.id == RES for entry in shelf.translations())
