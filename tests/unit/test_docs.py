"""Pages that are made from the code say what the code says, also of numbers; links inside the repository lead somewhere."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlgate
from mlgate.config.metric_specs import METRICS

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
METRICS_PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
STATISTICS = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")


def test_generated_pages_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "docs.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def links(text: str) -> list[str]:
    """Relative targets of Markdown links, fragments left out; code blocks are no text."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    found = re.findall(r"\]\(([^)\s]+)\)", text)
    return [link.split("#")[0] for link in found if not re.match(r"[a-z]+:|#", link)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in links(page.read_text(encoding="utf-8")) if not (page.parent / link).exists()]
    assert broken == []


def test_link_of_the_test_itself_is_found() -> None:
    assert links("see [a](docs/a.md#part), [b](https://example.org), [c](#c)\n```\n[d](d.md)\n```\n") == ["docs/a.md"]


def table_rows(text: str, *, columns: int) -> list[list[str]]:
    """Cells of every table with so many columns; a `|` inside a cell is escaped."""
    rows = [re.split(r"(?<!\\) \| ", line[2:-2]) for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == columns]


INTERVAL_OF = {
    row[0].split("`")[1].partition("@")[0]: row[6].strip("`")
    for row in table_rows(METRICS_PAGE, columns=8)
    if "`" in row[0]
}


def test_every_metric_is_on_the_page_once() -> None:
    names = [row[0] for row in table_rows(METRICS_PAGE, columns=8) if "`" in row[0]]
    assert len(names) == len(METRICS)
    assert set(INTERVAL_OF) == set(METRICS)


def test_every_interval_is_explained() -> None:
    explained = {row[0].strip("`") for row in table_rows(METRICS_PAGE.partition("## Intervals")[2], columns=2)}
    assert set(INTERVAL_OF.values()) <= explained


def two_models(needs: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Baseline, candidate and options of a comparison with whatever a metric needs, 400 rows."""
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 400)
    shared: dict[str, Any] = {"id": np.arange(400), "label": truth}
    options: dict[str, Any] = {"positive": 1}
    sides: list[dict[str, Any]] = []
    for _ in range(2):
        noisy = np.where(rng.random(400) < 0.8, truth, 1 - truth)
        score = np.clip(0.4 + 0.2 * truth + rng.normal(0, 0.2, 400), 0.01, 0.99)
        side = {
            "prediction": noisy,
            "score": score,
            "of_0": 1 - score,
            "latency": rng.gamma(4, 5, 400),
            "nll": rng.gamma(2, 5, 400),
        }
        sides.append(side | {"tokens": rng.integers(5, 30, 400), "low": score - 0.4, "high": score + 0.4})
        if "number" in needs:
            sides[-1]["prediction"] = 10 + truth + rng.normal(0, 1, 400)
        if "text" in needs:
            sides[-1]["prediction"] = [f"the {'red' if flag else 'blue'} house is here" for flag in noisy]
        if "labelset" in needs:
            sides[-1] |= {"says_a": noisy, "says_b": rng.integers(0, 2, 400)}
    if "number" in needs:
        shared |= {"label": 10.5 + truth, "scale": np.full(400, 2.0)}
    if "text" in needs:
        shared["label"] = [f"the {'red' if flag else 'blue'} house is there" for flag in truth]
    if "labelset" in needs:
        shared |= {"is_a": truth, "is_b": 1 - truth}
        options |= {"label": ("is_a", "is_b"), "prediction": ("says_a", "says_b")}
    if "query" in needs:
        shared["query"] = np.arange(400) // 20
    return shared | sides[0], shared | sides[1], options


WITHOUT_ROWS_OR_MODEL = {name for name, spec in METRICS.items() if spec.needs == ("scalar",)} | {"bertscore"}

SCORES_OF_EVERY_CLASS = {"roc_auc_ovr", "top_k_accuracy"}


@pytest.mark.parametrize("name", sorted(METRICS.keys() - WITHOUT_ROWS_OR_MODEL))
def test_the_interval_named_is_the_one_that_is_made(name: str) -> None:
    before, after, options = two_models(METRICS[name].needs)
    metric = "top_k_accuracy@1" if name == "top_k_accuracy" else name
    if name in SCORES_OF_EVERY_CLASS:
        options["score"] = {"0": "of_0", "1": "score"}
    found = mlgate.compare(before, after, metrics=[metric], resamples=200, **options)
    changes: list[Mapping[str, Any]] = [item.evidence for item in found.outcomes if item.check == "metric_change"]
    assert [change["method"] for change in changes] == [INTERVAL_OF[name]], str(found)
    assert (changes[0]["low"] is None) == (INTERVAL_OF[name] == "point"), str(found)


def test_examples_of_the_statistics_page_are_right() -> None:
    tests = doctest.DocTestParser().get_doctest(STATISTICS, {}, "statistics.md", None, None)
    assert len(tests.examples) > 5
    assert doctest.DocTestRunner().run(tests).failed == 0


def test_limits_of_the_statistics_page_are_those_of_the_code() -> None:
    limits = [row for row in table_rows(STATISTICS, columns=3) if row[2].startswith("`mlgate.")]
    assert len(limits) >= 12
    for meaning, value, place in limits:
        module, _, name = place.strip("`").rpartition(".")
        assert float(value.replace(",", "")) == getattr(importlib.import_module(module), name), meaning
