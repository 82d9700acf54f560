"""The checks of the static, data and model tiers, imported when they run: where nothing changed, none of them is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled
    from mlgate.gate.record import Record
    from mlgate.gate.run import Request


def check_static(loaded: Loaded, record: Record) -> None:
    """Config files, Python files and notebooks, as far as they are declared."""
    if loaded.project.configs:
        from mlgate.gate.configs import check_configs

        record.add(*check_configs(loaded, record))
    if loaded.project.lint is not None:
        from mlgate.gate.lint import check_lint

        check_lint(loaded.project, record)


def judge_evaluations(loaded: Loaded, record: Record, work: Path, request: Request, now: dt.datetime) -> None:
    from mlgate.gate.evaluations import check_evaluations

    check_evaluations(loaded.project, record, work, seed=request.seed, now=now)


def check_data(loaded: Loaded, pulled: Pulled, record: Record, request: Request, now: dt.datetime) -> None:
    from mlgate.gate.data_changes import compare_changed
    from mlgate.gate.data_drift import check_drift
    from mlgate.gate.data_refreshed import check_declared_refreshed
    from mlgate.gate.data_skew import check_declared_skew
    from mlgate.gate.data_splits import check_declared_splits
    from mlgate.gate.datasets import check_datasets

    check_datasets(loaded, pulled, record, now=now, strict=request.strict)
    check_declared_splits(loaded, pulled, record)
    check_declared_skew(loaded, pulled, record)
    check_declared_refreshed(loaded, pulled, record, now=now)
    check_drift(loaded, pulled, record, seed=request.seed)
    compare_changed(loaded, pulled, record)
