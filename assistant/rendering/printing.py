"""HTML -> PDF, with Arabic shaped and right-to-left and Chinese in its own forms.

WeasyPrint lays out with Pango, so scripts are shaped as a browser would; the file is tagged
(PDF/UA-1), so that a screen reader finds headings and languages in it. Nothing is fetched: a page
that names a picture or a style elsewhere is printed without it. Pango and the fonts are the
operating system's; where they are missing this says which package brings them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from functools import cache
from typing import Any

from corpus.errors import AdvisorError

_SCRIPTS = {
    "Arabic": (re.compile(r"[\u0621-\u064a]"), "fonts-noto-core"),
    "Chinese": (re.compile(r"[\u4e00-\u9fff]"), "fonts-noto-cjk"),
    "Cyrillic": (re.compile(r"[\u0410-\u044f]"), "fonts-noto-core"),
    "Latin": (re.compile(r"[A-Za-z]"), "fonts-noto-core"),
}
"""A letter of each script, and the Debian package that has fonts for it."""

_one_at_a_time = threading.Lock()
"""Pango's font maps are not made for several threads; a page or two take a second."""


class CannotPrint(AdvisorError):
    """For the operator: a library or a font that PDFs need is missing; names the package."""

    code = "cannot-print"


def pdf(html: str) -> bytes:
    """The page `html` (a whole document, its style inside) as a tagged PDF.

    Raises:
        CannotPrint: Pango is missing, or a font for a script that the page holds.
    """
    weasyprint = _weasyprint()
    for script, (letter, package) in _SCRIPTS.items():
        found = letter.search(html)
        if found and not _has_font(script, ord(found.group())):
            raise CannotPrint(
                f"No font here has {script} letters, so a PDF would show empty boxes. Install one "
                f"(Debian: {package}), or export to Word or Markdown."
            )
    with _one_at_a_time:
        # No protocol is allowed: nothing is loaded, whatever a text tries to name (P9).
        nothing = weasyprint.urls.URLFetcher(allowed_protocols=())
        page = weasyprint.HTML(string=html, url_fetcher=nothing)
        return bytes(page.write_pdf(pdf_variant="pdf/ua-1"))


def _weasyprint() -> Any:
    try:
        import weasyprint
    except OSError as error:  # the Python package is there, Pango is not
        raise CannotPrint(
            "PDFs need Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0). "
            "Install it, or export to Word or Markdown."
        ) from error
    return weasyprint


@cache
def _has_font(script: str, letter: int) -> bool:
    """Whether fontconfig knows a font with this letter; looked up once a script."""
    program = shutil.which("fc-list")
    if program is None:  # no way to ask: let the page be printed
        return True
    asked = [program, f":charset={letter:x}", "family"]
    return bool(subprocess.run(asked, capture_output=True, timeout=20, check=False).stdout.strip())
