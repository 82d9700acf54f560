"""Python run in the mind: statements in the order in which Python would execute them, with what is known of values.

Nothing of the module is executed. Functions of the project are followed where they are called; what is drawn from a
generator, and whether it was seeded at that moment, is noted as a `Site`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from mlgate.lint.finding import CONDITIONAL
from mlgate.lint.module import Module
from mlgate.lint.seeds import arguments, expressions, order, statements
from mlgate.lint.seeds.alternatives import either
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.code import Code
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.scopes import Scope
from mlgate.lint.seeds.sites import NOT_SEEDED, Key, Site, key_of, verdict_of
from mlgate.lint.seeds.values import FIXED, NONE, UNKNOWN, Class, Function, Instance, Order, Value

MAX_DEPTH = 24
MAX_VISITS = 16
MAX_STEPS = 400_000
MAX_NESTING = 120

_SEEDS = re.compile(r"(?:set|fix|init|setup|make)_?(?:\w+_)?seeds?$|^seed_(?:all|everything)")
"""Names of functions that seed."""

Load = Callable[[str, str], Module | None]
ReadSettings = Callable[[str, str], str | None]


class Machine:
    """One run of one entry: the path so far, the places found, the modules that were imported.

    Parameters
    ----------
    load : the project's module of a dotted name, as the file of the given path imports it, or None
    settings : the text of a file of settings, by the path that the file of the other path names, or None
    """

    def __init__(self, load: Load, path: Path, settings: ReadSettings | None = None) -> None:
        self.load = load
        self.settings = settings
        self.path = path
        self.sites: dict[Key, Site] = {}
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
        self.settled: set[Key] = set()
        self.drawn: list[Site] = []  # every draw from torch's generator, in order
        self.unseen_calls = 0
        self.deferred: list[Value] = []  # functions that were registered, to be called later
        self.asks_existence = False  # whether what is evaluated is only compared with None
        self.unsure = 0  # how many branches deep, each taken where a value that is not seen is None
        self.asked = 0  # how many branches deep, each taken only where the user gives an option
        self.steps = 0
        self.depth = 0
        self.nesting = 0
        self.exhausted = False

    def evaluate(self, scope: Scope, node: ast.AST) -> Value:
        """What is known of an expression, after everything that it does was done."""
        action = expressions.ACTIONS.get(type(node))
        if action is None:
            return UNKNOWN
        self.steps += 1
        if self.steps > MAX_STEPS or self.nesting > MAX_NESTING:
            self.exhausted = True
            return UNKNOWN
        self.nesting += 1
        value = action(self, scope, node)
        self.nesting -= 1
        return value

    def execute(self, scope: Scope, body: list[ast.stmt]) -> bool:
        """Execute statements; True where what follows them is not reached."""
        for statement in body:
            action = statements.ACTIONS.get(type(statement))
            if action is not None and action(self, scope, statement):
                return True
        return False

    def site(self, scope: Scope, node: ast.AST, rule: str, what: str, generator: str | None = None) -> Site:
        """The place of a rule, the same one for every visit.

        What draws from a shared generator in another file is told where the entry calls it: there a seed is missing.
        """
        code: Code = scope.module
        via, name = "", scope.name
        if generator is not None and not code.is_entry:
            if self.here is None:  # no call of the entry leads here
                return Site(rule, code.module, node, what=what, scope=name, generator=generator)
            via = f"{code.path}:{getattr(node, 'lineno', 1)}"
            self.settled.add(key_of(code.path, node, rule))
            (code, name), node = self.here_code, self.here
        key = key_of(code.path, node, rule)
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
            site.is_emptied = site.is_emptied or (seeding.quality == NOT_SEEDED and generator in self.path.state)
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
        if seeding.quality == NOT_SEEDED:
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

    def module(self, name: str, importer: Code) -> Code | None:
        """The module of the project that an import names, executed once; None for libraries."""
        found = self.load(name, importer.path)
        if found is None:
            return None
        code = self.codes.get(found.path)
        if code is None:
            code = Code(found, is_main=False)
            self.codes[found.path] = code
            self.execute(code.scope, found.tree.body)
        return code

    def invoke(self, function: Function, given: arguments.Given) -> Value:
        """Run a function of the project; its value is what any of its returns yields."""
        node = function.node
        code: Code = function.scope.module
        key = id(node)
        visits = self.visited.get(key, 0)
        if key in self.active or self.depth >= MAX_DEPTH or visits >= MAX_VISITS:
            return UNKNOWN
        if not code.concerns(node) and not any(order.order_of(value) for value in given.all()):
            return UNKNOWN
        self.visited[key] = visits + 1
        unseen, state = self.unseen_calls, dict(self.path.state)
        name = ".".join(part for part in (function.scope.name, function.name) if part)
        scope = Scope(code, function.scope, name)
        scope.me, scope.owner = function.self, function.owner
        arguments.bind(self, function, given, scope)
        self.active.add(key)
        self.depth += 1
        value = self._run(scope, node)
        self.active.discard(key)
        self.depth -= 1
        if self.unseen_calls > unseen and _SEEDS.search(function.name) and state == self.path.state:
            from mlgate.lint.seeds.families import unknown_seeder

            unknown_seeder(self, function.name, node)
        return value

    def _run(self, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Value:
        if isinstance(node, ast.Lambda):
            return self.evaluate(scope, node.body)
        ends = self.execute(scope, node.body)
        if scope.yields is not None:
            return scope.yields
        exits: list[tuple[Path, Value]] = [*scope.returns]
        if not ends:
            exits.append((self.path, NONE))
        if not exits:
            return UNKNOWN
        path, value = exits[0]
        for other, result in exits[1:]:
            path = path.joined(other, f"on some of the ways through `{node.name}`")
            value = either(value, result)
        self.path = path
        return value

    def make(self, cls: Class, given: arguments.Given, scope: Scope, node: ast.AST) -> Instance:
        """An object of a class of the project."""
        made = Instance(cls)
        made.origin = (self.here, self.here_code) if self.here is not None else None
        self.instances.append(made)
        before = len(self.drawn)
        arguments.fill(Call(self, scope, node, cls.node.name, given), made, cls)
        made.drawn = self.drawn[before:]
        return made
