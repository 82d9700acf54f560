"""All checks of the splits of one entry."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial

from mlgate.config.splits_rules import Splits
from mlgate.data import words
from mlgate.data.asking import reason
from mlgate.data.leakage.balance import label_balance, split_proportions
from mlgate.data.leakage.columns import Compared, common_columns, read_alike
from mlgate.data.leakage.digests import Roles, make_digests
from mlgate.data.leakage.duplicates import Known, conflicting_labels, shared_rows
from mlgate.data.leakage.entities import entity_overlap, entity_time
from mlgate.data.leakage.header import split_columns
from mlgate.data.leakage.moments import TimeAxis, in_days, time_axis, time_column
from mlgate.data.leakage.near_numbers import near_duplicates
from mlgate.data.leakage.near_text import near_duplicate_texts
from mlgate.data.leakage.order import identifier_leakage, row_order
from mlgate.data.leakage.profile import column_facts, identifiers, naming
from mlgate.data.leakage.sampling import Sample, sample
from mlgate.data.leakage.split import Pair, Split, could_not, named, not_asked
from mlgate.data.leakage.target import target_leakage
from mlgate.data.leakage.times import time_overlap
from mlgate.data.outcomes import make_outcome
from mlgate.data.plan import Verdict
from mlgate.data.table import Table
from mlgate.errors import MlgateError
from mlgate.outcome import Outcome

_NOT_LOOKED_FOR = "not looked for: switched off by `near: false` or `--no-near`"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A check of some splits, made when it is judged: `place` and `end` are parts of the outcome's id."""

    place: str
    check: str
    judge: Callable[[], Verdict]
    end: str = ""


def check_splits(tables: Mapping[str, Table], declared: Splits, *, privacy: str = "masked") -> list[Outcome]:
    """Outcomes of the splits of one entry: what leaks from one into another.

    Parameters
    ----------
    tables : the open tables by the names of `declared.datasets`, all of one connection
    privacy : `none`, `masked` or `full`: what of single rows may appear

    Raises
    ------
    SourceError
        The engine cannot read a file.
    """
    splits = [
        Split(name=name, table=tables[name], rows=count_rows(tables[name]), digest=f"leak{place}")
        for place, name in enumerate(declared.datasets)
    ]
    return [
        make_outcome(
            guarded(asked.judge),
            dataset="splits",
            check=asked.check,
            location=declared.location,
            column=asked.place,
            name=asked.end or asked.check,
        )
        for asked in _Checks(splits, declared, privacy).all()
    ]


def count_rows(table: Table) -> int:
    row = table.connection.execute(f"SELECT count(*) FROM {table.relation}").fetchone()  # noqa: S608  # a name of ours
    return int(row[0]) if row else 0


def guarded(judge: Callable[[], Verdict]) -> Verdict:
    """The verdict; what the engine or a source refuses is an error of this check alone."""
    import duckdb

    try:
        return judge()
    except MlgateError as problem:
        return could_not(problem.message, problem.hint)
    except duckdb.Error as problem:
        hint = "a file may be broken, or the work too large for the memory limit (`--memory-limit`)"
        return could_not(f"could not be computed: {reason(problem)}", hint)


@dataclass(frozen=True, slots=True)
class _Checks:
    """The checks of an entry, each made when it is asked for."""

    splits: Sequence[Split]
    declared: Splits
    privacy: str

    def all(self) -> Iterator[_Asked]:
        """Every check, in the order in which a person would ask."""
        whole = self.declared.name or "-".join(self.declared.datasets)
        names, lonely = common_columns(self.splits)
        rows = all(split.rows for split in self.splits)
        read = read_alike(self.splits, [name for name in names if name not in self.declared.ignore]) if rows else []
        found = {column.name: column for column in read if isinstance(column, Compared)}
        header = partial(split_columns, self.splits, self.declared, read, lonely)
        if not found:
            yield _Asked(whole, "split_columns", header)
            return
        left = any(set(columns) - set(self.declared.ignore) for columns in lonely.values())
        known, axis = self._known(found, names, lonely=left)
        yield _Asked(whole, "split_columns", partial(header, [column.name for column in known.roles.naming]))
        make_digests(self.splits, known.roles)
        for one, other in itertools.combinations(self.splits, 2):
            pair = Pair(declared=self.declared, earlier=one, later=other, privacy=self.privacy)
            yield from self._of_pair(pair, known, axis)
        yield from self._of_all(known, whole)

    def _known(
        self, found: Mapping[str, Compared], names: Sequence[str], *, lonely: bool
    ) -> tuple[Known, TimeAxis | Verdict | None]:
        """Roles of the columns, what was seen of them, and how moments are compared."""
        declared = self.declared
        entity = [found[name] for name in declared.entity if name in found]
        entity = entity if len(entity) == len(declared.entity) else []
        label = found.get(declared.label or "")
        axis: TimeAxis | Verdict | None = None
        time = None
        if declared.time in names and declared.time is not None:
            column = time_column(self.splits, declared.time)
            axis = time_axis(self.splits, column, declared.gap_s)
            if isinstance(column, Compared) and isinstance(axis, TimeAxis):
                time = in_days(column) if axis.by_day else column
        facts = column_facts(self.splits, list(found.values()))
        others = [column for name, column in found.items() if name not in declared.named_columns]
        apart = naming(self.splits, others, facts)
        others = [column for column in others if column not in apart]
        ids = identifiers(self.splits, others, facts)
        roles = Roles(
            compared=[column for column in found.values() if column not in apart],
            features=[column for column in others if column not in ids],
            identifiers=ids,
            naming=apart,
            entity=entity,
            time=time,
            label=label,
        )
        return Known(splits=self.splits, roles=roles, facts=facts, lonely=lonely), axis

    def _of_pair(self, pair: Pair, known: Known, axis: TimeAxis | Verdict | None) -> Iterator[_Asked]:
        declared, roles = self.declared, known.roles
        place = f"{pair.earlier.name}-{pair.later.name}"
        if declared.name:
            place = declared.name if len(self.splits) == 2 else f"{declared.name}.{place}"
        yield _Asked(place, "shared_rows", partial(shared_rows, pair, known))
        if not declared.near:
            yield _Asked(place, "near_duplicates", partial(not_asked, _NOT_LOOKED_FOR))
        else:
            yield _Asked(place, "near_duplicates", partial(near_duplicates, pair, known))
            for column in self._texts(known):
                judge = partial(near_duplicate_texts, pair, known, column)
                if known.kind(column) != "string":
                    judge = partial(_no_text, known, column)
                yield _Asked(place, "near_duplicate_texts", judge, f"near_duplicate_texts.{column}")
        if declared.entity:
            absent = partial(_not_compared, named(declared.entity))
            yield _Asked(place, "entity_overlap", partial(entity_overlap, pair, known) if roles.entity else absent)
        if declared.time and not isinstance(axis, TimeAxis):
            yield _Asked(place, "time_overlap", partial(_said, axis or _not_compared(words.short(declared.time))))
        if isinstance(axis, TimeAxis):
            yield _Asked(place, "time_overlap", partial(time_overlap, pair, axis))
            if roles.entity:
                yield _Asked(place, "entity_time", partial(entity_time, pair, axis))
        if roles.label:
            yield _Asked(place, "label_balance", partial(label_balance, pair, known))

    def _texts(self, known: Known) -> list[str]:
        """Columns of text in which near-duplicates are looked for."""
        near = self.declared.near
        sentences = [column.name for column in known.roles.features if known.facts[column.name].is_sentences]
        return list(dict.fromkeys(near.text)) if near and near.text else sentences

    def _of_all(self, known: Known, whole: str) -> Iterator[_Asked]:
        limits = self.declared.limits
        shares = dict(self.declared.proportions)
        yield _Asked(whole, "split_proportions", partial(split_proportions, known, shares, limits.split_proportions))
        if not known.roles.label:
            return
        labels = partial(conflicting_labels, known, limits.conflicting_labels, self.privacy)
        yield _Asked(whole, "conflicting_labels", labels)
        rows = cache(partial(sample, known))
        for judge, limit in (
            (target_leakage, limits.target_leakage),
            (identifier_leakage, limits.identifier_leakage),
            (row_order, limits.row_order),
        ):
            yield _Asked(whole, judge.__name__, partial(_of_sample, judge, known, rows, limit))


def _no_text(known: Known, column: str) -> Verdict:
    kind = known.kind(column)
    if not kind:
        return _not_compared(words.short(column))
    return could_not(f"{words.short(column)} holds no text but {kind}", "name a column of text under `text`")


def _of_sample(
    judge: Callable[[Known, Sample, float], Verdict], known: Known, rows: Callable[[], Sample], limit: float
) -> Verdict:
    return judge(known, rows(), limit)


def _said(verdict: Verdict) -> Verdict:
    return verdict


def _not_compared(columns: str) -> Verdict:
    return not_asked(f"{columns}: cannot be compared, see split_columns")
