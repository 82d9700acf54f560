"""Typed views of a report's provenance: what was compared, from where, and which tiers ran.

As in `facts`, a value of the wrong shape is treated as absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from mlgate.late import dataclass
from mlgate.outcome import Outcome, Report
from mlgate.render.facts import as_count, as_number, as_text, in_tier_order


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What the candidate is compared with, and how it was found; `found` is empty if it could not be loaded.

    `dirty` is true where it was made with changes that its commit does not have; `compared` is false where an
    earlier tier blocked before the comparison. `data` are the digests of the datasets that it was recorded with.
    """

    evaluation: str
    reference: str
    found: str
    version: str
    run_id: str
    commit: str
    age_s: float | None
    rows: int | None
    commits_behind: int | None
    dirty: bool = False
    compared: bool = True
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Where the candidate's predictions come from; `made_by` is `command`, `stage` or `given`."""

    evaluation: str
    predictions: str
    made_by: str
    rows: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    name: str
    path: str
    source: str
    digest: str
    rows: int | None
    columns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """What is known of a tier besides its outcomes; `reason` says why it did not run."""

    name: str
    duration_s: float | None
    reason: str


def tier_rows(report: Report) -> list[tuple[str, list[Outcome], float, str]]:
    """Each tier with its outcomes, its seconds, and the reason if it was stopped."""
    mine: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in report.outcomes:
        mine[outcome.tier].append(outcome)
    known = {tier.name: tier for tier in tiers(report)}
    rows = []
    for name in in_tier_order([*mine, *known]):
        tier, outcomes = known.get(name), mine.get(name, [])
        seconds = tier.duration_s if tier and tier.duration_s is not None else sum(o.duration_s for o in outcomes)
        rows.append((name, outcomes, seconds, tier.reason if tier else ""))
    return rows


def not_selected(report: Report) -> list[str]:
    """The tiers that the project declares and that this run was not asked for."""
    names = report.provenance.get("not_selected")
    return [name for name in names if isinstance(name, str) and name] if isinstance(names, list | tuple) else []


def is_dirty(report: Report) -> bool:
    """Whether the run had changes that its commit does not have."""
    return report.provenance.get("dirty") is True


def baselines(report: Report) -> list[Baseline]:
    return [
        Baseline(
            evaluation=as_text(raw.get("evaluation")),
            reference=as_text(raw.get("reference")),
            found=as_text(raw.get("found")),
            version=as_text(raw.get("version")),
            run_id=as_text(raw.get("run_id")),
            commit=as_text(raw.get("commit")),
            age_s=as_number(raw.get("age_s")),
            rows=as_count(raw.get("rows")),
            commits_behind=as_count(raw.get("commits_behind")),
            dirty=raw.get("dirty") is True,
            compared=raw.get("compared") is not False,
            data={str(name): as_text(digest) for name, digest in data.items() if digest}
            if isinstance(data := raw.get("data"), Mapping)
            else {},
        )
        for raw in _mappings(report, "baselines")
    ]


def candidates(report: Report) -> list[Candidate]:
    return [
        Candidate(
            evaluation=as_text(raw.get("evaluation")),
            predictions=as_text(raw.get("predictions")),
            made_by=as_text(raw.get("made_by")),
            rows=as_count(raw.get("rows")),
        )
        for raw in _mappings(report, "candidates")
    ]


def datasets(report: Report) -> list[Dataset]:
    return [
        Dataset(
            name=as_text(raw.get("name")),
            path=as_text(raw.get("path")),
            source=as_text(raw.get("source")),
            digest=as_text(raw.get("digest")),
            rows=as_count(raw.get("rows")),
            columns=as_count(raw.get("columns")),
        )
        for raw in _mappings(report, "datasets")
    ]


def tiers(report: Report) -> list[Tier]:
    return [
        Tier(
            name=as_text(raw.get("tier")),
            duration_s=as_number(raw.get("duration_s")),
            reason=as_text(raw.get("reason")),
        )
        for raw in _mappings(report, "tiers")
    ]


def _mappings(report: Report, key: str) -> list[Mapping[str, Any]]:
    value = report.provenance.get(key)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
