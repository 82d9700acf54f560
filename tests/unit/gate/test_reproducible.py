"""The same report, bit for bit, whatever the order of rows, the number of shards and of threads; only fresh shards."""

from __future__ import annotations

import json
import random
import sys

import pytest

from mlgate.sources import environment
from tests.unit.gate.conftest import Place, Ran
from tests.unit.gate.test_evaluation_kinds import BINARY, BINARY_METRICS, KINDS, make, weighted_rows
from tests.unit.gate.whole_gate import Rows, facts, judge, problems, project, verdicts

SHARDS = "out/part-*.csv"
FILES = ("base/predictions.csv", "out/candidate.csv")


def write_shards(place: Place, folder: str, rows: Rows, count: int) -> None:
    for old in (place.root / folder).glob("part-*.csv"):
        old.unlink()
    for number in range(count):
        place.write_rows(f"{folder}/part-{number}.csv", rows[number::count])


def shuffled(rows: Rows, seed: int) -> Rows:
    return random.Random(seed).sample(rows, len(rows))


CASES = {
    "weights and groups": (
        "id: id, label: label, prediction: prediction, score: score, weight: importance, group: patient",
        BINARY_METRICS,
        ("positive: 1", "slices: [copies]", "discover: [copies]", "fairness: [{column: copies}]"),
        "importance weights",
    ),
    "multi-class": (KINDS["multi-class"].columns, KINDS["multi-class"].metrics, ("slices: [label]",), "multi-class"),
    "ranking": (KINDS["ranking"].columns, KINDS["ranking"].metrics, (), "ranking"),
    "forecast": (KINDS["forecast"].columns, KINDS["forecast"].metrics, ("slices: [shop]",), "forecast"),
    "text": (KINDS["text"].columns, KINDS["text"].metrics, (), "text"),
}


@pytest.mark.parametrize("name", CASES)
def test_order_shards_and_threads_change_no_bit(place: Place, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    columns, metrics, more, kind = CASES[name]
    before, after = make(KINDS[kind]), make(KINDS[kind], seed=2, bad=0.1)
    more = (*more, "baseline: file:base/part-*.csv", "simple_baseline: majority")
    text = project(metrics, *more, columns=columns, predictions=SHARDS)
    place.write("mlgate.yaml", f"{text}privacy: {{examples: full}}\n")

    def run(workers: int, shards: int, seed: int | None) -> Ran:
        monkeypatch.setattr(environment, "worker_count", lambda: workers)
        for folder, rows in (("base", before), ("out", after)):
            write_shards(place, folder, rows if seed is None else shuffled(rows, seed), shards)
        return judge(place)

    first = run(1, 1, None)
    assert verdicts(first)
    for workers, shards, seed in ((4, 8, None), (1, 8, 7), (4, 1, 8)):
        assert facts(run(workers, shards, seed).report) == facts(first.report)


def test_ids_of_one_shard_that_look_like_numbers_stay_those_of_the_file(place: Place) -> None:
    rows = weighted_rows()
    for row in rows:
        row["id"] = f"{row['id']:03}" if row["id"] >= 10 else f"p{row['id']}"
    text = project("accuracy: {tolerance: 0.02}", columns=BINARY, predictions=SHARDS)
    place.write("mlgate.yaml", text)
    place.write_rows("base/predictions.csv", rows)
    for number, part in enumerate((rows[:10], rows[10:200], rows[200:])):
        place.write_rows(f"out/part-{number}.csv", part)
    ran = judge(place)
    assert ran.code == 0
    assert ran.outcome("model/e/overlap")["message"] == "both sides have the same 400 ids"


def test_a_row_in_two_shards_is_an_error(place: Place) -> None:
    rows = weighted_rows()
    place.write("mlgate.yaml", project("accuracy: {}", "baseline: none", columns=BINARY, predictions=SHARDS))
    place.write_rows("out/part-0.csv", rows[:201])
    place.write_rows("out/part-1.csv", rows[200:])
    ran = judge(place)
    assert ran.code == 3
    assert "repeats an id in 1 of 401 rows" in problems(ran)


def test_shards_of_other_columns_are_an_error(place: Place) -> None:
    rows = weighted_rows()
    place.write("mlgate.yaml", project("accuracy: {}", "baseline: none", columns=BINARY, predictions=SHARDS))
    place.write_rows("out/part-0.csv", rows[:200])
    place.write_rows("out/part-1.csv", [{"label": row["label"], "id": row["id"]} for row in rows[200:]])
    ran = judge(place)
    assert ran.code == 3
    assert "out/part-*.csv" in problems(ran)


WRITE = """\
import shutil
for number in range(%d):
    shutil.copyfile(f"new/part-{number}.csv", f"out/part-{number}.csv")
"""


@pytest.mark.parametrize(("written", "code"), [(4, 0), (3, 3), (0, 3)])
def test_a_shard_that_the_command_did_not_write_is_an_error(place: Place, written: int, code: int) -> None:
    """An earlier run with more shards must not lend its rows to this commit's model."""
    command = f"command: [{sys.executable}, evaluate.py]"
    text = project("accuracy: {}", "baseline: none", command, columns=BINARY, predictions=SHARDS)
    place.write("mlgate.yaml", text)
    place.write("evaluate.py", WRITE % written)
    for folder in ("new", "out"):
        write_shards(place, folder, weighted_rows(), 4)
    ran = judge(place)
    assert ran.code == code, problems(ran)
    if code:
        outcome = ran.outcome("model/e/predictions")
        assert f"did not write out/part-{written}.csv" in outcome["message"]
        assert "remove the shards of an earlier run" in outcome["hint"]


def test_a_command_that_writes_no_shard_at_all_is_an_error(place: Place) -> None:
    command = f"command: [{sys.executable}, -c, pass]"
    place.write("mlgate.yaml", project("accuracy: {}", "baseline: none", command, columns=BINARY, predictions=SHARDS))
    ran = judge(place)
    assert ran.code == 3
    assert "did not write out/part-*.csv" in problems(ran)


def test_another_seed_moves_the_draws_and_not_the_values(place: Place) -> None:
    before, after = weighted_rows(), weighted_rows(seed=2)
    text = project(BINARY_METRICS, "positive: 1", columns=f"{BINARY}, weight: importance")
    place.write("mlgate.yaml", text)
    place.write_rows("base/predictions.csv", before)
    place.write_rows("out/candidate.csv", after)
    values, ends = [], []
    for seed in ("1", "2"):
        ran = place.mlgate("compare", *FILES, "--evaluation", "e", "--seed", seed, "--format", "json")
        found = [each["evidence"] for each in json.loads(ran.out)["outcomes"] if each["check"] == "metric_change"]
        assert {evidence["seed"] for evidence in found} == {int(seed)}
        values.append([[evidence[key] for key in ("baseline", "candidate", "delta", "n")] for evidence in found])
        ends.append([(evidence["low"], evidence["high"]) for evidence in found])
    assert values[0] == values[1]
    assert not set(ends[0]) & set(ends[1])
