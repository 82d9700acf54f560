"""A real DVC whose remote is a bucket: a moto server on loopback stands for S3."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from mlgate.cli import cli, run_command
from mlgate.sources.pointers import find_pointer
from mlgate_hooks.dvc import main as dvc_hook

pytestmark = pytest.mark.slow

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OTHER_SECRET = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY"
SEARCHED = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
IDENTITY = {f"GIT_{role}_{what}": "ann@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
CREDENTIALS = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schemas/people.yaml}
  visits: {path: "data/visits/*.csv", schema: schemas/people.yaml}
"""
SCHEMA = "version: 1\ncolumns:\n  id: {type: integer}\n  x: {type: number, between: [-10, 10]}\n"
TRAIN, FIRST, SECOND = "data/train.csv", "data/visits/0.csv", "data/visits/1.csv"
FILES = {
    "mlgate.yaml": PROJECT,
    "schemas/people.yaml": SCHEMA,
    TRAIN: "id,x\n1,2\n2,3\n",
    FIRST: "id,x\n1,4\n",
    SECOND: "id,x\n1,5\n",
}
SIGNED = {"Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request"}
"""What moto takes for the owner of the bucket, as long as it is not told to look closer."""
CONFIG = """\
[core]
    remote = store
['remote "store"']
    url = s3://bucket/store
    endpointurl = {endpoint}
"""


def key_of(content: str) -> str:
    """Where a remote and the cache hold an object, below `files/md5`."""
    digest = hashlib.md5(content.encode(), usedforsecurity=False).hexdigest()
    return f"{digest[:2]}/{digest[2:]}"


@dataclass(frozen=True)
class Bucket:
    """The bucket behind the remote, spoken to without DVC."""

    endpoint: str

    def address(self, key: str) -> str:
        return f"{self.endpoint}/bucket/store/files/md5/{key}"

    def holds(self, content: str) -> str | None:
        """What lies where the content is expected."""
        answer = requests.get(self.address(key_of(content)), headers=SIGNED, timeout=30)
        assert answer.status_code in (200, 404), answer.text
        return answer.text if answer.status_code == 200 else None

    def replace(self, content: str, other: str) -> None:
        """Put other bytes where the content is expected."""
        address = self.address(key_of(content))
        requests.put(address, headers=SIGNED, data=other.encode(), timeout=30).raise_for_status()

    def delete(self, content: str) -> None:
        assert self.holds(content) is not None
        self.delete_key(key_of(content))

    def delete_key(self, key: str) -> None:
        requests.delete(self.address(key), headers=SIGNED, timeout=30).raise_for_status()

    def ask_for_credentials(self, allowed: str) -> None:
        """How many requests are answered without a look at their credentials: `0`, or `inf`."""
        requests.post(f"{self.endpoint}/moto-api/reset-auth", data=allowed, timeout=30).raise_for_status()


@dataclass(frozen=True)
class Clone:
    """A fresh clone of the project: pointers, no data, no cache."""

    root: Path
    bucket: Bucket
    capfd: pytest.CaptureFixture[str]

    def gate(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        """`mlgate run`: exit code, outcomes by name, and all that it and what it starts print or write."""
        return self._outcomes(run_command(cli, ["run", "--format", "json", "--output", "gate", *arguments]))

    def hook(self, *arguments: str) -> tuple[int, dict[str, dict[str, Any]], str]:
        return self._outcomes(dvc_hook([*arguments, "--format", "json"]))

    def _outcomes(self, code: int) -> tuple[int, dict[str, dict[str, Any]], str]:
        out, err = self.capfd.readouterr()
        assert "Traceback" not in err, err
        told = [out, err, *(file.read_text() for file in self.root.glob("gate/**/*") if file.is_file())]
        return code, {outcome["id"]: outcome for outcome in json.loads(out)["outcomes"]}, "\n".join(told)


def call(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a moto server with its own process group, ended as a group. It names the port that it got."""
    log = tmp_path_factory.mktemp("moto") / "log"
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
    try:
        deadline = time.monotonic() + 120
        while "Running on http://127.0.0.1:" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, "the moto server did not start within 120 s"
            threading.Event().wait(0.05)
        yield "http://127.0.0.1:" + log.read_text().partition("Running on http://127.0.0.1:")[2].split()[0]
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory, endpoint: str) -> Path:
    """The project where its data were made: committed, and pushed to the bucket."""
    place = tmp_path_factory.mktemp("s3-template")
    root = place / "project"
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    requests.put(f"{endpoint}/bucket", headers=SIGNED, timeout=30).raise_for_status()
    with pytest.MonkeyPatch.context() as patch:
        set_environment(patch, place)
        call(root, "git", "init", "--quiet")
        (root / ".dvc").mkdir()  # what `dvc init` makes, in a second
        (root / ".dvc" / "config").write_text(CONFIG.format(endpoint=endpoint))
        (root / ".dvc" / ".gitignore").write_text("/config.local\n/tmp\n/cache\n")
        call(root, "dvc", "add", "--quiet", "data/train.csv", "data/visits")
        call(root, "dvc", "push", "--quiet")
        call(root, "git", "add", "--all")
        call(root, "git", "commit", "--quiet", "--message", "first")
    return root


def set_environment(patch: pytest.MonkeyPatch, place: Path) -> None:
    """Dummy credentials and nothing else: what the machine itself has for S3 and DVC is out of reach."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "DVC_", "GIT_", "PRE_COMMIT"))]:
        patch.delenv(name)
    folders = {f"DVC_{kind}_DIR": str(place / kind) for kind in ("SITE_CACHE", "SYSTEM_CONFIG", "GLOBAL_CONFIG")}
    files = {f"AWS_{kind}_FILE": str(place / "none") for kind in ("CONFIG", "SHARED_CREDENTIALS")}
    more = {"AWS_DEFAULT_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", "PATH": SEARCHED}
    for name, value in {**folders, **files, **more, **IDENTITY, **CREDENTIALS}.items():
        patch.setenv(name, value)
    patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)


@pytest.fixture
def clone(
    template: Path, endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Clone]:
    set_environment(monkeypatch, tmp_path)
    root = tmp_path / "clone"
    call(tmp_path, "git", "clone", "--quiet", str(template), str(root))
    monkeypatch.chdir(root)
    bucket = Bucket(endpoint)
    capfd.readouterr()
    yield Clone(root, bucket, capfd)
    bucket.ask_for_credentials("inf")
    for name in (TRAIN, FIRST, SECOND):
        bucket.replace(FILES[name], FILES[name])


def statuses(outcomes: dict[str, dict[str, Any]], dataset: str) -> set[str]:
    return {outcome["status"] for name, outcome in outcomes.items() if name.startswith(f"data/{dataset}/")}


def test_data_in_a_bucket_are_pulled_and_judged(clone: Clone) -> None:
    code, outcomes, _ = clone.gate()
    assert code == 0
    assert {name: (clone.root / name).read_text() for name in (TRAIN, FIRST, SECOND)} == {
        name: FILES[name] for name in (TRAIN, FIRST, SECOND)
    }
    assert statuses(outcomes, "train") == statuses(outcomes, "visits") == {"pass"}


def test_other_bytes_under_the_same_key_are_an_error(clone: Clone) -> None:
    """DVC takes them with exit code 0, into its cache and the folder: only hashing again tells."""
    clone.bucket.replace(FILES[SECOND], FILES[SECOND].replace("5", "6"))
    code, outcomes, _ = clone.gate()
    assert code == 3
    assert statuses(outcomes, "visits") == {"error"}
    found = outcomes["data/visits/readable"]
    assert found["message"].startswith("after `dvc pull`, data/visits is ")
    assert f"other bytes than the pointer says ({SECOND})" in found["message"]
    assert key_of(FILES[SECOND]) in found["hint"]
    assert statuses(outcomes, "train") == {"pass"}


def test_an_object_that_was_deleted_is_an_error(clone: Clone) -> None:
    clone.bucket.delete(FILES[TRAIN])
    code, outcomes, _ = clone.gate()
    assert code == 3
    assert TRAIN in outcomes["data/train/readable"]["message"]
    assert "`dvc push`" in outcomes["data/train/readable"]["hint"]
    assert statuses(outcomes, "train") == {"error"}
    assert statuses(outcomes, "visits") == {"pass"}


def test_each_error_names_its_file_and_a_next_step_that_helps(clone: Clone, template: Path) -> None:
    """Of a folder with a lost file DVC brings nothing else, and pushes neither that file nor what was replaced."""
    clone.bucket.replace(FILES[TRAIN], FILES[TRAIN].replace("3", "4"))
    clone.bucket.delete(FILES[SECOND])
    code, outcomes, _ = clone.gate()
    train, visits = outcomes["data/train/readable"], outcomes["data/visits/readable"]
    assert (code, train["status"], visits["status"]) == (3, "error", "error")
    assert train["message"].startswith(f"after `dvc pull`, {TRAIN} is ")
    assert visits["message"] == f"the remote does not have {SECOND}"

    pointer = find_pointer(clone.root, "data/visits")
    assert pointer is not None
    assert f"{pointer.md5[:2]}/{pointer.md5[2:]}" in visits["hint"]
    assert "`dvc push data/visits`" in visits["hint"]
    assert f"delete {TRAIN} here, and {key_of(FILES[TRAIN])} in the cache here and in the remote" in train["hint"]
    clone.bucket.delete_key(f"{pointer.md5[:2]}/{pointer.md5[2:]}")
    clone.bucket.delete(FILES[TRAIN])
    (clone.root / ".dvc/cache/files/md5" / key_of(FILES[TRAIN])).unlink()
    (clone.root / TRAIN).unlink()
    call(template, "dvc", "push", "--quiet")
    assert [clone.bucket.holds(FILES[name]) for name in (TRAIN, SECOND)] == [FILES[TRAIN], FILES[SECOND]]
    assert clone.gate()[0] == 0


def test_refused_credentials_are_an_error_and_stay_secret(clone: Clone) -> None:
    clone.bucket.ask_for_credentials("0")
    local = f"['remote \"store\"']\n    access_key_id = {KEY}\n    secret_access_key = {OTHER_SECRET}\n"
    (clone.root / ".dvc" / "config.local").write_text(local)
    code, outcomes, told = clone.gate()
    assert code == 3
    assert statuses(outcomes, "train") == statuses(outcomes, "visits") == {"error"}
    assert "Forbidden" in outcomes["data/train/readable"]["message"]
    assert "with the credentials that are set here" in outcomes["data/train/readable"]["hint"]
    assert [secret for secret in (KEY, SECRET, OTHER_SECRET) if secret in told] == []


def test_before_a_push_the_bucket_is_asked_for_every_file(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRE_COMMIT_REMOTE_NAME", "origin")
    code, outcomes, _ = clone.hook()
    assert (code, {name: outcome["status"] for name, outcome in outcomes.items()}) == (
        0,
        {"static/data/train.csv/dvc_in_remote": "pass", "static/data/visits/dvc_in_remote": "pass"},
    )
    clone.bucket.delete(FILES[SECOND])  # DVC knows from the first answer that it was there
    code, outcomes, _ = clone.hook()
    assert (code, outcomes["static/data/train.csv/dvc_in_remote"]["status"]) == (1, "pass")
    found = outcomes["static/data/visits/dvc_in_remote"]
    assert (found["status"], found["evidence"]["absent"]) == ("fail", [SECOND])
    assert "data/visits.dvc" in found["hint"]
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    code, outcomes, _ = clone.hook()
    assert (code, {outcome["status"] for outcome in outcomes.values()}) == (3, {"error"})
    found = outcomes["static/data/train.csv/dvc_in_remote"]
    assert "Unable to locate credentials" in found["message"]
    assert "credentials of this machine" in found["hint"]
