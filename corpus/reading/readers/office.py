"""Office packages made ready: bounded in what they unpack to, the strict form as the usual one,
without references to parts that are not there.

ISO/IEC 29500 has two forms of one format, with other names for the same elements; libraries know
the transitional one only.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Container
from urllib.parse import unquote

from corpus.errors import TooLarge, TruncatedFile
from corpus.limits import DEFAULT

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_MACROS = re.compile(
    rb"application/vnd\.ms-(word\.(?:document|template)|powerpoint\.(?:presentation|slideshow)|"
    rb"excel\.(?:sheet|template))\.macroEnabled(?:Template)?\.(?:12\.)?main\+xml"
    rb"|application/vnd\.openxmlformats-officedocument\.(wordprocessingml|presentationml|"
    rb"spreadsheetml)\.(?:template|slideshow)\.main\+xml"
)
_RELATION = re.compile(rb"<(?:\w+:)?Relationship\b[^>]*?(?:/>|>\s*</(?:\w+:)?Relationship>)")
_TARGET = re.compile(rb'\bTarget="([^"]*)"')
_PLAIN = {
    b"word": b"wordprocessingml.document",
    b"powe": b"presentationml.presentation",
    b"pres": b"presentationml.presentation",
    b"exce": b"spreadsheetml.sheet",
    b"spre": b"spreadsheetml.sheet",
}


def check_size(content: bytes, what: str) -> None:
    """Pass a package whose parts unpack within bounds.

    Args:
        content: the file. what: its format, for messages ('DOCX').

    Raises:
        TruncatedFile: it is no whole ZIP.
        TooLarge: it unpacks to more than is allowed (a ZIP bomb).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(info.file_size for info in archive.infolist())
            text = sum(i.file_size for i in archive.infolist() if i.filename.endswith(".xml"))
    except zipfile.BadZipFile as error:
        raise TruncatedFile(
            f"The {what} file is damaged or cut short. Download it again."
        ) from error
    if size > DEFAULT.archive_bytes or text > max(
        DEFAULT.archive_ratio * len(content), 8 * 1024 * 1024
    ):
        raise TooLarge(f"The {what} file unpacks to far more than it should hold. It was not read.")


def transitional(content: bytes) -> bytes:
    """The package in its usual form: strict names, templates and macro files written as plain ones,
    references to parts that a writer left out (a thumbnail, a picture, styles) dropped.

    A package that is so already comes back as it is. Call `check_size` before.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {info.filename: old.read(info) for info in old.infolist()}
    changed = False
    for name, data in parts.items():
        if not name.endswith((".xml", ".rels")):
            continue
        plain = _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", data)
        if name == "[Content_Types].xml":
            plain = _MACROS.sub(_as_plain, plain)
        if name.endswith(".rels"):
            plain = _RELATION.sub(_Kept(name, parts), plain)
        if plain != data:
            parts[name], changed = plain, True
    if not changed:
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


class _Kept:
    """Keeps, of the relations in one part, those whose target is there."""

    def __init__(self, name: str, parts: Container[str]) -> None:
        self._folder = posixpath.dirname(posixpath.dirname(name))
        self._parts = parts

    def __call__(self, match: re.Match[bytes]) -> bytes:
        target = _TARGET.search(match[0])
        if target is None or b'"External"' in match[0]:
            return match[0]
        path = unquote(target[1].decode("utf-8", "replace")).partition("#")[0]
        whole = posixpath.normpath(posixpath.join("/", self._folder, path)).lstrip("/")
        return match[0] if whole in self._parts else b""


def _as_plain(match: re.Match[bytes]) -> bytes:
    kind = _PLAIN[(match[1] or match[2])[:4]]
    return b"application/vnd.openxmlformats-officedocument." + kind + b".main+xml"
