"""`mlgate data skew` and `skew:` of `mlgate.yaml`: what a model was trained on against what it was served."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Column, Schema
from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.errors import MlgateError, SourceError, UsageError
from mlgate.gate.data_subjects import declared_subjects
from mlgate.gate.load import load_schema
from mlgate.gate.projects import Projects, named_path
from mlgate.gate.record import Progress, Record, could_not_check, timed
from mlgate.outcome import Location, Outcome, Report
from mlgate.sources import table_files, tables
from mlgate.sources.memory import memory_limit
from mlgate.sources.tables import OtherFiles

if TYPE_CHECKING:
    from mlgate.data.skew import Side
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled

_TRAINING = OtherTable(dataset="training")


@dataclass(frozen=True, slots=True, kw_only=True)
class SkewRequest:
    """What `mlgate data skew` was asked for.

    Parameters
    ----------
    training, serving : paths or globs below `start`, or single files elsewhere
    schema : of both; None takes what mlgate.yaml declares for each
    privacy : `none`, `masked` or `full`; for files that mlgate.yaml declares, it says so itself
    """

    training: str
    serving: str
    rules: SkewRules
    start: Path
    schema: Path | None = None
    privacy: str = "masked"
    strict: bool = False
    memory_limit: str | None = None
    progress: Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFiles:
    """The files of one side: `root`, and the path or glob relative to it; `problem` is why they are not read."""

    name: str
    root: Path
    path: str
    schema: Schema | None = None
    environment: str | None = None
    problem: MlgateError | None = field(default=None)

    def paths(self) -> list[Path]:
        if self.problem is not None:
            raise self.problem
        return [self.root / name for name in table_files.expand(self.root, self.path)]


def declare_rules(  # noqa: PLR0913  # one per option
    *,
    key: Sequence[str] = (),
    columns: Sequence[str] = (),
    ignore: Sequence[str] = (),
    absolute: Sequence[str] = (),
    relative: Sequence[str] = (),
    mostly: float = 1.0,
    joined: float | None = None,
    distribution: bool = True,
) -> SkewRules:
    """What the options of the command say.

    Parameters
    ----------
    absolute, relative : texts `NUMBER` or `COLUMN:NUMBER`

    Raises
    ------
    UsageError
        A tolerance is no number, or two options contradict one another.
    """
    amounts: dict[str, dict[str, float]] = {}
    for option, texts in (("absolute", absolute), ("relative", relative)):
        for text in texts:
            column, amount = _amount(option, text)
            if option in amounts.setdefault(column, {}):
                raise UsageError(f"--{option} {text}: it is given twice", hint="give one tolerance per column")
            amounts[column][option] = amount
    common = amounts.pop("", None)
    rules = SkewRules(
        key=tuple(dict.fromkeys(key)),
        columns=tuple(dict.fromkeys(columns)),
        ignore=tuple(dict.fromkeys(ignore)),
        tolerance=None if common is None else Tolerance(**common),
        tolerances={column: Tolerance(**found) for column, found in amounts.items()},
        mostly=mostly,
        joined=joined,
        distribution=distribution,
    )
    if mistake := rules.mistake():
        raise UsageError(mistake, hint="see `mlgate data skew --help`")
    return rules


def _amount(option: str, text: str) -> tuple[str, float]:
    """A tolerance and its column, empty for all: the text behind the last colon is the number."""
    column, _, number = text.rpartition(":")
    try:
        amount = float(number)
    except ValueError:
        amount = -1.0
    if not 0 <= amount < float("inf"):
        raise UsageError(f"--{option} {text!r} is no tolerance", hint="write 0.01, or amount:0.01 for one column")
    return column, amount


def check_skew_files(request: SkewRequest) -> Report:
    """Report of a training file and a serving file.

    Raises
    ------
    UsageError
        A schema has mistakes, the memory limit is no size, or a rule names a column that neither file has.
    """
    from mlgate.gate.reporting import report_of

    projects = Projects()
    limit = memory_limit(request.memory_limit)
    schema = None if request.schema is None else load_schema(*named_path(request.start, request.schema))
    with timed() as elapsed:
        training, said = _files(request, "training", request.training, projects, schema)
        serving, also_said = _files(request, "serving", request.serving, projects, schema)
        outcomes = judge_skew(
            training,
            serving,
            request.rules,
            location=Location(serving.path),
            privacy=said or also_said or request.privacy,
            memory=limit,
            progress=request.progress,
        )
        return report_of("data skew", outcomes, elapsed(), strict=request.strict, projects=projects)


def _files(
    request: SkewRequest, name: str, file: str, projects: Projects, schema: Schema | None
) -> tuple[SideFiles, str]:
    """The files of a side, and the privacy that mlgate.yaml declares for it; empty where it does not know it."""
    subject = declared_subjects(request.start, file, projects)[0]
    root, path = named_path(request.start, file)
    files = SideFiles(name=name, root=root, path=path, schema=schema or subject.schema, environment=subject.environment)
    return files, subject.privacy if subject.declared else ""


def check_declared_skew(loaded: Loaded, pulled: Pulled, record: Record) -> None:
    """Judge every entry of `skew`; one with a dataset that is not what its pointer says is an `error`."""
    project, memory = loaded.project, memory_limit(loaded.project.memory_limit)
    for entry in project.skew:
        training, serving = (_declared_files(loaded, pulled, name) for name in (entry.training, entry.serving))
        record.progress(f"data: skew of {entry.serving} from {entry.training}")
        try:
            outcomes = judge_skew(
                training,
                serving,
                entry.rules,
                location=entry.location,
                privacy=project.privacy,
                memory=memory,
                progress=record.progress,
            )
        except UsageError as problem:  # what only the files' headers show: the others are still judged
            outcomes = [_unreadable(problem, training, serving, entry.location)]
        record.add(*outcomes)


def _declared_files(loaded: Loaded, pulled: Pulled, name: str) -> SideFiles:
    dataset = loaded.project.datasets[name]
    return SideFiles(
        name=name,
        root=loaded.project.root,
        path=dataset.path,
        schema=loaded.schemas[dataset.schema] if dataset.schema else None,
        environment=dataset.environment,
        problem=pulled.problem_of(dataset.path),
    )


def judge_skew(  # noqa: PLR0913  # all but the sides and the rules by name
    training: SideFiles,
    serving: SideFiles,
    rules: SkewRules,
    *,
    location: Location,
    privacy: str,
    memory: str,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Outcomes of one entry; what cannot be read is one `error` for all of it.

    Raises
    ------
    UsageError
        The rules name a column that neither side has.
    """
    from mlgate.data.skew import UnknownColumnError, compare_sides

    with timed() as elapsed:
        try:
            paths = {side.name: side.paths() for side in (training, serving)}
            _require_two(training, serving, paths)
            with _opened(training, serving, paths, memory, progress) as (trained, served):
                outcomes = compare_sides(trained, served, rules, location=location, privacy=privacy)
        except UnknownColumnError:
            raise
        except MlgateError as problem:
            return [_unreadable(problem, training, serving, location)]
        outcomes[0] = replace(outcomes[0], duration_s=round(elapsed(), 4))
    return outcomes


def _require_two(training: SideFiles, serving: SideFiles, paths: Mapping[str, Sequence[Path]]) -> None:
    """Refuse a file that is on both sides: it equals itself. Links are followed."""
    known = {_identity(path) for path in paths[training.name]}
    for path in paths[serving.name]:
        if (identity := _identity(path)) and identity in known:
            raise SourceError(
                f"{path.name} is in training and in serving: a file compared with itself shows nothing",
                hint="name the file of each side",
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        state = path.stat()
    except OSError:
        return None  # opening it says what is wrong
    return state.st_dev, state.st_ino


@contextmanager
def _opened(
    training: SideFiles,
    serving: SideFiles,
    paths: Mapping[str, Sequence[Path]],
    memory: str,
    progress: Progress | None,
) -> Iterator[tuple[Side, Side]]:
    """Both sides as tables of one connection, which reads nothing else."""
    from mlgate.data.skew import Side

    read = {side.name: side.schema.read if side.schema else None for side in (training, serving)}
    trained = OtherFiles(paths=paths[training.name], shown=training.path, read=read[training.name])
    tell = None if progress is None else _named(progress)
    with tables.open_table(
        paths[serving.name],
        shown=serving.path,
        read=read[serving.name],
        memory_limit=memory,
        others={_TRAINING: trained},
        progress=tell,
    ) as table:
        other = table.others[_TRAINING]
        if isinstance(other, SourceError):
            raise other
        yield (
            Side(name=training.name, table=other, declared=_declared(training), environment=training.environment),
            Side(name=serving.name, table=table, declared=_declared(serving), environment=serving.environment),
        )


def _declared(side: SideFiles) -> Mapping[str, Column]:
    return side.schema.columns if side.schema else {}


def _named(progress: Progress) -> Progress:
    return lambda share: progress(f"data skew: {share}")


def _unreadable(problem: MlgateError, training: SideFiles, serving: SideFiles, location: Location) -> Outcome:
    from mlgate.data.outcomes import outcome_id

    return could_not_check(
        problem,
        id=outcome_id("skew", f"{training.name}..{serving.name}", "readable"),
        check="readable",
        tier="data",
        subject=serving.name,
        location=location,
    )
