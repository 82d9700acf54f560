"""`mlgate` as a library: a data frame against a schema, and splits against each other, in a notebook or in a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.schema import Schema
from mlgate.gate.data_given import check_frame
from mlgate.outcome import Outcome, Report, Status

if TYPE_CHECKING:
    from mlgate.config.splits_rules import Limits, Near

__all__ = ["DataReport", "check_data", "check_splits"]


@dataclass(frozen=True, slots=True)
class DataReport:
    """What a check of data has found. `str()` of it is the report as text.

    Parameters
    ----------
    report : the whole report, as `mlgate data check` writes it
    """

    report: Report

    @property
    def verdict(self) -> str:
        """`pass`, `warn`, `fail` or `error` (something could not be checked)."""
        return self.report.verdict.value

    @property
    def passed(self) -> bool:
        """Whether nothing blocks: exit code 0 of the command."""
        return self.report.exit_code == 0

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome."""
        return self.report.outcomes

    @property
    def blocking(self) -> tuple[Outcome, ...]:
        """What fails, and what could not be checked."""
        return tuple(one for one in self.outcomes if one.status in (Status.FAIL, Status.ERROR))

    def __str__(self) -> str:
        from mlgate.render import RENDERERS

        return RENDERERS["text"](self.report)

    def _repr_html_(self) -> str:
        """The findings for a notebook: no script, no style of its own, every text escaped."""
        from mlgate.render.notebook import render_notebook

        return render_notebook(self.report)


def check_data(  # noqa: PLR0913  (all but the frame and its schema by name)
    frame: Any,
    schema: Schema | Path | str | None = None,
    *,
    name: str = "frame",
    environment: str | None = None,
    key: Sequence[str] = (),
    privacy: str = "full",
    now: dt.datetime | None = None,
    strict: bool = False,
    memory_limit: str | None = None,
) -> DataReport:
    """Check a data frame, without copying it.

    Parameters
    ----------
    frame : pandas or polars DataFrame, pyarrow Table or Dataset, DuckDB relation; see
        `mlgate.sources.frames.open_frame`
    schema : a schema file's path, its text (of several lines), or a parsed one; None judges hygiene
    name : of the frame in ids and messages
    environment : of the data, e.g. `training`
    key : columns, or the one column, that name a row to a person
    privacy : `none`, `masked` or `full`: what of single rows may appear
    now : the time that ages are counted from; the clock unless given
    strict : a warning blocks, too
    memory_limit : of the engine, e.g. `2GiB`; 1 GiB unless given, the frame itself not counted

    Returns
    -------
    DataReport

    Raises
    ------
    UsageError
        `frame` is no frame, or an argument is wrong.
    ConfigError
        The schema has mistakes.

    Examples
    --------
    >>> import pyarrow
    >>> table = pyarrow.table({"age": [30, 41, 150]})
    >>> found = check_data(table, "version: 1\\ncolumns:\\n  age: {type: integer, between: [0, 120]}\\n")
    >>> found.passed, found.blocking[0].message
    (False, '1 of 3 values is outside 0 to 120 (largest 150)')
    """
    return DataReport(
        check_frame(
            frame,
            schema,
            name=name,
            environment=environment,
            key=(key,) if isinstance(key, str) else tuple(key),
            privacy=privacy,
            now=now,
            strict=strict,
            memory=memory_limit,
        )
    )


def check_splits(  # noqa: PLR0913  (all but the splits by name: each is an option of the command, too)
    parts: Mapping[str, Any],
    *,
    entity: Sequence[str] | str = (),
    time: str | None = None,
    gap: str | None = None,
    label: str | None = None,
    ignore: Sequence[str] = (),
    near: Near | bool = True,
    limits: Limits | None = None,
    privacy: str = "full",
    strict: bool = False,
    memory_limit: str | None = None,
) -> DataReport:
    """Look for leakage between two or more parts of one table.

    Parameters
    ----------
    parts : by their names, the one that is trained on first: frames of pandas, polars, Arrow or DuckDB, or paths
    entity : columns that together name what must not stand in two parts, e.g. a patient
    time, gap : column with the moment of a row, and what must lie between two parts, e.g. `1d`
    label : column that a model predicts
    ignore : columns that are not compared
    near : what counts as nearly the same (`mlgate.config.splits_rules.Near`); False looks for no near-duplicates
    limits : the most that is accepted (`mlgate.config.splits_rules.Limits`)
    privacy : `none`, `masked` or `full`: what of single rows may appear
    strict : a warning blocks, too
    memory_limit : of the engine, e.g. `2GiB`; 1 GiB unless given

    Returns
    -------
    DataReport

    Raises
    ------
    UsageError
        A part is neither a frame nor a path, or an argument is wrong.

    Examples
    --------
    >>> import pyarrow
    >>> train = pyarrow.table({"patient": [1, 2, 3], "age": [30.5, 41.2, 50.1]})
    >>> test = pyarrow.table({"patient": [3, 4], "age": [50.3, 61.7]})
    >>> found = check_splits({"train": train, "test": test}, entity="patient")
    >>> found.passed, found.blocking[0].message
    (False, '1 of 2 entities (patient) of test is in train too, with 1 row of test (50 %) and 1 of train')
    """
    from mlgate.config.splits_rules import Near
    from mlgate.gate.data_splits import declare
    from mlgate.gate.splits_given import check_given_splits

    columns = (entity,) if isinstance(entity, str) else tuple(entity)
    close = (Near() if near else None) if isinstance(near, bool) else near
    declared = declare(entity=columns, time=time, gap=gap, label=label, ignore=ignore, near=close, limits=limits)
    return DataReport(check_given_splits(parts, declared, privacy=privacy, strict=strict, memory=memory_limit))
