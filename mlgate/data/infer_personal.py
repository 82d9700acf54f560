"""Personal data in the columns that a schema is proposed for: what it must allow to hold for its own file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.personal_data import ENTITIES
from mlgate.config.schema import Column
from mlgate.data.infer_facts import Seen, ask
from mlgate.data.pii.check import PiiScan
from mlgate.data.pii.wording import KEYS
from mlgate.data.plan import Verdict
from mlgate.data.table import Table
from mlgate.errors import SourceError
from mlgate.outcome import Location, Status

REASON = "to be confirmed: it was in the file that this schema was inferred from"


@dataclass(frozen=True, slots=True)
class Personal:
    """What was found in a column.

    Parameters
    ----------
    allowed : names of `ENTITIES` that the proposal allows: never a credential
    remark : a sentence for the reader
    """

    allowed: tuple[str, ...]
    remark: str


def find_personal(table: Table, columns: Sequence[Seen], *, path: str) -> dict[str, Personal]:
    """Columns that hold personal data or credentials, by name, judged as `data check` judges them.

    Parameters
    ----------
    path : the files as an error names them

    Raises
    ------
    SourceError
        The engine cannot read the file, or a library that judges numbers is not installed.
    """
    scan, place = PiiScan(table, declared=True), Location(path)
    plans = [plan for seen in columns if (plan := scan.add(seen.field, Column(name=seen.name, location=place)))]
    answers = ask(table, [(plan.fields, {text: text for text in plan.aggregates.values()}) for plan in plans], path)
    facts: dict[str, Any] = {text: value for _, named in answers for text, value in named.items()}
    found = {}
    for name, verdict in scan.verdicts(facts, (), "none"):
        if verdict.status is Status.ERROR:
            raise SourceError(f"{path}: {verdict.message}", hint=verdict.hint or "write the file again")
        if name is not None:
            found[name] = _personal(verdict)
    return found


def _personal(verdict: Verdict) -> Personal:
    held = {each["entity"] for each in verdict.evidence["found"]}
    allowed = tuple(entity for entity in ENTITIES if entity in held and entity not in KEYS)
    remark = f"personal data: {verdict.message}" if allowed else verdict.message
    if held & set(KEYS):
        remark += "; keys are not allowed here: revoke them, and remove them from the file"
    return Personal(allowed, remark)
