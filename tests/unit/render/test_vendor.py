"""The chart library is what its authors published, with its licence, and what the page and the script expect."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from mlgate.render import html_page

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "mlgate" / "render" / "vendor"
LISTED = json.loads((FOLDER / "versions.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor_charts", ROOT / "scripts" / "vendor_charts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("package", LISTED, ids=lambda package: package["name"])
def test_a_file_has_its_digest_its_licence_and_nothing_that_ends_a_script(package: dict[str, str]) -> None:
    content = (FOLDER / package["file"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == package["sha256"]
    assert package["version"].encode() in content[:200]
    assert "Permission to use, copy, modify" in (FOLDER / package["licence_file"]).read_text(encoding="utf-8")
    assert not any(part in content.lower() for part in (b"</script", b"<!--", b"\r"))


def test_nothing_else_lies_there() -> None:
    known = {name for package in LISTED for name in (package["file"], package["licence_file"])}
    assert {path.name for path in FOLDER.iterdir()} == known | {"versions.json"}


def test_the_script_knows_the_same(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert script.listing() == (FOLDER / "versions.json").read_text(encoding="utf-8")
    assert [problem for package in script.PACKAGES for problem in script.check(package)] == []
    monkeypatch.setattr(script, "FOLDER", tmp_path)
    (tmp_path / "d3.min.js").write_text("other", encoding="utf-8")
    problems = [problem for package in script.PACKAGES for problem in script.check(package)]
    assert problems[0].startswith("d3.min.js: sha256 ")
    assert problems[1] == "plot.umd.min.js is missing: run scripts/vendor_charts.py"


def test_the_style_that_the_library_writes_is_the_one_that_is_allowed() -> None:
    """Its text stands in the library with the name of a class in three places."""
    allowed = html_page._OF_PLOT.replace("\n", "\\n").replace("plot-d6a7b5", "${c}")
    assert allowed in (FOLDER / "plot.umd.min.js").read_text(encoding="utf-8")
