"""Hook `mlgate-config`: mlgate.yaml, data schemas and configs are what they claim to be.

Imports nothing heavier than click and PyYAML until a JSON Schema is declared.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from mlgate.cli import run_command
from mlgate.cli.config import check


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    return run_command(check, list(sys.argv[1:] if argv is None else argv))


if __name__ == "__main__":
    sys.exit(main())
