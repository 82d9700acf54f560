"""Entries of `splits:` in `mlgate.yaml`: datasets that must not leak into each other."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.outcome import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """What counts as nearly the same.

    Parameters
    ----------
    tolerance : numbers differ by at most so many (robust) standard deviations of their column
    similarity : share of the runs of three words that two texts have in common, from which on they are near-duplicates
    text : columns of text to compare; empty takes those that hold sentences
    """

    tolerance: float = 0.01
    similarity: float = 0.7
    text: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that is accepted: shares of the later split's rows, or, where it says so, a strength from 0 to 1."""

    shared_rows: float = 0.0
    near_duplicates: float = 0.0
    near_duplicate_texts: float = 0.0
    entity_overlap: float = 0.0
    entity_time: float = 0.0
    time_overlap: float = 0.0
    conflicting_labels: float = 0.0
    target_leakage: float = 0.98
    identifier_leakage: float = 0.5
    row_order: float = 0.5
    label_balance: float = 0.1
    split_proportions: float = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Splits:
    """Datasets that are parts of one: trained on, chosen with, tested on.

    Parameters
    ----------
    datasets : names, in the order in which they are used: training first
    name : stands in the ids of the outcomes; empty takes the names of the datasets
    entity : columns that together name what must not stand in two splits, e.g. a patient
    time : column of the moment of a row; an earlier split must end before a later one starts
    gap_s : seconds that must lie between the end of a split and the start of a later one
    label : column that a model predicts
    ignore : columns that are not compared
    near : None: near-duplicates are not looked for
    proportions : share of all rows by dataset; empty where none is declared
    """

    datasets: tuple[str, ...]
    name: str = ""
    entity: tuple[str, ...] = ()
    time: str | None = None
    gap_s: float = 0.0
    label: str | None = None
    ignore: tuple[str, ...] = ()
    near: Near | None = field(default_factory=Near)
    limits: Limits = field(default_factory=Limits)
    proportions: Mapping[str, float] = field(default_factory=dict)
    location: Location = field(default_factory=lambda: Location("mlgate.yaml"))

    @property
    def named_columns(self) -> tuple[str, ...]:
        """Columns that every split must have."""
        return tuple(dict.fromkeys([*self.entity, *(name for name in (self.time, self.label) if name)]))


_SHARE = f.Number(low=0, high=1)
_NEAR = f.Struct(
    "near",
    {
        "tolerance": f.Key(f.Number(above=0, high=1), "numbers may differ by so many standard deviations: 0.01"),
        "similarity": f.Key(f.Number(low=0.5, high=1), "share of its runs of three words that a text has in common"),
        "text": f.Key(f.ListOf(f.Text(), single=True), "columns of text; those that hold sentences unless written"),
    },
)
_MAX = f.Struct(
    "max",
    {
        "shared_rows": f.Key(_SHARE, "share of a later split's rows that stand in an earlier one; 0, chance apart"),
        "near_duplicates": f.Key(_SHARE, "share of a later split's rows that nearly stand in an earlier one"),
        "near_duplicate_texts": f.Key(_SHARE, "share of a later split's texts that nearly stand in an earlier one"),
        "entity_overlap": f.Key(_SHARE, "share of a later split's entities that stand in an earlier one"),
        "entity_time": f.Key(_SHARE, "share of the entities in both with rows in the wrong order of time"),
        "time_overlap": f.Key(_SHARE, "share of a later split's rows from before the end of an earlier one"),
        "conflicting_labels": f.Key(_SHARE, "share of all rows with equal features and another label"),
        "target_leakage": f.Key(_SHARE, "how well one feature may predict the label, from 0 to 1: 0.98"),
        "identifier_leakage": f.Key(_SHARE, "how well an identifier may predict the label, from 0 to 1: 0.5"),
        "row_order": f.Key(_SHARE, "how well the place of a row may predict the label, from 0 to 1: 0.5"),
        "label_balance": f.Key(_SHARE, "how far a label's share may move between splits (Cohen's h): 0.1"),
        "split_proportions": f.Key(_SHARE, "how far a split's share may be from the declared one: 0.02"),
    },
)


class _Proportions:
    """Shares by dataset that add up to 1."""

    kind = f.MapOf(lambda _, node, reading: float(f.Number(above=0, high=1).parse(node, reading)), _SHARE.json_schema)

    def parse(self, node: Node, reading: f.Reading) -> dict[str, float]:
        shares = self.kind.parse(node, reading)
        if shares and not reading.mistakes and not abs(sum(shares.values()) - 1) <= 0.001:
            raise node.error(f"the shares add up to {sum(shares.values()):g}", hint="write shares that add up to 1")
        return shares

    def json_schema(self) -> f.JsonSchema:
        return self.kind.json_schema()


class _NearOrNot:
    """Settings, or `false`."""

    def parse(self, node: Node, reading: f.Reading) -> Near | None:
        if node.value is False:
            return None
        return Near(**_NEAR.parse(node, reading))

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [{"const": False}, _NEAR.json_schema()]}


class _Limits:
    """Largest accepted values by check."""

    def parse(self, node: Node, reading: f.Reading) -> Limits:
        return Limits(**_MAX.parse(node, reading))

    def json_schema(self) -> f.JsonSchema:
        return _MAX.json_schema()


_SPLITS = f.Struct(
    "an entry of splits",
    {
        "datasets": f.Key(
            f.ListOf(f.Text(), least=2), "names of two or more datasets, training first, then in order", required=True
        ),
        "name": f.Key(f.Text(), "name in the ids of the outcomes; those of the datasets unless written"),
        "entity": f.Key(f.ListOf(f.Text(), single=True), "columns that together name what must stand in one split"),
        "time": f.Key(f.Text(), "column with the moment of a row: a split ends before the next one starts"),
        "gap": f.Key(f.Duration(), "time between the end of a split and the start of a later one"),
        "label": f.Key(f.Text(), "column that a model predicts"),
        "ignore": f.Key(f.ListOf(f.Text(), single=True), "columns that are not compared"),
        "near": f.Key(_NearOrNot(), "what counts as nearly the same; false looks for none"),
        "max": f.Key(_Limits(), "the most that is accepted, by check"),
        "proportions": f.Key(_Proportions(), "share of all rows that each dataset should have"),
    },
)


class SplitsKind:
    """An entry of `splits`."""

    def parse(self, node: Node, reading: f.Reading) -> Splits:
        values = _SPLITS.parse(node, reading)
        if "datasets" not in values:
            raise reading.mistakes.pop()
        if "gap" in values and "time" not in values:
            raise node.error("a gap needs the column `time`", hint="name the column with the moment of a row")
        for name in values.get("ignore", ()):
            if name in (*values.get("entity", ()), values.get("time"), values.get("label")):
                raise node.error(f"{name!r} is declared, and ignored", hint="take it out of `ignore`")
        if values.get("label") in (*values.get("entity", ()), values.get("time", "")):
            raise node.error(f"{values['label']!r} is the label, and the entity or time", hint="name another column")
        text = values["near"].text if values.get("near") else ()
        for name in text:
            if name in values.get("ignore", ()):
                raise node.error(f"{name!r} is compared as text, and ignored", hint="take it out of `ignore`")
        for name in values.get("proportions", {}):
            if name not in values["datasets"]:
                hint = f.nearest(name, values["datasets"])
                raise node.error(f"proportions name {name!r}, which is none of the datasets", hint=hint)
        values["gap_s"] = values.pop("gap", 0.0)
        values["limits"] = values.pop("max", Limits())
        return Splits(location=f.place(node), **values)

    def json_schema(self) -> f.JsonSchema:
        return _SPLITS.json_schema()


def require_known_splits(splits: Iterable[Splits], datasets: Mapping[str, Any]) -> None:
    """Refuse entries that name what is not declared, one file twice, or that would give two outcomes one id.

    Raises
    ------
    ConfigError
        With the entry's line.
    """
    seen: set[str] = set()
    for entry in splits:
        for name in entry.datasets:
            if name not in datasets:
                raise _mistake(entry, f"splits name the dataset {name!r}, which is not declared", datasets, name)
        paths = {name: datasets[name].path for name in entry.datasets}
        for one, other in itertools.combinations(entry.datasets, 2):
            if paths[one] == paths[other]:
                fact = f"{one} and {other} are the same file ({paths[one]}): there is nothing to compare"
                raise _mistake(entry, fact, hint="name the file of each split")
        for name in outcome_names(entry):
            if name in seen:
                raise _mistake(entry, f"{name} is compared twice", hint="give one of the entries a `name`")
            seen.add(name)


def outcome_names(entry: Splits) -> list[str]:
    """What stands in the ids of an entry's outcomes: its name, or those of the datasets, of each pair and of all."""
    if entry.name:
        return [entry.name]
    pairs = ["-".join(pair) for pair in itertools.combinations(entry.datasets, 2)]
    return list(dict.fromkeys([*pairs, "-".join(entry.datasets)]))


def limit_names() -> tuple[str, ...]:
    """The checks that have a limit."""
    return tuple(item.name for item in fields(Limits))


def _mistake(entry: Splits, fact: str, known: Collection[str] = (), name: str = "", hint: str = "") -> ConfigError:
    told = hint or f.nearest(name, list(known))
    return ConfigError(fact, hint=told, path=entry.location.path, line=entry.location.line)
