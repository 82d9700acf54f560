"""One reference and one newer table, read one after the other and compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlgate.config.drift_rules import DriftRules
from mlgate.errors import MlgateError, UsageError
from mlgate.gate.datasets import Subject
from mlgate.gate.record import Progress, could_not_check, timed
from mlgate.outcome import Location, Outcome
from mlgate.sources import files as sources
from mlgate.sources import table_files, tables
from mlgate.sources.memory import memory_limit

if TYPE_CHECKING:
    from mlgate.config.schema import Column
    from mlgate.data.drift.classifier import Apart, Rows
    from mlgate.data.drift.groups import Groups
    from mlgate.data.drift.judging import More
    from mlgate.data.drift.sketch import Sketch
    from mlgate.sources.tables import OpenTable


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile in place of a reference: folder, and the POSIX path relative to it."""

    root: Path
    path: str

    @property
    def name(self) -> str:
        return self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A reference and the newer data that is compared with it.

    Parameters
    ----------
    title : what stands in the ids; empty takes the names of both
    location : of the declaration; None takes the newer file
    seed : of the permutations of groups and of the classifier
    """

    reference: Subject | Profile
    current: Subject
    rules: DriftRules
    title: str = ""
    location: Location | None = None
    seed: int = 0
    progress: Progress | None = None

    @property
    def name(self) -> str:
        return self.title or f"{self.reference.name}..{self.current.name}"


def judge_pair(pair: Pair) -> list[Outcome]:
    """Outcomes of newer data against a reference."""
    from mlgate.data.drift import Between, judge_drift, same_files

    location = pair.location or Location(pair.current.path)
    names = pair.reference.name, pair.current.name
    with timed() as elapsed:
        try:
            shared = _shared_files(pair)
            if shared is not None and shared[0]:
                return [same_files(pair.name, names, shared, location)]
            reference, current, more = _read(pair)
        except UsageError:
            raise
        except MlgateError as problem:
            return [unreadable(pair, problem)]
        between = Between(
            reference=reference,
            current=current,
            rules=pair.rules,
            title=pair.title,
            privacy=pair.current.privacy,
            unexpected=_unexpected(pair.current),
        )
        outcomes = judge_drift(between, location=location, more=more)
        outcomes[0] = replace(outcomes[0], duration_s=round(elapsed(), 4))
    return outcomes


def unreadable(pair: Pair, problem: MlgateError) -> Outcome:
    """The outcome of a pair of which one cannot be read."""
    return could_not_check(
        problem,
        id=f"data/drift/{quote(pair.name, safe='=._-')}/readable",
        check="readable",
        tier="data",
        subject=pair.current.name,
        location=pair.location or Location(pair.current.path),
    )


def _unexpected(subject: Subject) -> dict[str, str]:
    """Columns that a schema expects in other environments than that of the data, with the reason."""
    if subject.schema is None or subject.environment is None:
        return {}
    return {
        name: f"expected in {', '.join(column.environments)} only, this is {subject.environment}"
        for name, column in subject.schema.columns.items()
        if column.environments and subject.environment not in column.environments
    }


def _read(pair: Pair) -> tuple[Sketch, Sketch, More]:
    """Both tables as counts, one after the other, and what else of their rows is asked for."""
    from mlgate.data.drift import sketch_like, sketch_reference

    rules = pair.rules
    before: Drawn | None = None
    if isinstance(pair.reference, Profile):
        reference = replace(load_profile(pair.reference), name=pair.reference.name)
    else:
        with opened_subject(pair.reference, pair.progress) as table:
            reference = sketch_reference(
                table,
                name=pair.reference.name,
                declared=declared_columns(pair.reference),
                asked_for=rules.named,
                only=_only(rules),
            )
            before = _drawn(table, reference, pair, None)
    with opened_subject(pair.current, pair.progress) as table:
        current = sketch_like(table, reference, name=pair.current.name, asked_for=_only(rules))
        after = _drawn(table, reference, pair, before)
    return reference, current, _more(before, after, pair.seed)


def load_profile(profile: Profile) -> Sketch:
    """A profile as a reference.

    Raises
    ------
    ConfigError
        It is absent or broken.
    """
    from mlgate.data.drift import parse_profile

    return parse_profile(sources.read_config_text(profile.root, profile.path), profile.path)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is kept of the rows of a table where their counts are not enough."""

    groups: Groups | None
    rows: Rows | None


def _drawn(table: OpenTable, reference: Sketch, pair: Pair, before: Drawn | None) -> Drawn:
    """The groups of a table, and rows for a classifier, as far as they are asked for."""
    from mlgate.data.drift.classifier import draw_rows
    from mlgate.data.drift.groups import count_groups

    rules = pair.rules
    names = [
        name
        for name, column in reference.columns.items()
        if name in table.columns and not column.left_out and name != rules.group
    ]
    together = before.groups.together if before and before.groups else 0
    return Drawn(
        count_groups(table, reference, names, rules.group, together=together) if rules.group else None,
        draw_rows(table, reference, names, group=rules.group, seed=pair.seed) if names and rules.multivariate else None,
    )


def _more(before: Drawn | None, after: Drawn, seed: int) -> More:
    from mlgate.data.drift.classifier import tell_apart
    from mlgate.data.drift.judging import More
    from mlgate.data.drift.permuting import Sides

    groups = Sides(before.groups, after.groups) if before and before.groups and after.groups else None
    apart: Apart | MlgateError | None = None
    if before and before.rows and after.rows:
        try:
            apart = tell_apart(before.rows, after.rows, seed=seed)
        except MlgateError as problem:
            apart = problem
    return More(groups=groups, apart=apart, seed=seed)


def _only(rules: DriftRules) -> tuple[str, ...]:
    """The columns to look at; none means all."""
    return rules.named if rules.columns else ()


def declared_columns(subject: Subject) -> Mapping[str, Column]:
    """The columns of the schema of a data file."""
    return subject.schema.columns if subject.schema else {}


@contextmanager
def opened_subject(subject: Subject, progress: Progress | None) -> Iterator[OpenTable]:
    """A data file without the other tables that its schema names."""
    paths = [subject.root / name for name in table_files.expand(subject.root, subject.path)]
    tell = None if progress is None else lambda share: progress(f"data: {subject.name}: {share}")
    with tables.open_table(
        paths,
        shown=subject.path,
        read=subject.schema.read if subject.schema else None,
        memory_limit=memory_limit(subject.memory_limit),
        progress=tell,
        lazy=True,
        top=subject.root,
    ) as table:
        yield table


def _shared_files(pair: Pair) -> tuple[int, int] | None:
    """How many files of the newer data are files of the reference, and how many it has; None for a profile."""
    if isinstance(pair.reference, Profile):
        return None
    there, here = (
        [_identity(end.root / name) for name in table_files.expand(end.root, end.path)]
        for end in (pair.reference, pair.current)
    )
    known = set(there) - {None}
    return sum(one in known for one in here), len(here)


def _identity(path: Path) -> tuple[int, int] | None:
    """What is the same for one file by all its names; None where it cannot be seen: opening it says what is wrong."""
    try:
        state = path.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino
