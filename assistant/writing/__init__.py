"""Writing mode: a chat model's sentences, each shown only once the clauses it cites bear it out."""

from assistant.writing.deciding import weigh
from assistant.writing.step import respond

__all__ = ["respond", "weigh"]
