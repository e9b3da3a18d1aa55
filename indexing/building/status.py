"""What the index holds, which model made it, and whether it is in step with the shelf."""

from __future__ import annotations

from pathlib import Path

from pydantic import computed_field

from corpus.documents import Frozen
from corpus.shelf.register import Shelf, State
from indexing.building.embedding import Embedder
from indexing.building.locks import sync_lock
from indexing.building.versions import (
    RULES,
    IndexVersion,
    Manifest,
    current_name,
    open_current,
    read_manifest,
    versions_folder,
)
from indexing.errors import IndexBusy, IndexTrouble


class IndexStatus(Frozen):
    """State of the index of one data directory.

    Attributes:
        version, made_at, embedder, dimension: of the live version; empty when there is none.
        documents, passages: what it holds.
        languages: documents by ISO 639-1 code.
        missing, outdated, extra: documents (shelf keys) the next sync will add, change, remove.
        syncing: another process is building the next version right now.
        megabytes: on disk, of the live version without a Chroma server's part.
        trouble, code: why the index cannot serve, and the error's code; '' when it can.
        note: what the operator should know about the embedding model.
    """

    version: str = ""
    corpus_version: str = ""
    made_at: str = ""
    embedder: str = ""
    dimension: int = 0
    documents: int = 0
    passages: int = 0
    languages: dict[str, int] = {}
    missing: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    syncing: bool = False
    megabytes: float = 0.0
    trouble: str = ""
    code: str = ""
    note: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def in_step(self) -> bool:
        """It can serve, and the next sync would have nothing to do."""
        return not (self.trouble or self.missing or self.outdated or self.extra)

    def summary(self) -> str:
        """A line or two for the command line."""
        parts = []
        if self.version:
            parts.append(
                f"{self.passages} passages of {self.documents} documents, made by "
                f"{self.embedder} at {self.made_at}, {self.megabytes:.1f} MB."
            )
        if self.trouble:
            parts.append(self.trouble)
        elif self.in_step:
            parts.append("In step with the shelf.")
        else:
            parts.append(
                f"Out of step: {len(self.missing)} documents to add, {len(self.outdated)} to "
                f"change, {len(self.extra)} to remove. Run `advisor index sync`."
            )
        if self.syncing:
            parts.append("A sync is running.")
        if self.note:
            parts.append(self.note)
        return " ".join(parts)


def index_status(
    shelf: Shelf,
    home: Path,
    embedder: Embedder | None = None,
    chroma_host: str | None = None,
    deep: bool = False,
) -> IndexStatus:
    """Look at the index without changing anything.

    Never raises for an index that is missing or damaged: `trouble` says so. With `embedder` the
    model is compared; with `deep` every id of both arms is.
    """
    wanted = {e.key: e.content_hash for e in shelf.entries() if e.state is State.ACTIVE}
    trouble = code = ""
    manifest = _manifest(home)
    languages: dict[str, int] = {}
    try:
        version = open_current(home, embedder, chroma_host)
        try:
            if deep:
                version.verify()
            languages = _languages(version)
        finally:
            version.close()
    except IndexTrouble as error:
        trouble, code = error.message, error.code
    held = manifest.keys if manifest else {}
    stale_rules = manifest is not None and manifest.rules != RULES
    return IndexStatus(
        version=manifest.name if manifest else "",
        corpus_version=manifest.corpus_version if manifest else "",
        made_at=manifest.made_at if manifest else "",
        embedder=manifest.embedder if manifest else "",
        dimension=manifest.dimension if manifest else 0,
        documents=len(held),
        passages=manifest.passages if manifest else 0,
        languages=languages,
        missing=tuple(sorted(wanted.keys() - held.keys())),
        outdated=tuple(
            sorted(k for k in wanted.keys() & held.keys() if stale_rules or wanted[k] != held[k])
        ),
        extra=tuple(sorted(held.keys() - wanted.keys())),
        syncing=_syncing(home),
        megabytes=_megabytes(versions_folder(home) / manifest.name) if manifest else 0.0,
        trouble=trouble,
        code=code,
        note=embedder.note if embedder else "",
    )


def _manifest(home: Path) -> Manifest | None:
    name = current_name(home)
    try:
        return read_manifest(versions_folder(home) / name) if name else None
    except IndexTrouble:
        return None


def _languages(version: IndexVersion) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in version.records.documents:
        if entry.length:
            found[entry.language] = found.get(entry.language, 0) + 1
    return dict(sorted(found.items()))


def _syncing(home: Path) -> bool:
    if not (home / "index" / "sync.lock").exists():
        return False
    try:
        with sync_lock(home):
            return False
    except IndexBusy:
        return True


def _megabytes(folder: Path) -> float:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6
