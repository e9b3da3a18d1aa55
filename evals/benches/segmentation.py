"""Do documents come apart into the clauses a reference says they have?

Compares addresses (document, section, label) as sets and, where an address agrees, the words.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from corpus.documents import Document
from corpus.shelf import export

# Words agree when their similarity reaches this: one or two words of difference in a clause.
SAME_TEXT = 0.9

Key = tuple[str, str, str | None]


class Disagreement(BaseModel):
    """One address on which we and the reference differ.

    Attributes:
        sort: 'missing' (reference only), 'extra' (ours only) or 'text' (both, words differ).
        address: as written, `pp-res-2@2018#resolves.4`.
        similarity: of the words, 0 to 1; None unless `sort` is 'text'.
        ours: start of our words, or ''.
        reference: start of the reference's words, or ''.
    """

    sort: str
    address: str
    similarity: float | None = None
    ours: str = ""
    reference: str = ""


class Row(BaseModel):
    """Agreement over one source (a format, or one part of resolutions).

    Attributes:
        name: what was compared.
        reference: number of addresses in the reference.
        ours: number of addresses we made.
        agreed: number in both.
        precision: agreed / ours, 0 to 1.
        recall: agreed / reference, 0 to 1.
        f1: harmonic mean of the two.
        text_agreed: share of agreed addresses whose words are the same (similarity >= 0.9).
    """

    name: str
    reference: int
    ours: int
    agreed: int
    precision: float
    recall: float
    f1: float
    text_agreed: float


class Segmentation(BaseModel):
    """What one comparison found.

    Attributes:
        rows: all addresses first, then preamble, operative and annex apart, for each source.
        disagreements: every address that differs, in reading order, for a person to judge.
    """

    rows: list[Row]
    disagreements: list[Disagreement]


def read_reference(path: Path) -> list[dict[str, Any]]:
    """Rows of a reference in JSON lines (fields of `corpus.shelf.export.rows`)."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def compare(
    documents: Iterable[Document], reference: Iterable[Mapping[str, Any]], name: str
) -> Segmentation:
    """Agreement of `documents` with reference rows, over the documents the reference has."""
    wanted = {_key(row): row for row in reference}
    ours = {_key(row): row for document in documents for row in export.rows(document)}
    kinds = ["all", *dict.fromkeys(str(row["kind"]) for row in wanted.values())]
    similar = {
        key: similarity(str(ours[key]["text"]), str(wanted[key]["text"]))
        for key in wanted
        if key in ours
    }
    table = [
        _row(
            f"{name}, {kind}" if kind != "all" else name,
            _of(wanted, kind),
            _of(ours, kind),
            similar,
        )
        for kind in kinds
    ]
    return Segmentation(rows=table, disagreements=_disagreements(wanted, ours, similar))


def segmentation(
    shared: Path, read: Callable[[bytes, str], list[Document]] | None = None
) -> Segmentation:
    """The 64 documents of PP-18 read from AKN4UN XML against the reference segmentation.

    Args:
        shared: folder of the library of real texts.
        read: the reader to measure; by default that of AKN4UN.
    """
    if read is None:
        from corpus.reading.readers import akn

        read = akn.read
    source = shared / "itu" / "pp18_final_acts_akn.xml"
    reference = read_reference(shared / "itu" / "pp18_clauses.jsonl")
    return compare(read(source.read_bytes(), source.name), reference, "AKN4UN XML")


def render(result: Segmentation, disagreements: int = 0) -> str:
    """The table, and the first `disagreements` of the list, as plain text."""
    lines = [
        f"{'':32}{'reference':>10}{'ours':>7}{'agreed':>8}{'P':>8}{'R':>8}{'F1':>8}{'text':>8}"
    ]
    for row in result.rows:
        lines.append(
            f"{row.name:32}{row.reference:>10}{row.ours:>7}{row.agreed:>8}"
            f"{row.precision:>8.4f}{row.recall:>8.4f}{row.f1:>8.4f}{row.text_agreed:>8.4f}"
        )
    total = len(result.disagreements)
    if disagreements:
        lines.append("")
    for item in result.disagreements[:disagreements]:
        likeness = "" if item.similarity is None else f" {item.similarity:.2f}"
        lines.append(f"{item.sort}{likeness}  {item.address}")
        lines += [f"    ours      {item.ours}"] if item.ours else []
        lines += [f"    reference {item.reference}"] if item.reference else []
    if total > disagreements:
        lines.append(f"{total - disagreements} more disagreements not shown")
    return "\n".join(lines)


def similarity(ours: str, reference: str) -> float:
    """Likeness of two texts by their words, 0 to 1; case, spacing and punctuation apart."""
    a, b = _words(ours), _words(reference)
    if a == b:
        return 1.0
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def _key(row: Mapping[str, Any]) -> Key:
    return str(row["document"]), str(row["section"]), row["label"]


def _of(rows: Mapping[Key, Mapping[str, Any]], kind: str) -> set[Key]:
    return {key for key, row in rows.items() if kind in ("all", row["kind"])}


def _row(name: str, wanted: set[Key], ours: set[Key], similar: Mapping[Key, float]) -> Row:
    agreed = wanted & ours
    precision = len(agreed) / len(ours) if ours else 0.0
    recall = len(agreed) / len(wanted) if wanted else 0.0
    total = precision + recall
    same = sum(similar[key] >= SAME_TEXT for key in agreed)
    return Row(
        name=name,
        reference=len(wanted),
        ours=len(ours),
        agreed=len(agreed),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / total if total else 0.0,
        text_agreed=same / len(agreed) if agreed else 0.0,
    )


def _disagreements(
    wanted: Mapping[Key, Mapping[str, Any]],
    ours: Mapping[Key, Mapping[str, Any]],
    similar: Mapping[Key, float],
) -> list[Disagreement]:
    found: list[tuple[str, int, Disagreement]] = []
    order = {name: i for i, name in enumerate(dict.fromkeys(key[0] for key in (*wanted, *ours)))}
    for key, row in wanted.items():
        if key not in ours:
            item = Disagreement(sort="missing", address=_written(key), reference=_start(row))
        elif similar[key] < SAME_TEXT:
            item = Disagreement(
                sort="text",
                address=_written(key),
                similarity=round(similar[key], 3),
                ours=_start(ours[key]),
                reference=_start(row),
            )
        else:
            continue
        found.append((key[0], order[key[0]], item))
    for key, row in ours.items():
        if key not in wanted:
            item = Disagreement(sort="extra", address=_written(key), ours=_start(row))
            found.append((key[0], order[key[0]], item))
    return [item for _, _, item in sorted(found, key=lambda entry: entry[1])]


def _written(key: Key) -> str:
    document, section, label = key
    return f"{document}#{section}" + (f".{label}" if label is not None else "")


def _start(row: Mapping[str, Any]) -> str:
    text = str(row["text"])
    return text if len(text) <= 160 else f"{text[:100]} ... {text[-55:]}"
