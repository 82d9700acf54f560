"""Which columns of a reference hold personal data: no value of them is named, and a profile keeps none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.schema import Column
from mlgate.data.drift.columns import asked_of
from mlgate.data.infer_facts import COLUMNS_AT_ONCE
from mlgate.data.pii.check import PiiScan
from mlgate.data.plan import Field
from mlgate.data.table import Table
from mlgate.outcome import Location, Status


def find_personal(table: Table, fields: Sequence[Field], declared: Mapping[str, Column]) -> dict[str, str]:
    """Why no value of a column may be kept, by name: what it holds, as `data check` finds it, or what its schema says.

    A column of which that could not be told is among them.

    Parameters
    ----------
    declared : columns of a schema: one that allows personal data is taken to hold some

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    allowed = [field.name for field in fields if field.name in declared and declared[field.name].personal is not None]
    scan, place = PiiScan(table, declared=True), Location(table.shown)
    asked = [field for field in fields if field.name not in allowed]
    plans = [plan for field in asked if (plan := scan.add(field, Column(name=field.name, location=place)))]
    facts: dict[str, Any] = {}
    for start in range(0, len(plans), COLUMNS_AT_ONCE):
        block = plans[start : start + COLUMNS_AT_ONCE]
        facts |= asked_of(table, [(plan.fields, list(plan.aggregates.values())) for plan in block])
    found = dict.fromkeys(allowed, "the schema says that it holds personal data")
    for name, verdict in scan.verdicts(facts, (), "none"):
        if name is not None:
            unknown = verdict.status is Status.ERROR
            found[name] = f"whether it holds personal data {verdict.message}" if unknown else verdict.message
    return found
