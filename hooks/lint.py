"""What the hooks `mlgate-seeds` and `mlgate-tests` share: `mlgate lint` with the rules of one family.

A clean commit is let through before click is even imported; anything else is told by the command itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence


def run(family: str, argv: Sequence[str] | None) -> int:
    """Judge the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    families = (family, "ignores")
    if _is_plain(arguments) and _is_clean(arguments, families):
        return 0
    from mlgate.cli import run_command
    from mlgate.cli.lint import lint

    return run_command(lint, ["--hook", *(f"--family={name}" for name in families), *arguments])


def _is_plain(arguments: Sequence[str]) -> bool:
    """Whether the arguments are files alone, and no variable stands for an option."""
    return not any(argument.startswith("-") for argument in arguments) and not any(
        name.startswith("MLGATE_") for name in os.environ
    )


def _is_clean(files: Sequence[str], families: tuple[str, ...]) -> bool:
    from mlgate.gate.lint_quick import nothing_to_tell

    try:
        return nothing_to_tell(files, os.getcwd(), families)
    except Exception:  # noqa: BLE001  # the command meets it again, and says what it is
        return False
