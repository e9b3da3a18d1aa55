"""Files given by a librarian -> documents on the shelf, one outcome a file, nothing half-added."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from corpus.documents import Document, Frozen
from corpus.errors import IdTaken, ReadError, UnsafeFile
from corpus.reading.cleaning import writable
from corpus.reading.doubts import doubts_in
from corpus.reading.files import Reading, read_many
from corpus.reading.identity import Holder, settled, trail
from corpus.shelf.links import is_official
from corpus.shelf.register import Shelf, Source

SUFFIXES = frozenset(
    ".pdf .xml .akn .docx .docm .dotx .html .htm .xhtml .mht .mhtml .eml .zip .md .markdown .txt "
    ".adoc .asciidoc .odt .rtf .epub .pptx .xlsx .csv .tsv "
    ".doc .xls .ppt .ods .odp".split()  # the last are read to say why not
)
"""Looked at in a directory. A file named on its own is read whatever its name says."""

_ABOUT = frozenset({"readme", "license", "licence", "provenance", "notice", "changelog"})
"""Stems of the pages that accompany documents without being one."""


_SHOWN = 5
"""Names of passed-over files in a summary."""

Lookup = Callable[[str], tuple[Document, str] | None]


class Became(Frozen):
    """One document that a file became.

    Attributes:
        id, title, language, kind: as it is on the shelf.
        clauses: how many it has.
        change: 'added', 'replaced' or 'unchanged'.
        doubts: what looks wrong in its reading, for a person to look at.
    """

    id: str
    title: str
    language: str
    kind: str
    clauses: int
    change: str
    doubts: tuple[str, ...] = ()

    @classmethod
    def of(cls, document: Document, change: str) -> Became:
        """What people are told of a document."""
        return cls(
            id=document.id,
            title=document.title,
            language=document.language,
            kind=document.kind.value,
            clauses=sum(len(section.clauses) for section in document.sections),
            change=change,
            doubts=doubts_in(document.notes),
        )


class FileOutcome(Frozen):
    """What became of one file.

    Attributes:
        name: as given, relative to the directory it was found in.
        documents: ids read from it (empty when it could not be read).
        became: the same, with what each is.
        added, replaced, unchanged: how many documents of each.
        error, code: why it could not be read, and the error's stable code.
        notes: what the reader wants a person to know (pages without text, ...).
    """

    name: str
    documents: tuple[str, ...] = ()
    became: tuple[Became, ...] = ()
    added: int = 0
    replaced: int = 0
    unchanged: int = 0
    error: str | None = None
    code: str | None = None
    notes: tuple[str, ...] = ()


class AddReport(Frozen):
    """What became of every file, in the order they were read.

    Attributes:
        files: those that were read, or could not be.
        passed_over: those of a directory whose ending says that they are no text.
    """

    files: tuple[FileOutcome, ...]
    passed_over: tuple[str, ...] = ()

    @property
    def failed(self) -> int:
        """Files that could not be read."""
        return sum(outcome.error is not None for outcome in self.files)

    @property
    def changed(self) -> bool:
        """Whether the shelf now differs from before, so that the index must be synced."""
        return any(outcome.added or outcome.replaced for outcome in self.files)

    def summary(self) -> str:
        """One line for people: documents added, replaced, unchanged, and files unreadable."""
        counts = Counter(
            added=sum(o.added for o in self.files),
            replaced=sum(o.replaced for o in self.files),
            unchanged=sum(o.unchanged for o in self.files),
        )
        said = ", ".join(f"{number} {word}" for word, number in counts.items() if number)
        trouble = f"; {self.failed} of {len(self.files)} files unreadable" if self.failed else ""
        if self.passed_over:
            shown = ", ".join(self.passed_over[:_SHOWN])
            more = ", ..." if len(self.passed_over) > _SHOWN else ""
            trouble += f"; {len(self.passed_over)} passed over ({shown}{more})"
        return f"{sum(counts.values())} documents ({said or 'none'}){trouble}"


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The files to read: each file named, and in each directory those with a known ending.

    Hidden files and accompanying pages (README, LICENSE, ...) in directories are passed over.

    Raises:
        ReadError: a path does not exist, or a directory holds nothing to read.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(_inside(path))
            if not inside:
                endings = ", ".join(sorted(SUFFIXES))
                raise ReadError(f"{path.name} holds no file with a known ending ({endings}).")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise ReadError(f"{path.name} does not exist.")
    return list(dict.fromkeys(found))


def passed_over(paths: Sequence[Path], read: Sequence[Path]) -> tuple[str, ...]:
    """Names of the files in the directories that are not among those read, hidden ones apart."""
    taken = set(read)
    left = [f for path in paths if path.is_dir() for f in sorted(_walk(path)) if f not in taken]
    return tuple(writable(path.name) for path in dict.fromkeys(left))


def _inside(directory: Path) -> Iterator[Path]:
    for path in _walk(directory):
        if path.suffix.lower() in SUFFIXES and path.stem.casefold() not in _ABOUT:
            yield path


def _walk(directory: Path) -> Iterator[Path]:
    for parent, names, files in os.walk(directory):
        names[:] = [name for name in names if not name.startswith(".")]
        yield from (Path(parent, name) for name in files if not name.startswith("."))


def _shown(path: Path, given: Sequence[Path]) -> str:
    """A file's name as it was given: with its folders, below the directory it was found in."""
    folder = next((each for each in given if each.is_dir() and path.is_relative_to(each)), None)
    return writable(path.relative_to(folder).as_posix() if folder else path.name)


def add_files(
    shelf: Shelf,
    paths: Sequence[Path],
    *,
    actor: str,
    work: str | None = None,
    url: str | None = None,
    replace: bool = False,
    progress: Callable[[str, int, int], None] | None = None,
    theirs: bool = False,
) -> AddReport:
    """Read every file and put its documents on the shelf; one bad file never stops the rest.

    Args:
        shelf: where the documents go; a copy of each readable file goes to `shelf.files`.
        paths: files and directories.
        actor: who adds, for the history (P10).
        work: id to file the documents under, instead of the one the reader derives; each file
            then is another language of it.
        url: where the files were downloaded from, for their record (P10).
        replace: whether a digest may take the place of one with its id that is there.
        progress: called with ('reading', done, total).
        theirs: the paths are the librarian's own, so that a file is known again by its folder.

    Raises:
        ReadError: a path does not exist, or a directory holds nothing to read.
    """
    files = find_files(paths)
    outcomes: list[FileOutcome] = []
    readings: Iterable[Reading] = read_many(files, work=work)
    if work is not None:
        readings = _one_a_language(list(readings), work)
    for reading in readings:
        named = trail(reading.path.resolve()) if theirs else None
        outcome = shelve(shelf, reading, actor, url, named=named, work=work, replace=replace)
        outcomes.append(outcome.model_copy(update={"name": _shown(reading.path, paths)}))
        if progress:
            progress("reading", len(outcomes), len(files))
    return AddReport(files=tuple(outcomes), passed_over=passed_over(paths, files))


def _one_a_language(readings: Sequence[Reading], work: str) -> list[Reading]:
    """Two files that would be one text of one work refuse each other: neither replaces the other.

    A note that stands beside the texts is else easily filed as one of them.
    """
    names: dict[str, list[str]] = {}
    for reading in readings:
        for document in reading.documents:
            names.setdefault(document.key, []).append(reading.path.name)
    told: list[Reading] = []
    for reading in readings:
        rivals = next((names[d.key] for d in reading.documents if len(names[d.key]) > 1), None)
        if rivals is None:
            told.append(reading)
            continue
        language = reading.documents[0].language
        error = (
            f"{' and '.join(rivals)} would all be the text of {work} in '{language}'. "
            "Leave out those that are not, and add again."
        )
        told.append(Reading(path=reading.path, error=error, code="same-text-twice"))
    return told


def _claims_too_much(shelf: Shelf, documents: Sequence[Document], sha256: str) -> ReadError | None:
    """What a file that names itself must not: be another document, or one of an official site.

    A digest says of itself which document it is and where the official text stands.
    """
    held = {entry.key: entry.source.sha256 for entry in shelf.entries()}
    for document in documents:
        if not document.is_digest:
            continue
        if held.get(document.key, sha256) != sha256:
            return IdTaken(
                f"The file says that it is {document.id}, which is on the shelf already. "
                "Confirm that it is to be replaced (--replace), or give the file another id."
            )
        if document.official_url and not is_official(document.official_url):
            return UnsafeFile(
                f"The file gives {document.official_url[:120]} as the official page, which is on "
                "none of the catalogue's hosts. Leave it out, or give the official one."
            )
    return None


def shelve(
    shelf: Shelf,
    reading: Reading,
    actor: str,
    url: str | None = None,
    *,
    named: str | None = None,
    work: str | None = None,
    replace: bool = False,
) -> FileOutcome:
    """Put what was read from a file on the shelf, with a copy of the file and where it is from.

    A text never takes the place of another because their files have one name
    (`corpus.reading.identity`).

    Args:
        shelf: where the documents go.
        reading: of the file.
        actor: who adds.
        url: where the file was downloaded from.
        named: the file's name with its folders, where they are its sender's; else its name.
        work: the id a person gave: then the text replaces what that id held.
        replace: whether a digest may take the place of the one that has its id.
    """
    path, documents = reading.path, reading.documents
    name = named or writable(path.name)
    if reading.error is not None:
        return FileOutcome(name=name, error=reading.error, code=reading.code)
    try:
        content = path.read_bytes()
    except OSError as error:
        problem = f"cannot be opened: {error.strerror}"
        return FileOutcome(name=name, error=problem, code=ReadError.code)
    source = Source.of(name, content, url=url)
    wrong = _claims_too_much(shelf, documents, source.sha256)
    meant = replace or work is not None
    if wrong is not None and not (meant and isinstance(wrong, IdTaken)):
        return FileOutcome(name=name, error=wrong.message, code=wrong.code)
    kept = f"{source.sha256}{path.suffix.lower()}"
    keep(shelf.files / kept, content)
    filed: list[Document] = []
    said: list[str] = []

    def settle(document: Document, held: Lookup) -> Document:
        if work is None:
            found = settled(document, name, lambda key: _holder(held(key)))
            document = found.document
            said.extend(filter(None, [found.said]))
        filed.append(document)
        return document

    words = shelf.put(documents, source.model_copy(update={"file": kept}), actor, settle)
    counts = Counter(words)
    withheld = shelf.withheld()
    shut = {d.id: len(withheld[d.key]) for d in filed if d.key in withheld}
    return FileOutcome(
        name=name,
        documents=tuple(document.id for document in filed),
        became=tuple(Became.of(d, word) for d, word in zip(filed, words, strict=True)),
        added=counts["added"],
        replaced=counts["replaced"],
        unchanged=counts["unchanged"],
        notes=(
            *said,
            *(f"{d.id}: {note}" for d in filed for note in d.notes),
            *(f"{id}: {count} clauses are held back until looked at" for id, count in shut.items()),
        ),
    )


def _holder(found: tuple[Document, str] | None) -> Holder | None:
    return Holder(document=found[0], name=found[1]) if found else None


def keep(target: Path, content: bytes) -> None:
    """Write a file whole or not at all; one that is there already has the same bytes."""
    if target.exists():
        return
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    os.replace(partial, target)
