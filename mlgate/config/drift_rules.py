"""What `drift:` of mlgate.yaml and `mlgate data drift` may say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.outcome import Location

STATISTICS: Mapping[str, float] = {
    "psi": 0.1,
    "jensen_shannon": 0.1,
    "kolmogorov_smirnov": 0.05,
    "wasserstein": 0.1,
    "l_infinity": 0.02,
    "chi_squared": 0.1,
}
"""Statistics that are computed on request, and what each must exceed beside chance, by convention."""
THRESHOLDS: Mapping[str, float] = {"share": 0.02, "distance": 0.05, "auc": 0.55}
"""How large a change must be to matter: see `Thresholds`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How large a change must be to matter, however sure it is.

    Parameters
    ----------
    share : change of the share of the rows that hold a value, or are missing; 0.02 is two points
    distance : distance of two distributions: the share of the rows that lie elsewhere
    auc : area under the curve of a classifier that tells the tables apart; 0.5 is chance
    """

    share: float = THRESHOLDS["share"]
    distance: float = THRESHOLDS["distance"]
    auc: float = THRESHOLDS["auc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftRules:
    """How two tables are compared.

    Parameters
    ----------
    columns : compare these only, identifiers and timestamps among them too; empty takes what both have
    label : the column of the label, which has a check of its own; it is compared beside `columns`
    group : column of what rows belong to (a patient, a session): whole groups are independent, rows are not
    alpha : probability of one or more false alarms, over all columns
    statistics : further statistics by name, with what each must exceed beside chance
    multivariate : whether a classifier is asked to tell the tables apart
    minimum_rows : under so many rows in either table nothing is said
    """

    columns: tuple[str, ...] = ()
    label: str | None = None
    group: str | None = None
    alpha: float = 0.01
    thresholds: Thresholds = field(default_factory=Thresholds)
    statistics: Mapping[str, float] = field(default_factory=dict)
    multivariate: bool = False
    minimum_rows: int = 100

    @property
    def named(self) -> tuple[str, ...]:
        """Columns that both tables must have."""
        return tuple(dict.fromkeys((*self.columns, *((self.label,) if self.label else ()))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """An entry of `drift:`.

    Parameters
    ----------
    reference : a dataset's name, or the path of a profile relative to the project's root
    name : stands in the ids of the outcomes; empty takes the names of both
    """

    reference: str
    current: str
    name: str = ""
    rules: DriftRules = field(default_factory=DriftRules)
    location: Location

    @property
    def shown(self) -> str:
        """What stands in the ids of the outcomes."""
        return self.name or f"{self.reference}..{self.current}"

    @property
    def is_profile(self) -> bool:
        return is_profile(self.reference)


def is_profile(reference: str) -> bool:
    """Whether a reference names a profile: data is never YAML."""
    return reference.endswith((".yaml", ".yml"))


class _Reference:
    """A dataset's name, or the path of a profile."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        name = f.Text().parse(node, reading)
        return f.FilePath().parse(node, reading) if is_profile(name) else name

    def json_schema(self) -> f.JsonSchema:
        return f.Text().json_schema()


class _Statistics:
    """A list of names, or a mapping of each to what it must exceed."""

    def __init__(self) -> None:
        self.names = f.ListOf(f.Text(choices=tuple(STATISTICS)), single=True)
        self.struct = f.Struct("statistics", {name: f.Key(f.Number(above=0), "threshold") for name in STATISTICS})

    def parse(self, node: Node, reading: f.Reading) -> dict[str, float]:
        if isinstance(node.value, dict):
            return self.struct.parse(node, reading)
        return {name: STATISTICS[name] for name in self.names.parse(node, reading)}

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [*self.names.json_schema()["anyOf"], self.struct.json_schema()]}


_THRESHOLDS = f.Struct(
    "thresholds",
    {
        "share": f.Key(f.Number(above=0, high=1), "change of the share of a value that matters, e.g. 0.02"),
        "distance": f.Key(f.Number(above=0, high=1), "distance of two distributions that matters, e.g. 0.05"),
        "auc": f.Key(f.Number(above=0.5, high=1), "area under the curve of a classifier that matters, e.g. 0.55"),
    },
)
_DRIFT = f.Struct(
    "an entry of drift",
    {
        "reference": f.Key(_Reference(), "dataset to compare with, or the path of its profile", required=True),
        "current": f.Key(f.Text(), "dataset that must not have drifted", required=True),
        "name": f.Key(f.Text(), "name in the ids of the outcomes; that of the pair unless written"),
        "columns": f.Key(f.ListOf(f.Text(), least=1), "compare these columns only; identifiers and timestamps too"),
        "label": f.Key(f.Text(), "column of the label; that of the schema unless written"),
        "group": f.Key(f.Text(), "column of what rows belong to, e.g. patient_id: rows of one are not independent"),
        "alpha": f.Key(f.Number(above=0, high=0.5), "probability of a false alarm over all columns; 0.01"),
        "thresholds": f.Key(_THRESHOLDS, "how large a change must be to matter"),
        "statistics": f.Key(_Statistics(), "further statistics, by name or with the threshold of each"),
        "multivariate": f.Key(f.Boolean(), "let a classifier try to tell both apart"),
        "minimum_rows": f.Key(f.Number(low=20, integer=True), "rows under which nothing is said; 100"),
    },
)


def read_drift(node: Node, reading: f.Reading) -> Drift:
    """An entry of `drift:`."""
    values: dict[str, Any] = _DRIFT.parse(node, reading)
    thresholds = Thresholds(**values.pop("thresholds", {}))
    ends = {key: values.pop(key, "") for key in ("reference", "current", "name")}
    if ends["reference"] and ends["reference"] == ends["current"]:
        reading.mistakes.append(
            node.error(f"{ends['current']!r} is compared with itself", hint="name two datasets, or a profile")
        )
    return Drift(**ends, rules=DriftRules(thresholds=thresholds, **values), location=f.place(node))


def require_known_drift(entries: Iterable[Drift], datasets: Collection[str]) -> None:
    """Refuse names of datasets that are not declared, what cannot be judged together, and ids that stand twice.

    Raises
    ------
    ConfigError
        With the line of the entry.
    """
    seen: set[str] = set()
    for entry in entries:
        for name in (*(() if entry.is_profile else (entry.reference,)), entry.current):
            if name not in datasets:
                raise _mistake(
                    entry, f"drift names the dataset {name!r}, which is not declared", f.nearest(name, list(datasets))
                )
        problem, hint = conflict(entry.reference, entry.rules)
        if problem:
            raise _mistake(entry, problem, hint)
        if entry.shown in seen:
            raise _mistake(entry, f"{entry.shown} is compared twice", "give one of the entries a `name`")
        seen.add(entry.shown)


def _mistake(entry: Drift, problem: str, hint: str) -> ConfigError:
    return ConfigError(problem, hint=hint, path=entry.location.path, line=entry.location.line)


def conflict(reference: str, rules: DriftRules) -> tuple[str, str]:
    """What is asked for that cannot be judged, and what to do instead; two empty texts where all can."""
    for asked, what in ((rules.group, "group"), (rules.multivariate, "multivariate")):
        if asked and is_profile(reference):
            return (
                f"{what!r} needs the rows of the reference, {reference} is a profile",
                f"name the reference data, or leave {what!r} out",
            )
    if rules.group in rules.named:
        return (
            f"{rules.group!r} is the column of groups, which is not compared itself",
            "take it out of 'columns' and 'label', or leave 'group' out",
        )
    if rules.group and rules.statistics:
        return (
            "the statistics take rows for independent, which those of one group are not",
            "leave out 'statistics' or 'group'",
        )
    return "", ""


class DriftKind:
    """The list under `drift:`."""

    def parse(self, node: Node, reading: f.Reading) -> tuple[Drift, ...]:
        found: tuple[Drift, ...] = f.ListOf(_Entry()).parse(node, reading)
        return found

    def json_schema(self) -> f.JsonSchema:
        return f.ListOf(_Entry()).json_schema()


class _Entry:
    def parse(self, node: Node, reading: f.Reading) -> Drift:
        return read_drift(node, reading)

    def json_schema(self) -> f.JsonSchema:
        return _DRIFT.json_schema()
