"""One file against the rules of all families that were asked for: text in, findings and problems out."""

from __future__ import annotations

import re
import symtable
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

from mlgate.errors import SourceError
from mlgate.lint.families import NOTEBOOKS, SEEDS, TESTS
from mlgate.lint.finding import Finding
from mlgate.lint.ignores import Ignore, ignores_of, mentions_ignore
from mlgate.lint.module import Module, parse_module
from mlgate.lint.outline import draws_itself
from mlgate.outcome import Status

if TYPE_CHECKING:
    from mlgate.lint.notebook_rules import Find
    from mlgate.lint.suites import Declared


class Load(Protocol):
    """Gives the module that a file imports under a name, or None; `seeds_only` leaves out what only draws."""

    def __call__(self, name: str, importer: str, *, seeds_only: bool = False) -> Module | None: ...


Settings = Callable[[str, str], str | None]
"""The text of a small file of settings, by the path that a file of the project names and that file's own, or None."""

_OF_PYTHON_2 = re.compile(
    r"Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized"
    r"|leading zeros in decimal"
)
_LINE_OF_PYTHON_2 = re.compile(
    r"\s*raise\s+[\w.]+\s*,|.*<>|.*`[^`]+`|\s*print\s+[\w\"'%]|\s*exec\s+\w|.*\bur[\"']|.*\d[lL]\b"
)

_CONCERNS_NONE = "none of the rules that were asked for concern it: files of tests and others have rules of their own"


class Asked(NamedTuple):
    """What a run asks of every file: families of rules, and what mlgate.yaml says of tests (None: nothing)."""

    families: tuple[str, ...]
    declared: Declared | None = None


class Problem(NamedTuple):
    """Why a file, a cell of it, or a family of rules was not judged; `error` or `skip`.

    `passing` marks what may be otherwise in the next run, so that it is not kept.
    """

    message: str
    hint: str = ""
    status: Status = Status.ERROR
    line: int | None = None
    cell: int | None = None
    passing: bool = False


class Judged(NamedTuple):
    """What was found in a file, and from it in the project modules that it imports.

    Parameters
    ----------
    path : of the file
    families : that were asked of it
    findings : one per place, also the controlled ones
    ignores : comments of every file that has findings, and of this file
    problems : what could not be judged
    """

    path: str
    families: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    ignores: Mapping[str, tuple[Ignore, ...]] = {}
    problems: tuple[Problem, ...] = ()


class Known(NamedTuple):
    """What the rules are given besides the text of a file.

    Parameters
    ----------
    load : gives modules of the project
    find : finds personal data and credentials in what a notebook shows; without it, nothing is said of them
    settings : reads what a script reads as its settings; without it, whatever they hold counts as fixed
    reaches_draws : whether something may draw in the file or in what it imports
    """

    load: Load
    find: Find | None = None
    settings: Settings | None = None
    reaches_draws: Callable[[], bool] = lambda: True


def judge_file(text: str, path: str, known: Known, asked: Asked) -> Judged:
    """Judge a Python file or, by its ending, a notebook. What stops one family is a problem, and the others go on."""
    if path.endswith(".ipynb"):
        return _judge_notebook(text, path, known, asked)
    families = _families(path, text, asked)
    if not families:
        return Judged(path=path, problems=(Problem(message=_CONCERNS_NONE, status=Status.SKIP),))
    wanted = [family for family in families if family != SEEDS or _may_draw(text)]
    try:
        if not wanted and not mentions_ignore(text):
            _require_syntax(text, path)
            return Judged(path=path, families=families)
        module = parse_module(text, path)
    except SyntaxError as problem:
        return Judged(path=path, problems=(_syntax_problem(text, problem),))
    judging = _Judging(module, known, asked)
    if SEEDS in wanted:
        judging.ask_seeds()
    if TESTS in wanted:
        judging.ask_tests()
    return judging.result(families)


def _families(path: str, text: str, asked: Asked) -> tuple[str, ...]:
    """The families of rules that have something to say of a Python file."""
    from mlgate.lint.seeds import is_of_tests

    families = [SEEDS] if SEEDS in asked.families and not is_of_tests(path) else []
    if TESTS in asked.families:
        from mlgate.lint.suites import is_test_file

        families += [TESTS] if is_test_file(path, text) else []
    return tuple(families)


def _may_draw(text: str) -> bool:
    from mlgate.lint.seeds import may_draw

    return may_draw(text)


def _require_syntax(text: str, path: str) -> None:
    """Parse without making a tree, which takes half the time.

    Raises
    ------
    SyntaxError
        The text is not Python.
    """
    try:
        symtable.symtable(text, path, "exec")
    except (ValueError, RecursionError, MemoryError) as problem:
        raise SyntaxError(str(problem) or "nested too deeply") from None


class _Judging:
    """The families of rules at work on one module, and the modules that they had loaded."""

    def __init__(self, module: Module, known: Known, asked: Asked) -> None:
        self.module = module
        self.known = known
        self.asked = asked
        self.modules = {module.path: module}
        self.findings: list[Finding] = []
        self.problems: list[Problem] = []
        self.seeds_only = False

    def ask(self, family: str, judge: Callable[[], Iterable[Finding]]) -> None:
        """Take what a family of rules finds; a defect of ours in one must not lose the others."""
        try:
            self.findings += judge()
        except Exception as unexpected:  # noqa: BLE001  # an unexpected exception is an error of this file, never a pass
            self.problems.append(_defect(family, unexpected))

    def ask_seeds(self) -> None:
        """Follow a script into what draws, and a module that only defines things as far as it draws itself."""
        from mlgate.lint.seeds import judge
        from mlgate.lint.seeds.scripts import runs

        self.seeds_only = not runs(self.module)
        follows = not self.seeds_only and (bool(self.module.cells) or self.known.reaches_draws())
        if follows or draws_itself(self.module.text, is_script=not self.seeds_only):
            self.ask(SEEDS, lambda: judge(self.module, self.load, self.known.settings))

    def ask_tests(self) -> None:
        from mlgate.lint.suites import Declared, judge_tests

        self.seeds_only = False
        declared = self.asked.declared or Declared()
        self.ask(TESTS, lambda: judge_tests(self.module, declared, self._conftests()))

    def _conftests(self) -> list[Module]:
        """The `conftest.py` of the file's folder and of those above it, the nearest first."""
        depth = self.module.path.count("/") + 1
        found = (self.load(f"{'.' * dots}conftest", self.module.path) for dots in range(1, depth + 1))
        return [module for module in found if module is not None and module.path != self.module.path]

    def load(self, name: str, importer: str) -> Module | None:
        found = self.known.load(name, importer, seeds_only=self.seeds_only)
        if found is not None:
            self.modules[found.path] = found
        return found

    def result(self, families: tuple[str, ...], problems: Sequence[Problem] = ()) -> Judged:
        paths = dict.fromkeys([self.module.path, *(finding.path for finding in self.findings)])
        return Judged(
            path=self.module.path,
            families=families,
            findings=tuple(_placed(finding, self.module) for finding in self.findings),
            ignores={path: ignores_of(self.modules[path]) for path in paths if path in self.modules},
            problems=(*problems, *self.problems),
        )


def _judge_notebook(text: str, path: str, known: Known, asked: Asked) -> Judged:
    from mlgate.lint.notebook import notebook_module, read_notebook

    try:
        notebook = read_notebook(text)
    except SourceError as problem:
        return Judged(path=path, problems=(Problem(message=problem.message, hint=problem.hint),))
    families = tuple(family for family in (SEEDS, NOTEBOOKS) if family in asked.families)
    problems: list[Problem] = []
    if notebook.is_python:
        module, broken = notebook_module(notebook, path)
        problems += [_cell_problem(cell.number, cell.line, cell.reason) for cell in broken]
    else:
        module = parse_module("", path)
        reason = f"its kernel is {notebook.language}: only Python is judged for randomness"
        problems.append(Problem(message=reason, status=Status.SKIP))
        families = tuple(family for family in families if family != SEEDS)
    judging = _Judging(module, known, asked)
    if SEEDS in families and _may_draw(module.text):
        judging.ask_seeds()
    if NOTEBOOKS in families:
        from mlgate.lint.notebook_rules import judge

        judging.ask(NOTEBOOKS, lambda: judge(notebook, module, known.find))
    return judging.result(families, problems)


def _placed(finding: Finding, module: Module) -> Finding:
    """A finding in a notebook with its cell and the line in there."""
    if not module.cells or finding.path != module.path or "cell" in finding.evidence:
        return finding
    cell, line = module.place(finding.line)
    return replace(finding, evidence={**finding.evidence, "cell": cell, "line": line})


def _defect(family: str, unexpected: Exception) -> Problem:
    hint = "this is a defect of mlgate: report it with the file, and name the file in `lint.ignore` until it is mended"
    message = f"the rules of {family} stopped: {type(unexpected).__name__}: {unexpected}"
    return Problem(message=message, hint=hint, passing=True)


def _syntax_problem(text: str, problem: SyntaxError) -> Problem:
    line = problem.lineno or 1
    lines = text.splitlines()
    said = lines[line - 1] if 0 < line <= len(lines) else ""
    if _OF_PYTHON_2.search(problem.msg) or _LINE_OF_PYTHON_2.match(said):
        hint = "port it to Python 3, or name it in `lint.ignore` of mlgate.yaml"
        return Problem(message=f"line {line}: written for Python 2 ({problem.msg})", hint=hint, line=line)
    hint = "correct the syntax; code for a later Python needs mlgate installed in that Python"
    return Problem(message=f"line {line}: not valid Python: {problem.msg}", hint=hint, line=line)


def _cell_problem(cell: int, line: int, reason: str) -> Problem:
    message = f"cell {cell}, line {line}: not valid Python: {reason}"
    return Problem(message=message, hint="correct the cell; the other cells were judged", cell=cell, line=line)
