"""Requests to GitHub's API: limits of time and size, bounded repetition, paging, and errors that say what to do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests

from mlgate import __version__
from mlgate.errors import SourceError
from mlgate.sources.github_answers import (
    Answer,
    mapping,
    parsed,
    rate_limit_wait,
    refusal,
    unreadable,
)

PER_PAGE = 100
MAX_PAGES = 100
ATTEMPTS = 4
MAX_WAIT_S = 180.0
"""Upper bound of all waiting together."""
TIMEOUT_S = (5.0, 30.0)
"""To connect, and between two bytes of an answer; `Limits` bounds the whole of it."""
CHUNK_BYTES = 65_536
LOCAL = ("127.0.0.1", "::1", "localhost")
"""Hosts that may be spoken to without encryption."""

Sleep = Callable[[float], object]


class ResponseLostError(SourceError):
    """A request that must not be repeated blindly may or may not have been carried out."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server may take of us.

    Parameters
    ----------
    call_s : seconds for one request, from looking up the name to the last byte of the answer
    total_s : seconds for the whole conversation, waiting included
    answer_bytes : size of one answer, after decompression
    """

    call_s: float = 60.0
    total_s: float = 300.0
    answer_bytes: int = 20_000_000


LIMITS = Limits()


class _Bearer(requests.auth.AuthBase):
    """Given as `auth` so that a `.netrc` file does not replace the header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _nobody(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Given as `auth` where the token must not go, nor what a `.netrc` file says."""
    return request


class GitHubClient:
    """One conversation with the API.

    Parameters
    ----------
    session : closed by the caller
    api_url : base address without a final slash; the token goes nowhere else
    token : never part of a message
    sleep : called with seconds; all calls together stay within `MAX_WAIT_S`
    limits : see `Limits`; the conversation starts here
    """

    def __init__(
        self,
        session: requests.Session,
        api_url: str,
        token: str,
        sleep: Sleep = time.sleep,
        limits: Limits = LIMITS,
    ) -> None:
        session.auth = _Bearer(token)
        session.headers["Accept"] = "application/vnd.github+json"
        session.headers["X-GitHub-Api-Version"] = "2022-11-28"
        session.headers["User-Agent"] = f"mlgate/{__version__}"
        self._session = session
        self._api_url = api_url
        self._token = token
        self._sleep = sleep
        self._waited_s = 0.0
        self._limits = limits
        self._end = time.monotonic() + limits.total_s

    @property
    def graphql_url(self) -> str:
        """Address of the other API on the same server: `HOST/graphql`, or `HOST/api/graphql` beside `HOST/api/v3`."""
        return (self._api_url[:-3] if self._api_url.endswith("/api/v3") else self._api_url) + "/graphql"

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: object = None,
        reads_only: bool = False,
    ) -> Answer:
        """Send until there is an answer that is neither a rate limit nor a server error.

        Raises
        ------
        ResponseLostError
            POST only, unless it `reads_only`: the connection broke or the server failed. Look for the result
            before sending it again.
        SourceError
            No answer after `ATTEMPTS`, one that passes `Limits`, or a longer wait than `MAX_WAIT_S` is asked for.
        """
        for attempt in range(ATTEMPTS):
            answer, fact = self._send_once(method, path, params, body)
            wait_s = None if answer is None else rate_limit_wait(answer, attempt)
            if answer is not None and wait_s is None and answer.status_code < 500:
                return answer
            if wait_s is None and method == "POST" and not reads_only:
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

    def object_of(self, answer: Answer, expected: int, need: str = "pull-requests: write") -> dict[str, Any]:
        """The JSON object of an answer with status `expected`; SourceError for anything else.

        `need` is the permission that an answer of 403 asks for where its header names none.
        """
        content = self._json(answer, expected, need)
        if not isinstance(content, dict):
            raise unreadable(answer)
        return content

    def items(
        self, path: str, params: Mapping[str, str | int], *, key: str = "", need: str = "pull-requests: read"
    ) -> Iterator[dict[str, Any]]:
        """The objects of a list, page by page; links to another origin are refused.

        `key` names the list where an answer is an object that holds it.
        """
        query: Mapping[str, str | int] | None = {**params, "per_page": PER_PAGE}
        for _ in range(MAX_PAGES):
            answer = self.send("GET", path, params=query)
            page = self._json(answer, 200, need)
            page = mapping(page).get(key) if key else page
            if not isinstance(page, list):
                raise unreadable(answer)
            yield from (item for item in page if isinstance(item, dict))
            following = answer.next_url()
            if following is None:
                return
            path, query = self._checked_link(answer.url, following), None
        raise SourceError(
            f"GitHub's list has more than {MAX_PAGES} pages", hint="close this pull request, open another"
        )

    def _send_once(
        self, method: str, path: str, params: Mapping[str, str | int] | None, body: object
    ) -> tuple[Answer | None, str]:
        url = self._api_url + path if path.startswith("/") else path
        server = urlsplit(url).netloc
        left_s = min(self._limits.call_s, self._end - time.monotonic())
        if not left_s > 0:
            raise SourceError(
                f"{server} took more than {self._limits.total_s:g} s in all",
                hint="run the step again; see whether GitHub reports an incident",
            )
        # Only the API gets the token: a download lies with another server, which has its own proof in the address.
        auth = None if _origin(url) == _origin(self._api_url) else _nobody

        def ask() -> Answer:
            with self._session.request(
                method, url, params=params, json=body, timeout=TIMEOUT_S, auth=auth, allow_redirects=False, stream=True
            ) as response:
                content = _read(response, self._limits.answer_bytes)
                return Answer(response.status_code, response.url, response.headers, content)

        try:
            answer = _within(left_s, ask)
        except TimeoutError:
            return None, f"{server} did not answer within {left_s:.3g} s"
        except requests.RequestException as problem:
            return None, f"{server} did not answer ({type(problem).__name__})"
        return answer, f"{server} answered {answer.status_code}"

    def download(self, path: str, need: str) -> bytes:
        """The bytes that `path` of the API leads to, perhaps on another server: that one does not get the token.

        Raises
        ------
        SourceError
            It is refused, leads to an address that is not https, is larger than `Limits` allow or is not there.
        """
        answer = self.send("GET", path)
        if answer.status_code == 302:
            target = urljoin(answer.url, answer.headers.get("location", ""))
            if urlsplit(target).scheme != "https" and urlsplit(target).hostname not in LOCAL:
                raise SourceError("GitHub's answer leads to an address that is not https", hint="check GITHUB_API_URL")
            answer = self.send("GET", target)
        if answer.status_code != 200:
            raise refusal(answer, need, self._token)
        return answer.content

    def _checked_link(self, base: str, link: str) -> str:
        url = urljoin(base, link)
        if _origin(url) != _origin(self._api_url):
            raise SourceError("GitHub's answer links to another server for its next page", hint="check GITHUB_API_URL")
        return url

    def _json(self, answer: Answer, expected: int, need: str) -> Any:
        content = parsed(answer)
        if answer.status_code != expected:
            raise refusal(answer, need, self._token)
        if content is None:
            raise unreadable(answer)
        return content


def _within(seconds: float, act: Callable[[], Answer]) -> Answer:
    """Result of `act`, or TimeoutError after that many seconds.

    The time limits of sockets start again with every byte, so only a second thread can keep to one. It is left
    behind where the server goes on dripping; it does not keep the process alive.
    """
    future: Future[Answer] = Future()

    def work() -> None:
        try:
            future.set_result(act())
        except BaseException as problem:  # noqa: BLE001 - raised again where the result is asked for
            future.set_exception(problem)

    threading.Thread(target=work, name="github-request", daemon=True).start()
    return future.result(seconds)


def _read(response: requests.Response, max_bytes: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(CHUNK_BYTES):
        content += chunk
        if len(content) > max_bytes:
            raise SourceError(
                f"{urlsplit(response.url).netloc} sent an answer of more than {max_bytes} bytes",
                hint="check that GITHUB_API_URL is the REST API, and that no proxy answers in its place",
            )
    return bytes(content)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)
