"""Every kind of evaluation through `mlgate run`: a planted regression is found, and a model as good is none."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.unit.gate.conftest import Place, Row
from tests.unit.gate.whole_gate import Rows, checks, compare, judge, problems, project, verdicts

N_ROWS = 400
Make = Callable[[random.Random, random.Random, float], Rows]
"""From the randomness of the examples, that of the model, and how bad the model is (0 to 1) to its predictions."""


def multi_class(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS):
        label = truth.choice("abc")
        said = label if model.random() > 0.15 + bad else model.choice("abc")
        scores = {name: 0.9 if name == said else 0.05 for name in "abc"}
        rows.append({"id": number, "label": label, "prediction": said} | {f"p_{k}": v for k, v in scores.items()})
    return rows


def label_sets(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS):
        wanted = [int(truth.random() < share) for share in (0.5, 0.3, 0.2)]
        said = [flag if model.random() > 0.08 + bad else 1 - flag for flag in wanted]
        names = [f"is_{name}" for name in "abc"], [f"says_{name}" for name in "abc"]
        rows.append(
            {"id": number, **dict(zip(names[0], wanted, strict=True)), **dict(zip(names[1], said, strict=True))}
        )
    return rows


def numbers(truth: random.Random, model: random.Random, bad: float) -> Rows:
    return [
        {
            "id": f"case {number}",
            "label": label,
            "prediction": label + model.gauss(0, 1 + 3 * bad),
            "cost": 2 + bad + model.random(),
        }
        for number in range(N_ROWS)
        if (label := 20 + truth.gauss(0, 5))
    ]


def quantiles(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS):
        middle = truth.gauss(0, 3)
        spread = 1.6 * (1 - bad) + 0.05 * model.random()
        rows.append(
            {
                "id": number,
                "y": middle + truth.gauss(0, 1),
                "q90": middle + 1.28 - 4 * bad + 0.05 * model.random(),
                "lower": middle - spread,
                "upper": middle + spread,
            }
        )
    return rows


def rankings(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for query in range(60):
        for item in range(8):
            relevance = truth.choice([0, 0, 0, 1, 2])
            score = relevance + model.gauss(0, 0.4 + 4 * bad)
            rows.append({"id": f"{query}-{item}", "relevance": relevance, "score": score, "question": f"q{query}"})
    return rows


WORDS = ["the", "small", "grey", "cat", "sat", "on", "a", "warm", "mat", "near", "our", "old", "door"]


def texts(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS // 2):
        reference = [truth.choice(WORDS) for _ in range(8)]
        said = [word if model.random() > 0.05 + bad else model.choice(WORDS) for word in reference]
        rows.append({"id": number, "reference": " ".join(reference), "answer": " ".join(said)})
    return rows


def forecasts(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for shop in ("north", "south", "east"):
        value = 100.0
        for day in range(120):
            value = max(5.0, value + truth.gauss(0, 3))
            rows.append(
                {
                    "id": f"{shop}-{day}",
                    "sales": value,
                    "forecast": value + model.gauss(0, 2 + 10 * bad),
                    "shop": shop,
                    "day": f"2026-{1 + day // 28:02}-{1 + day % 28:02}",
                    "naive": 2.5,
                }
            )
    return rows


def latencies(truth: random.Random, model: random.Random, bad: float) -> Rows:
    return [
        {"id": number, "took": 20 + 5 * truth.random() + model.random() + 40 * bad * (1 + model.random())}
        for number in range(N_ROWS)
    ]


def likelihoods(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS):
        tokens = truth.randint(5, 30)
        rows.append({"id": number, "nll": tokens * (2 + 0.1 * model.random() + bad), "tokens": tokens})
    return rows


def weighted(truth: random.Random, model: random.Random, bad: float) -> Rows:
    rows = []
    for number in range(N_ROWS):
        label = int(truth.random() < 0.45)
        weight = round(0.5 + 2 * truth.random(), 3)
        score = min(0.99, max(0.01, 0.5 + (label - 0.5) * 0.5 + model.gauss(0, 0.15 + bad)))
        rows.append(
            {
                "id": number,
                "label": label,
                "prediction": int(score > 0.5),
                "score": score,
                "importance": weight,
                "copies": 1 + number % 3,
                "patient": f"patient {number // 5}",
            }
        )
    return rows


@dataclass(frozen=True)
class Kind:
    """An evaluation of one kind; `hurt` are the metrics of which a bad model is a regression."""

    make: Make
    columns: str
    metrics: str
    hurt: str
    more: tuple[str, ...] = ()


BINARY = "id: id, label: label, prediction: prediction, score: score"
BINARY_METRICS = "accuracy: {tolerance: 0.03}, f1: {tolerance: 0.03}, roc_auc: {tolerance: 0.03}, brier: {}"
KINDS = {
    "multi-class": Kind(
        multi_class,
        "id: id, label: label, prediction: prediction, score: {a: p_a, b: p_b, c: p_c}",
        "accuracy: {tolerance: 0.03}, f1_macro: {tolerance: 0.03}, recall_weighted: {tolerance: 0.03}, "
        "cohen_kappa: {tolerance: 0.05}, log_loss: {tolerance: 10%}, roc_auc_ovr: {tolerance: 0.03}, "
        "top_k_accuracy@2: {tolerance: 0.03}, ece: {tolerance: 0.05}",
        "accuracy f1_macro recall_weighted cohen_kappa log_loss roc_auc_ovr top_k_accuracy@2 ece",
    ),
    "label sets": Kind(
        label_sets,
        "label: [is_a, is_b, is_c], prediction: [says_a, says_b, says_c]",
        "accuracy: {tolerance: 0.03}, f1_samples: {tolerance: 0.04}, hamming_loss: {tolerance: 0.02}, "
        "f1_micro: {tolerance: 0.03}, jaccard_samples: {tolerance: 0.05}",
        "accuracy f1_samples hamming_loss f1_micro jaccard_samples",
    ),
    "regression": Kind(
        numbers,
        "label: label, prediction: prediction",
        "mae: {tolerance: 10%}, rmse: {tolerance: 10%}, r2: {tolerance: 0.02}, mape: {tolerance: 10%}, "
        "smape: {tolerance: 10%}, max_error: {tolerance: 3}, median_absolute_error: {tolerance: 20%}",
        "mae rmse r2 mape smape max_error median_absolute_error",
    ),
    "quantile": Kind(
        quantiles,
        "label: y, prediction: q90, low: lower, high: upper",
        "pinball@0.9: {tolerance: 10%}, interval_coverage: {tolerance: 0.05}",
        "pinball@0.9 interval_coverage",
    ),
    "ranking": Kind(
        rankings,
        "label: relevance, score: score, query: question",
        "ndcg@5: {tolerance: 0.02}, mrr: {tolerance: 0.03}, map: {tolerance: 0.03}, recall_at_k@3: {tolerance: 0.03}",
        "ndcg@5 mrr map recall_at_k@3",
    ),
    "text": Kind(
        texts,
        "label: reference, prediction: answer",
        "bleu: {tolerance: 3}, chrf: {tolerance: 3}, rouge_l: {tolerance: 0.03}, token_f1: {tolerance: 0.03}, "
        "exact_match: {tolerance: 0.05}",
        "bleu chrf rouge_l token_f1 exact_match",
    ),
    "forecast": Kind(
        forecasts,
        "label: sales, prediction: forecast, series: shop, time: day, scale: naive",
        "mase: {tolerance: 15%}, wape: {tolerance: 15%}, rmse: {tolerance: 15%}",
        "mase wape rmse",
    ),
    "latency": Kind(
        latencies,
        "latency: took",
        "latency_p50_ms: {}, latency_p95_ms: {}, latency_p99_ms: {}",
        "latency_p50_ms latency_p95_ms latency_p99_ms",
    ),
    "perplexity": Kind(likelihoods, "nll: nll, tokens: tokens", "perplexity: {tolerance: 5%}", "perplexity"),
    "user column": Kind(
        numbers,
        "label: label, prediction: prediction",
        "cost: {column: cost, higher_is_better: false, tolerance: 0.1, unit: USD}",
        "cost",
    ),
    "importance weights": Kind(
        weighted, f"{BINARY}, weight: importance", BINARY_METRICS, "accuracy f1 roc_auc brier", ("positive: 1",)
    ),
    "frequency weights": Kind(
        weighted,
        f"{BINARY}, weight: copies",
        BINARY_METRICS,
        "accuracy f1 roc_auc brier",
        ("positive: 1", "weights: frequency"),
    ),
    "groups": Kind(
        weighted, f"{BINARY}, group: patient", BINARY_METRICS, "accuracy f1 roc_auc brier", ("positive: 1",)
    ),
}


def make(kind: Kind, *, seed: int = 1, bad: float = 0.0) -> Rows:
    return kind.make(random.Random(0), random.Random(seed), bad)


@pytest.mark.parametrize("name", KINDS)
def test_a_planted_regression_is_found_and_a_model_as_good_is_none(place: Place, name: str) -> None:
    kind = KINDS[name]
    text = project(kind.metrics, *kind.more, columns=kind.columns)
    before = make(kind)
    same = compare(place, text, before, make(kind))
    assert same.code == 0
    assert set(verdicts(same).values()) == {"equivalent"}
    again = compare(place, text, before, make(kind, seed=2))
    assert again.code == 0, problems(again)
    assert "regression" not in verdicts(again).values()
    worse = compare(place, text, before, make(kind, seed=2, bad=0.35))
    assert worse.code == 1
    found = verdicts(worse)
    assert {metric for metric, verdict in found.items() if verdict == "regression"} == set(kind.hurt.split())
    assert found.keys() == verdicts(same).keys()
    better = compare(place, text, make(kind, seed=2, bad=0.35), before)
    assert better.code == 0
    assert {verdicts(better)[metric] for metric in kind.hurt.split()} == {"improved"}


def test_a_frequency_counts_rows_that_are_alike(place: Place) -> None:
    kind = KINDS["frequency weights"]
    sides = [make(kind), make(kind, seed=2, bad=0.05)]
    counted = compare(
        place, project(kind.metrics, *kind.more, "slices: [patient_is_even]", columns=kind.columns), *map(even, sides)
    )
    written = [
        [{**row, "id": f"{row['id']:03}-{number}"} for row in even(rows) for number in range(row["copies"])]
        for rows in sides
    ]
    plain = compare(place, project(kind.metrics, "positive: 1", "slices: [patient_is_even]", columns=BINARY), *written)
    for one, other in zip(checks(counted, "metric_change"), checks(plain, "metric_change"), strict=True):
        assert one["evidence"] == other["evidence"]
    assert one["evidence"]["n"] > 350


def even(rows: Rows) -> Rows:
    return [{**row, "patient_is_even": row["id"] // 5 % 2 == 0} for row in rows]


FUNCTION = "cost: {function: METRICS:cost, higher_is_better: false, tolerance: 0.1}"
COST = """\
def cost(rows):
    wrong = rows["label"] != rows["prediction"]
    return float((wrong * (1 + 4 * (rows["label"] == 1)) * rows["weight"]).sum() / rows["weight"].sum())
"""


@pytest.fixture
def function(place: Place) -> Callable[[str], str]:
    """Writes a module whose name no other test has, since a process imports a module once; gives its metric."""

    def write(text: str) -> str:
        name = f"metrics_of_{place.root.name}"
        place.write(f"{name}.py", text)
        columns = "id: id, label: label, prediction: prediction, weight: importance"
        return project(FUNCTION.replace("METRICS", name), columns=columns)

    return write


def weighted_rows(seed: int = 1, bad: float = 0.0) -> Rows:
    return make(KINDS["importance weights"], seed=seed, bad=bad)


def test_a_function_of_the_project_is_a_metric(place: Place, function: Callable[[str], str]) -> None:
    text = function(COST)
    same = compare(place, text, weighted_rows(), weighted_rows())
    assert (same.code, verdicts(same)) == (0, {"cost": "equivalent"})
    worse = compare(place, text, weighted_rows(), weighted_rows(seed=2, bad=0.35))
    assert (worse.code, verdicts(worse)) == (1, {"cost": "regression"})
    rows = weighted_rows(seed=2, bad=0.35)
    by_hand = sum((row["label"] != row["prediction"]) * (1 + 4 * row["label"]) * row["importance"] for row in rows)
    evidence = worse.outcome("model/e/cost")["evidence"]
    assert evidence["candidate"] == pytest.approx(by_hand / sum(row["importance"] for row in rows), rel=1e-12)
    assert evidence["low"] <= evidence["delta"] <= evidence["high"]


@pytest.mark.parametrize(
    ("name", "value"), [("GITHUB_EVENT_NAME", "pull_request_target"), ("MLGATE_TRUSTED", "0"), ("MLGATE_TRUSTED", "no")]
)
def test_a_function_is_not_imported_in_a_run_that_is_not_trusted(
    place: Place, function: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    text = function("open('imported', 'w').close()\n" + COST)
    ran = compare(place, text, weighted_rows(), weighted_rows())
    assert ran.code == 3
    assert "this run is not trusted" in ran.outcome("model/e/predictions")["message"]
    assert not (place.root / "imported").exists()
    monkeypatch.setenv(name, "pull_request" if name.startswith("GITHUB") else "1")
    assert compare(place, text, weighted_rows(), weighted_rows()).code == 0
    assert (place.root / "imported").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("return float('nan')", "cost is undefined on these rows"),
        ("return float('inf')", "cost is undefined on these rows"),
        ("return None", "cost raised TypeError"),
        ("return rows['label']", "cost raised TypeError"),
        ("return rows['no such column']", "cost raised KeyError: 'no such column'"),
        ("raise SystemError('a library broke')", "cost raised SystemError: a library broke"),
    ],
)
def test_a_function_that_gives_no_number_is_an_error(
    place: Place, function: Callable[[str], str], body: str, words: str
) -> None:
    ran = compare(place, function(f"def cost(rows):\n    {body}\n"), weighted_rows(), weighted_rows(seed=2))
    assert ran.code == 3
    assert words in problems(ran)


def test_what_a_function_prints_is_no_part_of_the_report(place: Place, function: Callable[[str], str]) -> None:
    text = function("print('imported')\n" + COST.replace("    return", "    print('computed')\n    return"))
    ran = compare(place, text, weighted_rows(), weighted_rows(seed=2))
    assert ran.report["verdict"] in ("pass", "warn")
    assert "imported" in ran.err
    assert "computed" in ran.err
    files = ("base/predictions.csv", "out/candidate.csv")
    again = place.mlgate("compare", *files, "--evaluation", "e", "--format", "json")
    assert json.loads(again.out)["gate"] == "compare"
    assert "computed" in again.err


@pytest.mark.parametrize(
    ("text", "words"),
    [("def loss(rows): return 1.0\n", "has no function 'cost'"), ("import no_such_module\n", "cannot be imported")],
)
def test_a_function_that_is_not_there_is_an_error(
    place: Place, function: Callable[[str], str], text: str, words: str
) -> None:
    ran = compare(place, function(text), weighted_rows(), weighted_rows())
    assert ran.code == 3
    assert words in ran.outcome("model/e/predictions")["message"]


@pytest.mark.parametrize("ending", ["jsonl", "csv.gz", "parquet", "tsv"])
def test_every_format_gives_the_same_report(place: Place, ending: str) -> None:
    kind = KINDS["multi-class"]
    before, after = make(kind), make(kind, seed=2)
    text = project("accuracy: {tolerance: 0.03}, log_loss: {tolerance: 10%}", columns=kind.columns)
    plain = compare(place, text, before, after)
    for name, rows in (("base/predictions", before), ("out/candidate", after)):
        write_as(place, f"{name}.{ending}", rows)
    place.write("mlgate.yaml", text.replace(".csv", f".{ending}"))
    assert [outcome["evidence"] for outcome in judge(place).report["outcomes"]] == [
        outcome["evidence"] for outcome in plain.report["outcomes"]
    ]


def write_as(place: Place, name: str, rows: list[Row]) -> None:
    path = place.root / name
    header = list(rows[0])
    if name.endswith(".jsonl"):
        place.write(name, "".join(json.dumps(row) + "\n" for row in rows))
    elif name.endswith(".parquet"):
        import pyarrow as pa
        from pyarrow import parquet

        parquet.write_table(pa.Table.from_pylist(rows), path)
    else:
        mark = "\t" if name.endswith(".tsv") else ","
        lines = [header, *([str(row[key]) for key in header] for row in rows)]
        content = "".join(mark.join(line) + "\n" for line in lines).encode()
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
