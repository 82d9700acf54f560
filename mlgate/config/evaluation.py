"""An evaluation of `mlgate.yaml` as frozen objects: what is compared, on which rows, and what is asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mlgate.config.metric_specs import MetricSpec, find_metric
from mlgate.outcome import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the columns of a predictions file.

    Parameters
    ----------
    id : identifies an example; baseline and candidate are joined on it
    label : true label: a class, a number, a reference text, a relevance; several columns are the indicators (0, 1) of
        a label set
    prediction : predicted label, in the form of `label`
    score : score of the positive class; or, by class, its column; of a ranking the score of the item
    weight : importance of the row, at least 0
    group : rows of one group (a patient, a conversation) are not independent of each other
    query : rows of one query form a ranking
    low, high : ends of a predicted interval
    scale : in-sample error of the naive forecast of the row's series, for `mase`
    series, time : of a forecast; rows near each other in `time` are not independent
    latency : milliseconds that the row took
    nll, tokens : negative log-likelihood (nats) and number of tokens of the row, for `perplexity`
    """

    id: str = "id"
    label: str | tuple[str, ...] = "label"
    prediction: str | tuple[str, ...] | None = None
    score: str | Mapping[str, str] | None = None
    weight: str | None = None
    group: str | None = None
    query: str | None = None
    low: str | None = None
    high: str | None = None
    scale: str | None = None
    series: str | None = None
    time: str | None = None
    latency: str | None = None
    nll: str | None = None
    tokens: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPolicy:
    """What is asked of one metric.

    Parameters
    ----------
    name : of `METRICS`, also with a parameter (`ndcg@10`); any name for a `column` or `function` of the user's
    tolerance : accepted worsening in the metric's unit, at least 0; None takes the metric's default
    relative : whether `tolerance` is a share of the baseline's value
    min, max : bounds of the candidate's own value
    blocking : whether it takes part in the gate's verdict; else it is only reported
    column : numeric column whose mean is the metric
    function : `module:function` of the project that computes the metric from the rows
    key : dotted name of the value in a metrics file; None takes the metric's name
    higher_is_better, unit : of a metric of the user's
    model : folder of the encoder that `bertscore` embeds texts with
    """

    name: str
    tolerance: float | None = None
    relative: bool = False
    min: float | None = None
    max: float | None = None
    blocking: bool = True
    column: str | None = None
    function: str | None = None
    key: str | None = None
    higher_is_better: bool | None = None
    unit: str | None = None
    model: str | None = None
    location: Location

    @property
    def spec(self) -> MetricSpec:
        """All that is known of the metric.

        Raises
        ------
        KeyError
            No metric has that name.
        """
        if self.column is None and self.function is None and self.key is None:
            found = find_metric(self.name)
            if found is None:
                raise KeyError(self.name)
            return found
        known = find_metric(self.name)
        if known is not None and self.key is not None:
            return known
        by, source, needs = "key", self.key, ("scalar",)
        if self.column is not None:
            by, source, needs = "column", self.column, ("column",)
        elif self.function is not None:
            by, source, needs = "function", self.function, ("function",)
        return MetricSpec(
            name=self.name,
            higher_is_better=self.higher_is_better is not False,
            unit=self.unit or "1",
            default_tolerance=0.02,
            relative=True,
            needs=needs,
            definition=f"{self.name}/1: {by} {source}",
            method="point" if by == "key" else "bootstrap",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """Hand-checked examples whose output is expected.

    Parameters
    ----------
    path : CSV, JSON lines or Parquet: the id column, `expected`, and where wanted `tolerance` (of a number)
    may_move : how many examples may miss what is expected
    must_stay_right : file of ids of past failures that must stay right; none of them may move
    """

    path: str | None = None
    may_move: int = 0
    must_stay_right: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """Gaps between the groups of a column.

    Parameters
    ----------
    column : its values are the groups
    min_ratio : smallest accepted ratio of selection rates (the four-fifths rule: 0.8)
    max_odds_difference : largest accepted difference of true- and of false-positive rates
    blocking : whether a proven violation fails the gate; else it warns
    """

    column: str
    min_ratio: float = 0.8
    max_odds_difference: float = 0.1
    blocking: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescore:
    """How the baseline's model is scored on today's data, by `mlgate baseline save --rescore`.

    Parameters
    ----------
    data : data file with the features, the id, the label and the slice columns
    features : columns given to the model; empty gives all but id, label and weight
    threshold : score from which the positive class is predicted, where the model gives scores
    """

    data: str
    features: tuple[str, ...] = ()
    threshold: float = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A candidate's predictions, and what they are compared with.

    At most one of `command` and `stage` makes the predictions; `predictions` is their path (a glob names the shards of
    one file), or `runs` are the paths of several seeds, or `metrics_file` holds values without rows.
    `baseline` is the text of the reference, e.g. `mlflow:models:/readmission@champion`, `file:PATH` or `none`.
    `positive` is the label of the positive class as written in YAML.
    """

    name: str
    command: tuple[str, ...] | None = None
    stage: str | None = None
    predictions: str = ""
    runs: tuple[str, ...] = ()
    metrics_file: str | None = None
    columns: Columns = field(default_factory=Columns)
    positive: str | int | float | bool | None = None
    baseline: str = "none"
    metrics: tuple[MetricPolicy, ...] = ()
    slices: tuple[str, ...] = ()
    discover: tuple[str, ...] = ()
    """Columns in which slices are searched for; what is found is exploratory and never blocks."""
    min_overlap: float = 0.99
    min_slice_rows: int = 50
    inconclusive: str = "warn"
    weights: str = "importance"
    resamples: int = 2000
    golden: Golden | None = None
    fairness: tuple[Fairness, ...] = ()
    train_predictions: str | None = None
    """Predictions on training rows, for the gap between training and test."""
    max_gap: float | None = None
    simple_baseline: str = "none"
    rescore: Rescore | None = None
    max_age_s: float | None = None
    max_commits_behind: int | None = None
    timeout_s: float | None = None
    needs: tuple[str, ...] = ()
    """Files or folders under DVC that the command reads, e.g. the model; pulled before it runs."""
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where the metrics of every main run are kept.

    Parameters
    ----------
    store : `git` (JSON lines on a ref of its own) or `mlflow`
    ref : the Git ref
    window : runs back that the candidate is compared with
    """

    store: str = "git"
    ref: str = "refs/mlgate/history"
    window: int = 20
    location: Location
