"""Which of a tier's tests one process runs."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Selection:
    """Tests by node id, or by its beginning up to a `::`, or by file. `only` None means all; `without` goes before it.

    Examples
    --------
    >>> Selection(only=("tests/test_a.py",)).to_json()
    '{"only": ["tests/test_a.py"], "not": []}'
    """

    only: tuple[str, ...] | None = None
    without: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out."""
        return self.only is None and not self.without

    def to_json(self) -> str:
        """What the plugin reads from the file of `--mlgate-select`."""
        return json.dumps({"only": None if self.only is None else list(self.only), "not": list(self.without)})
