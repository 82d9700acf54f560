"""What depends on a draw: names of a test, followed from statement to statement."""

from __future__ import annotations

import ast

from mlgate.lint.suites.suite import Function


class Drawn:
    """The names of a test that depend on a draw, statement after statement."""

    def __init__(self, draws: set[int]) -> None:
        self._draws = draws
        self._names: set[str] = set()

    def touches(self, node: ast.AST) -> bool:
        """Whether an expression draws, or holds a name that was made of a draw."""
        return any(
            (isinstance(item, ast.Name) and item.id in self._names)
            or (isinstance(item, ast.Call) and id(item) in self._draws)
            for item in ast.walk(node)
        )

    def follow(self, event: ast.AST) -> None:
        """Pass on what was drawn: a call of a method with drawn arguments (`model.fit(X)`) changes its object, too."""
        match event:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if not self.touches(value):
                self._names.discard(name)
            case ast.Assign(targets=targets, value=value):
                self._take(targets, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value) | ast.AugAssign(target=target, value=value):
                self._take([target], value)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                self._take([target], value)
            case ast.Call(func=ast.Attribute(value=target)):
                self._take([target], event)

    def _take(self, targets: list[ast.expr], value: ast.AST) -> None:
        if self.touches(value):
            names = (item.id for target in targets for item in ast.walk(target) if isinstance(item, ast.Name))
            self._names.update(name for name in names if name not in ("self", "np", "torch", "pd"))


def flow(test: Function) -> list[ast.AST]:
    """Assertions, and what may pass a drawn value on, in the order of the source."""
    kinds = (ast.Assert, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.comprehension, ast.Call)
    return sorted(test.nodes.of_any(*kinds), key=lambda item: getattr(item, "lineno", 0) or item.target.lineno)
