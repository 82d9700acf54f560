"""Entities that stand in two splits, and the order of their rows in time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.matching import Shared, as_rows, ask_row, ask_rows, first_matches, shared, values_at
from mlgate.data.leakage.moments import TimeAxis
from mlgate.data.leakage.split import (
    MAX_SHOWN,
    Found,
    Pair,
    could_not,
    judged,
    named,
    not_asked,
    share_told,
    without_some,
)
from mlgate.data.leakage.written import Written, first_written, written_differently
from mlgate.data.plan import Verdict
from mlgate.outcome import Status


def entity_overlap(pair: Pair, known: Known) -> Verdict:
    """`entity_overlap`: no entity, e.g. a patient, has rows in two splits.

    The columns of `entity` name it together; rows in which one of them is missing, blank or a word for missing (`NA`)
    name none and are counted: 5 % of a split are a `warn`, more than half an `error`. A model that has seen a patient
    in training is not tested by another visit of the same patient. Text is also compared without zeros in front, `.0`,
    spaces around it and the form of Unicode: what is equal so is shared, unless two entities of one split are equal
    then, too: `warn`, like what is equal but for upper and lower case. Entities and rows of both splits are counted.
    `max: {entity_overlap: 0.01}` accepts a share of the later split's entities. It is an `error` if no row names an
    entity.
    """
    columns = [column.name for column in known.roles.entity]
    found = shared(pair, "e")
    for split, count in ((pair.later, found.judged), (pair.earlier, found.earlier_judged)):
        if not count:
            message = f"no row of {words.short(split.name)} names an entity: {named(columns)} is never there"
            return could_not(message, "correct the column, or name another one")
    written = written_differently(pair, (known.place(pair.earlier), known.place(pair.later)), known.roles.entity)
    verdict = _overlap(pair, columns, found, written)
    without = {
        pair.later.name: (pair.later.rows - found.judged, pair.later.rows),
        pair.earlier.name: (pair.earlier.rows - found.earlier_judged, pair.earlier.rows),
    }
    return without_some(_perhaps(verdict, written), without, named(columns))


def _overlap(pair: Pair, columns: list[str], found: Shared, written: Written) -> Verdict:
    nulls = {
        pair.later.name: pair.later.rows - found.judged,
        pair.earlier.name: pair.earlier.rows - found.earlier_judged,
    }
    every = replace(
        found,
        values=found.values + written.values,
        rows=found.rows + written.rows,
        earlier_rows=found.earlier_rows + written.earlier_rows,
    )
    matches = first_matches(pair, "e") if found.values else []
    matches += first_written(pair) if written.values else []
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    return judged(
        Found(
            judged=found.judged_values,
            failing=every.values,
            message=_overlap_told(every, earlier, later, named(columns), written.values, sum(nulls.values())),
            expected=f"no {named(columns)} of {earlier} in {later}",
            hint=f"split again by {named(columns)}, so that all rows of one stand in one split",
            rows=as_rows(pair, sorted(matches)[:MAX_SHOWN], columns),
            rows_in=pair.later.name,
            evidence={
                "entity": columns,
                "rows_shared": every.rows,
                "rows_judged": found.judged,
                "rows_earlier": every.earlier_rows,
                "rows_without_entity": nulls,
                "written_differently": written.values,
                "perhaps_written_differently": written.unsure,
                "equal_but_for_case": written.by_case,
            },
        ),
        pair.declared.limits.entity_overlap,
        pair.privacy,
    )


def _perhaps(verdict: Verdict, written: Written) -> Verdict:
    """A warning where entities may be the same, but need not."""
    told = []
    if written.by_case:
        told.append(f"{written.by_case:,} {_is(written.by_case)} but for upper and lower case")
    if written.unsure:
        told.append(f"{written.unsure:,} {_is(written.unsure)} but for zeros or spaces, as are some of one split")
    if not told or verdict.status is not Status.PASS:
        return verdict
    hint = "write entities in one way in all splits, if these are the same"
    return replace(verdict, status=Status.WARN, message=f"{verdict.message}; {'; '.join(told)}", hint=hint)


def _overlap_told(found: Shared, earlier: str, later: str, columns: str, written: int, without: int) -> str:
    told = f"{found.values:,} of {found.judged_values:,} entities ({columns}) of {later} "
    told += f"{_is(found.values)} in {earlier} too"
    if found.values:
        told += f", with {words.counted(found.rows, 'row')} of {later} ({share_told(found.rows, found.judged)})"
        told += f" and {found.earlier_rows:,} of {earlier}"
    if written:
        told += f"; {written:,} of them written differently (zeros, spaces, ...)"
    if without:
        told += f"; {words.counted(without, 'row')} without one left out"
    return told


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def entity_time(pair: Pair, axis: TimeAxis) -> Verdict:
    """`entity_time`: of an entity with rows in two splits, those of the earlier split are the older ones.

    It looks at entities that stand in both; their rows in the earlier split must lie before their first one in the
    later split, by `gap` where one is declared. Rows without a moment are left out. `max: {entity_time: 0.01}` accepts
    a share of the entities. Where no entity is shared, there is nothing to compare.
    """
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    counts = f"{sql.ROWS}, {sql.count_where('n > 0')}, coalesce(sum(n), 0)"
    both, wrong, rows = ask_row(pair.later, _wrong_order(pair, axis, counts))
    if not both:
        return not_asked(f"no entity is in both {earlier} and {later}: there is nothing to compare")
    first = ask_rows(
        pair.later, _wrong_order(pair, axis, "first_wrong", f"WHERE n > 0 ORDER BY first_wrong LIMIT {MAX_SHOWN}")
    )
    told = f"{wrong:,} of {both:,} {'entity' if both == 1 else 'entities'} of both {_has(wrong)} rows in "
    told += f"{earlier} that are not older than its first one in {later}"
    if wrong:
        told += f": {words.counted(rows, 'row')} of {earlier}"
    columns = [*pair.declared.entity, str(pair.declared.time)]
    places = [int(row) for (row,) in first]
    shown = values_at(pair.earlier, places, columns, pair.privacy)
    listed: list[dict[str, Any]] = [{"row": row, "value": ", ".join(shown.get(row, []))} for row in places]
    return judged(
        Found(
            judged=int(both),
            failing=int(wrong),
            message=told,
            expected=f"the rows of an entity in {earlier} before those in {later}",
            hint=f"cut the rows of each entity by {pair.declared.time}: the older ones belong into {earlier}",
            rows=listed,
            rows_in=pair.earlier.name,
            evidence={"rows_wrong": int(rows)},
        ),
        pair.declared.limits.entity_time,
        pair.privacy,
    )


def _has(count: int) -> str:
    return "has" if count == 1 else "have"


def _wrong_order(pair: Pair, axis: TimeAxis, what: str, where: str = "") -> str:
    """Of each entity in both: `n` rows of the earlier split that are not before its first of the later one."""
    timed = "e IS NOT NULL AND t IS NOT NULL"
    starts = f"SELECT e, {sql.smallest('t')} AS start FROM {pair.later.digest} WHERE {timed} GROUP BY e"  # noqa: S608  # names of ours
    wrong = axis.overlaps("one.t", "start")
    first = sql.smallest('one."row"', wrong)
    each = (
        f"SELECT e, {sql.count_where(wrong)} AS n, {first} AS first_wrong "  # noqa: S608  # names of ours
        f"FROM {pair.earlier.digest} AS one JOIN ({starts}) AS starts USING (e) WHERE one.t IS NOT NULL GROUP BY e"
    )
    return f"SELECT {what} FROM ({each}) AS entities {where}"  # noqa: S608  # names of ours
