"""The processes of pytest that run the tests of a tier: the first, one after each death, one for each retry."""

from __future__ import annotations

import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.config.project import Tier
from mlgate.gate.record import Progress
from mlgate.pyramid.conclusion import Ran
from mlgate.pyramid.endings import Ending
from mlgate.pyramid.restarts import rest_of, told_death
from mlgate.pyramid.results import ending_of
from mlgate.pyramid.selection import Selection
from mlgate.pyramid.stacks import parse_stack
from mlgate.pyramid.tiers import pytest_command
from mlgate.sources import processes
from mlgate.sources.results_file import read_records, read_stacks
from mlgate.sources.test_environment import interpreter_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How the processes of a tier are started.

    Parameters
    ----------
    root : the project's root, where they run
    launcher : see `mlgate.sources.processes.find_launcher`
    work : a folder for what they write
    workers : of xdist, None for none
    arguments, variables : added to those of pytest, and to the environment
    """

    root: Path
    tier: Tier
    launcher: tuple[str, ...]
    work: Path
    workers: int | str | None = None
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


class Processes:
    """Runs the tests of a tier within its time. What is known so far survives an interrupt."""

    def __init__(self, setting: Setting, progress: Progress) -> None:
        self._setting = setting
        self._progress = progress
        self._began = time.monotonic()
        self._count = 0
        self._tries: list[list[Ending]] = [[]]

    @property
    def ran(self) -> Ran:
        """All processes so far; at least one must have been started."""
        return Ran(tier=self._setting.tier, endings=self._tries[0], tries=[one for one in self._tries[1:] if one])

    @property
    def seconds(self) -> float:
        """Since the first process was about to be started."""
        return time.monotonic() - self._began

    def run(self, selection: Selection) -> None:
        """Run the tests, those that a death left out, and those that failed as often as the tier declares.

        Raises
        ------
        SourceError
            pytest cannot be started, or its results cannot be read.
        KeyboardInterrupt
            After the process was ended and its results were kept.
        """
        tier = self._setting.tier
        self._run_to_the_end(selection, self._setting.workers)
        for number in range(2, tier.retries + 2):
            failing = self.ran.failing()
            if not failing or self._left() == 0:
                return
            tests = f"{len(failing)} failed test{'s' if len(failing) > 1 else ''}"
            self._progress(f"{tier.name}: {tests} again, try {number} of {tier.retries + 1}")
            self._tries.append([])
            self._run_to_the_end(Selection(only=failing), None if len(failing) == 1 else self._setting.workers)

    def _run_to_the_end(self, selection: Selection, workers: int | str | None) -> None:
        """One process, and further ones as long as they die with tests left and time is left."""
        endings = self._tries[-1]
        rest: Selection | None = selection
        while rest is not None and (not endings or self._left() != 0):
            if endings:
                self._progress(f"{self._setting.tier.name}: {told_death(endings[-1])}; the others run in a new process")
            self._run_once(rest, workers)
            rest = rest_of(selection, endings)

    def _run_once(self, selection: Selection, workers: int | str | None) -> None:
        setting, tier = self._setting, self._setting.tier
        results = setting.work / f"{tier.name}-{self._count}.jsonl"
        variables = dict(setting.variables)
        if self._count:  # a part of the tests must not replace the coverage of all
            variables["COVERAGE_FILE"] = str(setting.work / f"{tier.name}-{self._count}.coverage")
        self._count += 1
        command = pytest_command(
            tier,
            launcher=setting.launcher,
            results=results,
            python_path=processes.inherited_python_path(),
            extra=(*self._options(selection, workers, results), *setting.arguments),
        )
        try:
            done = processes.run(
                command.argv, cwd=setting.root, env={**command.env, **variables}, timeout_s=self._left()
            )
        except KeyboardInterrupt:
            ending = ending_of(tier, read_records(results), returncode=None, interrupted=True)
            self._tries[-1].append(ending)
            raise
        stacks = [stack for text in read_stacks(results) if (stack := parse_stack(text)) is not None]
        ending = ending_of(
            tier,
            read_records(results),
            returncode=done.returncode,
            timed_out=done.timed_out,
            output_tail=done.output_tail,
            interpreter=self._interpreter(),
            stacks=stacks,
        )
        self._tries[-1].append(ending)

    def _options(self, selection: Selection, workers: int | str | None, results: Path) -> list[str]:
        options = []
        if workers is not None:
            options += ["-p", "xdist", "-n", str(workers)]
        if self._setting.tier.test_timeout_s is not None:
            options.append(f"--mlgate-test-timeout={self._setting.tier.test_timeout_s:g}")
        if not selection.is_whole:
            path = results.with_suffix(".select.json")
            path.write_text(selection.to_json(), encoding="utf-8")
            options.append(f"--mlgate-select={path}")
        return options

    def _interpreter(self) -> str:
        """That of pytest, as mlgate.yaml would name it."""
        program, *more = self._setting.launcher
        found = program if more else shlex.join(interpreter_of(program))
        return found.removeprefix(f"{self._setting.root}/")

    def _left(self) -> float | None:
        """Seconds that are left to the tier; None where it has no limit."""
        limit = self._setting.tier.limit_s
        return None if limit is None else max(0.0, limit - self.seconds)
