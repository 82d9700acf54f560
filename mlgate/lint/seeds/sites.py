"""Places that draw, and whether the generator that they draw from was seeded when they did."""

from __future__ import annotations

import ast
from typing import Any, NamedTuple

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN

NOT_SEEDED = "none"
SEEDED = "seeded"
TOLD = "told"
"""Seeded with entropy: told where it is seeded, so the draws are not told again."""

_WORST = {UNCONTROLLED: 3, CONDITIONAL: 2, UNKNOWN: 1, CONTROLLED: 0}


class Seeding(NamedTuple):
    """Whether a generator is seeded: `none`, `seeded`, `conditional`, `unknown` or `told`, and why it is not sure."""

    quality: str
    why: str = ""


NEVER = Seeding(NOT_SEEDED)
DONE = Seeding(SEEDED)
ENTROPY = Seeding(TOLD)
BY_CALLER = Seeding(UNKNOWN, "who calls this is not seen here")

_VERDICTS = {
    NOT_SEEDED: UNCONTROLLED,
    SEEDED: CONTROLLED,
    TOLD: CONTROLLED,
    CONDITIONAL: CONDITIONAL,
    UNKNOWN: UNKNOWN,
}


def verdict_of(seeding: Seeding) -> str:
    """Verdict on a draw from a generator in this state."""
    return _VERDICTS[seeding.quality]


def join(first: Seeding, second: Seeding, why: str) -> Seeding:
    """The state after two branches, of which one is taken."""
    if first.quality == second.quality:
        return first
    both = {first.quality, second.quality}
    if UNKNOWN in both:
        return first if first.quality == UNKNOWN else second
    if TOLD in both:
        return ENTROPY if SEEDED in both else Seeding(CONDITIONAL, why)
    return next((state for state in (first, second) if state.quality == CONDITIONAL), Seeding(CONDITIONAL, why))


State = dict[str, Seeding]


def join_states(first: State, second: State, why: str) -> State:
    """As `join`, for every generator."""
    if first == second:
        return dict(first)
    default = first.get("", NEVER)
    names = first.keys() | second.keys()
    return {name: join(first.get(name, default), second.get(name, default), why) for name in names}


Key = tuple[str, int, int, str]
"""Path, line, column and rule of a place."""


def key_of(path: str, node: ast.AST, rule: str) -> Key:
    """What tells a place from others."""
    return path, int(getattr(node, "lineno", 1)), int(getattr(node, "col_offset", 0)), rule


class Site:
    """A place in the code that draws, or that sets what draws depend on; merged over all times that it was reached.

    `generator` is what it draws from (None: from one of its own); `late` is set where the generator was seeded only
    after the draw; `is_seed` where the value drawn is a seed of something else, which is told there.
    """

    __slots__ = (
        "generator",
        "is_emptied",
        "is_seed",
        "late",
        "module",
        "node",
        "path",
        "rule",
        "scope",
        "undone",
        "verdict",
        "via",
        "visits",
        "what",
        "why",
    )

    def __init__(self, rule: str, module: Any, node: ast.AST, *, what: str, scope: str, generator: str | None) -> None:
        self.rule = rule
        self.module = module
        self.path: str = module.path
        self.node = node
        self.what = what
        self.scope = scope
        self.generator = generator
        self.verdict = CONTROLLED
        self.why = ""
        self.late = False
        self.is_emptied = False  # the generator was seeded with None before: an earlier seed would not hold
        self.is_seed = False
        self.via = ""  # path and line of the draw, where it is in another file than the entry
        self.visits = 0
        self.undone = 0  # visits whose draw was overwritten: weights that were loaded afterwards

    @property
    def is_harmless(self) -> bool:
        """Whether nothing depends on what is drawn here: it is a seed, which is judged itself, or was overwritten."""
        return self.is_seed or (self.visits > 0 and self.undone >= self.visits)

    @property
    def line(self) -> int:
        return int(getattr(self.node, "lineno", 1))

    @property
    def column(self) -> int:
        return int(getattr(self.node, "col_offset", 0))

    def reached(self, verdict: str, why: str = "") -> None:
        """Merge what one more visit found: the worst stays."""
        if _WORST[verdict] > _WORST[self.verdict]:
            self.verdict, self.why = verdict, why
