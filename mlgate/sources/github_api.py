"""Requests to GitHub's REST API: time limits, bounded repetition, paging, and errors that say what to do."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from mlgate import __version__
from mlgate.errors import SourceError

PER_PAGE = 100
MAX_PAGES = 100
ATTEMPTS = 4
MAX_WAIT_S = 180.0
"""Upper bound of all waiting together."""
TIMEOUT_S = (5.0, 30.0)
"""To connect, and between two bytes of an answer."""
FORK_HINT = "a pull request from a fork never gets them: there, comment from a workflow with `on: workflow_run`"

Sleep = Callable[[float], object]


class ResponseLostError(SourceError):
    """A request that must not be repeated blindly may or may not have been carried out."""


class _Bearer(requests.auth.AuthBase):
    """Given as `auth` so that a `.netrc` file does not replace the header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class GitHubClient:
    """One conversation with the API.

    Parameters
    ----------
    session : closed by the caller
    api_url : base address without a final slash; requests go nowhere else
    token : never part of a message
    sleep : called with seconds; all calls together stay within `MAX_WAIT_S`
    """

    def __init__(self, session: requests.Session, api_url: str, token: str, sleep: Sleep = time.sleep) -> None:
        session.auth = _Bearer(token)
        session.headers["Accept"] = "application/vnd.github+json"
        session.headers["X-GitHub-Api-Version"] = "2022-11-28"
        session.headers["User-Agent"] = f"mlgate/{__version__}"
        self._session = session
        self._api_url = api_url
        self._token = token
        self._sleep = sleep
        self._waited_s = 0.0

    def send(
        self, method: str, path: str, *, params: Mapping[str, str | int] | None = None, body: object = None
    ) -> requests.Response:
        """Send until there is an answer that is neither a rate limit nor a server error.

        Raises
        ------
        ResponseLostError
            POST only: the connection broke or the server failed. Look for the result before sending it again.
        SourceError
            No answer after `ATTEMPTS`, or the server asks for a longer wait than `MAX_WAIT_S`.
        """
        for attempt in range(ATTEMPTS):
            answer, fact = self._send_once(method, path, params, body)
            wait_s = None if answer is None else _rate_limit_wait(answer, attempt)
            if answer is not None and wait_s is None and answer.status_code < 500:
                return answer
            if wait_s is None and method == "POST":
                raise ResponseLostError(fact, hint="run the step again; see whether GitHub reports an incident")
            if attempt + 1 < ATTEMPTS:
                self.pause(2.0**attempt if wait_s is None else wait_s, fact)
        raise SourceError(
            f"{fact}, {ATTEMPTS} times", hint="run the step again; see whether GitHub reports an incident"
        )

    def pause(self, seconds: float, fact: str) -> None:
        """Wait, or raise SourceError with `fact` if that would exceed `MAX_WAIT_S` in all."""
        if not self._waited_s + seconds <= MAX_WAIT_S:
            raise SourceError(
                f"{fact}; a further wait of {seconds:.0f} s exceeds the limit of {MAX_WAIT_S:.0f} s in all",
                hint="run the step again later",
            )
        self._waited_s += seconds
        self._sleep(seconds)

    def object_of(self, answer: requests.Response, expected: int) -> dict[str, Any]:
        """The JSON object of an answer with status `expected`; SourceError for anything else."""
        content = self._json(answer, expected)
        if not isinstance(content, dict):
            raise _unreadable(answer)
        return content

    def items(self, path: str, params: Mapping[str, str | int]) -> Iterator[dict[str, Any]]:
        """The objects of a list, page by page; links to another origin are refused."""
        query: Mapping[str, str | int] | None = {**params, "per_page": PER_PAGE}
        for _ in range(MAX_PAGES):
            answer = self.send("GET", path, params=query)
            page = self._json(answer, 200)
            if not isinstance(page, list):
                raise _unreadable(answer)
            yield from (item for item in page if isinstance(item, dict))
            following = answer.links.get("next", {}).get("url")
            if following is None:
                return
            path, query = self._checked_link(answer.url, following), None
        raise SourceError(
            f"GitHub's list has more than {MAX_PAGES} pages", hint="close this pull request, open another"
        )

    def _send_once(
        self, method: str, path: str, params: Mapping[str, str | int] | None, body: object
    ) -> tuple[requests.Response | None, str]:
        url = self._api_url + path if path.startswith("/") else path
        server = urlsplit(self._api_url).netloc
        try:
            answer = self._session.request(
                method, url, params=params, json=body, timeout=TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as problem:
            return None, f"{server} did not answer ({type(problem).__name__})"
        return answer, f"{server} answered {answer.status_code}"

    def _checked_link(self, base: str, link: str) -> str:
        url = urljoin(base, link)
        if _origin(url) != _origin(self._api_url):
            raise SourceError("GitHub's answer links to another server for its next page", hint="check GITHUB_API_URL")
        return url

    def _json(self, answer: requests.Response, expected: int) -> Any:
        try:
            content = answer.json()
        except (ValueError, RecursionError):
            content = None
        if answer.status_code != expected:
            raise self._refusal(answer, content)
        if content is None:
            raise _unreadable(answer)
        return content

    def _refusal(self, answer: requests.Response, content: object) -> SourceError:
        said = _message_of(content).replace(self._token, "***")
        status = answer.status_code
        if status == 401:
            return SourceError(f"GitHub refused the token: {said}", hint="set GITHUB_TOKEN to ${{ github.token }}")
        if status == 403:
            accepted = answer.headers.get("x-accepted-github-permissions", "")
            shown = f" (accepted permissions: {_printable(accepted)})" if accepted else ""
            lines = "\n".join(f"      {line}" for line in permission_lines(accepted))
            return SourceError(
                f"the token may not do this: {said}{shown}",
                hint=f"give the job that comments these permissions ({FORK_HINT}):\n    permissions:\n{lines}",
            )
        hint = {
            404: "check GITHUB_REPOSITORY and the pull request's number; a token without access gets this answer too",
            410: "the pull request's conversation was deleted or is disabled",
            422: "the text may be too long or the pull request's conversation be locked",
        }.get(status, "see the status of GitHub, and that GITHUB_API_URL is the REST API of this server")
        if 300 <= status < 400:
            hint = "the repository was moved: use its new name in GITHUB_REPOSITORY"
        return SourceError(f"GitHub answered {status}: {said}", hint=hint)


def permission_lines(accepted: str) -> list[str]:
    """What to write under `permissions:`, from the header `x-accepted-github-permissions`.

    Its alternatives are separated by `;`, the permissions of one alternative by `,`.

    Examples
    --------
    >>> permission_lines("issues=write; pull_requests=write")
    ['contents: read', 'pull-requests: write']
    """
    alternatives = [
        [f"{name.replace('_', '-')}: {level}" for name, level in re.findall(r"([a-z_]+)=(read|write)\b", part)]
        for part in accepted.split(";")
    ]
    wanted = next((lines for lines in alternatives if "pull-requests: write" in lines), None)
    lines = wanted or next((lines for lines in alternatives if lines), ["pull-requests: write"])
    return ["contents: read", *(line for line in lines if line not in ("contents: read", "metadata: read"))]


def _rate_limit_wait(answer: requests.Response, attempt: int) -> float | None:
    """Seconds that a rate limit asks for; None when the answer is not one."""
    headers = answer.headers
    exhausted = headers.get("x-ratelimit-remaining") == "0"
    limited = answer.status_code == 429 or (
        answer.status_code == 403
        and (exhausted or "retry-after" in headers or "rate limit" in answer.text[:2000].lower())
    )
    if not limited:
        return None
    if re.fullmatch(r"[0-9]{1,9}", headers.get("retry-after", "")):
        return float(headers["retry-after"])
    if exhausted and re.fullmatch(r"[0-9]{1,12}", headers.get("x-ratelimit-reset", "")) and "date" in headers:
        try:
            now = parsedate_to_datetime(headers["date"]).timestamp()
        except ValueError:
            return 60.0 * 2.0**attempt
        return max(float(headers["x-ratelimit-reset"]) - now, 0.0) + 1.0
    return 60.0 * 2.0**attempt


def _message_of(content: object) -> str:
    if not isinstance(content, dict):
        return "no explanation"
    errors = content.get("errors")
    details = (
        [str(item.get("message") or item.get("code")) for item in errors if isinstance(item, dict)]
        if (isinstance(errors, list))
        else []
    )
    return _printable("; ".join([str(content.get("message", "no explanation")), *details]))


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)[:300]


def _unreadable(answer: requests.Response) -> SourceError:
    return SourceError(
        f"{urlsplit(answer.url).netloc} answered {answer.status_code} with something that is not GitHub's JSON",
        hint="check that GITHUB_API_URL is the REST API, and that no proxy answers in its place",
    )


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
