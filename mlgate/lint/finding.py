"""What a lint rule found: a defect, its place, how sure, and the edits that mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mlgate.outcome import Status

UNCONTROLLED = "uncontrolled"
CONDITIONAL = "conditional"
UNKNOWN = "unknown"
CONTROLLED = "controlled"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the text: characters `start` to `end` (0-based, in the module's text) become `new`."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One defect.

    Parameters
    ----------
    rule : id of the rule
    path : POSIX path of the file that it stands in, relative to the root
    line, column : place in the module's text, 1-based and 0-based as in `ast`; of a notebook, in all cells joined
    message : the fact
    hint : the next step
    status : `fail` or `warn`
    verdict : of randomness: `uncontrolled`, `conditional` or `unknown`; else empty
    scope : name of the enclosing function or class (`Trainer.fit`), empty at the top: ids are made of it, not of lines
    edits : a safe change that mends it, or nothing
    evidence : JSON values; `lines` lists the other places of the same defect
    """

    rule: str
    path: str
    line: int
    message: str
    hint: str
    column: int = 0
    status: Status = Status.FAIL
    verdict: str = ""
    scope: str = ""
    edits: tuple[Edit, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
