"""Where a workflow run is: repository, pull request, head commit. Read from the runner's variables and event.

What an event holds is checked before it is used. The commit is always the head that people see on the pull request,
never the merge commit that GitHub makes to run the workflow on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from mlgate.errors import SourceError, UsageError
from mlgate.sources.github_answers import mapping
from mlgate.sources.github_api import LOCAL

MAX_EVENT_BYTES = 30_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubContext:
    """Where to comment, and as whom.

    Parameters
    ----------
    repository : `owner/name`
    api_url : base address of the REST API, without a final slash
    token : never shown, not even by `repr`
    number : the pull request, or None where it must be looked up by its commit
    sha : head commit of the pull request; without one, the commit that was pushed or waits in a merge queue
    head : `owner:branch` of the head, a second way to look it up; None where unknown
    queued : whether the commit is that of a merge queue, which has no pull request to comment on
    run_id : the workflow run that this one follows (`on: workflow_run`), which left its artifacts
    run_url : where people read the run that made the report; None where unknown
    """

    repository: str
    api_url: str
    token: str = field(repr=False)
    number: int | None = None
    sha: str | None = None
    head: str | None = None
    queued: bool = False
    run_id: int | None = None
    run_url: str | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read the variables of a workflow run.

        `GITHUB_REPOSITORY`, `GITHUB_EVENT_PATH`, `GITHUB_SHA`, `GITHUB_API_URL`, and `GITHUB_TOKEN` or `GH_TOKEN`.

        Raises
        ------
        UsageError
            Not in a workflow, no token, or nothing that leads to a pull request.
        SourceError
            The event's file cannot be read.
        """
        repository = environ.get("GITHUB_REPOSITORY", "")
        if not re.fullmatch(r"[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+", repository) or repository.endswith(("/.", "/..")):
            raise UsageError(
                "not in a GitHub workflow: GITHUB_REPOSITORY is not set to owner/name",
                hint="run `mlgate comment` in a workflow that a pull request started",
            )
        event = _load_event(environ.get("GITHUB_EVENT_PATH", ""))
        run, queue = mapping(event.get("workflow_run")), mapping(event.get("merge_group"))
        number, sha = _reviewed(event, environ)
        if number is None:
            number = None if run or queue else _number_of(event)
            sha = _head_commit(event)
        if sha is None and number is None and not run:
            sha = commit_id(environ.get("GITHUB_SHA"))
        if number is None and sha is None:
            raise UsageError(
                "not in a pull request: the event names neither a pull request nor a commit",
                hint="start the workflow with `on: pull_request`",
            )
        return cls(
            repository=repository,
            api_url=_checked_api_url(environ.get("GITHUB_API_URL") or "https://api.github.com"),
            token=_checked_token(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or ""),
            number=number,
            sha=sha,
            head=_head_of(run),
            queued=bool(queue),
            run_id=_positive(run.get("id")),
            run_url=_run_url(repository, str(run.get("id") or environ.get("GITHUB_RUN_ID")), environ),
        )


def _load_event(name: str) -> dict[str, Any]:
    if not name:
        return {}
    path = Path(name)
    try:
        if path.stat().st_size > MAX_EVENT_BYTES:
            raise ValueError(f"larger than {MAX_EVENT_BYTES} bytes")
        event = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as problem:
        raise SourceError(
            f"the event {name} cannot be read: {problem}", hint="GITHUB_EVENT_PATH is set by the runner; leave it as is"
        ) from problem
    return mapping(event)


def _reviewed(event: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[int | None, str | None]:
    """Pull request and commit of a run that a maintainer started by hand with the inputs `pull_request` and `sha`."""
    inputs = mapping(event.get("inputs")) if environ.get("GITHUB_EVENT_NAME") == "workflow_dispatch" else {}
    number, sha = str(inputs.get("pull_request") or ""), commit_id(inputs.get("sha"))
    return (int(number), sha) if sha and re.fullmatch(r"[1-9][0-9]{0,9}", number) else (None, None)


def _number_of(event: Mapping[str, Any]) -> int | None:
    """Number of the pull request that the event is about; an issue counts only if it is one."""
    issue = mapping(event.get("issue"))
    source = mapping(event.get("pull_request")) or (issue if "pull_request" in issue else {})
    return _positive(source.get("number"))


def _run_url(repository: str, number: str, environ: Mapping[str, str]) -> str | None:
    url = f"{environ.get('GITHUB_SERVER_URL') or 'https://github.com'}/{repository}/actions/runs/{number}"
    return url if re.fullmatch(r"https?://[A-Za-z0-9.:-]+/[A-Za-z0-9_./-]+/actions/runs/[0-9]{1,20}", url) else None


def _head_commit(event: Mapping[str, Any]) -> str | None:
    """The commit that the event is about, as the event itself says."""
    for name in ("workflow_run", "merge_group"):
        if part := mapping(event.get(name)):
            return commit_id(part.get("head_sha"))
    return commit_id(mapping(mapping(event.get("pull_request")).get("head")).get("sha"))


def commit_id(value: object) -> str | None:
    """The value if it is the full id of a commit, else None."""
    return value if isinstance(value, str) and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", value) else None


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def _head_of(run: Mapping[str, Any]) -> str | None:
    owner = mapping(mapping(run.get("head_repository")).get("owner")).get("login")
    branch = run.get("head_branch")
    return f"{owner}:{branch}" if isinstance(owner, str) and isinstance(branch, str) and owner and branch else None


def _checked_api_url(url: str) -> str:
    """Refuse an address that would send the token in clear text or to a place that the user cannot see."""
    parts = urlsplit(url)
    local = parts.hostname in LOCAL
    if parts.scheme not in ("https", "http") or (parts.scheme == "http" and not local):
        raise UsageError("GITHUB_API_URL is not an https address", hint="the token must not travel in clear text")
    if not parts.hostname or parts.username is not None or parts.query or parts.fragment:
        raise UsageError("GITHUB_API_URL is not a plain address", hint="write https://HOST/PATH")
    return url.rstrip("/")


def _checked_token(token: str) -> str:
    if not re.fullmatch(r"[!-~]+", token.strip()):
        raise UsageError(
            "no token: GITHUB_TOKEN is empty or not one line of plain characters",
            hint="in a workflow set the step's `env: GITHUB_TOKEN: ${{ github.token }}`",
        )
    return token.strip()
