"""The export of the demo, read from the public table that the package ships (see randhie.LICENSE.md)."""

from __future__ import annotations

import csv
import gzip
import io
import math
from collections.abc import Iterable, Iterator
from pathlib import Path

TABLE = Path(__file__).with_name("randhie.csv.gz")
COLUMNS = (
    "example_id",
    "member",
    "visits",
    "coinsurance",
    "deductible_plan",
    "log_incentive",
    "log_maximum",
    "limitation",
    "conditions",
    "health",
)

Row = dict[str, str]


def import_rows() -> Iterator[Row]:
    """Rows of the export, in the order of the table; every value as the text that the CSV file gets.

    `example_id` is the number of the row. `member` counts up where an answer other than the number of visits differs
    from the row before: the table has no id of a person, and such rows are taken for one.
    """
    member, previous = 0, None
    with gzip.open(TABLE, "rt", encoding="utf-8", newline="") as stream:
        for number, source in enumerate(csv.DictReader(stream), start=1):
            answers = {name: value for name, value in source.items() if name != "mdvis"}
            member += answers != previous
            previous = answers
            yield {
                "example_id": str(number),
                "member": str(member),
                "visits": source["mdvis"],
                "coinsurance": str(round(math.exp(float(source["lncoins"])) - 1)),
                "deductible_plan": "true" if source["idp"] == "1" else "false",
                "log_incentive": source["lpi"],
                "log_maximum": source["fmde"],
                "limitation": source["physlm"],
                "conditions": source["disea"],
                "health": _health(source),
            }


def as_csv(rows: Iterable[Row]) -> str:
    """The rows as CSV text with a header line."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def new_export(rows: Iterable[Row]) -> Iterator[Row]:
    """The same members, as a new version of the exporting program would give them.

    It has a fifth answer for health, writes -1 where a plan has no coinsurance, and loses some row numbers. The program
    is invented; the defects are of the kind that a change of the source brings.
    """
    for row in rows:
        number = int(row["example_id"])
        changed = dict(row)
        if row["health"] == "excellent" and number % 7 == 0:
            changed["health"] = "very good"
        if row["coinsurance"] == "0" and number % 11 == 0:
            changed["coinsurance"] = "-1"
        if number % 1000 == 0:
            changed["example_id"] = ""
        yield changed


def _health(source: Row) -> str:
    for column, answer in (("hlthp", "poor"), ("hlthf", "fair"), ("hlthg", "good")):
        if source[column] == "1":
            return answer
    return "excellent"
