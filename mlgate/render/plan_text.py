"""A plan for a person: what runs, what does not, and why; then the jobs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mlgate.render.visible import visible

SPARED = 5
"""Parts of a tier that do not run and are named."""
SAME = 5
"""Parts that run for one reason and are named."""


def render_plan(plan: Mapping[str, Any]) -> str:
    """The text of a plan (`plan.json`), which may hold names of any kind."""
    lines = [*_head(plan), ""]
    for tier in plan["tiers"]:
        lines += [*_tier(tier), ""]
    lines += list(_jobs(plan["jobs"]))
    return "\n".join(lines) + "\n"


def _head(plan: Mapping[str, Any]) -> Iterator[str]:
    head = str(plan["head"] or "no commit")[:12]
    if plan["base"] is None:
        yield f"plan for {head}: everything runs"
        yield f"  {visible(str(plan['found']))}"
        return
    count = len(plan["changed"])
    files = "1 file" if count == 1 else f"{count} files"
    verb = "differs" if count == 1 else "differ"
    yield f"plan for {head}: {files} {verb} from {plan['base'][:12]} ({visible(str(plan['found']))})"


def _tier(tier: Mapping[str, Any]) -> Iterator[str]:
    yield f"{tier['tier']}: {tier['decision']}: {visible(tier['why'])}"
    for kind, key in (("tests", "path"), ("datasets", "name"), ("evaluations", "name")):
        parts: Sequence[Mapping[str, Any]] = tier[kind]
        reasons = dict.fromkeys(part["why"] for part in parts if part["decision"] == "run")
        for why in reasons:
            same = [part for part in parts if part["decision"] == "run" and part["why"] == why]
            yield from _running(same, key, why)
        for decision in ("reuse", "unchanged"):
            yield from _spared([part[key] for part in parts if part["decision"] == decision], decision, kind)


def _running(parts: Sequence[Mapping[str, Any]], key: str, why: str) -> Iterator[str]:
    """Parts that run for one reason: it stands beside the first of them, and the others refer to it."""
    for number, part in enumerate(parts[:SAME]):
        reason = f": {visible(why)}" if number == 0 else ": likewise"
        yield f"  run        {visible(part[key])}{reason}{_seconds(part['expected_s'])}"
    if len(parts) > SAME:
        yield f"  run        and {len(parts) - SAME} more for the same reason"


def _spared(names: Sequence[str], decision: str, kind: str) -> Iterator[str]:
    for name in names[:SPARED]:
        yield f"  {decision:<10} {visible(name)}"
    if len(names) > SPARED:
        yield f"  {decision:<10} and {len(names) - SPARED} more {kind}"


def _jobs(jobs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    listed = list(jobs)
    if not listed:
        yield "nothing has to run"
        return
    yield "jobs"
    width = max(len(str(job["name"])) for job in listed)
    for job in listed:
        count = len(job["files"])
        files = {0: "no test files", 1: "1 test file"}.get(count, f"{count} test files")
        runner = ", ".join(map(str, job["runner"]))
        yield (
            f"  {visible(str(job['name'])):<{width}}  stage {job['stage']}  {files}{_seconds(job['expected_s'])}"
            f"  on {visible(runner)}, at most {job['timeout_minutes']} min"
        )


def _seconds(value: float | None) -> str:
    return "" if value is None else f" ({value:.1f} s)"
