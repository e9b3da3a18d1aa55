"""An answer as plain text, for the terminal: what is said, then what it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from assistant.answers import Answer, Citation, Claim
from assistant.phrases import quoted


def as_text(answer: Answer) -> str:
    """The whole answer as lines: opening, numbered claims, sources, notes, nearest documents."""
    return "\n".join(_lines(answer))


def _lines(answer: Answer) -> Iterator[str]:
    if answer.opening:
        yield from (answer.opening, "")
    numbers = {citation.address: n for n, citation in enumerate(answer.citations, 1)}
    cited = {citation.address: citation for citation in answer.citations}
    for block, claims in answer.laid():
        if block.title:
            status = f" ({block.status.value})" if block.status else ""
            yield from (f"{block.title}{status}", "")
        yield from ([block.opening, ""] if block.opening else [])
        for claim in claims:
            yield from _claim(claim, numbers, cited, answer.language)
        yield from ([*block.notes, ""] if block.notes else [])
    if answer.table is not None:
        for row in answer.table.rows:
            yield row.name
            for column, cell in zip(answer.table.columns, row.cells, strict=True):
                said = [c.text + _marks(c, numbers) for c in answer.numbered(cell)]
                yield f"  {column}: {' / '.join(said) or '—'}"
            yield ""
    for number, citation in enumerate(answer.citations, 1):
        page = f", p. {citation.page}" if citation.page else ""
        mark = " (digest, not the official text)" if citation.is_digest else ""
        mark += f" (superseded by {citation.superseded_by})" if citation.superseded_by else ""
        came = f", {citation.origin.value}" if citation.origin else ""
        yield f"[{number}] {citation.address}{page}{came}{mark}"
        if citation.url:
            yield f"     {citation.url}"
    if answer.notes:
        yield from ("", *answer.notes) if answer.claims else answer.notes
    for nearest in answer.nearest:
        yield f"  - {nearest.label} ({nearest.document})"
    yield ""
    yield f"status: {answer.status.value}"
    if answer.conversation:
        yield f"conversation: {answer.conversation}"


def _marks(claim: Claim, numbers: Mapping[str, int]) -> str:
    found = "".join(f"[{numbers[a]}]" for a in claim.addresses if a in numbers)
    return f" {found}" if found else ""


def _claim(
    claim: Claim, numbers: Mapping[str, int], cited: Mapping[str, Citation], language: str
) -> Iterator[str]:
    known = [address for address in claim.addresses if address in numbers]
    if claim.is_quote and known:
        yield f"{cited[known[0]].label}{_marks(claim, numbers)}"
        yield from (f"  {quoted(language, claim.text)}", "")
    else:
        yield from (claim.text + _marks(claim, numbers), "")
