"""`mlgate` as a library: arrays and frames in, a verdict out, and a test that fails closed."""

from __future__ import annotations

import doctest
import inspect
import json
import math
import subprocess
import sys
import warnings
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from jsonschema import Draft202012Validator

import mlgate
from mlgate import api, api_data
from mlgate.api import CompareOptions
from mlgate.errors import UsageError
from mlgate.gate import tables_given
from mlgate.gate.tables_given import take_columns
from mlgate.outcome import report_to_dict

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8"))
Table = dict[str, Any]


def make_table(n_rows: int = 400, *, seed: int = 1, noise: float = 0.25) -> Table:
    rng = np.random.default_rng(seed)
    label = np.arange(n_rows) % 2
    score = np.clip(0.5 + (label - 0.5) * 0.5 + noise * rng.normal(size=n_rows), 0.01, 0.99)
    return {
        "id": np.arange(n_rows),
        "label": label,
        "prediction": (score > 0.5).astype(int),
        "score": score,
        "sex": np.array(["F", "M"], dtype=object)[np.arange(n_rows) // 2 % 2],
    }


BEFORE = make_table()
SAME = {name: values.copy() for name, values in BEFORE.items()}
WORSE = {**BEFORE, "prediction": np.where(np.arange(400) % 5 == 0, 1 - BEFORE["label"], BEFORE["prediction"])}
METRICS = {"accuracy": 0.01, "roc_auc": None}


def test_examples_of_the_docstrings_hold() -> None:
    for module in (api, tables_given):
        found = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
        assert found.attempted > 0
        assert found.failed == 0


def test_import_of_mlgate_loads_nothing_until_a_name_is_used(tmp_path: Path) -> None:
    code = (
        "import sys, mlgate; before = set(sys.modules); mlgate.compare; "
        "print('numpy' in before, 'click' in before, 'mlgate.api' in before, 'mlgate.api' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert done.stdout.split() == ["False", "False", "False", "True"]


def test_public_names_and_no_others() -> None:
    assert set(mlgate.__all__) == {*api.__all__, *api_data.__all__, "data"}
    assert set(mlgate.__all__) <= set(dir(mlgate))
    for module in (api, api_data):
        for name in module.__all__:
            assert getattr(mlgate, name) is getattr(module, name)
    assert mlgate.data.check is mlgate.check_data
    with pytest.raises(AttributeError, match="no attribute 'comparison'"):
        mlgate.comparison  # noqa: B018  # the look-up is the test


def test_options_of_the_assertion_are_those_of_the_comparison() -> None:
    keywords = {
        name: parameter
        for name, parameter in inspect.signature(api.compare).parameters.items()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    }
    assert get_type_hints(CompareOptions).keys() == keywords.keys()


def test_verdict_table_text_and_report() -> None:
    found = mlgate.compare(BEFORE, WORSE, metrics=METRICS, slices=["sex"], positive=1)
    assert found.verdict == "fail"
    assert not found.ok
    table = found.table()
    assert [(row["metric"], row["slice"]) for row in table] == [
        (metric, slice_) for metric in ("accuracy", "roc_auc") for slice_ in (None, "sex=F", "sex=M")
    ]
    first = table[0]
    assert first["verdict"] == "regression"
    assert first["status"] == "fail"
    assert first["n"] == 400
    assert first["low"] <= first["delta"] <= first["high"] < 0
    assert first["delta"] == pytest.approx(first["candidate"] - first["baseline"])
    assert {row["delta"] for row in table if row["metric"] == "roc_auc"} == {0.0}
    assert "accuracy of model" in str(found)
    assert pd.DataFrame(table).shape == (6, 13)
    document = json.loads(json.dumps(report_to_dict(found.report), allow_nan=False))
    assert [error.message for error in Draft202012Validator(SCHEMA).iter_errors(document)] == []


def test_notebook_shows_escaped_tables_and_nothing_that_runs() -> None:
    def named(table: Table) -> Table:
        return {**table, "city": np.where(np.arange(400) % 2, "<img src=x onerror=alert(1)>", "a & b")}

    found = mlgate.compare(named(BEFORE), named(WORSE), metrics={"accuracy": 0.01}, slices="city")
    html = found._repr_html_()
    assert "<table>" in html
    assert "<img" not in html
    assert "a &amp; b" in html
    assert "<script" not in html
    broken = mlgate.compare(BEFORE, {**BEFORE, "score": np.full(400, math.nan)}, metrics=["roc_auc"], positive=1)
    assert "finite" in broken._repr_html_()
    assert "error" in broken._repr_html_()


FRAMES: dict[str, Callable[[Table], Any]] = {
    "lists": lambda table: {name: values.tolist() for name, values in table.items()},
    "pandas": pd.DataFrame,
    "pandas, the id as index": lambda table: pd.DataFrame(table).set_index("id"),
    "pandas, its own types": lambda table: pd.DataFrame(table).convert_dtypes().astype({"sex": "category"}),
    "arrow": pa.table,
    "arrow, chunked and a dictionary": lambda table: pa.concat_tables(
        [pa.table(table).slice(0, 150), pa.table(table).slice(150)]
    ).set_column(4, "sex", pa.chunked_array([pa.array(table["sex"]).dictionary_encode()])),
    "arrow batch": lambda table: pa.RecordBatch.from_pydict({k: pa.array(v) for k, v in table.items()}),
    "structured array": lambda table: np.array(
        list(zip(*table.values(), strict=True)), dtype=[(name, values.dtype) for name, values in table.items()]
    ),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_kind_of_table_gives_the_same_report(kind: str) -> None:
    options: dict[str, Any] = {"metrics": METRICS, "slices": ["sex"], "positive": 1}
    expected = mlgate.compare(BEFORE, make_table(seed=2), **options)
    found = mlgate.compare(FRAMES[kind](BEFORE), FRAMES[kind](make_table(seed=2)), **options)
    assert found.outcomes == expected.outcomes


def test_files_and_tables_mix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    pd.DataFrame(BEFORE).to_csv("before.csv", index=False)
    pd.DataFrame(WORSE).to_parquet("worse.parquet")
    found = mlgate.compare("before.csv", Path("worse.parquet"), metrics=METRICS, positive=1)
    assert found.outcomes == mlgate.compare(BEFORE, WORSE, metrics=METRICS, positive=1).outcomes
    absent = mlgate.compare("absent.csv", WORSE, metrics=["accuracy"])
    assert absent.verdict == "error"
    assert "absent.csv does not exist" in str(absent)


def test_several_runs_a_side() -> None:
    before = [make_table(seed=seed) for seed in (1, 2, 3)]
    after = [make_table(seed=seed) for seed in (4, 5, 6)]
    found = mlgate.compare(before, after, metrics={"accuracy": 0.1})
    assert found.verdict in ("pass", "warn")
    assert found.table()[0]["n"] == 400


def test_columns_are_taken_without_a_copy_where_there_is_none_to_make() -> None:
    scores = np.arange(5.0)
    assert np.shares_memory(take_columns({"score": scores}, ["score"])["score"], scores)
    frame = pd.DataFrame({"score": scores})
    assert np.shares_memory(take_columns(frame, ["score"])["score"], frame["score"].to_numpy())
    table = pa.table({"score": pa.array(scores)})
    assert take_columns(table, ["score"])["score"].tolist() == scores.tolist()


class PolarsLikeSeries:
    """What a column of polars can do, as far as it is used."""

    def __init__(self, values: list[Any], dtype: str) -> None:
        self.values, self.dtype = values, dtype

    def null_count(self) -> int:
        return sum(value is None for value in self.values)

    def to_list(self) -> list[Any]:
        return self.values

    def to_numpy(self) -> np.ndarray[Any, Any]:
        return np.array([math.nan if value is None else float(value) for value in self.values])


class PolarsLikeFrame:
    def __init__(self, columns: Mapping[str, PolarsLikeSeries]) -> None:
        self._columns = columns

    @property
    def columns(self) -> list[str]:
        return list(self._columns)

    def __getitem__(self, name: str) -> PolarsLikeSeries:
        return self._columns[name]


class PolarsLikeLazyFrame:
    """It has names, and no columns before it is collected."""

    columns = ("id",)

    def __getitem__(self, name: str) -> None:
        raise TypeError("not subscriptable")


def test_no_value_is_rounded_on_the_way() -> None:
    large = 2**53 + 1
    arrow = pa.table({"id": pa.array([large, None], pa.int64()), "price": pa.array([Decimal("1.10"), Decimal("2.5")])})
    frame = PolarsLikeFrame(
        {
            "id": PolarsLikeSeries([large, None], "Int64"),
            "price": PolarsLikeSeries([Decimal("1.10"), Decimal("2.5")], "Decimal(precision=3, scale=2)"),
            "score": PolarsLikeSeries([0.5, 1.0], "Float64"),
        }
    )
    for table in (arrow, frame):
        found = take_columns(table, ["id", "price", "absent"])
        assert found["id"].tolist() == [large, None]
        assert found["price"].tolist() == [Decimal("1.10"), Decimal("2.5")]
        assert "absent" not in found
    assert take_columns(frame, ["score"])["score"].dtype == np.float64
    nullable = pd.DataFrame({"id": pd.array([large, None], dtype="Int64"), "name": ["a", None]})
    found = take_columns(nullable, ["id", "name"])
    assert found["id"].tolist() == [large, None]
    assert found["name"].tolist()[0] == "a"
    assert take_columns({"id": [1, "1", None]}, ["id"])["id"].tolist() == [1, "1", None]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([1, 2], "is no table"),
        ("text.csv", "no table"),
        (7, "is no table"),
        ({"id": [[1, 2], [3, 4]]}, "shape"),
        ({"id": [[1], [3, 4]]}, "no array"),
        (PolarsLikeLazyFrame(), "no array"),
        (pd.DataFrame([[1, 2]], columns=["id", "id"]), "shape"),
    ],
)
def test_what_is_no_table_is_refused(table: Any, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        take_columns(table, ["id"])


BAD_USAGE: dict[str, tuple[dict[str, Any], str]] = {
    "unknown metric": ({"metrics": {"acuracy": 0.01}}, "did you mean 'accuracy'"),
    "negative tolerance": ({"metrics": {"accuracy": -0.01}}, "at least 0"),
    "tolerance nan": ({"metrics": {"accuracy": math.nan}}, ""),
    "tolerance infinite": ({"metrics": {"mae": math.inf}}, ""),
    "tolerance in points": ({"metrics": {"accuracy": 2}}, "2 points are 0.02"),
    "tolerance in words": ({"metrics": {"accuracy": "small"}}, ""),
    "tolerance true": ({"metrics": {"accuracy": True}}, ""),
    "unknown setting": ({"metrics": {"accuracy": {"tolerence": 0.1}}}, "tolerence"),
    "metrics of numbers": ({"metrics": [0.1]}, "metrics="),
    "no positive class": ({"metrics": ["roc_auc"]}, "positive="),
    "own metric without direction": ({"metrics": {"cost": {"function": len}}}, "higher_is_better"),
    "role that is none": ({"columns": {"wieght": "w"}}, "wieght"),
    "role that is an argument": ({"columns": {"weight": "w"}}, "weight"),
    "resamples too few": ({"resamples": 20}, "resamples=20"),
    "negative seed": ({"seed": -1}, "seed=-1"),
    "seed of a float": ({"seed": 1.0}, "seed=1.0"),
    "no workers": ({"workers": 0}, "workers=0"),
    "inconclusive maybe": ({"inconclusive": "maybe"}, "maybe"),
    "slices of numbers": ({"slices": [1]}, "slices="),
    "one column twice": ({"metrics": ["accuracy"], "prediction": "label"}, "both label and prediction"),
}


@pytest.mark.parametrize("case", BAD_USAGE)
def test_wrong_usage_is_raised_before_anything_is_judged(case: str) -> None:
    options, words = BAD_USAGE[case]
    with pytest.raises(UsageError) as raised:
        mlgate.compare(BEFORE, SAME, **options)
    assert words in str(raised.value)


def test_one_object_on_both_sides_and_no_run_are_refused() -> None:
    with pytest.raises(UsageError, match="one object"):
        mlgate.compare(BEFORE, BEFORE)
    with pytest.raises(UsageError, match="no run"):
        mlgate.compare([], BEFORE)


def test_settings_of_a_metric_are_those_of_mlgate_yaml() -> None:
    def agreement(rows: Mapping[str, Any]) -> float:
        return float((rows["label"] == rows["prediction"]).mean())

    metrics: dict[str, Any] = {
        "accuracy": {"tolerance": 0.01, "min": 0.99},
        "mae": "2%",
        "own": {"function": agreement, "higher_is_better": True, "tolerance": 0.01},
        "mean_score": {"column": "score", "higher_is_better": False, "blocking": False},
    }
    found = mlgate.compare(BEFORE, WORSE, metrics=metrics)
    by_id = {outcome.id: outcome for outcome in found.outcomes}
    assert by_id["model/model/accuracy/min"].status == "fail"
    assert by_id["model/model/own"].evidence["verdict"] == "regression"
    assert by_id["model/model/own"].evidence["delta"] == pytest.approx(by_id["model/model/accuracy"].evidence["delta"])
    assert by_id["model/model/mean_score"].evidence["verdict"] == "equivalent"
    assert by_id["model/model/mae"].evidence["tolerance"] == pytest.approx(
        0.02 * by_id["model/model/mae"].evidence["baseline"]
    )


def test_function_that_raises_or_gives_no_number_is_an_error() -> None:
    def broken(rows: Mapping[str, Any]) -> float:
        return float(rows["absent"].mean())

    for function in (broken, lambda _rows: None, lambda _rows: math.nan):
        metrics = {"own": {"function": function, "higher_is_better": True}}
        assert mlgate.compare(BEFORE, WORSE, metrics=metrics).verdict == "error"


def test_function_of_the_caller_needs_no_trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is passed as a function is the caller's own code; what has to be imported may be a stranger's."""
    monkeypatch.setenv("MLGATE_TRUSTED", "0")
    own: dict[str, Any] = {"function": lambda rows: float(rows["score"].mean()), "higher_is_better": True}
    assert mlgate.compare(BEFORE, WORSE, metrics={"own": own}).verdict == "pass"
    own["function"] = "statistics:mean"
    found = mlgate.compare(BEFORE, WORSE, metrics={"own": own})
    assert found.verdict == "error"
    assert "not trusted" in str(found)


# In pytest


def test_assertion_passes_what_is_no_worse() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mlgate.assert_not_worse(BEFORE, SAME, metrics=METRICS, positive=1).verdict == "pass"


def test_assertion_says_what_is_worse_and_the_next_step() -> None:
    with pytest.raises(AssertionError) as raised:
        mlgate.assert_not_worse(BEFORE, WORSE, metrics=METRICS, slices=["sex"], positive=1)
    text = str(raised.value)
    assert "accuracy fell by" in text
    assert "tolerance" in text
    assert "next:" in text
    assert "roc_auc" not in text


FAILS_CLOSED: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "nan scores": (BEFORE, {**BEFORE, "score": np.full(400, math.nan)}, {}),
    "no rows": (BEFORE, {name: values[:0] for name, values in BEFORE.items()}, {}),
    "nothing on either side": ({}, {"id": []}, {}),
    "column absent": ({**BEFORE}, {name: v for name, v in BEFORE.items() if name != "score"}, {}),
    "no id": ({k: v for k, v in BEFORE.items() if k != "id"}, {k: v for k, v in SAME.items() if k != "id"}, {}),
    "other rows": (BEFORE, {**BEFORE, "id": BEFORE["id"] + 1000}, {}),
    "other labels": (BEFORE, {**BEFORE, "label": 1 - BEFORE["label"]}, {}),
    "one class": ({**BEFORE, "label": np.ones(400, int)}, {**SAME, "label": np.ones(400, int)}, {}),
    "absent file": ("absent.csv", SAME, {}),
    "slice that vanished": (BEFORE, {**BEFORE, "sex": np.full(400, "F", dtype=object)}, {"slices": ["sex"]}),
}


@pytest.mark.parametrize("case", FAILS_CLOSED)
def test_assertion_fails_closed(case: str) -> None:
    before, after, options = FAILS_CLOSED[case]
    with pytest.raises(AssertionError, match="error:"):
        mlgate.assert_not_worse(before, after, metrics=METRICS, positive=1, **options)


def test_what_cannot_be_told_warns_unless_it_is_to_fail() -> None:
    before, after = make_table(60), make_table(60, seed=2)
    with pytest.warns(mlgate.NotSettledWarning, match="rows"):
        found = mlgate.assert_not_worse(before, after, metrics={"accuracy": 0.01})
    assert found.table()[0]["verdict"] == "inconclusive"
    with pytest.raises(AssertionError, match="not enough rows"):
        mlgate.assert_not_worse(before, after, metrics={"accuracy": 0.01}, inconclusive="fail")
    with pytest.raises(AssertionError):
        mlgate.assert_not_worse(before, after, metrics={"accuracy": 0.01}, strict=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mlgate.assert_not_worse(before, after, metrics={"accuracy": 0.01}, inconclusive="pass")


def test_failure_is_shown_at_the_line_of_the_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    (tmp_path / "test_model.py").write_text(
        "import mlgate\n\n"
        "OLD = {'id': range(200), 'label': [0, 1] * 100, 'prediction': [0, 1] * 100}\n\n"
        "def test_model():\n"
        "    mlgate.assert_not_worse(OLD, {**OLD, 'prediction': [0] * 200}, metrics={'accuracy': 0.01})\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_model.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "test_model.py:6: AssertionError" in done.stdout
    assert "accuracy fell by 50" in done.stdout
