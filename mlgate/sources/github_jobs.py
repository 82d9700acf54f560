"""Jobs of a workflow run: which of them no runner has taken, its end, and the head that a maintainer reviewed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.sources.github_answers import mapping, parsed, refusal
from mlgate.sources.github_api import GitHubClient
from mlgate.sources.github_context import GitHubContext


@dataclass(frozen=True, slots=True)
class RunJob:
    """A job of the run: its name as people read it, its status, the labels of the runner that it asks for.

    A job that waits for a runner is `queued`; one that waits for a person is `waiting`, for another run `pending`.
    """

    name: str
    status: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """This run and which try of it."""

    number: int
    attempt: int = 1

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> WorkflowRun:
        """From `GITHUB_RUN_ID` and `GITHUB_RUN_ATTEMPT`.

        Raises
        ------
        UsageError
            Not in a workflow.
        """
        number, attempt = environ.get("GITHUB_RUN_ID", ""), environ.get("GITHUB_RUN_ATTEMPT") or "1"
        if not all(re.fullmatch(r"[1-9][0-9]{0,18}", text) for text in (number, attempt)):
            raise UsageError(
                "not in a GitHub workflow: GITHUB_RUN_ID is not set to a number",
                hint="run it in a job of the workflow whose jobs it waits for",
            )
        return cls(int(number), int(attempt))


def jobs_of_run(client: GitHubClient, context: GitHubContext, run: WorkflowRun) -> list[RunJob]:
    """The jobs of this try of the run that GitHub has made so far.

    Raises
    ------
    SourceError
        GitHub could not be reached or refused; `actions: read` is needed.
    """
    path = f"/repos/{context.repository}/actions/runs/{run.number}/attempts/{run.attempt}/jobs"
    found = []
    for item in client.items(path, {}, key="jobs", need="actions: read"):
        name, status, labels = item.get("name"), item.get("status"), item.get("labels")
        if isinstance(name, str) and isinstance(status, str):
            named = [label for label in labels if isinstance(label, str)] if isinstance(labels, list) else []
            found.append(RunJob(name, status, tuple(sorted(named))))
    return found


def cancel_run(client: GitHubClient, context: GitHubContext, run: WorkflowRun) -> None:
    """End the run: jobs that ask for `always()` are still carried out.

    Raises
    ------
    SourceError
        GitHub could not be reached or refused; `actions: write` is needed. A run that has ended already is no error.
    """
    path = f"/repos/{context.repository}/actions/runs/{run.number}/cancel"
    answer = client.send("POST", path, reads_only=True)  # to end it twice does no harm
    if answer.status_code not in (202, 409):
        raise refusal(answer, "actions: write", context.token)


def require_reviewed_head(client: GitHubClient, context: GitHubContext, number: int, sha: str) -> str:
    """Refuse a commit that is not the head of the open pull request `number`; the branch that it is to be merged into.

    A person has read that commit. What was pushed since has not been read, and gets no secrets.

    Raises
    ------
    SourceError
        The pull request is closed, is not one to this repository, or has another head; or GitHub did not say.
    """
    answer = client.send("GET", f"/repos/{context.repository}/pulls/{number}")
    if answer.status_code != 200:
        raise refusal(answer, "pull-requests: read", context.token)
    pull = mapping(parsed(answer))
    head, base = mapping(pull.get("head")).get("sha"), mapping(pull.get("base"))
    if pull.get("state") != "open":
        raise SourceError(f"pull request {number} is not open", hint="there is nothing to run: open it again first")
    if not _is_ours(base, context):
        raise SourceError(
            f"pull request {number} is not one to {context.repository}", hint="name one of this repository"
        )
    if head != sha:
        raise SourceError(
            f"commit {sha} is not the head of pull request {number}",
            hint=f"its head is {_shown(head)}: read what was pushed since, and start again with that commit",
        )
    branch = base.get("ref")
    return branch if isinstance(branch, str) and branch.isprintable() else ""


def _is_ours(base: Mapping[str, Any], context: GitHubContext) -> bool:
    target = mapping(base.get("repo")).get("full_name")
    return isinstance(target, str) and target.lower() == context.repository.lower()


def _shown(head: object) -> str:
    return head if isinstance(head, str) and re.fullmatch(r"[0-9a-f]{40,64}", head) else "not known"
