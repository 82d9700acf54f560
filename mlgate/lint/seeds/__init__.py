"""Randomness: what draws, and what seeded it before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds.tokens import is_of_tests, may_draw

if TYPE_CHECKING:
    from mlgate.lint.finding import Finding
    from mlgate.lint.module import Module

__all__ = ["is_of_tests", "judge", "may_draw"]


def judge(
    module: Module,
    load: Callable[[str, str], Module | None],
    settings: Callable[[str, str], str | None] | None = None,
) -> list[Finding]:
    """Every place that draws, also the controlled ones, in a module and in the project's modules that it reaches.

    Parameters
    ----------
    load : gives the project's module of a dotted name (relative: `.sibling`) as the file of a path imports it, or None
    settings : gives the text of a file of settings, by the path that a file names and that file's own, or None
    """
    from mlgate.lint.seeds.entries import sites_of
    from mlgate.lint.seeds.wording import findings

    return list(findings(*sites_of(module, load, settings)))
