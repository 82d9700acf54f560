"""Hook `mlgate-data`: changed data files, or those of a changed schema, against what mlgate.yaml declares for them.

On the common way, without options, it imports neither click nor what of duckdb only names its engine.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from mlgate.outcome import Report

MEGABYTE = 1_000_000
MAX_MEGABYTES = 100.0
_SET = ("MLGATE_MAX_MEGABYTES", "MLGATE_MEMORY_LIMIT", "MLGATE_STRICT", "MLGATE_FORMAT", "MLGATE_DEBUG")
"""Variables that mean the same as options."""


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    plain = arguments and not any(item.startswith("-") for item in arguments) and not any(map(os.environ.get, _SET))
    if plain and sys.stdout is not None and not sys.stdout.isatty():
        code = _plainly([Path(item) for item in arguments], alone=argv is None)
        if code is not None:
            return code
    from mlgate.cli import run_command
    from mlgate_hooks.data_command import check

    return run_command(check, arguments)


def judged(
    files: Sequence[Path], *, max_megabytes: float, strict: bool, memory: str | None, alone: bool = False
) -> Report:
    """The report of the files of a commit; with `alone` the process has nothing else to do with duckdb.

    Raises
    ------
    UsageError
        The engine is not installed, or a file of ours has mistakes.
    """
    from mlgate.gate.data_commit import check_data_files

    limit = int(max_megabytes * MEGABYTE)
    return check_data_files(files, start=Path.cwd(), limit_bytes=limit, strict=strict, memory=memory, alone=alone)


def _plainly(files: Sequence[Path], *, alone: bool) -> int | None:
    """Exit code of a check without options; None where the whole command must tell what is wrong."""
    from mlgate.render import RENDERERS

    try:
        report = judged(files, max_megabytes=MAX_MEGABYTES, strict=False, memory=None, alone=alone)
    except Exception:  # noqa: BLE001  # the command meets it again, and puts it into words
        return None
    if report.outcomes:
        text = RENDERERS["text"](report).encode("utf-8", "backslashreplace").decode("utf-8")
        try:
            sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
            sys.stdout.flush()
        except OSError:
            return 3  # nobody saw it, so nothing has passed
    return report.exit_code if report.outcomes else 0


if __name__ == "__main__":
    sys.exit(main())
