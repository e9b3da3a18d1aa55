"""ZIP archives of documents: each member read on its own, bounded in number, size and depth."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from corpus.documents import Document
from corpus.errors import EmptyFile, LockedFile, ReadError, TooLarge, TruncatedFile
from corpus.limits import Limits
from corpus.reading.child import read_content
from corpus.reading.identity import apart

_DEEPEST = 2
_READ_AT_ONCE = 1 << 20
_ABOUT = frozenset({"readme", "license", "licence", "provenance", "thumbs", "desktop"})


def read_archive(content: bytes, name: str, limits: Limits, depth: int = 1) -> list[Document]:
    """Documents of every readable file in an archive; the others are named in the notes.

    Args:
        content: the ZIP file.
        name: its name, for messages.
        limits: how many files and bytes, all levels of archives together.
        depth: of this archive, 1 for one that was added as a file.

    Raises:
        TooLarge: too many files, too many bytes, or a member that unpacks out of proportion.
        LockedFile: members need a password.
        EmptyFile: nothing in it.
        ReadError: nothing in it could be read; the message names the first reasons.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except zipfile.BadZipFile as error:
        raise TruncatedFile("The ZIP file is damaged or cut short. Download it again.") from error
    members = [info for info in archive.infolist() if _wanted(info)]
    if not members:
        raise EmptyFile("The archive holds no documents.")
    if len(members) > limits.archive_files:
        raise TooLarge(
            f"The archive holds {len(members)} files; at most {limits.archive_files} are read. "
            "Split it."
        )
    if any(info.flag_bits & 1 for info in members):
        raise LockedFile("The archive needs a password. Unpack it and add the files.")
    documents: list[tuple[Document, str]] = []
    failures: list[str] = []
    left = limits.archive_bytes
    for info in members:
        path = str(PurePosixPath(info.filename.replace("\\", "/")))
        member = PurePosixPath(path).name
        data = _unpack(archive, info, left, limits)
        left -= len(data)
        try:
            if data.startswith(b"PK\x03\x04") and _is_archive(data):
                found = _nested(data, member, limits, left, depth)
            else:
                found = read_content(data, member, limits)
            documents += [(document, path) for document in found]
        except TooLarge:
            raise
        except ReadError as error:
            failures.append(f"{member[:80]}: {error.message}")
    if not documents:
        raise ReadError(f"No file of the archive could be read. {' '.join(failures[:3])}")
    kept = apart(documents)
    if failures:
        noted = kept[0].notes + tuple(f"In the archive, not read: {f}" for f in failures)
        kept[0] = kept[0].model_copy(update={"notes": noted})
    return kept


def _wanted(info: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(info.filename.replace("\\", "/"))
    hidden = any(
        part == "__MACOSX" or (part.startswith(".") and part != "..") for part in path.parts
    )
    return not (info.is_dir() or hidden or path.stem.casefold() in _ABOUT)


def _unpack(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, limits: Limits) -> bytes:
    """Bytes of a member, counted as they come: headers of bombs lie."""
    most = min(left, limits.file_bytes)
    suspicious = int(limits.archive_ratio * max(info.compress_size, 1)) + _READ_AT_ONCE
    data = bytearray()
    try:
        with archive.open(info) as member:
            while piece := member.read(_READ_AT_ONCE):
                data += piece
                if len(data) > min(most, suspicious):
                    raise TooLarge(
                        "The archive unpacks to far more than it should hold. It was not read."
                    )
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise TruncatedFile("The ZIP file is damaged or cut short. Download it again.") from error
    return bytes(data)


def _is_archive(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return "[Content_Types].xml" not in archive.namelist()
    except (zipfile.BadZipFile, ValueError):
        return False


def _nested(data: bytes, name: str, limits: Limits, left: int, depth: int) -> list[Document]:
    if depth >= _DEEPEST:
        raise TooLarge("The archive holds archives in archives. Unpack it and add the files.")
    within = limits.model_copy(update={"archive_bytes": left})
    return read_archive(data, name, within, depth + 1)
