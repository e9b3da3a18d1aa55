"""One polite request to a checked address: robots.txt, pace, redirects, refusals, retries."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx
from protego import Protego
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_exponential_jitter

from corpus.fetching.policy import PRODUCT, FetchProblem, Policy, host_of, is_public

Resolve = Callable[[str, int], Awaitable[list[str]]]
"""Name and port -> IP addresses, as text."""

T = TypeVar("T")

_REDIRECTS = (301, 302, 303, 307, 308)
_ROBOTS_BYTES = 512 * 1024
"""At least 500 KiB of a robots.txt must be read (RFC 9309, 2.5)."""
_LONGEST_CRAWL_DELAY = 30.0


async def resolve(name: str, port: int) -> list[str]:
    """Addresses of a host, by the system's resolver."""
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class CheckedTransport(httpx.AsyncBaseTransport):
    """Connects to the very address that was checked, so that a second look-up cannot differ.

    The request goes to the IP address; Host header and TLS name stay those of the host.
    """

    def __init__(
        self,
        policy: Policy,
        resolver: Resolve = resolve,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._policy, self._resolve = policy, resolver
        # A connection is kept by its IP address; kept open it could serve another host's name.
        self._inner = inner or httpx.AsyncHTTPTransport(
            limits=httpx.Limits(max_keepalive_connections=0), trust_env=True
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Resolve, check, connect.

        Raises:
            FetchProblem: 'private-address', or 'unreachable' where no address answers.
        """
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            addresses = await self._resolve(url.host, port)
        except OSError as error:
            raise FetchProblem(
                "unreachable", f"The name {url.host} was not found.", transient=True
            ) from error
        allowed = host_of(str(url)) in self._policy.private_hosts
        if not addresses or not (allowed or all(map(is_public, addresses))):
            raise FetchProblem(
                "private-address",
                f"{url.host} leads into a private network, which official pages never do. "
                "It was not asked.",
            )
        extensions = {**request.extensions, "sni_hostname": url.host}
        for place, address in enumerate(addresses):
            try:
                return await self._inner.handle_async_request(
                    httpx.Request(
                        request.method,
                        url.copy_with(host=address),
                        headers=request.headers,
                        stream=request.stream,
                        extensions=extensions,
                    )
                )
            except httpx.ConnectError:
                if place == len(addresses) - 1:
                    raise
        raise AssertionError("unreachable")

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()


class Web:
    """Requests within one policy; `async with Web(policy) as web`."""

    def __init__(
        self,
        policy: Policy,
        *,
        resolver: Resolve = resolve,
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.policy = policy
        self._client = httpx.AsyncClient(
            transport=CheckedTransport(policy, resolver, inner),
            timeout=httpx.Timeout(policy.silence_seconds, connect=policy.connect_seconds),
            headers={"User-Agent": policy.agent},
            trust_env=False,
            follow_redirects=False,
        )
        self._robots: dict[str, Protego | None] = {}
        self._next: dict[str, float] = {}
        self._left_alone: dict[str, FetchProblem] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def persist(self, what: Callable[[], Awaitable[T]]) -> T:
        """The result of `what`, tried again with back-off while its problems are transient.

        Raises:
            FetchProblem: the last one.
        """
        back_off = wait_exponential_jitter(
            self.policy.first_wait, self.policy.longest_wait, jitter=self.policy.first_wait / 2
        )

        def wait(state: RetryCallState) -> float:
            problem = state.outcome.exception() if state.outcome else None
            asked = problem.wait if isinstance(problem, FetchProblem) else None
            return back_off(state) if asked is None else asked

        def again(problem: BaseException) -> bool:
            return (
                isinstance(problem, FetchProblem)
                and problem.transient
                and (problem.wait or 0) <= self.policy.longest_wait
            )

        async for attempt in AsyncRetrying(
            stop=stop_after_attempt(self.policy.attempts),
            wait=wait,
            retry=retry_if_exception(again),
            reraise=True,
        ):
            with attempt:
                return await what()
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def open(
        self, url: str, headers: Mapping[str, str] | None = None, *, seconds: float
    ) -> AsyncIterator[httpx.Response]:
        """The reply to GET, after redirects; its body is read inside the block.

        Args:
            url: absolute address.
            headers: more of them.
            seconds: most time for everything inside the block.

        Raises:
            FetchProblem: not allowed, refused, missing, unreachable, too slow or cut short;
                `code` says which.
        """
        try:
            async with AsyncExitStack() as stack:
                await stack.enter_async_context(asyncio.timeout(seconds))
                yield await self._follow(url, headers or {}, stack)
        except TimeoutError as error:
            raise FetchProblem(
                "too-slow",
                f"{urlsplit(url).hostname} took more than {seconds:g} seconds. Run again later; "
                "what came is kept where it can be resumed.",
            ) from error
        except httpx.RemoteProtocolError as error:
            raise FetchProblem(
                "cut-short", f"{urlsplit(url).hostname} ended before its reply did.", transient=True
            ) from error
        except httpx.HTTPError as error:
            slow = isinstance(error, httpx.TimeoutException)
            raise FetchProblem(
                "too-slow" if slow else "unreachable",
                f"{urlsplit(url).hostname} {'fell silent' if slow else 'could not be reached'} "
                f"({type(error).__name__}).",
                transient=True,
            ) from error

    async def _follow(
        self, url: str, headers: Mapping[str, str], stack: AsyncExitStack, robots: bool = True
    ) -> httpx.Response:
        seen = [url]
        while True:
            self.policy.check_url(url, seen[-2] if len(seen) > 1 else None)
            if robots:
                await self._ask_robots(url)
            await self._pace(url)
            reply = await stack.enter_async_context(
                self._client.stream("GET", url, headers={"Accept-Encoding": "identity", **headers})
            )
            if reply.status_code not in _REDIRECTS or "location" not in reply.headers:
                self._check_status(url, reply)
                return reply
            await reply.aclose()
            url = urljoin(url, reply.headers["location"])
            if url in seen:
                raise FetchProblem(
                    "redirect-loop", f"{urlsplit(url).hostname} redirects in a circle."
                )
            seen.append(url)
            if len(seen) > self.policy.redirects + 1:
                raise FetchProblem(
                    "too-many-redirects",
                    f"There were more than {self.policy.redirects} redirects, from "
                    f"{seen[0][:120]} on.",
                )

    def _check_status(self, url: str, reply: httpx.Response) -> None:
        status, host = reply.status_code, urlsplit(url).hostname
        if status in (200, 206, 304, 416):
            return
        if status in (404, 410):
            raise FetchProblem(
                "not-found", f"{url[:160]} is not there any more (HTTP {status}). Check the link."
            )
        if status in (429, 503):
            wait = _retry_after(reply.headers.get("retry-after"))
            said = f"; it asks to wait {wait:.0f} seconds" if wait else ""
            problem = FetchProblem(
                "asked-to-wait",
                f"{host} is busy (HTTP {status}){said}. Run again later.",
                transient=True,
                wait=wait,
            )
            if (wait or 0) > self.policy.longest_wait:
                self._left_alone[host_of(url)] = problem
            raise problem
        raise FetchProblem(
            "server-error" if status >= 500 else "refused",
            f"{host} answered HTTP {status}.",
            transient=status >= 500 or status in (408, 425),
        )

    async def _pace(self, url: str) -> None:
        host = host_of(url)
        if host in self._left_alone:
            raise self._left_alone[host]
        now = time.monotonic()
        turn = max(now, self._next.get(host, 0.0))
        rules = self._robots.get(host)
        asked = (rules.crawl_delay(PRODUCT) if rules else None) or 0.0
        self._next[host] = turn + max(self.policy.pause, min(asked, _LONGEST_CRAWL_DELAY))
        await asyncio.sleep(turn - now)

    async def _ask_robots(self, url: str) -> None:
        host = host_of(url)
        if host not in self._robots:
            self._robots[host] = await self._rules(url)
        rules = self._robots[host]
        if rules is not None and not rules.can_fetch(url, PRODUCT):
            raise FetchProblem(
                "robots", f"The robots.txt of {host} asks programs not to fetch {url[:160]}."
            )

    async def _rules(self, url: str) -> Protego | None:
        """Rules of a host; None where it has none. Unreachable means no (RFC 9309, 2.3.1)."""
        place = urljoin(url, "/robots.txt")
        try:
            async with AsyncExitStack() as stack:
                reply = await self._follow(place, {}, stack, robots=False)
                text = bytearray()
                async for piece in reply.aiter_raw():
                    text += piece
                    if len(text) > _ROBOTS_BYTES:
                        break
        except FetchProblem as problem:
            if problem.code in ("not-found", "refused"):
                return None
            if problem.code == "private-address":
                raise
            raise FetchProblem(
                problem.code,
                f"The robots.txt could not be asked for, so nothing was. {problem.message}",
                transient=problem.transient,
                wait=problem.wait,
            ) from problem
        return Protego.parse(text.decode("utf-8", errors="replace"))


def _retry_after(value: str | None) -> float | None:
    """Seconds of a Retry-After header: a number, or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
