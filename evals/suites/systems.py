"""Systems under test: anything that takes the turns of a conversation and gives an Answer."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Protocol

from assistant.answers import Answer
from corpus.errors import AdvisorError
from evals.suites.suite import Item

if TYPE_CHECKING:
    from assistant.advisor import Advisor
    from evals.suites.openai_compatible import Prices


class SystemUnreachable(AdvisorError):
    """For the evaluator: the system under test does not answer as it should."""

    code = "system-unreachable"


class System(Protocol):
    """What a run needs of a system under test."""

    @property
    def name(self) -> str:
        """Short name for reports."""

    def describe(self) -> dict[str, object]:
        """Everything needed to repeat the run: versions, models, settings, corpus version."""

    def answer(self, item: Item) -> Answer:
        """Put the item's turns, in order, in one fresh conversation; the last turn's answer."""


_LOCAL = re.compile(r"^(https?://(?:127\.0\.0\.1|localhost|\[::1\])):\d+")


class InProcess:
    """The assistant of this process."""

    name = "advisor"

    def __init__(self, advisor: Advisor, prices: Prices | None = None) -> None:
        """`advisor`: opened on the data directory to be measured; `prices` of its chat model."""
        self._advisor, self._prices = advisor, prices

    def describe(self) -> dict[str, object]:
        """Settings without secrets and places, and what the shelf holds."""
        hidden = {"data_dir", "host", "port", "database_url", "chat_api_key", "chat_memory"}
        settings = self._advisor.settings.model_dump(mode="json", exclude=hidden)
        # A packaged model is served on a new port each time; it is the same system all the same.
        if url := settings.get("chat_base_url"):
            settings["chat_base_url"] = _LOCAL.sub(r"\1", url)
        return {
            "system": self.name,
            "settings": settings,
            "documents": len(self._advisor.shelf.live()),
        }

    def answer(self, item: Item) -> Answer:
        """See System. Each item has its own conversation, which is deleted afterwards."""
        answer = None
        conversation = None
        spent = {"prompt_tokens": 0, "completion_tokens": 0}
        for turn in item.turns:
            answer = self._advisor.ask(turn, conversation=conversation)
            conversation = answer.conversation
            usage = answer.trace.get("usage")
            if isinstance(usage, dict):
                spent = {name: count + int(usage.get(name, 0)) for name, count in spent.items()}
        if answer is None:
            raise SystemUnreachable(f"Item {item.id} asks nothing.")
        if conversation:
            self._advisor.store.delete(conversation)
        usage = answer.trace.get("usage")
        if isinstance(usage, dict):
            cost = self._prices.of(**spent) if self._prices else 0.0
            trace = {**answer.trace, "usage": {**usage, **spent, "cost": cost}}
            answer = answer.model_copy(update={"trace": trace})
        return answer


class Server:
    """A running server of this program, over its API."""

    def __init__(self, url: str, key: str | None = None) -> None:
        """`url` like http://127.0.0.1:8000; `key` an API key where the server wants one."""
        import httpx

        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = httpx.Client(base_url=url, headers=headers, timeout=120)
        self.name = "server"
        self._url = url

    def describe(self) -> dict[str, object]:
        """Where the server is and what it says of itself."""
        return {"system": self.name, "url": self._url}

    def answer(self, item: Item) -> Answer:
        """See System.

        Raises:
            SystemUnreachable: no connection, or an error response.
        """
        import httpx

        conversation: str | None = None
        body: dict[str, object] = {}
        for turn in item.turns:
            sent = {"question": turn, "conversation": conversation}
            try:
                response = self._client.post("/v1/ask", json=sent)
                response.raise_for_status()
                body = response.json()
            except (httpx.HTTPError, json.JSONDecodeError) as error:
                raise SystemUnreachable(
                    f"The server at {self._url} did not answer: {error}"
                ) from error
            conversation = str(body.get("conversation") or "") or None
        return Answer.model_validate({k: v for k, v in body.items() if k in Answer.model_fields})
