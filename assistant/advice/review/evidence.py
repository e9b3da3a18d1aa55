"""Private sources of a review: read like any document, kept in the review, searched in memory.

They are on no shelf and in no index: no question, search, draft, export or other review can meet
them, whatever is synchronised. The file itself is not kept, only what was read of it and its
SHA-256. Deleting the review deletes them.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from uuid import uuid4

from sqlalchemy import Engine, delete, func, insert, select

from assistant.advice.review import framework
from assistant.advice.review.model import Evidence, EvidenceText
from assistant.advice.review.record import BadContribution, UnknownReview, has_stakeholder, row_of
from assistant.advice.review.store import MOST_TEXT
from assistant.advice.review.tables import evidence_table
from assistant.records.conversations import LOCAL, now
from corpus.database import one_at_a_time, reading, storable
from corpus.documents import (
    Clause,
    Document,
    DocumentKind,
    Edition,
    Frozen,
    Section,
    SectionKind,
)
from corpus.language.letters import detect_language
from corpus.language.tokens import analyse
from corpus.limits import MIB, Limits
from corpus.reading.files import read
from corpus.tampering.characters import visible

MOST_BYTES = 20 * MIB
MOST_FILES = 60
"""Private sources of one review at most."""

_LIMITS = Limits(
    file_bytes=MOST_BYTES,
    pages=1000,
    text_chars=3_000_000,
    archive_files=20,
    archive_bytes=100 * MIB,
    archive_seconds=120.0,
    ocr_seconds=300.0,
)
"""Narrower than a librarian's: whoever holds an invitation may send a file."""
_ID = "evidence"


class Extract(Frozen):
    """Words of a private source, verbatim; `where` names the place in it for people."""

    evidence: Evidence
    where: str
    text: str


class EvidenceFiles:
    """The private sources of one database's reviews. Safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        """`engine` of the same database as the reviews."""
        self._engine = engine

    def add_file(
        self,
        review: str,
        stakeholder: str,
        pillar: str,
        name: str,
        content: bytes,
        owner: str | None = LOCAL,
    ) -> Evidence:
        """Read a file, by its bytes, in a child process, and keep what was read.

        Raises:
            UnknownReview: no such review or stakeholder. OutOfFrame: no such pillar.
            BadContribution: the file is too large, or there are MOST_FILES already.
            ReadError: it is empty, damaged, locked, of an unknown format ...; says which.
        """
        if len(content) > MOST_BYTES:
            raise BadContribution(f"A file may have {MOST_BYTES // MIB} MiB.")
        folder = Path(tempfile.mkdtemp(prefix="advisor-evidence-"))
        try:
            path = folder / _name(name)
            path.write_bytes(content)
            documents = read(path, limits=_LIMITS)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        private = tuple(
            d.model_copy(update={"id": f"{_ID}-{n}", "official_url": None})
            for n, d in enumerate(documents, 1)
        )
        sha256 = hashlib.sha256(content).hexdigest()
        return self._keep(review, stakeholder, pillar, _name(name), sha256, private, owner)

    def add_text(
        self,
        review: str,
        stakeholder: str,
        pillar: str,
        name: str,
        text: str,
        owner: str | None = LOCAL,
    ) -> Evidence:
        """Keep a text as it is typed, one clause a paragraph.

        Raises:
            UnknownReview, OutOfFrame: as `add_file`. BadContribution: empty or too long.
        """
        words = storable(visible(text))
        if not words or len(words) > 10 * MOST_TEXT:
            raise BadContribution(f"Evidence as text may have 1 to {10 * MOST_TEXT:,} characters.")
        paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n|\n", words) if p.strip()]
        title = _line(name) or _line(paragraphs[0])[:80]
        document = Document(
            id=f"{_ID}-1",
            title=title,
            kind=DocumentKind.REPORT,
            edition=Edition(),
            language=detect_language(words),
            sections=(
                Section(
                    slug="text",
                    heading=title,
                    kind=SectionKind.BODY,
                    clauses=tuple(
                        Clause(label=str(n), text=p) for n, p in enumerate(paragraphs, 1)
                    ),
                ),
            ),
        )
        sha256 = hashlib.sha256(words.encode()).hexdigest()
        return self._keep(review, stakeholder, pillar, title, sha256, (document,), owner)

    def remove(
        self, review: str, id: str, owner: str | None = LOCAL, stakeholder: str | None = None
    ) -> None:
        """Delete one private source; `stakeholder` restricts it to one's own.

        Raises:
            UnknownReview: no such review, or no such source in it.
        """
        with self._engine.begin() as connection:
            row = row_of(connection, review, owner)
            table = evidence_table
            query = delete(table).where(table.c.review == row.id, table.c.id == storable(id))
            if stakeholder is not None:
                query = query.where(table.c.stakeholder == stakeholder)
            if not connection.execute(query).rowcount:
                raise UnknownReview("This review has no such evidence.")

    def texts(self, review: str, owner: str = LOCAL) -> list[EvidenceText]:
        """The private sources of a review with what was read of them.

        Raises:
            UnknownReview: none of this owner's has the id.
        """
        with reading(self._engine) as connection:
            row = row_of(connection, review, owner)
            rows = connection.execute(
                select(evidence_table)
                .where(evidence_table.c.review == row.id)
                .order_by(evidence_table.c.at, evidence_table.c.id)
            ).mappings()
            return [
                EvidenceText(
                    evidence=Evidence(
                        **{k: v for k, v in line.items() if k not in ("payload", "review")}
                    ),
                    documents=tuple(
                        Document.model_validate(d) for d in json.loads(line["payload"])
                    ),
                )
                for line in rows
            ]

    def _keep(
        self,
        review: str,
        stakeholder: str,
        pillar: str,
        name: str,
        sha256: str,
        documents: tuple[Document, ...],
        owner: str | None,
    ) -> Evidence:
        framework.pillar(pillar)
        evidence = Evidence(
            id=uuid4().hex,
            stakeholder=stakeholder,
            pillar=pillar,
            name=name[:200],
            sha256=sha256,
            at=now(),
            clauses=sum(len(s.clauses) for d in documents for s in d.sections),
        )
        with self._engine.begin() as connection:
            row = row_of(connection, review, owner)
            one_at_a_time(connection, f"review-{row.id}")
            if stakeholder and not has_stakeholder(connection, row.id, stakeholder):
                raise UnknownReview("This review has no such stakeholder. Add them first.")
            count = connection.execute(
                select(func.count()).where(evidence_table.c.review == row.id)
            ).scalar_one()
            if count >= MOST_FILES:
                raise BadContribution(f"A review keeps {MOST_FILES} pieces of evidence at most.")
            payload = json.dumps([d.model_dump(mode="json") for d in documents])
            connection.execute(
                insert(evidence_table).values(
                    review=row.id, payload=payload, **evidence.model_dump()
                )
            )
        return evidence


def extracts(
    sources: Sequence[EvidenceText], asked: str, most: int = 2, longest: int = 600
) -> list[Extract]:
    """The clauses of private sources that share most words with `asked`, best first, verbatim.

    A clause longer than `longest` characters is left out rather than cut.
    """
    scored: list[tuple[float, int, Extract]] = []
    for place, source in enumerate(sources):
        for where, text, language in _clauses(source):
            if not 20 <= len(text) <= longest:
                continue
            wanted, held = Counter(analyse(asked, language)), set(analyse(text, language))
            shared = sum(1 for stem in wanted if stem in held)
            if shared >= 2:
                found = Extract(evidence=source.evidence, where=where, text=text)
                scored.append((-shared / (8 + len(held)) ** 0.5, place, found))
    scored.sort(key=lambda one: one[:2])
    return [found for _, _, found in scored[:most]]


def _clauses(source: EvidenceText) -> Iterator[tuple[str, str, str]]:
    for document in source.documents:
        for section, clause in document.clauses():
            where = f"{section.heading} {clause.label or ''}".strip()
            if clause.page:
                where += f", p. {clause.page}"
            yield where, clause.text, document.language


def _name(given: str) -> str:
    """A file name that is only a name: for people, and for the ending a reader may look at."""
    name = re.sub(r"[^\w. ()\-]", "_", PurePath((given or "").replace("\\", "/")).name)
    return storable(name.lstrip("."))[-150:] or "document"


def _line(text: str) -> str:
    return storable(" ".join(visible(text).split()))[:200]
