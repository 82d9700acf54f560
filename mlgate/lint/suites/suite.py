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
from mlgate.lint.suites.walk import Nodes, dotted, imports_of
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
    def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is only a text, as a docstring is."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
