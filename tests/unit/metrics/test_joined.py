"""Pairs by id, whatever the order, and the key of a baseline."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mlgate.config.evaluation import Columns, Evaluation, MetricPolicy
from mlgate.metrics.joined import check_key, comparability_key, join
from mlgate.metrics.rows import PredictionsError, Rows, parse_rows
from mlgate.metrics.specs import METRICS
from mlgate.outcome import Location
from mlgate.sources.tables import read_columns

Build = Callable[..., Evaluation]
Tables = Callable[..., dict[str, Any]]


def declared(*metrics: str, **settings: Any) -> Evaluation:
    """An evaluation of labels of any kind."""
    columns = settings.pop("columns", Columns(prediction="prediction"))
    policies = tuple(MetricPolicy(name=name, location=Location("mlgate.yaml", 1)) for name in metrics or ("accuracy",))
    return Evaluation(name="e", columns=columns, metrics=policies, location=Location("mlgate.yaml", 1), **settings)


def rows_of(ids: Any, labels: list[str] | None = None, *, side: str = "candidate") -> Rows:
    column = np.asarray(ids)
    texts = np.empty(column.size, dtype=object)
    texts[:] = labels or [f"label of {value}" for value in column.tolist()]
    return parse_rows({"id": column, "label": texts, "prediction": texts}, declared(), side=side)


def texts_of(codes: Any, classes: tuple[str, ...]) -> list[str]:
    return [classes[code] for code in codes.tolist()]


def as_text(ids: list[int]) -> Any:
    texts = np.empty(len(ids), dtype=object)
    texts[:] = [str(value) for value in ids]
    return texts


UNIQUE = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, min_size=1, max_size=30)


@given(baseline=UNIQUE, candidate=UNIQUE, shared=UNIQUE, texts=st.tuples(st.booleans(), st.booleans()))
def test_join_is_the_intersection_by_id(
    baseline: list[int], candidate: list[int], shared: list[int], texts: tuple[bool, bool]
) -> None:
    left, right = list(dict.fromkeys(baseline + shared)), list(dict.fromkeys(shared[::-1] + candidate))
    sides = [
        rows_of(as_text(ids) if text else np.array(ids, dtype=np.int64))
        for ids, text in zip((left, right), texts, strict=True)
    ]
    joined = join(sides[:1], sides[1:])
    both = set(left) & set(right)
    paired = joined.paired
    ids = paired.ids.tolist() if paired.ids is not None else []
    assert ids == (sorted(map(str, both)) if True in texts else sorted(both))
    for sample in (paired.baseline, paired.candidate):
        assert sample.predictions is not None
        assert texts_of(sample.predictions, sample.classes) == [f"label of {value}" for value in ids]
    assert (joined.only_baseline, joined.only_candidate) == (len(left) - len(both), len(right) - len(both))
    assert joined.overlap == len(both) / len(set(left) | set(right))


def test_no_common_id_is_an_overlap_of_zero() -> None:
    joined = join([rows_of([1, 2])], [rows_of([3])])
    assert joined.n_rows == 0
    assert joined.overlap == 0.0


def test_labels_that_disagree_are_counted() -> None:
    joined = join([rows_of([1, 2, 3], ["a", "b", "c"])], [rows_of([3, 2, 1], ["c", "x", "y"])])
    assert joined.label_disagreements == 2


def test_a_million_rows_are_joined_by_sorting() -> None:
    n_rows = 1_000_000
    labels = np.zeros(n_rows, dtype=bool)
    sides = [
        parse_rows({"id": ids, "label": labels, "prediction": labels}, declared())
        for ids in (np.arange(n_rows), np.random.default_rng(0).permutation(n_rows))
    ]
    joined = join(sides[:1], sides[1:])
    assert joined.n_rows == n_rows
    assert np.array_equal(joined.paired.ids, np.arange(n_rows))  # type: ignore[arg-type]  # joined rows have ids


def test_key_does_not_depend_on_order_or_file_format(evaluation: Build, table: Tables) -> None:
    columns = table(20)
    order = np.random.default_rng(0).permutation(20)
    shuffled = {name: values[order] for name, values in columns.items()}
    shuffled["id"] = as_text(shuffled["id"].tolist())
    shuffled["label"] = np.array(["true" if value else "false" for value in shuffled["label"]], dtype=object)
    keys = [comparability_key(parse_rows(side, evaluation()), evaluation()) for side in (columns, shuffled)]
    assert keys[0] == keys[1]
    assert keys[0]["rows"] == 20
    assert keys[0]["positive"] == "true"
    assert keys[0]["metrics"] == {name: METRICS[name].definition for name in ("accuracy", "roc_auc")}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((["1", "2"], ["a", "b"]), (["1", "2"], ["b", "a"])),
        ((["1"], ["12:3"]), (["11"], ["2:3"])),
        ((["ab"], ["c"]), (["a"], ["bc"])),
        ((["\ud800"], ["c"]), (["\ud801"], ["c"])),
    ],
)
def test_key_tells_pairs_apart(evaluation: Build, one: Any, other: Any) -> None:
    digests = [
        comparability_key(rows_of(np.array(ids, dtype=object), labels), evaluation())["labels"]
        for ids, labels in (one, other)
    ]
    assert digests[0] != digests[1]
    assert digests[0].startswith("sha256:")


def test_recorded_key_is_compared(evaluation: Build, table: Tables) -> None:
    asked = evaluation()
    rows = parse_rows(table(20), asked)
    joined = join([rows], [rows])
    key = comparability_key(rows, asked)
    assert check_key(key, joined, asked) is None
    assert check_key(key | {"positive": True, "labels": "sha256:other", "more": 1}, joined, asked) is None
    assert check_key(key | {"metrics": {}}, joined, asked) is None
    assert "positive class 'false'" in str(check_key(key | {"positive": False}, joined, asked))
    changed = key | {"metrics": {"accuracy": "accuracy/0: something else"}}
    assert "another definition of accuracy (accuracy/0" in str(check_key(changed, joined, asked))


@pytest.mark.parametrize("recorded", [{}, {"positive": "true"}, {"positive": "true", "metrics": None}])
def test_record_that_is_not_ours_is_a_problem(evaluation: Build, table: Tables, recorded: dict[str, Any]) -> None:
    rows = parse_rows(table(20), evaluation())
    assert "does not name" in str(check_key(recorded, join([rows], [rows]), evaluation()))


def from_file(folder: Path, name: str, table: dict[str, Any], evaluation: Evaluation) -> Rows:
    """The rows of a table that was written in the format that the name says."""
    path = folder / name
    match path.suffix:
        case ".parquet":
            pq.write_table(pa.table(table), path)
        case ".csv":
            with path.open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream).writerows([list(table), *zip(*table.values(), strict=True)])
        case ".jsonl":
            rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
            path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return parse_rows(read_columns(path), evaluation)


@pytest.fixture
def plain() -> Evaluation:
    """An evaluation of labels of any kind."""
    return declared(slices=("prediction",))


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=4)
COLUMN = st.one_of(*(st.lists(kind, min_size=2, max_size=6) for kind in (st.integers(-(2**63), 2**63 - 1), WORDS)))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ids=COLUMN, labels=COLUMN | st.lists(st.booleans(), min_size=2, max_size=6))
def test_rows_do_not_depend_on_the_file_format(
    tmp_path: Path, plain: Evaluation, ids: list[Any], labels: list[Any]
) -> None:
    unique = list(dict.fromkeys(ids))
    size = min(len(unique), len(labels))
    assume(not {"nan", "NaN", "NAN", "-nan"} & set(map(str, labels)))  # missing, in every format
    table = {"id": unique[:size], "label": labels[:size], "prediction": labels[:size]}
    sides = [from_file(tmp_path, name, table, plain) for name in ("t.csv", "t.jsonl", "t.parquet")]
    for other in sides[1:]:
        joined = join(sides[:1], [other])
        assert (joined.n_rows, joined.overlap, joined.label_disagreements) == (size, 1.0, 0)
        assert joined.slice_disagreements == {"prediction": 0}
        assert joined.paired.slices["prediction"].values == sides[0].slices["prediction"].values


def paired(folder: Path, evaluation: Evaluation, left: tuple[str, Any], right: tuple[str, Any]) -> int:
    """Number of pairs of two files that differ in their ids alone; file names say the formats."""
    sides = []
    for place, (name, ids) in enumerate((left, right)):
        labels = ["a"] * len(ids)
        sides.append(
            from_file(folder, f"{place}{name}", {"id": ids, "label": labels, "prediction": labels}, evaluation)
        )
    return join(sides[:1], sides[1:]).n_rows


LONG = 123_456_789_012_345_678_901
SNOWFLAKE = 1_234_567_890_123_456_789


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        pytest.param((".csv", ["7"]), (".parquet", pa.array([7])), 1, id="integer-and-text"),
        pytest.param((".csv", ["007", "8"]), (".parquet", pa.array([7, 8])), 1, id="zeros-are-part-of-an-id"),
        pytest.param((".parquet", pa.array(["7", "8"])), (".parquet", pa.array([7, 8])), 2, id="typed-text"),
        pytest.param((".csv", ["5e2"]), (".csv", ["500"]), 0, id="exponent"),
        pytest.param((".csv", ["5e2"]), (".parquet", pa.array([500])), 0, id="exponent-and-integer"),
        pytest.param((".csv", ["1.1"]), (".csv", ["1.10"]), 0, id="fraction"),
        pytest.param((".csv", ["7.0"]), (".csv", ["7"]), 0, id="fraction-of-zeros"),
        pytest.param((".csv", ["7", "8"]), (".parquet", pa.array([7.0, 8.0])), 2, id="float-and-text"),
        pytest.param((".csv", [2**53 - 1]), (".parquet", pa.array([2.0**53 - 1])), 1, id="largest-float"),
        pytest.param((".csv", [str(LONG)]), (".csv", [str(LONG + 1)]), 0, id="21-digits"),
        pytest.param((".jsonl", [LONG, 1]), (".csv", [LONG, 1]), 2, id="21-digits-of-json"),
        pytest.param((".jsonl", [LONG]), (".jsonl", [LONG + 1]), 0, id="21-digits-of-json-apart"),
        pytest.param((".csv", [SNOWFLAKE, SNOWFLAKE + 1]), (".jsonl", [SNOWFLAKE + 1, SNOWFLAKE]), 2, id="snowflakes"),
        pytest.param((".csv", [SNOWFLAKE]), (".parquet", pa.array([SNOWFLAKE])), 1, id="snowflakes-of-parquet"),
        pytest.param((".csv", [2**63]), (".parquet", pa.array([2**63], pa.uint64())), 1, id="unsigned"),
        pytest.param((".csv", [LONG]), (".parquet", pa.array([Decimal(LONG)])), 1, id="decimal-and-text"),
    ],
)
def test_ids_pair_by_their_exact_text(tmp_path: Path, plain: Evaluation, left: Any, right: Any, pairs: int) -> None:
    assert paired(tmp_path, plain, left, right) == pairs


@pytest.mark.parametrize(("kind", "limit"), [(pa.float64(), 2.0**53), (pa.float32(), 2.0**24)])
def test_float_ids_that_lost_digits_are_refused(tmp_path: Path, plain: Evaluation, kind: Any, limit: float) -> None:
    table = {"id": pa.array([1.0, limit], kind), "label": ["a", "b"], "prediction": ["a", "b"]}
    with pytest.raises(PredictionsError, match=r"'id' of the candidate holds floats .* in 1 of 2 rows"):
        from_file(tmp_path, "t.parquet", table, plain)


def test_labels_of_two_tools_agree(tmp_path: Path, plain: Evaluation) -> None:
    spellings = {
        "a.csv": ["1.0", "0.0", "250.00"],
        "b.csv": ["1", "0", "250.0"],
        "c.parquet": pa.array([1, 0, 250]),
        "d.parquet": pa.array([1.0, 0.0, 250.0]),
        "e.parquet": pa.array([Decimal("1.00"), Decimal("0.00"), Decimal("250.00")]),
        "f.jsonl": [1.0, 0, 250],
    }
    for name, labels in spellings.items():
        table = {"id": [1, 2, 3], "label": labels, "prediction": labels}
        found = from_file(tmp_path, name, table, plain).labels
        assert found is not None
        assert found.texts().tolist() == ["1", "0", "250"], name


def test_slices_of_two_versions_stay_two(tmp_path: Path, plain: Evaluation) -> None:
    versions = ["1.1", "1.10", "1.0", "1.00"]
    rows = from_file(tmp_path, "t.csv", {"id": range(4), "label": versions, "prediction": versions}, plain)
    assert rows.slices["prediction"].texts().tolist() == versions


def labelled(ids: list[int], side: str = "candidate", **columns: Any) -> Rows:
    asked = declared(
        columns=Columns(
            prediction="prediction", weight="w", group="g", score={"a": "pa", "b": "pb"}, query="q", latency="ms"
        ),
        slices=("s",),
        discover=("d",),
    )
    table: dict[str, Any] = {
        "id": ids,
        "label": [("a", "b")[place % 2] for place in ids],
        "prediction": ["a"] * len(ids),
        "w": [1.0] * len(ids),
        "g": ["one"] * len(ids),
        "q": [place // 3 for place in ids],
        "pa": [0.5] * len(ids),
        "pb": [0.5] * len(ids),
        "ms": [float(place) for place in ids],
        "s": [("F", "M")[place % 2] for place in ids],
        "d": ["x"] * len(ids),
    } | columns
    if side == "baseline":
        table = {name: values for name, values in table.items() if values is not None}
    return parse_rows(table, asked, side=side)


def test_what_disagrees_is_counted_and_the_candidate_rules() -> None:
    before = labelled(
        [1, 2, 3, 4, 9],
        "baseline",
        w=[1.0, 2.0, 3.0, 1.0, 1.0],
        g=["one", "two", "one", "one", "one"],
        q=[5, 0, 1, 1, 1],
        s=["M", "F", "X", "F", "M"],
        label=["b", "b", "b", "a", "b"],
    )
    joined = join([before], [labelled([1, 2, 3, 4, 5])])
    assert (joined.n_rows, joined.only_baseline, joined.only_candidate) == (4, 1, 1)
    assert (joined.weights_disagree, joined.groups_disagree, joined.queries_disagree) == (2, 1, 1)
    assert joined.label_disagreements == 1
    assert joined.slice_disagreements == {"s": 1}
    assert joined.baseline_slice_counts == {"s": {"F": 2, "M": 2, "X": 1}}
    paired = joined.paired
    assert paired.slices["s"].values == ("F", "M")
    assert paired.features["d"].values == ("x",)
    assert paired.baseline.labels is paired.candidate.labels
    assert paired.baseline.weights is paired.candidate.weights
    assert paired.take(np.array([3, 0])).slices["s"].codes.tolist() == [0, 1]
    assert paired.take(np.array([3])).features["d"].codes.tolist() == [0]


def test_baseline_without_what_only_says_something_of_the_example() -> None:
    joined = join([labelled([1, 2], "baseline", w=None, g=None, s=None, d=None)], [labelled([1, 2])])
    assert (joined.weights_disagree, joined.groups_disagree) == (0, 0)
    assert joined.slice_disagreements == {"s": None}
    assert joined.baseline_slice_counts == {}
    assert joined.paired.baseline.weights is not None


@pytest.mark.parametrize(
    ("columns", "same"),
    [
        ({}, [True, True]),
        ({"prediction": ["a", "b"]}, [True, False]),
        ({"pa": [0.25, 0.5]}, [False, True]),
        ({"ms": [1.0, 2.5]}, [True, False]),
        ({"w": [3.0, 1.0], "s": ["M", "M"]}, [True, True]),
    ],
)
def test_rows_of_the_same_outputs_are_known(columns: dict[str, Any], same: list[bool]) -> None:
    assert join([labelled([1, 2], **columns)], [labelled([1, 2])]).paired.same.tolist() == same


def test_several_runs_share_what_is_true_of_the_example() -> None:
    runs = [labelled([1, 2, 3]), labelled([3, 2, 1, 7]), labelled([1, 2, 3], prediction=["b", "a", "a"])]
    joined = join(runs[:1], runs[1:])
    assert (joined.n_rows, joined.only_candidate, joined.incomplete, joined.overlap) == (3, 1, 0, 0.75)
    assert [len(joined.paired.baselines), len(joined.paired.candidates)] == [1, 2]
    assert joined.paired.same.tolist() == [False, True, True]
    assert all(sample.labels is joined.paired.candidate.labels for sample in joined.paired.baselines)
    as_many = join([runs[0], runs[2]], [runs[1], runs[2]])
    assert as_many.paired.same.all()
    assert as_many.incomplete == 0


def test_labels_without_a_common_spelling_are_shown() -> None:
    asked = declared()
    sides = [
        parse_rows({"id": [1, 2], "label": label, "prediction": label}, asked)
        for label in ([True, False], np.array([1, 0]))
    ]
    joined = join(sides[:1], sides[1:])
    assert joined.label_disagreements == 2
    assert "no label in common (false, true and 0, 1)" in joined.label_hint
    assert join(sides[:1], sides[:1]).label_hint == ""


def test_digests_are_those_of_recorded_baselines() -> None:
    ids = np.array([5, -(2**63), 2**63 - 1, 10, 1, 100])
    labels = np.arange(6) % 2 == 0
    rows = parse_rows({"id": ids, "label": labels, "prediction": labels}, declared())
    found = comparability_key(rows, declared())
    assert found["labels"] == "sha256:9c2fe01de5c9d25d40120d57e468ac575464776b467c688ffd71c37f7477dcb1"


@pytest.mark.parametrize(
    ("metric", "columns", "table"),
    [
        ("mae", Columns(prediction="p"), {"label": [0.5, 2.0], "p": [1, 1]}),
        ("bleu", Columns(prediction="p"), {"label": ["a", ""], "p": ["b", "c"]}),
        ("hamming_loss", Columns(label=("la", "lb"), prediction=("p", "p")), {"la": [0, 1], "lb": [1, 1], "p": [0, 0]}),
        ("latency_p50_ms", Columns(latency="p"), {"p": [1, 2]}),
    ],
)
def test_every_kind_of_label_has_a_digest(metric: str, columns: Columns, table: dict[str, Any]) -> None:
    asked = declared(metric, columns=columns)
    first = comparability_key(parse_rows({"id": [1, 2]} | table, asked), asked)
    again = comparability_key(parse_rows({"id": [2, 1]} | {n: v[::-1] for n, v in table.items()}, asked), asked)
    assert first == again
    changed = {name: values[::-1] if name.startswith("l") else values for name, values in table.items()}
    other = comparability_key(parse_rows({"id": [1, 2]} | changed, asked), asked)
    assert (other["labels"] == first["labels"]) == (metric == "latency_p50_ms")
    assert first["metrics"] == {metric: METRICS[metric].definition}
