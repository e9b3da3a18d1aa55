"""Every table of the program: the rooms that declare them, loaded, so that none is overlooked."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

from corpus.database import metadata

DECLARED_IN = (
    "corpus.job_model",
    "corpus.shelf",
    "corpus.fetch_state",
    "assistant.tables",
    "assistant.limits",
    "assistant.switches",
    "assistant.drafting.versions",
    "assistant.review.tables",
    "assistant.people.tables",
)
"""A test looks through the packages for tables of modules that are not here."""


def declared() -> MetaData:
    """The metadata with every table on it."""
    for module in DECLARED_IN:
        import_module(module)
    return metadata
