"""The order of the tiers, and the command that runs the user's tests of one of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.config.project import Tier
from mlgate.outcome import TIERS

PLUGIN = Path(__file__).resolve().parent / "plugin"
"""Folder of the pytest plugin: the only thing of ours that enters the user's environment."""


@dataclass(frozen=True, slots=True)
class Command:
    """A process to start: its arguments, and what is added to the environment."""

    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def order(selected: Iterable[Tier]) -> tuple[Tier, ...]:
    """The tiers, cheapest first, so that a cheap failure spares the dear ones.

    Raises
    ------
    ValueError
        A tier whose name is not one of `mlgate.outcome.TIERS`.
    """
    tiers = list(selected)
    for tier in tiers:
        if tier.name not in TIERS:
            raise ValueError(f"{tier.name!r} is not a tier; tiers are {', '.join(TIERS)}")
    return tuple(sorted(tiers, key=lambda tier: TIERS.index(tier.name)))


def pytest_command(
    tier: Tier,
    *,
    launcher: Sequence[str],
    results: Path,
    python_path: str = "",
    plugin: Path = PLUGIN,
    extra: Sequence[str] = (),
) -> Command:
    """The command that runs a tier's tests, to be started in the project's root.

    The user's own pytest configuration and plugins apply; only the plugin that records is added. Node ids are
    relative to the project's root wherever the configuration file lies.

    Parameters
    ----------
    tier : a tier with tests
    launcher : how pytest is started, e.g. `(".venv/bin/python", "-m", "pytest")`
    results : absolute path of the file that the plugin appends to; it should not exist yet
    python_path : the current PYTHONPATH, which is extended and not replaced
    plugin : folder of the plugin
    extra : further arguments of pytest, placed before the paths

    Raises
    ------
    ValueError
        The tier declares no tests (pytest would then collect whatever it finds), or `results` is relative.
    """
    if not tier.tests:
        raise ValueError(f"tier {tier.name!r} declares no tests")
    if not results.is_absolute():
        raise ValueError(f"the results file must be an absolute path, got {results}")
    argv = (*launcher, "-p", "mlgate_pytest", f"--mlgate-results={results}", "--rootdir=.", *extra)
    search = [entry for entry in python_path.split(os.pathsep) if entry]
    return Command((*argv, *map(_argument, tier.tests)), {"PYTHONPATH": os.pathsep.join([*search, str(plugin)])})


def _argument(path: str) -> str:
    """A path that pytest cannot take for an option (`-x`) or a file of arguments (`@list`)."""
    return f"./{path}" if path.startswith(("-", "@")) else path
