"""One comment on a pull request, kept up to date.

The comment is found again by a hidden first line, `<!-- mlgate:NAME -->`, in a comment of our own. A second hidden
line tells a report that was posted before: the same report is not written again.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import requests

from mlgate.errors import SourceError
from mlgate.sources.github_account import OwnAccount
from mlgate.sources.github_answers import positive, url_of
from mlgate.sources.github_api import ATTEMPTS, GitHubClient, ResponseLostError, Sleep
from mlgate.sources.github_context import GitHubContext
from mlgate.sources.github_pulls import find_pull_request, require_newest

__all__ = [
    "GitHubContext",
    "Mark",
    "PostedComment",
    "body_budget",
    "comment_marker",
    "conversation",
    "post_comment",
    "put_comment",
]

MAX_BODY_BYTES = 60_000
"""GitHub's limit is 65,536 characters; some of its endpoints count bytes."""
_SEAL = re.compile(r"<!-- mlgate-seal:([0-9a-f]{32}) ([0-9a-f]{32}) -->")
_SEAL_BYTES = len(f"<!-- mlgate-seal:{'0' * 32} {'0' * 32} -->\n")


@dataclass(frozen=True, slots=True)
class PostedComment:
    """Where the comment is, and what was done: `created`, `updated` or `unchanged`."""

    url: str
    action: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What makes a comment ours and this gate's.

    Parameters
    ----------
    name : tells several comments on one pull request apart
    reported : whether the report was read from what another run uploaded. Such a comment has marks of its own: a
        report from a stranger never takes the place of one that this repository's own run wrote
    digest : 32 hexadecimal digits of the report; nothing where it is not known
    """

    name: str
    reported: bool = False
    digest: str = ""

    @property
    def line(self) -> str:
        """The hidden first line."""
        return comment_marker(self.name, "mlgate-reported" if self.reported else "mlgate")

    @property
    def superseded(self) -> str:
        """The hidden first line of a comment that is no longer kept up to date."""
        return comment_marker(self.name, "mlgate-superseded")

    def seal(self, text: str) -> str:
        """The text with a second hidden line, which tells the report and that nobody has changed the text since."""
        if not self.digest:
            return text
        first, _, rest = text.partition("\n")
        return f"{first}\n<!-- mlgate-seal:{self.digest} {_digest(rest)} -->\n{rest}"

    def holds(self, text: str) -> bool:
        """Whether a comment shows this very report, as we wrote it."""
        _, seal, rest = (*_normal(text).split("\n", 2), "", "")[:3]
        found = _SEAL.fullmatch(seal.rstrip())
        return found is not None and found.groups() == (self.digest, _digest(rest))


def comment_marker(name: str, kind: str = "mlgate") -> str:
    """The hidden first line of the comment called `name`; characters other than `A-Za-z0-9_.-` become `-`.

    Examples
    --------
    >>> comment_marker("gpu tier")
    '<!-- mlgate:gpu-tier -->'
    """
    plain = re.sub(r"-{2,}", "-", re.sub(r"[^A-Za-z0-9_.-]", "-", name))[:100].strip("-")
    return f"<!-- {kind}:{plain or 'default'} -->"


def body_budget(name: str) -> int:
    """How many UTF-8 bytes of text fit under the hidden lines of the comment called `name`."""
    return MAX_BODY_BYTES - len(Mark(name, reported=True).line) - 1 - _SEAL_BYTES


@contextmanager
def conversation(context: GitHubContext, sleep: Sleep | None = None) -> Iterator[GitHubClient]:
    """A client for all that is said to the API in one run: its limits of time hold for everything together.

    `sleep` stands in for that of the clock.
    """
    with requests.Session() as session:
        yield GitHubClient(session, context.api_url, context.token, sleep or time.sleep)


def post_comment(
    context: GitHubContext, body: str | Callable[[str], str], name: str, *, sleep: Sleep | None = None
) -> PostedComment:
    """Create our comment called `name` on the pull request, or bring it up to date; see `put_comment`."""
    if isinstance(body, str):
        _bounded(f"{comment_marker(name)}\n{body}", name)  # refused before anything is asked for
    with conversation(context, sleep) as client:
        return put_comment(client, context, body, Mark(name))


def put_comment(
    client: GitHubClient, context: GitHubContext, body: str | Callable[[str], str], mark: Mark
) -> PostedComment:
    """Create our comment on the pull request, or bring it up to date.

    Parameters
    ----------
    client, context : see `conversation` and `GitHubContext`
    body : Markdown, at most `body_budget(name)` bytes of UTF-8; the hidden lines are put above it. Or a function that
        makes it from the text that our comment has now, empty where there is none
    mark : see `Mark`

    Raises
    ------
    NoPullRequestError
        The commit is not, or no longer, the head of a pull request: a newer one has the comment.
    SourceError
        The text is too long, the token may not comment, there is no such pull request, or GitHub
        could not be reached. Its message never holds the token.

    Notes
    -----
    Of several comments of ours the oldest that we may write is used, and the later ones are folded to a line that
    leads to it: two runs at once may both have made one. Nothing is written when the text is the same, or shows the
    same report. A new comment is never sent twice blindly: after an answer was lost, it is looked for again first.
    """
    require_newest(client, context)
    number = find_pull_request(client, context) if context.number is None else context.number

    def text_after(present: str) -> str:
        return _bounded(f"{mark.line}\n{body if isinstance(body, str) else body(present)}", mark.name)

    return _Thread(client, f"/repos/{context.repository}/issues", number, mark, text_after).put()


class _Thread:
    """The comments of one pull request, and our place among them."""

    def __init__(
        self, client: GitHubClient, issues: str, number: int, mark: Mark, text_after: Callable[[str], str]
    ) -> None:
        self._client = client
        self._issues = issues
        self._listing = f"{issues}/{number}/comments"
        self._mark = mark
        self._text_after = text_after
        self._account = OwnAccount(client)
        self._refused: set[int] = set()

    def put(self) -> PostedComment:
        sent = False
        for attempt in range(1, ATTEMPTS + 1):
            posted = self._update_oldest("created" if sent else "unchanged")
            if posted is not None:
                return posted
            try:
                text = self._mark.seal(self._text_after(""))
                answer = self._client.send("POST", self._listing, body={"body": text})
            except ResponseLostError as lost:
                if attempt == ATTEMPTS:
                    raise
                sent = True
                self._client.pause(2.0**attempt, lost.message)
            else:
                return self._settled(self._client.object_of(answer, 201))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _settled(self, made: Mapping[str, Any]) -> PostedComment:
        """Look once more after a comment was made: another run may have made one just before."""
        posted = PostedComment(url_of(made), "created")
        with suppress(SourceError):  # the comment stands
            return self._update_oldest("created", made=positive(made, "id")) or posted
        return posted

    def _update_oldest(self, same: str, *, made: int | None = None) -> PostedComment | None:
        """The oldest comment of ours brought up to date; None where there is none that we may write.

        `same` is what is said where it needs no writing, as the one that was just `made`.
        """
        ours = [found for found in self._marked() if self._account.wrote(found)]
        for position, found in enumerate(ours):
            identity, present = positive(found, "id"), found["body"]
            if identity in self._refused:
                continue
            posted = PostedComment(url_of(found), same)
            if identity != made and not self._mark.holds(present):
                text = self._text_after(present)
                if _unsealed(present) != _normal(text):
                    body = {"body": self._mark.seal(text)}
                    answer = self._client.send("PATCH", f"{self._issues}/comments/{identity}", body=body)
                    if answer.status_code in (403, 404):  # not ours to write, or gone: the next one, else a new one
                        self._refused.add(identity)
                        continue
                    posted = PostedComment(url_of(self._client.object_of(answer, 200)), "updated")
            self._fold(ours[position + 1 :], posted.url)
            return posted
        return None

    def _fold(self, later: Sequence[Mapping[str, Any]], url: str) -> None:
        """Put a line in place of comments that are not kept up to date; the edits of a comment keep its text."""
        text = f"{self._mark.superseded}\nSuperseded: the comment of this gate that is kept up to date is {url}"
        for found in later:
            identity = positive(found, "id")
            with suppress(SourceError):  # the comment that counts stands
                if identity not in self._refused:
                    self._client.send("PATCH", f"{self._issues}/comments/{identity}", body={"body": text})

    def _marked(self) -> list[dict[str, Any]]:
        """Anybody's comments that start with our mark, the oldest first."""
        found = [
            comment
            for comment in self._client.items(self._listing, {}, need="pull-requests: write")
            if isinstance(comment.get("body"), str) and comment["body"].split("\n", 1)[0].rstrip() == self._mark.line
        ]
        return sorted(found, key=lambda comment: positive(comment, "id"))


def _bounded(text: str, name: str) -> str:
    text = text.encode("utf-8", "replace").decode()
    size = len(text.encode())
    if size > MAX_BODY_BYTES:
        raise SourceError(
            f"the comment has {size} bytes, more than the {MAX_BODY_BYTES} that are safe to send",
            hint=f"render it with a limit of {body_budget(name)} bytes",
        )
    return text


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").rstrip()


def _unsealed(text: str) -> str:
    """A comment as it was before `Mark.seal`."""
    first, _, rest = _normal(text).partition("\n")
    seal, _, others = rest.partition("\n")
    return f"{first}\n{others}" if _SEAL.fullmatch(seal.rstrip()) else _normal(text)


def _digest(text: str) -> str:
    return hashlib.sha256(_normal(text).encode("utf-8", "replace")).hexdigest()[:32]
