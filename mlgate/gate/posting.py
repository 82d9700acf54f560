"""A report put where reviewers look: comment, else check run, else annotations, and the job's summary.

Whatever is refused, the verdict of the gate stays what it is: nothing here is read by the step that decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError, UsageError
from mlgate.outcome import Report, Status, report_to_dict

if TYPE_CHECKING:
    from mlgate.sources.github import GitHubContext, PostedComment
    from mlgate.sources.github_api import GitHubClient, Sleep
    from mlgate.sources.github_checks import PostedCheck

NOTE = (
    "> This is what a run of the pull request's own code reports. It had no secrets of this repository, and its "
    "author may have changed the gate: read the change before you believe it."
)
_OF_THE_CLOCK = frozenset({"started_at", "duration_s", "age_s"})
"""Facts that differ between two runs that found the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What of a report stands where.

    Parameters
    ----------
    report : the one that was posted
    comment, check : None where it was refused, or not wanted
    refused : of each that was refused, the fact and the next step
    expected : whether there is just no pull request to comment on, which is no reason to warn
    """

    report: Report
    comment: PostedComment | None = None
    check: PostedCheck | None = None
    refused: tuple[str, ...] = ()
    expected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where reports are handed in.

    Parameters
    ----------
    context : repository, pull request and commit
    check : whether a check run is completed also where the comment stands
    sleep : stands in for that of the clock
    """

    context: GitHubContext
    check: bool = False
    sleep: Sleep | None = None

    def start(self, name: str) -> PostedCheck:
        """The check run of the gate called `name`, in progress; SourceError where it is refused."""
        from mlgate.sources.github import Mark, conversation
        from mlgate.sources.github_checks import start_check

        with conversation(self.context, self.sleep) as client:
            return start_check(client, self.context, Mark(name))

    def post(self, report: Report, name: str) -> Posted:
        """Put a report of this run on the pull request; nothing is raised for what GitHub refuses."""
        from mlgate.sources.github import conversation

        with conversation(self.context, self.sleep) as client:
            return self._post(client, report, name)

    def post_reported(self, path: Path | None, name: str | None) -> Iterator[Posted]:
        """Put the reports that an earlier run uploaded on its pull request; `path` is None for the run's artifacts.

        Raises
        ------
        UsageError
            The event is not that of a workflow run.
        SourceError
            Nothing could be read, or a report was refused: those that were not are posted before.
        """
        from mlgate.sources.github import conversation
        from mlgate.sources.github_pulls import require_commit_of_head

        if self.context.run_id is None or self.context.sha is None:
            raise UsageError(
                "an uploaded report is read only where GitHub says which commit it is about",
                hint="start the workflow with `on: workflow_run`",
            )
        problems: list[SourceError] = []
        gates: set[str] = set()
        with conversation(self.context, self.sleep) as client:
            for load in self._uploaded(client, path):
                try:
                    report = load()
                    require_commit_of_head(client, self.context, report.provenance.get("commit"))
                    chosen = name or report.gate
                    if chosen in gates:
                        raise SourceError(
                            f"two uploaded reports are of a gate called {chosen!r}", hint="give every gate a name"
                        )
                except SourceError as problem:
                    problems.append(problem)
                    continue
                gates.add(chosen)
                yield self._post(client, _as_reported(report), chosen, reported=True)
        if problems:
            raise problems[0]

    def fail(self, name: str, problem: SourceError, *, reported: bool = False) -> PostedCheck:
        """Complete the check run where there is no report to show: as a failure, with what went wrong."""
        from mlgate.render.check_run import bounded_title
        from mlgate.render.markdown_escape import inline
        from mlgate.sources.github import Mark, conversation
        from mlgate.sources.github_checks import finish_check

        summary = f"{inline(problem.message, 2000)}\n\n{inline(problem.hint, 1000)}"
        output = {"title": bounded_title("mlgate: there is no report to show"), "summary": summary}
        with conversation(self.context, self.sleep) as client:
            return finish_check(client, self.context, Mark(name, reported=reported), output, "failure")

    def _uploaded(self, client: GitHubClient, path: Path | None) -> Iterator[Callable[[], Report]]:
        """One call for each report: what is wrong with one does not keep the others."""
        from mlgate.sources.github_artifacts import download_reports
        from mlgate.sources.reported import report_in_zip, uploaded_in

        if path is None:
            for name, content in download_reports(client, self.context).items():
                yield partial(report_in_zip, name, content)
        else:
            yield from uploaded_in(path)

    def _post(self, client: GitHubClient, report: Report, name: str, *, reported: bool = False) -> Posted:
        from mlgate.render.check_run import render_check
        from mlgate.sources.github import Mark, put_comment
        from mlgate.sources.github_checks import finish_check
        from mlgate.sources.github_pulls import NoPullRequestError

        report = self._of_the_head(report)
        mark = Mark(name, reported, report_digest(report))
        refused: list[str] = []
        expected = False
        comment = check = None
        try:
            comment = put_comment(client, self.context, _body(report, name, reported=reported), mark)
        except SourceError as problem:
            refused.append(f"comment: {problem}")
            expected = isinstance(problem, NoPullRequestError)
        if self.check or comment is None:
            try:
                output = render_check(report, NOTE if reported else "")
                check = finish_check(client, self.context, mark, output, conclusion(report))
            except SourceError as problem:
                refused.append(f"check run: {problem}")
                expected = False
        return Posted(report=report, comment=comment, check=check, refused=tuple(refused), expected=expected)

    def _of_the_head(self, report: Report) -> Report:
        """Named by the commit that people see: the gate has run on a merge of it, which nobody knows."""
        head = {} if self.context.sha is None else {"head": self.context.sha}
        return replace(report, provenance={key: x for key, x in report.provenance.items() if key != "head"} | head)


def fall_back(posted: Posted, environ: Mapping[str, str], *, summary: bool = True) -> str:
    """Workflow commands for what was refused, and for the findings where neither comment nor check run shows them.

    Where there is no comment, the job's summary gets the report, unless `summary` says that it has it already. Outside
    a workflow nobody reads either: then nothing is written, and the text is empty.
    """
    from mlgate.render.annotations import render_annotations, workflow_command
    from mlgate.render.markdown import render_markdown
    from mlgate.sources.reports import MAX_SUMMARY_BYTES, write_step_summary

    if environ.get("GITHUB_ACTIONS") != "true" or not posted.refused:
        return ""
    if posted.comment is None and summary:
        write_step_summary(environ, render_markdown(posted.report, max_bytes=MAX_SUMMARY_BYTES))
    said = "\n".join(posted.refused)
    if posted.comment is None and not posted.expected:
        said += "\nAn older comment, if there is one, does not describe this run."
    title = "mlgate could not comment" if posted.comment is None else "mlgate could not write its check run"
    warning = workflow_command("notice" if posted.expected else "warning", {"title": title}, said) + "\n"
    if posted.comment is None and posted.check is None:
        return warning + render_annotations(posted.report, warned_before=1)
    return warning


def conclusion(report: Report) -> str:
    """How the check run ends: `failure` where the gate blocks, `neutral` where a person should look."""
    if report.exit_code:
        return "failure"
    return "success" if report.verdict is Status.PASS else "neutral"


def report_digest(report: Report) -> str:
    """32 hexadecimal digits that two runs share where they found the same, whatever the time and the duration."""
    from mlgate import __version__

    facts = [__version__, _without_times(report_to_dict(report))]
    text = json.dumps(facts, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _without_times(value: Any) -> Any:
    match value:
        case dict():
            return {key: _without_times(item) for key, item in value.items() if key not in _OF_THE_CLOCK}
        case list():
            return [_without_times(item) for item in value]
    return value


def _as_reported(report: Report) -> Report:
    """Links lead into our own repository, whatever the report says."""
    from mlgate.sources.environment import repository_url

    own = repository_url()
    provenance = {key: item for key, item in report.provenance.items() if key != "repository"}
    return replace(report, provenance=provenance | ({"repository": own} if own else {}))


def _body(report: Report, name: str, *, reported: bool) -> Callable[[str], str]:
    from mlgate.render.markdown import render_comment
    from mlgate.sources.github import body_budget

    room = len(f"{NOTE}\n\n".encode()) if reported else 0

    def text(present: str) -> str:
        body = render_comment(report, present, max_bytes=body_budget(name) - room)
        head, gap, rest = body.partition("\n\n")
        return f"{head}\n\n{NOTE}{gap}{rest}" if reported else body

    return text
