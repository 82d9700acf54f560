"""How a process of pytest ended."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mlgate.config.project import Tier
from mlgate.pyramid.records import Recorded

PYTEST_OK, PYTEST_FAILED, PYTEST_INTERRUPTED, PYTEST_INTERNAL, PYTEST_USAGE, PYTEST_NOTHING = range(6)
UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How one pytest process of a tier ended.

    Parameters
    ----------
    output : the end of what it printed, line by line
    interpreter : that ran pytest; empty where it is not known
    hung : tests that took longer than the tier's `test_timeout`, each with the stack at which its process was ended
    before : processes that ran before it, each until it died
    lost : tests that are still to be run; None where that is not known
    """

    tier: Tier
    recorded: Recorded
    returncode: int | None
    timed_out: bool
    interrupted: bool
    output: Sequence[str]
    interpreter: str = ""
    hung: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    before: int = 0
    lost: int | None = None

    @property
    def running(self) -> tuple[str, ...]:
        """Tests that had started and did not come to their end."""
        ended = self.recorded.ended
        return tuple(dict.fromkeys(test.node for test in self.recorded.started if test.node not in ended))

    @property
    def died(self) -> bool:
        """Whether it began to run tests and ended without its last record, by itself."""
        if self.timed_out or self.interrupted or self.returncode == PYTEST_USAGE:
            return False
        return self.recorded.opened and self.recorded.session is None

    @property
    def how(self) -> str:
        """The end of the sentence "the test was running when ..."."""
        if self.timed_out:
            return f"the tier was stopped after {told_limit(self.tier)}"
        if self.interrupted:
            return "the run was interrupted"
        if self.recorded.session is None:
            return f"pytest died ({describe_returncode(self.returncode)})"
        return "pytest stopped"


def describe_returncode(returncode: int | None) -> str:
    """A return code in words.

    Examples
    --------
    >>> describe_returncode(-11), describe_returncode(137), describe_returncode(3)
    ('killed by SIGSEGV', 'exit status 137, as after SIGKILL', 'exit status 3')
    """
    if returncode is None:
        return "exit status unknown"
    number = -returncode if returncode < 0 else returncode - 128
    try:
        name = signal.Signals(number).name
    except ValueError:
        return f"exit status {returncode}"
    return f"killed by {name}" if returncode < 0 else f"exit status {returncode}, as after {name}"


def told_interpreter(tier: Tier, interpreter: str) -> str:
    """The next step where a module is missing: most often pytest is that of another environment than the project's.

    Examples
    --------
    >>> told_interpreter(Tier(name="unit"), "/usr/bin/python3")
    'the tests ran in /usr/bin/python3: install the module there, or name another interpreter in tiers.unit.python'
    """
    where = tier.python or interpreter or "the environment of the pytest on PATH"
    return (
        f"the tests ran in {where}: install the module there, or name another interpreter in tiers.{tier.name}.python"
    )


def told_limit(tier: Tier) -> str:
    """The time after which a tier is stopped, as it would be written in mlgate.yaml."""
    return "its budget" if tier.limit_s is None else told_duration(tier.limit_s)


def told_duration(seconds: float) -> str:
    """Seconds as mlgate.yaml writes a duration.

    Examples
    --------
    >>> told_duration(120.0), told_duration(90.0), told_duration(0.5)
    ('2m', '90s', '0.5s')
    """
    for size, unit in UNITS:
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{unit}"
    return f"{seconds:g}s"
