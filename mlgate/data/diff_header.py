"""How the columns of a table changed: which came and went, which were renamed, which are of another type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.data.diff_profile import Profile
from mlgate.data.likeness import likely_names, name_likeness
from mlgate.data.table import Table

ALIKE, LITTLE_ALIKE = 0.75, 0.4
MAX_CANDIDATES = 50
SAME_CONTENT, MUCH_CONTENT, SOME_CONTENT = 0.95, 0.8, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rename:
    """A column that is likely another one under a new name. `name` and `content` say how alike both are, 0 to 1."""

    old: str
    new: str
    name: float
    content: float


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderChange:
    """Columns before and after; a type is `(column, before, after)`.

    `pairs` are the columns that both have, as (name before, name after).
    """

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    renamed: tuple[Rename, ...]
    retyped: tuple[tuple[str, str, str], ...]
    reordered: bool
    repeated: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "added": [{"column": name, "type": kind} for name, kind in self.added],
            "removed": [{"column": name, "type": kind} for name, kind in self.removed],
            "renamed": [
                {
                    "before": one.old,
                    "after": one.new,
                    "name_likeness": round(one.name, 2),
                    "content_likeness": round(one.content, 2),
                }
                for one in self.renamed
            ],
            "retyped": [{"column": name, "before": old, "after": new} for name, old, new in self.retyped],
            "reordered": self.reordered,
            "repeated": list(self.repeated),
        }


def header_change(before: Table, after: Table, old: Mapping[str, Profile], new: Mapping[str, Profile]) -> HeaderChange:
    """The columns of two tables against each other; of a name that stands twice the first column counts."""
    there, here = tuple(dict.fromkeys(before.columns)), tuple(dict.fromkeys(after.columns))
    gone, come = [name for name in there if name not in here], [name for name in here if name not in there]
    renames = likely_renames({n: old[n] for n in gone if n in old}, {n: new[n] for n in come if n in new})
    became = {rename.old: rename.new for rename in renames}
    pairs = [(name, became.get(name, name)) for name in there if name in here or name in became]
    order = [name for name in here if name in {to for _, to in pairs}]
    return HeaderChange(
        added=tuple((name, _kind(new, name)) for name in come if name not in became.values()),
        removed=tuple((name, _kind(old, name)) for name in gone if name not in became),
        renamed=tuple(renames),
        retyped=tuple(
            (to, old[name].stored, new[to].stored)
            for name, to in pairs
            if name in old and to in new and _types_differ(old[name], new[to])
        ),
        reordered=order != [to for _, to in pairs],
        repeated=tuple(dict.fromkeys((*before.duplicate_header, *after.duplicate_header))),
        pairs=tuple(pairs),
    )


def likely_renames(old: Mapping[str, Profile], new: Mapping[str, Profile]) -> list[Rename]:
    """Columns that are gone and likely back under another name, in the order in which they stood.

    Both must be of one type. Their names are alike and their content is not unlike; or their names are a little alike
    and so is their content; or the content is the same and not that of any column. Of two that are equally likely
    none is.
    """
    scored: dict[tuple[str, str], tuple[float, Rename]] = {}
    for name, others in likely_names(list(old), list(new), MAX_CANDIDATES).items():
        before = old[name]
        for to in others:
            after = new[to]
            found = Rename(old=name, new=to, name=name_likeness(name, to), content=content_likeness(before, after))
            if before.seen.kind == after.seen.kind and _is_likely(found, before):
                scored[name, to] = (found.name + found.content, found)
    chosen = []
    for (name, to), (score, found) in scored.items():
        rivals = [other for key, (other, _) in scored.items() if key != (name, to) and (key[0] == name or key[1] == to)]
        if all(score > rival for rival in rivals):
            chosen.append(found)
    return chosen


def _is_likely(found: Rename, before: Profile) -> bool:
    telling = before.seen.kind == "string" and before.seen.distinct > 1
    return (
        (found.name >= ALIKE and found.content >= SOME_CONTENT)
        or (found.name >= LITTLE_ALIKE and found.content >= MUCH_CONTENT)
        or (telling and found.content >= SAME_CONTENT)
    )


def content_likeness(before: Profile, after: Profile) -> float:
    """How alike two columns are in what they hold, 0 to 1: values and their shares, quantiles of numbers.

    Where neither is known, by how many values differ and how long they are; that never says more than 0.9.
    """
    if before.counts and after.counts:
        common = len(before.counts.keys() & after.counts.keys()) / len(before.counts.keys() | after.counts.keys())
        return (common + shared_mass(before.counts, after.counts)) / 2
    if len(before.quantiles) > 1 and len(after.quantiles) == len(before.quantiles):
        return _overlap(before.quantiles, after.quantiles)
    low, high = (before.seen.low, after.seen.low), (before.seen.high, after.seen.high)
    if {before.seen.kind, after.seen.kind} <= {"date", "datetime"} and all(map(bool, (*low, *high))):
        return 0.9 if max(low) <= min(high) else 0.0
    if not before.seen.present or not after.seen.present:
        return 0.5
    shares = [found.seen.distinct / found.seen.present for found in (before, after)]
    lengths = [float(found.seen.longest or 0) for found in (before, after)]
    return 0.9 * min(shares) / max(shares) * (min(lengths) / max(lengths) if max(lengths) else 1.0)


def shared_mass(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """The share of the rows in which two distributions agree: 1 less their total variation distance."""
    rows = sum(before.values()), sum(after.values())
    if not all(rows):
        return 0.0
    return sum(min(count / rows[0], after[value] / rows[1]) for value, count in before.items() if value in after)


def _overlap(before: tuple[float, ...], after: tuple[float, ...]) -> float:
    """1 less the mean distance of the quantiles, in widths of the wider of the two."""
    width = max(before[-1] - before[0], after[-1] - after[0])
    if not width > 0:
        return 1.0 if before == after else 0.0
    distance = sum(abs(a - b) for a, b in zip(before, after, strict=True)) / len(before)
    return max(0.0, 1.0 - distance / width)


def _types_differ(before: Profile, after: Profile) -> bool:
    if not before.seen.present or not after.seen.present:  # a column of nulls is of no type
        return False
    typed = "(" in before.stored and "(" in after.stored
    return before.seen.kind != after.seen.kind or (typed and before.stored != after.stored)


def _kind(profiles: Mapping[str, Profile], name: str) -> str:
    return profiles[name].stored if name in profiles else "any"
