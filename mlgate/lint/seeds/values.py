"""What the analysis of randomness knows of a value: enough to tell a fixed seed from an absent or a random one."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlgate.lint.seeds.scopes import Scope


class Value:
    """Something that an expression may yield. Subclasses compare by identity, unless they are one object."""

    __slots__ = ()


class Unknown(Value):
    """Nothing is known."""

    __slots__ = ()


class Fixed(Value):
    """Fixed by the repository, or must be given by who starts the script: a config's value, a positional argument."""

    __slots__ = ()


class Maybe(Value):
    """None, unless the user gives an option or sets a variable; `name` is how it is called."""

    __slots__ = ("name",)

    def __init__(self, name: str = "") -> None:
        self.name = name


class Known(Value):
    """A literal."""

    __slots__ = ("const",)

    def __init__(self, const: Any) -> None:
        self.const = const


class Option(Value):
    """What an option is where the user does not give it."""

    __slots__ = ("default", "name")

    def __init__(self, default: Value, name: str) -> None:
        self.default = default
        self.name = name


class Entropy(Value):
    """Different in every run: the clock, the system, a draw of a generator that is not seeded.

    `draws` are the places of those draws; `conditional` says that a user can fix it.
    """

    __slots__ = ("conditional", "draws", "told", "why")

    def __init__(self, why: str, draws: frozenset[Any] = frozenset(), *, conditional: bool = False) -> None:
        self.why = why
        self.draws = draws
        self.conditional = conditional
        self.told = False  # as a seed, at the first place that is seeded with it


class External(Value):
    """A module, function or class of a library, by its dotted name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Result(Value):
    """What a library returned: `name` says of what kind; `site` is the place that made it, if it may be judged late.

    `path` is that of an open file, as the code names it.
    """

    __slots__ = ("name", "path", "site")

    def __init__(self, name: str, site: Any = None, path: str = "") -> None:
        self.name = name
        self.site = site
        self.path = path


class Function(Value):
    """A function of the project, perhaps bound to its object, perhaps with arguments given (`functools.partial`)."""

    __slots__ = ("decorated", "given", "node", "owner", "scope", "self")

    def __init__(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, scope: Scope, owner: Class | None = None
    ) -> None:
        self.node = node
        self.scope = scope
        self.owner = owner
        self.self: Value | None = None
        self.given: dict[str, Value] = {}
        self.decorated: dict[str, Value] = {}

    def bound(self, to: Value) -> Function:
        """The same function as a method of `to`."""
        method = Function(self.node, self.scope, self.owner)
        method.self, method.given, method.decorated = to, self.given, self.decorated
        return method

    @property
    def name(self) -> str:
        """As people know it."""
        own = "<lambda>" if isinstance(self.node, ast.Lambda) else self.node.name
        return f"{self.owner.node.name}.{own}" if self.owner else own


class Partial(Value):
    """A callable of a library with some arguments given."""

    __slots__ = ("function", "keywords")

    def __init__(self, function: Value, keywords: dict[str, Value]) -> None:
        self.function = function
        self.keywords = keywords


class Class(Value):
    """A class of the project."""

    __slots__ = ("attrs", "bases", "is_record", "node", "scope")

    def __init__(self, node: ast.ClassDef, scope: Scope, bases: list[Value]) -> None:
        self.node = node
        self.scope = scope
        self.bases = bases
        self.attrs: dict[str, Value] = {}
        self.is_record = False

    def find(self, name: str, depth: int = 0) -> Value | None:
        """The attribute `name` of the class or of its bases in the project."""
        if name in self.attrs:
            return self.attrs[name]
        for base in self.bases:
            if isinstance(base, Class) and depth < 8:
                found = base.find(name, depth + 1)
                if found is not None:
                    return found
        return None

    def roots(self, depth: int = 0) -> Iterable[str]:
        """Names of the library classes that it derives from."""
        for base in self.bases:
            if isinstance(base, External):
                yield base.name
            elif isinstance(base, Class) and depth < 8:
                yield from base.roots(depth + 1)


class Instance(Value):
    """An object of a class of the project, or (`cls` None) a namespace of options; `rest` is what other names hold."""

    __slots__ = ("attrs", "cls", "drawn", "escaped", "origin", "rest")

    def __init__(self, cls: Class | None, attrs: dict[str, Value] | None = None, rest: Value | None = None) -> None:
        self.cls = cls
        self.attrs = attrs if attrs is not None else {}
        self.rest = rest or UNKNOWN
        self.escaped = False
        self.drawn: list[Any] = []  # places that drew its weights
        self.origin: Any = None  # the call of the entry that made it


class Parser(Value):
    """A parser of options: its namespace fills as options are added."""

    __slots__ = ("namespace",)

    def __init__(self) -> None:
        self.namespace = Instance(None)


class Items(Value):
    """A list, tuple or set; `order` says why its order may differ between runs, and where that began."""

    __slots__ = ("elements", "is_set", "order")

    def __init__(self, elements: list[Value], *, is_set: bool = False, order: Order | None = None) -> None:
        self.elements = elements
        self.is_set = is_set
        self.order = order


class Order:
    """Why an order is not fixed: the `rule`, and the place, with the scope that it stands in."""

    __slots__ = ("node", "rule", "scope", "what")

    def __init__(self, rule: str, scope: Scope, node: ast.AST, what: str) -> None:
        self.rule = rule
        self.scope = scope
        self.node = node
        self.what = what


class Table(Value):
    """A dict with text keys; `is_open` where it may hold more than is known."""

    __slots__ = ("entries", "is_open")

    def __init__(self, entries: dict[str, Value], *, is_open: bool = False) -> None:
        self.entries = entries
        self.is_open = is_open


class Either(Value):
    """One of several."""

    __slots__ = ("members",)

    def __init__(self, members: tuple[Value, ...]) -> None:
        self.members = members


class ModuleValue(Value):
    """A module of the project; `code` is it as it is run."""

    __slots__ = ("code",)

    def __init__(self, code: Any) -> None:
        self.code = code


class Deferred(Value):
    """What an import binds, looked for when it is used: `name` of the module `source`, or (None) that module itself."""

    __slots__ = ("importer", "name", "source")

    def __init__(self, importer: Any, source: str, name: str | None) -> None:
        self.importer = importer
        self.source = source
        self.name = name


UNKNOWN = Unknown()
FIXED = Fixed()
NONE = Known(None)


def is_none(value: Value) -> bool:
    """Whether it is None for sure, in a run without options."""
    if isinstance(value, Option):
        return is_none(value.default)
    return isinstance(value, Known) and value.const is None


def text_of(value: Value) -> str | None:
    """The text of a literal."""
    return value.const if isinstance(value, Known) and isinstance(value.const, str) else None


def is_true(value: Value | None) -> bool:
    """Whether it is a literal that counts as true."""
    return isinstance(value, Known) and bool(value.const)
