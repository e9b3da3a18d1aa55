"""What a check of `advisor doctor` says."""

from __future__ import annotations

from enum import StrEnum

from corpus.documents import Frozen


class Verdict(StrEnum):
    """Of one check."""

    OK = "ok"
    NOTE = "note"
    WRONG = "wrong"


class Check(Frozen):
    """One thing looked at: what was found and, when it is not right, how to mend it."""

    name: str
    verdict: Verdict
    found: str
    mend: str = ""
