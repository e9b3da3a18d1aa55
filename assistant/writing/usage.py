"""Tokens a turn costs, as the endpoint counts them; estimated, and called so, where it does not."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.writing.streaming import Piece

_CHARACTERS = 4
"""Characters of English a token holds on average: for estimates alone."""


class Usage:
    """Sums over the requests of one turn."""

    def __init__(self) -> None:
        self._prompt = self._completion = self._requests = 0
        self._estimated = False

    def add(self, pieces: Sequence[Piece], prompt_characters: int) -> None:
        """One request: what came, and how long the prompt was.

        An endpoint that does not count is taken to have sent a token a piece (llama.cpp does).
        """
        told = [piece.spent for piece in pieces if piece.spent]
        self._requests += 1
        if told:
            self._prompt += max(read for read, _ in told)
            self._completion += max(written for _, written in told)
            return
        self._estimated = True
        self._prompt += prompt_characters // _CHARACTERS
        self._completion += sum(bool(piece.text) for piece in pieces)

    def facts(self) -> dict[str, object]:
        """For the trace: `prompt_tokens`, `completion_tokens`, `requests`, `estimated`."""
        return {
            "prompt_tokens": self._prompt,
            "completion_tokens": self._completion,
            "requests": self._requests,
            "estimated": self._estimated,
        }
