"""Which files hold tests."""

from __future__ import annotations

import re

_TEST_FILE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")
_MAYBE_TEST_FILE = re.compile(r"(?:^|/)tests?[^/]*\.py$")
_TEST_LIBRARY = re.compile(r"^\s*(?:import|from)\s+(?:unittest|pytest)\b", re.MULTILINE)


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


def is_test_file(path: str, text: str) -> bool:
    """Whether pytest or unittest would look for tests in a file: by its name, and for `tests.py` by what it imports."""
    return bool(_TEST_FILE.search(path) or (_MAYBE_TEST_FILE.search(path) and _TEST_LIBRARY.search(text)))
