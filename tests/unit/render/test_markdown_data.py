"""The table of datasets in the comment: what compares two of them stands behind them, under a name of its own."""

from __future__ import annotations

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.markdown_details import data


def outcome(id_: str, status: Status = Status.PASS) -> Outcome:
    return Outcome(id=id_, tier="data", check="x", subject="x", status=status, message="x")


def shown(*outcomes: Outcome) -> tuple[str, list[str]]:
    """The summary, and the first cells of each row."""
    known = {"datasets": [{"name": "train", "rows": 7}]}
    text = data(Report(gate="x", started_at="", duration_s=0.0, outcomes=outcomes, provenance=known))
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return text.splitlines()[0], [row.split("|")[1].strip() for row in rows]


def test_comparisons_are_no_datasets() -> None:
    summary, names = shown(
        outcome("data/drift/test/age/drift", Status.FAIL),
        outcome("data/train/age/between"),
        outcome("data/splits/train-test/entity_overlap"),
        outcome("data/drift/test/sex/drift"),
    )
    assert "<b>Data</b>: 1 dataset and 2 comparisons" in summary
    assert names == ["`train`", "`drift: test`", "`splits: train-test`"]


def test_datasets_alone_are_counted_alone() -> None:
    summary, names = shown(outcome("data/train/age/between"), outcome("data/test/age/between"))
    assert "<b>Data</b>: 2 datasets<" in summary
    assert names == ["`train`", "`test`"]
