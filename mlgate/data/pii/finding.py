"""One place of a text that holds, or looks like, personal data. It knows where that is, never what stands there."""

from __future__ import annotations

from mlgate.late import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place of a text.

    Parameters
    ----------
    entity : a name of `mlgate.config.personal_data.ENTITIES`
    kind : in words, e.g. `Visa card number`
    start, end : 0-based characters of the text, the end excluded
    checked : whether more than the form speaks for it: check digits, or a prefix that nothing else has
    chance : share of other texts of this form that would pass the check, too; 1 where nothing was checked
    supported : whether words nearby, the column's name or how it is written speak for it, too
    documented : whether it is one that its issuer sets aside for examples and tests
    valid : False for a near miss, which has the form but not the check digits
    """

    entity: str
    kind: str
    start: int
    end: int
    checked: bool = False
    chance: float = 1.0
    supported: bool = False
    documented: bool = False
    valid: bool = True
