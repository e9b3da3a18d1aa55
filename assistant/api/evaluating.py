"""What the Evaluate page needs of the room above: a port, so that imports keep running one way.

`evals` implements `Evaluations` and registers it as the entry point `bench` of the group
`advisor.evaluations`; the web shows it without knowing who made it. Without that room installed
there is no Evaluate page's content, and `load` says so.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Protocol

from assistant.advisor import Advisor
from corpus.documents import Frozen
from corpus.errors import AdvisorError

GROUP = "advisor.evaluations"


class NoEvaluations(AdvisorError):
    """For the operator: the evaluation room is not installed."""

    code = "no-evaluations"


class UnknownRun(AdvisorError):
    """For the evaluator: no run, file or draft has this name."""

    code = "unknown-run"


class RunBusy(AdvisorError):
    """For the evaluator: a run is under way already."""

    code = "run-busy"


class SuiteLine(Frozen):
    """A suite that can be run; `types` and `languages` are those of its items."""

    name: str
    title: str
    items: int
    types: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()


class Figure(Frozen):
    """A figure of a run: its mean in 0..1 with a 95 % interval, over `items` items."""

    figure: str
    name: str
    mean: float
    low: float
    high: float
    items: int


class RunLine(Frozen):
    """A run, stored or under way.

    Attributes:
        state: running, done, stopped (can be resumed) or failed.
        done, total: items asked, of how many; total 0 where that is not known.
        trouble: why it failed; '' when it did not.
        by, started: who began it and when (UTC, ISO 8601).
        figures: the headline ones, once it is done.
        errors: items that failed.
    """

    name: str
    suite: str
    title: str
    system: str
    state: str
    done: int = 0
    total: int = 0
    trouble: str = ""
    by: str = ""
    started: str = ""
    figures: tuple[Figure, ...] = ()
    errors: int = 0
    comparable: str = ""
    """Runs compare only where this is the same: the suite's content."""


class Verdict(Frozen):
    """B against A in one figure; `verdict` is better, worse or 'no difference shown'."""

    figure: str
    name: str
    a: float
    b: float
    mean: float
    low: float
    high: float
    items: int
    verdict: str
    flipped: tuple[str, ...] = ()


class DraftItem(Frozen):
    """An item made from a reader's opinion, personal data removed; waits for an evaluator.

    Attributes:
        turn: the turn it was made of; names it.
        questions: what was asked, in order; the last is judged.
        gold: addresses the reader named.
        note: what was answered and what the reader said.
        decision: '', 'accepted' or 'rejected'.
    """

    turn: str
    id: str
    language: str
    questions: tuple[str, ...]
    gold: tuple[str, ...] = ()
    note: str = ""
    decision: str = ""
    by: str = ""
    at: str = ""


class Evaluations(Protocol):
    """The room's work, as the web sees it. Safe to use from many threads."""

    def suites(self) -> list[SuiteLine]:
        """Every suite that can be run."""

    def runs(self) -> list[RunLine]:
        """Stored and running ones, newest first."""

    def start(self, suite: str, *, name: str = "", languages: tuple[str, ...] = (), by: str) -> str:
        """Begin a run in the background, or go on with the one called `name`; its name.

        Raises:
            RunBusy: one is under way.
            AdvisorError: no such suite, or `name` holds another run.
        """

    def stop(self, name: str) -> None:
        """Stop a run after the item at hand; it can be resumed.

        Raises:
            UnknownRun: it is not under way.
        """

    def report(self, name: str) -> str:
        """A run's self-contained HTML page. Raises UnknownRun."""

    def file(self, name: str, which: str) -> bytes:
        """`items.csv` or `summary.json` of a run. Raises UnknownRun."""

    def compare(self, a: str, b: str) -> list[Verdict]:
        """Is B better than A, figure by figure? Raises UnknownRun, or an AdvisorError saying why
        the two cannot be compared."""

    def side_by_side(self, a: str, b: str) -> str:
        """The comparison's self-contained HTML page, with the items that flipped. As `compare`."""

    def history(self) -> str:
        """Self-contained HTML page with the runs over time."""

    def drafts(self) -> list[DraftItem]:
        """Items drafted from use, undecided first, newest first."""

    def decide(self, turn: str, accept: bool, *, gold: tuple[str, ...] = (), by: str) -> DraftItem:
        """Accept or reject a draft; accepting may name the clauses that answer. Raises UnknownRun,
        BadAddress, or UnknownAddress for a clause that is not on the shelf."""

    def accepted(self) -> str:
        """The accepted drafts as a suite, YAML."""


class Maker(Protocol):
    """What the entry point names."""

    def __call__(self, advisor: Advisor) -> Evaluations:
        """The room's work over one open advisor."""


def load(advisor: Advisor) -> Evaluations:
    """The evaluation room of this installation.

    Raises:
        NoEvaluations: it is not installed.
    """
    found = next(iter(entry_points(group=GROUP)), None)
    if found is None:
        raise NoEvaluations("The evaluation room (package `evals`) is not installed here.")
    make: Maker = found.load()
    return make(advisor)
