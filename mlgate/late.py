"""Dataclasses and patterns whose making waits for their first use: a commit hook declares hundreds and uses a few.

`dataclass` and `compiled` stand in for `dataclasses.dataclass` and `re.compile`, which type checkers see. Who needs
patterns alone does not import `dataclasses`, which takes as long as a bare Python.
"""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass
    from re import compile as compiled
    from typing import Any, NoReturn
else:

    def dataclass(
        *, frozen: bool = False, slots: bool = False, kw_only: bool = False, eq: bool = True
    ) -> Callable[[type], type]:
        """`dataclasses.dataclass`, at a tenth of its cost for frozen classes with slots: their `__init__` is written
        when the first object is made, and their other methods are not written out.

        For those, `__post_init__`, `InitVar` and fields that `__init__` leaves out are not known here.
        """
        import dataclasses

        if not (frozen and slots):
            return dataclasses.dataclass(frozen=frozen, slots=slots, kw_only=kw_only, eq=eq)
        return lambda cls: _made(cls, kw_only=kw_only, eq=eq)

    class compiled:  # noqa: N801  # stands for a function
        """The pattern that `re.compile` gives, compiled when it is first asked for anything."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self.pattern, self._flags = pattern, flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            found = getattr(re.compile(self.pattern, self._flags), name)
            setattr(self, name, found)  # the next time it is there, as that of a pattern is
            return found


__all__ = ["compiled", "dataclass"]


def _made(cls: type, *, kw_only: bool, eq: bool) -> type:
    import dataclasses

    own = vars(cls)
    if "__post_init__" in own or "__init__" in own:
        raise TypeError(f"{cls.__name__}: take dataclasses.dataclass for a class that makes its objects in its own way")
    if cls.__doc__ is None:  # or a signature would be written there, for which __init__ is needed
        cls.__doc__ = cls.__name__
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)
    made.__init__ = _LateInit(made)
    made.__setattr__, made.__delattr__ = _no_setting, _no_deleting
    made.__getstate__, made.__setstate__ = _state, _set_state
    if "__repr__" not in own:
        made.__repr__ = _repr
    if eq and "__eq__" not in own:
        made.__eq__, made.__hash__ = _comparison(tuple(item.name for item in dataclasses.fields(made) if item.compare))
    return made  # type: ignore[no-any-return]  # a class


class _LateInit:
    """Stands for the `__init__` of a dataclass until something asks for it."""

    def __init__(self, owner: Any) -> None:
        self.owner = owner

    def __get__(self, instance: object | None, owner: type) -> Any:
        written = _written_init(self.owner)
        self.owner.__init__ = written
        return written if instance is None else written.__get__(instance, owner)


class _Absent:
    """Default of what a factory makes."""

    def __repr__(self) -> str:
        return "<factory>"  # as signatures of dataclasses show it


_ABSENT = _Absent()


def _written_init(owner: Any) -> Any:
    """The function that `dataclasses.dataclass` would make: its parameters, defaults and annotations."""
    import dataclasses

    given: dict[str, Any] = {"_set": object.__setattr__, "_absent": _ABSENT}
    places: list[str] = []
    named: list[str] = []
    lines: list[str] = []
    fields = dataclasses.fields(owner)
    for item in fields:
        name, default, value = item.name, "", item.name
        if item.default is not dataclasses.MISSING:
            given[f"_default_{name}"] = item.default
            default = f"=_default_{name}"
        elif item.default_factory is not dataclasses.MISSING:
            given[f"_make_{name}"] = item.default_factory
            default, value = "=_absent", f"_make_{name}() if {name} is _absent else {name}"
        (named if item.kw_only else places).append(name + default)
        lines.append(f"  _set(self, {name!r}, {value})")
    parameters = ["self", *places, *(["*", *named] if named else [])]
    text = f"def write({', '.join(given)}):\n def __init__({', '.join(parameters)}):\n"
    text += "\n".join(lines or ["  pass"]) + "\n return __init__\n"
    space: dict[str, Any] = {}
    exec(text, vars(sys.modules[owner.__module__]), space)  # noqa: S102  # names of fields, which are identifiers
    written = space["write"](**given)
    written.__qualname__ = f"{owner.__qualname__}.__init__"
    written.__annotations__ = {item.name: item.type for item in fields} | {"return": None}
    return written


def _comparison(names: tuple[str, ...]) -> tuple[Callable[[Any, object], Any], Callable[[Any], int]]:
    from operator import attrgetter

    values = attrgetter(*names) if names else type

    def equal(self: Any, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: Any) -> int:
        return hash(values(self))

    return equal, hashed


def _repr(self: Any) -> str:
    import dataclasses

    shown = (f"{item.name}={getattr(self, item.name)!r}" for item in dataclasses.fields(self) if item.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _no_setting(_: object, name: str, __: object) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _no_deleting(_: object, name: str) -> NoReturn:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    import dataclasses

    return [getattr(self, item.name) for item in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    import dataclasses

    for item, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, item.name, value)
