"""Hook `mlgate-tests`: tests run, can fail, and depend on nothing that changes from run to run."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from .lint import run


def main(argv: Sequence[str] | None = None) -> int:
    """Judge the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    return run("tests", argv)


if __name__ == "__main__":
    sys.exit(main())
