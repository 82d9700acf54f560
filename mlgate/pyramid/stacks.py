"""Where a test was when it was ended because it took too long: what the plugin's timer wrote."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from mlgate.pyramid.records import clean_text

STACK_LINES = 60
TIMEOUT = "Timeout ("
"""How `faulthandler` begins; a file without it is of a process whose last test came to its end."""
FRAME = re.compile(r'\s*File "(?P<path>.+)", line (?P<line>\d+) in (?P<name>.+)')


@dataclass(frozen=True, slots=True)
class Stack:
    """The node id of a test, and the stack of every thread, the innermost frame of each first."""

    node: str
    lines: tuple[str, ...]


def parse_stack(text: str) -> Stack | None:
    """What one process left; None where no test of it was ended.

    Examples
    --------
    >>> parse_stack('"t.py::test_a"\\n') is None
    True
    """
    first, _, rest = text.partition("\n")
    if not rest.lstrip().startswith(TIMEOUT):
        return None
    try:
        node = json.loads(first)
    except ValueError:
        return None
    lines = tuple(clean_text(line)[:400] for line in rest.splitlines() if line.strip())
    return Stack(node, lines[:STACK_LINES]) if isinstance(node, str) else None


def place_of(stack: tuple[str, ...], node: str) -> tuple[int, str] | None:
    """Line of the test's own file where it was, and the innermost function of that thread.

    Examples
    --------
    >>> place_of(("Thread 0x1 (most recent call first):", '  File "/x/wait.py", line 3 in wait',
    ...           '  File "/p/tests/test_a.py", line 9 in test_a'), "tests/test_a.py::test_a")
    (9, 'wait')
    """
    path, innermost = node.partition("::")[0], ""
    for line in stack:
        frame = FRAME.fullmatch(line)
        if frame is None:
            innermost = ""
            continue
        innermost = innermost or frame["name"]
        if frame["path"] == path or frame["path"].endswith(f"/{path}"):
            return int(frame["line"]), innermost
    return None
