"""A test module as its rules see it: tests, fixtures and helpers, each with the class that it stands in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.suites.files import is_test_file
from mlgate.lint.suites.walk import Nodes, dotted, imports_of, is_text
from mlgate.outcome import Status

TEST, FIXTURE, SETUP, HELPER = "test", "fixture", "setup", "helper"

_TEST_NAME = re.compile(r"test(?:_|[A-Z0-9]|$)")
_SETUPS = frozenset(
    [
        "setUp",
        "setUpClass",
        "setUpModule",
        "asyncSetUp",
        "setup",
        "setup_method",
        "setup_class",
        "setup_module",
        "setup_function",
        "tearDown",
        "tearDownClass",
        "tearDownModule",
        "asyncTearDown",
        "teardown_method",
        "teardown_class",
        "teardown_module",
        "teardown_function",
    ]
)
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Declared:
    """What mlgate.yaml says of tests.

    Parameters
    ----------
    tiers : name of a tier and the paths of its tests, relative to the root; empty where no tiers are declared
    hosts : names of production hosts; a name also stands for all below it
    reseeded : whether a plugin of pytest seeds the generators before each test (pytest-randomly does)
    """

    tiers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hosts: tuple[str, ...] = ()
    reseeded: bool = False


@dataclass(slots=True, eq=False)
class TestClass:
    """A class of a test module; `bases` by their absolute names."""

    __test__ = False  # pytest would take it for a class of tests

    node: ast.ClassDef
    name: str
    bases: tuple[str, ...]
    methods: dict[str, Function] = field(default_factory=dict)
    outer: TestClass | None = None

    @property
    def is_case(self) -> bool:
        return any(base.endswith("TestCase") for base in self.bases)


@dataclass(eq=False)
class Function:
    """A function of a test module, or a method of one of its classes."""

    node: FunctionNode
    kind: str
    owner: TestClass | None
    conditional: bool
    """Defined under an `if` or `try` of the module, so that another one may take its place."""

    @property
    def name(self) -> str:
        return self.node.name

    @property
    def scope(self) -> str:
        return f"{self.owner.name}.{self.name}" if self.owner else self.name

    @cached_property
    def parameters(self) -> frozenset[str]:
        arguments = self.node.args
        return frozenset(item.arg for item in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))

    @cached_property
    def nodes(self) -> Nodes:
        return Nodes(self.node.body)

    @cached_property
    def body(self) -> list[ast.stmt]:
        """The statements, without the docstring."""
        body = self.node.body
        return body[1:] if is_text(body[0]) else body


class Suite:
    """All that the rules ask of a test module. Its functions are walked when a rule first asks for what is in them."""

    def __init__(self, module: Module, declared: Declared, conftests: Sequence[Module] = ()) -> None:
        self.module = module
        self.declared = declared
        self.conftests = conftests
        self.functions: list[Function] = []
        self.classes: dict[str, TestClass] = {}
        self.statements: list[ast.stmt] = []
        """What runs when the module is imported, without definitions."""
        self._imports: list[ast.stmt] = []
        for statement in module.tree.body:
            self._take(statement, None, conditional=False)
        self.imported = imports_of(Nodes(self._imports))
        for found in self.classes.values():
            found.bases = tuple(dotted(base, self.imported) for base in found.node.bases)
        self._name_kinds()

    def _take(self, statement: ast.stmt, owner: TestClass | None, *, conditional: bool) -> None:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                function = Function(statement, HELPER, owner, conditional)
                self.functions.append(function)
                if owner is not None:
                    owner.methods[statement.name] = function
            case ast.ClassDef():
                name = f"{owner.name}.{statement.name}" if owner else statement.name
                inner = self.classes[name] = TestClass(statement, name, (), outer=owner)
                for child in statement.body:
                    self._take(child, inner, conditional=conditional)
            case ast.Import() | ast.ImportFrom():
                self._imports.append(statement)
            case ast.If() | ast.Try():
                for child in _below(statement):
                    self._take(child, owner, conditional=True)
                if owner is None and not conditional:
                    self.statements.append(statement)
            case _ if owner is None and not conditional:
                self.statements.append(statement)

    def _name_kinds(self) -> None:
        for function in self.functions:
            if any(
                self.called_name(item).rpartition(".")[2] in ("fixture", "yield_fixture")
                for item in function.node.decorator_list
            ):
                function.kind = FIXTURE
            elif function.name in _SETUPS:
                function.kind = SETUP
            elif self.is_test_file and self._is_test(function):
                function.kind = TEST

    def _is_test(self, function: Function) -> bool:
        owner = function.owner
        if not function.name.startswith("test"):
            return False
        if owner is None:
            return bool(_TEST_NAME.match(function.name))
        if any(isinstance(item, ast.Name) and item.id == "property" for item in function.node.decorator_list):
            return False
        return owner.is_case or bool(
            _TEST_NAME.match(function.name)
            and ("Test" in owner.name or any("Test" in base.rpartition(".")[2] for base in owner.bases))
        )

    @cached_property
    def lines(self) -> list[str]:
        return self.module.text.splitlines() or [""]

    @cached_property
    def is_test_file(self) -> bool:
        return is_test_file(self.module.path, self.module.text)

    @cached_property
    def tests(self) -> list[Function]:
        return [function for function in self.functions if function.kind == TEST]

    @cached_property
    def helpers(self) -> dict[str, Function]:
        """Functions of the module that are no methods, by name."""
        return {function.name: function for function in self.functions if function.owner is None}

    @cached_property
    def constants(self) -> dict[str, ast.expr]:
        """Names that the module assigns once, at its top, and what they are assigned."""
        stored = [
            target.id
            for statement in Nodes(self.statements).of(ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        ]
        found = {
            target.id: statement.value
            for statement in self.statements
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        return {name: value for name, value in found.items() if stored.count(name) == 1}

    def called_name(self, node: ast.AST) -> str:
        """Absolute name of a decorator, of a function or of what a call calls."""
        return dotted(node.func if isinstance(node, ast.Call) else node, self.imported)

    def method(self, owner: TestClass | None, name: str) -> Function | None:
        """A method of a class or of one of its bases, as far as they are in this file."""
        for found in self.lineage(owner):
            if name in found.methods:
                return found.methods[name]
        return None

    def lineage(self, owner: TestClass | None) -> Iterator[TestClass]:
        """A class and its bases in this file."""
        waiting, seen = [owner] if owner else [], set()
        while waiting:
            found = waiting.pop(0)
            if found.name in seen:
                continue
            seen.add(found.name)
            yield found
            waiting.extend(self.classes[base] for base in found.bases if base in self.classes)

    def unseen_bases(self, owner: TestClass | None) -> list[str]:
        """Bases that stand in other files, other than those of the standard library."""
        return [
            base
            for found in self.lineage(owner)
            for base in found.bases
            if base not in self.classes and base not in _PLAIN_BASES
        ]

    def may_be_inherited(self, test: Function) -> bool:
        """Whether a base has, or may have, a test of this name, which the class replaces; a mixin may do so, too."""
        if test.owner is not None and "Mixin" in test.owner.name:
            return True
        bases = [found for found in self.lineage(test.owner) if found is not test.owner]
        unseen = [base.rpartition(".")[2] for base in self.unseen_bases(test.owner)]
        return any(test.name in found.methods for found in bases) or any(name not in _CASES for name in unseen)

    def finding(  # noqa: PLR0913  # the facts of a finding, by name
        self,
        rule: str,
        node: ast.AST,
        message: str,
        hint: str,
        *,
        scope: str = "",
        status: Status = Status.FAIL,
        evidence: Mapping[str, Any] | None = None,
    ) -> Finding:
        return Finding(
            rule=rule,
            path=self.module.path,
            line=getattr(node, "lineno", 1),
            column=getattr(node, "col_offset", 0),
            message=message,
            hint=hint,
            scope=scope,
            status=status,
            evidence=evidence or {},
        )


_CASES = frozenset({"TestCase", "TransactionTestCase", "SimpleTestCase", "LiveServerTestCase", "AsyncTestCase"})
_PLAIN_BASES = frozenset(
    {
        "object",
        "unittest.TestCase",
        "unittest.IsolatedAsyncioTestCase",
        "TestCase",
        "absl.testing.absltest.TestCase",
        "absl.testing.parameterized.TestCase",
        "typing.Generic",
        "abc.ABC",
    }
)


def _below(block: ast.If | ast.Try) -> Iterator[ast.stmt]:
    for child in ast.iter_child_nodes(block):
        if isinstance(child, ast.ExceptHandler):
            yield from child.body
        elif isinstance(child, ast.stmt):
            yield child
