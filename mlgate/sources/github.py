"""One comment on a pull request, kept up to date.

The comment is found again by a hidden first line, `<!-- mlgate:NAME -->`, in a comment of our own.
What an event or an answer of the server holds is checked before it is used.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests

from mlgate.errors import SourceError, UsageError
from mlgate.sources.github_account import OwnAccount
from mlgate.sources.github_answers import mapping, positive
from mlgate.sources.github_api import ATTEMPTS, GitHubClient, ResponseLostError, Sleep

MAX_BODY_BYTES = 60_000
"""GitHub's limit is 65,536 characters; some of its endpoints count bytes."""
MAX_EVENT_BYTES = 30_000_000


@dataclass(frozen=True, slots=True)
class PostedComment:
    """Where the comment is, and what was done: `created`, `updated` or `unchanged`."""

    url: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubContext:
    """Where to comment, and as whom.

    Parameters
    ----------
    repository : `owner/name`
    api_url : base address of the REST API, without a final slash
    token : never shown, not even by `repr`
    number : the pull request, or None where it must be looked up by its commit
    sha : head commit of the pull request, used when `number` is None
    head : `owner:branch` of the head, a second way to look it up; None where unknown
    """

    repository: str
    api_url: str
    token: str = field(repr=False)
    number: int | None = None
    sha: str | None = None
    head: str | None = None

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
        run = mapping(event.get("workflow_run"))
        number = _number_of(event)
        sha = run.get("head_sha") if run else environ.get("GITHUB_SHA")
        if number is None and not (isinstance(sha, str) and re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", sha)):
            raise UsageError(
                "not in a pull request: the event names neither a pull request nor a commit",
                hint="start the workflow with `on: pull_request`",
            )
        return cls(
            repository=repository,
            api_url=_checked_api_url(environ.get("GITHUB_API_URL") or "https://api.github.com"),
            token=_checked_token(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or ""),
            number=number,
            sha=sha if number is None else None,
            head=_head_of(run),
        )


def comment_marker(name: str) -> str:
    """The hidden first line of the comment called `name`; characters other than `A-Za-z0-9_.-` become `-`.

    Examples
    --------
    >>> comment_marker("gpu tier")
    '<!-- mlgate:gpu-tier -->'
    """
    plain = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.-]", "-", name))[:100].strip("-")
    return f"<!-- mlgate:{plain or 'default'} -->"


def body_budget(name: str) -> int:
    """How many UTF-8 bytes of text fit under the hidden line of the comment called `name`."""
    return MAX_BODY_BYTES - len(comment_marker(name)) - 1


def post_comment(
    context: GitHubContext, body: str | Callable[[str], str], name: str, *, sleep: Sleep = time.sleep
) -> PostedComment:
    """Create our comment called `name` on the pull request, or bring it up to date.

    Parameters
    ----------
    context : see `GitHubContext`
    body : Markdown, at most `body_budget(name)` bytes of UTF-8; the hidden line is put above it. Or a function that
        makes it from the text that our comment has now, empty where there is none
    name : tells several comments on one pull request apart
    sleep : called with seconds; all waiting together is bounded

    Raises
    ------
    SourceError
        The text is too long, the token may not comment, there is no such pull request, or GitHub
        could not be reached. Its message never holds the token.

    Notes
    -----
    Of several comments of ours the oldest that we may write is used. Nothing is written when the text is the
    same. A new comment is never sent twice blindly: after an answer was lost, it is looked for again first.
    """
    marker = comment_marker(name)

    def text_after(present: str) -> str:
        return _bounded(f"{marker}\n{body if isinstance(body, str) else body(present)}", name)

    if isinstance(body, str):
        text_after("")  # too long a text is refused before anything is asked for
    with requests.Session() as session:
        client = GitHubClient(session, context.api_url, context.token, sleep)
        number = _find_pull_request(client, context) if context.number is None else context.number
        return _create_or_update(client, f"/repos/{context.repository}/issues/{number}/comments", marker, text_after)


def _bounded(text: str, name: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    size = len(text.encode())
    if size > MAX_BODY_BYTES:
        raise SourceError(
            f"the comment has {size} bytes, more than the {MAX_BODY_BYTES} that are safe to send",
            hint=f"render it with a limit of {body_budget(name)} bytes",
        )
    return text


def _create_or_update(
    client: GitHubClient, listing: str, marker: str, text_after: Callable[[str], str]
) -> PostedComment:
    account = OwnAccount(client)
    comments = f"{listing.rsplit('/', 2)[0]}/comments"
    refused: set[int] = set()
    sent = False
    for attempt in range(1, ATTEMPTS + 1):
        for found in _marked_comments(client, listing, marker):
            identity = positive(found, "id")
            if identity in refused or not account.wrote(found):
                continue
            text = text_after(found["body"])
            if _normal(found["body"]) == _normal(text):
                return PostedComment(_url_of(found), "created" if sent else "unchanged")
            answer = client.send("PATCH", f"{comments}/{identity}", body={"body": text})
            if answer.status_code not in (403, 404):  # not ours to write, or gone: the next one, else a new one
                return PostedComment(_url_of(client.object_of(answer, 200)), "updated")
            refused.add(identity)
        try:
            answer = client.send("POST", listing, body={"body": text_after("")})
        except ResponseLostError as lost:
            if attempt == ATTEMPTS:
                raise
            sent = True
            client.pause(2.0**attempt, lost.message)
        else:
            return PostedComment(_url_of(client.object_of(answer, 201)), "created")
    raise AssertionError("unreachable: the last attempt returns or raises")


def _marked_comments(client: GitHubClient, listing: str, marker: str) -> Iterator[dict[str, Any]]:
    """Anybody's comments that start with `marker`, oldest first as the list comes."""
    for comment in client.items(listing, {}):
        text = comment.get("body")
        if isinstance(text, str) and text.split("\n", 1)[0].rstrip() == marker:
            yield comment


def _find_pull_request(client: GitHubClient, context: GitHubContext) -> int:
    """The one open pull request to our repository whose head is the commit."""
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
    raise SourceError(
        f"no open pull request of {context.repository} has commit {context.sha} as its head",
        hint="it may be closed or have newer commits by now; a workflow with `on: pull_request` needs no search",
    )


def _is_head(pull: Mapping[str, Any], context: GitHubContext) -> bool:
    target = mapping(mapping(pull.get("base")).get("repo")).get("full_name")
    return (
        pull.get("state") == "open"
        and mapping(pull.get("head")).get("sha") == context.sha
        and isinstance(target, str)
        and target.lower() == context.repository.lower()
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


def _number_of(event: Mapping[str, Any]) -> int | None:
    """Number of the pull request that the event is about; an issue counts only if it is one."""
    issue = mapping(event.get("issue"))
    source = mapping(event.get("pull_request")) or (issue if "pull_request" in issue else {})
    number = source.get("number")
    return number if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def _head_of(run: Mapping[str, Any]) -> str | None:
    owner = mapping(mapping(run.get("head_repository")).get("owner")).get("login")
    branch = run.get("head_branch")
    return f"{owner}:{branch}" if isinstance(owner, str) and isinstance(branch, str) and owner and branch else None


def _checked_api_url(url: str) -> str:
    """Refuse an address that would send the token in clear text or to a place that the user cannot see."""
    parts = urlsplit(url)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
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


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()


def _url_of(comment: Mapping[str, Any]) -> str:
    """Address of the comment for people; one line of plain characters, since it goes into the step's outputs."""
    url = comment.get("html_url")
    if not isinstance(url, str) or not re.fullmatch(r"https?://[!-~]+", url):
        raise SourceError("GitHub's answer has no usable address", hint="check that GITHUB_API_URL is the REST API")
    return url
