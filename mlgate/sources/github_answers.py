"""What an answer of GitHub's API says: its JSON, its rate limit, its explanation of a refusal.

Nothing in an answer is trusted: a value is checked before it is used, and a text before it is shown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from mlgate.errors import SourceError
from mlgate.sources.one_line import printable

FORK_HINT = "a pull request from a fork never gets them: there, comment from a workflow with `on: workflow_run`"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was read to its end."""

    status_code: int
    url: str
    headers: Mapping[str, str]
    content: bytes

    def next_url(self) -> str | None:
        """Where the list goes on, as its header says; None at the end."""
        links = requests.utils.parse_header_links(self.headers.get("link", ""))
        return next((link["url"] for link in links if link.get("rel") == "next"), None)


def parsed(answer: Answer) -> Any:
    """The JSON of an answer; None where it is none."""
    try:
        return json.loads(answer.content)
    except (ValueError, RecursionError):
        return None


def mapping(value: object) -> dict[str, Any]:
    """The value if it is a JSON object, else an empty one."""
    return value if isinstance(value, dict) else {}


def positive(content: Mapping[str, Any], key: str) -> int:
    """The positive whole number under `key`; SourceError for anything else."""
    value = content.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value <= 0:
        raise SourceError(f"GitHub's answer has no usable {key!r}", hint="check that GITHUB_API_URL is the REST API")
    return value


def url_of(content: Mapping[str, Any]) -> str:
    """Address for people; one line of plain characters, since it goes into the step's outputs."""
    url = content.get("html_url")
    if not isinstance(url, str) or not re.fullmatch(r"https?://[!-~]+", url):
        raise SourceError("GitHub's answer has no usable address", hint="check that GITHUB_API_URL is the REST API")
    return url


def permission_lines(accepted: str, need: str = "pull-requests: write") -> list[str]:
    """What to write under `permissions:`, from the header `x-accepted-github-permissions`.

    Its alternatives are separated by `;`, the permissions of one alternative by `,`. An alternative with `need` is
    preferred; without the header it is what is needed.

    Examples
    --------
    >>> permission_lines("issues=write; pull_requests=write")
    ['contents: read', 'pull-requests: write']
    """
    alternatives = [
        [f"{name.replace('_', '-')}: {level}" for name, level in re.findall(r"([a-z_]+)=(read|write)\b", part)]
        for part in accepted.split(";")
    ]
    wanted = next((lines for lines in alternatives if need in lines), None)
    lines = wanted or next((lines for lines in alternatives if lines), [need])
    return ["contents: read", *(line for line in lines if line not in ("contents: read", "metadata: read"))]


def rate_limit_wait(answer: Answer, attempt: int) -> float | None:
    """Seconds that a rate limit asks for; None when the answer is not one."""
    headers = answer.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    limited = answer.status_code == 429 or (
        answer.status_code == 403
        and (exhausted or "retry-after" in headers or b"rate limit" in answer.content[:2000].lower())
    )
    if not limited:
        return None
    if re.fullmatch(r"[0-9]{1,9}", headers.get("retry-after", "")):
        return float(headers["retry-after"])
    now, until = (_moment(headers.get(name, "")) for name in ("date", "retry-after"))
    if now is not None and until is not None:
        return max(until - now, 0.0)
    if now is not None and exhausted and re.fullmatch(r"[0-9]{1,12}", headers.get("x-ratelimit-reset", "")):
        return max(float(headers["x-ratelimit-reset"]) - now, 0.0) + 1.0
    return 60.0 * 2.0**attempt


def _moment(text: str) -> float | None:
    """Seconds since 1970 of a date of HTTP; None for anything else."""
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def message_of(content: object) -> str:
    """What a refusal says, with every entry of its `errors`, as one printable line."""
    if not isinstance(content, dict):
        return "no explanation"
    errors = content.get("errors")
    details = [_detail(item) for item in errors] if isinstance(errors, list) else []
    return printable("; ".join([str(content.get("message", "no explanation")), *details]))


def _detail(item: object) -> str:
    """One entry of `errors`: a mapping, or plain text."""
    return str(item.get("message") or item.get("code")) if isinstance(item, dict) else str(item)


def refusal(answer: Answer, need: str, token: str) -> SourceError:
    """What an answer that was not expected says, and what to do about it; never the token.

    `need` is the permission that a 403 asks for where its header names none.
    """
    said = message_of(parsed(answer)).replace(token, "***")
    status = answer.status_code
    if status == 401:
        return SourceError(f"GitHub refused the token: {said}", hint="set GITHUB_TOKEN to ${{ github.token }}")
    if status == 403:
        accepted = answer.headers.get("x-accepted-github-permissions", "")
        shown = f" (x-accepted-github-permissions: {printable(accepted)})" if accepted else ""
        lines = "\n".join(f"      {line}" for line in permission_lines(accepted, need))
        return SourceError(
            f"the token may not do this: {said}{shown}",
            hint=f"give the job these permissions ({FORK_HINT}):\n    permissions:\n{lines}",
        )
    hint = {
        404: "check GITHUB_REPOSITORY and the pull request's number; a token without access gets this answer too",
        409: "something else changed it at the same time: run the step again",
        410: "it was deleted, has expired or is disabled",
        422: "the text may be too long or the pull request's conversation be locked",
    }.get(status, "see the status of GitHub, and that GITHUB_API_URL is the REST API of this server")
    if 300 <= status < 400:
        hint = "the repository was moved: use its new name in GITHUB_REPOSITORY"
    return SourceError(f"GitHub answered {status}: {said}", hint=hint)


def unreadable(answer: Answer) -> SourceError:
    """Of an answer that is not what the API sends."""
    return SourceError(
        f"{urlsplit(answer.url).netloc} answered {answer.status_code} with something that is not GitHub's JSON",
        hint="check that GITHUB_API_URL is the REST API, and that no proxy answers in its place",
    )
