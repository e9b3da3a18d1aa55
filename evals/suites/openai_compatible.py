"""Any OpenAI-compatible chat endpoint as a system under test, so that a peer can be measured."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

from assistant.answers import Answer, Claim, Status
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import BadAddress
from corpus.language.letters import detect_language
from evals.suites.suite import Item
from evals.suites.systems import SystemUnreachable

_ADDRESS = re.compile(r"[a-z][a-z0-9-]*(?:@\d{4}[a-z]?)?#[\w.-]*\w")
_SENTENCE_END = re.compile(r"(?<=[.!?。！？؟])\s+|\n+")
_REFUSAL = re.compile(
    r"\b(?:do(?:es)? not (?:say|contain|mention|answer|cover)|not (?:in|among) the documents"
    r"|cannot (?:answer|find|help)|can't (?:answer|find|help)|no information|do not know|don't know"
    r"|unable to)\b",
    re.IGNORECASE,
)
"""How a system that has no status says that it does not answer; English only."""


class Prices(Frozen):
    """Price of a million tokens, in any one currency; 0 when nothing is paid."""

    prompt: float = 0.0
    completion: float = 0.0

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        """What so many tokens cost."""
        return (prompt_tokens * self.prompt + completion_tokens * self.completion) / 1e6


class OpenAICompatible:
    """Speaks `POST URL/chat/completions`, turn by turn.

    How its text is judged: each sentence is a claim a model wrote, citing the addresses written in
    it; a text that only says it cannot answer is a refusal. An `advisor` object in the response
    (this program's own servers send one) is taken as the answer instead.
    """

    name = "openai-compatible"

    def __init__(
        self, url: str, model: str, key: str | None = None, prices: Prices | None = None
    ) -> None:
        """`url` like http://127.0.0.1:8000/v1; `key` sent as bearer token where one is given."""
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(headers=headers, timeout=180)
        self._url, self._model, self._prices = url.rstrip("/"), model, prices or Prices()

    def describe(self) -> dict[str, object]:
        """Where it is, which model, at what price."""
        return {
            "system": self.name,
            "url": self._url,
            "model": self._model,
            "prices": self._prices.model_dump(),
        }

    def answer(self, item: Item) -> Answer:
        """See System.

        Raises:
            SystemUnreachable: no connection, an error response, or not a chat completion.
        """
        messages: list[dict[str, str]] = []
        metadata: dict[str, str] = {}
        spent = {"prompt_tokens": 0, "completion_tokens": 0}
        body: dict[str, Any] = {}
        text = ""
        for turn in item.turns:
            messages.append({"role": "user", "content": turn})
            body = self._complete(messages, metadata)
            try:
                text = str(body["choices"][0]["message"]["content"] or "")
            except (KeyError, IndexError, TypeError) as error:
                raise SystemUnreachable(f"{self._url} sent no chat completion.") from error
            messages.append({"role": "assistant", "content": text})
            usage = body.get("usage") or {}
            spent = {name: count + int(usage.get(name) or 0) for name, count in spent.items()}
            own = body.get("advisor")
            if isinstance(own, dict) and own.get("conversation"):
                metadata = {"conversation": str(own["conversation"])}
        return self._read(item, text, body.get("advisor"), spent)

    def _complete(self, messages: list[dict[str, str]], metadata: dict[str, str]) -> dict[str, Any]:
        import httpx

        sent: dict[str, object] = {"model": self._model, "messages": messages, "temperature": 0}
        if metadata:
            sent["metadata"] = metadata
        try:
            response = self._client.post(f"{self._url}/chat/completions", json=sent)
            response.raise_for_status()
            body = response.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            raise SystemUnreachable(f"{self._url} did not answer: {error}") from error
        if not isinstance(body, dict):
            raise SystemUnreachable(f"{self._url} sent no chat completion.")
        return body

    def _read(self, item: Item, text: str, own: Any, spent: dict[str, int]) -> Answer:
        cost = self._prices.of(**spent)
        trace: dict[str, object] = {"text": text, "usage": {**spent, "cost": cost}}
        if isinstance(own, dict):
            known = {k: v for k, v in own.items() if k in Answer.model_fields}
            return Answer.model_validate({**known, "trace": trace})
        language = detect_language(text) if text.strip() else item.language
        claims = tuple(_claims(text, language))
        refused = not claims or (
            _REFUSAL.search(text) is not None and not any(c.addresses for c in claims)
        )
        return Answer(
            id=uuid4().hex,
            status=Status.NOT_IN_DOCUMENTS if refused else Status.ANSWERED,
            language=language,
            claims=() if refused else claims,
            question=item.question,
            trace=trace,
        )


def _claims(text: str, language: str) -> list[Claim]:
    found = []
    for sentence in filter(None, (s.strip() for s in _SENTENCE_END.split(text))):
        addresses = tuple(dict.fromkeys(filter(_is_address, _ADDRESS.findall(sentence))))
        said = " ".join(_ADDRESS.sub(" ", sentence).split()).strip(" []()")
        if any(letter.isalpha() for letter in said):
            found.append(Claim(text=said, addresses=addresses, is_quote=False, language=language))
        elif addresses and found:  # a citation that stands after its sentence
            last = found[-1]
            found[-1] = last.model_copy(update={"addresses": (*last.addresses, *addresses)})
    return found


def _is_address(text: str) -> bool:
    try:
        Address.parse(text)
    except BadAddress:
        return False
    return True
