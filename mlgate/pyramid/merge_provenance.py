"""What a merged report was made from: the provenance of its parts, put together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlgate.outcome import TIERS, Outcome, Report, Status, judge
from mlgate.pyramid.plan_file import Decision, Plan, PlannedTier
from mlgate.pyramid.shape import shape_of
from mlgate.pyramid.shard import Shard

LISTS = ("baselines", "candidates", "datasets", "data_changes", "schema_patches", "fingerprint", "reused")
"""Entries that are lists: of all parts, in the order of the tiers, each item once."""
OWN = ("job", "jobs", "tiers", "not_selected", "command", "pyramid", "tests_before", "tests_changed")
"""Entries that are made anew, or that belong to one part alone."""


def merged_provenance(
    shards: Sequence[Shard], outcomes: Sequence[Outcome], *, plan: Plan | None, command: str
) -> dict[str, Any]:
    """The provenance of a merged report.

    Lists are put together; of other entries the first that says something stands, in the order of the tiers: the
    policy, the seed, the fingerprint of the machine. Each part is named in `jobs`, with what differs between machines.

    Parameters
    ----------
    shards : in the order of the tiers
    outcomes : of the merged report
    """
    parts = [shard.report.provenance for shard in shards if shard.report is not None]
    merged: dict[str, Any] = {}
    for part in parts:
        for key, value in part.items():
            if key not in (*OWN, *LISTS) and merged.get(key) in (None, {}, [], ""):
                merged[key] = value
    if plan is not None:
        merged |= {"commit": plan.head, "base": plan.base, "config": plan.config, "mlgate": plan.mlgate}
    not_selected = _not_selected(parts, plan)
    pyramid = shape_of(outcomes, left_out=not_selected)
    return {
        **merged,
        "command": command,
        "not_selected": not_selected,
        **{key: _joined(part.get(key) for part in parts) for key in LISTS[:3]},
        "tiers": _tiers(shards, outcomes),
        "jobs": [_job(shard) for shard in shards],
        **({"pyramid": pyramid} if pyramid else {}),
        **{key: found for key in LISTS[3:] if (found := _joined(_of_all(key, parts, plan)))},
    }


def _of_all(key: str, parts: Sequence[Mapping[str, Any]], plan: Plan | None) -> list[Any]:
    """An entry of every part; what is reused stands in the plan, too."""
    reused = [[_reused(tier)] for tier in plan.tiers if tier.reused] if plan is not None and key == "reused" else []
    return [*reused, *(part.get(key) for part in parts)]


def _reused(tier: PlannedTier) -> dict[str, Any]:
    """What a plan reuses of a tier, as the report of a run tells it."""
    facts = [outcome.evidence.get("reused") for outcome in tier.reused]
    since = sorted(str(fact["proven_at"]) for fact in facts if isinstance(fact, Mapping) and "proven_at" in fact)
    return {
        "tier": tier.tier,
        "files": sum(part.decision is Decision.REUSE for part in tier.tests),
        "tests": len(tier.reused),
        "runs": sorted({str(outcome.reused_from) for outcome in tier.reused}),
        **({"since": since[0]} if since else {}),
    }


def wall_time(reports: Iterable[Report], *, now: str) -> tuple[str, float]:
    """Start of the first report and seconds to the end of the last; `now` and 0 where there is none.

    Clocks of several machines may disagree: a report that would end before it began counts by its duration.
    """
    times = [(report.started_at, _moment(report.started_at), max(report.duration_s, 0.0)) for report in reports]
    known = [(text, moment, duration) for text, moment, duration in times if moment is not None]
    if not known:
        return now, round(max((duration for _, _, duration in times), default=0.0), 3)
    text, first, _ = min(known, key=lambda time: time[1])
    return text, round(max((moment - first).total_seconds() + duration for _, moment, duration in known), 3)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _joined(values: Iterable[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        for item in value if isinstance(value, list) else ():
            if item not in found:
                found.append(item)
    return found


def _not_selected(parts: Sequence[Mapping[str, Any]], plan: Plan | None) -> list[str]:
    """Declared tiers that no part was asked to run; a plan asks for all."""
    if plan is not None or not parts:
        return []
    asked = [set(part.get("not_selected") or ()) for part in parts]
    return [tier for tier in TIERS if all(tier in names for names in asked)]


def _tiers(shards: Sequence[Shard], outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One entry for each tier that has an outcome: its longest part, what all parts took, and how many they are."""
    entries = []
    for tier in TIERS:
        found = [outcome for outcome in outcomes if outcome.tier == tier]
        if not found:
            continue
        parts = [entry for shard in shards for entry in _entries(shard) if entry.get("tier") == tier]
        seconds = [float(entry.get("duration_s") or 0.0) for entry in parts]
        skipped = all(outcome.status is Status.SKIP for outcome in found)
        entry: dict[str, Any] = {
            "tier": tier,
            "status": Status.SKIP.value if skipped else judge(found).value,
            "duration_s": max(seconds, default=0.0),
            "reason": next((str(part["reason"]) for part in parts if part.get("reason")), _reason(found)),
        }
        work = {"shards": len(parts), "work_s": round(sum(seconds), 3)} if len(parts) > 1 else {}
        entries.append(entry | work)
    return entries


def _reason(found: Sequence[Outcome]) -> str | None:
    """Why nothing of a tier was run, as its only outcome says it."""
    return found[0].message if len(found) == 1 and found[0].check in ("unchanged", "job") else None


def _entries(shard: Shard) -> list[Mapping[str, Any]]:
    tiers = shard.fact("tiers")
    return [entry for entry in tiers if isinstance(entry, Mapping)] if isinstance(tiers, list) else []


def _job(shard: Shard) -> dict[str, Any]:
    report = shard.report
    told = {key: shard.fact(key) for key in ("python", "environment", "fingerprint") if shard.fact(key) is not None}
    return {
        "name": shard.name,
        "tier": shard.job.tier if shard.job else None,
        "shard": shard.job.shard if shard.job else None,
        "of": shard.job.of if shard.job else None,
        "place": shard.place,
        "verdict": report.verdict.value if report is not None else None,
        "started_at": report.started_at if report is not None else None,
        "duration_s": report.duration_s if report is not None else None,
        **told,
    }
