"""Every clause of a document as one flat row, for `advisor corpus export`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus.documents import Document


def rows(document: Document) -> Iterator[dict[str, Any]]:
    """One row a clause, in reading order.

    Keys: document (id), title, kind (of the section: preamble, operative, annex or body), section
    (slug), section_title, label (None where unnumbered), text, footnotes, repairs; then page
    (1-based or None), language and is_digest.
    """
    for section, clause in document.clauses():
        yield {
            "document": document.id,
            "title": document.title,
            "kind": section.kind.value,
            "section": section.slug,
            "section_title": section.heading,
            "label": clause.label,
            "text": clause.text,
            "footnotes": list(clause.footnotes),
            "repairs": list(clause.repairs),
            "page": clause.page,
            "language": document.language,
            "is_digest": document.is_digest,
        }
