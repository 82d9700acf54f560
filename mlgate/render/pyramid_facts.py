"""The shape of the pyramid, what is proven by priority, on what each tier ran, and what was reused: typed views.

As in `facts`, a value of the wrong shape is treated as absent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mlgate.late import dataclass
from mlgate.outcome import Outcome, Report
from mlgate.render import words
from mlgate.render.facts import as_count, as_number, as_text
from mlgate.render.headline import name_of
from mlgate.render.visible import label, one_line

MOST = 12
"""So many tiers, runs and tests are shown."""
BAR = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TierShape:
    """Tests of one tier: `ran` in this run, in `seconds`; `unchanged` where nothing that it reads differs."""

    name: str
    tests: int
    ran: int
    seconds: float
    flaky: int
    quarantined: int
    reused: int
    unchanged: bool

    @property
    def each(self) -> float | None:
        """Seconds for one test."""
        return self.seconds / self.ran if self.ran else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """How many tests of a priority passed, failed, and have no result."""

    name: str
    passed: int
    failed: int
    not_run: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pyramid:
    """What is known of the tests as a whole; `why` says that they stand on their head, and is empty where not."""

    tiers: tuple[TierShape, ...]
    why: str
    priorities: tuple[Priority, ...]
    unproven: tuple[tuple[str, str], ...]
    """Name of a test of the highest priority without a result, and why it has none."""

    @property
    def says_something(self) -> bool:
        """Whether it tells more than the table of the tiers does."""
        told = (tier.flaky or tier.quarantined or tier.reused or tier.unchanged for tier in self.tiers)
        return bool(len(self.tiers) > 1 or self.why or self.priorities or any(told))

    @property
    def total(self) -> str:
        """`40 tests in 5 tiers, 12 s of tests`."""
        tests = words.count(sum(tier.tests for tier in self.tiers), "test")
        seconds = words.duration(sum(tier.seconds for tier in self.tiers) or None)
        return f"{tests} in {words.count(len(self.tiers), 'tier')}" + (f", {seconds} of tests" if seconds else "")

    @property
    def remarks(self) -> list[str]:
        """What of it a person would want to know before reading on."""
        counted = [
            (sum(getattr(tier, kind) for tier in self.tiers), kind) for kind in ("flaky", "quarantined", "reused")
        ]
        said = [f"{number:,} {kind}" for number, kind in counted if number]
        unchanged = sum(tier.unchanged for tier in self.tiers)
        said += [f"{words.count(unchanged, 'tier')} unchanged"] if unchanged else []
        return [*said, *(["upside down"] if self.why else [])]

    @property
    def no_result(self) -> int:
        """Tests of the highest priority that have no result."""
        return sum(priority.not_run for priority in self.priorities if priority.name == "P0")

    @property
    def alarm(self) -> str:
        """`2 of 14 P0 tests have no result`; empty where all have one."""
        of = sum(p.passed + p.failed + p.not_run for p in self.priorities if p.name == "P0")
        number = self.no_result
        if not number:
            return ""
        return f"{number:,} of {words.count(of, 'P0 test')} {'has' if number == 1 else 'have'} no result"

    def bar(self, tier: TierShape) -> int:
        """Characters, of `BAR`, that a tier's number of tests is drawn with; the largest tier fills it."""
        most = max((one.tests for one in self.tiers), default=0)
        return max(1, round(BAR * tier.tests / most)) if tier.tests else 0


def pyramid_of(report: Report) -> Pyramid | None:
    """The entry `pyramid` of the provenance; None where there is none that can be read."""
    raw = report.provenance.get("pyramid")
    if not isinstance(raw, Mapping):
        return None
    tiers = tuple(_tier(item) for item in _mappings(raw.get("tiers"))[:MOST] if as_text(item.get("tier")))
    if not tiers:
        return None
    counted = raw.get("priorities")
    priorities = counted if isinstance(counted, Mapping) else {}
    known = {outcome.id: outcome for outcome in report.outcomes}
    return Pyramid(
        tiers=tiers,
        why=as_text(raw.get("why")) if raw.get("upside_down") is True else "",
        priorities=tuple(
            _priority(as_text(name), found)
            for name, found in sorted(priorities.items(), key=lambda item: as_text(item[0]))[:MOST]
            if isinstance(found, Mapping)
        ),
        unproven=tuple(_unproven(item, known) for item in _mappings(raw.get("unproven"))[:MOST]),
    )


def machines(report: Report) -> dict[str, str]:
    """On what each tier ran that asks for a GPU: `on 2 x NVIDIA L4`, `on the CPU: no NVIDIA driver answered`.

    Where one process saw several of them it is said: its tests did not share them. Jobs that shared a tier may have
    run on different machines.
    """
    told: dict[str, list[str]] = {}
    for item in _mappings(report.provenance.get("fingerprint"))[: 4 * MOST]:
        said, known = _machine(item), told.setdefault(as_text(item.get("tier")), [])
        if said and said not in known:
            known.append(said)
    return {tier: " and ".join(known[:3]) for tier, known in told.items() if known}


def _machine(fingerprint: Mapping[str, Any]) -> str:
    gpu = fingerprint.get("gpu")
    if not isinstance(gpu, Mapping):
        return ""
    names = Counter(as_text(device.get("name")) for device in _mappings(gpu.get("devices")))
    listed = ", ".join(f"{number:,} x {label(name, 60)}" for name, number in list(names.items())[:4])
    missing = one_line(as_text(gpu.get("missing")), 100)
    alone = ", in one process" if sum(names.values()) > 1 and not fingerprint.get("workers") else ""
    return f"on {listed}{alone}" if listed else f"on the CPU: {missing}" if missing else "on the CPU"


def settings(report: Report) -> list[tuple[str, str, str]]:
    """Tier, setting and value of what the gate set for the tests, since it can move what they compute."""
    found = []
    for item in _mappings(report.provenance.get("fingerprint"))[:MOST]:
        values, applied = item.get("settings"), item.get("applied")
        if isinstance(values, Mapping) and isinstance(applied, list | tuple):
            tier = as_text(item.get("tier"))
            found += [(tier, as_text(name), as_text(values.get(name))) for name in applied[:MOST] if name in values]
    return list(dict.fromkeys(found))


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuUse:
    """What a test used of a GPU: memory in MiB, and seconds until the device was idle."""

    name: str
    device: str
    peak_mib: float
    added_mib: float | None
    seconds: float | None


def gpu_uses(report: Report) -> list[GpuUse]:
    """Tests that used a GPU, those that held most memory first."""
    found = []
    for outcome in report.outcomes:
        measured = outcome.evidence.get("gpu")
        peak = as_number(measured.get("peak_mib")) if isinstance(measured, Mapping) else None
        if isinstance(measured, Mapping) and peak is not None and 0 <= peak < 1e9:
            added, seconds = (as_number(measured.get(key)) for key in ("added_mib", "seconds"))
            device = as_text(measured.get("device"))
            use = GpuUse(name=name_of(outcome)[0], device=device, peak_mib=peak, added_mib=added, seconds=seconds)
            found.append(use)
    return sorted(found, key=lambda use: -use.peak_mib)


def mebibytes(value: float | None) -> str:
    """`12,288 MiB`; nothing for what is not known."""
    return "" if value is None or not 0 <= value < 1e9 else f"{value:,.0f} MiB" if value >= 10 else f"{value:.1f} MiB"


def reused(outcomes: Iterable[Outcome]) -> str:
    """`12 reused from run 4f1c of 2026-11-24 08:00`; empty where nothing was reused.

    A run that has no number is called by its time, which is then said once.
    """
    found = [outcome for outcome in outcomes if outcome.reused_from is not None]
    runs = {outcome.reused_from for outcome in found}
    if not runs:
        return ""
    known = [facts for outcome in found if isinstance(facts := outcome.evidence.get("reused"), Mapping)]
    moments = sorted(as_text(facts.get("proven_at")) for facts in known if facts.get("proven_at"))
    oldest = label(moments[0][:16].replace("T", " "), 20) if moments else ""
    if len(runs) > 1:
        since = f", the oldest of {oldest}" if oldest else ""
        return f"{len(found):,} reused from {words.count(len(runs), 'earlier run')}{since}"
    run = label(found[0].reused_from or "", 60)
    if oldest and run.startswith(oldest[:10]):
        return f"{len(found):,} reused from the run of {oldest}"
    return f"{len(found):,} reused from run {run}" + (f" of {oldest}" if oldest else "")


def run_again(report: Report) -> list[tuple[str, str, str]]:
    """Tier, test file and reason of what was run although earlier results were kept."""
    found = []
    for item in _mappings(report.provenance.get("reused")):
        again = item.get("run_again")
        if isinstance(again, Mapping):
            tier = as_text(item.get("tier"))
            found += [(tier, as_text(path), as_text(why)) for path, why in again.items()]
    return found


def _tier(raw: Mapping[str, Any]) -> TierShape:
    seconds = as_number(raw.get("seconds"))
    counted = {key: as_count(raw.get(key)) or 0 for key in ("tests", "ran", "flaky", "quarantined", "reused")}
    return TierShape(
        name=as_text(raw.get("tier")),
        seconds=seconds if seconds is not None and 0 <= seconds < 1e9 else 0.0,
        unchanged=raw.get("unchanged") is True,
        **counted,
    )


def _priority(name: str, raw: Mapping[str, Any]) -> Priority:
    passed, failed, not_run = (as_count(raw.get(key)) or 0 for key in ("passed", "failed", "not_run"))
    return Priority(name=name, passed=passed, failed=failed, not_run=not_run)


def _unproven(raw: Mapping[str, Any], known: Mapping[str, Outcome]) -> tuple[str, str]:
    outcome = known.get(as_text(raw.get("id")))
    name = as_text(raw.get("id")) if outcome is None else name_of(outcome)[0]
    return name, as_text(raw.get("why"))


def _mappings(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list | tuple) else []
