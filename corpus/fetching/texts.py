"""Official texts from their pages to the shelf: `advisor corpus fetch`.

For each document of the catalogue: its direct link where one was seen, else the link to it on its
landing page. What arrives is read, compared with what was wanted (number, edition, language), and
put on the shelf with its address and hash (P10). Stopping at any moment loses nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import Engine

from corpus.documents import Document, DocumentKind
from corpus.errors import AdvisorError, ReadError
from corpus.fetching.download import Download, download
from corpus.fetching.filing import wanted_of
from corpus.fetching.links import Page, choose, read_page
from corpus.fetching.policy import FetchProblem, Policy, hosts_of
from corpus.fetching.report import EntryOutcome, FetchReport, Outcome
from corpus.fetching.state import FetchState, PastOutcome, one_at_a_time
from corpus.fetching.web import Resolve, Web, resolve
from corpus.limits import DEFAULT, Limits
from corpus.reading.files import read
from corpus.shelf.adding import keep
from corpus.shelf.catalogue_entries import CatalogueEntry
from corpus.shelf.register import Origin, Shelf, Source, State

Progress = Callable[[str, int, int], None]
"""Called with ('documents', done, total) and ('KiB of this file', done, total)."""


def fetch(
    entries: Sequence[CatalogueEntry],
    shelf: Shelf,
    engine: Engine,
    *,
    actor: str,
    policy: Policy | None = None,
    languages: Sequence[str] | None = None,
    progress: Progress | None = None,
    limits: Limits = DEFAULT,
    collections: Sequence[CatalogueEntry] = (),
    resolver: Resolve = resolve,
) -> FetchReport:
    """Fetch the official texts of `entries` and put them on the shelf.

    Args:
        entries: what is wanted.
        shelf: where the texts go; files go to `shelf.files`.
        engine: the relational store, for what the next run must know.
        actor: who fetches, for the history (P10).
        policy: hosts, pace and bounds; by default the hosts of the entries' own links.
        languages: ISO 639-1 codes; by default those in which each entry was seen.
        progress: see `Progress`.
        limits: bounds of reading.
        collections: entries of Final Acts, whose file holds the texts of other entries that
            name the same landing page; looked for in `entries` too.
        resolver: of host names (for tests).

    Raises:
        FetchBusy: another run is under way.
    """
    if policy is None:
        policy = Policy(hosts=hosts_of(u for e in entries for u in e.urls))
    wanted = [
        (entry, language)
        for entry in entries
        for language in (languages or entry.languages)
        if not entry.compiled
    ]
    with one_at_a_time(shelf.files / ".partial"):
        run = _Run(shelf, FetchState(engine), actor, progress or (lambda *_: None), limits)
        run.pages_of = Counter(e.landing_url for e in (*entries, *collections) if e.landing_url)
        run.collections = {
            e.landing_url: e
            for e in (*entries, *collections)
            if e.kind is DocumentKind.FINAL_ACTS and e.landing_url
        }
        return asyncio.run(run.all(wanted, policy, resolver))


class _Run:
    """One run; pages and files that several documents share are asked for once."""

    pages_of: Counter[str]
    collections: dict[str, CatalogueEntry]

    def __init__(
        self, shelf: Shelf, state: FetchState, actor: str, progress: Progress, limits: Limits
    ) -> None:
        self.shelf, self.state, self.actor = shelf, state, actor
        self.progress, self.limits = progress, limits
        self.web: Web
        self._pages: dict[str, tuple[Page, bytes] | FetchProblem] = {}
        self._files: dict[str, Download | FetchProblem] = {}
        self._read: dict[str, list[Document] | ReadError] = {}

    async def all(
        self, wanted: Sequence[tuple[CatalogueEntry, str]], policy: Policy, resolver: Resolve
    ) -> FetchReport:
        outcomes: list[EntryOutcome] = []
        async with Web(policy, resolver=resolver) as self.web:
            for done, (entry, language) in enumerate(wanted):
                self.progress("documents", done, len(wanted))
                outcomes.append(await self._one(entry, language))
                self._remember(outcomes[-1])
        self.progress("documents", len(wanted), len(wanted))
        return FetchReport(entries=tuple(outcomes))

    async def _one(self, entry: CatalogueEntry, language: str) -> EntryOutcome:
        def told(outcome: Outcome, **more: Any) -> EntryOutcome:
            return EntryOutcome.model_validate(
                {"entry": entry.id, "language": language, "outcome": outcome, **more}
            )

        if self._withdrawn(entry, language):
            said = "It was withdrawn; `advisor corpus restore` comes first."
            return told(Outcome.WITHDRAWN, code="withdrawn", reason=said)
        try:
            link, reason, candidates = await self._link(entry, language)
            if link is None:
                if (held := await self._page_itself(entry, language)) is not None:
                    return told(held[0], **held[1])
                return told(Outcome.NO_LINK, code="no-link", reason=reason, candidates=candidates)
            file = await self._file(link)
            source = Source(
                name=file.name,
                sha256=file.sha256,
                file=file.file,
                url=file.final_url,
                origin=Origin.OFFICIAL,
            )
            outcome, keys = await self._shelve(entry, language, source)
            return told(outcome, url=file.final_url, sha256=file.sha256, keys=keys)
        except AdvisorError as error:
            return told(Outcome.FAILED, code=error.code, reason=error.message)
        except Exception as error:
            structlog.get_logger().exception("fetch failed", entry=entry.id)
            reason = f"Something unforeseen went wrong ({type(error).__name__}); the log has more."
            return told(Outcome.FAILED, code="internal-error", reason=reason)

    async def _link(
        self, entry: CatalogueEntry, language: str
    ) -> tuple[str | None, str, tuple[str, ...]]:
        """The file's address, or why there is none, with the links there were."""
        if entry.pdf_url and language in entry.languages:
            return entry.pdf_url, "", ()
        if not entry.landing_url:
            return None, "The catalogue has no link to it.", ()
        found = await self._page(entry.landing_url)
        page = found[0]
        holder = self.collections.get(entry.landing_url)
        alone = self.pages_of[entry.landing_url] == 1 or holder is entry
        chosen = choose(page, entry, language, own_page=alone)
        if chosen.link is None and holder is not None and holder is not entry:
            chosen = choose(page, holder, language, own_page=True)
        reason = f"{chosen.reason[:1].upper()}{chosen.reason[1:]}: {entry.landing_url}"
        return (chosen.link.url if chosen.link else None), reason, chosen.candidates

    async def _page(self, url: str) -> tuple[Page, bytes]:
        if url not in self._pages:
            try:
                self._pages[url] = await self.web.persist(lambda: self._ask_page(url))
            except FetchProblem as problem:
                self._pages[url] = problem
        found = self._pages[url]
        if isinstance(found, FetchProblem):
            raise found
        return found

    async def _ask_page(self, url: str) -> tuple[Page, bytes]:
        policy = self.web.policy
        async with self.web.open(url, seconds=policy.page_seconds) as reply:
            content = bytearray()
            async for piece in reply.aiter_raw():
                content += piece
                if len(content) > policy.page_bytes:
                    raise FetchProblem("too-large", f"The page {url[:160]} is too large.")
            return read_page(bytes(content), str(reply.request.url)), bytes(content)

    async def _file(self, url: str) -> Download:
        def progress(done: int, total: int) -> None:
            self.progress("KiB of this file", done // 1024, max(total, done) // 1024)

        if url not in self._files:
            try:
                self._files[url] = await download(
                    self.web, self.state, self.shelf.files, url, progress
                )
            except FetchProblem as problem:
                self._files[url] = problem
        found = self._files[url]
        if isinstance(found, FetchProblem):
            raise found
        return found

    async def _page_itself(
        self, entry: CatalogueEntry, language: str
    ) -> tuple[Outcome, dict[str, Any]] | None:
        """A resolution that stands on its landing page as text; None where it does not."""
        if entry.type is None or not entry.landing_url:
            return None
        page, content = await self._page(entry.landing_url)
        digest = hashlib.sha256(content).hexdigest()
        path = self.shelf.files / f"{digest}.html"
        known = path.exists()
        keep(path, content)
        name = page.url.rpartition("/")[2] or "page.html"
        source = Source(
            name=name, sha256=digest, file=path.name, url=page.url, origin=Origin.OFFICIAL
        )
        try:
            outcome, keys = await self._shelve(entry, language, source)
        except AdvisorError:
            if not known:
                path.unlink(missing_ok=True)
            return None
        return outcome, {"url": page.url, "sha256": digest, "keys": keys}

    async def _shelve(
        self, entry: CatalogueEntry, language: str, source: Source
    ) -> tuple[Outcome, tuple[str, ...]]:
        held = {e.key: e for e in self.shelf.entries() if e.state is State.ACTIVE}
        past = self.state.outcome(entry.id, language)
        if (
            past is not None
            and past.sha256 == source.sha256
            and past.keys
            and all(key in held and held[key].source.sha256 == past.sha256 for key in past.keys)
        ):
            return Outcome.UNCHANGED, past.keys
        documents = wanted_of(await self._documents(source), entry, language)
        withdrawn = {e.key for e in self.shelf.entries() if e.state is State.WITHDRAWN}
        documents = [d for d in documents if d.key not in withdrawn]
        words = self.shelf.put(documents, source, self.actor)
        keys = tuple(document.key for document in documents)
        changed = any(word != "unchanged" for word in words)
        return (Outcome.FETCHED if changed else Outcome.UNCHANGED), keys

    async def _documents(self, source: Source) -> list[Document]:
        assert source.file is not None
        path: Path = self.shelf.files / source.file
        if source.file not in self._read:
            try:
                self._read[source.file] = await asyncio.to_thread(
                    read, path, limits=self.limits, name=source.name
                )
            except ReadError as error:
                self._read[source.file] = error
        found = self._read[source.file]
        if isinstance(found, ReadError):
            raise found
        return found

    def _withdrawn(self, entry: CatalogueEntry, language: str) -> bool:
        return any(
            e.id == entry.id
            and e.language == language
            and not e.is_digest
            and e.state is State.WITHDRAWN
            for e in self.shelf.entries()
        )

    def _remember(self, outcome: EntryOutcome) -> None:
        self.state.keep_outcome(
            PastOutcome(
                entry=outcome.entry,
                language=outcome.language,
                outcome=outcome.outcome.value,
                url=outcome.url,
                sha256=outcome.sha256,
                code=outcome.code,
                reason=outcome.reason,
                keys=outcome.keys,
            )
        )
