"""Fixtures for tests of data and models: `golden`, `dataset`, `baseline`, `candidate`, `record_metric`."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # this module is imported in every run of pytest: what a test asks for is imported then
    from mlgate_pytest.golden import Golden
    from mlgate_pytest.handover import Handover

METRIC = "mlgate_metric"
"""Name of the user property that holds a metric."""


class StalePredictionsWarning(pytest.PytestWarning):
    """Predictions lie on disk that may be of an earlier state of the code."""


@pytest.fixture(scope="session")
def _mlgate_written() -> dict[Path, str]:
    """Golden sets that this process wrote, each with the test that did."""
    return {}


@pytest.fixture(scope="session")
def _mlgate_handover(pytestconfig: pytest.Config) -> Handover:
    from mlgate_pytest.handover import Handover

    return Handover(pytestconfig)


@pytest.fixture
def golden(request: pytest.FixtureRequest, _mlgate_written: dict[Path, str]) -> Golden:
    """Compare with a golden set: `golden("scores", scores, rel=1e-4)`; see `Golden`."""
    from mlgate_pytest.golden import Golden

    return Golden(request.node, _mlgate_written)


@pytest.fixture(scope="session")
def dataset(_mlgate_handover: Handover) -> Datasets:
    """A dataset of mlgate.yaml: `dataset("test")` is its path, `dataset.files("test")` the files of a glob."""
    return Datasets(_mlgate_handover)


@pytest.fixture(scope="session")
def baseline(_mlgate_handover: Handover) -> Callable[[str], Baseline]:
    """The baseline of an evaluation: `baseline("readmission").metrics["accuracy"]`."""

    def find(evaluation: str) -> Baseline:
        __tracebackhide__ = True
        return Baseline(_mlgate_handover.entry("baselines", evaluation))

    return find


@pytest.fixture(scope="session")
def candidate(_mlgate_handover: Handover) -> Callable[[str], Candidate]:
    """What the model under review wrote: `candidate("readmission").predictions` is a path."""

    def find(evaluation: str) -> Candidate:
        __tracebackhide__ = True
        return Candidate(_mlgate_handover, evaluation)

    return find


@pytest.fixture
def record_metric(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Put a number into the report: `record_metric("recall", 0.91, slice={"sex": "F"})`."""
    recorded: set[tuple[str, str]] = set()

    def record(name: str, value: Any, slice: Mapping[str, Any] | None = None) -> None:  # noqa: A002  # the report's word
        __tracebackhide__ = True
        number = _number(name, value)
        where = None if slice is None else {str(key): str(item) for key, item in slice.items()}
        if (name, repr(where)) in recorded:
            pytest.fail(f"the metric {name} was recorded before in this test: a report shows one value")
        recorded.add((name, repr(where)))
        request.node.user_properties.append((METRIC, {"name": name, "value": number, "slice": where}))

    return record


def _number(name: str, value: Any) -> float:
    """A plain float: a scalar of numpy or of a tensor library stops xdist."""
    __tracebackhide__ = True
    if not isinstance(name, str) or not name:
        pytest.fail(f"a metric is named by a text, got {name!r}")
    number, problem = _as_float(value)
    if problem:
        pytest.fail(f"the metric {name} is no number: {problem}")
    if not math.isfinite(number):
        pytest.fail(f"the metric {name} is {number}: what could not be computed is not recorded")
    return number


def _as_float(value: Any) -> tuple[float, str]:
    """The value, or why it is no number."""
    if isinstance(value, (str, bytes)):
        return math.nan, "it is a text"
    try:
        return float(value), ""
    except (TypeError, ValueError, OverflowError, RuntimeError) as problem:
        return math.nan, str(problem)


class Datasets:
    """Paths of the declared datasets, as far as the test may rely on them."""

    def __init__(self, handover: Handover) -> None:
        self._handover = handover

    def __call__(self, name: str) -> Path:
        """The file of a dataset; `files` for one that is declared by a glob."""
        __tracebackhide__ = True
        found = self.files(name)
        if len(found) != 1:
            pytest.fail(f'the dataset {name} has {len(found)} files: use `dataset.files("{name}")`')
        return found[0]

    def files(self, name: str) -> list[Path]:
        """All files of a dataset, in the order of their names."""
        __tracebackhide__ = True
        entry = self._handover.entry("datasets", name)
        found = [self._handover.root / path for path in entry["files"]]
        absent = [path for path in found if not path.exists()]
        if absent or not found:
            shown = entry.get("path", name)
            pytest.fail(f"the dataset {name} ({shown}) is not here\n  hint: `dvc pull {shown}`, or make it again")
        return found


class Baseline:
    """Facts of the model that is in force. A fact that is not known is None."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts

    @property
    def metrics(self) -> Mapping[str, float]:
        """Values by the names of the metrics, as they were recorded with it."""
        __tracebackhide__ = True
        found = self.facts.get("metrics")
        if not found:
            pytest.fail(
                f"no metrics are recorded with the baseline {self.facts.get('reference')}\n"
                "  hint: record it with `mlgate baseline save`"
            )
        return {str(name): float(value) for name, value in found.items() if value is not None}

    @property
    def commit(self) -> str | None:
        """Commit that it was made from."""
        return self.facts.get("commit")


class Candidate:
    """What the model under review wrote."""

    def __init__(self, handover: Handover, evaluation: str) -> None:
        __tracebackhide__ = True
        self._handover = handover
        self._evaluation = evaluation
        self.facts = handover.entry("candidates", evaluation)

    @property
    def metrics(self) -> Mapping[str, float]:
        """Values by name, where the gate has judged the evaluation before these tests."""
        __tracebackhide__ = True
        found = self.facts.get("metrics")
        if not found:
            pytest.fail(
                f"the evaluation {self._evaluation} was not judged before this test, so its metrics are not known\n"
                "  hint: compute them from `candidate(...).predictions`, or put the test into the serving tier, which "
                "`mlgate run` starts after the evaluations"
            )
        return {str(name): float(value) for name, value in found.items() if value is not None}

    @property
    def predictions(self) -> Path:
        """The one file of predictions; `files` where there are several."""
        __tracebackhide__ = True
        found = self.files
        if len(found) != 1:
            pytest.fail(f"{self._evaluation} has {len(found)} files of predictions: use `.files`")
        return found[0]

    @property
    def files(self) -> list[Path]:
        """Files of predictions, or the metrics file of an evaluation without rows."""
        __tracebackhide__ = True
        found = [self._handover.root / path for path in self.facts.get("files", ())]
        maker = self.facts.get("made_by")
        if maker and not self.facts.get("fresh"):
            fact = f"the predictions of {self._evaluation} are made by `{maker}`, which this run has not called before"
            if self._handover.by_the_gate:
                pytest.fail(f"{fact} these tests\n  hint: put the test into the serving tier")
            if found:
                warnings.warn(StalePredictionsWarning(f"{fact}: they may be of an earlier state"), stacklevel=2)
        if not found or not all(path.exists() for path in found):
            pytest.fail(
                f"the predictions of {self._evaluation} are not here\n  hint: "
                + (f"run `{maker}`" if maker else f"`dvc pull {self.facts.get('path', '')}`, or make them")
            )
        return found
