"""The opcodes of a pickle that import a name, call what was imported, or ask for something outside of the stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.artifacts.facts import CALLED, MADE
from mlgate.lint.artifacts.reader import BrokenStreamError
from mlgate.lint.artifacts.values import HIDDEN_TEXT, TRACKED_LENGTH, Global, tracked_tuple

if TYPE_CHECKING:
    from mlgate.lint.artifacts.machine import PickleMachine

Step = Callable[["PickleMachine"], None]
"""What one opcode does."""


def _named_in_lines(machine: PickleMachine) -> Global:
    lines = machine.reader.line(), machine.reader.line()
    try:
        texts = [line.decode("utf-8") for line in lines]
    except UnicodeDecodeError:
        raise BrokenStreamError("a name that it imports is not UTF-8 text") from None
    return machine.import_name(*(text if len(text) <= TRACKED_LENGTH else HIDDEN_TEXT for text in texts))


def _global(machine: PickleMachine) -> None:
    machine.push(_named_in_lines(machine))


def _stack_global(machine: PickleMachine) -> None:
    name, module = machine.pop(), machine.pop()
    machine.push(machine.import_name(module, name))


def _inst(machine: PickleMachine) -> None:
    arguments = tracked_tuple(machine.pop_mark())
    machine.push(machine.call(_named_in_lines(machine), arguments, CALLED))


def _obj(machine: PickleMachine) -> None:
    items = machine.pop_mark()
    if not items:
        raise BrokenStreamError("an opcode takes more from the stack than is on it")
    machine.push(machine.call(items[0], tracked_tuple(items[1:]), CALLED))


def _reduce(machine: PickleMachine) -> None:
    arguments, callee = machine.pop(), machine.pop()
    machine.push(machine.call(callee, arguments, CALLED))


def _newobj(machine: PickleMachine) -> None:
    arguments, callee = machine.pop(), machine.pop()
    machine.push(machine.call(callee, arguments, MADE))


def _newobj_ex(machine: PickleMachine) -> None:
    _, arguments, callee = machine.pop(), machine.pop(), machine.pop()
    machine.push(machine.call(callee, arguments, MADE))


def _extension(size: int) -> Step:
    def step(machine: PickleMachine) -> None:
        code = machine.number(size)
        machine.facts.act(
            f"imports what stands under {code} in the registry of extensions: no name is given", machine.reader.position
        )
        machine.push(Global("copyreg", f"extension {code}"))

    return step


def _persistent_line(machine: PickleMachine) -> None:
    machine.reader.line()
    machine.push(HIDDEN_TEXT)


def _persistent(machine: PickleMachine) -> None:
    machine.pop()
    machine.push(HIDDEN_TEXT)


def _build(machine: PickleMachine) -> None:
    machine.build()


CALLS: dict[bytes, Step] = {
    b"c": _global, b"\x93": _stack_global, b"i": _inst, b"o": _obj,
    b"R": _reduce, b"\x81": _newobj, b"\x92": _newobj_ex, b"b": _build,
    b"\x82": _extension(1), b"\x83": _extension(2), b"\x84": _extension(4),
    b"P": _persistent_line, b"Q": _persistent,
}  # fmt: skip
