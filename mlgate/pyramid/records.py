"""What the pytest plugin wrote, parsed once into frozen objects."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = 1
ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """One report of pytest: the setup, call or teardown of a test, a subtest, or a failed collection.

    `when` is `setup`, `call`, `teardown`, `collect`, or `???` for a test whose xdist worker died.
    `xfail` is the reason of an expected failure that applied, `label` the description of a subtest.
    """

    node: str
    when: str
    outcome: str
    duration_s: float = 0.0
    path: str | None = None
    line: int | None = None
    message: str = ""
    traceback: tuple[str, ...] = ()
    xfail: str | None = None
    worker: str | None = None
    label: str | None = None
    properties: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The last record: pytest came to its end. `collected` counts the node ids that were left after deselection."""

    exit_status: int
    collected: int
    deselected: int = 0
    warnings: int = 0
    pytest: str = ""
    python: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """All records of one pytest process.

    `collected` is how many tests it was to run, None where it did not come that far; `notes` are the plain data of
    other modules of the plugin. `malformed` says what could not be read; then nothing is proven.
    """

    opened: bool = False
    collected: int | None = None
    started: tuple[Phase, ...] = ()
    phases: tuple[Phase, ...] = ()
    subtests: tuple[Phase, ...] = ()
    collects: tuple[Phase, ...] = ()
    internal_error: Phase | None = None
    interrupted: str | None = None
    session: Session | None = None
    notes: tuple[Mapping[str, Any], ...] = ()
    malformed: tuple[str, ...] = ()

    @property
    def begun(self) -> frozenset[str]:
        """Node ids of which anything was reported."""
        return frozenset(report.node for report in (*self.started, *self.phases))

    @property
    def ended(self) -> frozenset[str]:
        """Node ids that came to their end, be it the end of their worker."""
        return frozenset(phase.node for phase in self.phases if phase.when not in ("setup", "call"))


def parse_records(records: Iterable[Mapping[str, Any]]) -> Recorded:
    """The records of a results file; what does not fit is named in `malformed`, never dropped in silence."""
    found = _Found()
    for number, record in enumerate(records, start=1):
        try:
            if not found.take(record):
                found.malformed.append(f"record {number} is not expected: {clean_text(str(record['kind']))[:80]}")
        except (KeyError, TypeError, ValueError) as problem:
            found.malformed.append(f"record {number} is incomplete: {problem}"[:200])
    phases, once = found.phases, found.once
    if "open" not in once and (once or any(phases.values())):
        found.malformed.append("the first record is missing")
    return Recorded(
        opened="open" in once,
        collected=found.collected,
        started=tuple(phases["start"]),
        phases=tuple(phases["phase"]),
        subtests=tuple(phases["subtest"]),
        collects=tuple(phases["collect"]),
        internal_error=next(iter(phases["internal_error"]), None),
        interrupted=once.get("interrupted"),
        session=once.get("session"),
        notes=tuple(found.notes),
        malformed=tuple(found.malformed),
    )


class _Found:
    """What was read so far, by kind."""

    def __init__(self) -> None:
        self.phases: dict[str, list[Phase]] = {kind: [] for kind in PHASES}
        self.once: dict[str, Any] = {}
        self.notes: list[Mapping[str, Any]] = []
        self.malformed: list[str] = []
        self.collected: int | None = None
        self._starts: dict[str, Phase] = {}

    def take(self, record: Mapping[str, Any]) -> bool:
        """Keep a record; False where its kind is not known, or stands a second time."""
        kind = record["kind"]
        if kind == "passed":
            self.phases["phase"].extend(_passed(record, self._starts))
        elif kind in self.phases:
            phase = _phase(record)
            self.phases[kind].append(phase)
            if kind == "start":
                self._starts[phase.node] = phase
        elif kind in ONCE and kind not in self.once:
            self.once[kind] = ONCE[kind](record)
        elif kind == "collected":
            self.collected = int(record["count"])
        elif kind == "note":
            self.notes.append(record)
        elif kind == "malformed":
            self.malformed.append(_text(record.get("message", "")))
        else:
            return False
        return True


def clean_text(value: str) -> str:
    """Text that a person reads: no terminal colours, and nothing that cannot be written as UTF-8."""
    return ANSI.sub("", value).encode("utf-8", "backslashreplace").decode("utf-8")


def _phase(record: Mapping[str, Any]) -> Phase:
    kind = record["kind"]
    return Phase(
        node="" if kind == "internal_error" else _text(record["node"]),
        when=_text(record["when"]) if kind in ("phase", "subtest", "collect") else "",
        outcome=_text(record["outcome"]) if kind in ("phase", "subtest", "collect") else "",
        duration_s=_seconds(record.get("duration_s")),
        path=_optional(record.get("path")),
        line=None if record.get("line") is None else int(record["line"]),
        message=_text(record.get("message", "")),
        traceback=tuple(_text(line) for line in record.get("traceback", ())),
        xfail=_optional(record.get("xfail")),
        worker=_optional(record.get("worker")),
        label=_optional(record.get("label")),
        properties=tuple(record.get("properties", ())),
    )


def _passed(record: Mapping[str, Any], starts: Mapping[str, Phase]) -> list[Phase]:
    """The three phases of a test that simply passed."""
    node, durations = _text(record["node"]), record["durations_s"]
    start, worker = starts.get(node), _optional(record.get("worker"))
    return [
        Phase(
            node=node,
            when=when,
            outcome="passed",
            duration_s=_seconds(seconds),
            path=start.path if start else None,
            line=start.line if start else None,
            worker=worker,
        )
        for when, seconds in zip(("setup", "call", "teardown"), durations, strict=True)
    ]


def _seconds(value: Any) -> float:
    """A duration, which a clock that was set back while the test ran cannot make negative.

    Examples
    --------
    >>> _seconds(1.5), _seconds(-3600.0), _seconds(float("nan")), _seconds(None)
    (1.5, 0.0, 0.0, 0.0)
    """
    seconds = float(value or 0.0)
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0


def _session(record: Mapping[str, Any]) -> Session:
    return Session(
        exit_status=int(record["exit_status"]),
        collected=int(record["collected"]),
        deselected=int(record.get("deselected", 0)),
        warnings=int(record.get("warnings", 0)),
        pytest=_text(record.get("pytest", "")),
        python=_text(record.get("python", "")),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text, got {type(value).__name__}")
    return clean_text(value)


def _format(record: Mapping[str, Any]) -> int:
    if record["format"] != FORMAT:
        raise ValueError(f"format {record['format']!r} is not known")
    return FORMAT


def _optional(value: object) -> str | None:
    return None if value is None else _text(value)


PHASES = ("start", "phase", "subtest", "collect", "internal_error")
ONCE: Mapping[str, Callable[[Mapping[str, Any]], Any]] = {
    "open": _format,
    "interrupted": lambda record: _text(record["reason"]),
    "session": _session,
}
"""Records that a pytest process writes once; a second one comes from another process."""
