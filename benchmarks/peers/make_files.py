"""Make a table of visits, or one that refers to another, as Parquet or CSV: `python -m benchmarks.peers.make_files`."""

from __future__ import annotations

import sys

from benchmarks.peers.visits import rows_sql

KEYS = 100_000
"""Keys of the table that is referred to."""


def keys_sql() -> str:
    return f"SELECT i AS number, 'K' || i AS code FROM range({KEYS}) AS drawn(i)"  # noqa: S608  # made here


def refers_sql(rows: int) -> str:
    """Rows that refer to the keys, by number and by number and code; three refer to none."""
    number = f"CASE WHEN i IN (7, 8, {rows} // 2) THEN {KEYS} ELSE hash(i) % {KEYS} END"
    drawn = f"SELECT i, CAST({number} AS BIGINT) AS number FROM range({rows}) AS drawn(i)"  # noqa: S608  # made here
    return f"SELECT i AS id, number, 'K' || number AS code FROM ({drawn}) AS referring"  # noqa: S608  # made here


def main(kind: str, rows: int, path: str) -> None:
    tables = {
        "sound": rows_sql(rows, faults=False),
        "faulty": rows_sql(rows, faults=True),
        "keys": keys_sql(),
        "refers": refers_sql(rows),
    }
    form = "HEADER" if path.endswith(".csv") else "FORMAT parquet"
    import duckdb  # here, for who imports this module measures, and must stay small

    duckdb.execute(f"COPY ({tables[kind]}) TO '{path}.part' ({form})")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
