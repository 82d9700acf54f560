"""What is known of each metric without computing it: direction, unit, range, the columns that it needs.

One table, read by the configuration (names, tolerances, needed columns) and by `mlgate.metrics.specs`, which adds how
each is computed. It is longer than other modules, since it is that table.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

_PARAMETER = re.compile(r"[0-9]+(?:\.[0-9]+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """A metric as its declaration sees it.

    Parameters
    ----------
    name : scikit-learn's scorer name without sign tricks; with its parameter where it has one, e.g. `ndcg@10`
    higher_is_better : direction
    unit : `fraction` (a share; messages say points, hundredths), `1` (dimensionless), `label` (the unit of the label),
        `percent`, `ms`, `s`, `bytes`, `1/s`
    default_tolerance : accepted worsening where none is written, in `unit`; never 0, since that would ask a change to
        be proven better before it may pass
    relative : whether `default_tolerance` is a share of the baseline's value, for metrics without a natural scale
    low, high : range of the value
    needs : columns besides the id: `label`, `prediction`, `score`, `number` (label and prediction are numbers),
        `query`, `text` (label and prediction are texts), `low` and `high`, `scale`, `latency`, `nll` and `tokens`;
        `scalar` where the value comes from a metrics file
    parameter : meaning of the number after `@`, or empty
    value : that number, or the default
    positive : whether the positive class must be named
    definition : versioned text; a baseline that was recorded under another one is not comparable
    method : method of the interval where rows are independent and weigh the same
    """

    name: str
    higher_is_better: bool
    unit: str
    default_tolerance: float
    relative: bool = False
    low: float = -math.inf
    high: float = math.inf
    needs: tuple[str, ...]
    parameter: str = ""
    value: float | None = None
    positive: bool = False
    definition: str
    method: str

    def oriented(self, delta: float) -> float:
        """`delta` (candidate - baseline) such that larger is better.

        Examples
        --------
        >>> METRICS["log_loss"].oriented(-0.25)
        0.25
        """
        return delta if self.higher_is_better else -delta


def _share(name: str, definition: str, **more: object) -> MetricSpec:
    """A metric between 0 and 1."""
    settings: dict[str, object] = {
        "higher_is_better": True,
        "unit": "1",
        "default_tolerance": 0.01,
        "low": 0.0,
        "high": 1.0,
        "needs": ("label", "prediction"),
        "method": "cell-multinomial",
    }
    return MetricSpec(name=name, definition=f"{name}/1: {definition}", **(settings | more))  # type: ignore[arg-type]  # checked by the tests of every entry


def _error(name: str, definition: str, **more: object) -> MetricSpec:
    """A loss of at least 0 without a natural scale."""
    settings: dict[str, object] = {
        "higher_is_better": False,
        "unit": "label",
        "default_tolerance": 0.02,
        "relative": True,
        "low": 0.0,
        "needs": ("label", "number"),
        "method": "bootstrap",
    }
    return MetricSpec(name=name, definition=f"{name}/1: {definition}", **(settings | more))  # type: ignore[arg-type]  # checked by the tests of every entry


_SCORE = {"needs": ("label", "score"), "method": "stratified-bootstrap"}
_QUERY = {"needs": ("label", "score", "query"), "method": "query-bootstrap"}
_TEXT = {"needs": ("label", "text"), "method": "bootstrap"}
_AVERAGES = {
    "": "of the positive class",
    "_micro": "over all classes together",
    "_macro": "unweighted mean over the classes that occur among labels or predictions",
    "_weighted": "mean over the classes, weighted by their rows",
}


def _averaged(name: str, definition: str, **more: object) -> list[MetricSpec]:
    return [
        _share(f"{name}{average}", f"{definition}, {words}", positive=not average, **more)
        for average, words in _AVERAGES.items()
    ]


_CLASSES = [
    # Half a point: with 6 % of the predictions changed it takes 14,837 rows to show that it holds; one tenth of
    # it would take 1.5 million. Teams that notice less write it down.
    _share(
        "accuracy",
        "share of rows whose prediction equals the label, both as canonical text",
        unit="fraction",
        default_tolerance=0.005,
        method="tango-score",
    ),
    _share("balanced_accuracy", "mean of the recalls of the classes that occur among the labels"),
    *_averaged("precision", "share of the rows predicted as a class that are of it; 0 where none is"),
    *_averaged("recall", "share of the rows of a class that are predicted as it"),
    *_averaged("f1", "harmonic mean of precision and recall"),
    *_averaged("fbeta", "F-beta of precision and recall", parameter="beta", value=2.0),
    _share(
        "specificity", "share of the rows of the negative classes that are not predicted as positive", positive=True
    ),
    _share("cohen_kappa", "agreement beyond chance", low=-1.0),
    _share("matthews_corrcoef", "correlation of label and prediction; 0 where one of them is constant", low=-1.0),
    _share(
        "f1_samples",
        "F1 of the label set of a row, 0 where both are empty, mean over rows",
        needs=("label", "prediction", "labelset"),
    ),
    _share(
        "jaccard_samples",
        "Jaccard index of the label set of a row",
        needs=("label", "prediction", "labelset"),
        method="bootstrap",
    ),
    _share(
        "hamming_loss",
        "share of labels that are wrongly set",
        higher_is_better=False,
        needs=("label", "prediction", "labelset"),
        method="bootstrap",
        default_tolerance=0.005,
    ),
]
_PROBABILITIES = [
    # The interval of an AUC is about twice as wide as that of accuracy on the same rows, so twice the tolerance.
    _share(
        "roc_auc",
        "share of positive-negative pairs in which the positive scores higher, ties count half",
        positive=True,
        needs=("label", "score"),
        method="delong",
    ),
    _share(
        "roc_auc_ovr",
        "mean over the classes of the AUC of a class against the rest",
        needs=("label", "score"),
        method="bootstrap",
    ),
    _share("average_precision", "sum of precision times the step in recall, ties together", positive=True, **_SCORE),
    _error("log_loss", "mean of -log of the probability of the label, clipped at 2**-52", unit="1", **_SCORE),
    _error(
        "brier",
        "mean squared difference of probability and outcome, summed over classes if there are more than two",
        unit="1",
        **_SCORE,
    ),
    _share(
        "ece",
        "mean absolute difference of frequency and mean score in equal-width bins of the score, an edge in the lower "
        "bin; more than two classes: of the largest score and whether it was right",
        higher_is_better=False,
        parameter="bins",
        value=15.0,
        **_SCORE,
    ),
    _share(
        "debiased_calibration_error",
        "root of the mean squared difference of frequency and mean score in equal-width bins, less its bias",
        higher_is_better=False,
        parameter="bins",
        value=15.0,
        **_SCORE,
    ),
    _share(
        "top_k_accuracy",
        "share of rows whose label is among the k largest scores, ties count against",
        parameter="k",
        value=5.0,
        unit="fraction",
        needs=("label", "score"),
        method="tango-score",
    ),
]
_NUMBERS = [
    _error("mae", "mean absolute error"),
    _error("mse", "mean squared error"),
    _error("rmse", "root of the mean squared error"),
    _error("median_absolute_error", "median absolute error", method="order-statistics"),
    MetricSpec(
        name="r2",
        higher_is_better=True,
        unit="1",
        default_tolerance=0.01,
        high=1.0,
        needs=("label", "number"),
        definition="r2/1: 1 - squared error over squared deviation from the mean of the labels; undefined if constant",
        method="bootstrap",
    ),
    _error("mape", "mean of |error| / |label|; a label of 0 is refused", unit="1"),
    _error("smape", "mean of 2 |error| / (|label| + |prediction|), 0 where both are 0", unit="1", high=2.0),
    _error("max_error", "largest absolute error", method="point"),
    _error("pinball", "mean pinball loss of a predicted quantile", parameter="quantile", value=0.5),
    _share(
        "interval_coverage",
        "share of labels inside the predicted interval, ends included",
        unit="fraction",
        needs=("label", "low", "high"),
        method="tango-score",
    ),
    _error("wape", "sum of |error| over sum of |label|", unit="1"),
    _error(
        "mase",
        "mean of |error| over the series' in-sample error of the naive forecast (column `scale`)",
        unit="1",
        needs=("label", "number", "scale"),
    ),
]
_RANKINGS = [
    _share(
        "ndcg",
        "linear gain over log2(rank + 1), ties averaged, over its largest, 0 without a relevant item; mean",
        parameter="k",
        value=math.inf,
        **_QUERY,
    ),
    _share(
        "mrr",
        "mean over queries of 1 / rank of the first item of relevance above 0, expected over ties; 0 without one",
        **_QUERY,
    ),
    _share(
        "map",
        "mean over queries of the average precision, relevance above 0, expected over ties; 0 without a relevant item",
        **_QUERY,
    ),
    _share(
        "recall_at_k",
        "share of the items of relevance above 0 among the first k, expected over ties, mean over queries",
        parameter="k",
        value=10.0,
        **_QUERY,
    ),
]
_TEXTS = [
    _share(
        "bleu", "corpus BLEU, 0 to 100, tokenised `13a`, smoothing `exp`", high=100.0, default_tolerance=0.5, **_TEXT
    ),
    _share(
        "chrf",
        "corpus chrF2, 0 to 100, character order 6, white space left out",
        high=100.0,
        default_tolerance=0.5,
        **_TEXT,
    ),
    *(_share(f"rouge_{kind}", f"mean F1 of ROUGE-{kind.upper()}, no stemming", **_TEXT) for kind in ("1", "2", "l")),
    _share(
        "exact_match",
        "share of equal texts after SQuAD's normalisation",
        **(_TEXT | {"unit": "fraction", "method": "tango-score"}),
    ),
    _share("token_f1", "mean F1 of the bags of tokens after SQuAD's normalisation, 1 where both are empty", **_TEXT),
    _share("bertscore", "mean F1 of greedy matches of contextual embeddings", low=-1.0, **_TEXT),
    _error("perplexity", "exp of the negative log-likelihood per token", unit="1", low=1.0, needs=("nll", "tokens")),
]
_SYSTEM = [
    *(
        _error(
            f"latency_p{percent}_ms",
            f"{percent} % quantile of the latency of a row",
            unit="ms",
            default_tolerance=0.1,
            needs=("latency",),
            method="order-statistics",
        )
        for percent in (50, 95, 99)
    ),
    _error(
        "throughput_per_s", "items per second", unit="1/s", higher_is_better=True, needs=("scalar",), method="point"
    ),
    _error("model_size_bytes", "bytes of the model", unit="bytes", needs=("scalar",), method="point"),
    _error(
        "training_time_s", "seconds of training", unit="s", default_tolerance=0.1, needs=("scalar",), method="point"
    ),
    _error(
        "peak_memory_bytes",
        "largest memory in use",
        unit="bytes",
        default_tolerance=0.1,
        needs=("scalar",),
        method="point",
    ),
]

METRICS: dict[str, MetricSpec] = {
    spec.name: spec for spec in (*_CLASSES, *_PROBABILITIES, *_NUMBERS, *_RANKINGS, *_TEXTS, *_SYSTEM)
}
"""Metrics by name, without parameter."""


def find_metric(name: str) -> MetricSpec | None:
    """The metric `NAME` or `NAME@NUMBER`; None where there is no such metric or it takes no such number.

    Examples
    --------
    >>> find_metric("ndcg@10").value
    10.0
    >>> find_metric("accuracy@3") is None
    True
    """
    base, at, text = name.partition("@")
    spec = METRICS.get(base)
    if spec is None or not at:
        return spec
    if not spec.parameter or not _PARAMETER.fullmatch(text):
        return None
    value = float(text)
    allowed = {
        "k": value >= 1 and value.is_integer(),
        "bins": 2 <= value <= 1000 and value.is_integer(),
        "beta": 0 < value <= 1000,
        "quantile": 0 < value < 1,
    }[spec.parameter]
    if not allowed:
        return None
    return replace(spec, name=name, value=value, definition=f"{spec.definition} ({spec.parameter} {value:g})")
