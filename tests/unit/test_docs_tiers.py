"""The page on tiers shows every key that decides what becomes of a test, in an example that parses."""

from __future__ import annotations

import re
from pathlib import Path

from mlgate.config.project_file import parse_project
from mlgate.config.tier_rules import TIERS_KIND
from mlgate.pyramid.flakiness import OFTEN, RUNS
from mlgate.pyramid.restarts import MOST_RESTARTS

PAGE = (Path(__file__).parents[2] / "docs" / "tiers.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
ELSEWHERE = {"runner", "gpu", "deterministic", "datasets", "needs"}


def test_the_example_has_every_key_and_parses() -> None:
    tier = parse_project(EXAMPLE, "mlgate.yaml", root=Path("/project")).tiers["unit"]
    assert (tier.limit_s, tier.retries, len(tier.quarantine)) == (1800, 2, 1)
    keys = TIERS_KIND.json_schema()["additionalProperties"]["properties"]
    shown = set(re.findall(r"^    (\w+):", EXAMPLE, flags=re.MULTILINE))
    assert shown == keys.keys() - ELSEWHERE


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"up to {MOST_RESTARTS} times" in PAGE
    assert f"last {RUNS} runs" in PAGE
    assert OFTEN == 3
    assert "at least three runs" in PAGE
