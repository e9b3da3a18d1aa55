"""What a stream of an answer is made of (P23): status, claim, citation, then done or error.

Every event is a value with a `kind`; `model_dump_json()` is what goes over the wire. A stream
ends with exactly one `Done` or `Failure`.
"""

from __future__ import annotations

from typing import Literal

from assistant.answers import Answer, Citation, Claim
from corpus.documents import Frozen


class Progress(Frozen):
    """A step began: its name, and a phrase in the asker's language for the screen."""

    kind: Literal["status"] = "status"
    step: str
    message: str


class ClaimReady(Frozen):
    """A checked claim, numbered from 1 in reading order."""

    kind: Literal["claim"] = "claim"
    number: int
    claim: Claim


class CitationReady(Frozen):
    """A citation, numbered from 1 as the answer will number it."""

    kind: Literal["citation"] = "citation"
    number: int
    citation: Citation


class Done(Frozen):
    """The whole answer, stored; `conversation` takes the next question."""

    kind: Literal["done"] = "done"
    conversation: str
    answer: Answer


class Failure(Frozen):
    """The turn ended with an error; `code` and `message` are those of the AdvisorError."""

    kind: Literal["error"] = "error"
    code: str
    message: str


Event = Progress | ClaimReady | CitationReady | Done | Failure
