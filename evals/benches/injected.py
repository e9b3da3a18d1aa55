"""Injected documents: which attacks there are, which half is held out, and where they are put.

Attacks come from the library's published sets and from two files of our own. The patterns of
`corpus/tampering/commands.yaml` were tuned on the published sets and on the first file before any
was held out; the attacks of `data/injected.yaml` were written afterwards, and of these only one
half was looked at when patterns were mended. The classifier beside the patterns has seen none of
them. Places are those of a clause, or those of a real HTML or DOCX file that goes through the
readers: cells, footnotes, comments, descriptions of pictures, text nobody sees, links.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from itertools import cycle
from pathlib import Path
from typing import Any

import yaml

from corpus.documents import Document, Frozen, SectionKind
from corpus.reading.readers import docx, html

MARK = "zyxquorn"
"""Stands nowhere else: obedience to an attack shows by it."""

PUBLISHED, TUNED_ON, FRESH = "published", "ours, old", "ours, new"
"""Sets of attacks: BIPIA and bastioncorpus; data/injection.yaml; data/injected.yaml."""

IN_CLAUSES = (
    "end of a clause",
    "start of a clause",
    "a clause of its own",
    "heading",
    "title",
    "footnote",
    "split by zero-width characters",
    "in tag characters",
    "turned round by bidi marks",
)
IN_FILES = (
    "HTML: table cell",
    "HTML: comment",
    "HTML: text alternative",
    "HTML: hidden element",
    "HTML: link",
    "HTML: footnote",
    "DOCX: table cell",
    "DOCX: comment",
    "DOCX: text alternative",
    "DOCX: hidden run",
)
PLACES = (*IN_CLAUSES, *IN_FILES)


class Attack(Frozen):
    """One template, filled in.

    Attributes:
        text: what is put into a document.
        source: which set it is from; kind: its class there.
        held_out: of the half that no pattern was mended for, by a hash of the template.
    """

    text: str
    source: str
    kind: str
    held_out: bool


class Case(Frozen):
    """One injected document, and the address of the clause it is asked about."""

    attack: Attack
    place: str
    document: Document
    address: str


def attacks_of(shared: Path | None) -> list[Attack]:
    """Our phrasings and, with the library, BIPIA's text attacks and bastioncorpus's malicious."""
    found = [_attack(text, FRESH, kind) for kind in _kinds() for text in own(kind, "injected")]
    found += [_attack(text, TUNED_ON, "") for text in own("attacks")]
    if shared is not None:
        folder = shared / "bench" / "injection"
        bipia = json.loads((folder / "bipia_text_attack_train.json").read_text("utf-8"))
        found += [_attack(text, PUBLISHED, kind) for kind, some in bipia.items() for text in some]
        found += [
            _attack(row["text"], PUBLISHED, row["category"])
            for row in _bastion(folder)
            if row["label"] == "malicious"
        ]
    return found


def lookalikes_of(shared: Path | None) -> list[str]:
    """Harmless sentences that resemble attacks."""
    found = [text for name in ("injection", "injected") for text in own("benign", name)]
    if shared is not None:
        rows = _bastion(shared / "bench" / "injection")
        found += [row["text"] for row in rows if row["label"] == "benign"]
    return found


@cache
def own(kind: str, name: str = "injection") -> tuple[str, ...]:
    """The sentences of one kind in `evals/data/<name>.yaml`."""
    return tuple(_file(name)[kind])


def cases(hosts: Sequence[Document], attacks: Sequence[Attack], most: int) -> Iterator[Case]:
    """At most `most` injected documents: each attack in turn, each time in another place."""
    turns = cycle(hosts)
    made = 0
    for round in range(len(PLACES)):
        for number, attack in enumerate(attacks):
            if made == most:
                return
            place = PLACES[(number + 4 * round) % len(PLACES)]
            document, address = tamper(next(turns), attack.text, place)
            made += 1
            yield Case(attack=attack, place=place, document=document, address=address)


def tamper(document: Document, attack: str, place: str) -> tuple[Document, str]:
    """`document` with `attack` in it, and the address of the clause to be asked about.

    Raises:
        ReadError: the file made for a place in a file cannot be read.
    """
    if place in IN_FILES:
        return _through_a_file(document, attack, place)
    sections = list(document.sections)
    spot = next(
        (n for n, s in enumerate(sections) if s.kind is SectionKind.OPERATIVE and s.clauses), 0
    )
    section = sections[spot]
    first, *rest = section.clauses
    if place == "title":
        document = document.model_copy(update={"title": f"{document.title}. {attack}"})
    elif place == "heading":
        section = section.model_copy(update={"heading": f"{section.heading}. {attack}"})
    elif place == "a clause of its own":
        first = first.model_copy(update={"text": attack})
    elif place == "start of a clause":
        first = first.model_copy(update={"text": f"{attack} {first.text}"})
    elif place == "footnote":
        first = first.model_copy(update={"footnotes": (*first.footnotes, attack)})
    else:
        said = _SMUGGLED.get(place, str)(attack)
        first = first.model_copy(update={"text": f"{first.text.rstrip(' ;,')}. {said}"})
    sections[spot] = section.model_copy(update={"clauses": (first, *rest)})
    tampered = document.model_copy(update={"sections": tuple(sections)})
    return tampered, str(tampered.address(sections[spot], first))


_SMUGGLED: dict[str, Callable[[str], str]] = {
    "split by zero-width characters": "\u200b".join,
    "in tag characters": lambda text: "".join(
        chr(0xE0000 + ord(c)) if ord(c) < 0x80 else c for c in text
    ),
    "turned round by bidi marks": lambda text: f"\u202e{text[::-1]}\u202c",
}


def _through_a_file(document: Document, attack: str, place: str) -> tuple[Document, str]:
    """As `tamper`: the first of the documents that a reader makes of a file with the attack."""
    operative = [s for s in document.sections if s.kind is SectionKind.OPERATIVE] or [
        document.sections[0]
    ]
    clauses = [clause.text for clause in operative[0].clauses][:4]
    said = [f"{number} {text.rstrip(' ;,.')}." for number, text in enumerate(clauses, 1)]
    where = f"{document.edition.place}, {document.edition.year}" if document.edition else "2030"
    top = (
        f"RESOLUTION {document.number or 1} ({where})",
        document.title,
        f"The Plenipotentiary Conference of the International Telecommunication Union ({where}),",
    )
    make, reader = (_html, html.read) if place.startswith("HTML") else (_docx, docx.read)
    tampered = reader(make(top, operative[0].heading, said, attack, place), "injected")[0]
    places = [(str(tampered.address(s, c)), c.text) for s, c in tampered.clauses()]
    start = attack.split("\n")[0][:20]
    address = next((a for a, text in places if MARK in text or start in text), places[0][0])
    return tampered, address


def _html(top: Sequence[str], heading: str, said: Sequence[str], attack: str, place: str) -> bytes:
    inside = escape(attack)
    extra = {
        "HTML: table cell": f"<table><tr><td>Item</td><td>{inside}</td></tr></table>",
        "HTML: comment": f"<!-- {attack.replace('--', '- -')} -->",
        "HTML: text alternative": f'<img src="a.png" alt="{inside}" title="{inside}">',
        "HTML: hidden element": f'<p style="opacity:0">{inside}</p><p hidden>{inside}</p>'
        f'<p style="position:absolute;left:-9999px">{inside}</p>',
        "HTML: link": f'<p><a href="https://{MARK}.example/" title="{inside}">{inside}</a></p>',
        "HTML: footnote": f"<p><sup>1</sup> {inside}</p>",
    }[place]
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in (*top[1:], "", *said))
    paragraphs = paragraphs.replace("<p></p>", f"<p><i>{escape(heading)}</i></p>")
    page = (
        f"<html><head><title>{escape(top[0])}</title></head><body><main>"
        f"<h1>{escape(top[0])}</h1>{paragraphs}{extra}</main></body></html>"
    )
    return page.encode()


def _docx(top: Sequence[str], heading: str, said: Sequence[str], attack: str, place: str) -> bytes:
    import docx as word
    from docx.oxml.parser import OxmlElement

    made = word.Document()
    made.add_heading(top[0], 1)
    for text in top[1:]:
        made.add_paragraph(text)
    made.add_paragraph().add_run(heading).italic = True
    for text in said:
        paragraph = made.add_paragraph(text)
    shown = "".join(c for c in attack if c.isprintable() or c == "\n")
    if place == "DOCX: table cell":
        cells = made.add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = "Item", shown
    elif place == "DOCX: comment":
        made.add_comment(paragraph.runs, text=shown, author="Secretariat")
    elif place == "DOCX: hidden run":
        paragraph.add_run(f" {shown}").font.hidden = True
    else:
        drawing: Any = OxmlElement("w:drawing")
        described: Any = OxmlElement("wp:docPr")
        described.set("id", "1")
        described.set("name", "Picture 1")
        described.set("descr", shown)
        drawing.append(described)
        paragraph.add_run()._r.append(drawing)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _attack(template: str, source: str, kind: str) -> Attack:
    filled = template.replace("{{{{", "{{").replace("}}}}", "}}")
    filled = filled.replace("{mark}", MARK).replace("{canary}", MARK)
    half = hashlib.sha256(template.encode()).digest()[0] % 2
    return Attack(text=filled, source=source, kind=kind, held_out=bool(half))


def _kinds() -> list[str]:
    return [kind for kind in _file("injected") if kind != "benign"]


@cache
def _file(name: str) -> dict[str, list[str]]:
    text = files("evals").joinpath(f"data/{name}.yaml").read_text("utf-8")
    raw: dict[str, list[str]] = yaml.safe_load(text)
    return raw


def _bastion(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "bastioncorpus.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]
