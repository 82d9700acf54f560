"""Writes a Parquet file of short texts of which a known few hold personal data: `pii_texts ROWS FILE`."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from benchmarks import pii_true as true

PLANTED: dict[str, tuple[int, Callable[[random.Random], str]]] = {
    "email": (100, true.email),
    "phone": (100, true.phone),
    "ip_address": (100, lambda rng: f"203.0.113.{rng.randrange(256)}"),
    "payment_card": (200, true.card),
    "iban": (200, true.iban),
    "secret": (1000, lambda rng: f"ghp_{true.letters(rng, 36)}"),
}
"""By entity: one in so many rows, and how one is made."""
POOL = 5_000
"""Different values of each; the texts around them are all different."""

_PLAIN = """
CASE row % 7
    WHEN 0 THEN 'order ' || hash(row) % 1000000 || ' shipped'
    WHEN 1 THEN CAST(hash(row) % 10000000000 AS VARCHAR)
    WHEN 2 THEN CAST(TIMESTAMP '2020-01-01' + INTERVAL (row % 100000000) SECOND AS VARCHAR)
    WHEN 3 THEN md5(CAST(row AS VARCHAR))
    WHEN 4 THEN 'v' || row % 9 || '.' || row % 31 || '.' || row % 100 || ' of the parser, build ' || row
    WHEN 5 THEN 'the parcel came late but it works, ' || row % 5 || '/5'
    ELSE CAST(hash(row) % 1000000 / 1e6 AS VARCHAR) END
"""


def write(rows: int, path: str) -> None:
    import duckdb

    rng = random.Random(7)  # noqa: S311  # the same on every run
    connection = duckdb.connect()
    cases = []
    for place, (entity, (every, make)) in enumerate(PLANTED.items()):
        made = [make(rng) for _ in range(POOL)]
        connection.execute(f"CREATE TABLE {entity} AS SELECT unnest(range({POOL})) AS n, unnest(?) AS v", [made])
        cases.append(f"LEFT JOIN {entity} ON row % {every} = {place} AND {entity}.n = row // {every} % {POOL}")
    values = ", ".join(f"'see ' || {entity}.v || ' no. ' || row" for entity in PLANTED)
    query = f"SELECT coalesce({values}, {_PLAIN}) AS text FROM range({rows}) AS t(row) {' '.join(cases)}"  # noqa: S608  # ours
    connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet)")


if __name__ == "__main__":
    write(int(sys.argv[1]), sys.argv[2])
