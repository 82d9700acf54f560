"""Hook `mlgate-artifacts`: model files run nothing unknown when they are loaded.

On the common way, where no file of a commit is a model, it imports next to nothing.
"""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_START = 4096


def main(argv: Sequence[str] | None = None) -> int:
    """Check the files that pre-commit names; 0 nothing blocks, 1 a finding, 2 wrong usage, 3 not checkable."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if not any(item.startswith("-") for item in arguments) and not any(map(_may_be_model, arguments)):
        return 0
    from mlgate.cli import run_command
    from mlgate_hooks.artifacts_command import check

    return run_command(check, arguments)


def _may_be_model(file: str) -> bool:
    """Whether a file has to be looked into; one that cannot be read has, where its name is one of models."""
    from mlgate.lint.artifacts.names import may_be_model

    name = file.replace(os.sep, "/")
    if may_be_model(name, b""):
        return True
    try:
        if not os.path.isfile(file):  # noqa: PTH113  # pathlib takes longer than the whole look
            return False
        with open(file, "rb") as stream:  # noqa: PTH123  # as above
            return may_be_model(name, stream.read(_START))
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main())
