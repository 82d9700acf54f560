"""The path that is executed: which generators are seeded at this moment, and what was drawn before they were."""

from __future__ import annotations

from mlgate.lint.finding import CONDITIONAL
from mlgate.lint.seeds.sites import NEVER, NOT_SEEDED, SEEDED, Seeding, Site, State, join, join_states


class Path:
    """State of every generator, and the places that drew from one that was not seeded yet.

    `rest` is the state of generators that were not spoken of: never seeded in a script, unknown in a function whose
    caller is not seen.
    """

    __slots__ = ("early", "rest", "state")

    def __init__(self, rest: Seeding = NEVER) -> None:
        self.rest = rest
        self.state: State = {}
        self.early: dict[str, tuple[Site, ...]] = {}

    def copy(self) -> Path:
        """The same path, to follow one branch of it."""
        other = Path(self.rest)
        other.state = dict(self.state)
        other.early = dict(self.early)
        return other

    def of(self, generator: str) -> Seeding:
        """Whether a generator is seeded here."""
        return self.state.get(generator, self.rest)

    def drew(self, site: Site, generator: str) -> None:
        """Remember a draw from a generator that is not seeded."""
        if self.of(generator).quality == NOT_SEEDED:
            self.early[generator] = (*self.early.get(generator, ()), site)

    def seed(self, generator: str, seeding: Seeding) -> None:
        """The generator is seeded; what drew from it before came too early."""
        if seeding.quality in (SEEDED, CONDITIONAL):
            for site in self.early.pop(generator, ()):
                site.late = True
        self.state[generator] = seeding

    def _early_of_both(self, other: Path) -> dict[str, tuple[Site, ...]]:
        names = self.early.keys() | other.early.keys()
        return {name: tuple(dict.fromkeys((*self.early.get(name, ()), *other.early.get(name, ())))) for name in names}

    def _with_rest(self, other: Path) -> tuple[State, State]:
        names = self.state.keys() | other.state.keys()
        return {name: self.of(name) for name in names}, {name: other.of(name) for name in names}

    def joined(self, other: Path, why: str) -> Path:
        """Either this path or the other was taken."""
        path = Path(self.rest)
        path.state = join_states(*self._with_rest(other), why)
        path.early = self._early_of_both(other)
        return path

    def unless(self, other: Path, why: str) -> Path:
        """This path is taken in a run without options; the user may choose the other."""
        path = Path(self.rest)
        mine, others = self._with_rest(other)
        path.state = {
            name: mine[name] if mine[name].quality == SEEDED else join(mine[name], others[name], why) for name in mine
        }
        path.early = self._early_of_both(other)
        return path
