"""Arguments of checks of columns that are more than a bound, a text or a list, as frozen objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from mlgate.late import dataclass

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Patterns:
    """Patterns of which every text must meet one, or all where `every` is set."""

    texts: tuple[str, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """Whether neighbours may be equal."""

    strictly: bool = False


@dataclass(frozen=True, slots=True)
class MostCommon:
    """The values one of which is the most frequent; `ties_okay`: another may be as frequent."""

    values: tuple[Value, ...]
    ties_okay: bool = False


@dataclass(frozen=True, slots=True)
class DomainMass:
    """The share, in (0, 1], of the values that must be among these."""

    values: tuple[Value, ...]
    min: float


@dataclass(frozen=True, slots=True)
class ZScore:
    """The largest distance from the mean, in standard deviations; only above it unless `double_sided`."""

    threshold: float
    double_sided: bool = True


@dataclass(frozen=True)
class JsonSchema:
    """A JSON Schema: written in place, or the path of its file until that is loaded (`json_schema.load_json_schemas`).

    Parameters
    ----------
    path : of the file, relative to the project's root; empty where it is written in place
    schema : None until loaded
    """

    path: str = ""
    schema: Mapping[str, Any] | None = None

    @cached_property
    def digest(self) -> str:
        """Short name of the schema's content."""
        from hashlib import blake2b

        return blake2b(json.dumps(self.schema, sort_keys=True).encode(), digest_size=8).hexdigest()
