"""Two tables on disk, compared as training and serving, for the tests of skew."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mlgate.config.other_tables import OtherTable
from mlgate.config.schema import Schema
from mlgate.config.skew_rules import SkewRules
from mlgate.data.skew import Side, compare_sides
from mlgate.outcome import Location, Outcome, to_json
from mlgate.sources.tables import OtherFiles, open_table
from tests.unit.data.linked import Content, saved

KEY = SkewRules(key=("id",), distribution=False)
_TRAINING = OtherTable(dataset="training")


def compared(
    training: Path | Content,
    serving: Path | Content,
    rules: SkewRules = KEY,
    *,
    folder: Path | None = None,
    schemas: tuple[Schema | None, Schema | None] = (None, None),
    environments: tuple[str | None, str | None] = (None, None),
    privacy: str = "full",
) -> Mapping[str, Outcome]:
    """Outcomes by the id after `data/skew/train..logs/`, in their order; contents are written into `folder`."""
    paths = [
        content if isinstance(content, Path) else saved(_folder(folder), name, content)
        for name, content in (("train", training), ("logs", serving))
    ]
    reads = [schema.read if schema else None for schema in schemas]
    others = {_TRAINING: OtherFiles(paths=[paths[0]], shown="train", read=reads[0])}
    with open_table([paths[1]], shown="logs", read=reads[1], others=others) as table:
        trained: Any = table.others[_TRAINING]
        trained_side, served_side = (
            Side(name=name, table=one, declared=schema.columns if schema else {}, environment=environment)
            for name, one, schema, environment in zip(
                ("train", "logs"), (trained, table), schemas, environments, strict=True
            )
        )
        found = compare_sides(trained_side, served_side, rules, location=Location("mlgate.yaml", 7), privacy=privacy)
    for outcome in found:
        to_json([outcome.observed, outcome.expected, outcome.evidence])
        assert outcome.id.startswith("data/skew/train..logs/")
        assert outcome.hint or not outcome.status.blocks
    named = {outcome.id.removeprefix("data/skew/train..logs/"): outcome for outcome in found}
    assert len(named) == len(found)
    return named


def _folder(folder: Path | None) -> Path:
    assert folder is not None
    return folder
