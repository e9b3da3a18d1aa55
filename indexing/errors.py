"""What can be wrong with an index. Each message says what to do about it."""

from __future__ import annotations

from corpus.errors import AdvisorError


class IndexTrouble(AdvisorError):
    """Base of everything below: the search index cannot serve or cannot be built."""

    code = "index-trouble"


class NoIndex(IndexTrouble):
    """Nothing has been indexed yet in this data directory."""

    code = "no-index"


class IndexMismatch(IndexTrouble):
    """The index was built with another embedding model or dimension than the one configured."""

    code = "index-mismatch"


class ForeignIndex(IndexTrouble):
    """The index is damaged, incomplete, or was not made by this program."""

    code = "foreign-index"


class IndexBusy(IndexTrouble):
    """Another process is building the index."""

    code = "index-busy"


class AlreadyServing(IndexTrouble):
    """Another server already serves this data directory."""

    code = "already-serving"


class NoChromaServer(IndexTrouble):
    """The Chroma server that is configured cannot be reached, or does not keep what it is given."""

    code = "no-chroma-server"


class BadEmbedder(IndexTrouble):
    """The embedding model is missing, unknown, altered, or cannot run on this machine."""

    code = "bad-embedder"


class BadReranker(IndexTrouble):
    """The reranker that is configured is missing, unknown, or gives no single score for a text."""

    code = "bad-reranker"
