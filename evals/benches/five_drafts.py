"""Five drafts of different kinds over the documents at hand, and whether each is fit to send on.

Nothing is taken on trust: the Word file is opened again, its footnotes are read out of it, every
address in them is looked up on the shelf, every quotation compared with its clause word for word,
and every written sentence judged anew.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

from assistant.advice.drafting.composing import Writes
from assistant.advice.drafting.draft import Brief, Draft, Nature, Sentence
from assistant.advice.drafting.exporting import docx
from assistant.advice.drafting.kinds import DraftKind
from assistant.advice.drafting.writing import draft
from assistant.advice.mandates.instruments import Holds
from assistant.grounding import Cited, ground
from assistant.rendering.quoting import is_verbatim
from corpus.addresses import Address
from corpus.documents import Frozen
from corpus.errors import AdvisorError

BRIEFS = (
    Brief(
        kind=DraftKind.BRIEFING_NOTE,
        topic="innovation ecosystems and start-ups",
        audience="the Minister",
        purpose="prepare a bilateral meeting",
    ),
    Brief(kind=DraftKind.TALKING_POINTS, topic="small and medium enterprises in the work of ITU"),
    Brief(
        kind=DraftKind.REPLY,
        topic="participation of youth in innovation",
        audience="the ministry in charge of ICT",
        country="Kenya",
    ),
    Brief(kind=DraftKind.REVIEW_SECTION, topic="talent and champions", country="Albania"),
    Brief(
        kind=DraftKind.CONTRIBUTION,
        topic="digital innovation in developing countries",
        purpose="a contribution to a conference",
    ),
)

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ADDRESS = re.compile(r"\[([^\]\s]+#[^\]\s]+)\]")
_ENTRY = re.compile(r"entry ([\w@.-]+), as of")
_HELD = re.compile(r"\[([\w@.-]+)\], as it is held here")


class Checked(Frozen):
    """One draft and what was found in it.

    Attributes:
        sentences: by nature ('quote', 'written', 'catalogue', 'gap').
        footnotes: in the Word file.
        unresolved: footnotes that lead to no clause or entry held, as they read.
        unborne: sentences that the clauses they cite do not bear out.
        empty: headings under which nothing stands, not even a gap.
    """

    kind: str
    sentences: dict[str, int]
    footnotes: int
    unresolved: tuple[str, ...]
    unborne: tuple[str, ...]
    empty: tuple[str, ...]

    @property
    def fit(self) -> bool:
        """Whether it holds what a draft promises."""
        cited = sum(self.sentences.get(n, 0) for n in ("quote", "written", "catalogue"))
        return self.footnotes == cited and not (self.unresolved or self.unborne or self.empty)


class FiveDrafts(Frozen):
    """The five, by quotations or written by the chat model `model`."""

    model: str | None
    drafts: tuple[Checked, ...]


def run(
    advisor: Holds,
    model: str | None = None,
    writes: Writes | None = None,
    folder: Path | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> FiveDrafts:
    """Make the five, check them, and keep their Word files in `folder`.

    In: `writes`, the chat model named `model`, where they are to be written; `told` hears which is
    being made.

    Raises:
        AdvisorError: the index is missing or was built with another model.
    """
    made = []
    for brief in BRIEFS:
        told(brief.kind.value)
        version = draft(brief.model_copy(update={"written": writes is not None}), advisor, writes)
        word = docx(version, advisor)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{brief.kind}.docx").write_bytes(word)
        made.append(check(version, word, advisor))
    return FiveDrafts(model=model, drafts=tuple(made))


def check(version: Draft, word: bytes, advisor: Holds) -> Checked:
    """What stands in a draft and in its Word file `word`."""
    sentences = [s for section in version.sections for s in section.sentences]
    notes = list(footnotes(word))
    return Checked(
        kind=version.brief.kind.value,
        sentences=dict(Counter(s.nature.value for s in sentences)),
        footnotes=len(notes),
        unresolved=tuple(note for note in notes if not _leads_somewhere(note, advisor)),
        unborne=tuple(s.text for s in sentences if not _borne_out(s, advisor)),
        empty=tuple(s.heading for s in version.sections if not s.sentences),
    )


def footnotes(word: bytes) -> Iterator[str]:
    """The text of each footnote that the body of a Word file refers to, in its order."""
    with zipfile.ZipFile(io.BytesIO(word)) as parts:
        body = etree.fromstring(parts.read("word/document.xml"))
        if "word/footnotes.xml" not in parts.namelist():
            return
        notes = {
            note.get(f"{_WORD}id"): "".join(map(str, note.itertext(f"{_WORD}t"))).strip()
            for note in etree.fromstring(parts.read("word/footnotes.xml"))
        }
    for reference in body.iter(f"{_WORD}footnoteReference"):
        yield notes.get(reference.get(f"{_WORD}id"), "")


def _leads_somewhere(note: str, advisor: Holds) -> bool:
    addresses = _ADDRESS.findall(note)
    if not addresses:
        if entry := _ENTRY.search(note):
            return advisor.catalogue.get(entry[1]) is not None
        held = _HELD.search(note)
        return held is not None and held[1] in {key.split(":")[0] for key in advisor.shelf.live()}
    return all(_words(address, advisor) is not None for address in addresses)


def _borne_out(sentence: Sentence, advisor: Holds) -> bool:
    if sentence.nature not in (Nature.QUOTE, Nature.WRITTEN):
        return True
    words = [_words(address, advisor) for address in sentence.sources]
    held = [text for text in words if text is not None]
    if not held or len(held) != len(words):
        return False
    if sentence.nature is Nature.QUOTE:
        return is_verbatim(sentence.text, held[0])
    cited = [
        Cited(
            address=address,
            document=address.partition("#")[0],
            heading=(Address.parse(address).section or "").replace("-", " "),
            text=text,
        )
        for address, text in zip(sentence.sources, held, strict=True)
    ]
    return ground(sentence.text, cited).grounded


def _words(address: str, advisor: Holds) -> str | None:
    try:
        return advisor.shelf.clause(Address.parse(address)).clause.text
    except AdvisorError:
        return None


def render(found: FiveDrafts) -> str:
    """A Markdown table."""
    lines = [
        "| draft | quoted | written | from the catalogue | gaps marked | footnotes "
        "| leading nowhere | not borne out | fit |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for one in found.drafts:
        counts = [one.sentences.get(n, 0) for n in ("quote", "written", "catalogue", "gap")]
        cells = [one.kind, *counts, one.footnotes, len(one.unresolved), len(one.unborne)]
        lines.append(f"| {' | '.join(map(str, cells))} | {'yes' if one.fit else 'NO'} |")
    return "\n".join(lines)
