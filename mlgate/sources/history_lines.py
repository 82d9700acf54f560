"""The entries of a history: one line of JSON each.

A line is never changed once it is written, so two stores are merged by keeping the lines of both.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from mlgate.outcome import to_json

ENTRY_VERSION = 1
_EARLIEST = datetime(1, 1, 1, tzinfo=UTC)
_TIME = re.compile(r"[0-9]{4}-[0-9T:.+Z-]+")
_COMMIT = re.compile(r"[0-9a-f]{4,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricEntry:
    """One metric over all rows of a main run. A fact that is not known is None.

    Parameters
    ----------
    value : in the metric's unit
    n : rows
    baseline : value of the baseline then in force, on the same rows
    delta, se : value - baseline, and its standard error
    tolerance : accepted worsening that was declared
    definition : versioned text of the metric
    verdict : of the comparison
    """

    value: float | None
    n: int | None = None
    baseline: float | None = None
    delta: float | None = None
    se: float | None = None
    tolerance: float | None = None
    definition: str | None = None
    verdict: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One evaluation of one main run.

    Parameters
    ----------
    evaluation : name in `mlgate.yaml`
    time : when it was recorded, UTC, ISO 8601 with a final `Z`
    commit : full id of the commit; None outside a repository
    dirty : whether uncommitted changes took part
    baseline_commit : full id of the commit whose model was the baseline
    rows : digest of the rows, their labels and the positive class
    metrics : by name
    """

    evaluation: str
    time: str
    commit: str | None = None
    dirty: bool | None = None
    baseline_commit: str | None = None
    rows: str | None = None
    metrics: Mapping[str, MetricEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """What a store holds.

    Parameters
    ----------
    entries : ordered by time, then commit
    malformed : lines that are no entry of this version
    problem : what is wrong with the first of them, empty where none is
    where : phrase for a person, e.g. `refs/mlgate/history of origin`
    note : what a person should know about the store, empty where nothing
    stale : why the store could not be asked and an older copy was read, empty where it was asked
    """

    entries: tuple[Entry, ...]
    malformed: int
    problem: str
    where: str
    note: str = ""
    stale: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """Where entries were written, as phrases for a person; `note` is empty where nothing needs to be said."""

    where: str
    note: str = ""


def render_time(moment: datetime) -> str:
    """UTC to the microsecond with a final `Z`: two runs may follow each other within a second."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def render_entry(entry: Entry) -> str:
    """One line of strict JSON without its end; the same entry always gives the same line.

    A number that is not finite is written as null.
    """
    document = {"version": ENTRY_VERSION, **to_json(asdict(entry))}
    return json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)


def parse_entry(line: str) -> Entry:
    """An entry from its line; fields that are not known are ignored.

    Raises
    ------
    ValueError
        It is not an entry of this version, or a part is not of its type.
    """
    try:
        raw = json.loads(line, parse_constant=_refuse_constant)
        line.encode("utf-8")
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(raw, dict):
        raise ValueError("it is not a JSON object")
    if raw.get("version") != ENTRY_VERSION:
        raise ValueError(f"its version is {raw.get('version')!r}, this mlgate reads {ENTRY_VERSION}")
    time = _require(_text(raw, "time"), "time")
    _parse_time(time)
    metrics = raw.get("metrics")
    if not isinstance(metrics, dict):
        raise ValueError("`metrics` is not a mapping")
    return Entry(
        evaluation=_require(_text(raw, "evaluation"), "evaluation"),
        time=time,
        commit=_commit(raw),
        dirty=_typed(raw, "dirty", bool),
        baseline_commit=_text(raw, "baseline_commit"),
        rows=_text(raw, "rows"),
        metrics={name: _metric(name, metric) for name, metric in metrics.items()},
    )


def _commit(raw: Mapping[str, Any]) -> str | None:
    commit = _text(raw, "commit")
    if commit is not None and not _COMMIT.fullmatch(commit):
        raise ValueError("`commit` is not the id of a commit")
    return commit


def _metric(name: str, raw: Any) -> MetricEntry:
    if not isinstance(raw, dict):
        raise ValueError(f"metric {name!r} is not a mapping")
    n, se = _number(raw, "n"), _number(raw, "se")
    if any(number is not None and number < 0 for number in (n, se)):
        raise ValueError(f"metric {name!r} holds a count or a standard error below 0")
    return MetricEntry(
        value=_number(raw, "value"),
        n=None if n is None else int(n),
        baseline=_number(raw, "baseline"),
        delta=_number(raw, "delta"),
        se=se,
        tolerance=_number(raw, "tolerance"),
        definition=_text(raw, "definition"),
        verdict=_text(raw, "verdict"),
    )


def _parse_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    if moment is None or moment.tzinfo is None:
        raise ValueError("`time` is not a time with its offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("`time` lies outside the calendar") from None


def _require(text: str | None, key: str) -> str:
    if not text:
        raise ValueError(f"`{key}` is empty")
    return text


def _text(raw: Mapping[str, Any], key: str) -> str | None:
    text: str | None = _typed(raw, key, str)
    return text


def _typed(raw: Mapping[str, Any], key: str, kind: type) -> Any:
    value = raw.get(key)
    if value is not None and not isinstance(value, kind):
        raise ValueError(f"`{key}` is not of type {kind.__name__}")
    return value


def _number(raw: Mapping[str, Any], key: str) -> float | None:
    value = raw.get(key)
    if value is None:
        return None
    try:
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    except OverflowError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"`{key}` is not a finite number")
    return number


def _refuse_constant(name: str) -> None:
    raise ValueError(f"it holds {name}")


def merge_lines(*stores: Iterable[str]) -> list[str]:
    """The distinct lines of several stores, ordered by time, then commit; what is no entry is kept, in front."""
    keyed = {line: _order(line) for lines in stores for line in lines if line.strip()}
    return sorted(keyed, key=lambda line: (keyed[line], line))


def _order(line: str) -> tuple[datetime, str]:
    try:
        entry = parse_entry(line)
    except ValueError:
        return _EARLIEST, ""
    return _parse_time(entry.time), entry.commit or ""


def parse_lines(lines: Iterable[str], *, where: str, note: str = "", stale: str = "") -> Loaded:
    """Entries of lines in order; a line that is none is counted, and hides no other. The rest is as in `Loaded`."""
    entries: dict[str, Entry] = {}
    malformed, problem = 0, ""
    for line in merge_lines(lines):
        try:
            entries[line] = parse_entry(line)
        except ValueError as fault:
            malformed += 1
            problem = problem or str(fault)
    return Loaded(
        entries=tuple(entries.values()), malformed=malformed, problem=problem, where=where, note=note, stale=stale
    )
