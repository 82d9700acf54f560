"""`mlgate.yaml` as frozen objects. Below this line nobody reads a raw mapping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.outcome import Location

if TYPE_CHECKING:  # a hook does not pay for sections that a project leaves out
    from mlgate.config.drift_rules import Drift
    from mlgate.config.evaluation import Evaluation, History
    from mlgate.config.lint_section import Lint
    from mlgate.config.refreshed import Refreshed
    from mlgate.config.skew_rules import Skew
    from mlgate.config.splits_rules import Splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A declared data file. `path` and `schema` are POSIX, relative to the project's root; `path` may be a glob."""

    name: str
    path: str
    schema: str | None = None
    environment: str | None = None
    key: tuple[str, ...] = ()
    refreshed: Refreshed | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """Config files (a glob), the JSON Schema that they must satisfy, and what else is asked of them.

    Parameters
    ----------
    paths : places of values that are paths (`data.train`; `*` is one part, `**` any number)
    seed : `required`, the place of the seed, or `none`
    reader : what reads the files: `pyyaml`, `omegaconf` or `yaml12`
    """

    files: str
    schema: str | None = None
    paths: tuple[str, ...] = ()
    seed: str | None = None
    reader: str | None = None
    location: Location


OVER_BUDGET = 4
"""A tier that may run over its budget is ended after so many budgets, unless a timeout is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A test whose failure is a warning until the end of a day. `test` is a node id, or a glob of node ids."""

    test: str
    reason: str
    until: dt.date
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A rung of the pyramid: the user's tests, and the datasets that they need.

    Parameters
    ----------
    budget_s, over_budget : how long the tests may take, and what happens beyond: `stop`, `fail` or `warn`
    timeout_s : when they are stopped, as it is written; see `limit_s`
    test_budget_s, over_test_budget : how long one test may take, and what it then is: `warn` or `fail`
    test_timeout_s : when one test is ended
    retries : how often a test that failed is run again
    quarantine : tests whose failure is a warning until a day
    gpu, deterministic : whether the tests need a GPU, and whether what they compute must be the same twice; None sets
        what costs nothing where a GPU is asked for
    workers : processes that share the tests: a number, `auto`, or None for one without xdist
    inputs, environment : files (globs) and variables on which the results hang, beside what is found by itself
    python : the interpreter of the user's environment; None means the pytest found on PATH
    """

    name: str
    tests: tuple[str, ...] = ()
    budget_s: float | None = None
    over_budget: str = "stop"
    timeout_s: float | None = None
    test_budget_s: float | None = None
    over_test_budget: str = "warn"
    test_timeout_s: float | None = None
    retries: int = 0
    quarantine: tuple[Quarantined, ...] = ()
    workers: int | str | None = None
    runner: tuple[str, ...] = ()
    gpu: str | None = None
    deterministic: bool | None = None
    datasets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    python: str | None = None
    location: Location | None = None

    @property
    def limit_s(self) -> float | None:
        """Seconds after which the tier's tests are stopped; None where nothing stops them.

        Examples
        --------
        >>> Tier(name="unit", budget_s=60.0).limit_s, Tier(name="unit", budget_s=60.0, over_budget="warn").limit_s
        (60.0, 240.0)
        """
        if self.timeout_s is not None or self.budget_s is None:
            return self.timeout_s
        return self.budget_s if self.over_budget == "stop" else OVER_BUDGET * self.budget_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A named outcome that is a warning until the end of a day."""

    id: str
    reason: str
    until: dt.date
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All of `mlgate.yaml`.

    `root` is the absolute folder of the file; every path below is POSIX and relative to it.
    `path` is the file itself, relative to `root`. `memory_limit` is what reading and checking data may take; None where
    nothing is written. `policy` is `base` where the files of the merge base rule, not those of the work under review.
    """

    root: Path
    path: str
    gate: str = "default"
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    splits: tuple[Splits, ...] = ()
    skew: tuple[Skew, ...] = ()
    drift: tuple[Drift, ...] = ()
    configs: tuple[ConfigFiles, ...] = ()
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    privacy: str = "masked"
    accepted: tuple[Accepted, ...] = ()
    mode: str = "enforce"
    policy: str = "head"
    history: History | None = None
    memory_limit: str | None = None
    lint: Lint | None = None
    allowed_imports: tuple[str, ...] = ()
