"""One file from the web into the data directory: resumed, checked, whole or not at all.

What arrives goes to a partial file that carries no name anyone reads; only when its size and
content are right is it renamed to its hash. A kill leaves the partial, which the next run goes on
with as long as the server still has the same version (If-Range).
"""

from __future__ import annotations

import hashlib
import os
import re
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from corpus.documents import Frozen
from corpus.errors import ReadError
from corpus.fetching.policy import FetchProblem
from corpus.fetching.state import FetchState, KnownFile
from corpus.fetching.web import Web
from corpus.reading.sniffing import Format, sniff

Progress = Callable[[int, int], None]
"""Called with (bytes here, bytes in all or 0 where the server does not say)."""

_PIECE = 256 * 1024


class Download(Frozen):
    """A whole file, checked.

    Attributes:
        url, final_url: asked for, and after redirects.
        name: as the address calls it, for people.
        file: its name in the data directory's `files/`.
        sha256, size: of the whole file.
        unchanged: the copy held already was the newest.
    """

    url: str
    final_url: str
    name: str
    file: str
    sha256: str
    size: int
    unchanged: bool = False


async def download(
    web: Web, state: FetchState, folder: Path, url: str, progress: Progress | None = None
) -> Download:
    """The PDF at `url`, in `folder`; over https where the host speaks it.

    Raises:
        FetchProblem: it was not to be had, or is not what it should be.
    """
    parts = urlsplit(url)
    secure = urlunsplit(parts._replace(scheme="https"))
    if parts.scheme == "http" and parts.port is None:
        over_tls = _Transfer(web, state, folder, secure, progress)

        async def once() -> Download | None:
            try:
                return await over_tls.run()
            except FetchProblem as problem:
                if problem.code not in ("unreachable", "insecure-redirect"):
                    raise
                return None  # the catalogue's own address is http, and so is all there is

        found = await web.persist(once)
        if found is not None:
            return found
    transfer = _Transfer(web, state, folder, url, progress)
    return await web.persist(transfer.run)


def partial_of(folder: Path, url: str) -> Path:
    """Where an unfinished download of `url` lies."""
    return folder / ".partial" / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.part"


class _Transfer:
    """One address; `run` may be called again after a transient problem and goes on."""

    def __init__(
        self, web: Web, state: FetchState, folder: Path, url: str, progress: Progress | None
    ) -> None:
        self.web, self.state, self.folder, self.url = web, state, folder, url
        self.progress = progress or (lambda done, total: None)
        self.partial = partial_of(folder, url)

    async def run(self) -> Download:
        known = self.state.file(self.url)
        held = bool(known.file and (self.folder / known.file).is_file())
        headers: dict[str, str] = {}
        if held and known.etag:
            headers["If-None-Match"] = known.etag
        if held and known.last_modified:
            headers["If-Modified-Since"] = known.last_modified
        begun = self.partial.stat().st_size if known.partial and self.partial.is_file() else 0
        if begun and known.partial:
            headers |= {"Range": f"bytes={begun}-", "If-Range": known.partial}
        async with self.web.open(self.url, headers, seconds=self.web.policy.file_seconds) as reply:
            if reply.status_code == 304 and held:
                self._discard()
                self.state.keep_file(known.model_copy(update={"partial": None}))
                return self._told(known, unchanged=True)
            start = self._start(reply, known, begun)
            fresh = _validators(reply)
            resumable = _validator(fresh) if _encoding(reply) == "identity" else None
            self.state.keep_file(known.model_copy(update={"partial": resumable}))
            total = await self._receive(reply, start)
            final = str(reply.request.url)
        return self._finish(known, fresh, final, total)

    def _start(self, reply: httpx.Response, known: KnownFile, begun: int) -> int:
        """The byte this reply begins at: 0 for a whole file."""
        if reply.status_code == 200:
            return 0
        span = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", reply.headers.get("content-range", ""))
        etag = reply.headers.get("etag")
        same = etag is None or not (known.partial or "").startswith('"') or etag == known.partial
        if reply.status_code == 206 and begun and span and int(span[1]) == begun and same:
            return begun
        self._discard()
        self.state.keep_file(known.model_copy(update={"partial": None}))
        raise FetchProblem(
            "no-resume",
            f"{urlsplit(self.url).hostname} could not go on with the part held; it was dropped.",
            transient=True,
        )

    async def _receive(self, reply: httpx.Response, start: int) -> int | None:
        """Write the body; the size it should have, or None where the server does not say."""
        announced = reply.headers.get("content-length", "")
        packed = _encoding(reply) != "identity"
        total = start + int(announced) if announced.isdigit() and not packed else None
        self._bound(total or 0)
        self.partial.parent.mkdir(parents=True, exist_ok=True)
        done, head = start, b"" if start == 0 else None
        with self.partial.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            async for piece in _unpacked(reply):
                done += len(piece)
                self._bound(done)
                if head is not None:
                    head += piece[: 1024 - len(head)]
                    if len(head) == 1024:
                        self._must_be_pdf(head)
                        head = None
                file.write(piece)
                self.progress(done, total or 0)
            file.flush()
            os.fsync(file.fileno())
        if total is not None and done != total:
            raise FetchProblem(
                "cut-short",
                f"{urlsplit(self.url).hostname} sent {done} bytes of {total}.",
                transient=True,
            )
        return total

    def _must_be_pdf(self, head: bytes) -> None:
        if b"%PDF-" not in head:
            self._discard()
            raise FetchProblem(
                "wrong-type",
                f"What {self.url[:160]} sends is not a PDF, perhaps an error page. Look at it.",
            )

    def _bound(self, size: int) -> None:
        most = self.web.policy.file_bytes
        if size > most:
            self._discard()
            raise FetchProblem(
                "too-large", f"{self.url[:160]} has more than {most} bytes. It was not kept."
            )

    def _finish(
        self, known: KnownFile, fresh: dict[str, str | None], final: str, total: int | None
    ) -> Download:
        content = self.partial.read_bytes()
        try:
            if sniff(content, "") is not Format.PDF:
                self._must_be_pdf(b"")
        except ReadError as error:
            self._discard()
            raise FetchProblem("wrong-type", f"{self.url[:160]}: {error.message}") from error
        digest = hashlib.sha256(content).hexdigest()
        name = f"{digest}.pdf"
        os.replace(self.partial, self.folder / name)
        found = known.model_copy(
            update={
                **fresh,
                "final_url": final,
                "sha256": digest,
                "file": name,
                "size": len(content),
                "partial": None,
            }
        )
        self.state.keep_file(found)
        return self._told(found, unchanged=digest == known.sha256)

    def _told(self, known: KnownFile, unchanged: bool) -> Download:
        final = known.final_url or known.url
        assert known.file is not None
        assert known.sha256 is not None
        return Download(
            url=known.url,
            final_url=final,
            name=unquote(urlsplit(final).path.rpartition("/")[2])[:200] or "document.pdf",
            file=known.file,
            sha256=known.sha256,
            size=known.size,
            unchanged=unchanged,
        )

    def _discard(self) -> None:
        self.partial.unlink(missing_ok=True)


def _validators(reply: httpx.Response) -> dict[str, str | None]:
    return {
        "etag": reply.headers.get("etag"),
        "last_modified": reply.headers.get("last-modified"),
    }


def _validator(fresh: dict[str, str | None]) -> str | None:
    """What If-Range may carry: a strong ETag, else the date (RFC 9110, 13.1.5)."""
    etag = fresh["etag"]
    return etag if etag and etag.startswith('"') else fresh["last_modified"]


def _encoding(reply: httpx.Response) -> str:
    return (reply.headers.get("content-encoding") or "identity").strip().lower()


async def _unpacked(reply: httpx.Response) -> AsyncIterator[bytes]:
    """The body, unpacked in small pieces: a bomb never fills memory."""
    encoding = _encoding(reply)
    if encoding == "identity":
        async for piece in reply.aiter_raw():
            yield piece
        return
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise FetchProblem(
            "wrong-encoding", f"The server packs the file as '{encoding[:40]}', unasked."
        )
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        async for packed in reply.aiter_raw():
            full = True
            while packed or full:
                piece = unpacker.decompress(packed, _PIECE)
                yield piece
                packed, full = unpacker.unconsumed_tail, len(piece) == _PIECE
    except zlib.error as error:
        raise FetchProblem("damaged", "The packed file cannot be unpacked.") from error
    if not unpacker.eof:
        raise FetchProblem("cut-short", "The packed file ends early.", transient=True)
