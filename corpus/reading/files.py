"""A file -> documents, read in a child process that cannot hurt this one.

Whatever the file does there (loop, swell, crash the interpreter), here it is one typed error.
"""

from __future__ import annotations

import json
import os
import re
import selectors
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePath
from typing import Any, TypeGuard

import corpus
from corpus import errors
from corpus.addresses import Address
from corpus.documents import Document, Frozen
from corpus.errors import (
    BadAddress,
    EmptyFile,
    ReadError,
    ScannedFile,
    TooLarge,
    TooSlow,
    UnknownFormat,
)
from corpus.limits import DEFAULT, MIB, Limits
from corpus.reading.cleaning import writable
from corpus.shelf.links import check_links

_TEMPLATE = DEFAULT.model_copy(update={"seconds": 10.0, "memory": 1024 * MIB})
"""Bounds of reading a template: somebody waits for it."""

_FRESH_SECONDS = 15.0
"""An idle child is used again within this time; later it may be about to end by itself."""
_REUSES = 100


class Reading(Frozen):
    """What became of one file of `read_many`: its documents, or the error's message and code."""

    path: Path
    documents: tuple[Document, ...] = ()
    error: str | None = None
    code: str | None = None


def read(
    path: Path, *, limits: Limits = DEFAULT, work: str | None = None, name: str | None = None
) -> list[Document]:
    """Documents of one file, whatever its format, sniffed by content.

    A scanned PDF is recognised first where OCR is installed (`corpus.reading.ocr`).

    Args:
        path: the file.
        limits: bounds on time, memory and size.
        work: id to give the document, instead of the one derived from its title or name; so that
            texts in several languages become one work.
        name: the file's name as it was given, where it is kept under another.

    Raises:
        ReadError: the file is empty, damaged, locked, scanned, garbled, of an unknown format,
            unsafe, too large or too slow; the class says which, the message what to do.
        BadAddress: `work` is not a document id.
    """
    if work is not None:
        parsed = Address.parse(work)
        if parsed.section is not None:
            raise BadAddress(f"'{work[:80]}' names a clause; give a document id like udhr@1948.")
    _check_file(path, limits)
    name = writable(_name(PurePath(name) if name else path.resolve()))
    try:
        documents = _read_in_child(path, name, limits)
    except ScannedFile:  # recognise its pages first
        from corpus.reading.ocr import recognised

        with recognised(path, limits) as searchable:
            documents = [
                document.model_copy(update={"notes": (*document.notes, _BY_OCR)})
                for document in _read_in_child(searchable, name, limits)
            ]
    check_links(documents)
    return _as_work(documents, work)


_ONLY_LANGUAGE = re.compile(r"(?:[a-z]{2,3})(?:[-_](?:hans|hant|[A-Za-z]{2}))?", re.I)


_MADE_BY_US = re.compile(r"upload-\w+|tmp\w+|[0-9a-f]{32}")
"""Folders that an upload passes through: their names must not become a document's."""


def _name(path: PurePath) -> str:
    """The file's name; its directory's, where the name is only a language's ('udhr/fra.txt')."""
    folder = path.parent.name
    if _ONLY_LANGUAGE.fullmatch(path.stem) and folder and not _MADE_BY_US.fullmatch(folder):
        from corpus.reading.reports import is_language_word

        if is_language_word(path.stem):
            return f"{folder}{path.suffix}"
        return f"{folder}_{path.name}"
    return path.name


_BY_OCR = "The pages are pictures; the text was recognised by OCR and may hold wrong letters."


def read_many(
    paths: Sequence[Path],
    progress: Callable[[Path, int, int], None] | None = None,
    *,
    limits: Limits = DEFAULT,
    workers: int | None = None,
    work: str | None = None,
) -> Iterator[Reading]:
    """Readings of many files, in the order given, several at a time; one never harms another.

    Args:
        paths: files, not directories.
        progress: called with (path, done, total) as each reading is handed over.
        limits: bounds for each file.
        workers: child processes at once; by default one per processor, at most four.
        work: as in `read`, for every file: texts of one work in several languages.
    """
    total = len(paths)
    count = max(1, min(workers or min(os.cpu_count() or 1, 4), total or 1))
    with ThreadPoolExecutor(count, thread_name_prefix="reading") as pool:
        for done, (path, future) in enumerate(
            [(path, pool.submit(_reading, path, limits, work)) for path in paths], start=1
        ):
            outcome = future.result()
            if progress:
                progress(path, done, total)
            yield outcome


def _reading(path: Path, limits: Limits, work: str | None) -> Reading:
    try:
        return Reading(path=path, documents=tuple(read(path, limits=limits, work=work)))
    except ReadError as error:
        return Reading(path=path, error=error.message, code=error.code)


def _check_file(path: Path, limits: Limits) -> None:
    try:
        found = path.stat()
    except OSError as error:
        raise ReadError(f"The file cannot be opened: {error.strerror}.") from error
    if not stat.S_ISREG(found.st_mode):
        raise UnknownFormat("This is not a file but a directory or device. Name the files in it.")
    if found.st_size == 0:
        raise EmptyFile("The file is empty. Download it again, or check what was saved.")
    if found.st_size > limits.file_bytes:
        raise TooLarge(
            f"The file has {found.st_size // MIB} MiB; at most {limits.file_bytes // MIB} MiB "
            "are read. Split it and add the parts."
        )


def _as_work(documents: list[Document], work: str | None) -> list[Document]:
    if work is None:
        return documents
    if len({document.id for document in documents}) > 1:
        raise ReadError(
            f"The file holds {len(documents)} documents, so it cannot be filed under one id. "
            "Leave the id out."
        )
    return [document.model_copy(update={"id": work}) for document in documents]


class _Child:
    """One reading process and the pipe to it."""

    def __init__(self, limits: Limits) -> None:
        root = str(Path(corpus.__file__).resolve().parent.parent)
        search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        # One thread each: numeric libraries would reserve address space for every processor.
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self.memory = limits.memory
        self.uses = 0
        self.last_used = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "corpus.reading.child", str(limits.memory), str(limits.seconds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **single, "PYTHONPATH": search},
        )

    def ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any] | None:
        """The reply, or None when the child ended without one.

        Raises:
            TimeoutError: no whole reply within `seconds`.
        """
        process = self.process
        assert process.stdin is not None
        assert process.stdout is not None
        self.uses += 1
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
        except OSError:
            return None
        deadline = time.monotonic() + seconds
        received = bytearray()
        size: int | None = None
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while size is None or len(received) < size:
                left = deadline - time.monotonic()
                if left <= 0 or not selector.select(left):
                    raise TimeoutError
                piece = os.read(process.stdout.fileno(), 1 << 20)
                if not piece:
                    return None
                received += piece
                if size is None and b"\n" in received:
                    head, _, rest = bytes(received).partition(b"\n")
                    size, received = int(json.loads(head)["size"]), bytearray(rest)
        self.last_used = time.monotonic()
        reply: dict[str, Any] = json.loads(received)
        return reply

    def end(self) -> None:
        """Kill it and collect it."""
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self.process.wait()


_idle: list[_Child] = []
_lock = threading.Lock()


def _borrow(limits: Limits) -> _Child:
    stale: list[_Child] = []
    found: _Child | None = None
    with _lock:
        while _idle and found is None:
            child = _idle.pop()
            young = time.monotonic() - child.last_used < _FRESH_SECONDS
            if young and child.memory == limits.memory and child.process.poll() is None:
                found = child
            else:
                stale.append(child)
    for child in stale:
        child.end()
    return found or _Child(limits)


def _give_back(child: _Child) -> None:
    if child.uses < _REUSES:
        with _lock:
            if len(_idle) < 4:
                _idle.append(child)
                return
    child.end()


def _share_of_processor() -> float:
    """How much longer reading takes because others use the machine: 1 when it is quiet, at most 4.

    A limit in seconds is meant for a processor of one's own; on a machine with more work than
    processors a sound file would be called slow.
    """
    try:
        waiting = os.getloadavg()[0] / (os.cpu_count() or 1)
    except OSError:
        return 1.0
    return min(4.0, max(1.0, waiting))


def word_headings(content: bytes, limits: Limits = _TEMPLATE) -> list[str]:
    """The headings (styles Heading 1 to 3) of a Word file, read in a child like any other file.

    Raises:
        ReadError: it is no Word file, damaged, too large or too slow; the class says which.
    """
    with tempfile.NamedTemporaryFile(suffix=".docx") as kept:
        kept.write(content)
        kept.flush()
        found = _asked_child(Path(kept.name), "template.docx", limits, wanted="headings")
    return [str(heading) for heading in found["headings"]]


def _read_in_child(path: Path, name: str, limits: Limits) -> list[Document]:
    reply = _asked_child(path, name, limits, wanted="documents")
    return [Document.model_validate(item) for item in reply["documents"]]


def _asked_child(path: Path, name: str, limits: Limits, wanted: str) -> dict[str, Any]:
    request = {
        "path": str(path.resolve()),
        "name": name,
        "limits": limits.model_dump(mode="json"),
        "wanted": wanted,
    }
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04" and path.suffix.lower() != ".docx"
    allowed = limits.archive_seconds if packed else limits.seconds
    seconds = allowed * _share_of_processor()
    reply, served_before = None, True
    # A child that served before may have ended for its own reasons, and so may the next one that
    # waits: only one that was started for this file says something of the file.
    while reply is None and served_before:
        child = _borrow(limits)
        served_before = child.uses > 0
        try:
            reply = child.ask(request, seconds)
        except TimeoutError:
            child.end()
            raise TooSlow(
                f"Reading the file took more than {allowed:g} seconds and was stopped. "
                "Split it, or save it again as a simpler PDF."
            ) from None
        except BaseException:
            child.end()
            raise
        if reply is None:
            child.end()
        else:
            _give_back(child)
    if reply is None:
        raise ReadError(
            "The file could not be read: it made the reading program stop. It may be damaged; "
            "save or download it again."
        )
    if wanted in reply:
        return reply
    raise _error(str(reply["code"]), str(reply["message"]))


def _error(code: str, message: str) -> ReadError:
    """The error a child named, of its class; one without a class of its own keeps its code."""
    kinds = {k.code: k for k in vars(errors).values() if _typed(k)}
    error: ReadError = kinds.get(code, ReadError)(message)
    error.code = code
    return error


def _typed(kind: object) -> TypeGuard[type[ReadError]]:
    """Of `corpus.errors` alone: classes elsewhere may be made otherwise than with a message."""
    return isinstance(kind, type) and issubclass(kind, ReadError) and "code" in vars(kind)
