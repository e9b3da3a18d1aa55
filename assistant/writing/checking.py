"""The check of written sentences as this installation has it."""

from __future__ import annotations

from assistant.grounding.meaning import Meaning, load_meaning
from assistant.settings import Settings


def meaning_of(settings: Settings) -> Meaning | None:
    """The judge of meaning of these settings, loaded once a process; None where words must do.

    Raises:
        BadEmbedder: the embedding model, whose vectors it reads, is missing or altered.
        OSError, ValueError: a cross-encoder is named that is not there.
    """
    return load_meaning(settings.entailment_model, settings.embedding_model, settings.home)
