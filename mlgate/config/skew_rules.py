"""Entries of `skew:` in mlgate.yaml: what a model was trained on against what it was served, and `mlgate data skew`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.outcome import Location

RELATIVE = 1e-6
"""Relative tolerance of numbers unless one is written: single precision keeps seven digits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """How far a served value may be from the one that was trained on.

    Parameters
    ----------
    absolute : in the unit of the column
    relative : as a share of the value that was trained on; the wider of the two counts
    seconds : of a date or a time
    """

    absolute: float = 0.0
    relative: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewRules:
    """How two tables are compared.

    Parameters
    ----------
    key : columns that name one request, or example, in both; empty compares no single rows
    columns : features that are compared; empty takes all that both have
    ignore : columns that are no features
    tolerance : of numbers; None is `RELATIVE`, and nothing for whole numbers
    tolerances : by column, in place of `tolerance`
    mostly : share of the joined rows in which a feature has to match
    joined : share of the served rows that training has to have; None warns where half of the smaller side has none
    distribution : whether the distributions of the features are compared
    """

    key: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    tolerance: Tolerance | None = None
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    mostly: float = 1.0
    joined: float | None = None
    distribution: bool = True

    def mistake(self) -> str:
        """What contradicts itself; empty where nothing does."""
        for name in (*self.key, *self.columns):
            if name in self.ignore:
                return f"{name!r} is ignored and named"
        for name in self.tolerances:
            if name in self.ignore or name in self.key or (self.columns and name not in self.columns):
                return f"{name!r} has a tolerance and is not compared"
        if self.key and not set(self.columns).isdisjoint(self.key):
            return f"{next(name for name in self.columns if name in self.key)!r} is a part of the key and no feature"
        if not self.key and (self.tolerance or self.tolerances or self.joined is not None or self.mostly < 1):
            return "rows are compared by a key, and none is named"
        if not self.key and not self.distribution:
            return "no value is compared: no key is named, and distributions are not compared"
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Skew:
    """An entry of `skew:`; `training` and `serving` name datasets."""

    training: str
    serving: str
    rules: SkewRules = field(default_factory=SkewRules)
    location: Location


_AMOUNTS = {
    "absolute": f.Key(f.Number(low=0), "in the unit of the column"),
    "relative": f.Key(f.Number(low=0), "as a share of the value that was trained on, e.g. 0.01"),
}
_TIME = {"duration": f.Key(f.Duration(), "of dates and times, e.g. 1s")}
_OF_COLUMN = f.Struct("a tolerance", _AMOUNTS | _TIME)


class _OneTolerance:
    """A number, which is absolute, or `{absolute, relative}`, or `{duration}`."""

    def parse(self, node: Node, reading: f.Reading) -> Tolerance:
        if not isinstance(node.value, dict):
            return Tolerance(absolute=float(_AMOUNTS["absolute"].kind.parse(node, reading)))
        given = _OF_COLUMN.parse(node, reading)
        if not given and not reading.mistakes:
            raise node.error(
                "a tolerance says how much", hint="write {absolute: 0.01}, {relative: 1e-6} or {duration: 1s}"
            )
        if "duration" in given and len(given) > 1:
            raise node.key_error("duration", "a column holds numbers or times", hint="keep one kind of tolerance")
        seconds = given.pop("duration", 0.0)
        return Tolerance(seconds=seconds, **given)

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [_AMOUNTS["absolute"].kind.json_schema(), _OF_COLUMN.json_schema()]}


_COLUMNS = f.MapOf(lambda _, node, reading: _OneTolerance().parse(node, reading), _OneTolerance().json_schema)


class _Tolerances:
    """Of all numbers, and by column: `{relative: 1e-6, columns: {amount: 0.01, at: {duration: 1s}}}`."""

    _KEYS = f.Struct("tolerance", _AMOUNTS | {"columns": f.Key(_COLUMNS, "by column")})

    def parse(self, node: Node, reading: f.Reading) -> dict[str, Any]:
        if not isinstance(node.value, dict):
            return {"tolerance": _OneTolerance().parse(node, reading)}
        given = self._KEYS.parse(node, reading)
        by_column = given.pop("columns", {})
        return {"tolerances": by_column} | ({"tolerance": Tolerance(**given)} if given else {})

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [_AMOUNTS["absolute"].kind.json_schema(), self._KEYS.json_schema()]}


_NAMES = f.ListOf(f.Text(), least=1, single=True)
_SKEW = f.Struct(
    "an entry of skew",
    {
        "training": f.Key(f.Text(), "dataset that the model was trained on", required=True),
        "serving": f.Key(f.Text(), "dataset that was logged where the model serves", required=True),
        "key": f.Key(_NAMES, "columns that name one request in both; without them no single rows are compared"),
        "columns": f.Key(_NAMES, "features that are compared; all that both have unless given"),
        "ignore": f.Key(_NAMES, "columns that are no features, e.g. the time of the log"),
        "tolerance": f.Key(_Tolerances(), "how far numbers may differ: {absolute, relative, columns}; 1e-6 relative"),
        "mostly": f.Key(f.Number(above=0, high=1), "share of the joined rows in which a feature has to match; 1"),
        "joined": f.Key(f.Number(above=0, high=1), "share of the served rows that training has to have"),
        "distribution": f.Key(f.Boolean(), "whether distributions are compared; true unless written"),
    },
)


def read_skew(node: Node, reading: f.Reading) -> Skew:
    """An entry of `skew:`."""
    values: dict[str, Any] = _SKEW.parse(node, reading)
    ends = {key: values.pop(key, "") for key in ("training", "serving")}
    rules = SkewRules(**(values.pop("tolerance", {}) | values))
    mistake = rules.mistake()
    if ends["training"] and ends["training"] == ends["serving"]:
        mistake = f"{ends['serving']!r} is compared with itself"
    if mistake:
        raise node.error(mistake, hint="see `skew` in docs/skew.md")
    return Skew(**ends, rules=rules, location=f.place(node))


class SkewKind:
    """The list under `skew:`."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[Skew, ...]:
        found: tuple[Skew, ...] = f.ListOf(_Entry()).parse(node, reading)
        return found

    def json_schema(self) -> f.JsonSchema:
        return f.ListOf(_Entry()).json_schema()


class _Entry:
    def parse(self, node: Node, reading: f.Reading) -> Skew:
        return read_skew(node, reading)

    def json_schema(self) -> f.JsonSchema:
        return _SKEW.json_schema()


def require_known_skew(skew: Iterable[Skew], datasets: Mapping[str, Any]) -> None:
    """Refuse entries that name what is not declared, one file twice, or that would give two outcomes one id.

    Raises
    ------
    ConfigError
        With the entry's line.
    """
    seen: set[tuple[str, str]] = set()
    for entry in skew:
        for name in (entry.training, entry.serving):
            if name not in datasets:
                raise _mistake(entry, f"skew names the dataset {name!r}, which is not declared", datasets, name)
        path = datasets[entry.training].path
        if path == datasets[entry.serving].path:
            fact = f"{entry.training} and {entry.serving} are the same file ({path}): there is nothing to compare"
            raise _mistake(entry, fact, hint="name the file of each")
        if (entry.training, entry.serving) in seen:
            raise _mistake(entry, f"{entry.training} and {entry.serving} are compared twice", hint="keep one entry")
        seen.add((entry.training, entry.serving))


def _mistake(entry: Skew, fact: str, known: Collection[str] = (), name: str = "", hint: str = "") -> ConfigError:
    told = hint or f.nearest(name, list(known))
    return ConfigError(fact, hint=told, path=entry.location.path, line=entry.location.line)
