"""The page on skew says what the reader of mlgate.yaml takes and what the checks are called; its message is a real one."""

from __future__ import annotations

import random
import re
from pathlib import Path

import yaml

from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.config.skew_rules import SkewKind
from mlgate.data.skew.catalogue import CATALOGUE
from mlgate.gate.data_skew import SkewRequest, check_skew_files, declare_rules

PAGE = (Path(__file__).parents[2] / "docs" / "skew.md").read_text(encoding="utf-8")
(YAML,) = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)
(MESSAGE,) = re.findall(r"^```text\n(.*?)\n```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_example_parses_and_shows_every_key() -> None:
    text = YAML.replace("skew:\n", "  logs2: {path: more.csv}\nskew:\n", 1)
    first, second = parse_project(text, "mlgate.yaml", root=Path()).skew
    assert (first.rules.joined, second.rules.ignore) == (0.9, ("logged_at",))
    shown = {key for entry in yaml.safe_load(YAML)["skew"] for key in entry}
    assert shown == set(SkewKind().json_schema()["items"]["properties"])
    assert "skew" in project_json_schema()["properties"]


def test_every_check_is_told() -> None:
    assert set(re.findall(r"^\| `(skew_\w+)` \|", PAGE, flags=re.MULTILINE)) == {name for name, _, _ in CATALOGUE}


def test_the_message_is_what_is_said(tmp_path: Path) -> None:
    draw = random.Random(1)
    amounts = [draw.randint(1, 10**6) / 100 for _ in range(359)]
    train = "id,amount\n" + "".join(f"{place},{amount}\n" for place, amount in enumerate(amounts))
    logs = "id,amount\n" + "".join(
        f"{place},{amount * 1000 if place < 120 else amount}\n" for place, amount in enumerate(amounts)
    )
    for name, text in (("train.csv", train), ("logs.csv", logs)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    rules = declare_rules(key=["id"], distribution=False)
    report = check_skew_files(SkewRequest(training="train.csv", serving="logs.csv", rules=rules, start=tmp_path))
    assert MESSAGE in [outcome.message for outcome in report.outcomes]
