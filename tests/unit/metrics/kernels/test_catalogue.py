"""Every metric has its kernel, in the module that the catalogue names."""

from __future__ import annotations

import importlib

import pytest

from mlgate.config.evaluation import MetricPolicy
from mlgate.metrics.kernels.catalogue import FAMILY_OF, kernel_of
from mlgate.metrics.kernels.kernel import SumsKernel, UndefinedMetricError
from mlgate.metrics.sample import Sample
from mlgate.metrics.specs import METRICS
from mlgate.outcome import Location

PLACE = Location("mlgate.yaml", 1)


@pytest.mark.parametrize("family", sorted(set(FAMILY_OF.values())))
def test_the_catalogue_names_what_a_module_computes(family: str) -> None:
    kernels = importlib.import_module(f"mlgate.metrics.kernels.{family}").KERNELS
    assert set(kernels) == {name for name, module in FAMILY_OF.items() if module == family}


@pytest.mark.parametrize("name", sorted(FAMILY_OF))
def test_every_kernel_can_be_made(name: str) -> None:
    assert kernel_of(MetricPolicy(name=name, location=PLACE), label_sets=False) is not None
    assert name in METRICS


def test_an_average_is_asked_for_with_label_sets() -> None:
    kernel = kernel_of(MetricPolicy(name="precision", location=PLACE), label_sets=True)
    assert isinstance(kernel, SumsKernel)
    with pytest.raises(UndefinedMetricError, match="no form for label sets"):
        kernel.columns(Sample(n_rows=1))


def test_a_function_that_was_not_loaded_is_a_defect() -> None:
    policy = MetricPolicy(name="cost", function="clinic:cost", higher_is_better=False, location=PLACE)
    with pytest.raises(ValueError, match="was not loaded"):
        kernel_of(policy, label_sets=False)
    assert kernel_of(policy, label_sets=False, function=len) is not None
