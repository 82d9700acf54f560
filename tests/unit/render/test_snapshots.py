"""Every renderer against stored text: `pytest --snapshot-update` after a change that was looked at."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from syrupy.assertion import SnapshotAssertion

from mlgate.render import RENDERERS
from tests.unit.render.picture_reports import pictured
from tests.unit.render.reports import SAMPLES

LONG = ("json", "junit", "sarif", "html")
"""Formats whose stored text is long: two samples are enough."""


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("fmt", ["text", "markdown", "github"])
def test_what_a_person_reads(fmt: str, name: str, snapshot: SnapshotAssertion) -> None:
    assert RENDERERS[fmt](SAMPLES[name]()) == snapshot


@pytest.mark.parametrize("name", ["data_failure", "baseline_gone"])
@pytest.mark.parametrize("fmt", LONG)
def test_what_a_machine_reads(fmt: str, name: str, snapshot: SnapshotAssertion) -> None:
    assert without_code(RENDERERS[fmt](SAMPLES[name]())) == snapshot


def test_a_page_with_every_drawing(snapshot: SnapshotAssertion) -> None:
    assert without_code(RENDERERS["html"](pictured())) == snapshot


def without_code(text: str) -> str:
    """A page without style and scripts, which are files of their own; the data of its drawings stays."""
    text = re.sub(r"(<script>|<style>).*?(?=</script>|</style>)", r"\1", text, flags=re.DOTALL)
    return re.sub(r"'sha256-[^']*'", "'sha256-...'", text)


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("fmt", RENDERERS)
def test_every_format_ends_its_last_line_and_can_be_written(fmt: str, name: str) -> None:
    text = RENDERERS[fmt](SAMPLES[name]())
    assert text.endswith("\n")
    text.encode("utf-8")


def test_importing_the_package_imports_no_renderer_and_rendering_only_the_standard_library() -> None:
    code = """
import sys
from mlgate.outcome import Report
from mlgate.render import RENDERERS
print(*(name for name in sys.modules if name.startswith("mlgate.render.")), "|", end=" ")
before = set(sys.modules)
report = Report(gate="default", outcomes=(), started_at="", duration_s=0.0, provenance={})
for render in RENDERERS.values():
    render(report)
print(*{name.split(".")[0] for name in set(sys.modules) - before})
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    at_import, _, used = ran.stdout.partition("|")
    assert at_import.split() == []
    assert set(used.split()) - sys.stdlib_module_names == {"mlgate"}
