"""Is what arrived what was wanted? The documents of a file, under the id of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.documents import Document, DocumentKind
from corpus.fetching.policy import FetchProblem
from corpus.shelf.catalogue_entries import CatalogueEntry


def wanted_of(
    documents: Sequence[Document], entry: CatalogueEntry, language: str
) -> list[Document]:
    """Of the documents read from a file, those that `entry` names, under its id.

    A numbered instrument must say its own number and edition; a report takes the catalogue's id,
    kind and (in English) title, as its file seldom says them.

    Raises:
        FetchProblem: 'wrong-document' or 'wrong-language'.
    """
    found = ", ".join(dict.fromkeys(document.id for document in documents))[:200]
    numbered = [d for d in documents if d.number is not None]
    if entry.type is not None:
        chosen = [d for d in documents if d.id == entry.id]
        # The file may not name the adopting body ('itu'): number and edition, and where it was
        # found, are enough. Two of one number are not.
        unnamed = [d for d in documents if d.body is None and _same_number(d, entry)]
        if not chosen and len(unnamed) == 1:
            chosen = [unnamed[0].model_copy(update={"id": entry.id, "body": entry.body})]
    elif entry.kind is DocumentKind.FINAL_ACTS and len(numbered) > 1:
        chosen = list(documents)
    elif len(documents) == 1 and not numbered:
        chosen = [_as_entry(documents[0], entry)]
    else:
        chosen = [d for d in documents if d.id == entry.id]
    if not chosen:
        raise FetchProblem(
            "wrong-document",
            f"The file holds {found}, not {entry.id}. It was not put on the shelf.",
        )
    right = [d for d in chosen if d.language == language]
    if not right:
        raise FetchProblem(
            "wrong-language",
            f"The file is in '{chosen[0].language}', not '{language}'. It was not shelved.",
        )
    return right


def _same_number(document: Document, entry: CatalogueEntry) -> bool:
    return (document.kind, document.number, document.edition.year) == (
        entry.kind,
        entry.number,
        entry.edition.year,
    )


def _as_entry(document: Document, entry: CatalogueEntry) -> Document:
    title = entry.title if document.language == "en" else document.title
    return document.model_copy(
        update={
            "id": entry.id,
            "kind": entry.kind,
            "edition": entry.edition,
            "country": entry.country,
            "title": title,
        }
    )
