"""Check runs on the head commit: in progress first, and always completed.

A check run is found again by its name and by its external id, which also tells the report that it shows. Its times are
those of the server: this machine's clock is not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.github import Mark
from mlgate.sources.github_answers import positive, url_of
from mlgate.sources.github_api import ATTEMPTS, GitHubClient, ResponseLostError
from mlgate.sources.github_context import GitHubContext

PER_REQUEST = 50
"""Annotations that GitHub takes at once; further requests append."""
NEED = "checks: write"


@dataclass(frozen=True, slots=True)
class PostedCheck:
    """Where the check run is, and what was done: `started`, `completed`, `shortened` or `unchanged`.

    `shortened` is completed without some of its annotations, which GitHub did not take.
    """

    url: str
    action: str


def check_name(mark: Mark) -> str:
    """Name of the check run, as branch protection would list it.

    What was read from a stranger's upload has another name: it never satisfies a rule that requires the gate's own.

    Examples
    --------
    >>> check_name(Mark("gpu")), check_name(Mark("gpu", reported=True))
    ('mlgate: gpu', 'mlgate: gpu (reported)')
    """
    name = mark.line.removeprefix("<!-- ").removesuffix(" -->").partition(":")[2]
    return f"mlgate: {name}{' (reported)' if mark.reported else ''}"


def start_check(client: GitHubClient, context: GitHubContext, mark: Mark) -> PostedCheck:
    """A check run that is in progress; the one that there is, where a run has begun it already.

    Raises
    ------
    SourceError
        The token may not write checks, the event names no commit, or GitHub could not be reached.
    """
    checks = _CheckRuns(client, context, mark)
    found = checks.latest()
    if found is None or found.get("status") == "completed":
        found = checks.create({"status": "in_progress"})
    return PostedCheck(url_of(found), "started")


def finish_check(
    client: GitHubClient, context: GitHubContext, mark: Mark, output: Mapping[str, Any], conclusion: str
) -> PostedCheck:
    """Complete the gate's check run on the head commit; it is made first where there is none in progress.

    Parameters
    ----------
    client, context, mark : see `conversation`, `GitHubContext` and `Mark`
    output : `title`, `summary` and `annotations`, as the API wants them; of the last as many as there are
    conclusion : `success`, `neutral` or `failure`

    Raises
    ------
    SourceError
        The token may not write checks, the event names no commit, or GitHub could not be reached.

    Notes
    -----
    Annotations go in batches. Where a batch is refused, the check run is completed without it and those that follow:
    one that stays in progress would block the pull request for good.
    """
    checks = _CheckRuns(client, context, mark)
    found = checks.latest()
    if found is not None and found.get("status") == "completed":
        if checks.shows(found):
            return PostedCheck(url_of(found), "unchanged")
        found = None
    text = {"title": output["title"], "summary": output["summary"]}
    batches = _batches(output.get("annotations", ()))
    end = {"status": "completed", "conclusion": conclusion, "external_id": checks.sealed}
    action = "completed"
    try:
        for batch in batches[:-1]:
            part = {"status": "in_progress", "output": {**text, "annotations": batch}}
            found = checks.create(part) if found is None else checks.update(found, part)
        return PostedCheck(url_of(checks.put(found, {**end, "output": {**text, "annotations": batches[-1]}})), action)
    except SourceError:
        found = found or checks.begun()
        if not batches[0] or (found is None and not checks.may_write):
            raise
    return PostedCheck(url_of(checks.put(found, {**end, "output": text})), "shortened")


class _CheckRuns:
    """The check runs of one name on one commit."""

    def __init__(self, client: GitHubClient, context: GitHubContext, mark: Mark) -> None:
        if context.sha is None:
            raise SourceError(
                "the event names no commit for a check run", hint="start the workflow with `on: pull_request`"
            )
        self._client = client
        self._base = f"/repos/{context.repository}"
        self._sha = context.sha
        self._name = check_name(mark)
        self._id = mark.line.removeprefix("<!-- ").removesuffix(" -->")
        self._details = {"details_url": context.run_url} if context.run_url else {}
        self.sealed = f"{self._id} {mark.digest}".rstrip()
        self._digest = mark.digest
        self.may_write = True

    def shows(self, found: Mapping[str, Any]) -> bool:
        """Whether a check run shows this very report."""
        return bool(self._digest) and found.get("external_id") == self.sealed

    def latest(self) -> dict[str, Any] | None:
        """The newest check run of ours, whatever its state."""
        listing = self._client.items(
            f"{self._base}/commits/{self._sha}/check-runs",
            {"check_name": self._name, "filter": "latest"},
            key="check_runs",
            need=NEED,
        )
        ours = [run for run in listing if str(run.get("external_id")).split(" ")[0] == self._id]
        return max(ours, key=lambda run: positive(run, "id"), default=None)

    def begun(self) -> dict[str, Any] | None:
        """The one in progress that a lost answer may have left."""
        found = self.latest()
        return None if found is None or found.get("status") == "completed" else found

    def put(self, found: Mapping[str, Any] | None, content: Mapping[str, Any]) -> dict[str, Any]:
        return self.create(content) if found is None else self.update(found, content)

    def create(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Never sent twice blindly: after a lost answer it is looked for first."""
        body = {"name": self._name, "head_sha": self._sha, "external_id": self._id, **self._details, **content}
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self._client.send("POST", f"{self._base}/check-runs", body=body)
            except ResponseLostError as lost:
                if attempt == ATTEMPTS:
                    raise
                self._client.pause(2.0**attempt, lost.message)
                found = self.latest()
                if found is not None and all(found.get(key) == body[key] for key in ("external_id", "status")):
                    return found
            else:
                self.may_write = answer.status_code not in (401, 403, 404)
                return self._client.object_of(answer, 201, NEED)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def update(self, found: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
        """A check run of another app, which we may not write, is left alone and one of ours made."""
        path = f"{self._base}/check-runs/{positive(found, 'id')}"
        answer = self._client.send("PATCH", path, body={**self._details, **content})
        if answer.status_code in (403, 404) and "x-accepted-github-permissions" not in answer.headers:
            return self.create(content)
        return self._client.object_of(answer, 200, NEED)


def _batches(annotations: Sequence[Mapping[str, Any]]) -> list[Sequence[Mapping[str, Any]]]:
    """At least one, which may be empty."""
    starts = range(0, max(1, len(annotations)), PER_REQUEST)
    return [annotations[start : start + PER_REQUEST] for start in starts]
