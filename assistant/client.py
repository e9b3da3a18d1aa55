"""A small typed client of the API, for programs in Python.

    with Client("http://127.0.0.1:8000", key="itud_...") as advisor:
        answer = advisor.ask("Who reports on innovation under Resolution 205?")
        for citation in answer.citations:
            ...

Answers, events and clauses are the same values as inside the program (assistant.answers).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from types import TracebackType
from typing import Annotated, Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import Discriminator, TypeAdapter, ValidationError

from assistant.answers import Answer
from assistant.asking.events import Event, Failure
from assistant.library import ClauseView, Found
from corpus.documents import DocumentKind
from corpus.errors import AdvisorError
from indexing.building.passages import Filters

_EVENT: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Discriminator("kind")])
_FOUND = TypeAdapter(list[Found])
_T = TypeVar("_T")


class ServerRefused(AdvisorError):
    """The server said no: `code` and `message` are its own, `status` is that of HTTP."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


class ServerUnreachable(AdvisorError):
    """No answer came, or it broke off; asking again is safe (a finished turn is kept)."""

    code = "unreachable"


class Client:
    """One server, one person. Safe to use from many threads; close it, or use it in a `with`."""

    def __init__(
        self,
        url: str,
        key: str | None = None,
        *,
        timeout: float = 200.0,
        http: httpx.Client | None = None,
    ) -> None:
        """Nothing is sent yet.

        Args:
            url: of the server, with the path it is served under, if any.
            key: API key, where the server asks for one.
            timeout: seconds without a byte after which an answer is given up.
            http: a client of your own (proxies, certificates), used as it is; not closed.
        """
        self._base = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._own = http is None
        self._http = http or httpx.Client(timeout=httpx.Timeout(timeout, connect=10.0))

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections this client opened."""
        if self._own:
            self._http.close()

    def ask(
        self,
        question: str,
        *,
        conversation: str | None = None,
        filters: Filters | None = None,
        language: str | None = None,
    ) -> Answer:
        """The answer to a question; its `conversation` takes the follow-up.

        Raises:
            ServerRefused: a bad question, a limit, a server that is starting; see `code`.
            ServerUnreachable: no answer came.
        """
        body = _body(question, conversation, filters, language)
        return self._read("POST", "/v1/ask", Answer.model_validate_json, json=body)

    def stream(
        self,
        question: str,
        *,
        conversation: str | None = None,
        filters: Filters | None = None,
        language: str | None = None,
    ) -> Iterator[Event]:
        """As `ask`, in events as they come; the last one is `Done`.

        Raises:
            ServerRefused: also for an `error` event, after the events before it.
            ServerUnreachable: the stream ended without `Done` or `error`.
        """
        body = _body(question, conversation, filters, language)
        try:
            with self._http.stream(
                "POST", self._base + "/v1/ask/stream", json=body, headers=self._headers
            ) as response:
                if response.status_code != 200:
                    response.read()
                    raise _refusal(response)
                for line in response.iter_lines():
                    # The server writes one `data:` line an event; comments are its heartbeat.
                    if not line.startswith("data:"):
                        continue
                    event = _EVENT.validate_json(line[5:])
                    if isinstance(event, Failure):
                        raise ServerRefused(event.code, event.message, 200)
                    yield event
                    if event.kind == "done":
                        return
        except (httpx.HTTPError, ValidationError) as error:
            raise _unreachable(error) from error
        raise ServerUnreachable("The stream ended before the answer did. Ask again.")

    def search(
        self,
        query: str,
        *,
        top: int = 10,
        kinds: Sequence[DocumentKind | str] = (),
        bodies: Sequence[str] = (),
        years: Sequence[int] = (),
        documents: Sequence[str] = (),
        superseded: bool = False,
    ) -> list[Found]:
        """Passages for a query, best first.

        Raises:
            ServerRefused, ServerUnreachable: as `ask`.
        """
        params: dict[str, Any] = {
            "q": query,
            "top": top,
            "kind": [str(DocumentKind(kind).value) for kind in kinds],
            "body": list(bodies),
            "year": list(years),
            "document": list(documents),
            "superseded": superseded,
        }
        return self._read("GET", "/v1/search", _FOUND.validate_json, params=params)

    def clause(
        self, address: str, *, language: str | None = None, neighbours: int = 1
    ) -> ClauseView:
        """The clause at an address, with its neighbours.

        Raises:
            ServerRefused, ServerUnreachable: as `ask`.
        """
        params: dict[str, Any] = {"neighbours": neighbours}
        if language is not None:
            params["language"] = language
        path = "/v1/clauses/" + quote(address, safe="")
        return self._read("GET", path, ClauseView.model_validate_json, params=params)

    def _read(self, method: str, path: str, read: Callable[[bytes], _T], **sent: Any) -> _T:
        try:
            response = self._http.request(method, self._base + path, headers=self._headers, **sent)
            if response.status_code != 200:
                raise _refusal(response)
            return read(response.content)
        except (httpx.HTTPError, ValidationError) as error:
            raise _unreachable(error) from error


def _body(
    question: str, conversation: str | None, filters: Filters | None, language: str | None
) -> dict[str, Any]:
    body: dict[str, Any] = {"question": question}
    if conversation is not None:
        body["conversation"] = conversation
    if language is not None:
        body["language"] = language
    if filters is not None:
        body["filters"] = filters.model_dump(mode="json")
    return body


def _refusal(response: httpx.Response) -> AdvisorError:
    try:
        told = response.json()
        return ServerRefused(str(told["code"]), str(told["message"]), response.status_code)
    except (ValueError, KeyError, TypeError):
        return ServerUnreachable(
            f"The server answered {response.status_code}, and not as this program does. "
            "Check its address."
        )


def _unreachable(error: Exception) -> ServerUnreachable:
    return ServerUnreachable(
        f"The server gave no answer ({type(error).__name__}). Check its address, then ask again."
    )
