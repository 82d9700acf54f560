"""The opcodes of a pickle, followed without loading anything: stack and memo are kept, objects are not made.

The opcodes: https://docs.python.org/3/library/pickletools.html. What cannot be followed exactly ends the reading with
an error: `pickle.load` has run everything before the byte at which it stops, so what was seen until then counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mlgate.lint.artifacts.allowed import is_allowed
from mlgate.lint.artifacts.facts import CALLED, Facts
from mlgate.lint.artifacts.opcodes import STEPS
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader
from mlgate.lint.artifacts.values import OPAQUE, Global, Made, Table

MAX_DEPTH = 50
MAX_DIGITS = 18
_FIRST_IS_CALLED = frozenset({("torch._tensor", "_rebuild_from_type_v2"), ("torch.tensor", "_rebuild_from_type")})
"""Functions that call their first argument."""
ARRAY = Global("joblib.numpy_pickle", "NumpyArrayWrapper")
"""What joblib writes before the raw bytes of an array."""
_MAKERS = frozenset(
    Global(module, name)
    for module in ("copyreg", "copy_reg")
    for name in ("_reconstructor", "__newobj__", "__newobj_ex__")
)
"""Functions that make an instance of their first argument."""
_KEEPERS = _MAKERS | {
    *(Global("functools", "partial"), Global("collections", "defaultdict")),
    *(Global(f"numpy.{part}.multiarray", "_reconstruct") for part in ("core", "_core")),
}
"""What keeps a function that it is given, or makes an instance of it, and does not call it."""
_GIVES_TEXT = re.compile(
    r"str|unicode|scalar|_new_\w+|newObj|__pyx_\w+|\w+_ctor|_reconstructor|__newobj\w*|_rebuild_from\w*|partial"
)
"""Listed names whose result may be a text: what makes an instance of any class, or hands over what it is given."""
_LATIN = ("latin1", "latin-1", "latin_1", "iso-8859-1")


class PickleMachine:
    """One pickle, from its first opcode to STOP.

    Parameters
    ----------
    reader : stands at the first opcode, and after `run` behind STOP
    facts : gets what is seen
    read_array : reads the raw bytes that joblib writes behind an array's description; None follows the opcodes as
        `pickle.load` would
    depth : how many pickles this one is inside
    as_plain : follow joblib's file as `pickle.load` would, which knows nothing of pickles inside
    """

    def __init__(
        self,
        reader: Reader,
        facts: Facts,
        read_array: Callable[[PickleMachine, Made], None] | None = None,
        *,
        depth: int = 0,
        as_plain: bool = False,
    ) -> None:
        if depth > MAX_DEPTH:
            raise BrokenStreamError("pickles are nested without end")
        self.reader, self.facts, self.read_array, self.depth = reader, facts, read_array, depth
        self.stack: list[Any] = []
        self.marks: list[list[Any]] = []
        self.memo: dict[int, Any] = {}
        self.frame_end = 0
        self.keeps_tables = False
        self.as_plain = as_plain

    def run(self) -> Any:
        """Follow the opcodes to STOP; the value that is left.

        Raises
        ------
        BrokenStreamError
            The stream ends early or does what no pickle does.
        """
        byte = self.reader.byte
        while (code := byte()) != 0x2E:
            step = STEPS[code]
            if step is None:
                raise BrokenStreamError(f"byte {self.reader.position - 1:,} is no opcode of a pickle")
            step(self)
        return self.pop()

    def pop(self) -> Any:
        if not self.stack:
            raise BrokenStreamError("an opcode takes more from the stack than is on it")
        return self.stack.pop()

    def top(self) -> Any:
        if not self.stack:
            raise BrokenStreamError("an opcode takes more from the stack than is on it")
        return self.stack[-1]

    def pop_mark(self) -> list[Any]:
        if not self.marks:
            raise BrokenStreamError("an opcode looks for a mark that is not there")
        items, self.stack = self.stack, self.marks.pop()
        return items

    def push(self, value: Any) -> None:
        self.stack.append(value)

    def number(self, size: int, *, signed: bool = False) -> int:
        value = int.from_bytes(self.reader.take(size), "little", signed=signed)
        if value < 0:
            raise BrokenStreamError("a length is negative")
        return value

    def import_name(self, module: Any, name: Any) -> Global:
        """A name is imported; one that is not spelt out is told apart from all that are."""
        if not isinstance(module, str) or not isinstance(name, str):
            if _is_no_text(module) or _is_no_text(name):
                raise BrokenStreamError("what it imports is named by something that is no text")
            self.facts.act("imports a name that is put together while loading", self.reader.position)
            return Global("?", "?")
        if self.as_plain and name == "dtype" and module != "numpy":
            raise BrokenStreamError(f"{module} has no dtype")  # the memo of a pickle inside was meant
        if module.partition(".")[0] == "joblib":
            self.keeps_tables = True
        self.facts.imported(module, name, self.reader.position)
        return Global(module, name)

    def call(self, callee: Any, arguments: Any, use: str) -> Made:
        """Something is called, or made with `__new__`."""
        if not isinstance(callee, Global):
            self.facts.act("calls an object that was made while loading", self.reader.position)
            return Made(None, arguments)
        self.facts.imported(callee.module, callee.name, self.reader.position, use)
        self._look_at_arguments(callee, arguments)
        made_of = arguments[0] if callee in _MAKERS and isinstance(arguments, tuple) and arguments else callee
        return Made(made_of if isinstance(made_of, Global) else callee, arguments)

    def _look_at_arguments(self, callee: Global, arguments: Any) -> None:
        """The few functions that are harmless with some arguments only."""
        given = arguments if isinstance(arguments, tuple) else ()
        key = (callee.module, callee.name)
        if key in _FIRST_IS_CALLED:
            self.call(given[0] if given else OPAQUE, OPAQUE, CALLED)
        elif callee in _MAKERS and callee.name == "_reconstructor":
            self.call(given[1] if len(given) == 3 else OPAQUE, OPAQUE, CALLED)
        elif key == ("_codecs", "encode") and (len(given) != 2 or given[1] not in _LATIN):
            self.facts.act("calls _codecs.encode with another encoding than latin1", self.reader.position)
        elif callee not in _KEEPERS:
            self._note_handed_over(given)
        if ARRAY in (given if callee not in _MAKERS else given[1:]):
            self.facts.act(f"hands {ARRAY.full} to {callee.full}: what follows could be read in two ways")

    def _note_handed_over(self, given: tuple[Any, ...]) -> None:
        """A function that is handed to a call may be called there, as `__generator_ctor` does."""
        for item in given:
            if isinstance(item, Global):
                self.facts.imported(item.module, item.name, self.reader.position, CALLED)
            elif isinstance(item, tuple):
                self._note_handed_over(item)

    def build(self) -> None:
        state, target = self.pop(), self.top()
        if isinstance(target, Global):
            self.facts.act(f"changes {target.full} itself", self.reader.position)
        if not isinstance(target, Made):
            return
        target.state = state
        if isinstance(state, Table):
            target.table.entries |= state.entries
            target.table.odd |= state.odd
        if self.read_array and target.origin == ARRAY:
            if not isinstance(state, Table):
                raise BrokenStreamError("an array of joblib is not described as joblib does")
            self.read_array(self, target)
            self.stack[-1] = OPAQUE

    def set_items(self, target: Any, items: list[Any]) -> None:
        if isinstance(target, Global):
            self.facts.act(f"changes {target.full} itself", self.reader.position)
        if len(items) % 2:
            raise BrokenStreamError("a key has no value")
        if isinstance(target, Table):
            for at in range(0, len(items), 2):
                target.put(items[at], items[at + 1])

    def get(self, key: int) -> None:
        if key not in self.memo:
            raise BrokenStreamError("it refers to a value that it does not hold")
        self.stack.append(self.memo[key])

    def line_number(self) -> int:
        line = self.reader.line()
        if not line.isdigit() or len(line) > MAX_DIGITS:
            raise BrokenStreamError("a number of the memo is not written as pickle does")
        return int(line)


def _is_no_text(value: Any) -> bool:
    """Whether a value is certainly no text: then `pickle.load` stops, where it takes the value for a name."""
    if isinstance(value, Made):
        origin = value.origin
        if origin is None or not is_allowed(origin.module, origin.name):
            return False
        return _GIVES_TEXT.fullmatch(origin.name) is None
    return value is OPAQUE or isinstance(value, (Global, Table, int, tuple))
