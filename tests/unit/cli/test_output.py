"""The files of a report, and where the links of its page lead."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.cli.output import FILES, way_up, write_files
from tests.unit.render import reports


@pytest.mark.parametrize(
    ("folder", "root", "way"),
    [
        ("project/out/report", "project", "../.."),
        ("project", "project", "."),
        ("elsewhere", "project", ""),
        ("project/../elsewhere", "project", ""),
    ],
)
def test_the_way_from_the_report_to_the_project(folder: str, root: str, way: str, tmp_path: Path) -> None:
    assert way_up(tmp_path / folder, tmp_path / root) == way
    assert way_up(tmp_path / folder, None) == ""


def test_a_page_inside_the_project_has_links_to_its_files(tmp_path: Path) -> None:
    write_files(reports.data_failure(), tmp_path / "out", tmp_path)
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)
    assert 'href="../schemas/patients.yaml"' in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    write_files(reports.data_failure(), tmp_path / "out")
    assert 'href="../' not in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
