"""Which way each setting of `mlgate.yaml` and of a data schema makes the gate looser.

One entry per class and field. A test holds that no field is forgotten: what is not known to be neutral is shown to a
reviewer, as a change that may go either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class Direction(Enum):
    """What makes a setting looser. An absent limit is the loosest one."""

    RAISING = "a larger number"
    LOWERING = "a smaller number"
    MORE = "more members"
    FEWER = "fewer members"
    FALSE = "false"
    TRUE = "true"
    WITHOUT = "its absence; another value may be either"
    WITH = "its presence; another value may be either"
    SCOPE = "naming some, where none means all"
    TYPE = "a wider type"
    RULE = "as the check says"
    EITHER = "unknown: any change is shown as one that may be"
    NEUTRAL = "nothing: it does not decide what is accepted"


@dataclass(frozen=True, slots=True)
class Order:
    """Values from the strictest to the loosest."""

    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Members:
    """Objects by name: those that ask for something, or those that allow something.

    `key` is the field that names one; empty where a mapping does.
    """

    key: str = ""
    ask: bool = True


Way = Direction | Order | Members

_D = Direction
ASKS = Members()
ALLOWS = Members(ask=False)
_NO_TEXT = Order((None, "none"))

WAYS: Mapping[str, Mapping[str, Way]] = {
    "Project": {
        "root": _D.NEUTRAL,
        "path": _D.NEUTRAL,
        "gate": _D.NEUTRAL,
        "policy": Order(("base", "head")),
        "datasets": ASKS,
        "splits": Members("datasets"),
        "skew": Members("training"),
        "drift": Members("name"),
        "configs": Members("files"),
        "evaluations": ASKS,
        "tiers": ASKS,
        "privacy": Order(("none", "masked", "full")),
        "accepted": Members("id", ask=False),
        "mode": Order(("enforce", "advisory")),
        "history": _D.WITHOUT,
        "memory_limit": _D.NEUTRAL,
        "lint": ASKS,
        "allowed_imports": _D.MORE,
    },
    "Dataset": {
        "name": _D.NEUTRAL,
        "path": _D.EITHER,
        "schema": _D.WITHOUT,
        "environment": _D.EITHER,
        "key": _D.NEUTRAL,
        "refreshed": ASKS,
    },
    "Refreshed": {"max_age": _D.RAISING, "severity": Order(("fail", "warn"))},
    "ConfigFiles": {
        "files": _D.EITHER,
        "schema": _D.WITHOUT,
        "paths": _D.FEWER,
        "seed": _D.WITHOUT,
        "reader": _D.EITHER,
    },
    "Tier": {
        "name": _D.NEUTRAL,
        "tests": _D.FEWER,
        "budget_s": _D.RAISING,
        "over_budget": Order(("stop", "fail", "warn")),
        "timeout_s": _D.RAISING,
        "test_budget_s": _D.RAISING,
        "over_test_budget": Order(("fail", "warn")),
        "test_timeout_s": _D.RAISING,
        "retries": _D.RAISING,
        "quarantine": Members("test", ask=False),
        "workers": _D.NEUTRAL,
        "runner": _D.EITHER,
        "gpu": Order(("required", "preferred", None)),
        "deterministic": _D.EITHER,
        "datasets": _D.FEWER,
        "needs": _D.NEUTRAL,
        "inputs": _D.FEWER,
        "environment": _D.FEWER,
        "python": _D.EITHER,
    },
    "Quarantined": {"test": _D.NEUTRAL, "reason": _D.NEUTRAL, "until": _D.RAISING},
    "Accepted": {"id": _D.NEUTRAL, "reason": _D.NEUTRAL, "until": _D.RAISING},
    "Lint": {"paths": _D.FEWER, "ignore": Members("files", ask=False), "hosts": _D.FEWER},
    "Ignored": {"files": _D.NEUTRAL, "rules": _D.NEUTRAL, "reason": _D.NEUTRAL},
    "History": {"store": _D.EITHER, "ref": _D.EITHER, "window": _D.EITHER},
    # --- evaluations
    "Evaluation": {
        **dict.fromkeys(("command", "stage", "predictions", "runs", "metrics_file", "columns"), _D.EITHER),
        **dict.fromkeys(("positive", "weights", "resamples"), _D.EITHER),
        **dict.fromkeys(("name", "rescore", "timeout_s", "needs"), _D.NEUTRAL),
        **dict.fromkeys(("min_slice_rows", "max_gap", "max_age_s", "max_commits_behind"), _D.RAISING),
        "baseline": _NO_TEXT,
        "simple_baseline": _NO_TEXT,
        "metrics": Members("name"),
        "slices": _D.FEWER,
        "discover": _D.FEWER,
        "min_overlap": _D.LOWERING,
        "inconclusive": Order(("fail", "warn", "pass")),
        "golden": ASKS,
        "fairness": Members("column"),
        "train_predictions": _D.WITHOUT,
    },
    "MetricPolicy": {
        **dict.fromkeys(("column", "function", "key", "higher_is_better", "unit", "model", "relative"), _D.EITHER),
        "name": _D.NEUTRAL,
        "tolerance": _D.RAISING,
        "min": _D.LOWERING,
        "max": _D.RAISING,
        "blocking": _D.FALSE,
    },
    "Golden": {"path": _D.WITHOUT, "may_move": _D.RAISING, "must_stay_right": _D.WITHOUT},
    "Fairness": {
        "column": _D.NEUTRAL,
        "min_ratio": _D.LOWERING,
        "max_odds_difference": _D.RAISING,
        "blocking": _D.FALSE,
    },
    # --- what compares datasets
    "Splits": {
        "datasets": _D.EITHER,
        "name": _D.NEUTRAL,
        "entity": _D.FEWER,
        "time": _D.WITHOUT,
        "gap_s": _D.LOWERING,
        "label": _D.WITHOUT,
        "ignore": _D.MORE,
        "near": ASKS,
        "limits": ASKS,
        "proportions": _D.WITHOUT,
    },
    "Near": {"tolerance": _D.LOWERING, "similarity": _D.RAISING, "text": _D.EITHER},
    "Limits": dict.fromkeys(
        (
            *("shared_rows", "near_duplicates", "near_duplicate_texts", "entity_overlap", "entity_time"),
            *("time_overlap", "conflicting_labels", "target_leakage", "identifier_leakage", "row_order"),
            *("label_balance", "split_proportions"),
        ),
        _D.RAISING,
    ),
    "Drift": {"reference": _D.EITHER, "current": _D.EITHER, "name": _D.NEUTRAL, "rules": ASKS},
    "DriftRules": {
        "columns": _D.SCOPE,
        "label": _D.WITHOUT,
        "group": _D.EITHER,
        "alpha": _D.LOWERING,
        "thresholds": ASKS,
        "statistics": ASKS,
        "multivariate": _D.FALSE,
        "minimum_rows": _D.RAISING,
    },
    "Thresholds": dict.fromkeys(("share", "distance", "auc"), _D.RAISING),
    "Skew": {"training": _D.EITHER, "serving": _D.EITHER, "rules": ASKS},
    "SkewRules": {
        "key": _D.WITHOUT,
        "columns": _D.SCOPE,
        "ignore": _D.MORE,
        "tolerance": _D.EITHER,
        "tolerances": _D.EITHER,
        "mostly": _D.LOWERING,
        "joined": _D.LOWERING,
        "distribution": _D.FALSE,
    },
    # --- a data schema
    "Schema": {
        "path": _D.NEUTRAL,
        "read": ASKS,
        "columns": ASKS,
        "rules": Members("name"),
        "selections": Members("rule"),
        "extra_columns": Order(("fail", "warn", "ignore")),
    },
    "Read": dict.fromkeys(("delimiter", "encoding", "decimal", "null"), _D.EITHER),
    "Column": {
        "name": _D.NEUTRAL,
        "type": _D.TYPE,
        "rules": Members("name"),
        "label": _D.EITHER,
        "environments": _D.SCOPE,
        "personal": ALLOWS,
    },
    "Allowed": {"entities": _D.MORE, "reason": _D.NEUTRAL},
    "Selection": {"names": _D.FEWER, "pattern": _D.EITHER, "types": _D.FEWER, "rule": ASKS},
    "Rule": {
        "check": _D.EITHER,
        "argument": _D.RULE,
        "name": _D.NEUTRAL,
        "mostly": _D.LOWERING,
        "severity": Order(("fail", "warn")),
        "where": _D.WITH,
        "columns": _D.NEUTRAL,
        "description": _D.NEUTRAL,
    },
    # --- arguments of checks
    "Patterns": dict.fromkeys(("texts", "every"), _D.EITHER),
    "Order": {"strictly": _D.FALSE},
    "MostCommon": {"values": _D.MORE, "ties_okay": _D.TRUE},
    "DomainMass": {"values": _D.MORE, "min": _D.LOWERING},
    "ZScore": {"threshold": _D.RAISING, "double_sided": _D.FALSE},
    "JsonSchema": dict.fromkeys(("path", "schema"), _D.EITHER),
    "ForeignKey": dict.fromkeys(("columns", "other", "other_columns"), _D.EITHER),
    "SameCount": {"other": _D.EITHER, "tolerance": _D.RAISING, "other_columns": _D.EITHER},
    "SameRows": {"other": _D.EITHER, "columns": _D.EITHER, "ordered": _D.FALSE},
    "Header": {"columns": _D.EITHER, "ordered": _D.FALSE, "exact": _D.FALSE},
    "MaxAge": {"column": _D.EITHER, "seconds": _D.RAISING, "written": _D.NEUTRAL, "reference_time": _D.EITHER},
    "Comparison": dict.fromkeys(("a", "op", "b", "ignore_row_if"), _D.EITHER),
    "Pairs": {"a": _D.EITHER, "b": _D.EITHER, "pairs": _D.MORE},
    "RowSum": {"columns": _D.EITHER, "total": _D.RULE, "tolerance": _D.RAISING},
    "Within": {"columns": _D.EITHER},
    "Series": dict.fromkeys(("time", "entity"), _D.EITHER),
    "Gaps": dict.fromkeys(("time", "entity", "step", "tolerance"), _D.EITHER),
    "InOrder": {"time": _D.EITHER, "entity": _D.EITHER, "strictly": _D.FALSE},
    "Latest": {"time": _D.EITHER, "entity": _D.EITHER, "max_age": _D.RAISING, "reference_time": _D.EITHER},
    "Frozen": {
        **dict.fromkeys(("time", "entity", "column"), _D.EITHER),
        "readings": _D.RAISING,
        "duration": _D.RAISING,
        "tolerance": _D.LOWERING,
    },
    "NotInFuture": {"column": _D.EITHER, "allowance": _D.RAISING, "reference_time": _D.EITHER},
}
"""By the name of the class and the field. `location` is never compared."""

WRITTEN = {
    "budget_s": "budget",
    "timeout_s": "timeout",
    "test_budget_s": "test_budget",
    "test_timeout_s": "test_timeout",
    "gap_s": "gap",
    "limits": "max",
    "max_age_s": "max_age",
    "allowed_imports": "artifacts.allow",
    "personal": "pii",
    "privacy": "privacy.examples",
}
"""Fields whose key in the file is another one."""

UNWRITTEN = frozenset({"rules", "argument", "rule", "entities"})
"""Fields that no key of the file stands for."""
