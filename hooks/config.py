"""Hook `mlgate-config`: mlgate.yaml, data schemas and configs are what they claim to be.

On the common way, where all of all files holds, it imports PyYAML and what it needs of mlgate, and no click.
"""

from __future__ import annotations

import os
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_SET = ("MLGATE_SCHEMA", "MLGATE_STRICT", "MLGATE_FORMAT", "MLGATE_DEBUG")
"""Variables that mean the same as options."""


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and not any(item.startswith("-") for item in arguments) and not any(map(os.environ.get, _SET)):
        text = _all_hold(arguments)
        if text and sys.stdout is not None and not sys.stdout.isatty():
            try:
                sys.stdout.write(text)
                sys.stdout.flush()
            except OSError:
                return 3  # nobody saw it, so nothing has passed
            return 0
    from mlgate.cli import run_command
    from mlgate.cli.config import check

    return run_command(check, arguments)


def _all_hold(files: Sequence[str]) -> str:
    """The report where everything holds; empty where the whole check must look."""
    from mlgate.gate.config_quick import holding, told

    start = time.monotonic()
    holds = holding(files, os.getcwd())  # noqa: PTH109  # pathlib takes a tenth of the hook's time
    seconds = time.monotonic() - start
    if holds is None or seconds >= 9.95:
        return ""
    return told(holds, seconds, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))


if __name__ == "__main__":
    sys.exit(main())
