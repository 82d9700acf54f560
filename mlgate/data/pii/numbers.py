"""Columns of long whole numbers: one number may be anything, so what they are is told by all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from mlgate.data.pii import shapes
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.identity_schemes import Scheme
from mlgate.data.pii.national_ids import telling_schemes
from mlgate.data.pii.stdnum_checks import passes
from mlgate.data.pii.tally import Tally
from mlgate.data.pii.text import candidates_in_text

CARD_SIZES = range(13, 20)
_LOST_ZEROS = 2
"""A number column may have lost so many zeros at the beginning of its values."""


@dataclass(slots=True)
class NumberTally:
    """Counts of whole numbers.

    Parameters
    ----------
    name : of the column
    entities : those that are looked for
    is_typed : whether the column is stored as numbers, which have no zeros at their beginning

    Attributes
    ----------
    told : findings by entity and whether they are checked, where the column's name says what they are
    cards : untold card numbers
    schemes : untold identity numbers by scheme
    sizes : distinct numbers by their digits
    """

    name: str
    entities: Collection[str]
    is_typed: bool = False
    told: dict[tuple[str, bool], Tally] = field(default_factory=dict)
    cards: Tally = field(default_factory=lambda: Tally(checked=True))
    schemes: dict[Scheme, Tally] = field(default_factory=dict)
    sizes: Counter[int] = field(default_factory=Counter)

    def add(self, text: str, rows: int, first: int) -> None:
        """Count one distinct number.

        Parameters
        ----------
        text : its digits
        rows : in which it stands
        first : number of the first of them
        """
        digits = text.strip()
        self.sizes[len(digits)] += 1
        for entity in ("payment_card", "national_id", "phone"):
            if entity in self.entities:
                self._add_as(entity, digits, rows, first)
        if "national_id" in self.entities and not shapes.is_told("national_id", self.name):
            for scheme in telling_schemes(len(digits)):
                valid = passes(scheme.module, digits)
                found = Finding(
                    entity="national_id", kind=scheme.name, start=0, end=len(digits), checked=True, valid=valid
                )
                tally = self.schemes.setdefault(scheme, Tally(checked=True))
                tally.add(digits, [replace(found, chance=scheme.chance)], rows, first)

    def _add_as(self, entity: str, digits: str, rows: int, first: int) -> None:
        if entity in shapes.TOLD_BY_WORDS and not shapes.is_told(entity, self.name):
            return
        found = candidates_in_text(digits, name=self.name, entities=(entity,))
        if self.is_typed and entity == "national_id" and not any(item.valid for item in found):
            digits, found = self._with_zeros(digits, found)
        for checked in (True, False):
            chosen = [item for item in found if item.checked is checked]
            if chosen and entity == "payment_card" and not chosen[0].supported:
                self.cards.add(digits, chosen, rows, first)
            elif chosen:
                self.told.setdefault((entity, checked), Tally(checked=checked)).add(digits, chosen, rows, first)

    def _with_zeros(self, digits: str, found: list[Finding]) -> tuple[str, list[Finding]]:
        """The number with the zeros that it may have lost, if it then is one."""
        for count in range(1, _LOST_ZEROS + 1):
            longer = "0" * count + digits
            again = candidates_in_text(longer, name=self.name, entities=("national_id",))
            if any(item.valid for item in again):
                return longer, again
        return digits, found

    @property
    def card_sized(self) -> int:
        """Distinct numbers as long as a card's."""
        return sum(self.sizes[size] for size in CARD_SIZES)
