"""Every check of data has files that it passes and files that it must not, kept in `tests/cases/data/<check>/`.

`README.md` of that folder says how a case is written. What is expected was worked out by hand from the check's
documentation; it is compared with the report that `mlgate data check FILE --schema SCHEMA` makes.
"""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from mlgate.config.column_rules import COLUMN_RULES
from mlgate.config.document import load_document
from mlgate.config.table_rules import TABLE_RULES
from mlgate.data.catalogue import CATALOGUE
from mlgate.data.listing import promised_ids
from mlgate.gate.load import load_schema
from mlgate.gate.standalone import DataRequest, check_data_file
from mlgate.outcome import report_to_dict

CASES = Path(__file__).parents[2] / "cases" / "data"
EXPECTED, SCHEMA, OTHER = "expected.yaml", "schema.yaml", "other"
NAMES = sorted(name for name, _, _ in CATALOGUE)

ALWAYS_DECIDED = frozenset(
    {
        # of the header, which is read before anything else
        *("column_exists", "column_count", "columns_match", "extra_columns", "duplicate_header", "header_names"),
        # without a schema: a column in which there is nothing to be found is in order
        *("mixed_types", "sentinels", "mixed_formats", "not_finite", "repeated_header", "duplicate_rows"),
        # a file of which no row can be looked at is not `readable`
        "unparseable_rows",
    }
)
"""Checks that have an answer for every file that can be read; the others have one for which it is `error`."""

STATED = ("status", "observed", "expected")
"""What a case says of every check that came to a verdict; of an `error` or a `skip` it `says` why there is none."""

COUNTED = ("judged", "failing", "nulls", "nan", "not_of_type", "outside", "rows", "lines")
"""Evidence that a case must name where the report has it."""


@cache
def expected_of(check: str) -> dict[str, dict[str, dict[str, Any]]]:
    """Outcomes by id, by data file."""
    path = CASES / check / EXPECTED
    assert path.exists(), f"{check} has no case files: write tests/cases/data/{check}/ as its README.md says"
    expected: Any = load_document(path.read_text(encoding="utf-8"), f"{check}/{EXPECTED}").plain_data()
    return dict(expected)


def every_file() -> list[tuple[str, str]]:
    return [(check, file) for check in NAMES if (CASES / check / EXPECTED).exists() for file in expected_of(check)]


def schema_of(check: str, file: str) -> str | None:
    """`bad-stored.parquet` is checked against `stored.yaml`, else against `schema.yaml`, else for hygiene."""
    variant = Path(file).name.partition(".")[0].partition("-")[2]
    names = (f"{variant}.yaml" if variant else SCHEMA, SCHEMA)
    return next((name for name in names if (CASES / check / name).exists()), None)


def write_parquet(twin: Path, path: Path) -> None:
    """A Parquet file of a CSV file whose header holds `name:type`, of types of Arrow."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    header = twin.read_text(encoding="utf-8").splitlines()[0]
    types = {name: pa.type_for_alias(kind) for name, _, kind in (part.partition(":") for part in header.split(","))}
    table = csv.read_csv(
        twin,
        read_options=csv.ReadOptions(column_names=list(types), skip_rows=1),
        parse_options=csv.ParseOptions(ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(column_types=types, null_values=[""], strings_can_be_null=True),
    )
    parquet.write_table(table, path)


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case files outside of any project, with the Parquet files that stand there as CSV."""
    folder = shutil.copytree(CASES, tmp_path_factory.mktemp("cases") / "data")
    for twin in folder.rglob("*.parquet.csv"):
        write_parquet(twin, twin.with_suffix(""))
    return folder


def report_of(check: str, file: str, cases: Path) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit code and outcomes by id, without what all ids begin with."""
    schema = schema_of(check, file)
    request = DataRequest(
        file=file, schema=Path(schema) if schema else None, environment=None, privacy="masked", start=cases / check
    )
    report = check_data_file(request)
    outcomes = report_to_dict(report)["outcomes"]
    found = {unquote(item["id"]).removeprefix(f"data/{file}/"): item for item in outcomes}
    assert len(found) == len(outcomes)
    return report.exit_code, found


def promised(check: str, file: str, cases: Path) -> set[str]:
    """Ids of the outcomes that the schema of a case promises for any table, as those of `report_of`."""
    schema = schema_of(check, file)
    ids = promised_ids(load_schema(cases / check, schema), file) if schema else ()
    return {unquote(id_).removeprefix(f"data/{file}/") for id_ in ids}


def told(outcome: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What a report says of an outcome, as far as a case speaks of it and as far as it has to."""
    # `null` as a key of YAML is no text.
    evidence: dict[str, Any] = {"nulls" if key == "null" else key: part for key, part in outcome["evidence"].items()}
    if "rows" in evidence and isinstance(evidence["rows"], list):
        evidence["rows"] = [row["row"] for row in evidence["rows"]]
    if "lines" in evidence:
        evidence["lines"] = [problem["line"] for problem in evidence["lines"]]
    decided = outcome["status"] not in ("error", "skip")
    parts = {key: outcome[key] for key in (STATED if decided else ("status",))}
    parts |= {key: value for key, value in evidence.items() if key in COUNTED or key in wanted}
    return parts | ({} if decided else {"says": outcome["message"]})


def same(wanted: Any, found: Any) -> bool:
    """Equal, numbers but for the last digits."""
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    if isinstance(wanted, float) and isinstance(found, int | float):
        return math.isclose(wanted, found, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(wanted, dict) and isinstance(found, dict):
        return wanted.keys() == found.keys() and all(same(value, found[key]) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(wanted) == len(found) and all(map(same, wanted, found))
    return bool(wanted == found)


def differences(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Where an outcome is not what was expected; `says` is a part of the message."""
    keys = [key for key in (*wanted, *(key for key in found if key not in wanted)) if key != "says"]
    apart = [
        f"{key}: expected {wanted.get(key, '(nothing)')!r}, found {found.get(key, '(nothing)')!r}"
        for key in keys
        if key not in wanted or key not in found or not same(wanted[key], found[key])
    ]
    reason: str = wanted.get("says", "")
    if bool(reason) is not ("says" in found) or reason not in found.get("says", ""):
        apart.append(f"says: expected {reason!r}, found {found.get('says')!r}")
    return apart


@pytest.mark.parametrize(("check", "file"), every_file())
def test_the_report_is_what_was_worked_out(check: str, file: str, cases: Path) -> None:
    wanted = expected_of(check)[file]
    code, found = report_of(check, file, cases)
    assert promised(check, file, cases) <= set(found) or "readable" in found
    own = {id_ for id_, outcome in found.items() if outcome["check"] == check.removeprefix("composite_")}
    wrong = [f"{id_}: expected, and not in the report" for id_ in wanted if id_ not in found]
    wrong += [
        f"{id_}: not expected: {outcome['status']}: {outcome['message']}"
        for id_, outcome in found.items()
        if id_ not in wanted and (id_ in own or outcome["status"] != "pass")
    ]
    for id_ in [id_ for id_ in wanted if id_ in found]:
        wrong += [f"{id_}: {apart}" for apart in differences(wanted[id_], told(found[id_], wanted[id_]))]
    assert not wrong, "\n".join([f"tests/cases/data/{check}/{file}", *wrong])
    statuses = {outcome["status"] for outcome in wanted.values()}
    assert code == (1 if "fail" in statuses else 3 if "error" in statuses else 0)
    assert IS_KIND[kind_of(file)]({found[id_]["status"] for id_ in own}), f"{file} is not what its name says"


IS_KIND: dict[str, Callable[[set[str]], bool]] = {
    "good": lambda statuses: statuses == {"pass"},
    "bad": lambda statuses: bool(statuses & {"fail", "warn"}),
    "undecided": lambda statuses: "error" in statuses,
}
"""What the outcomes of the check itself are, by the beginning of the data file's name."""


def kind_of(file: str) -> str:
    """`good` of `good-stored.parquet`."""
    return re.split("[-.]", file)[0]


@pytest.mark.parametrize("check", NAMES)
def test_every_check_has_a_good_a_bad_and_an_undecided_file(check: str) -> None:
    kinds = {kind_of(file) for file in expected_of(check)}
    assert kinds == {"good", "bad"} | ({"undecided"} if check not in ALWAYS_DECIDED else set())


def test_every_rule_of_a_schema_is_a_check_with_cases() -> None:
    assert set(COLUMN_RULES) <= set(NAMES)
    assert {f"composite_{name}" if name in COLUMN_RULES else name for name in TABLE_RULES} <= set(NAMES)


def test_every_file_belongs_to_a_check_and_is_used() -> None:
    assert sorted(path.name for path in CASES.iterdir() if path.is_dir()) == NAMES
    for check in NAMES:
        files = {path.relative_to(CASES / check).as_posix() for path in (CASES / check).rglob("*") if path.is_file()}
        used = {EXPECTED, *(schema for file in expected_of(check) if (schema := schema_of(check, file)))}
        used |= {f"{file}.csv" if file.endswith(".parquet") else file for file in expected_of(check)}
        named = "\n".join((CASES / check / name).read_text(encoding="utf-8") for name in used if name.endswith(".yaml"))
        others = {file for file in files if file.startswith(f"{OTHER}/") and file.removesuffix(".csv") in named}
        assert sorted(files - used - others) == [], check
        assert sorted(used - files) == [], check
