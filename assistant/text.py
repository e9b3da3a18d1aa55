"""An answer as plain text, for the terminal: what is said, then what it stands on."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.answers import Answer


def as_text(answer: Answer) -> str:
    """The whole answer as lines: opening, numbered claims, sources, notes, nearest documents."""
    return "\n".join(_lines(answer))


def _lines(answer: Answer) -> Iterator[str]:
    if answer.opening:
        yield from (answer.opening, "")
    numbers = {citation.address: n for n, citation in enumerate(answer.citations, 1)}
    cited = {citation.address: citation for citation in answer.citations}
    for claim in answer.claims:
        known = [address for address in claim.addresses if address in numbers]
        marks = "".join(f"[{numbers[address]}]" for address in known)
        if claim.is_quote and known:
            yield f"{cited[known[0]].label} {marks}"
            yield from (f"  “{claim.text}”", "")
        else:
            yield from (f"{claim.text} {marks}", "")
    for number, citation in enumerate(answer.citations, 1):
        page = f", p. {citation.page}" if citation.page else ""
        mark = " (digest, not the official text)" if citation.is_digest else ""
        mark += f" (superseded by {citation.superseded_by})" if citation.superseded_by else ""
        yield f"[{number}] {citation.address}{page}{mark}"
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
