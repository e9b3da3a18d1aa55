"""What a file is, when its name says little: nothing overwrites anything, the same is the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.database import open_database, sqlite_url
from corpus.reading.child import read_content
from corpus.reading.reports import work_id
from corpus.shelf.adding import AddReport, add_files
from corpus.shelf.register import Shelf
from tests.corpus import making

ONE = "The lamp of the northern tower burns with whale oil on every night of the long winter."
TWO = "Merchants who bring wicks to the southern market pay no toll at any gate of the town."


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    files = tmp_path / "files"
    files.mkdir()
    return Shelf(open_database(sqlite_url(tmp_path / "shelf.db")), files)


def add(shelf: Shelf, *paths: Path, work: str | None = None) -> AddReport:
    return add_files(shelf, list(paths), actor="ada", work=work, theirs=True)


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def held(shelf: Shelf) -> dict[str, str]:
    return {
        entry.key: " ".join(c.text for _, c in shelf.document(entry.key).clauses())
        for entry in shelf.entries()
    }


NAMES = [
    ("سياسة.txt", "استراتيجية.txt"), ("Закон.txt", "Указ.txt"), ("法律.txt", "法令.txt"),
    ("νόμος.txt", "κανόνας.txt"), ("part-1.txt", "part-2.txt"), ("annex-b.txt", "annex-r.txt"),
    ("plan-v3.txt", "plan-v4.txt"), ("plan-draft.txt", "plan-final.txt"),
    ("n/index.html", "s/index.html"), ("n/report.txt", "s/report.txt"),
    ("2031/rules.txt", "2032/rules.txt"), ("rules.txt", "rules.md"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), NAMES)
def test_two_files_are_two_documents_whatever_their_names(
    shelf: Shelf, tmp_path: Path, first: str, second: str
) -> None:
    folder = written(tmp_path / "in", {first: ONE, second: TWO})
    report = add(shelf, folder)
    assert report.failed == 0
    assert sorted(held(shelf).values()) == sorted([ONE, TWO])
    assert all(became.change == "added" for outcome in report.files for became in outcome.became)
    again = add(shelf, folder)
    assert not again.changed
    assert sum(outcome.unchanged for outcome in again.files) == 2
    assert sorted(held(shelf).values()) == sorted([ONE, TWO])


def test_added_one_by_one_and_in_another_order(shelf: Shelf, tmp_path: Path) -> None:
    folder = written(tmp_path / "in", {"2031/rules.txt": ONE, "2032/rules.txt": f"{ONE} Or not."})
    first, second = folder / "2031/rules.txt", folder / "2032/rules.txt"
    add(shelf, first)
    told = add(shelf, second).files[0]
    assert told.documents == ("rules@2032",)
    assert "Another text is held as rules" in told.notes[0]
    assert "--work rules" in told.notes[0]
    before = held(shelf)
    for path in (second, first, second):
        assert not add(shelf, path).changed
    assert held(shelf) == before


def test_a_file_that_changed_where_it_lies_is_the_same_document(
    shelf: Shelf, tmp_path: Path
) -> None:
    folder = written(tmp_path / "in", {"rules.txt": f"{ONE} The fee is nine crowns."})
    add(shelf, folder)
    written(folder, {"rules.txt": f"{ONE} The fee is ten crowns."})
    outcome = add(shelf, folder).files[0]
    assert (outcome.replaced, outcome.documents) == (1, ("rules",))
    assert "Takes the place" in outcome.notes[0]
    written(folder, {"rules.txt": TWO})  # another text altogether
    outcome = add(shelf, folder).files[0]
    assert (outcome.added, len(held(shelf))) == (1, 2)


def test_the_librarian_says_that_it_is_a_newer_text(shelf: Shelf, tmp_path: Path) -> None:
    add(shelf, written(tmp_path / "a", {"rules.txt": ONE}) / "rules.txt")
    outcome = add(shelf, written(tmp_path / "b", {"rules.txt": TWO}) / "rules.txt", work="rules")
    assert outcome.files[0].replaced == 1
    assert held(shelf) == {"rules:en": TWO}


def test_files_of_one_name_in_an_archive(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "sent.zip"
    path.write_bytes(
        making.archive({"n/rules.txt": ONE.encode(), "s/rules.txt": TWO.encode(),
                        "copy/rules.txt": ONE.encode()})
    )  # fmt: skip
    report = add(shelf, path)
    assert sorted(held(shelf).values()) == sorted([ONE, TWO])
    assert report.files[0].documents == ("rules", "s-rules")
    assert not add(shelf, path).changed


def test_acts_of_two_countries_with_one_number() -> None:
    ids = []
    for country in ("ug", "rw"):
        act = f"""<akomaNtoso xmlns="http://docs.oasis-open.org/legaldocml/ns/akn/3.0"><act name="act">
        <meta><identification source="#x"><FRBRWork><FRBRthis value="/akn/{country}/act/2031/12"/>
        <FRBRuri value="/akn/{country}/act/2031/12"/><FRBRdate date="2031-01-01" name=""/>
        <FRBRauthor href="#parliament"/><FRBRcountry value="{country}"/></FRBRWork></identification>
        </meta><body><section eId="sec_1"><num>1.</num><heading>Lamps</heading><content><p>{ONE}</p>
        </content></section></body></act></akomaNtoso>"""
        (document,) = read_content(act.encode(), "act.xml")
        ids.append(document.id)
    assert ids == ["ug-act-12@2031", "rw-act-12@2031"]


@pytest.mark.parametrize(
    ("name", "language", "wanted"),
    [
        ("plan-fr.pdf", "fr", "plan"), ("plan-fr.pdf", "en", "plan-fr"), ("plan-f.pdf", "fr", "plan"),
        ("annex-a.pdf", "en", "annex-a"), ("annex-a.pdf", "ar", "annex"),
        ("Plan_English.pdf", "en", "plan"), ("plan-7.pdf", "en", "plan-7"),
        ("数字计划-zh.pdf", "zh", "shu-zi-ji-hua"), ("План.pdf", "ru", "plan"),
    ],
)  # fmt: skip
def test_the_end_of_a_name_is_a_language_only_where_the_text_is_in_it(
    name: str, language: str, wanted: str
) -> None:
    assert work_id(name, "", language) == wanted
