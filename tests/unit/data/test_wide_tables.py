"""Tables of many columns: several queries, the same answers, memory that does not grow with the square."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.data import check_hygiene, check_table, infer_schema, measure
from mlgate.data.failing_rows import MAX_SHOWN
from mlgate.errors import SourceError
from mlgate.outcome import Outcome, Status
from mlgate.sources.table_files import MAX_COLUMNS
from mlgate.sources.tables import open_table

WIDTH = 130


def names(width: int) -> list[str]:
    return [f"n{place}" for place in range(width)]


def csv(width: int, *rows: str) -> str:
    return "".join(",".join(cells) + "\n" for cells in (names(width), *([row] * width for row in rows)))


class Counted:
    """A connection that keeps the queries it was asked."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.queries: list[str] = []

    def execute(self, query: str) -> Any:
        self.queries.append(query)
        return self.connection.execute(query)


class Watched:
    """An open table with a counted connection."""

    def __init__(self, table: Any) -> None:
        self.table = table
        self.connection = Counted(table.connection)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.table, name)


@pytest.fixture
def watched(save: Callable[..., Path], column: Any, rule: Any, schema: Any) -> Callable[..., tuple[Any, list[str]]]:
    """Outcomes of a table whose columns are to be 1, and the queries that took."""

    def run(content: Any, width: int, **options: Any) -> tuple[list[Outcome], list[str]]:
        rules = (rule("not_null", True), rule("in_set", (1,)))
        declared = schema(*(column(name, "integer", *rules) for name in names(width)))
        path = save(content)
        with open_table([path], shown=path.name, read=declared.read) as table:
            watch = Watched(table)
            found = check_table(watch, declared, dataset="t", **options)
        return found, watch.connection.queries

    return run


def test_sixty_columns_are_one_scan(watched: Any) -> None:
    found, queries = watched(csv(60, "1"), 60)
    assert len(queries) == 1
    assert {outcome.status for outcome in found} == {Status.PASS, Status.SKIP}  # extra columns are ignored


@pytest.mark.parametrize("content", [csv(WIDTH, "1", "2", ""), {name: [1, 2, None] for name in names(WIDTH)}],
                         ids=["csv", "parquet"])  # fmt: skip
def test_wide_table_takes_several_and_every_column_is_judged(watched: Any, content: Any) -> None:
    found, queries = watched(content, WIDTH, privacy="none")
    assert len(queries) == 3
    by_check = {check: [o for o in found if o.check == check] for check in ("type", "not_null", "in_set")}
    assert {check: len(outcomes) for check, outcomes in by_check.items()} == dict.fromkeys(by_check, WIDTH)
    assert {outcome.status for outcome in by_check["type"]} == {Status.PASS}
    assert all(outcome.evidence["failing"] == 1 for outcome in (*by_check["not_null"], *by_check["in_set"]))


def test_one_broken_check_leaves_the_other_queries_alone(
    save: Callable[..., Path], column: Any, rule: Any, schema: Any
) -> None:
    columns = [column(name, "string", rule("regex", "(" if name == "n7" else "1")) for name in names(WIDTH)]
    with open_table([save(csv(WIDTH, "1"))], shown="t.csv") as table:
        found = check_table(table, schema(*columns), dataset="t")
    assert [outcome.id for outcome in found if outcome.status is Status.ERROR] == ["data/t/n7/regex"]
    assert sum(outcome.status is Status.PASS and outcome.check == "regex" for outcome in found) == WIDTH - 1


def test_rows_are_shown_of_a_hundred_checks_failures_first(
    save: Callable[..., Path], column: Any, rule: Any, schema: Any
) -> None:
    warns = WIDTH - 20
    columns = [
        column(name, "integer", rule("in_set", (1,), severity=Status.WARN if place < warns else Status.FAIL))
        for place, name in enumerate(names(WIDTH))
    ]
    with open_table([save(csv(WIDTH, "2"))], shown="t.csv") as table:
        watch = Watched(table)
        found = [o for o in check_table(watch, schema(*columns), dataset="t") if o.check == "in_set"]
    assert len(watch.connection.queries) == 3 + 1
    assert all(outcome.evidence["failing"] == 1 for outcome in found)
    shown = Counter(outcome.status for outcome in found if "rows" in outcome.evidence)
    assert shown == {Status.FAIL: 20, Status.WARN: MAX_SHOWN - 20}
    left = [outcome.evidence["rows_not_shown"] for outcome in found if "rows" not in outcome.evidence]
    assert left == ["rows are shown of 100 checks, and 130 have failing ones"] * (WIDTH - MAX_SHOWN)


def test_hygiene_and_inference_of_a_wide_table(save: Callable[..., Path]) -> None:
    width = 40
    path = save(csv(width, *["a", "b"] * 20, "N/A", "N/A"))
    with open_table([path], shown=path.name) as table:
        text = infer_schema(table, path=path.name)
        found = check_hygiene(table, dataset="t")
    for name in names(width):
        assert f"  {name}: {{type: string, null_fraction: {{max: 0.37}}, in_set: [a, b]}}\n" in text
    assert sum(outcome.check == "sentinels" for outcome in found) == width


def test_what_one_item_asks_stays_in_one_query(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure, "MAX_AGGREGATES", 3)
    blocks = [block for _, block in measure._blocks([((), "ab"), ((), "bc"), ((), "dd"), ((), "efghi"), ((), "a")])]
    assert blocks == [["a", "b", "c"], ["d"], ["e", "f", "g", "h", "i"]]


@pytest.mark.parametrize("name", ["t.csv", "t.jsonl", "t.parquet"])
def test_more_columns_than_a_table_may_have(save: Callable[..., Path], name: str) -> None:
    width = MAX_COLUMNS + 1
    content: Any = {column: [1] for column in names(width)}
    if name == "t.csv":
        content = csv(width, "1")
    elif name == "t.jsonl":
        content = "{" + ", ".join(f'"{column}": 1' for column in names(width)) + "}\n"
    with (
        pytest.raises(SourceError, match=r"^t\..* has 5,001 columns: more than the 5,000 that one table may have"),
        open_table([save(content, name)], shown=name),
    ):
        pass


MEASURED = """
import sys
from pathlib import Path
from mlgate.data import check_hygiene
from mlgate.sources.tables import open_table
with open_table([Path(sys.argv[1])], shown="t.csv") as table:
    check_hygiene(table, dataset="t")
print(next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")).split()[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of the memory is read from /proc")
def test_memory_does_not_grow_with_the_square_of_the_columns(save: Callable[..., Path]) -> None:
    path = save(csv(60, "1", "2", "3"))
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(done.stdout) / 1024 < 260  # MiB; some 155 now, 435 with one query of filtered aggregates
