"""`advisor bench crashes`: kill -9 a sync at random moments; does the index always answer? (P17)

Each round changes part of a made-up shelf, starts a sync in a child process, kills it at a random
moment, then checks that the live index (old or new, whole) answers, and that one more sync makes
it hold exactly the passages cut from the shelf: none lost, none twice, both arms alike.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import IO

from corpus.database import open_database, sqlite_url
from corpus.documents import Frozen
from corpus.shelf.register import Shelf, Source, State
from evals.operations.made_up import documents
from indexing.building.chunking import embedded_text, passages
from indexing.building.embedding import Embedder, load_embedder
from indexing.building.sync import sync
from indexing.building.versions import IndexVersion, open_current

CLAUSES = 20
"""Clauses of each made-up document."""


class Kill(Frozen):
    """One round.

    Attributes:
        after: seconds from the start of the sync to the kill.
        stage: the last one the child had reported.
        switched: whether the new version was live already.
        faults: what was wrong afterwards; empty when nothing was.
    """

    after: float
    stage: str
    switched: bool
    faults: tuple[str, ...]


class CrashReport(Frozen):
    """All rounds; `seconds` is one undisturbed sync in a child, the span the moments are drawn
    from."""

    documents: int
    embedder: str
    seconds: float
    kills: tuple[Kill, ...]

    @property
    def survived(self) -> bool:
        """No round found a fault."""
        return not any(kill.faults for kill in self.kills)


def crashes(
    kills: int = 20, count: int = 60, embedder: str = "hashing", seed: int = 0
) -> CrashReport:
    """Run `kills` rounds on a shelf of `count` documents in a temporary data directory."""
    rng = random.Random(seed)  # noqa: S311
    model = load_embedder(embedder)
    with tempfile.TemporaryDirectory(prefix="advisor-crashes-") as folder:
        home = Path(folder)
        shelf = _shelf(home)
        shelf.put(list(documents(count, CLAUSES)), _SOURCE, "bench")
        sync(shelf, home, model)
        _change(shelf, count, edition=1)
        beats = _undisturbed(home, embedder)
        done = []
        for number in range(kills):
            _change(shelf, count, edition=number + 2)
            # Moments are spread evenly and jittered, so that every part of a sync is met.
            share = (number + rng.random()) / kills
            before = _name(home, model)
            after, stage = _killed(home, embedder, beats, share)
            faults = _answers(home, model)
            switched = _name(home, model) != before
            sync(shelf, home, model)
            faults += _whole(shelf, home, model)
            done.append(
                Kill(after=round(after, 3), stage=stage, switched=switched, faults=tuple(faults))
            )
    return CrashReport(
        documents=count, embedder=embedder, seconds=round(beats[-1][0], 3), kills=tuple(done)
    )


def render(report: CrashReport) -> str:
    """The report as text."""
    stages = Counter(kill.stage for kill in report.kills)
    lines = [
        f"{len(report.kills)} kills over a sync of {report.seconds:.1f} s "
        f"({report.documents} documents, {report.embedder}).",
        "Killed while: " + ", ".join(f"{stage} {n}" for stage, n in stages.most_common()) + ".",
        f"New version already live at the kill: {sum(k.switched for k in report.kills)}.",
    ]
    for number, kill in enumerate(report.kills, start=1):
        lines += [f"kill {number} ({kill.stage}, {kill.after} s): {f}" for f in kill.faults]
    lines.append(
        "The index always answered, and one more sync made it whole."
        if report.survived
        else "FAILED: see above."
    )
    return "\n".join(lines)


_SOURCE = Source(name="made up", sha256="0" * 64)


def _shelf(home: Path) -> Shelf:
    return Shelf(open_database(sqlite_url(home / "advisor.db")), home / "files")


def _change(shelf: Shelf, count: int, edition: int) -> None:
    """A tenth of the documents get new texts; one is withdrawn, the one before comes back."""
    fresh = list(documents(count, CLAUSES, edition=edition))
    shelf.put(fresh[edition % 10 :: 10], _SOURCE, "bench")
    shelf.set_state(fresh[(edition - 1) % count].id, State.ACTIVE, "bench")
    shelf.set_state(fresh[edition % count].id, State.WITHDRAWN, "bench")


def _child(home: Path, embedder: str) -> subprocess.Popen[str]:
    """A child that is ready to sync and does so when its standard input ends."""
    child = subprocess.Popen(
        [sys.executable, "-m", "evals.operations.crashes", str(home), embedder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    _out(child).readline()  # everything is imported and the model loaded
    return child


def _out(child: subprocess.Popen[str]) -> IO[str]:
    if child.stdout is None:  # cannot be: it was asked for
        raise RuntimeError("a child without a pipe")
    return child.stdout


def _undisturbed(home: Path, embedder: str) -> list[tuple[float, str]]:
    """One whole sync as (seconds since its start, stage that begins), ending with 'live'."""
    child = _child(home, embedder)
    started = time.monotonic()
    if child.stdin is not None:
        child.stdin.close()
    beats = [(0.0, "starting")]
    beats += [(time.monotonic() - started, line.strip()) for line in _out(child)]
    if code := child.wait():
        raise RuntimeError(f"the undisturbed sync ended with {code}")
    return [*beats, (time.monotonic() - started, "live")]


def _killed(
    home: Path, embedder: str, beats: list[tuple[float, str]], share: float
) -> tuple[float, str]:
    """Sync in a child and kill it where an undisturbed sync had run `share` of its time.

    The place is found by what the child reports, not by the clock alone, so that a machine that
    is slower now than it was a minute ago is still met in every stage. Returns the seconds it
    ran and the stage it was in.
    """
    moment = share * beats[-1][0]
    heard = max(i for i, (at, _) in enumerate(beats[:-1]) if at <= moment)
    child = _child(home, embedder)
    started = time.monotonic()
    if child.stdin is not None:
        child.stdin.close()
    stage = "starting"
    for _ in range(heard):
        stage = _out(child).readline().strip() or stage
    time.sleep(moment - beats[heard][0])
    child.send_signal(signal.SIGKILL)
    took = time.monotonic() - started
    said = _out(child).read().split()
    child.wait()
    return took, said[-1] if said else stage


def _name(home: Path, model: Embedder) -> str:
    version = open_current(home, model)
    version.close()
    return version.name


def _answers(home: Path, model: Embedder) -> list[str]:
    """Faults of the live index as it stands."""
    try:
        version = open_current(home, model)
    except Exception as error:  # whatever it is, it is the finding
        return [f"does not open: {error}"]
    try:
        version.verify()
        return _ask(version, model)
    except Exception as error:  # as above
        return [f"does not answer: {error}"]
    finally:
        version.close()


def _ask(version: IndexVersion, model: Embedder) -> list[str]:
    """Every tenth passage must be found by its own words, first, in both arms."""
    faults = []
    for key in list(version.keys)[::10]:
        wanted = version.passages_of(key)[0]
        text = wanted.text
        lexical = [i for i, _ in version.lexical.query(text, "en", 3)]
        # What was embedded, not the bare text: that its vector is there is asked, not its rank.
        vector = model.embed_passages([embedded_text(wanted)])[0]
        dense = [i for i, _ in version.vectors.query(vector, 20)]
        if wanted.id not in lexical:
            faults.append(f"BM25 does not find {wanted.addresses[0]}")
        if wanted.id not in dense:
            faults.append(f"the vectors do not find {wanted.addresses[0]}")
    return faults


def _whole(shelf: Shelf, home: Path, model: Embedder) -> list[str]:
    """Faults of the index after one more sync, against passages cut afresh from the shelf."""
    active = [e.key for e in shelf.entries() if e.state is State.ACTIVE]
    wanted = Counter(p.id for d in map(shelf.as_stored, active) for p in passages(d))
    version = open_current(home, model)
    try:
        held = Counter(version.records.all_ids())
        dense = Counter(version.vectors.collection.ids())
        faults = []
        for arm, found in (("records", held), ("vectors", dense)):
            if lost := wanted - found:
                faults.append(f"{arm}: {lost.total()} passages lost")
            if extra := found - wanted:
                faults.append(f"{arm}: {extra.total()} passages too many")
        return faults + _ask(version, model)
    finally:
        version.close()


def _sync_in_child(home: Path, embedder: str) -> None:
    """What the child does: say when ready, then each stage as it begins."""
    import chromadb  # noqa: F401  (importing it takes longer than the sync that is to be killed)
    import langchain_chroma  # noqa: F401

    model = load_embedder(embedder)
    shelf = _shelf(home)

    def say(stage: str, done: int, total: int) -> None:
        os.write(1, f"{stage}\n".encode())

    os.write(1, b"ready\n")
    sys.stdin.read()
    sync(shelf, home, model, say)


if __name__ == "__main__":
    _sync_in_child(Path(sys.argv[1]), sys.argv[2])
