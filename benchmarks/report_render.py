"""How long a report takes to become a comment and a page, how large the page is, and how soon Chromium shows it."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mlgate.outcome import Report
from mlgate.render.html import MAX_BYTES, render_html
from mlgate.render.markdown import render_markdown
from tests.integration.chromium import BINARY, Browser
from tests.unit.render import reports
from tests.unit.render.picture_reports import many

COMMENT_S, OPEN_S = 0.5, 1.0
"""What is wanted: of the comment on 2,000 outcomes, of the page of 5,000 until its `load` event."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    print(f"\nRendering, median of {runs}; seconds of wall and of processor time")
    print(f"{'report':40} {'wall s':>7} {'cpu s':>7} {'bytes':>10}  wanted")
    for name, render, report, wanted in (
        ("comment, 2,000 outcomes", render_markdown, many(2_000), f"<= {COMMENT_S} s"),
        ("comment, 2,000 outcomes that all fail", render_markdown, reports.huge(2_000), f"<= {COMMENT_S} s"),
        ("page, 2,000 outcomes", render_html, many(2_000), f"< {MAX_BYTES:,} bytes"),
        ("page, 5,000 outcomes", render_html, many(5_000), f"< {MAX_BYTES:,} bytes"),
        ("page, 100,000 outcomes that all fail", render_html, reports.huge(100_000), f"< {MAX_BYTES:,} bytes"),
    ):
        wall, cpu, size = rendered(render, report, 1 if len(report.outcomes) > 10_000 else runs)
        print(f"{name:40} {wall:7.3f} {cpu:7.3f} {size:10,}  {wanted}")
    if BINARY is None:
        print("no Chromium on PATH: how soon it shows the page is not measured")
        return 0
    print(f"\nOpening in Chromium, from the start of the navigation to the end of `load`, median of {runs}")
    for name, report in (("demo-like report", reports.regressed()), ("5,000 outcomes", many(5_000))):
        print(f"{name:40} {opened(report, runs):7.3f}{f'  wanted <= {OPEN_S} s' if name[0] == '5' else ''}")
    return 0


def rendered(render: Callable[[Report], str], report: Report, runs: int) -> tuple[float, float, int]:
    """Wall and processor time, and the size of the result."""
    walls, cpus, text = [], [], ""
    for _ in range(runs):
        wall, cpu = time.perf_counter(), time.process_time()
        text = render(report)
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return statistics.median(walls), statistics.median(cpus), len(text.encode())


def opened(report: Report, runs: int) -> float:
    """Seconds until the page is loaded, of one Chromium that has opened it once before."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        page.write_text(render_html(report), encoding="utf-8")
        with Browser(Path(folder, "profile")) as browser:
            browser.look()
            return statistics.median([browser.open(page) for _ in range(runs + 1)][1:])


if __name__ == "__main__":
    sys.exit(main())
