"""The site a browser is driven at: one server, or (ADVISOR_TEST_REPLICAS=3) a set behind nginx.

The same tests hold of both. A set has PostgreSQL, a Chroma server, and a data directory for each
server; nobody is at the machine itself there, so that people sign in.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from assistant.api.opening import Opening
from assistant.operating import workspace
from assistant.people.roles import Role
from assistant.ui.app import create_app
from corpus.shelf.register import Shelf, Source
from corpus.shelf.starter import packaged_digests
from evals.operations.cluster import Cluster, nginx
from evals.operations.processes import Child, NotInstalled, advisor, free_port
from tests.assistant.tiny import DOCUMENT, tiny_advisor, tiny_settings
from tests.e2e.browser import Person, person, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

REPLICAS = int(os.environ.get("ADVISOR_TEST_REPLICAS") or 0)
PASSWORD = "seven lanterns over the quiet harbour"

Made = TypeVar("Made")
Filling = Callable[[Shelf], object]
"""Puts documents on a shelf."""


class Site:
    """Where people go, and what a test arranges or looks up behind the pages' back.

    Attributes:
        url: of the whole, with the path it is under.
        opening: over the same database and documents; in a set, of no server there.
        accounts: whether people have to sign in to be more than visitors.

    Its servers can be killed and started again where they are processes of their own.
    """

    def __init__(
        self, url: str, opening: Opening, accounts: bool, servers: Sequence[Child] = ()
    ) -> None:
        self.url, self.opening, self.accounts = url, opening, accounts
        self._servers = servers

    def kill(self) -> None:
        """End every server at once, with -9."""
        for server in self._servers:
            server.kill()

    def start(self) -> None:
        """Start the servers again, and wait until they can be asked."""
        for server in self._servers:
            server.start(wait=False)
        for server in self._servers:
            server.wait_ready()

    @contextmanager
    def person(self, browser: Browser, role: Role = Role.ADMIN) -> Iterator[Person]:
        """Somebody with a browser of their own, at the machine or signed in, who may do this."""
        with person(browser, self.url) as someone:
            self.let_in(someone.page, role)
            yield someone

    def let_in(self, page: Page, role: Role = Role.ADMIN) -> None:
        """Sign in on this page where that is asked of people."""
        if not self.accounts:
            return
        name = f"{role}.here"
        if self.opening.people.users.find(name) is None:
            self.opening.people.users.add(name, role, by="local", password=PASSWORD)
        page.goto(f"{self.url}/login")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").first.click()
        page.wait_for_url(lambda url: "/login" not in url)


@contextmanager
def site(
    folder: Path, fill: Filling | None = None, under: str = "", **settings: Any
) -> Iterator[Site]:
    """A running site; one server runs in this process, and searches by shared words.

    Args:
        folder: of its state.
        fill: puts documents on the shelf; one small made-up resolution where it is None.
        under: path of a larger site, behind nginx.
        settings: as `Settings` names them; `questions_per_minute` is without a limit here.
    """
    if REPLICAS:
        with _many(folder, fill or _tiny, "hashing", under, settings) as found:
            yield found
        return
    settings = {"questions_per_minute": 0, "embedding_model": "hashing", **settings}
    made = tiny_settings(folder, root_path=under, **settings)
    opening = Opening(made, tiny_advisor(made, () if fill else (DOCUMENT,)))
    if fill:
        fill(opening.advisor().shelf)
    with ExitStack() as stack:
        url = stack.enter_context(served(create_app(made, opening=opening)))
        if under:
            inside, port = int(url.rpartition(":")[2]), free_port()
            proxy = _installed(lambda: nginx(folder / "nginx", port, [inside], under))
            stack.enter_context(proxy).start()
            url = f"http://127.0.0.1:{port}{under}"
        yield Site(url, opening, accounts=False)


@contextmanager
def real_site(folder: Path, fill: Filling) -> Iterator[Site]:
    """`advisor serve` as people run it, in processes of its own, with the model that is shipped."""
    model = "advisor-e5"
    if REPLICAS:
        # Links that people share are opened by visitors, who must be let in to read.
        with _many(folder, fill, model, "", {"anonymous_reading": True}) as found:
            yield found
        return
    settings = tiny_settings(folder, embedding_model=model)
    fill(workspace.shelf(settings))
    workspace.sync_index(settings)
    port = free_port()
    with advisor(folder, port, folder / "server.log", EMBEDDING_MODEL=model) as server:
        server.start()
        yield Site(f"http://127.0.0.1:{port}", Opening(settings), False, [server])


def digests(*topics: str) -> Filling:
    """Puts those digests of the starter corpus on a shelf whose names hold one of `topics`."""
    chosen = [one for one in packaged_digests() if any(topic in one.name for topic in topics)]
    assert chosen

    def fill(shelf: Shelf) -> None:
        for one in chosen:
            source = Source(name=one.name, sha256=hashlib.sha256(one.content).hexdigest())
            shelf.put([one.digest.document], source, "test")

    return fill


@contextmanager
def _many(
    folder: Path,
    fill: Filling,
    model: str,
    under: str,
    settings: dict[str, Any],
) -> Iterator[Site]:
    settings = {"anonymous_reading": False, **settings}
    environment = {f"ADVISOR_{name.upper()}": _written(value) for name, value in settings.items()}
    cluster = _installed(
        lambda: Cluster(
            folder,
            servers=REPLICAS,
            model=model,
            environment=environment,
            under=under,
            fill=fill,
        )
    )
    with cluster:
        yield Site(cluster.url + under, Opening(cluster.settings()), True, cluster.servers)


def _tiny(shelf: Shelf) -> None:
    shelf.put([DOCUMENT], Source(name="tiny.xml", sha256="0" * 64), "test")


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _installed(make: Callable[[], Made]) -> Made:
    try:
        return make()
    except NotInstalled as missing:
        pytest.skip(missing.message)
