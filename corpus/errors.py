"""Errors a person can act on. Each class says who will read it; every message says what to do.

The command line prints `message` and exits with 2; the API maps `code` to a status and
sends `code` and `message` only, so neither may hold a secret or a path of the server's.
"""

from __future__ import annotations


class AdvisorError(Exception):
    """Base of every error this program raises on purpose.

    Attributes:
        code: short, stable, kebab-case identifier (used by the API, `--json` and tests).
        message: one or two plain sentences for the person who asked: what is wrong and what to do.
    """

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ReadError(AdvisorError):
    """For the librarian: a file could not become a document. Nothing was added."""

    code = "unreadable-file"


class EmptyFile(ReadError):
    """The file holds no bytes, or no text at all."""

    code = "empty-file"


class TruncatedFile(ReadError):
    """The file ends early or its structure is damaged beyond reading."""

    code = "damaged-file"


class LockedFile(ReadError):
    """The file is encrypted and needs a password."""

    code = "locked-file"


class ScannedFile(ReadError):
    """The pages are pictures: there is no text to read without OCR."""

    code = "no-text"


class GarbledText(ReadError):
    """The text layer decodes to wrong letters (a broken font map), so nothing was indexed."""

    code = "garbled-text"


class UnknownFormat(ReadError):
    """The bytes are of no format that has a reader, whatever the file's name says."""

    code = "unknown-format"


class UnsafeFile(ReadError):
    """The file tries something a document has no need of (entity bombs, external entities)."""

    code = "unsafe-file"


class TooLarge(ReadError):
    """The file, its pages or its text exceed the limits in `corpus.limits`."""

    code = "too-large"


class TooSlow(ReadError):
    """Reading did not finish within the time allowed and was stopped."""

    code = "too-slow"


class IdTaken(ReadError):
    """The file says that it is a document that is on the shelf already, with other words."""

    code = "id-taken"


class UnknownAddress(AdvisorError):
    """For anyone: no document or clause has this address on the shelf."""

    code = "unknown-address"


class HeldBack(UnknownAddress):
    """The clause speaks to software and is shown to nobody until a librarian releases it."""

    code = "held-back"


class BadAddress(AdvisorError):
    """For anyone: the text is not an address (`pp-res-205@2018#resolves.2`)."""

    code = "bad-address"
