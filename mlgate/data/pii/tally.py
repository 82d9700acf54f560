"""What was found in the values of a column that were looked at closely, by entity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import heappush, heappushpop
from math import fsum

from mlgate.data.pii.finding import Finding
from mlgate.data.plan import MAX_ROWS


@dataclass(slots=True)
class Tally:
    """Counts of one entity.

    Attributes
    ----------
    checked : whether its findings have check digits or a prefix of their own; those that have not are counted apart
    values, rows : distinct values that hold one, and the rows of these
    documented : of these values, those in which all are examples
    kinds : findings by kind
    tried, passed : different texts of the form, and those of them that pass the check
    """

    checked: bool
    values: int = 0
    rows: int = 0
    documented: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    _tried: dict[str, float] = field(default_factory=dict)
    _passed: dict[str, bool] = field(default_factory=dict)
    _first: list[int] = field(default_factory=list)

    def add(self, text: str, found: Iterable[Finding], rows: int, first: int) -> None:
        """Count the findings and near misses of one distinct value.

        Parameters
        ----------
        rows : in which the value stands
        first : number of the first of them
        """
        valid = []
        for item in found:
            if self.checked:
                written = text[item.start : item.end]
                self._tried[written] = min(item.chance, self._tried.get(written, 1.0))
                if item.valid:
                    self._passed[written] = item.supported or self._passed.get(written, False)
            if item.valid:
                valid.append(item)
        if valid:
            self.values += 1
            self.rows += rows
            self.documented += all(item.documented for item in valid)
            self.kinds.update(item.kind for item in valid)
            keep = heappush if len(self._first) < MAX_ROWS else heappushpop
            keep(self._first, -first)

    @property
    def tried(self) -> int:
        return len(self._tried)

    @property
    def passed(self) -> int:
        return len(self._passed)

    @property
    def supported(self) -> bool:
        """Whether half of those that pass are also spoken for by words, or by how they are written."""
        return 2 * sum(self._passed.values()) >= len(self._passed) > 0

    @property
    def chance(self) -> float:
        """Mean share of other texts that would pass."""
        return fsum(self._tried.values()) / len(self._tried) if self._tried else 1.0

    @property
    def first_rows(self) -> list[int]:
        """Numbers of the first rows that hold one, in order, at most ten."""
        return sorted(-row for row in self._first)
