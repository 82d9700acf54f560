"""Runs a module in the mind: statements in the order in which Python would execute them, with what is known of values.

Nothing of the module is executed. Functions of the project are followed where they are called; what is drawn from a
generator, and whether it was seeded at that moment, is noted as a `Site`.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator

from mlgate.lint.finding import CONDITIONAL
from mlgate.lint.module import Module
from mlgate.lint.seeds import arguments, expressions, library, order, statements
from mlgate.lint.seeds.definitions import ModuleValue
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.sites import NOT_SEEDED, Site, verdict_of
from mlgate.lint.seeds.tokens import TOKENS
from mlgate.lint.seeds.values import (
    FIXED,
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Order,
    Scope,
    Value,
    blend,
    either,
)

MAX_DEPTH = 24
MAX_VISITS = 16
MAX_STEPS = 400_000
MAX_NESTING = 120


class Code:
    """A module that is run: its names, and which of its lines are of interest."""

    __slots__ = ("_lines", "is_entry", "is_main", "module", "path", "scope")

    def __init__(self, module: Module, *, is_main: bool, is_entry: bool = False) -> None:
        self.module = module
        self.path = module.path
        self.is_entry = is_entry
        self.is_main = is_main
        self.scope = Scope(self)
        self._lines: list[int] | None = None

    def concerns(self, node: ast.AST) -> bool:
        """Whether a definition draws or seeds, or calls one that does: all else need not be followed."""
        if self._lines is None:
            self._lines = _lines_of_interest(self.module, self._imported())
        first, last = getattr(node, "lineno", 1), getattr(node, "end_lineno", None) or 1
        place = bisect_left(self._lines, first)
        return place < len(self._lines) and self._lines[place] <= last

    def _imported(self) -> set[str]:
        """Names of functions, classes and modules of other files of the project."""
        kinds = (Function, Class)
        return {
            name
            for name, value in self.scope.names.items()
            if isinstance(value, ModuleValue) or (isinstance(value, kinds) and value.scope.module is not self)
        }


def _lines_of_interest(module: Module, imported: set[str]) -> list[int]:
    lines = module.text.split("\n")
    hits = {number for number, line in enumerate(lines, 1) if TOKENS.search(line)}
    if imported:
        mention = _mention(imported)
        hits |= {number for number, line in enumerate(lines, 1) if mention.search(line)}
    definitions = [
        node
        for node in ast.walk(module.tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and len(node.name) > 1
    ]
    pending: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = definitions
    known = set[str]()
    for _ in range(8):
        ordered = sorted(hits)
        found: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
        rest: list[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef] = []
        for node in pending:
            place = bisect_left(ordered, node.lineno)
            inside = place < len(ordered) and ordered[place] <= (node.end_lineno or node.lineno)
            (found if inside else rest).append(node)
        names = {node.name for node in found} - known
        if not names:
            break
        known |= names
        pending = rest
        mention = _mention(names)
        hits |= {number for number, line in enumerate(lines, 1) if mention.search(line)}
    return sorted(hits)


def _mention(names: set[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, sorted(names))) + r")\b")


_SEEDS = re.compile(r"(?:set|fix|init|setup|make)_?(?:\w+_)?seeds?$|^seed_(?:all|everything)")
"""Names of functions that seed."""


_PROTOCOL = frozenset({"__getitem__", "__iter__", "__next__", "__call__", "__len__", "forward"})


class Machine:
    """One run of one entry: the path so far, the places found, the modules that were imported.

    Parameters
    ----------
    load : the project's module of a dotted name, as the file of the given path imports it, or None
    """

    def __init__(self, load: Callable[[str, str], Module | None], path: Path) -> None:
        self.load = load
        self.path = path
        self.sites: dict[tuple[str, int, int, str], Site] = {}
        self.pending: dict[Site, str] = {}
        self.codes: dict[str, Code] = {}
        self.instances: list[Instance] = []
        self.visited: dict[int, int] = {}
        self.active: set[int] = set()
        self.commands: list[Function] = []
        self.namespaces: list[tuple[Instance, str, ast.AST, Code]] = []
        self.flags = Instance(None, rest=FIXED)
        self.loops: list[Order] = []
        self.here: ast.AST | None = None  # the call of the entry's file that is being followed
        self.here_code: tuple[Code, str]
        self.settled: set[tuple[str, int, int, str]] = set()
        self.drawn: list[Site] = []  # every draw from torch's generator, in order
        self.unseen_calls = 0
        self.deferred: list[Value] = []  # functions that were registered, to be called later
        self.unsure = 0  # how many branches deep, each taken where a value that is not seen is None
        self.asked = 0  # how many branches deep, each taken only where the user gives an option
        self.steps = 0
        self.depth = 0
        self.nesting = 0
        self.exhausted = False

    def evaluate(self, scope: Scope, node: ast.AST) -> Value:
        """What is known of an expression, after everything that it does was done."""
        self.steps += 1
        if self.steps > MAX_STEPS or self.nesting > MAX_NESTING:
            self.exhausted = True
            return UNKNOWN
        self.nesting += 1
        try:
            return expressions.evaluate(self, scope, node)
        finally:
            self.nesting -= 1

    def execute(self, scope: Scope, body: list[ast.stmt]) -> bool:
        """Execute statements; True where what follows them is not reached."""
        return any(statements.execute(self, scope, statement) for statement in body)

    def site(self, scope: Scope, node: ast.AST, rule: str, what: str, generator: str | None = None) -> Site:
        """The place of a rule, the same one for every visit.

        What draws from a shared generator in another file is told where the entry calls it: there a seed is missing.
        """
        code: Code = scope.module
        via, name = "", scope.name
        if generator is not None and not code.is_entry and self.here is None:
            return Site(
                rule, code.module, node, what=what, scope=name, generator=generator
            )  # no call of the entry leads here
        if generator is not None and not code.is_entry and self.here is not None:
            via = f"{code.path}:{getattr(node, 'lineno', 1)}"
            self.settled.add((code.path, int(getattr(node, "lineno", 1)), int(getattr(node, "col_offset", 0)), rule))
            (code, name), node = self.here_code, self.here
        key = (code.path, int(getattr(node, "lineno", 1)), int(getattr(node, "col_offset", 0)), rule)
        found = self.sites.get(key)
        if found is None:
            found = Site(rule, code.module, node, what=what, scope=name, generator=generator)
            found.via = via
            self.sites[key] = found
        return found

    def draw(self, scope: Scope, node: ast.AST, generator: str, what: str, *, rule: str = "") -> Site:
        """Something is drawn from a generator that all share."""
        site = self.site(scope, node, rule or f"unseeded-{generator}", what, generator)
        seeding = self.path.of(generator)
        if self.asked and seeding.quality == NOT_SEEDED:
            site.reached(CONDITIONAL, "it is reached where an option is given, and nothing seeds it")
        else:
            site.reached(verdict_of(seeding), seeding.why)
            self.path.drew(site, generator)
        site.visits += 1
        if generator == "torch":
            self.drawn.append(site)
        elif self.loops:
            order.used(self, scope, self.loops[-1], node)
        return site

    def draw_later(self, scope: Scope, node: ast.AST, generator: str, what: str, *, rule: str = "") -> Site:
        """Something is made that will draw when it is used: seeding in between is early enough."""
        site = self.site(scope, node, rule or f"unseeded-{generator}", what, generator)
        seeding = self.path.of(generator)
        if seeding.quality == "none":
            self.pending.setdefault(site, generator)
        else:
            site.reached(verdict_of(seeding), seeding.why)
        return site

    def settle(self) -> None:
        """Judge what was made and not seeded until the end."""
        for site, generator in self.pending.items():
            seeding = self.path.of(generator)
            site.reached(verdict_of(seeding), seeding.why)
        self.pending.clear()

    def seed(self, generators: tuple[str, ...], seeding: Seeding) -> None:
        """Generators are seeded."""
        for generator in generators:
            self.path.seed(generator, seeding)

    def library(self, scope: Scope, node: ast.Call, name: str, given: arguments.Given) -> Value:
        """What a call of a library does and returns."""
        return library.library_call(self, scope, node, name, given)

    def blend(self, *values: Value) -> Value:
        """A number that is made of several."""
        return blend(values)

    def imports(self, scope: Scope, root: str) -> bool:
        """Whether the module that a scope is in has imported a library."""
        code: Code = scope.module
        for value in code.scope.names.values():
            if isinstance(value, External) and (value.name == root or value.name.startswith(root + ".")):
                return True
        return False

    def module(self, name: str, importer: Code) -> Code | None:
        """The module of the project that an import names, executed once; None for libraries."""
        found = self.load(name, importer.path)
        if found is None:
            return None
        code = self.codes.get(found.path)
        if code is None:
            code = Code(found, is_main=False)
            self.codes[found.path] = code
            if TOKENS.search(found.text) or found.path.endswith("__init__.py"):
                self.execute(code.scope, found.tree.body)
        return code

    def invoke(self, function: Function, given: arguments.Given) -> Value:
        """Run a function of the project; its value is what any of its returns yields."""
        node = function.node
        code: Code = function.scope.module
        key = id(node)
        visits = self.visited.get(key, 0)
        if not code.concerns(node) and not any(order.order_of(value) for value in given.all()):
            return UNKNOWN
        if key in self.active or self.depth >= MAX_DEPTH or visits >= MAX_VISITS:
            return UNKNOWN
        self.visited[key] = visits + 1
        unseen, state = self.unseen_calls, dict(self.path.state)
        name = ".".join(part for part in (function.scope.name, function.name) if part)
        scope = Scope(code, function.scope, name)
        scope.me, scope.owner = function.self, function.owner
        arguments.bind(self, function, given, scope)
        self.active.add(key)
        self.depth += 1
        try:
            value = self._run(scope, node)
        finally:
            self.active.discard(key)
            self.depth -= 1
        if self.unseen_calls > unseen and _SEEDS.search(function.name) and state == self.path.state:
            library.unknown_seeder(self, function.name, node)
        return value

    def _run(self, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Value:
        if isinstance(node, ast.Lambda):
            return self.evaluate(scope, node.body)
        ends = self.execute(scope, node.body)
        if scope.yields is not None:
            return scope.yields
        exits: list[tuple[Path, Value]] = [*scope.returns]
        if not ends:
            exits.append((self.path, statements.NOTHING))
        if not exits:
            return UNKNOWN
        path, value = exits[0]
        for other, result in exits[1:]:
            path = path.joined(other, f"on some of the ways through `{node.name}`")
            value = either(value, result)
        self.path = path
        return value

    def decorated(self, scope: Scope, decorator: ast.expr, function: Value) -> Value:
        """What a decorator of the project makes of a function; the function itself where that is not seen."""
        if isinstance(decorator, ast.Call):
            called = self.evaluate(scope, decorator.func)
            if not isinstance(called, Function):
                return function
            called = self.evaluate(scope, decorator)
        else:
            called = self.evaluate(scope, decorator)
        if not isinstance(called, Function):
            return function
        made = self.invoke(called, arguments.Given([function]))
        return made if isinstance(made, Function) else function

    def make(self, cls: Class, given: arguments.Given, scope: Scope, node: ast.AST) -> Instance:
        """An object of a class of the project."""
        made = Instance(cls)
        made.origin = (self.here, self.here_code) if self.here is not None else None
        self.instances.append(made)
        before = len(self.drawn)
        arguments.fill(self, made, given, scope, node)
        made.drawn = self.drawn[before:]
        return made

    def methods_to_come(self) -> Iterator[Function]:
        """Methods of the objects that were made which nothing has called yet: a library may."""
        seen: set[int] = set()
        for instance in list(self.instances):
            cls = instance.cls
            for owner in _lineage(cls):
                for name, value in owner.attrs.items():
                    if not isinstance(value, Function) or id(value.node) in seen or id(value.node) in self.visited:
                        continue
                    if self._may_be_called(owner, name):
                        seen.add(id(value.node))
                        yield value.bound(instance)

    def _may_be_called(self, owner: Class, name: str) -> bool:
        """Whether a library may call a method: of its own base class any, else special ones and those that are named."""
        if name in _PROTOCOL or any(not root.startswith("builtins.") for root in owner.roots()):
            return True
        return any(f".{name}" in code.module.text for code in self.codes.values())


def _lineage(cls: Value | None, depth: int = 0) -> Iterator[Class]:
    if isinstance(cls, Class) and depth < 8:
        yield cls
        for base in cls.bases:
            yield from _lineage(base, depth + 1)
