"""Every kind of leakage is planted into real tables and must be found; the same tables, split honestly, raise nothing.

python -m benchmarks.leakage_found [--tables wine co2 ...] [--verbose]
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.leakage_plants import planted
from benchmarks.leakage_tables import Case, honest
from benchmarks.real_tables import RealTable


@dataclass(frozen=True, slots=True)
class Answer:
    """What the checks said of a case: status and message by check, the worst one where there are several."""

    case: Case
    said: Mapping[str, tuple[str, str]]

    @property
    def found(self) -> bool:
        return self.said.get(self.case.check, ("", ""))[0] == self.case.status

    @property
    def raised(self) -> dict[str, tuple[str, str]]:
        return {check: said for check, said in self.said.items() if said[0] not in ("pass", "skip")}


def write(whole: RealTable, path: Path, notation: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(whole.columns)
        for values in zip(*whole.columns.values(), strict=True):
            writer.writerow([_written(value, notation) for value in values])


def _written(value: Any, notation: str) -> Any:
    if notation and isinstance(value, int | float) and not isinstance(value, bool):
        exact = f"{value:.17e}"
        return exact if float(exact) == value else value
    return value


def ask(case: Case, folder: Path) -> Answer:
    """Check the splits of a case as the command does."""
    from mlgate.config.splits_rules import Near, Splits
    from mlgate.gate.data_splits import SplitFiles, declare, judge_splits

    splits = []
    for name, whole in case.parts.items():
        path = folder / f"{name}.csv"
        write(whole, path, case.notation if name == "test" else "")
        splits.append(SplitFiles(name=name, root=folder, path=path.name))
    options = dict(case.options)
    proportions = options.pop("proportions", {})
    options.pop("entity_shared", None)
    asked: Splits = declare(**options, near=Near())
    entry = _replaced(asked, datasets=tuple(case.parts), proportions=proportions)
    said: dict[str, tuple[str, str]] = {}
    order = ["skip", "pass", "warn", "error", "fail"]
    for outcome in judge_splits(splits, entry, privacy="masked", memory="1GiB"):
        before = said.get(outcome.check, ("skip", ""))
        if order.index(outcome.status.value) >= order.index(before[0]):
            said[outcome.check] = (outcome.status.value, outcome.message)
    return Answer(case, said)


def _replaced(asked: Any, **values: Any) -> Any:
    from dataclasses import replace

    return replace(asked, **values)


def answers(cases: Iterable[Case]) -> Iterable[Answer]:
    for case in cases:
        with tempfile.TemporaryDirectory() as folder:
            yield ask(case, Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="*", default=[])
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    missed = _planted(options.tables, verbose=options.verbose)
    alarms = _honest(options.tables)
    return 1 if missed or alarms else 0


def _planted(only: Sequence[str], *, verbose: bool) -> int:
    print("\nLeakage planted into real tables: found, of so many tables")
    print(f"  {'planted':50} {'check':22} found  tables")
    by_kind: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers(planted(only)):
        by_kind[answer.case.kind].append(answer)
        if verbose:
            print(f"    {answer.case.table}: {answer.said.get(answer.case.check)}", flush=True)
    missed = 0
    for kind, found in by_kind.items():
        right = [answer for answer in found if answer.found]
        missed += len(found) - len(right)
        names = ", ".join(answer.case.table + ("" if answer.found else " (MISSED)") for answer in found)
        print(f"  {kind:50} {found[0].case.check:22} {len(right):2} / {len(found):2}  {names}", flush=True)
        for answer in found:
            if not answer.found:
                print(f"      {answer.case.table}: {answer.said.get(answer.case.check)}")
    return missed


def _honest(only: Sequence[str]) -> int:
    print("\nThe same tables, split honestly: checks that raise something")
    by_kind: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers(honest(only)):
        by_kind[answer.case.kind].append(answer)
    alarms = 0
    for kind, found in by_kind.items():
        judged = sum(status == "pass" for answer in found for status, _ in answer.said.values())
        raised = sum(len(answer.raised) for answer in found)
        alarms += raised
        tables = ", ".join(answer.case.table for answer in found)
        print(f"  {kind:20} {raised} of {judged + raised:3} checks  {tables}", flush=True)
        for answer in found:
            for check, (status, message) in answer.raised.items():
                print(f"      {answer.case.table}: {check} {status}: {message}")
    return alarms


if __name__ == "__main__":
    sys.exit(main())
