"""Which pull request a commit belongs to. GitHub is asked; nothing that a run of the pull request says decides it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.github_answers import mapping, parsed, positive
from mlgate.sources.github_api import GitHubClient
from mlgate.sources.github_context import GitHubContext, commit_id


class NoPullRequestError(SourceError):
    """There is no open pull request that the commit is the head of: nothing is wrong with the token."""


def find_pull_request(client: GitHubClient, context: GitHubContext) -> int:
    """The one open pull request to our repository whose head is the commit.

    Raises
    ------
    NoPullRequestError
        There is none: the commit was pushed, waits in a merge queue, or is no longer the newest.
    SourceError
        There are several, or GitHub did not say.
    """
    if context.queued:
        raise NoPullRequestError(
            "a commit of a merge queue has no pull request to comment on", hint="read the job's summary and its checks"
        )
    base = f"/repos/{context.repository}"
    searches: list[tuple[str, dict[str, str | int]]] = [(f"{base}/commits/{context.sha}/pulls", {})]
    if context.head is not None:  # the search by commit does not always know the head of a fork
        searches.append((f"{base}/pulls", {"state": "open", "head": context.head}))
    for path, params in searches:
        numbers = {positive(pull, "number") for pull in client.items(path, params) if _is_head(pull, context)}
        if len(numbers) > 1:
            raise SourceError(
                f"commit {context.sha} is the head of several pull requests: {sorted(numbers)}",
                hint="start the workflow with `on: pull_request`, so that the event names one",
            )
        if numbers:
            return numbers.pop()
    raise NoPullRequestError(
        f"no open pull request of {context.repository} has commit {context.sha} as its head",
        hint="it may be closed or have newer commits by now; a workflow with `on: pull_request` needs no search",
    )


def require_newest(client: GitHubClient, context: GitHubContext) -> None:
    """Refuse to comment on a pull request whose head is another commit by now, as where an old run is started again.

    Where GitHub does not say what the head is, nothing is refused.

    Raises
    ------
    NoPullRequestError
        It has another head.
    """
    if context.number is None or context.sha is None:
        return
    try:
        answer = client.send("GET", f"/repos/{context.repository}/pulls/{context.number}")
    except SourceError:
        return  # the next question says what is wrong
    pull = mapping(parsed(answer)) if answer.status_code == 200 else {}
    head = commit_id(mapping(pull.get("head")).get("sha"))
    if head is not None and head != context.sha:
        raise NoPullRequestError(
            f"pull request {context.number} has newer commits than {context.sha}: its comment is about {head}",
            hint="read the job's summary and its checks",
        )


def _is_head(pull: Mapping[str, Any], context: GitHubContext) -> bool:
    target = mapping(mapping(pull.get("base")).get("repo")).get("full_name")
    return (
        pull.get("state") == "open"
        and mapping(pull.get("head")).get("sha") == context.sha
        and isinstance(target, str)
        and target.lower() == context.repository.lower()
    )


def require_commit_of_head(client: GitHubClient, context: GitHubContext, commit: object) -> None:
    """Refuse a report that is not about the head commit of the run that it comes from.

    A run of `on: pull_request` has either the head checked out, or the merge commit that GitHub made of it: that one
    has the head among its parents.

    Raises
    ------
    SourceError
        `commit`, as the report says it, is no commit, or another one.
    """
    claimed = commit_id(commit)
    if claimed is None:
        raise SourceError(
            "the report names no commit, so it cannot be told whether it is about this pull request",
            hint="run the gate in a checkout of the pull request",
        )
    if claimed == context.sha:
        return
    answer = client.send("GET", f"/repos/{context.repository}/git/commits/{claimed}")
    parents = mapping(parsed(answer)).get("parents") if answer.status_code == 200 else None
    heads = [mapping(parent).get("sha") for parent in parents] if isinstance(parents, list) else []
    if context.sha is None or len(heads) < 2 or context.sha not in heads:
        raise SourceError(
            f"the report is about commit {claimed}, which is neither the head {context.sha} nor a merge of it",
            hint="it was left by another run, or does not tell the truth: nothing of it is shown",
        )
