"""A clause as evidence for a sentence."""

from __future__ import annotations

from corpus.documents import Frozen


class Cited(Frozen):
    """A clause as evidence.

    Attributes:
        address: of the clause.
        document: its document's id; number and year of the instrument are taken from it.
        heading: of its section: it says who is told, and how strongly.
        text: the clause, whole.
        title: the instrument's title and edition, which may bear out names and years.
        language: of the text, ISO 639-1.
    """

    address: str
    document: str
    heading: str
    text: str
    title: str = ""
    language: str = "en"

    @property
    def heard(self) -> str:
        """Heading and text, as one reads them together."""
        return f"{self.heading}: {self.text}"
