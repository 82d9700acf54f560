"""`mlgate init`: a first mlgate.yaml, schemas, hook config and workflow for a repository; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.gate.load import load_project
from mlgate.gate.record import Progress
from mlgate.gate.starter_code import look_at_configs, look_at_lint, look_at_tests
from mlgate.gate.starter_data import Known, Notes, find_splits, look_at_data
from mlgate.gate.starter_metrics import look_at_metrics
from mlgate.gate.starter_models import look_at_models, looks_like_predictions
from mlgate.gate.starter_places import hook_lines, workflow_file
from mlgate.gate.starter_text import EXAMPLES, Entry, pasted, project_text
from mlgate.gate.starter_trial import Trial
from mlgate.sources import files
from mlgate.sources.survey import Survey, survey

HOOKS = ".pre-commit-config.yaml"
_BEFORE, _AFTER = " [,'\"", ",]}'\"\n"
"""What stands around a path in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for.

    Parameters
    ----------
    dry_run : show everything and write nothing
    write_missing : in a repository that has an mlgate.yaml, write the files that are missing beside it
    """

    dry_run: bool = False
    write_missing: bool = False


@dataclass(slots=True)
class Started:
    """What `init` saw and did. Paths are relative to the folder, those of hooks and workflow to the repository.

    Parameters
    ----------
    seen : a line for each thing that was seen
    wrote : files that were written; in a dry run, that would be
    texts : those of `wrote`
    kept : files that were there before
    missing : files that a second run does not write unless it is asked to
    paste : lines for files that were there before, by the file
    decide : what is left for a person
    ready : whether something is declared, so that `mlgate run` has something to prove
    again : whether there was an mlgate.yaml
    """

    seen: list[str] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    paste: dict[str, list[str]] = field(default_factory=dict)
    decide: list[str] = field(default_factory=list)
    ready: bool = False
    again: bool = False


def start_project(root: Path, asked: Asked, *, progress: Progress) -> Started:
    """Look at the repository and write what is missing.

    Raises
    ------
    UsageError
        There is an mlgate.yaml, and it has mistakes.
    SourceError
        A file cannot be written.
    """
    before = _before(root)
    seen = survey(root)
    trial, notes = Trial(root), Notes()
    entries = _entries(seen, trial, notes, root, before, progress)
    started = Started(seen=list(_sights(seen)), again=before is not None)
    started.ready = before is not None or any(entry.active for entry in entries)
    started.decide = notes.decide
    new = [entry for entry in entries if before is None or not all(map(before.knows, entry.mentions))]
    if before is None:
        trial.texts[files.CONFIG_NAME] = project_text(entries)
    else:
        started.kept.append(files.CONFIG_NAME)
        started.paste[files.CONFIG_NAME] = list(pasted(new))
    started.decide += [f"{entry.name} stands in a comment: {entry.why}" for entry in new if not entry.active]
    _write(root, trial.texts, asked, started)
    _write_places(root, seen, asked, started)
    started.paste = {name: lines for name, lines in started.paste.items() if lines}
    return started


@dataclass(frozen=True, slots=True)
class _Before:
    """The mlgate.yaml of an earlier time: its text, and the names of its datasets."""

    text: str
    names: frozenset[str]

    def knows(self, path: str) -> bool:
        return _mentioned(path, self.text)


def _before(root: Path) -> _Before | None:
    """None where there is none; one with mistakes is refused, not added to."""
    if not (root / files.CONFIG_NAME).exists():
        return None
    project = load_project(root / files.CONFIG_NAME, root)
    text = files.read_config_text(root, files.CONFIG_NAME)
    examples = {f"#   {line}" for lines in EXAMPLES.values() for line in lines}
    lines = (line for line in text.splitlines(keepends=True) if line.rstrip() not in examples)
    return _Before("".join(lines), frozenset(project.datasets))


def _entries(
    seen: Survey, trial: Trial, notes: Notes, root: Path, before: _Before | None, progress: Progress
) -> list[Entry]:
    """All that could be declared, each tried as the gate will judge it; of what was known before, nothing is tried."""
    known = Known() if before is None else Known(before.knows, before.names)
    looked = look_at_data(seen, known, trial, notes, progress)
    predictions = [dataset for dataset in looked if looks_like_predictions(dataset)]
    for dataset in predictions:
        trial.texts.pop(dataset.schema or "", None)
    data = [dataset for dataset in looked if dataset not in predictions]
    tiers = look_at_tests(seen, root)
    code = look_at_lint(seen, tiers, trial, notes, progress) if before is None else _code_again(seen)
    return [
        *(dataset.entry for dataset in data),
        *find_splits(data, trial, progress),
        *look_at_configs(seen, known, trial),
        *code,
        *look_at_models(predictions, seen, trial, progress),
        *look_at_metrics(seen, root),
        *tiers,
    ]


def _code_again(seen: Survey) -> list[Entry]:
    return [
        Entry(section="lint", name=path, lines=(f"paths: [..., {path}]",), mentions=(path,), why="add it to lint.paths")
        for path in seen.code
        if path != "."
    ]


def _mentioned(path: str, text: str) -> bool:
    """Whether the path, something below it, or a folder above it as the whole of an entry, stands in the text."""
    folders = [path[:place] for place, mark in enumerate(path) if mark == "/"]
    ends = [*((path, end) for end in "/ " + _AFTER), *((folder, end) for folder in folders for end in _AFTER)]
    return any(f"{start}{name}{end}" in text for start in _BEFORE for name, end in ends)


def _write(root: Path, texts: dict[str, str], asked: Asked, started: Started) -> None:
    """New files; a second run writes them only where it is asked to."""
    for path, text in sorted(texts.items(), key=lambda item: (item[0] != files.CONFIG_NAME, item[0])):
        if (root / path).exists() or (root / path).is_symlink():
            started.kept.append(path)
        elif started.again and not asked.write_missing:
            started.missing.append(path)
        elif asked.dry_run or files.write_new(root / path, text):
            started.wrote.append(path)
            started.texts[path] = text


def _write_places(root: Path, seen: Survey, asked: Asked, started: Started) -> None:
    """Hook config and workflow stand at the top of the repository, where Git and GitHub look for them."""
    top = files.repository_top(root) or root
    folder = "" if top == root else root.relative_to(top).as_posix()
    hooks, add = hook_lines(top / HOOKS)
    texts = {} if add is not None else {HOOKS: hooks}
    if add is not None:
        started.kept.append(HOOKS)
        started.paste[HOOKS] = add
    name, text, why = workflow_file(top, folder, seen)
    if text:
        texts[name] = text
    elif why:
        started.seen.append(why)
    before = len(started.wrote)
    _write(top, texts, asked, started)
    if len(started.wrote) > before or (add and len(add)):
        started.decide.append("OWNER in hook config and workflow: whoever keeps your copy of mlgate")
    if name in started.wrote:
        started.decide += _of_remotes(seen)
    if folder and name in started.wrote:
        started.seen.append(f"the repository's top is {top}: hooks and workflow stand there")


def _of_remotes(seen: Survey) -> Iterator[str]:
    """What the workflow needs from whoever looks after the repository on GitHub."""
    if seen.mlflow.seen and not seen.mlflow.address.startswith(("sqlite:", "file:")):
        yield "MLflow in the workflow: set the variable MLFLOW_TRACKING_URI and its secrets on GitHub"
    elif seen.mlflow.aliases:
        yield "the MLflow store is on this machine: the workflow needs a server, named by MLFLOW_TRACKING_URI"
    if seen.uses_dvc:
        yield "DVC in the workflow: set the secrets of its remote on GitHub, and install DVC with the remote's plug-in"


def _sights(seen: Survey) -> Iterator[str]:
    """A line for each kind of thing that was seen."""
    yield f"{len(seen.names):,} files{', and more that were not looked at' if seen.cut else ''}"
    data = {*seen.data_files, *seen.tracked_data}
    if data:
        under = f", {len(seen.tracked_data):,} under DVC" if seen.tracked_data else ""
        yield f"{_count(len(data), 'data file')}{under}: {_some(sorted(data))}"
    if seen.uses_dvc:
        pipelines = f", with {_some(seen.pipelines)}" if seen.pipelines else ""
        yield f"DVC{pipelines}: the gate pulls what the selected tiers read"
    if seen.mlflow.seen:
        where = f", runs go to {seen.mlflow.address}" if seen.mlflow.address else ""
        models = ", ".join(f"{model}@{alias}" for model, alias in seen.mlflow.aliases[:3])
        yield f"MLflow ({seen.mlflow.seen}){where}{f'; registered: {models}' if models else ''}"
    for tier, paths in seen.tests.items():
        yield f"tests of the tier {tier}: {_some(paths)}"
    if seen.facts.frameworks:
        yield ", ".join(f"{name} ({file})" for name, file in list(seen.facts.frameworks.items())[:6])
    if seen.configs:
        yield f"configs: {_some(list(seen.configs))}"
    if seen.workflows:
        yield f"workflows: {_some(seen.workflows)}"
    for name, reason in seen.unread[:10]:
        yield f"not looked at: {name} ({reason})"
    if len(seen.unread) > 10:
        yield f"not looked at: {len(seen.unread) - 10:,} more"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _some(names: Sequence[str], most: int = 4) -> str:
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
