"""`mlgate init`: configs, code and tests as sections of a first mlgate.yaml, so that the gate passes at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mlgate.errors import MlgateError
from mlgate.gate.record import Progress, Record
from mlgate.gate.starter_data import Known, Notes
from mlgate.gate.starter_text import Entry, listed, quoted
from mlgate.gate.starter_trial import Trial, judge_code, judge_configs
from mlgate.outcome import Outcome
from mlgate.sources.survey import Survey
from mlgate.sources.survey_tests import why_not_runnable

MAX_JUDGED = 300
"""Python files that are judged here: more of them take longer than a first look may."""
MAX_CONFIGS = 300
MAX_LINES = 40
REASON = "there before the gate"


def look_at_tests(seen: Survey, root: Path) -> list[Entry]:
    """A tier for each kind of tests; one that the pytest on PATH may not be able to run is a comment."""
    entries = []
    for tier, paths in seen.tests.items():
        line = f"{tier}: {{tests: {listed(paths)}}}"
        problem = why_not_runnable(root, paths, seen.names)
        why = f"{problem}: name an interpreter, `python: .venv/bin/python`" if problem else ""
        entries.append(
            Entry(section="tiers", name=f"{tier} tests", lines=(line,), why=why, active=not problem, mentions=paths)
        )
    return entries


def look_at_configs(seen: Survey, known: Known, trial: Trial) -> list[Entry]:
    """An entry for each folder and kind of config files; one that would block is a comment."""
    entries = []
    for pattern, count in seen.configs.items():
        if known(pattern):
            continue
        entry = Entry(
            section="configs",
            name=f"{count:,} config files in {pattern}" if count > 1 else pattern,
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
    paths = f"paths: {listed(seen.code)}   # seeds, tests, notebooks"
    entry = Entry(section="lint", name=", ".join(seen.code), lines=(paths,), mentions=seen.code)
    if seen.python_files > MAX_JUDGED:
        why = (
            f"{seen.python_files:,} files: see `mlgate lint {' '.join(seen.code)}` first; the hooks judge what changes"
        )
        return [replace(entry, active=False, why=why)]
    progress(f"judge {seen.python_files} Python files and notebooks")
    active = [tier for tier in tiers if tier.active]
    record = Record()
    try:
        judge_code(trial.loaded(entry, *active), record)
    except MlgateError as problem:
        return [replace(entry, active=False, why=problem.message)]
    blocking = [outcome for outcome in record.outcomes if outcome.status.blocks]
    if not blocking:
        return [entry]
    ignored = _ignored(blocking)
    plural = "one finding in the code is" if len(blocking) == 1 else f"{len(blocking):,} findings in the code are"
    notes.decide.append(f"{plural} left out by `lint.ignore`, as it would block: take its line out to see and mend it")
    entry = replace(
        entry,
        lines=(paths, "ignore:   # what was found when the gate was set up: mend it, and take its line out", *ignored),
    )
    blocked = trial.blocked(judge_code, entry, *active)
    return [replace(entry, lines=(paths,), active=False, why=f"it would block: {blocked}") if blocked else entry]


def _ignored(blocking: list[Outcome]) -> list[str]:
    """Lines of `lint.ignore` that leave out what blocks: rules by file, or by rule alone where there are many."""
    from mlgate.config.lint_section import RULE_NAMES

    rules: dict[str, set[str]] = {}
    whole: dict[str, str] = {}
    for outcome in blocking:
        path = outcome.location.path if outcome.location else outcome.subject
        if outcome.check in RULE_NAMES:
            rules.setdefault(path, set()).add(outcome.check)
        else:
            whole[path] = outcome.message
    lines = [f"  - {quoted(path)}   # {_short(message)}" for path, message in sorted(whole.items())]
    if len(rules) > MAX_LINES:
        every = sorted({rule for named in rules.values() for rule in named})
        return [*lines, _line("**", every)]
    return [*lines, *(_line(path, sorted(named)) for path, named in sorted(rules.items()))]


def _line(files: str, rules: list[str]) -> str:
    return f"  - {{files: {quoted(files)}, rules: {listed(rules)}, reason: {REASON}}}"


def _short(message: str) -> str:
    return " ".join(message.split())[:100]
