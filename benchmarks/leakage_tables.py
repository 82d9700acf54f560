"""Real tables split honestly, and the leaks that are planted into them. Every plant says which check must find it."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.real_tables import RealTable, load_tables

SEED = 20_261
LABELS: Mapping[str, str] = {
    "breast_cancer": "target",
    "wine": "target",
    "digits": "target",
    "iris": "target",
    "diabetes": "target",
    "fair": "affairs",
    "randhie": "mdvis",
    "anes96": "vote",
}
"""Tables with a label."""
AT_RANDOM = ("breast_cancer", "wine", "digits", "iris", "diabetes", "fair", "anes96")
"""Those that may be split at random; in randhie persons were asked in up to five years."""
CLASSES = ("breast_cancer", "wine", "digits", "iris", "anes96")
DENSE = ("breast_cancer", "wine", "digits", "diabetes", "anes96")
"""Tables in which no rows are equal by chance."""
MANY_ROWS = ("breast_cancer", "digits", "anes96", "fair", "randhie")
NUMBERS = ("breast_cancer", "wine", "diabetes", "macrodata", "elnino")
TIMES: Mapping[str, str] = {
    "co2": "date",
    "sunspots": "YEAR",
    "elnino": "YEAR",
    "macrodata": "day",
    "nile": "year",
    "danish_data": "period",
    "interest_inflation": "day",
    "grunfeld": "year",
}
DATES = ("co2", "macrodata", "danish_data", "interest_inflation")
ENTITIES: Mapping[str, tuple[str, ...]] = {
    "grunfeld": ("firm",),
    "modechoice": ("individual",),
    "co2": ("year", "month"),
    "macrodata": ("year",),
    "interest_inflation": ("year",),
}
SERIES: Mapping[str, tuple[str, ...]] = {
    "grunfeld": ("firm",),
    "macrodata": ("quarter",),
    "interest_inflation": ("quarter",),
    "co2": ("month",),
}
"""Tables in which an entity has rows at many times."""
ALSO = {"grunfeld": "invest", "modechoice": "choice", "macrodata": "unemp", "interest_inflation": "Dp", "co2": "co2"}
"""What could be predicted in tables that are split by entity or by time."""
TEXTS = ("sklearn.datasets", "statsmodels", "json", "numpy")


@dataclass(frozen=True, slots=True)
class Case:
    """Splits of one table, what is declared of them, and the check that must find something; none in honest ones."""

    table: str
    kind: str
    parts: Mapping[str, RealTable]
    options: Mapping[str, Any] = field(default_factory=dict)
    check: str = ""
    status: str = "fail"
    notation: str = ""

    def with_parts(self, **parts: RealTable) -> Case:
        return replace(self, parts={**self.parts, **parts})


def table(name: str) -> RealTable:
    """A real table without columns that say the same as another one, with parts of its dates as columns."""
    (found,) = load_tables([name])
    columns = {column: values for column, values in found.columns.items() if column != "target_name"}
    if name == "co2":
        days = [value.date() for value in columns["date"]]
        columns |= {"date": days, "year": [day.year for day in days], "month": [day.month for day in days]}
    if name == "danish_data":
        columns["period"] = [value.date() if isinstance(value, dt.datetime) else value for value in columns["period"]]
    if name in ("macrodata", "interest_inflation"):
        dates = zip(columns["year"], columns["quarter"], strict=True)
        columns["day"] = [dt.date(int(year), 3 * int(quarter) - 2, 1) for year, quarter in dates]
    return replace(found, columns=columns)


def cut(whole: RealTable, rows: Sequence[int], share: float = 0.75) -> dict[str, RealTable]:
    """The first rows of an order as `train`, the rest as `test`."""
    place = round(share * len(rows))
    return {"train": whole.with_rows(rows[:place]), "test": whole.with_rows(rows[place:])}


def at_random(name: str, rng: random.Random) -> Case:
    whole = table(name)
    rows = list(range(whole.rows))
    rng.shuffle(rows)
    return Case(name, "honest: at random", cut(whole, _without_twins(whole, rows, name)), {"label": LABELS.get(name)})


def _without_twins(whole: RealTable, rows: Sequence[int], name: str) -> list[int]:
    """The rows, each once where a table is known to hold a row twice; coarse tables keep theirs."""
    if name in ("fair", "randhie"):
        return list(rows)
    seen: set[tuple[Any, ...]] = set()
    kept = []
    label = LABELS.get(name)
    columns = [values for column, values in whole.columns.items() if column != label]
    for row in rows:
        key = tuple(values[row] for values in columns)
        if key not in seen:
            kept.append(row)
        seen.add(key)
    return kept


def by_entity(name: str, rng: random.Random) -> Case:
    whole, columns = table(name), ENTITIES[name]
    keys = list(zip(*(whole.columns[column] for column in columns), strict=True))
    different = sorted(set(keys))
    rng.shuffle(different)
    chosen = set(different[: max(1, len(different) // 4)])
    rows = [row for row in range(whole.rows) if keys[row] not in chosen]
    test = [row for row in range(whole.rows) if keys[row] in chosen]
    parts = {"train": whole.with_rows(rows), "test": whole.with_rows(test)}
    return Case(name, "honest: by entity", parts, {"entity": columns, "label": ALSO.get(name)})


def by_time(name: str, _rng: random.Random) -> Case:
    whole, column = table(name), TIMES[name]
    moments = whole.columns[column]
    rows = sorted(range(whole.rows), key=lambda row: (moments[row], row))
    place = round(0.75 * len(rows))
    while place < len(rows) and moments[rows[place]] == moments[rows[place - 1]]:
        place += 1
    options: dict[str, Any] = {"time": column, "label": ALSO.get(name)}
    if name in SERIES:
        options["entity_shared"] = SERIES[name]
    return Case(name, "honest: by time", cut(whole, rows, place / len(rows)), options)


def texts(package: str, rng: random.Random) -> Case:
    """Paragraphs of the documentation that an installed package carries, each different one once."""
    found: dict[str, None] = {}
    module = importlib.import_module(package)
    names = [package, *(item.name for item in pkgutil.iter_modules(getattr(module, "__path__", []), f"{package}."))]
    for name in names[:60]:
        found |= dict.fromkeys(_paragraphs(name))
    kept: list[str] = []
    runs: list[set[tuple[str, ...]]] = []
    for text in sorted(found):
        mine = _runs(text)
        if all(len(mine & other) < 0.3 * min(len(mine), len(other)) for other in runs):
            kept.append(text)
            runs.append(mine)
    rng.shuffle(kept)
    whole = RealTable(package, {"text": kept[:400], "length": [len(text) for text in kept[:400]]})
    return Case(f"text of {package}", "honest: texts", cut(whole, range(whole.rows)), {})


def _paragraphs(name: str) -> Iterator[str]:
    try:
        module = importlib.import_module(name)
    except Exception:  # noqa: BLE001  # a module of somebody else that cannot be imported here has no texts
        return
    documents = [module.__doc__ or "", *(getattr(value, "__doc__", None) or "" for value in vars(module).values())]
    for document in documents:
        for part in re.split(r"\n\s*\n", document if isinstance(document, str) else ""):
            text = " ".join(part.split())
            if len(text.split()) >= 15 and ">>>" not in text:
                yield text


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return set(zip(words, words[1:], words[2:], strict=False))


Make = Callable[[str, random.Random], Case]
"""Splits a table by its name."""
HONEST: tuple[tuple[Make, Sequence[str]], ...] = (
    (at_random, AT_RANDOM),
    (by_entity, tuple(ENTITIES)),
    (by_time, tuple(TIMES)),
    (texts, TEXTS),
)


def honest(only: Sequence[str] = ()) -> Iterator[Case]:
    """Splits in which nothing leaks."""
    for make, names in HONEST:
        for name in names:
            if not only or name in only:
                yield make(name, random.Random(SEED))  # noqa: S311  # a simulation
