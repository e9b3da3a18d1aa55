"""BM25 in PostgreSQL: full-text search over the same passages, with the same words and weights.

For corpora whose lexical index should not lie on every replica's disk. Each passage's tokens (our
own analysis, not PostgreSQL's dictionaries) are stored as a `tsvector`; a GIN index finds the
passages that hold any of a question's, and their positions give the term frequencies from which
Lucene's BM25 is computed, with document frequencies from a table beside it. So both engines score
alike, to rounding (a test compares them). Every version has tables of its own, in a schema of its
own that migrations do not see: it is an index, made anew from the shelf at any time.
"""

# Names of tables cannot be bound; those here are ours or checked by _checked.
# ruff: noqa: S608

from __future__ import annotations

import hashlib
import json
import math
from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, text

from corpus.language.tokens import analyse, analyse_query
from indexing.building.lexical import K1, B, lexical_text
from indexing.building.lexical_choice import MADE_BY
from indexing.building.passages import Filters, Passage
from indexing.building.records import Mask, Records

SCHEMA = "advisor_lexical"

KEPT_VERSIONS = 4
"""Tables of older versions are dropped: the live one, the one before, and two being built."""

MOST_MATCHED = 200_000
"""Passages to be scored for one question, by document frequencies. Above it, the commonest of its
words only score what the rarer ones find, as in MaxScore (Turtle and Flood 1995)."""

_POSITIONS = 16_383
"""PostgreSQL's largest position in a tsvector; only their number is used."""


class PostgresText:
    """`indexing.building.lexical_choice.Engine` on a PostgreSQL."""

    name = "postgres"

    def __init__(self, engine: Engine) -> None:
        """`engine` from corpus.database; its user may create a schema."""
        self._engine = engine

    def build(self, passages: Iterable[Passage], folder: Path) -> int:
        """Fill tables for the version that `folder` belongs to; the folder names them."""
        folder.mkdir(parents=True)
        table = "v" + hashlib.sha256(folder.parent.name.encode()).hexdigest()[:16]
        lengths, frequencies = array("i"), Counter[str]()
        with self._engine.begin() as connection:
            _make_tables(connection, table)
            driver: Any = connection.connection.cursor()
            copy = f"COPY {SCHEMA}.{table} (row, length, terms) FROM STDIN"
            with driver.copy(copy) as rows:
                for row, passage in enumerate(passages):
                    tokens = analyse(lexical_text(passage), passage.language)
                    lengths.append(len(tokens))
                    frequencies.update(set(tokens))
                    rows.write_row((row, len(tokens), _vector(tokens)))
            with driver.copy(f"COPY {SCHEMA}.{table}_terms (term, passages) FROM STDIN") as rows:
                for pair in frequencies.items():
                    rows.write_row(pair)
            for statement in (
                f"CREATE INDEX ON {SCHEMA}.{table} USING gin (terms) WITH (fastupdate = off)",
                f"ALTER TABLE {SCHEMA}.{table}_terms ADD PRIMARY KEY (term)",
            ):
                connection.execute(text(statement))
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ANALYZE {SCHEMA}.{table}"))
        average = sum(lengths) / len(lengths) if lengths else 1.0
        (folder / MADE_BY).write_text(
            json.dumps(
                {"engine": self.name, "table": table, "count": len(lengths), "average": average}
            )
        )
        return len(lengths)

    def open(self, folder: Path, records: Records) -> PostgresArm:
        """The arm over the version's tables; KeyError when the database does not hold them."""
        facts = json.loads((folder / MADE_BY).read_text())
        with self._engine.connect() as connection:
            found = connection.execute(
                text("SELECT to_regclass(:name) IS NOT NULL"),
                {"name": f"{SCHEMA}.{facts['table']}"},
            ).scalar()
            if not found:
                raise KeyError(facts["table"])
            last = connection.execute(
                text(f"SELECT max(row) FROM {SCHEMA}.{_checked(facts['table'])}")
            ).scalar()
        count = 0 if last is None else int(last) + 1
        return PostgresArm(self._engine, _checked(facts["table"]), count, facts["average"], records)


class PostgresArm:
    """Queries the tables of one version."""

    def __init__(
        self, engine: Engine, table: str, count: int, average: float, records: Records
    ) -> None:
        self._engine, self._table, self._records = engine, table, records
        self.count, self._average = count, max(average, 1e-9)

    def query(
        self,
        text: str,
        language: str,
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """As `LexicalArm.query`."""
        return self.query_tokens(analyse_query(text, language), k, filters, without)

    def query_tokens(
        self,
        tokens: Collection[str],
        k: int,
        filters: Filters | None = None,
        without: Collection[str] = (),
    ) -> list[tuple[str, float]]:
        """As `LexicalArm.query_tokens`."""
        repeats = Counter(tokens)
        if not repeats or k < 1 or not self.count:
            return []
        mask = self._records.mask(filters, without)
        if mask is not None and not mask.any():
            return []
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = connection.execute(
                text(
                    f"SELECT term, passages FROM {SCHEMA}.{self._table}_terms WHERE term = ANY(:t)"
                ),
                {"t": list(repeats)},
            ).all()
            known = {str(term): int(count) for term, count in held}
            if not known:
                return []
            weights = {
                term: repeats[term] * math.log(1 + (self.count - df + 0.5) / (df + 0.5))
                for term, df in known.items()
            }
            found = connection.execute(
                text(_SEARCH.format(table=f"{SCHEMA}.{self._table}", where=_where(mask))),
                {
                    "terms": list(weights),
                    "weights": list(weights.values()),
                    "query": " | ".join(_quoted(term) for term in _matched(known)),
                    "k1": K1,
                    "plain": K1 * (1 - B),
                    "scaled": K1 * B / self._average,
                    "rows": _ranges(mask),
                    "k": k,
                },
            ).all()
        names = self._records.ids([int(row) for row, _ in found])
        return [(name, float(score)) for name, (_, score) in zip(names, found, strict=True)]

    def passages_with(self, tokens: Collection[str]) -> dict[str, int]:
        """As `LexicalArm.passages_with`."""
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            held = connection.execute(
                text(
                    f"SELECT term, passages FROM {SCHEMA}.{self._table}_terms WHERE term = ANY(:t)"
                ),
                {"t": list(dict.fromkeys(tokens))},
            ).all()
        return dict.fromkeys(tokens, 0) | {str(term): int(count) for term, count in held}


_SEARCH = """
WITH wanted AS (
    SELECT * FROM unnest(CAST(:terms AS text[]), CAST(:weights AS float8[])) AS w(term, weight)
), matching AS (
    SELECT row, length, terms FROM {table} WHERE terms @@ CAST(:query AS tsquery){where}
)
SELECT m.row, sum(w.weight * cardinality(t.positions)
    / (cardinality(t.positions) + :plain + :scaled * m.length)) AS score
FROM matching m CROSS JOIN LATERAL unnest(m.terms) AS t(lexeme, positions, weights)
JOIN wanted w ON w.term = t.lexeme
GROUP BY m.row ORDER BY score DESC, m.row LIMIT :k
"""


def _make_tables(connection: Any, table: str) -> None:
    connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
    connection.execute(
        text(
            f"CREATE TABLE IF NOT EXISTS {SCHEMA}.versions "
            "(name text PRIMARY KEY, number bigserial NOT NULL)"
        )
    )
    old = connection.execute(
        text(f"SELECT name FROM {SCHEMA}.versions ORDER BY number DESC OFFSET :kept"),
        {"kept": KEPT_VERSIONS - 1},
    ).scalars()
    for name in [*old, table]:
        connection.execute(text(f"DROP TABLE IF EXISTS {SCHEMA}.{_checked(name)}"))
        connection.execute(text(f"DROP TABLE IF EXISTS {SCHEMA}.{_checked(name)}_terms"))
        connection.execute(text(f"DELETE FROM {SCHEMA}.versions WHERE name = :n"), {"n": name})
    connection.execute(text(f"INSERT INTO {SCHEMA}.versions (name) VALUES (:n)"), {"n": table})
    connection.execute(
        text(
            f"CREATE TABLE {SCHEMA}.{table} "
            "(row integer PRIMARY KEY, length integer NOT NULL, terms tsvector NOT NULL)"
        )
    )
    connection.execute(
        text(f"CREATE TABLE {SCHEMA}.{table}_terms (term text, passages integer NOT NULL)")
    )


def _checked(table: str) -> str:
    """A table's name from a file or a row, before it becomes part of a statement."""
    if not (table.startswith("v") and table[1:].isalnum() and table.isascii()):
        raise ValueError("not a table of ours")
    return table


def _vector(tokens: list[str]) -> str:
    """A tsvector, as PostgreSQL reads one."""
    places: dict[str, list[int]] = {}
    for place, token in enumerate(tokens, start=1):
        places.setdefault(token, []).append(min(place, _POSITIONS))
    return " ".join(
        f"{_quoted(token)}:{','.join(map(str, dict.fromkeys(where)))}"
        for token, where in places.items()
    )


def _quoted(token: str) -> str:
    doubled = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


def _matched(known: dict[str, int]) -> list[str]:
    """The rarest words that together find no more than MOST_MATCHED passages; at least one."""
    chosen: list[str] = []
    total = 0
    for term, df in sorted(known.items(), key=lambda pair: pair[1]):
        total += df
        if chosen and total > MOST_MATCHED:
            break
        chosen.append(term)
    return chosen


def _where(mask: Mask | None) -> str:
    return "" if mask is None else " AND row <@ CAST(:rows AS int4multirange)"


def _ranges(mask: Mask | None) -> str:
    """Rows that may be found, as PostgreSQL writes ranges; a document is one."""
    if mask is None:
        return "{}"
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    return "{" + ",".join(f"[{a},{b})" for a, b in edges.reshape(-1, 2).tolist()) + "}"
