"""The process that reads: one file after another, bounded, with nothing of value inside it.

Started by `corpus.reading.files` as `python -m corpus.reading.child`; a request is one line of JSON
on standard input, a reply one line of JSON (`{"size": n}`) and n bytes of JSON. JSON, not pickle:
what a hostile file makes of this process must not reach its parent as code.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import select
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from corpus.documents import Document
from corpus.errors import EmptyFile, ReadError, TooLarge, UnsafeFile

IDLE_SECONDS = 30.0
"""A child nobody asks for this long ends by itself."""

Reader = Callable[[bytes, str], list[Document]]


def read_content(content: bytes, name: str, limits: Any = None) -> list[Document]:
    """Documents of one file's bytes, in this process: sniff, read, clean, judge.

    Args:
        content: the whole file.
        name: its name, without directories.
        limits: a `corpus.limits.Limits`; the default ones where None.

    Raises:
        ReadError: any of its kinds; nothing else for a file of a known format.
    """
    from corpus.limits import DEFAULT
    from corpus.reading.cleaning import clean_document
    from corpus.reading.doubts import doubted
    from corpus.reading.garbled import judge_document
    from corpus.reading.sniffing import Format, sniff

    limits = limits or DEFAULT
    found = sniff(content, name)
    if found is Format.HTML:
        from corpus.reading.nesting import MOST, deepest

        if deepest(content) > MOST:
            raise UnsafeFile(f"Its elements stand more than {MOST:,} deep in each other.")
    if found is Format.PDF:
        from corpus.reading.readers.pdf_fonts import remember_font_maps

        remember_font_maps()
        _check_pages(content, limits.pages)
    if found is Format.ARCHIVE:
        from corpus.reading.readers.archive import read_archive

        return read_archive(content, name, limits)
    reader = cast(Reader, importlib.import_module(f"corpus.reading.readers.{found.value}").read)
    documents = [clean_document(document) for document in reader(content, name)]
    documents = [document for document in documents if document.sections]
    if not documents:
        raise EmptyFile("There is no text in the file.")
    if sum(len(c.text) for d in documents for _, c in d.clauses()) > limits.text_chars:
        raise TooLarge("The file holds more text than is read. Split it and add the parts.")
    return [doubted(judge_document(document)) for document in documents]


def _check_pages(content: bytes, most: int) -> None:
    from corpus.reading.readers.pdf_lines import open_pdf

    pages = len(open_pdf(content).pages)
    if pages > most:
        raise TooLarge(
            f"The PDF has {pages} pages; at most {most} are read. Split it and add the parts."
        )


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Reply to one request: `{"documents": [...]}` or `{"code": ..., "message": ...}`.

    Where `wanted` is "headings", of a Word file: `{"headings": [...]}` in place of documents.
    """
    from corpus.limits import Limits

    try:
        path = Path(request["path"])
        if request.get("wanted") == "headings":
            from corpus.reading.readers.word_headings import word_headings

            return {"headings": word_headings(path.read_bytes())}
        documents = read_content(
            path.read_bytes(), request["name"], Limits.model_validate(request["limits"])
        )
    except ReadError as error:
        return {"code": error.code, "message": error.message}
    except MemoryError:
        return _error(TooLarge("Reading the file takes more memory than is allowed. Split it."))
    except OSError as error:
        return _error(ReadError(f"The file cannot be opened: {error.strerror}."))
    except Exception as error:  # a parser's surprise must become a sentence, not a traceback
        return _error(
            ReadError(
                "The file could not be read: its structure is not what its format prescribes "
                f"({type(error).__name__}). Save or download it again, if possible as PDF or DOCX."
            )
        )
    return {"documents": [document.model_dump(mode="json") for document in documents]}


def _error(error: ReadError) -> dict[str, Any]:
    return {"code": error.code, "message": error.message}


def bound(memory: int, seconds: float) -> None:
    """Limit this process: address space in bytes, and processor time as a second line."""
    for kind, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        try:
            _, hard = resource.getrlimit(kind)
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (most, most))
        except (ValueError, OSError):  # macOS does not bound address space
            continue
    _more_processor_time(seconds)


def _more_processor_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + 2 * seconds) + 5
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def main() -> None:
    """Serve requests until the parent closes standard input or falls silent."""
    memory, seconds = int(sys.argv[1]), float(sys.argv[2])
    replies = os.fdopen(os.dup(1), "wb")
    # Libraries that print must not write into the replies.
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    bound(memory, seconds)
    requests = sys.stdin.buffer
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        line = requests.readline()
        if not line:
            break
        _more_processor_time(seconds)
        payload = json.dumps(answer(json.loads(line))).encode()
        replies.write(json.dumps({"size": len(payload)}).encode() + b"\n" + payload)
        replies.flush()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        if peak * 1024 > memory / 3:
            break  # a fresh child gives the memory back


if __name__ == "__main__":
    main()
