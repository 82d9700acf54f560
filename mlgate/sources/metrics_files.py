"""Metrics files: values without rows, as `metrics.json` of a training script, of DVC or of DVCLive has them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mlgate.config.document import load_document
from mlgate.errors import ConfigError, SourceError

MAX_BYTES = 2_000_000
"""A file of values is small; a larger one is something else."""

MAX_VALUES = 100_000

_FORMATS = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}


def load_metrics(path: Path, *, shown: str | None = None) -> dict[str, float]:
    """The numbers of a metrics file by dotted name, e.g. `test.accuracy`, in the order of the file.

    Text, booleans and lists are no metrics and are left out. What stands for a number that is none (null, NaN,
    Infinity) is NaN here, so that whoever asks for it can say so.

    Parameters
    ----------
    path : JSON or YAML (1.2 core), one mapping, nested as deep as wanted
    shown : the path as messages name it

    Raises
    ------
    SourceError
        The file is absent, unreadable, too large, not UTF-8, in another format than its name says, no mapping, holds a
        name twice or no number at all.
    """
    name = shown or path.as_posix()
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise SourceError(f"{name} is no metrics file that is read here", hint="supported: .json, .yaml and .yml")
    text = _text(path, name)
    try:
        data = _parse_json(text, name) if form == "json" else _parse_yaml(text, name)
    except RecursionError:
        raise SourceError(f"{name} is nested too deeply", hint="write one mapping of names to numbers") from None
    if not isinstance(data, dict):
        raise SourceError(f"{name} holds no mapping of names to values", hint='write e.g. {"accuracy": 0.91}')
    values: dict[str, float] = {}
    for key, value in _flatten(data, ""):
        if key in values:
            raise SourceError(f"{name}: the name {key!r} stands twice", hint="rename one of them")
        values[key] = value
        if len(values) > MAX_VALUES:
            raise SourceError(f"{name} holds more than {MAX_VALUES:,} values", hint="name a file of final values")
    if not values:
        raise SourceError(f"{name} holds no number", hint='write e.g. {"accuracy": 0.91}')
    return values


def _text(path: Path, name: str) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SourceError(f"{name} is larger than {MAX_BYTES:,} bytes", hint="name a file of final values")
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        hint = "correct the path, or pull the data (`dvc pull`)"
        raise SourceError(f"{name} does not exist", hint=hint) from None
    except UnicodeDecodeError:
        raise SourceError(f"{name} is not UTF-8 text", hint="write it again as UTF-8") from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise SourceError(f"{name} cannot be read: {reason}", hint="check the file and its permissions") from None


def _parse_json(text: str, name: str) -> Any:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(items)
        if len(found) < len(items):
            twice = next(key for key, _ in items if sum(key == other for other, _ in items) > 1)
            raise SourceError(f"{name}: the key {twice!r} stands twice", hint="keep one of them")
        return found

    try:
        return json.loads(text, object_pairs_hook=pairs, parse_constant=lambda _: math.nan)
    except json.JSONDecodeError as problem:
        fact = f"{name} is not JSON: {problem.msg} in line {problem.lineno}, column {problem.colno}"
        raise SourceError(fact, hint="write it again") from None
    except ValueError:  # an integer of more digits than Python converts
        raise SourceError(f"{name} holds a number that is too long", hint="write it with an exponent") from None


def _parse_yaml(text: str, name: str) -> Any:
    try:
        return load_document(text, name).plain_data()
    except ConfigError as problem:
        raise SourceError(problem.message, hint=problem.hint) from None


def _flatten(data: dict[str, Any], prefix: str) -> Iterator[tuple[str, float]]:
    for key, value in data.items():
        match value:
            case dict():
                yield from _flatten(value, f"{prefix}{key}.")
            case None:
                yield f"{prefix}{key}", math.nan
            case bool() | str() | list():
                pass
            case _:
                yield f"{prefix}{key}", _finite(value)


def _finite(value: float) -> float:
    """A number as float64, NaN where it is none or too large."""
    try:
        number = float(value)
    except OverflowError:
        return math.nan
    return number if math.isfinite(number) else math.nan
