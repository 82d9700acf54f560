"""What each opcode of a pickle does to the stack and the memo: https://docs.python.org/3/library/pickletools.html."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING

from mlgate.lint.artifacts.opcode_calls import CALLS, Step
from mlgate.lint.artifacts.reader import BrokenStreamError
from mlgate.lint.artifacts.values import HIDDEN_TEXT, OPAQUE, TRACKED_LENGTH, Global, Table, tracked_text, tracked_tuple

if TYPE_CHECKING:
    from mlgate.lint.artifacts.machine import PickleMachine

HIGHEST_PROTOCOL = 5
_INTEGER = re.compile(rb"-?[0-9]{1,18}")
_PLAIN_TEXT = re.compile(rb"[ !#-&(-\[\]-~]*")


def _none(machine: PickleMachine) -> None:
    machine.stack.append(OPAQUE)


_FLOATS = re.compile(rb"(?:G.{8})+", re.DOTALL)


def _floats(machine: PickleMachine) -> None:
    """One number, and those that follow it: long lists are made of nothing else."""
    machine.reader.take(8)
    machine.stack.extend([OPAQUE] * (1 + machine.reader.run_of(_FLOATS, 9)))


def _small(size: int, *, signed: bool = False) -> Step:
    def step(machine: PickleMachine) -> None:
        machine.stack.append(int.from_bytes(machine.reader.take(size), "little", signed=signed))

    return step


def _long(size: int) -> Step:
    def step(machine: PickleMachine) -> None:
        length = machine.number(size, signed=size == 4)
        if length > 16:
            machine.reader.skip(length)
            machine.stack.append(OPAQUE)
        else:
            machine.stack.append(int.from_bytes(machine.reader.take(length), "little", signed=True))

    return step


def _integer_line(machine: PickleMachine) -> None:
    line = machine.reader.line().removesuffix(b"L")
    known = line not in (b"00", b"01") and _INTEGER.fullmatch(line)
    machine.stack.append(int(line) if known else OPAQUE)


def _skipped(size: int, *, signed: bool = False) -> Step:
    def step(machine: PickleMachine) -> None:
        machine.reader.skip(machine.number(size, signed=signed))
        machine.stack.append(OPAQUE)

    return step


def _text(size: int, *, signed: bool = False) -> Step:
    def step(machine: PickleMachine) -> None:
        length = machine.number(size, signed=signed)
        if length > TRACKED_LENGTH:
            machine.reader.skip(length)
            machine.stack.append(HIDDEN_TEXT)
        else:
            machine.stack.append(tracked_text(machine.reader.take(length)))

    return step


def _text_line(machine: PickleMachine) -> None:
    line = machine.reader.text_line(TRACKED_LENGTH)
    known = line is not None and _PLAIN_TEXT.fullmatch(line)
    machine.stack.append(tracked_text(line) if line is not None and known else HIDDEN_TEXT)


def _quoted_line(machine: PickleMachine) -> None:
    line = machine.reader.text_line(TRACKED_LENGTH) or b""
    inner = line[1:-1] if len(line) >= 2 and line[:1] == line[-1:] and line[:1] in b"'\"" else None
    machine.stack.append(tracked_text(inner) if inner is not None and _PLAIN_TEXT.fullmatch(inner) else HIDDEN_TEXT)


def _skip_line(machine: PickleMachine) -> None:
    machine.reader.text_line(0)
    machine.stack.append(OPAQUE)


def _mark(machine: PickleMachine) -> None:
    machine.marks.append(machine.stack)
    machine.stack = []


def _pop(machine: PickleMachine) -> None:
    if machine.stack:
        machine.stack.pop()
    else:
        machine.pop_mark()


def _pop_mark(machine: PickleMachine) -> None:
    machine.pop_mark()


def _dup(machine: PickleMachine) -> None:
    machine.stack.append(machine.top())


def _last(count: int) -> Step:
    def step(machine: PickleMachine) -> None:
        items = [machine.pop() for _ in range(count)][::-1]
        machine.stack.append(tracked_tuple(items))

    return step


def _marked_tuple(machine: PickleMachine) -> None:
    items = machine.pop_mark()
    machine.stack.append(tracked_tuple(items) if items else ())


def _empty_tuple(machine: PickleMachine) -> None:
    machine.stack.append(())


def _table(machine: PickleMachine) -> None:
    machine.stack.append(Table() if machine.keeps_tables else OPAQUE)


def _marked_table(machine: PickleMachine) -> None:
    items = machine.pop_mark()
    _table(machine)
    machine.set_items(machine.stack[-1], items)


def _marked_opaque(machine: PickleMachine) -> None:
    machine.pop_mark()
    machine.stack.append(OPAQUE)


def _append(machine: PickleMachine) -> None:
    machine.pop()
    _not_a_global(machine)


def _append_marked(machine: PickleMachine) -> None:
    machine.pop_mark()
    _not_a_global(machine)


def _not_a_global(machine: PickleMachine) -> None:
    """APPEND and ADDITEMS call a method of what is below: of a list made here, not of something imported."""
    target = machine.top()
    if isinstance(target, Global):
        machine.facts.act(f"calls a method of {target.full} itself", machine.reader.position)


def _set_item(machine: PickleMachine) -> None:
    value, key = machine.pop(), machine.pop()
    machine.set_items(machine.top(), [key, value])


def _set_items(machine: PickleMachine) -> None:
    items = machine.pop_mark()
    machine.set_items(machine.top(), items)


def _put(size: int) -> Step:
    def step(machine: PickleMachine) -> None:
        key = machine.number(size) if size else machine.line_number()
        machine.memo[key] = machine.top()

    return step


def _memoize(machine: PickleMachine) -> None:
    machine.memo[len(machine.memo)] = machine.top()


def _get(size: int) -> Step:
    def step(machine: PickleMachine) -> None:
        machine.get(machine.number(size) if size else machine.line_number())

    return step


def _protocol(machine: PickleMachine) -> None:
    if machine.reader.byte() > HIGHEST_PROTOCOL:
        raise BrokenStreamError("its protocol is not one of 0 to 5")


def _frame(machine: PickleMachine) -> None:
    (size,) = struct.unpack("<Q", machine.reader.take(8))
    machine.frame_end = machine.reader.position + size


def _nothing(machine: PickleMachine) -> None:
    machine.top()


def _table_of_steps() -> list[Step | None]:
    steps: dict[bytes, Step] = {
        b"N": _none, b"\x88": _none, b"\x89": _none, b"G": _floats, b"F": _skip_line, b"\x97": _none,
        b"J": _small(4, signed=True), b"K": _small(1), b"M": _small(2), b"I": _integer_line, b"L": _integer_line,
        b"\x8a": _long(1), b"\x8b": _long(4),
        b"B": _skipped(4), b"C": _skipped(1), b"\x8e": _skipped(8), b"\x96": _skipped(8),
        b"X": _text(4), b"\x8c": _text(1), b"\x8d": _text(8), b"T": _text(4, signed=True), b"U": _text(1),
        b"V": _text_line, b"S": _quoted_line,
        b"(": _mark, b"0": _pop, b"1": _pop_mark, b"2": _dup,
        b")": _empty_tuple, b"t": _marked_tuple, b"\x85": _last(1), b"\x86": _last(2), b"\x87": _last(3),
        b"]": _none, b"l": _marked_opaque, b"}": _table, b"d": _marked_table,
        b"\x8f": _none, b"\x91": _marked_opaque, b"\x90": _append_marked,
        b"a": _append, b"e": _append_marked, b"s": _set_item, b"u": _set_items,
        b"p": _put(0), b"q": _put(1), b"r": _put(4), b"\x94": _memoize,
        b"g": _get(0), b"h": _get(1), b"j": _get(4),
        b"\x98": _nothing,
        b"\x80": _protocol, b"\x95": _frame,
        **CALLS,
    }  # fmt: skip
    return [steps.get(bytes([code])) for code in range(256)]


STEPS = _table_of_steps()
"""What each byte does; None where it is no opcode."""
