"""The lexical arm over whole passages: what published BM25 figures are about."""

from __future__ import annotations

import shutil
from pathlib import Path

from evals.public.plain_index import TOP, document
from evals.public.texts import PublicSet
from indexing.building.chunking import passages
from indexing.building.lexical import LexicalArm, build_lexical
from indexing.building.passages import Part, Passage
from indexing.building.records import Records, RecordsWriter


class WholeLexical:
    """The shipped analysis, weights and index of BM25, with no passage cut."""

    def __init__(self, public: PublicSet, folder: Path) -> None:
        """Build in `folder`, anew."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        writer = RecordsWriter(folder / "passages.sqlite")
        self._names: dict[str, str] = {}
        held: list[Passage] = []
        for number, one in enumerate(public.passages):
            made = document(one, public.language, number)
            first = passages(made)[0]
            part = Part(address=first.addresses[0], label="", text=one.text)
            whole = first.model_copy(update={"parts": (part,)})
            writer.add(made.key, [whole])
            self._names[whole.id] = one.id
            held.append(whole)
        writer.close()
        build_lexical(held, folder / "lexical")
        self._records = Records(folder / "passages.sqlite")
        self._arm = LexicalArm(folder / "lexical", self._records)
        self._asked_in = public.asked_in

    def search(self, question: str) -> list[tuple[str, float]]:
        """The set's passages, best first."""
        found = self._arm.query(question, self._asked_in, TOP)
        return [(self._names[name], score) for name, score in found]

    def close(self) -> None:
        """Close the files."""
        self._records.close()
