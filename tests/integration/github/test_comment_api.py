"""`post_comment` against a server that GitHub's own API description holds to its word."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlgate.errors import SourceError
from mlgate.sources.github import GitHubContext, comment_marker, post_comment
from mlgate.sources.github_api import GitHubClient

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

SHA = "a" * 40


def context(github: GitHubStub, **settings: Any) -> GitHubContext:
    """The pull request that the stand-in knows, with the token that it accepts."""
    known = {"repository": "o/r", "api_url": github.url, "token": github.token, "number": 5}
    return GitHubContext(**{**known, **settings})


def account(github: GitHubStub, number: int, kind: str = "Bot", login: str | None = None) -> dict[str, Any]:
    """An account that is not the workflow's; by default that of another app."""
    return {**github.account, "id": number, "type": kind, "login": login or f"app-{number}[bot]"}


class Clock:
    """Stands in for `time.sleep` and remembers what was asked."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


def test_a_comment_is_created_then_left_alone_then_updated_in_place(github: GitHubStub) -> None:
    first = post_comment(context(github), "good", "default")
    second = post_comment(context(github), "good", "default")
    third = post_comment(context(github), "worse", "default")

    assert (first.action, second.action, third.action) == ("created", "unchanged", "updated")
    assert first.url == second.url == third.url == github.comments[0]["html_url"]
    assert github.bodies() == ["<!-- mlgate:default -->\nworse"]
    assert github.methods() == "GET GET POST GET GET GET GET GET PATCH"


def test_two_names_keep_two_comments(github: GitHubStub) -> None:
    for name in ("cpu", "gpu", "cpu"):
        post_comment(context(github), f"text of {name}", name)

    assert github.bodies() == ["<!-- mlgate:cpu -->\ntext of cpu", "<!-- mlgate:gpu -->\ntext of gpu"]


def test_our_comment_is_found_behind_two_full_pages(github: GitHubStub) -> None:
    for number in range(250):
        github.add(f"remark {number}")
    ours = github.add(f"{comment_marker('default')}\nold", github.account)

    posted = post_comment(context(github), "new", "default")

    assert (posted.action, posted.url) == ("updated", ours["html_url"])
    assert [path.partition("?")[2] for method, path in github.log if method == "GET"] == [
        "",
        "per_page=100",
        "per_page=100&page=2",
        "per_page=100&page=3",
    ]


def test_of_two_comments_of_ours_the_oldest_is_used(github: GitHubStub) -> None:
    oldest = github.add(f"{comment_marker('default')}\none", github.account)
    github.add(f"{comment_marker('default')}\ntwo", github.account)

    assert post_comment(context(github), "new", "default").url == oldest["html_url"]


def test_two_runs_at_once_leave_one_comment(github: GitHubStub, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second run makes its comment after the first has looked and before it writes."""
    send = GitHubClient.send
    others: list[str] = []

    def send_late(client: GitHubClient, method: str, path: str, **settings: Any) -> Any:
        if method == "POST" and not others:
            others.append("now")
            others[0] = post_comment(context(github), "second", "default").action
        return send(client, method, path, **settings)

    monkeypatch.setattr(GitHubClient, "send", send_late)
    first = post_comment(context(github), "first", "default")

    assert (first.action, others) == ("updated", ["created"])
    kept, folded = github.bodies()
    assert kept == f"{comment_marker('default')}\nfirst"
    assert folded.startswith("<!-- mlgate-superseded:default -->\nSuperseded: ")
    assert first.url == github.comments[0]["html_url"]
    assert post_comment(context(github), "third", "default").url == first.url


def test_a_comment_that_was_made_stands_also_where_nobody_can_look_again(
    github: GitHubStub, fault: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = GitHubClient.send

    def break_after_writing(client: GitHubClient, method: str, path: str, **settings: Any) -> Any:
        answer = send(client, method, path, **settings)
        if method == "POST":
            github.faults.extend([fault("GET", 500)] * 9)
        return answer

    monkeypatch.setattr(GitHubClient, "send", break_after_writing)
    assert post_comment(context(github), "text", "default", sleep=Clock()).action == "created"
    assert len(github.comments) == 1


def test_a_strangers_comment_with_our_marker_is_left_alone(github: GitHubStub) -> None:
    forged = f"{comment_marker('default')}\nall is well"
    stranger = github.add(forged)
    github.add(f"quoted:\n{comment_marker('default')}", github.account)

    assert post_comment(context(github), "bad", "default").action == "created"
    assert stranger["body"] == forged


def test_a_token_with_an_account_touches_only_its_own_comments(github: GitHubStub) -> None:
    bot = github.account
    github.account = {**bot, "id": 99, "login": "robot", "type": "User"}
    others = github.add(f"{comment_marker('default')}\nby a bot", bot)

    post_comment(context(github), "one", "default")
    post_comment(context(github), "two", "default")

    assert others["body"].endswith("by a bot")
    assert github.bodies(github.account) == [f"{comment_marker('default')}\ntwo"]


def test_another_apps_comment_with_our_marker_is_left_alone(github: GitHubStub) -> None:
    forged = f"{comment_marker('default')}\nall is well"
    foreign = [github.add(forged, account(github, number)) for number in (70, 71)]
    github.locked = {comment["id"]: 403 for comment in foreign}

    actions = [post_comment(context(github), text, "default").action for text in ("one", "two")]

    assert actions == ["created", "updated"]
    assert github.bodies() == [f"{comment_marker('default')}\ntwo"]
    assert [comment["body"] for comment in foreign] == [forged, forged]
    assert [path for _, path in github.log].count("/graphql") == 2, "one question in each run"


def test_an_app_finds_its_own_comment_among_those_of_others(github: GitHubStub, fault: Any) -> None:
    others = [github.add(f"{comment_marker('default')}\nx", account(github, 70)), github.add("remark", github.account)]
    github.account = account(github, 99)
    post_comment(context(github), "one", "default")
    github.faults.append(fault("POST", 502))

    assert post_comment(context(github), "two", "default", sleep=Clock()).action == "updated"
    assert [comment["body"] for comment in others] == [f"{comment_marker('default')}\nx", "remark"]
    assert github.bodies(github.account) == [f"{comment_marker('default')}\ntwo"]


def test_where_nobody_says_which_app_we_are_we_are_the_workflow(github: GitHubStub) -> None:
    github.graphql_status = 403
    foreign = github.add(f"{comment_marker('default')}\nx", account(github, 70))

    actions = [post_comment(context(github), text, "default").action for text in ("one", "two")]

    assert actions == ["created", "updated"]
    assert foreign["body"].endswith("\nx")


def test_a_person_with_the_workflows_name_is_not_the_workflow(github: GitHubStub) -> None:
    person = account(github, 7, "User", "github-actions[bot]")
    forged = github.add(f"{comment_marker('default')}\nx", person)

    assert post_comment(context(github), "one", "default").action == "created"
    assert forged["body"].endswith("\nx")


@pytest.mark.parametrize("status", [403, 404])
def test_a_comment_of_ours_that_cannot_be_written_does_not_block_the_next(github: GitHubStub, status: int) -> None:
    old = github.add(f"{comment_marker('default')}\nold", github.account)
    github.locked = {old["id"]: status}

    actions = [post_comment(context(github), text, "default").action for text in ("one", "two", "two")]

    assert actions == ["created", "updated", "unchanged"]
    assert [body.split("\n")[1] for body in github.bodies()] == ["old", "two"]


def test_a_refused_comment_is_not_tried_again_after_a_lost_answer(github: GitHubStub, fault: Any) -> None:
    old = github.add(f"{comment_marker('default')}\nold", github.account)
    github.locked = {old["id"]: 403}
    github.faults.append(fault("PATCH", 502))
    github.faults.append(fault("POST", 502, carried_out=True))

    assert post_comment(context(github), "new", "default", sleep=Clock()).action == "created"
    assert github.methods() == "GET GET PATCH PATCH POST GET"
    assert len(github.comments) == 2


def test_a_body_with_other_line_ends_is_the_same_text(github: GitHubStub) -> None:
    github.add(f"{comment_marker('default')}\r\none\r\ntwo", github.account)

    assert post_comment(context(github), "one\ntwo\n", "default").action == "unchanged"


def test_a_link_to_another_server_is_not_followed(github: GitHubStub) -> None:
    for number in range(101):
        github.add(f"remark {number}")
    github.next_origin = "http://127.0.0.1:9"

    with pytest.raises(SourceError, match="another server"):
        post_comment(context(github), "text", "default")
    assert "POST" not in github.methods()


def test_a_read_only_token_names_the_permissions_to_add(github: GitHubStub) -> None:
    github.read_only = True

    with pytest.raises(SourceError) as caught:
        post_comment(context(github), "text", "default")

    assert "issues=write; pull_requests=write" in caught.value.message
    assert "permissions:\n      contents: read\n      pull-requests: write" in caught.value.hint
    assert "fork" in caught.value.hint
    assert github.token not in str(caught.value)
    assert github.methods() == "GET GET POST"


def test_a_wrong_token_is_refused_and_not_shown(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match="refused the token") as caught:
        post_comment(context(github, token="wr0ng-s3cret"), "text", "default")
    assert "wr0ng-s3cret" not in f"{caught.value}{caught.value!r}"


def test_a_netrc_file_does_not_replace_the_token(
    github: GitHubStub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))

    assert post_comment(context(github), "text", "default").action == "created"


def test_an_unknown_pull_request_is_told(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match="answered 404: Not Found"):
        post_comment(context(github, number=6), "text", "default")


def test_a_text_that_the_server_finds_too_long_is_told(github: GitHubStub) -> None:
    github.limit = 1000
    with pytest.raises(SourceError, match=r"422: .*Body is too long \(maximum is 1000 characters\)"):
        post_comment(context(github), "x" * 2000, "default")


def test_a_text_over_the_limit_is_not_even_sent(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match="more than the 60000"):
        post_comment(context(github), "é" * 30_000, "default")
    assert github.log == []


@pytest.mark.parametrize(
    ("status", "headers", "wait_s"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (429, {}, 60.0),
        (403, {"Retry-After": "5"}, 5.0),
        (403, {}, 60.0),
        (502, {}, 1.0),
        (0, {}, 1.0),
    ],
)
@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_a_passing_fault_is_waited_out(
    github: GitHubStub, fault: Any, method: str, status: int, headers: dict[str, str], wait_s: float
) -> None:
    github.add(f"{comment_marker('default')}\nold", github.account)
    github.faults.append(fault(method, status, headers, "You have exceeded a secondary rate limit"))
    clock = Clock()

    assert post_comment(context(github), "new", "default", sleep=clock).action == "updated"
    assert clock.slept == [wait_s]


def test_a_rate_limited_post_is_sent_again(github: GitHubStub, fault: Any) -> None:
    github.faults.append(fault("POST", 429, {"Retry-After": "3"}))
    clock = Clock()

    assert post_comment(context(github), "text", "default", sleep=clock).action == "created"
    assert (github.methods(), clock.slept) == ("GET GET POST POST GET", [3.0])


@pytest.mark.parametrize("status", [0, 502])
def test_after_a_lost_answer_the_comment_is_looked_for_before_it_is_sent_again(
    github: GitHubStub, fault: Any, status: int
) -> None:
    github.faults.append(fault("POST", status, carried_out=True))

    assert post_comment(context(github), "text", "default", sleep=Clock()).action == "created"
    assert (github.methods(), len(github.comments)) == ("GET GET POST GET", 1)


def test_a_post_that_was_not_carried_out_is_sent_again(github: GitHubStub, fault: Any) -> None:
    github.faults.append(fault("POST", 502))

    assert post_comment(context(github), "text", "default", sleep=Clock()).action == "created"
    assert (github.methods(), len(github.comments)) == ("GET GET POST GET POST GET", 1)


def test_a_server_that_stays_broken_is_given_up(github: GitHubStub, fault: Any) -> None:
    github.faults.extend([fault("POST", 502)] * 9)
    with pytest.raises(SourceError, match="answered 502"):
        post_comment(context(github), "text", "default", sleep=Clock())
    assert github.methods().count("POST") == 4

    github.faults.clear()
    github.faults.extend([fault("GET", 503)] * 9)
    with pytest.raises(SourceError, match="answered 503, 4 times"):
        post_comment(context(github), "text", "default", sleep=Clock())


def test_a_wait_that_is_too_long_is_refused(github: GitHubStub, fault: Any) -> None:
    github.faults.append(fault("GET", 429, {"Retry-After": "3600"}))
    clock = Clock()

    with pytest.raises(SourceError, match="3600 s exceeds"):
        post_comment(context(github), "text", "default", sleep=clock)
    assert clock.slept == []


def test_a_redirect_is_not_followed_with_the_token(github: GitHubStub, fault: Any) -> None:
    github.faults.append(fault("GET", 301, {"Location": f"{github.url}/elsewhere"}, "Moved Permanently"))

    with pytest.raises(SourceError, match="answered 301: Moved Permanently") as caught:
        post_comment(context(github), "text", "default")

    assert "new name in GITHUB_REPOSITORY" in caught.value.hint
    assert github.methods() == "GET"


def test_nothing_listening_is_told(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match=r"127\.0\.0\.1:9 did not answer \(ConnectionError\), 4 times"):
        post_comment(context(github, api_url="http://127.0.0.1:9"), "text", "default", sleep=Clock())


def test_a_workflow_run_finds_its_pull_request_by_the_commit(github: GitHubStub) -> None:
    github.pulls_of_commit = [
        github.pull(3, SHA, state="closed"),
        github.pull(4, "b" * 40),
        github.pull(5, SHA, base="O/R"),
        github.pull(6, SHA, base="elsewhere/r"),
    ]

    assert post_comment(context(github, number=None, sha=SHA), "text", "default").action == "created"


def test_a_forks_pull_request_is_found_by_its_branch(github: GitHubStub) -> None:
    github.pulls_of_head = [github.pull(5, SHA)]

    posted = post_comment(context(github, number=None, sha=SHA, head="someone:a&b"), "text", "default")

    assert posted.action == "created"
    assert ("GET", "/repos/o/r/pulls?state=open&head=someone%3Aa%26b&per_page=100") in github.log


def test_a_commit_of_two_pull_requests_or_of_none_is_told(github: GitHubStub) -> None:
    with pytest.raises(SourceError, match="no open pull request of o/r has commit aaaa"):
        post_comment(context(github, number=None, sha=SHA), "text", "default")

    github.pulls_of_commit = [github.pull(5, SHA), github.pull(8, SHA)]
    with pytest.raises(SourceError, match=r"head of several pull requests: \[5, 8\]"):
        post_comment(context(github, number=None, sha=SHA), "text", "default")
    assert "POST" not in github.methods()
