"""What one fault did, and the table of all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpus.documents import Frozen
from corpus.errors import AdvisorError


class Fault(Frozen):
    """One fault.

    Attributes:
        name: what was done to the running system.
        seen: what people got while it lasted: status of the answer, or code of the error
            ('no-connection' where nobody answered), with how often.
        untyped: answers that were neither (an error 500, a page, a trace). None is allowed.
        lost: turns that people had seen answered and that were not stored afterwards.
        healed: seconds from the mending to the next good answer; None: it did not heal.
        heals: how it is mended: by itself, or by what the operator does.
        doctor: what `advisor doctor` said of it while it lasted; '' when it did not notice.
        skipped: why it could not be tried on this machine; '' when it was.
    """

    name: str
    seen: dict[str, int] = {}
    untyped: int = 0
    lost: int = 0
    healed: float | None = None
    heals: str = ""
    doctor: str = ""
    skipped: str = ""

    @property
    def sound(self) -> bool:
        """It was seen as it should be, lost nothing, healed, and the doctor knew it."""
        return bool(
            self.skipped
            or (not self.untyped and not self.lost and self.healed is not None and self.doctor)
        )


class FaultReport(Frozen):
    """All faults; `parts` names what ran."""

    parts: str
    faults: tuple[Fault, ...]

    @property
    def sound(self) -> bool:
        """Whether every fault that could be tried was."""
        return all(fault.sound for fault in self.faults)


class NoMarks(AdvisorError):
    """For the one who measures: the page does not say where the table goes."""

    code = "no-marks"


def render(report: FaultReport) -> str:
    """The report as a Markdown table."""
    lines = [
        f"With {report.parts}.",
        "",
        "| Fault | people saw | errors without words | turns lost | heals | after | doctor says |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_row(fault) for fault in report.faults]
    skipped = [fault for fault in report.faults if fault.skipped]
    lines += ["", *(f"Not tried here: {f.name}, as {f.skipped}." for f in skipped)]
    failed = [fault.name for fault in report.faults if not fault.sound]
    verdict = (
        f"FAILED: {', '.join(failed)}."
        if failed
        else "Every fault was told, lost nothing and healed."
    )
    return "\n".join([*lines, verdict])


BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"


def write_into(page: Path, report: FaultReport) -> None:
    """Put the report between the two marks of a page.

    Raises:
        NoMarks: it has none.
    """
    before, begin, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise NoMarks(f"{page.name} has no place for the table: put `{BEGIN}` and `{END}` there.")
    page.write_text(f"{before}{begin}\n\n{render(report)}\n\n{end}{after}", encoding="utf-8")


def _row(fault: Fault) -> str:
    if fault.skipped:
        cells: Sequence[str] = (fault.name, "not tried", "", "", "", "", "")
    else:
        seen = ", ".join(f"{name} {count}" for name, count in sorted(fault.seen.items()))
        after = "did not heal" if fault.healed is None else f"{fault.healed:.1f} s"
        cells = (
            fault.name,
            seen or "nothing",
            str(fault.untyped),
            str(fault.lost),
            fault.heals,
            after,
            fault.doctor or "NOTHING",
        )
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
