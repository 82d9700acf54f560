"""A budget for the time that jobs wait for a runner. GitHub has none: an offline runner costs a day there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlgate.errors import SourceError

if TYPE_CHECKING:
    from mlgate.sources.github_context import GitHubContext
    from mlgate.sources.github_jobs import RunJob, WorkflowRun

    Look = Callable[[], Sequence[RunJob]]

POLL_S = 30.0


@dataclass(slots=True)
class Queue:
    """Since when each job has waited for a runner.

    A job waits as long as it is queued and no other of these jobs that asks for the same runner is at work: behind
    such a one it waits for its turn, which is what a queue is for.

    Parameters
    ----------
    names : jobs to watch
    budget_s : so many seconds may each of them wait
    """

    names: tuple[str, ...]
    budget_s: float
    _since: dict[str, float] = field(default_factory=dict)

    def look(self, jobs: Iterable[RunJob], now_s: float) -> tuple[bool, dict[str, str]]:
        """Whether there is something to wait for, and the jobs that waited for too long with the reason.

        A job that GitHub has not made yet is waited for as well, but it is never the reason to give up.
        """
        found = {job.name: job for job in jobs if job.name in self.names}
        at_work = {job.labels for job in found.values() if job.status == "in_progress"}
        queued = {name: job for name, job in found.items() if job.status == "queued"}
        for name in self.names:
            if name in found and name not in queued:
                self._since.pop(name, None)
            elif name in queued and queued[name].labels in at_work:
                self._since[name] = now_s
            else:
                self._since.setdefault(name, now_s)
        late = {name for name, since in self._since.items() if not now_s - since < self.budget_s}
        untaken = {name: self._reason(job) for name, job in queued.items() if name in late}
        if untaken and not at_work:  # what is at work is not lost with those that nobody takes
            return False, untaken
        return bool(queued) or any(name not in found and name not in late for name in self.names), {}

    def _reason(self, job: RunJob) -> str:
        labels = f" (it asks for {', '.join(job.labels)})" if job.labels else ""
        minutes = self.budget_s / 60
        return f"no runner took the job within {minutes:g} minute{'' if minutes == 1 else 's'}{labels}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Seconds that only ever grow, and a way to let some of them pass."""

    now: Callable[[], float]
    sleep: Callable[[float], object]


def await_runners(queue: Queue, look: Look, *, clock: Clock, say: Callable[[str], None]) -> dict[str, str]:
    """Wait until every job has a runner; those that have none when the budget is used up, with the reason.

    Raises
    ------
    SourceError
        GitHub did not say how the jobs are for as long as the budget is.
    """
    heard = clock.now()
    while True:
        try:
            waits, late = queue.look(look(), clock.now())
        except SourceError as problem:
            if not clock.now() - heard < queue.budget_s:
                raise
            say(f"the jobs of this run are not known: {problem.message}")
            waits, late = True, {}
        else:
            heard = clock.now()
        if late or not waits:
            return late
        clock.sleep(POLL_S)


def end_run_without_runner(
    context: GitHubContext, run: WorkflowRun, queue: Queue, *, clock: Clock, say: Callable[[str], None]
) -> dict[str, str]:
    """Wait for runners, and end the run where one stays away; the jobs that were not taken, with the reason.

    GitHub can end a run, but no single job. Jobs that ask for `always()`, as the one that decides, still run.

    Raises
    ------
    SourceError
        GitHub did not say how the jobs are, or the run could not be ended: it then waits for up to a day.
    """
    from mlgate.sources.github import conversation
    from mlgate.sources.github_jobs import cancel_run, jobs_of_run

    def look() -> Sequence[RunJob]:
        with conversation(context, clock.sleep) as client:
            return jobs_of_run(client, context, run)

    late = await_runners(queue, look, clock=clock, say=say)
    if late:
        with conversation(context, clock.sleep) as client:
            cancel_run(client, context, run)
    return late
