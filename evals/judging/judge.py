"""A chat model as judge: does a text bear a statement out? And how far it agrees with people (P27).

The judge answers one question, yes or no, always asked in the same words (the check that writing
mode uses): at temperature 0, with a fixed seed, each answer kept, so that a judgement repeats. Of
an answer it judges the claims against their clauses, and the facts an author wants against the
answer. Its agreement with people's labels is measured by `advisor bench judge` and kept by model
and wording; a report that uses a judge prints it, or says that it was never measured.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from assistant.settings import Settings
from assistant.writing.judging import YES, support
from assistant.writing.marking import unmarked_prompt
from assistant.writing.model import model_name, open_model
from assistant.writing.prompt import check_prompt
from assistant.writing.streaming import Budget
from assistant.writing.usage import Usage
from corpus.documents import Frozen
from evals.judging.labelled import auc
from evals.judging.pairs import BY_PEOPLE, Pair
from evals.suites.comparing import RESAMPLES, SEED, Interval, interval

FOLDER = "judges"
"""Under the folder of runs: measured agreement, and the answers kept."""


PAIRS = 40
"""Pairs of each set that a judge is measured on by default: a model on two cores takes half an hour
for three sets. Intervals tell what so few can."""


class Judge:
    """The model of `settings`, asked whether texts bear a statement out."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        """`folder`: of the runs; the judge's answers are kept in it.

        Raises:
            BadChatModel: the model cannot be opened.
        """
        self._folder = folder / FOLDER
        self._model = open_model(
            settings.model_copy(update={"chat_memory": self._folder / "answers"})
        )
        self._budget = Budget(whole=settings.chat_timeout, pause=settings.chat_timeout)
        self.name = model_name(settings)
        self.usage = Usage()

    def supports(self, statement: str, texts: Sequence[str]) -> float:
        """Probability, 0..1, that `texts` bear `statement` out; from YES on it is a yes.

        Raises:
            ChatFailure: the model could not be asked.
        """
        return support(self._model, statement, texts, self._budget, self.usage)

    @property
    def wording(self) -> str:
        """Hash of the question's words: agreement was measured with these and no others."""
        prompt = check_prompt("statement", ["text"])
        asked = prompt.system + unmarked_prompt(prompt.user)
        return hashlib.sha256(asked.encode()).hexdigest()[:12]

    def agreement(self) -> Agreement | None:
        """What was measured for this model and wording, or None."""
        path = self._path
        if not path.exists():
            return None
        return Agreement.model_validate_json(path.read_text(encoding="utf-8"))

    def keep(self, agreement: Agreement) -> None:
        """Store what was measured, for reports to come."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.write_text(agreement.model_dump_json(indent=1), encoding="utf-8")

    @property
    def _path(self) -> Path:
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        return self._folder / f"{slug}-{self.wording}.json"


class SetAgreement(Frozen):
    """One set of pairs.

    Attributes:
        set: its name; by_people: whether its labels are people's.
        accuracy: share of pairs judged as they are labelled.
        kappa: Cohen's, against the labels; chance would have 0 (Cohen 1960).
        auc: area under the ROC curve of the judge's probability.
        accepted, rejected: share of supported pairs given a yes, of the others a no.
        threshold, kappa_there: the probability that serves best on every other pair, and kappa
            with it on those left out.
    """

    set: str
    by_people: bool
    pairs: int
    accuracy: Interval
    kappa: Interval
    auc: float
    accepted: float
    rejected: float
    threshold: float
    kappa_there: float
    kinds: dict[str, tuple[int, float]] = {}


class Agreement(Frozen):
    """How far a judge agrees with labels; `people` pools the sets that people labelled."""

    model: str
    wording: str
    people: SetAgreement
    sets: tuple[SetAgreement, ...]


def measure(
    judge: Judge, pairs: Sequence[Pair], progress: Callable[[str, int, int], None] | None = None
) -> Agreement:
    """Put every pair to the judge; answers once given are not asked for again.

    Raises:
        ChatFailure: the model could not be asked.
        ValueError: no pair has a label of people's.
    """
    said: list[float] = []
    for number, pair in enumerate(pairs, 1):
        said.append(judge.supports(pair.statement, pair.texts))
        if progress is not None:
            progress("judging", number, len(pairs))
    names = list(dict.fromkeys(pair.set for pair in pairs))
    chosen = {
        name: [(p, s) for p, s in zip(pairs, said, strict=True) if p.set == name] for name in names
    }
    people = [one for name in names if name in BY_PEOPLE for one in chosen[name]]
    if not people:
        raise ValueError("no pair was labelled by people")
    return Agreement(
        model=judge.name,
        wording=judge.wording,
        people=_agreement("all labelled by people", people, True),
        sets=tuple(_agreement(name, chosen[name], name in BY_PEOPLE) for name in names),
    )


def _agreement(name: str, judged: Sequence[tuple[Pair, float]], by_people: bool) -> SetAgreement:
    truth = np.array([pair.supported for pair, _ in judged])
    scores = np.array([score for _, score in judged])
    yes = scores >= YES
    threshold = _best_threshold(scores[::2], truth[::2])
    kinds: dict[str, list[bool]] = {}
    for (pair, _), right in zip(judged, yes == truth, strict=True):
        kinds.setdefault(pair.kind, []).append(bool(right))
    return SetAgreement(
        set=name,
        by_people=by_people,
        pairs=len(judged),
        accuracy=interval([float(right) for right in yes == truth]),
        kappa=_kappa_interval(yes, truth),
        auc=auc(scores, truth) if truth.any() and not truth.all() else float("nan"),
        accepted=float(yes[truth].mean()) if truth.any() else float("nan"),
        rejected=float((~yes)[~truth].mean()) if not truth.all() else float("nan"),
        threshold=threshold,
        kappa_there=kappa(scores[1::2] >= threshold, truth[1::2]),
        kinds={kind: (len(right), sum(right) / len(right)) for kind, right in kinds.items()},
    )


def kappa(said: np.ndarray, truth: np.ndarray) -> float:
    """Cohen's kappa of two yes/no judgements; 0 where chance alone would agree on everything."""
    if not len(said):
        return 0.0
    agreed = float((said == truth).mean())
    p, q = float(said.mean()), float(truth.mean())
    chance = p * q + (1 - p) * (1 - q)
    return 0.0 if chance == 1 else (agreed - chance) / (1 - chance)


def _kappa_interval(said: np.ndarray, truth: np.ndarray) -> Interval:
    """Kappa with its 95 % percentile bootstrap interval over the pairs."""
    generator = np.random.default_rng(SEED)
    picks = generator.integers(0, len(said), size=(RESAMPLES, len(said)))
    p, q = said[picks].mean(axis=1), truth[picks].mean(axis=1)
    agreed = (said[picks] == truth[picks]).mean(axis=1)
    chance = p * q + (1 - p) * (1 - q)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(chance < 1, (agreed - chance) / (1 - chance), 0.0)
    low, high = np.percentile(values, [2.5, 97.5])
    return Interval(mean=kappa(said, truth), low=float(low), high=float(high), items=len(said))


def _best_threshold(scores: np.ndarray, truth: np.ndarray) -> float:
    """The threshold with the greatest kappa; the middle of those that tie."""
    places = np.unique(np.concatenate([scores, [YES]]))
    values = [kappa(scores >= place, truth) for place in places]
    best = [place for place, value in zip(places, values, strict=True) if value == max(values)]
    return float(best[len(best) // 2])


def render(agreement: Agreement) -> str:
    """A Markdown table."""
    lines = [
        f"Judge: {agreement.model}, question {agreement.wording}.",
        "",
        "| set | pairs | accuracy | Cohen's kappa | AUC | yes to supported | no to others "
        "| kappa at the threshold of the other half |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for one in (*agreement.sets, agreement.people):
        lines.append(
            f"| {one.set} | {one.pairs} | {_spread(one.accuracy)} | {_spread(one.kappa)} "
            f"| {one.auc:.3f} | {one.accepted:.3f} | {one.rejected:.3f} "
            f"| {one.kappa_there:.3f} (at {one.threshold:.3f}) |"
        )
    for one in agreement.sets:
        kinds = ", ".join(f"{k} {share:.2f} of {n}" for k, (n, share) in sorted(one.kinds.items()))
        lines += ["", f"Judged rightly in {one.set}: {kinds}."]
    return "\n".join(lines)


def _spread(value: Interval) -> str:
    return f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]"


def chosen_pairs(shared: Path, most: int) -> list[Pair]:
    """`most` pairs of each set, in equal parts supported and not."""
    from corpus.reading.readers import akn
    from evals.judging import pairs as judge_pairs

    source = shared / "itu" / "pp18_final_acts_akn.xml"
    documents = akn.read(source.read_bytes(), source.name)
    sets = (judge_pairs.scifact(shared), judge_pairs.wice(shared), judge_pairs.mutated(documents))
    return [pair for one in sets for pair in judge_pairs.sample(one, most)]
