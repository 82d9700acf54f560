"""The tiers of `mlgate.yaml`: which tests, how long they may take, and what becomes of those that cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.config.project import Quarantined, Tier
from mlgate.errors import ConfigError
from mlgate.outcome import TIERS

MOST_RETRIES = 10
"""A test that needs more tries than that is not flaky, it fails."""
MOST_WORKERS = 256

_QUARANTINED = f.Struct(
    "a quarantined test",
    {
        "test": f.Key(f.Text(), "node id of the test, from the project's folder, or a glob of node ids", required=True),
        "reason": f.Key(f.Text(), "why its failure does not block", required=True),
        "until": f.Key(f.Day(), "last day on which its failure is a warning", required=True),
    },
)


class _Workers:
    """A number of processes, or `auto` for one per processor core or GPU."""

    def parse(self, node: Node, reading: f.Reading) -> int | str:
        if node.value == "auto":
            return "auto"
        if isinstance(node.value, bool) or not isinstance(node.value, int) or not 1 <= node.value <= MOST_WORKERS:
            raise node.error(
                f"{node.text or node.kind} is not a number of processes", hint=f"write auto, or 1 to {MOST_WORKERS}"
            )
        return node.value

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [{"const": "auto"}, {"type": "integer", "minimum": 1, "maximum": MOST_WORKERS}]}


class _Quarantine:
    """One entry of `quarantine`."""

    def parse(self, node: Node, reading: f.Reading) -> Quarantined:
        return Quarantined(location=f.place(node), **f.complete(_QUARANTINED, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return _QUARANTINED.json_schema()


_TIER = f.Struct(
    "a tier",
    {
        "tests": f.Key(f.ListOf(f.FilePath(), single=True), "folders or files of pytest tests"),
        "budget": f.Key(f.Duration(), "how long the tier's tests may take"),
        "over_budget": f.Key(
            f.Text(choices=("stop", "fail", "warn")),
            "what happens beyond the budget: the tests are stopped, which is an error (stop, the default), or they run "
            "on to the tier's timeout and the excess is told as fail or warn",
        ),
        "timeout": f.Key(
            f.Duration(),
            "time after which the tests are stopped whatever else is written; four budgets where over_budget is fail "
            "or warn",
        ),
        "test_budget": f.Key(f.Duration(), "how long one test may take, its setup and teardown included"),
        "over_test_budget": f.Key(
            f.Text(choices=("warn", "fail")), "what becomes of a test that passes beyond test_budget; warn by default"
        ),
        "test_timeout": f.Key(
            f.Duration(), "time after which one test is ended, which is an error; the other tests still run"
        ),
        "retries": f.Key(
            f.Number(low=0, high=MOST_RETRIES, integer=True),
            "how often a test that failed is run again, in a new process; one that then passes is a warning: flaky",
        ),
        "quarantine": f.Key(
            f.ListOf(_Quarantine(), distinct=False), "tests whose failure is a warning until the end of a day"
        ),
        "workers": f.Key(
            _Workers(), "processes that share the tests; needs pytest-xdist in the environment of the tests"
        ),
        "runner": f.Key(f.ListOf(f.Text(), single=True), "labels of the runner that a job matrix asks for"),
        "gpu": f.Key(f.Text(choices=("required", "preferred")), "whether the tier needs an NVIDIA GPU"),
        "deterministic": f.Key(
            f.Boolean(),
            "true: PyTorch uses deterministic algorithms alone; false: nothing is set; unless written, a tier with gpu "
            "gets CUBLAS_WORKSPACE_CONFIG=:4096:8 and PYTHONHASHSEED=0 where they are not set",
        ),
        "datasets": f.Key(f.ListOf(f.Text()), "datasets that the tier needs; they are pulled before it runs"),
        "needs": f.Key(f.ListOf(f.FilePath(), single=True), "other files or folders under DVC that the tests read"),
        "inputs": f.Key(
            f.ListOf(f.FilePath(), single=True),
            "files, as paths or globs, on which the tests depend beside what they import and are seen to read",
        ),
        "environment": f.Key(
            f.ListOf(f.Text(), single=True), "environment variables on which the results of the tests depend"
        ),
        "python": f.Key(f.Text(), "interpreter of the environment of the tests; the pytest on PATH unless written"),
    },
)
_IN_SECONDS = ("budget", "timeout", "test_budget", "test_timeout")


def _tier(name: str, node: Node, reading: f.Reading) -> Tier:
    values = f.complete(_TIER, node, reading)
    _require_sense(node, values)
    for key in _IN_SECONDS:
        values[f"{key}_s"] = values.pop(key, None)
    return Tier(name=name, location=f.place(node), **values)


def _require_sense(node: Node, values: dict[str, Any]) -> None:
    """A key that would decide nothing is a mistake: somebody relies on it.

    Raises
    ------
    ConfigError
        The first such key, or a quarantine that is there twice or not about tests of one file.
    """
    budget, limit = values.get("budget"), values.get("timeout")
    if "over_budget" in values and budget is None:
        raise _at(node, "over_budget", "over_budget needs a budget", "write e.g. `budget: 10m` beside it")
    if "over_test_budget" in values and "test_budget" not in values:
        raise _at(node, "over_test_budget", "over_test_budget needs a test_budget", "write e.g. `test_budget: 5s`")
    if budget is not None and limit is not None:
        if values.get("over_budget", "stop") == "stop":
            hint = "write `over_budget: fail` or `warn` beside it, or leave the timeout out"
            raise _at(
                node, "timeout", "the tests are stopped at the budget, so that the timeout is never reached", hint
            )
        if limit <= budget:
            raise _at(node, "timeout", "the timeout must be longer than the budget", "raise it, or leave it out")
    _require_named(values.get("quarantine", ()))


def _require_named(entries: Iterable[Quarantined]) -> None:
    """Each entry is there once, and about tests of one file: a wider one would take the tier's verdict away."""
    seen: set[str] = set()
    for entry in entries:
        place = entry.location
        if entry.test in seen:
            message = f"{entry.test} is quarantined twice"
            raise ConfigError(message, hint="keep one entry", path=place.path, line=place.line)
        if set(entry.test.partition("::")[0]) & set("*?"):
            message = f"the quarantine {entry.test} is not about tests of one file"
            hint = "name the file, e.g. tests/test_queue.py::*"
            raise ConfigError(message, hint=hint, path=place.path, line=place.line)
        seen.add(entry.test)


def _at(node: Node, key: str, message: str, hint: str) -> ConfigError:
    return node.key_error(key, message, hint=hint)


TIERS_KIND = f.MapOf(_tier, _TIER.json_schema, keys=TIERS)
"""The section `tiers`: each tier by its name."""
