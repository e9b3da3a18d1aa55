"""What pip-audit's report says, in a line: found, looked up, not looked up.

    python -m evals.operations.weaknesses REPORT.json

Ends with 1 only when a known weakness was found. Where no advisory service can be reached (a
registry of one's own) that is said, and is no failure: nobody can mend it by changing the code, but
nobody should read "none has one" either.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from corpus.documents import Frozen


class Weaknesses(Frozen):
    """Counts of one report.

    Attributes:
        found: `NAME VERSION: IDS` of each package with a known weakness.
        looked_up: packages that an advisory service knew about.
        not_looked_up: packages it could not be asked about.
        reason: the commonest reason for that, as pip-audit gives it; '' when there is none.
    """

    found: tuple[str, ...]
    looked_up: int
    not_looked_up: int
    reason: str = ""

    @property
    def line(self) -> str:
        """For the one who runs `make care`."""
        if not self.looked_up:
            return (
                f"Known weaknesses: not looked up ({self.reason or 'no package was asked about'})."
            )
        found = "; ".join(self.found) if self.found else "none"
        missed = f", {self.not_looked_up} not ({self.reason})" if self.not_looked_up else ""
        return f"Known weaknesses: {found} found; {self.looked_up} packages looked up{missed}."


def read(report: Path) -> Weaknesses:
    """Of pip-audit's JSON; a report that is not there, or no JSON, counts as nothing looked up."""
    try:
        packages = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
    except (OSError, ValueError, KeyError, TypeError):
        return Weaknesses(found=(), looked_up=0, not_looked_up=0, reason="pip-audit made no report")
    skipped = [str(package["skip_reason"]) for package in packages if "skip_reason" in package]
    found = tuple(
        f"{package['name']} {package['version']}: {', '.join(v['id'] for v in package['vulns'])}"
        for package in packages
        if package.get("vulns")
    )
    reasons = [_short(reason) for reason in skipped]
    return Weaknesses(
        found=found,
        looked_up=len(packages) - len(skipped),
        not_looked_up=len(skipped),
        reason=max(set(reasons), key=reasons.count) if reasons else "",
    )


def _short(reason: str) -> str:
    """Without the package's name and version, so that reasons of one kind are counted together."""
    return reason.partition(":")[0].strip()[:100]


def main(report: str) -> int:
    """Print the line; 1 when a weakness was found."""
    seen = read(Path(report))
    sys.stdout.write(seen.line + "\n")
    return int(bool(seen.found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
