"""`mlgate init`: configs, code and tests as sections of a first mlgate.yaml, so that the gate passes at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from mlgate.errors import MlgateError
from mlgate.gate.record import Progress, Record
from mlgate.gate.starter_data import Known, Notes
from mlgate.gate.starter_text import Entry, as_comment, listed, quoted, shown
from mlgate.gate.starter_trial import Trial, judge_code, judge_configs
from mlgate.outcome import Outcome
from mlgate.sources.survey import Survey
from mlgate.sources.survey_tests import why_not_runnable

MAX_JUDGED = 300
"""Python files that are judged here: more of them take longer than a first look may."""
MAX_CONFIGS = 300
MAX_FOLDERS = 8
MAX_LINES = 40
REASON = "there before the gate"


def look_at_tests(seen: Survey, root: Path) -> list[Entry]:
    """A tier for each kind of tests; one that the pytest on PATH may not be able to run is a comment."""
    entries = []
    for tier, paths in seen.tests.items():
        line = f"{tier}: {{tests: {listed(paths)}}}"
        problem = why_not_runnable(root, paths, seen.names)
        why = f"{problem}; add `python: PATH` with an interpreter that can run them" if problem else ""
        entries.append(
            Entry(section="tiers", name=f"tier {tier}", lines=(line,), why=why, active=not problem, mentions=paths)
        )
    return entries


def look_at_configs(seen: Survey, known: Known, trial: Trial) -> list[Entry]:
    """An entry for each folder and kind of config files; one that would block is a comment."""
    entries = []
    for pattern, count in seen.configs.items():
        if known.speaks_of(pattern):
            continue
        entry = Entry(
            section="configs",
            name=f"{pattern} ({count:,} files)" if count > 1 else pattern,
            lines=(f"- {{files: {quoted(pattern)}}}",),
            mentions=(pattern,),
        )
        if count > MAX_CONFIGS:
            entry = replace(entry, active=False, why=f"{count:,} files: see `mlgate config check` first")
        elif blocked := trial.blocked(judge_configs, entry):
            entry = replace(entry, active=False, why=f"it would block: {blocked}")
        entries.append(entry)
    return entries


def look_at_lint(seen: Survey, tiers: list[Entry], trial: Trial, notes: Notes, progress: Progress) -> list[Entry]:
    """The code that is judged; what is found in it now is left out by file and rule, so that what is new shows."""
    if not seen.code:
        return []
    entry = Entry(section="lint", name=", ".join(seen.code), lines=(paths_of(seen.code),), mentions=seen.code)
    if seen.python_files > MAX_JUDGED:
        chosen = affordable(seen.names)
        why = f"{seen.python_files:,} files are many for a first look: see `mlgate lint .`, and widen `paths`"
        if not chosen:
            return [as_comment(entry, why)]
        entry = replace(entry, name=", ".join(chosen), lines=(paths_of(chosen),), why=why, mentions=chosen)
    progress(f"judge Python files and notebooks in {entry.name}")
    active = [tier for tier in tiers if tier.active]
    record = Record()
    try:
        judge_code(trial.loaded(entry, *active), record)
    except MlgateError as problem:
        return [replace(entry, active=False, why=problem.message)]
    blocking = [outcome for outcome in record.outcomes if outcome.status.blocks]
    if not blocking:
        return [entry]
    several = "one finding in the code is" if len(blocking) == 1 else f"{len(blocking):,} findings in the code are"
    notes.decide.append(f"{several} left out by `lint.ignore` and would block: take a line out to see and mend it")
    rules, whole = _by_file(blocking)
    left = [name for name in entry.mentions if not _is_left_out(name, whole, seen.names)]
    if not left:
        return [as_comment(entry, "none of it can be judged")]
    ignore = ("ignore:   # what was found when the gate was set up: mend it, and take its line out",)
    judged = replace(entry, lines=(paths_of(left), *ignore, *_ignored(rules, whole)))
    blocked = trial.blocked(judge_code, judged, *active)
    return [as_comment(entry, f"it would block: {blocked}") if blocked else judged]


def paths_of(names: Sequence[str]) -> str:
    return f"paths: {listed(names)}   # seeds, tests, notebooks"


def affordable(names: Sequence[str]) -> tuple[str, ...]:
    """Folders of Python files that together are few enough to be judged at once, high and large ones first.

    Examples
    --------
    >>> affordable([f"big/{n}.py" for n in range(400)] + ["small/a.py", "big/inner/b.py"])
    ('big/inner', 'small')
    """
    folders: dict[str, int] = {}
    for name in names:
        if name.endswith((".py", ".ipynb")):
            for parent in PurePosixPath(name).parents[:-1]:
                folders[parent.as_posix()] = folders.get(parent.as_posix(), 0) + 1
    chosen: list[str] = []
    left = MAX_JUDGED
    for folder, count in sorted(folders.items(), key=lambda item: (item[0].count("/"), -item[1], item[0])):
        if count <= left and len(chosen) < MAX_FOLDERS and not any(folder.startswith(f"{other}/") for other in chosen):
            chosen.append(folder)
            left -= count
    return tuple(sorted(chosen))


def _by_file(blocking: Sequence[Outcome]) -> tuple[dict[str, set[str]], dict[str, str]]:
    """Rules that block by file; and files (or folders) that cannot be judged at all, with what is said of them."""
    from mlgate.config.lint_section import RULE_NAMES

    rules: dict[str, set[str]] = {}
    whole: dict[str, str] = {}
    for outcome in blocking:
        path = outcome.location.path if outcome.location and outcome.check in RULE_NAMES else outcome.subject
        if outcome.check in RULE_NAMES:
            rules.setdefault(path, set()).add(outcome.check)
        else:
            whole[path] = outcome.message
    return rules, whole


def _is_left_out(name: str, whole: Mapping[str, str], names: Sequence[str]) -> bool:
    """Whether nothing of a file or folder can be judged: naming it would be an error."""
    own = (path for path in names if path == name or path.startswith(f"{name}/") or name == ".")
    return name in whole or all(path in whole for path in own if path.endswith((".py", ".ipynb")))


def _ignored(rules: Mapping[str, set[str]], whole: Mapping[str, str]) -> list[str]:
    """Lines of `lint.ignore` that leave out what blocks: rules by file, or by rule alone where there are many."""
    lines = [f"  - {quoted(path)}   # {shown(message)[:100]}" for path, message in sorted(whole.items())]
    if len(rules) > MAX_LINES:
        every = sorted({rule for named in rules.values() for rule in named})
        return [*lines, _line("**", every)]
    return [*lines, *(_line(path, sorted(named)) for path, named in sorted(rules.items()))]


def _line(files: str, rules: list[str]) -> str:
    return f"  - {{files: {quoted(files)}, rules: {listed(rules)}, reason: {REASON}}}"
