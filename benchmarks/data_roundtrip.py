"""Infer a schema, then check with it: the same file must pass, a file with a fault must not, a new sample should pass.

For every real table and file format a schema is inferred with and without ranges. The file itself and copies that mean
the same must pass (a failure is a false alarm); each planted fault must make the check fail (else it is missed). Then
schemas of random halves judge the other halves: which checks fail on a new sample of the same source.
"""

from __future__ import annotations

import argparse
import gzip
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

from benchmarks.planted_faults import BOTH, CSV, FAULTS, Fault, Target
from benchmarks.real_tables import RealTable, load_tables, write_csv, write_parquet
from mlgate.gate.standalone import DataRequest, check_data_file, infer_data_schema
from mlgate.outcome import Outcome, Report, Status

BLOCKING = (Status.FAIL, Status.ERROR)
LEAST_ROWS_OF_HALVES = 30
NEARLY_NEVER = 0.005
"""At most this share of a kind of check may fail on a new sample. A range is not held to it: it depends on extremes."""


@dataclass(frozen=True, slots=True)
class Workplace:
    """A folder with the files and schemas of one table in one format."""

    folder: Path
    form: str

    def write(self, table: RealTable, name: str, *, delimiter: str = ",") -> str:
        """Write a table, return its file name."""
        file = f"{name}.{self.form}"
        if self.form == CSV:
            write_csv(table, self.folder / file, delimiter=delimiter)
        else:
            write_parquet(table, self.folder / file)
        return file

    def infer(self, file: str, name: str, *, ranges: bool) -> Path:
        """Propose a schema for a file, return the schema's path."""
        schema = self.folder / f"{name}{'-ranges' * ranges}.yaml"
        schema.write_text(infer_data_schema(file, start=self.folder, ranges=ranges), encoding="utf-8")
        return schema

    def check(self, file: str, schema: Path) -> Report:
        """What `mlgate data check FILE --schema SCHEMA` reports."""
        return check_data_file(
            DataRequest(file=file, schema=schema, environment=None, privacy="masked", start=self.folder)
        )


@dataclass(slots=True)
class Counts:
    """Caught and missed faults of one table, by the fault's name, and false alarms."""

    caught: Counter[str] = field(default_factory=Counter)
    missed: dict[str, list[str]] = field(default_factory=dict)
    alarms: list[str] = field(default_factory=list)
    copies: int = 0


def judge_table(table: RealTable, form: str, folder: Path, *, most_targets: int) -> Counts:
    """Plant every fault in a table, at most `most_targets` times each, and check copies that mean the same."""
    place = Workplace(folder, form)
    counts = Counts()
    own = place.write(table, "own")
    schemas = {ranges: place.infer(own, "own", ranges=ranges) for ranges in (False, True)}
    for name, file in _copies(table, own, place):
        for ranges, schema in schemas.items():
            counts.copies += 1
            told = f"{table.name}.{form} {name}{' with ranges' * ranges}"
            counts.alarms += [f"{told}: {said(found)}" for found in blocking(place.check(file, schema))]
    for fault in FAULTS:
        if form not in fault.formats:
            continue
        for target in spread(fault.targets(table), most_targets):
            found = blocking(place.check(_planted(table, fault, target, place), schemas[fault.ranges]))
            if any(_about(outcome, target) for outcome in found):
                counts.caught[fault.name] += 1
            else:
                counts.missed.setdefault(fault.name, []).append(f"{table.name}.{form} {', '.join(target)}")
    return counts


def _copies(table: RealTable, own: str, place: Workplace) -> Iterator[tuple[str, str]]:
    """Files that hold the same as the table's own, and what each is."""
    order = shuffled(table.rows, seed=7)
    backwards = {name: table.columns[name] for name in reversed(list(table.columns))}
    yield "itself", own
    yield "rows shuffled", place.write(table.with_rows(order), "shuffled")
    yield "columns in another order", place.write(replace(table, columns=backwards), "reordered")
    if place.form == CSV:
        packed = place.folder / f"{own}.gz"
        packed.write_bytes(gzip.compress((place.folder / own).read_bytes()))
        yield "compressed", packed.name
        write_csv(table, place.folder / "crlf.csv", line_end="\r\n")
        yield "line ends of Windows", "crlf.csv"


def _planted(table: RealTable, fault: Fault, target: Target, place: Workplace) -> str:
    file = place.write(fault.plant(table, target), "planted", delimiter=fault.delimiter)
    if fault.damage:
        path = place.folder / file
        path.write_bytes(fault.damage(path.read_bytes()))
    return file


def shuffled(rows: int, *, seed: int) -> list[int]:
    """Numbers of rows in a random order."""
    order = list(range(rows))
    random.Random(seed).shuffle(order)  # noqa: S311  # no secret
    return order


def spread(targets: Sequence[Target], most: int) -> Sequence[Target]:
    """At most so many of the targets, evenly over all."""
    if len(targets) <= most:
        return targets
    return [targets[place * len(targets) // most] for place in range(most)]


def blocking(report: Report) -> list[Outcome]:
    return [outcome for outcome in report.outcomes if outcome.status in BLOCKING]


def said(outcome: Outcome) -> str:
    return f"{outcome.id}: {outcome.message}"


def _about(outcome: Outcome, target: Target) -> bool:
    """Whether an outcome is about the table or one of the columns: a fault must not be caught by accident."""
    parts = outcome.id.split("/")
    return len(parts) <= 3 or not target or any(parts[2] == quote(name, safe="=._-") for name in target)


@dataclass(slots=True)
class Samples:
    """Checks of new samples: how many were made and how many failed, by the check's name."""

    made: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, Counter[str]] = field(default_factory=dict)


def judge_halves(table: RealTable, folder: Path, samples: Samples, *, repeats: int) -> None:
    """Infer with ranges on random halves, as CSV so that types are open too, and check the other halves."""
    place = Workplace(folder, CSV)
    for seed in range(repeats):
        order = shuffled(table.rows, seed=seed)
        first = place.write(table.with_rows(order[: table.rows // 2]), "first")
        second = place.write(table.with_rows(order[table.rows // 2 :]), "second")
        for outcome in place.check(second, place.infer(first, "half", ranges=True)).outcomes:
            if outcome.status is Status.SKIP:
                continue
            samples.made[outcome.check] += 1
            if outcome.status in BLOCKING:
                samples.failed[outcome.check] += 1
                column = f"{table.name}.{outcome.id.split('/')[2]}"
                samples.examples.setdefault(outcome.check, Counter())[column] += 1


def print_faults(found: dict[str, Counts]) -> None:
    """One line per table, one column per fault: planted and caught, or how many were missed."""
    for number, fault in enumerate(FAULTS, start=1):
        print(f"  {number:2} {fault.name}{' (--ranges)' * fault.ranges}")
    print(f"\n  {'table':27}{''.join(f'{number:>4}' for number in range(1, len(FAULTS) + 1))}  false alarms")
    for name, counts in found.items():
        cells = "".join(f"{_cell(counts, fault):>4}" for fault in FAULTS)
        print(f"  {name:27}{cells}  {len(counts.alarms)} of {counts.copies}")
    print("\n  A number: so many planted, all caught. !n: n missed. A point: the fault does not apply.")


def _cell(counts: Counts, fault: Fault) -> str:
    missed = len(counts.missed.get(fault.name, ()))
    return f"!{missed}" if missed else str(counts.caught[fault.name] or "·")


def print_samples(samples: Samples, repeats: int) -> bool:
    """One line per kind of check; whether all but ranges nearly never fail."""
    print(f"\nNew samples: schemas (--ranges) of {repeats} random halves of each table, checks of the other halves")
    print(f"  {'check':20}{'made':>9}{'failed':>9}{'share':>10}  most often")
    alarming: list[str] = []
    total_made, total_failed = sum(samples.made.values()), sum(samples.failed.values())
    for check, made in sorted(samples.made.items()):
        share = samples.failed[check] / made
        too_often = check != "between" and not share <= NEARLY_NEVER
        alarming.extend([check] * too_often)
        often = ", ".join(f"{name} {count}x" for name, count in samples.examples.get(check, Counter()).most_common(4))
        print(f"  {check:20}{made:9,}{samples.failed[check]:9,}{share:10.4%}{'!' if too_often else ' '} {often}")
    print(f"  {'all':20}{total_made:9,}{total_failed:9,}{total_failed / total_made:10.4%}")
    return not alarming


def run(tables: Sequence[RealTable], *, forms: Sequence[str], most_targets: int) -> dict[str, Counts]:
    found: dict[str, Counts] = {}
    for table in tables:
        for form in forms:
            with tempfile.TemporaryDirectory(prefix="mlgate-roundtrip-") as folder:
                found[f"{table.name}.{form}"] = judge_table(table, form, Path(folder), most_targets=most_targets)
    return found


def each_in_folder(tables: Sequence[RealTable], work: Callable[[RealTable, Path], None]) -> None:
    for table in tables:
        with tempfile.TemporaryDirectory(prefix="mlgate-roundtrip-") as folder:
            work(table, Path(folder))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tables", nargs="*", help="names of tables; all unless given")
    parser.add_argument("--targets", type=int, default=2, help="columns in which a fault is planted, per table")
    parser.add_argument("--halves", type=int, default=6, help="random halves of each table; 0 leaves them out")
    given = parser.parse_args()
    tables = load_tables(given.tables)
    print(f"\nInfer, then check: {len(tables)} real tables, as CSV and as Parquet, {len(FAULTS)} faults")
    found = run(tables, forms=BOTH, most_targets=given.targets)
    print_faults(found)
    alarms = [alarm for counts in found.values() for alarm in counts.alarms]
    missed = [f"{name}: {what}" for counts in found.values() for name, items in counts.missed.items() for what in items]
    caught = sum(sum(counts.caught.values()) for counts in found.values())
    print(f"\n  {caught:,} caught, {len(missed):,} missed, {len(alarms):,} false alarms")
    for line in (*(f"missed {text}" for text in missed), *(f"false alarm {text}" for text in alarms)):
        print(f"  {line}")
    holds = True
    if given.halves:
        samples = Samples()
        large = [table for table in tables if table.rows >= LEAST_ROWS_OF_HALVES]
        each_in_folder(large, lambda table, place: judge_halves(table, place, samples, repeats=given.halves))
        holds = print_samples(samples, given.halves)
    return 1 if missed or alarms or not holds else 0


if __name__ == "__main__":
    sys.exit(main())
