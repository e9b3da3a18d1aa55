"""Where a process's state is: the shelf and the database of one data directory."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from assistant.records.schema import upgrade
from assistant.settings import Settings
from corpus.database import open_database, sqlite_url
from corpus.errors import AdvisorError
from corpus.shelf.register import Shelf

if TYPE_CHECKING:
    from indexing.building.embedding import Embedder
    from indexing.building.status import IndexStatus
    from indexing.building.sync import SyncReport
    from indexing.rerankers import Reranker, Reranking
    from indexing.search import Searcher

log = structlog.get_logger(__name__)

_UP_TO_DATE: set[str] = set()
"""Databases that this process has brought to its version already."""

Progress = Callable[[str, int, int], None]


class UnusableDataDirectory(AdvisorError):
    """For the operator: the data directory cannot be made or written to."""

    code = "unusable-data-directory"


def home(settings: Settings) -> Path:
    """The data directory, made when missing, readable by its owner only.

    Raises:
        UnusableDataDirectory: it cannot be created or is not writable.
    """
    path = settings.home
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UnusableDataDirectory(
            f"The data directory cannot be made ({error.strerror}). "
            "Set ADVISOR_DATA_DIR to a directory you may write to."
        ) from error
    if not os.access(path, os.W_OK):
        raise UnusableDataDirectory(
            "The data directory is not writable. Set ADVISOR_DATA_DIR to one that is."
        )
    return path


def unopened(settings: Settings) -> Engine:
    """Engine of the relational store as it is, whatever its version."""
    if settings.database_url is not None:
        return open_database(settings.database_url.get_secret_value())
    return open_database(sqlite_url(home(settings) / "advisor.db"))


def database(settings: Settings) -> Engine:
    """Engine of the relational store: DATABASE_URL, or `advisor.db` in the data directory.

    A process that opens a database for the first time brings it to this release's version.

    Raises:
        NewerSchema: a later release has changed it.
        UnusableDataDirectory: there is no room to work in.
    """
    try:
        return _opened(settings)
    except (OSError, OperationalError) as error:
        if "full" not in str(error).lower() and getattr(error, "errno", None) != errno.ENOSPC:
            raise
        raise UnusableDataDirectory(
            "The disk of the data directory is full. Make room and start again; nothing is lost."
        ) from error


def _opened(settings: Settings) -> Engine:
    engine = unopened(settings)
    url = engine.url.render_as_string(hide_password=False)
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if url not in _UP_TO_DATE or (file and not Path(file).exists()):
        upgrade(engine)
        _UP_TO_DATE.add(url)
    return engine


def shelf(settings: Settings, engine: Engine | None = None) -> Shelf:
    """The shelf of this data directory."""
    return Shelf(engine or database(settings), files(settings))


def files(settings: Settings) -> Path:
    """Where the files read are kept: ADVISOR_FILES_DIR, shared by replicas, or `files/`.

    Raises:
        UnusableDataDirectory: it cannot be created.
    """
    path = settings.files_dir.expanduser() if settings.files_dir else home(settings) / "files"
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise UnusableDataDirectory(
            f"The folder for documents' files cannot be made ({error.strerror}). "
            "Set ADVISOR_FILES_DIR to one you may write to."
        ) from error
    return path


def embedder(settings: Settings) -> Embedder:
    """The configured embedding model, loaded once a process.

    Raises:
        BadEmbedder: it is missing, altered or cannot run here.
    """
    return _loaded(settings.embedding_model)


@lru_cache(maxsize=2)
def _loaded(name: str) -> Embedder:
    from indexing.building.embedding import load_embedder

    return load_embedder(name)


def searcher(settings: Settings, held: Shelf) -> Searcher:
    """Search over the live index of this data directory, following it as it changes."""
    from indexing.search import Searcher

    _choose_lexical(settings)
    follow = None
    if settings.shared:
        from assistant.operating.replicas import shipping

        follow = shipping(settings, database(settings)).follow
    return Searcher(
        home(settings),
        held,
        embedder(settings),
        settings.chroma_host or None,
        follow=follow,
        reranking=reranking(settings),
    )


def reranker(settings: Settings) -> Reranker | None:
    """The reranker of the settings, loaded once a process; None where the packaged judge is alone.

    Raises:
        BadReranker: it is missing or gives no scores.
        BadChatModel: it is the chat model, and that cannot be opened.
        BadSetting: it is the chat model, and none is configured.
    """
    from indexing.rerankers import EndpointReranker

    if settings.reranker_url:
        key = settings.reranker_key.get_secret_value() if settings.reranker_key else None
        limit = settings.reranker_timeout
        return EndpointReranker(settings.reranker_url, settings.reranker_model, key, limit)
    if settings.reranker_model == "chat":
        from assistant.asking.chat_judge import ChatJudge
        from assistant.settings import BadSetting
        from assistant.writing.model import configured

        if not configured(settings):
            raise BadSetting(
                "RERANKER_MODEL=chat needs a chat model: set ADVISOR_CHAT_MODEL or "
                "ADVISOR_CHAT_BASE_URL."
            )
        return ChatJudge(settings)
    return _cross_encoder(settings.reranker_model) if settings.reranker_model else None


def reranking(settings: Settings) -> Reranking | None:
    """The reranker with what is known of it in this data directory. Raises: as `reranker`."""
    from indexing.rerankers import Calibration, Reranking

    found = reranker(settings)
    if found is None:
        return None
    made = Reranking(found, Calibration.read(home(settings)), settings.reranker_timeout)
    if made.lacks:
        log.warning("reranker-not-used", reranker=made.name, why=made.lacks)
    return made


@lru_cache(maxsize=1)
def _cross_encoder(name: str) -> Reranker:
    from indexing.rerankers import CrossEncoderReranker

    return CrossEncoderReranker(name)


def sync_index(settings: Settings, progress: Progress | None = None) -> SyncReport:
    """Bring the index in step with the shelf; with CHROMA_HOST, on every replica.

    Raises:
        AdvisorError: another sync runs, or the index cannot be written; says what to do.
    """
    _choose_lexical(settings)
    if settings.shared:
        from assistant.operating.elected import sync_now

        return sync_now(settings, progress)
    from indexing.building.sync import sync

    return sync(shelf(settings), home(settings), embedder(settings), progress)


def is_behind(settings: Settings, held: Shelf) -> bool:
    """Whether the live index holds other documents than the shelf; one manifest is read.

    Where nothing was ever indexed, nobody asked for an index yet; where several servers share one,
    the elected worker looks for itself.
    """
    from corpus.shelf.register import State
    from indexing.building.versions import current_name, read_manifest, versions_folder
    from indexing.errors import IndexTrouble

    name = None if settings.shared else current_name(home(settings))
    if name is None:
        return False
    wanted = {e.key: e.content_hash for e in held.entries() if e.state is State.ACTIVE}
    try:
        return read_manifest(versions_folder(home(settings)) / name).keys != wanted
    except IndexTrouble:
        return True


def index_status(settings: Settings, deep: bool = False) -> IndexStatus:
    """What the index holds and whether it is in step; raises nothing for a missing index.

    `deep` compares every byte and id of it with what was built.
    """
    from indexing.building import status

    _choose_lexical(settings)
    if settings.shared:
        from assistant.operating.replicas import shipping

        shipping(settings, database(settings)).follow()
    return status.index_status(
        shelf(settings), home(settings), embedder(settings), settings.chroma_host or None, deep
    )


def _choose_lexical(settings: Settings) -> None:
    """Let this process build and search words where ADVISOR_LEXICAL says.

    Raises:
        BadSetting: PostgreSQL is chosen and DATABASE_URL names none.
    """
    if settings.lexical == "bm25s":
        return
    from assistant.settings import BadSetting
    from indexing.building.lexical_choice import choose, chosen
    from indexing.building.postgres_text import PostgresText

    if chosen().name == settings.lexical:
        return
    engine = database(settings)
    if engine.dialect.name != "postgresql":
        raise BadSetting("ADVISOR_LEXICAL=postgres needs a PostgreSQL in DATABASE_URL.")
    choose(PostgresText(engine))
