"""Scanned PDFs -> searchable PDFs, by ocrmypdf and tesseract where they are installed.

They are programs, not libraries of ours: `pip install ".[ocr]"` brings ocrmypdf, the system's
package manager tesseract with its languages. Without them a scan is reported, never guessed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from corpus.errors import ScannedFile, TooSlow
from corpus.limits import Limits

HOW_TO_INSTALL = (
    "The pages are pictures: there is no text to read without OCR, and OCR is not installed. "
    "Install ocrmypdf and tesseract with the document's language (`advisor doctor` says how), or "
    "recognise the text elsewhere, and add the file again."
)
_LANGUAGES = ("eng", "fra", "spa", "ara", "rus", "chi_sim")
"""Tesseract's names of the six languages; those installed are used."""


def missing() -> list[str]:
    """Programs that OCR needs and that are not on the path; empty when it is ready."""
    return [program for program in ("ocrmypdf", "tesseract") if shutil.which(program) is None]


def installed_languages() -> list[str]:
    """Which of the six languages tesseract has data for."""
    if missing():
        return []
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, timeout=30, check=False
    )
    known = set(listed.stdout.split()) | set(listed.stderr.split())
    return [language for language in _LANGUAGES if language in known]


@contextmanager
def recognised(path: Path, limits: Limits) -> Iterator[Path]:
    """A searchable copy of a scanned PDF, gone when the block ends.

    Raises:
        ScannedFile: OCR is not installed (the message says how to get it), or it failed.
        TooSlow: it took longer than `limits.ocr_seconds`.
    """
    languages = installed_languages()
    if not languages:
        raise ScannedFile(HOW_TO_INSTALL)
    with tempfile.TemporaryDirectory(prefix="advisor-ocr-") as directory:
        target = Path(directory, "searchable.pdf")
        command = [
            "ocrmypdf", "--skip-text", "--output-type", "pdf", "--quiet", "--jobs", "2",
            "--language", "+".join(languages), "--", str(path), str(target),
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=limits.ocr_seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TooSlow(
                f"Recognising the pages took more than {limits.ocr_seconds:g} seconds and was "
                "stopped. Split the file and add the parts."
            ) from None
        if done.returncode or not target.exists():
            raise ScannedFile(
                "The pages are pictures, and recognising their text failed. Recognise it with "
                "another program and add the result."
            )
        yield target
