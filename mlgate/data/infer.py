"""A cautious schema proposed from data: true of the file that it came from, and no tighter than the file supports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from mlgate.data import words
from mlgate.data.hygiene import FAR_BELOW, NUMBERS_FOR_MISSING
from mlgate.data.infer_columns import Found, propose_column
from mlgate.data.infer_domains import find_domains
from mlgate.data.infer_facts import Seen, observe
from mlgate.data.infer_formats import find_formats
from mlgate.data.infer_keys import find_keys, find_pair
from mlgate.data.infer_personal import find_personal
from mlgate.data.infer_read import Reading, Reread, propose_reading
from mlgate.data.infer_text import TableProposal, column_lines, head_lines, read_lines, table_lines
from mlgate.data.table import Table
from mlgate.errors import SourceError

LEAST_SHARE = 0.6
"""A file with fewer of the rows that were seen looks cut off."""
WORDS_FOR_MISSING = ("N/A", "n/a", "#N/A", "NULL", "null", "NaN", "nan")


def infer_schema(table: Table, *, path: str, ranges: bool = False, assumed: Sequence[str] = ()) -> str:
    """YAML text of a schema that the table satisfies.

    Types come from all values; codes with leading zeros stay text. A column without missing values is `not_null`, one
    with some gets a `null_fraction` that a new file exceeds about once in a thousand. A column with few values, each of
    them seen often enough, gets its set; one that names rows is `unique`, as are two columns that do so together.
    Texts that are all written alike (dates, percentages, codes of one length) get that as a rule. Numbers must be
    finite and none of -999, -9999, -99999, texts no N/A. Words for missing values are listed under `read: null`.
    Ranges are comments: they are what was seen, not what may be. A column with personal data allows the kinds that were
    found, with a reason to confirm; keys and other credentials are never allowed, so that such a file fails.

    Parameters
    ----------
    table : open, with its connection
    path : the file as the header names it
    ranges : make the suggested ranges rules
    assumed : what was assumed to open the table, for the head

    Raises
    ------
    SourceError
        A column name stands twice, there is no column or no row, or the engine cannot read the file.
    """
    if table.duplicate_header:
        fact = f"{path}: the header repeats {words.listed(table.duplicate_header)}"
        raise SourceError(fact, hint="rename the columns: a schema names each once")
    if not any(table.columns):
        raise SourceError(f"{path} has no columns with a name", hint="write the file again")
    columns = observe(table, path=path)
    if not columns:
        raise _no_rows(table, path)
    reading = propose_reading(table, columns, path=path)
    if reading.read != table.read:
        table = Reread(table, reading.read, reading.tokens)
        columns = observe(table, path=path)
    found = _find(table, columns, reading, path)
    assumed = [*assumed, *[f"{table.assumed} was found by looking"] * bool(table.assumed), *reading.notes]
    lines = [*head_lines(_head(table, columns, path, assumed, ranges=ranges)), "version: 1"]
    lines += read_lines(table, reading.read)
    lines.append("columns:")
    for seen in columns:
        lines += column_lines(propose_column(seen, found[seen.name], ranges=ranges))
    lines += table_lines(_of_table(table, columns, found, reading, path))
    return "\n".join(lines) + "\n"


def _find(table: Table, columns: Sequence[Seen], reading: Reading, path: str) -> dict[str, Found]:
    domains = find_domains(table, columns)
    closed = [name for name, domain in domains.items() if domain.convincing]
    formats = find_formats(table, [seen for seen in columns if seen.name not in closed], path=path)
    other = [name for name, written in formats.items() if not written.names_rows]
    keys = find_keys(table, columns, other, path=path)
    personal = find_personal(table, columns, path=path)
    return {
        seen.name: Found(
            key=keys.get(seen.name, ""),
            domain=domains.get(seen.name),
            written=formats.get(seen.name),
            reading=reading.remarks.get(seen.name, ""),
            personal=personal.get(seen.name),
        )
        for seen in columns
    }


def _no_rows(table: Table, path: str) -> SourceError:
    if not table.problem_rows:
        fact = f"{path}: the file holds no rows: there is nothing to infer from"
        return SourceError(fact, hint="write the rows first")
    first = words.short(table.problems[0].message)
    fact = (
        f"{path}: no row could be read (line {table.problems[0].line}: {first}); look at the encoding or the delimiter"
    )
    return SourceError(fact, hint="declare `read.encoding` or `read.delimiter` in a schema, or correct the file")


def _head(table: Table, columns: Sequence[Seen], path: str, assumed: Sequence[str], *, ranges: bool) -> list[str]:
    size = f"{words.counted(columns[0].rows, 'row')}, {words.counted(len(table.columns), 'column')}"
    told = [
        f"Proposed by `mlgate data infer` from {words.short(path)} ({size}).",
        "Read it before you rely on it: it says what is in this file, not what may be in the next one.",
    ]
    if any(seen.missing for seen in columns):
        told.append(
            "null_fraction: a share of missing values that another file of this size exceeds about once in a thousand "
            "(upper end of Wilson's interval at three standard errors of a difference)."
        )
    if any(seen.is_numeric for seen in columns):
        suggested = "between" if ranges else "suggested between"
        told.append(
            f"{suggested}: what was seen, widened by its width on either side, a long tail by more; a wrong unit "
            "(x 1000) lies outside." + ("" if ranges else " `mlgate data infer --ranges` makes it a rule.")
        )
    if table.problem_rows:
        told.append(f"{words.counted(table.problem_rows, 'row')} could not be parsed and took no part.")
    return [*told, f"Assumed: {'; '.join(assumed)}."] if assumed else told


def _of_table(
    table: Table, columns: Sequence[Seen], found: Mapping[str, Found], reading: Reading, path: str
) -> TableProposal:
    rows = columns[0].rows
    least = max(1, math.ceil(LEAST_SHARE * rows))
    unnamed = "" in table.columns
    pair = None if any(known.key for known in found.values()) else find_pair(table, columns, path=path)
    return TableProposal(
        least_rows=least,
        rows_remark=f"{LEAST_SHARE:.0%} of the {words.counted(rows, 'row')} that were seen",
        extra_columns="ignore" if unnamed else "fail",
        extra_remark="because of the column without a name, which a schema cannot declare" if unnamed else "",
        unique=[(pair[:2], pair[2])] if pair else [],
        checks=_checks(columns, reading),
    )


def _checks(columns: Sequence[Seen], reading: Reading) -> list[tuple[dict[str, object], str]]:
    """Checks of all columns of a type."""
    numbers = [seen for seen in columns if seen.is_numeric]
    near = [seen for seen in numbers if seen.lowest is None or seen.lowest >= FAR_BELOW]
    decimals = [seen for seen in numbers if seen.kind == "number"]
    texts = [seen for seen in columns if seen.kind == "string"]
    absent = [word for word in WORDS_FOR_MISSING if word not in reading.read.null]
    sentinels: dict[str, object] = {"not_in_set": list(NUMBERS_FOR_MISSING), "name": "sentinels"}
    checks: list[tuple[dict[str, object], str]] = []
    if finite := [seen for seen in decimals if not (seen.nan or seen.infinite)]:
        checks.append(({"columns": _chosen(finite, decimals, "number"), "finite": True}, "neither infinite nor NaN"))
    if near:
        kinds = list(dict.fromkeys(seen.kind for seen in numbers))
        chosen = _chosen(near, numbers, kinds if len(kinds) > 1 else kinds[0])
        checks.append(({"columns": chosen, **sentinels}, "numbers that often stand for a missing value"))
    if texts and absent and not reading.crowded:
        check: dict[str, object] = {"columns": {"type": "string"}, "not_in_set": absent, "name": "sentinels"}
        checks.append((check, "words that often stand for a missing value"))
    return checks


def _chosen(some: Sequence[Seen], every: Sequence[Seen], kinds: object) -> object:
    """The columns by type where all of the type are meant, else by name."""
    return {"type": kinds} if len(some) == len(every) else [seen.name for seen in some]
