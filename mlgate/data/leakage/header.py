"""Whether the splits can be compared at all: rows, columns, types, files."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from mlgate.config.splits_rules import Splits
from mlgate.data import words
from mlgate.data.leakage.columns import Compared, Unlike
from mlgate.data.leakage.split import Split, could_not, named
from mlgate.data.plan import Verdict
from mlgate.outcome import Status


def split_columns(
    splits: Sequence[Split],
    declared: Splits,
    read: Sequence[Compared | Unlike],
    lonely: Mapping[str, Sequence[str]],
    naming: Sequence[str] = (),
) -> Verdict:
    """`split_columns`: the splits can be compared: each has rows, all have the declared columns, of like types.

    It is an `error` if a split has no rows or rows that cannot be parsed, if a column of `entity`, `time` or `label` is
    not in all of them, if no column or no feature is, if a column of `ignore` is in none, or if a column is of types of
    which no values can be equal (text that holds no number beside integers). Types that differ are no matter: 7 is the
    same in a text file and in a Parquet file of integers or floats. Columns that only some splits have are named and
    not compared, `warn` unless `ignore` lists them. A column that has one value in each split, and not the same, names
    the split; it is not compared.
    """
    problem = _no_rows(splits) or _absent(splits, declared)
    if problem:
        return problem
    unlike = [column for column in read if isinstance(column, Unlike)]
    compared = [column.name for column in read if isinstance(column, Compared)]
    if unlike:
        told = "; ".join(f"{words.short(column.name)} is {column.reason}" for column in unlike[:5])
        more = f"; and {len(unlike) - 5} more columns" if len(unlike) > 5 else ""
        hint = "write the column in one type in all splits, or list it under `ignore`"
        return could_not(f"cannot be compared: {told}{more}", hint)
    if not compared:
        names = " and ".join(words.short(split.name) for split in splits)
        return could_not(f"{names} have no column in common", "name files of the same table")
    lonely = _not_in_all(declared, lonely)
    left = [f"only in {words.short(name)}: {named(columns)}" for name, columns in lonely.items()]
    others = [name for name in compared if name not in declared.named_columns]
    if left and not [name for name in others if name not in naming]:
        return could_not(
            f"no feature is in {'both' if len(splits) == 2 else 'all'}: {'; '.join(left)}",
            "name the columns alike in all splits",
        )
    all_of_them = "both splits have" if len(splits) == 2 else f"all {len(splits)} splits have"
    message = f"{words.counted(len(compared), 'column')} that {all_of_them} can be compared"
    message += f"; not compared, since not in all: {'; '.join(left)}" if left else ""
    message += f"; ignored: {named(declared.ignore)}" if declared.ignore else ""
    message += f"; {named(naming)} {'names' if len(naming) == 1 else 'name'} the split: not compared" if naming else ""
    return Verdict(
        status=Status.WARN if left else Status.PASS,
        message=message,
        observed=len(compared),
        expected="columns that all splits have",
        hint="name the columns alike in all splits, or list under `ignore` what no model uses" if left else "",
        evidence={
            "judged": len(compared),
            "failing": 0,
            "sizes": {split.name: split.rows for split in splits},
            "only_in": {name: [words.short(column) for column in columns[:20]] for name, columns in lonely.items()},
        },
    )


def _not_in_all(declared: Splits, lonely: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Columns that only some splits have, without those that need not be compared."""
    found = {split: [name for name in names if name not in declared.ignore] for split, names in lonely.items()}
    return {split: names for split, names in found.items() if names}


def _no_rows(splits: Sequence[Split]) -> Verdict | None:
    for split in splits:
        name = words.short(split.name)
        if not split.rows:
            return could_not(f"{name} has no rows ({split.table.shown})", "write it again, or pull it (`dvc pull`)")
        if split.table.problem_rows:
            first = split.table.problems[0]
            count = words.counted(split.table.problem_rows, "row")
            message = (
                f"{count} of {name} cannot be parsed, the first in line {first.line}: {words.short(first.message)}"
            )
            return could_not(message, "correct the file: rows that are left out could be the ones that leak")
    return None


def _absent(splits: Sequence[Split], declared: Splits) -> Verdict | None:
    every = list(dict.fromkeys(name for split in splits for name in split.table.columns))
    for name in declared.ignore:
        if name not in every:
            return could_not(f"ignore: {words.short(name)} is in none of the splits", _nearest(name, every))
    for role, columns in _declared(declared):
        for column in columns:
            for split in splits:
                count = split.table.columns.count(column)
                if count == 1:
                    continue
                hint = _nearest(column, split.table.columns)
                fact = "stands twice in" if count else "is not in"
                message = f"{role}: {words.short(column)} {fact} {words.short(split.name)}"
                return could_not(message, "rename one of them" if count else hint)
    return None


def _nearest(name: str, columns: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, columns, n=1, cutoff=0.6)
    return f"did you mean {words.short(near[0])!r}?" if near else f"there are {named(columns, 10)}"


def _declared(declared: Splits) -> list[tuple[str, Sequence[str]]]:
    near = declared.near.text if declared.near else ()
    single = [("time", declared.time), ("label", declared.label)]
    return [("entity", declared.entity), *((role, [name]) for role, name in single if name), ("near text", near)]


def same_file(names: Sequence[str], files: Sequence[str]) -> Verdict:
    """`same_file`: no file belongs to two splits.

    The same path, a link to the same file, and globs that name a file twice are an `error`: two names of one file say
    nothing about leakage, so nothing is compared. A copy of a file is found by `shared_rows`.
    """
    listed = words.listed([words.short(file) for file in files], limit=3)
    message = f"{' and '.join(words.short(name) for name in names)} are the same file: {listed}; nothing was compared"
    return could_not(message, "name the files of each split; globs must not overlap")
