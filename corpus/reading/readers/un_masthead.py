"""What the United Nations prints around a document: job numbers, barcodes, symbols at the edge."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.grammar.un_resolutions import SYMBOL

_JOB = re.compile(
    r"\*?\d{7,8}\*?|\d{2}-\d{5}\*?|\(?[ACEFRS]\)?|\d{6}|\d{1,3}/\d{1,3}|\(\d{4}\)"
    r"|\*+|page|\d{1,3}|ple*ase|recycle\.?|/?(?:\.{3}|…)",
    re.IGNORECASE,
)


def is_job_line(text: str, first_page: Iterable[str]) -> bool:
    """Is a line at the edge of a UN page nothing but its symbol, job number, barcode or number?

    Args:
        text: the line.
        first_page: lines of the file's first page, where the masthead names the symbol.
    """
    symbols = {match["symbol"] for line in first_page for match in SYMBOL.finditer(line)}
    if not symbols:
        return False
    words = text.casefold().split()
    known = {symbol.casefold() for symbol in symbols}
    return bool(words) and all(word in known or _JOB.fullmatch(word) for word in words)
