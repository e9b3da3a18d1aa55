"""Libraries for formats that not everybody keeps: an extra of the package, asked for in words."""

from __future__ import annotations

import importlib
from typing import Any

from corpus.errors import UnknownFormat


def needed(module: str, what: str) -> Any:
    """The library that reads `what`.

    Raises:
        UnknownFormat: it is not installed; the message says how it is, and what else can be done.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise UnknownFormat(
            f"Reading {what} needs libraries that are not installed here: install the program with "
            "its extra 'formats', or save the file as PDF or DOCX and add that."
        ) from error
