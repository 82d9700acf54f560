"""Golden sets: what a test expects, kept as JSON beside it, compared with a tolerance, written only when asked to."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.likeness import NotPlainError, Tolerance, as_data, differences, not_finite, require_tolerances, told

UPDATE = "--mlgate-update-golden"
FOLDER = "golden"
WRITTEN = "mlgate_golden"
"""Name of the user property by which a test says which golden set it wrote: it reaches the controller of xdist."""
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_OFF = ("", "0", "false", "no")


def pytest_configure(config: pytest.Config) -> None:
    """A gate that rewrites what it compares with proves nothing.

    Raises
    ------
    pytest.UsageError
        `--mlgate-update-golden` in CI, or under `mlgate run`.
    """
    by = "mlgate run" if config.getoption("mlgate_results", None) else ""
    if os.environ.get("CI", "").lower() not in _OFF:
        by = f"CI (CI={os.environ['CI']})"
    if by:
        raise pytest.UsageError(
            f"{UPDATE} is refused in {by}: golden sets are written where a person can look at the change; "
            "run it on your machine and commit the files"
        )


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Name the golden sets that were written."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.stats.get(kind, ())]
    written = written_in(reports)
    terminalreporter.section("golden sets")
    for path, tests in sorted(written.items()):
        by = f" by {len(tests)} tests, of which the last one counts: give each set a name of its own"
        terminalreporter.write_line(f"written: {path}{by if len(tests) > 1 else ''}")
    terminalreporter.write_line("look at the changes before you commit them" if written else "nothing to write")


class Golden:
    """The golden sets of one test. Called with a name and a value, it compares, or writes when asked to."""

    def __init__(self, node: pytest.Item, written: dict[Path, str]) -> None:
        self._node = node
        self._folder = node.path.parent / FOLDER / node.path.stem
        self._written = written

    def __call__(
        self,
        name: str,
        value: Any,
        *,
        rel: float | None = None,
        abs: float | None = None,  # noqa: A002  # pytest's own word
    ) -> None:
        """Fail unless `value` is what the golden set says.

        Parameters
        ----------
        name : of the golden set, one file of its own: letters, digits, `_`, `-`, `.`
        value : numbers, texts, lists, dicts, arrays, tensors, series or frames, nested as you like
        rel, abs : accepted difference of two numbers, relative to the expected one and absolute; the larger counts. A
            millionth unless given; whole numbers are then compared exactly
        """
        __tracebackhide__ = True
        require_tolerances(rel, abs)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            pytest.fail(f"{name!r} cannot name a golden set: use letters, digits, `_`, `-` and `.`")
        data = self._data(name, value)
        path = self._folder / f"{name}.json"
        update = bool(self._node.config.getoption("mlgate_update_golden", False))
        if not path.is_file():
            if not update:
                pytest.fail(f"the golden set {self._shown(path)} does not exist: {self._how_to_write()}")
            self._write(path, data)
            return
        expected = _read(path, self._shown(path), update=update)
        lines, count = told(differences(expected, data, Tolerance(rel, abs)))
        if count and update:
            self._write(path, data)
        elif count:
            more = [f"... and {count - len(lines):,} more"] if count > len(lines) else []
            head = f"{name} is not what {self._shown(path)} says, in {count:,} place{'s' if count > 1 else ''}"
            pytest.fail("\n".join([head, *lines, *more, f"if the change is meant: {self._how_to_write()}"]))

    def _data(self, name: str, value: Any) -> Any:
        __tracebackhide__ = True
        try:
            data = as_data(value)
        except NotPlainError as problem:
            pytest.fail(f"{name} cannot be kept in a golden set: {problem}")
        lines, count = told(not_finite(data))
        if count:
            places = "; ".join(lines[:3])
            pytest.fail(f"{name} has {count:,} value{'s' if count > 1 else ''} that no golden set can expect: {places}")
        return data

    def _write(self, path: Path, data: Any) -> None:
        __tracebackhide__ = True
        if path in self._written:
            by = self._written[path]
            pytest.fail(f"{self._shown(path)} was written in this run by {by}, with other values: give it another name")
        self._written[path] = self._node.nodeid
        path.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False)
        # JSON writes half of a surrogate pair as Python does: the file is UTF-8 whatever the value holds.
        half = path.with_suffix(f".{os.getpid()}.half")
        half.write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"))
        half.replace(path)
        self._node.user_properties.append((WRITTEN, self._shown(path)))

    def _shown(self, path: Path) -> str:
        try:
            return path.relative_to(self._node.config.rootpath).as_posix()
        except ValueError:
            return str(path)

    def _how_to_write(self) -> str:
        return f'write it with `pytest "{self._node.nodeid}" {UPDATE}`, look at it, and commit it'


def _read(path: Path, shown: str, *, update: bool) -> Any:
    __tracebackhide__ = True
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        if update:
            return object()  # like nothing: it is written anew
        pytest.fail(f"the golden set {shown} cannot be read: {problem}")


def written_in(reports: Iterable[Any]) -> dict[str, set[str]]:
    """Golden sets that tests wrote, each with those tests, by what their reports say."""
    found: dict[str, set[str]] = {}
    for report in reports:
        for entry in getattr(report, "user_properties", ()):
            if isinstance(entry, (list, tuple)) and len(entry) == 2 and entry[0] == WRITTEN:
                found.setdefault(entry[1], set()).add(report.nodeid)
    return found
