"""`mlgate` as a library: a data frame against a schema, in a notebook or in a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.config.schema import Schema
from mlgate.gate.data_given import check_frame
from mlgate.outcome import Outcome, Report, Status

__all__ = ["DataReport", "check_data"]


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
