"""The kernel of each metric, on one screen."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import partial
from types import ModuleType
from typing import Any

from mlgate.config.evaluation import MetricPolicy
from mlgate.config.metric_specs import MetricSpec
from mlgate.metrics.kernels.kernel import Kernel, PointKernel, SumsKernel, UndefinedMetricError
from mlgate.metrics.kernels.rows_view import view_of
from mlgate.metrics.sample import Floats, Sample

Build = Callable[[MetricSpec], Kernel]

_FAMILIES = {
    "tables": (
        "accuracy balanced_accuracy specificity cohen_kappa matthews_corrcoef "
        "precision precision_micro precision_macro precision_weighted "
        "recall recall_micro recall_macro recall_weighted f1 f1_micro f1_macro f1_weighted "
        "fbeta fbeta_micro fbeta_macro fbeta_weighted"
    ),
    "labelsets": "f1_samples jaccard_samples hamming_loss",
    "probabilities": "log_loss brier top_k_accuracy",
    "ranks": "roc_auc average_precision roc_auc_ovr",
    "calibration": "ece debiased_calibration_error",
    "numbers": ("mae mse rmse median_absolute_error r2 mape smape max_error pinball interval_coverage wape mase"),
    "latency": "latency_p50_ms latency_p95_ms latency_p99_ms",
    "queries": "ndcg mrr map recall_at_k",
    "texts": "bleu chrf rouge_1 rouge_2 rouge_l exact_match token_f1 perplexity",
    "bertscore": "bertscore",
}
"""Metrics by the module that computes them, which is imported when one of them is asked for."""

FAMILY_OF = {name: family for family, names in _FAMILIES.items() for name in names.split()}
"""Module of each metric, by the metric's name without its parameter."""


def _family(name: str) -> ModuleType:
    return importlib.import_module(f"mlgate.metrics.kernels.{name}")


UserFunction = Callable[[Any], Any]


def kernel_of(policy: MetricPolicy, *, label_sets: bool, function: UserFunction | None = None) -> Kernel:
    """How a declared metric is computed.

    Parameters
    ----------
    label_sets : whether labels are sets
    function : of a metric of the user's: columns by role (see `view_of`) to a number; of `bertscore` what embeds texts
    """
    spec = policy.spec
    if policy.column is not None:
        kernel: Kernel = _family("means").mean_of(f"column:{policy.column}")
        return kernel
    if policy.function is not None:
        if function is None:
            raise ValueError(f"the function of {policy.name} was not loaded")
        loaded = function
        return PointKernel(value=lambda sample: _number(loaded, sample), interval=True)
    name = spec.name.partition("@")[0]
    if name == "bertscore" and function is not None:
        of_texts: Kernel = _family("bertscore").bertscore_kernel(function)
        return of_texts
    forms: Mapping[str, Build] = _family("labelsets").LABELSET_KERNELS if label_sets else {}
    if name in forms:
        return forms[name](spec)
    if label_sets and FAMILY_OF[name] == "tables":
        return SumsKernel(
            columns=partial(_refuse, f"{name} has no form for label sets; name its average"), value=_nothing
        )
    of_family: Mapping[str, Build] = _family(FAMILY_OF[name]).KERNELS
    return of_family[name](spec)


def _refuse(reason: str, _sample: Sample) -> Floats:
    raise UndefinedMetricError(reason)


def _nothing(sums: Floats) -> Floats:
    return sums[..., 0] * float("nan")


def _number(function: UserFunction, sample: Sample) -> float:
    return float(function(view_of(sample)))
