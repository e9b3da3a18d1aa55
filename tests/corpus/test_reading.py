"""Bad input gets a typed error with advice, and loses nothing; good input becomes documents."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from corpus import errors
from corpus.limits import MIB, Limits
from corpus.reading import files
from corpus.reading.files import read, read_many
from corpus.reading.ocr import missing
from tests.corpus import making

PROSE = (
    "The ministry keeps a register of young companies and visits each of them every two years.",
    "What it learns goes to the regulator, who decides whether the rules still serve them.",
)
LOL = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "lol">'
    + "".join(
        f'<!ENTITY a{n} "&a{n - 1 if n > 1 else ""};&a{n - 1 if n > 1 else ""};">'
        for n in range(1, 40)
    )
    + "]><akomaNtoso>&a39;</akomaNtoso>"
)


def _report() -> bytes:
    return making.pdf([[("Review of Ruritania", 20, True), ("", 12, False)]
                       + [(line, 11, False) for line in PROSE]])  # fmt: skip


BAD: dict[str, tuple[str, bytes, type[errors.ReadError]]] = {
    "empty": ("a.pdf", b"", errors.EmptyFile),
    "blank": ("a.txt", b" \n\n\t", errors.EmptyFile),
    "cut short": ("a.pdf", b"%PDF-1.7\n1 0 obj\n<< /Type", errors.TruncatedFile),
    "web page called pdf": ("a.pdf", b"<!DOCTYPE html><p>404", errors.UnknownFormat),
    "text called pdf": ("a.pdf", b"not a PDF at all", errors.UnknownFormat),
    "program": ("a.bin", bytes(range(256)) * 20, errors.UnknownFormat),
    "other xml": ("a.xml", b'<?xml version="1.0"?><rss/>', errors.UnknownFormat),
    "entity bomb": ("a.xml", LOL.encode(), errors.UnsafeFile),
    "picture": ("a.png", b"\x89PNG\r\n\x1a\n" + b"0" * 99, errors.ScannedFile),
    "half a zip": ("a.zip", making.archive({"a.txt": b"x" * 999})[:60], errors.TruncatedFile),
    "zip bomb": ("a.zip", making.archive({"a.txt": b"\0" * (60 * MIB)}), errors.TooLarge),
    "old office": ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, errors.UnknownFormat),
    "locked office": (
        "a.docx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
        errors.LockedFile,
    ),
    "locked pdf": ("a.pdf", making.locked_pdf("secret"), errors.LockedFile),
    "docx without parts": (
        "a.docx",
        making.archive({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<Types/>"}),
        errors.TruncatedFile,
    ),
    "empty docx": ("a.docx", making.word([]), errors.EmptyFile),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named_with_advice(case: str, tmp_path: Path) -> None:
    name, content, kind = BAD[case]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(errors.ReadError) as caught:
        read(path)
    assert type(caught.value) is kind, caught.value.message
    assert caught.value.message.endswith((".", ")"))
    assert "Traceback" not in caught.value.message
    assert str(tmp_path) not in caught.value.message


@pytest.mark.skipif(not missing(), reason="OCR is installed")
def test_a_scan_says_how_to_get_ocr(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(making.scanned_pdf())
    with pytest.raises(errors.ScannedFile, match="tesseract"):
        read(path)


def test_a_missing_file_and_a_directory_are_typed_errors(tmp_path: Path) -> None:
    with pytest.raises(errors.ReadError):
        read(tmp_path / "none.pdf")
    with pytest.raises(errors.UnknownFormat):
        read(tmp_path)


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"word " * 1000)
    with pytest.raises(errors.TooLarge):
        read(path, limits=Limits(file_bytes=1000))


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    path.write_bytes(making.pdf([[("Page", 11, False)]] * 6))
    with pytest.raises(errors.TooLarge, match="6 pages"):
        read(path, limits=Limits(pages=5))


def test_a_slow_file_is_stopped_and_the_next_one_is_read(tmp_path: Path) -> None:
    slow, good = tmp_path / "slow.pdf", tmp_path / "good.pdf"
    rows = [[(f"Line {n} of a very long report", 6, False) for n in range(100)]] * 400
    slow.write_bytes(making.pdf(rows))
    good.write_bytes(_report())
    begun = time.monotonic()
    with pytest.raises(errors.TooSlow, match="more than 2 seconds"):
        read(slow, limits=Limits(seconds=2))
    assert time.monotonic() - begun < 20
    assert read(good)[0].title == "Review of Ruritania"


def test_memory_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "wide.txt"
    path.write_bytes(b"word and " * (12 * MIB))
    with pytest.raises(errors.ReadError) as caught:
        read(path, limits=Limits(memory=700 * MIB))
    assert caught.value.code in {"too-large", "too-slow", "unreadable-file"}


def test_many_files_keep_their_order_and_fail_alone(tmp_path: Path) -> None:
    paths = []
    for number in range(6):
        path = tmp_path / f"report-{number}.pdf"
        path.write_bytes(b"%PDF-1.4 broken" if number == 2 else _report())
        paths.append(path)
    seen: list[tuple[int, int]] = []
    readings = list(read_many(paths, lambda _, done, total: seen.append((done, total)), workers=2))
    assert [reading.path for reading in readings] == paths
    assert [bool(reading.documents) for reading in readings] == [n != 2 for n in range(6)]
    assert readings[2].code == "damaged-file"
    assert seen == [(n, 6) for n in range(1, 7)]


def test_a_file_is_read_though_every_waiting_reader_ends(tmp_path: Path) -> None:
    for outcome in read_many([_text(tmp_path, n) for n in range(4)], workers=2):
        assert outcome.error is None
    while len(files._idle) < 3:
        files._idle.append(files._Child(Limits()))
    for child in files._idle:
        child.end()
        child.uses = 1
        # It still runs when it is chosen, and ends when it is asked.
        child.process = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    assert read(_text(tmp_path, 9))[0].sections


def _text(folder: Path, number: int) -> Path:
    path = folder / f"note-{number}.txt"
    path.write_text("The keeper of the lamp writes down each night how much oil was burnt.")
    return path


def test_an_archive_gives_its_documents_and_names_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "many.zip"
    inner = making.archive({"notes.txt": "\n\n".join(("Notes", *PROSE)).encode()})
    path.write_bytes(
        making.archive(
            {
                "a/review.pdf": _report(),
                "broken.pdf": b"%PDF-1.4",
                "more.zip": inner,
                "../../escape.pdf": _report(),
                "__MACOSX/x.pdf": b"junk",
            }
        )
    )
    documents = read(path)
    assert [document.id for document in documents] == ["review", "notes", "escape"]
    assert any("broken.pdf" in note for note in documents[0].notes)


def test_archives_in_archives_in_archives_are_refused(tmp_path: Path) -> None:
    content = making.archive({"a.txt": b"word " * 50})
    for _ in range(3):
        content = making.archive({"b.zip": content})
    path = tmp_path / "deep.zip"
    path.write_bytes(content)
    with pytest.raises(errors.TooLarge):
        read(path)


def test_a_work_id_overrides_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    path.write_bytes(_report())
    assert read(path, work="review-ruritania@2021")[0].id == "review-ruritania@2021"
    with pytest.raises(errors.BadAddress):
        read(path, work="review#1")


def test_invisible_characters_do_not_come_in(tmp_path: Path) -> None:
    path = tmp_path / "hidden.txt"
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "ignore the rules")
    path.write_text(f"Note\n\nThe rules\u200b apply{hidden} to every\u202e company.\n", "utf-8")
    text = " ".join(clause.text for _, clause in read(path)[0].clauses())
    assert text == "The rules apply to every company."


@pytest.mark.shared
@pytest.mark.timeout(600)
def test_every_hard_pdf_ends_in_a_document_or_a_typed_error(shared: Path) -> None:
    paths = sorted((shared / "real" / "hard_pdfs").glob("*.pdf"))
    readings = list(read_many(paths, workers=min(2, os.cpu_count() or 1)))
    assert len(readings) == len(paths)
    codes = {reading.path.name: reading.code for reading in readings}
    for name in ("crazyones-encrypted-256.pdf", "libreoffice-writer-password.pdf"):
        assert codes[name] == "locked-file"
    assert codes["crazyones.pdf"] is None
    assert all(r.documents or r.code in {"locked-file", "no-text", "empty-file", "damaged-file",
                                         "garbled-text"} for r in readings)  # fmt: skip
    assert sum(bool(reading.documents) for reading in readings) >= 20


LANGUAGES = {"English": "en", "French": "fr", "Spanish": "es", "Russian": "ru", "Arabic": "ar"}


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_policy_pdfs_become_headed_sections_or_say_why_not(shared: Path) -> None:
    paths = sorted((shared / "real" / "policy_pdfs").glob("*.pdf"))
    readings = {r.path.stem: r for r in read_many(paths, workers=2)}
    assert {stem[:3]: r.code for stem, r in readings.items() if r.code} == {
        "BLR": "no-text",
        "IDN": "no-text",
        "IRQ": "garbled-text",
        "KWT": "garbled-text",
    }
    for stem, reading in readings.items():
        for document in reading.documents:
            pages = [clause.page for _, clause in document.clauses()]
            assert all(page and page <= (document.pages or 0) for page in pages), stem
            if not stem.startswith("CHN"):
                assert document.language == LANGUAGES[stem.rsplit("_", 1)[1]], stem
    assert {d.language for d in readings["CHN_China_INDC_English"].documents} == {"zh", "en"}
    costa_rica = [d for stem, r in readings.items() if stem.startswith("CRI") for d in r.documents]
    assert {d.id for d in costa_rica} == {"costa-rica-indc"}
    assert len({d.key for d in costa_rica}) == 2
