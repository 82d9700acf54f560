"""Pickles by their opcodes: what a real unpickler would import is seen, whatever the stream looks like."""

from __future__ import annotations

import collections
import datetime as dt
import decimal
import io
import pickle
import pickletools
from collections.abc import Callable
from typing import Any, Self

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mlgate.lint.artifacts.allowed import is_allowed
from mlgate.lint.artifacts.checks import Trust, judge_artifact
from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.formats import scan_artifact
from mlgate.lint.artifacts.machine import PickleMachine
from mlgate.lint.artifacts.names import looks_like_pickle
from mlgate.lint.artifacts.opcodes import STEPS
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader
from mlgate.outcome import Outcome, Status

Judge = Callable[..., dict[str, Outcome]]

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=300)
    | st.binary(max_size=300)
    | st.complex_numbers()
    | st.dates()
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.builds(range, st.integers(0, 9)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5), inner, max_size=4)
        | st.builds(collections.OrderedDict, st.dictionaries(st.text(max_size=5), inner, max_size=3))
        | st.tuples(inner, inner)
        | st.frozensets(st.integers(), max_size=3)
        | st.sets(st.text(max_size=3), max_size=3)
        | st.builds(bytearray, st.binary(max_size=9))
    ),
    max_leaves=12,
)


class OffTheListError(Exception):
    """The unpickler would have imported something that is not on the list."""


class Harmless:
    """Stands for everything that is on the list."""

    def __new__(cls, *_arguments: object, **_more: object) -> Self:
        return super().__new__(cls)

    def __init__(self, *_arguments: object, **_more: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def append(self, item: object) -> None:
        pass

    def __setitem__(self, key: object, value: object) -> None:
        pass


def would_import(data: bytes, base: Any) -> bool:
    """Whether Python's own unpickler reaches an import that is off the list. Nothing is ever imported."""

    class Watching(base):  # type: ignore[misc]  # either of Python's own unpicklers
        def find_class(self, module: str, name: str) -> object:
            if not is_allowed(module, name):
                raise OffTheListError
            return Harmless

        def persistent_load(self, _pid: object) -> object:
            return "persistent"

    try:
        Watching(io.BytesIO(data)).load()
    except OffTheListError:
        return True
    except BaseException as problem:  # whatever a broken stream raises
        if isinstance(problem, KeyboardInterrupt):
            raise
    return False


def blocks(data: bytes, name: str = "model.pkl") -> bool:
    facts = scan_artifact(lambda: io.BytesIO(data), name)
    assert facts is not None
    return any(item.status.blocks for item in judge_artifact(facts, name, Trust(), []))


@settings(max_examples=120, deadline=None)
@given(value=PLAIN, protocol=st.integers(0, 5))
def test_what_holds_nothing_strange_passes(value: object, protocol: int) -> None:
    assert not blocks(pickle.dumps(value, protocol))


@settings(max_examples=120, deadline=None)
@given(value=PLAIN, protocol=st.integers(0, 5))
def test_opcodes_are_followed_as_pickletools_reads_them(value: object, protocol: int) -> None:
    data = pickle.dumps(value, protocol)
    names = {arg.replace(" ", ".") for op, arg, _ in pickletools.genops(data) if op.name == "GLOBAL" and arg}
    reader, facts = Reader(io.BytesIO(data)), Facts()
    PickleMachine(reader, facts).run()
    assert reader.position == len(data)
    seen = {item.full for item in facts.imports.values()}
    assert names <= seen
    assert facts.actions == []


def test_every_opcode_of_pickle_is_known_and_no_other() -> None:
    known = {ord(op.code) for op in pickletools.opcodes} - {ord(".")}
    assert {code for code, step in enumerate(STEPS) if step is not None} == known


SEEDS = [
    b"\x80\x04\x8c\x05posix\x94\x8c\x06system\x94\x93\x94\x8c\x04true\x94\x85\x94R.",
    b"cos\nsystem\n(S'true'\ntR.",
    b"(S'true'\nios\nsystem\n.",
    b"\x80\x02(cos\nsystem\nX\x04\x00\x00\x00trueo.",
    b"\x80\x04]\x94(K\x01K\x02e\x8c\x08builtins\x94\x8c\x04eval\x94\x93\x8c\x01x\x85R.",
    b"\x80\x04\x8c\x06posix1\x940\x8c\x05posix\x94\x8c\x06system\x94h\x01h\x02\x93.",
    pickle.dumps([dt.date(2026, 1, 2), decimal.Decimal("1.5"), {1, 2}, range(3)], 4),
    pickle.dumps({"a": [1, "x" * 300, (1, 2, 3)], "b": {"c": None}}, 2),
]


@settings(max_examples=400, deadline=None)
@given(
    seed=st.sampled_from(SEEDS),
    other=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255), st.sampled_from("rid")), max_size=6),
    cut=st.integers(0, 400),
    joined=st.booleans(),
)
@example(SEEDS[0], SEEDS[0], [], 400, False)
def test_no_mutated_stream_passes_that_an_unpickler_would_import_from(
    seed: bytes, other: bytes, edits: list[tuple[int, int, str]], cut: int, joined: bool
) -> None:
    data = bytearray(seed + other if joined else seed)
    for place, byte, how in edits:
        at = place % max(1, len(data))
        if how == "r":
            data[at : at + 1] = bytes([byte])
        elif how == "i":
            data[at:at] = bytes([byte])
        else:
            del data[at : at + 1]
    stream = bytes(data[: max(1, cut)])
    if would_import(stream, pickle.Unpickler) or would_import(stream, pickle._Unpickler):
        assert blocks(stream)


@settings(max_examples=200, deadline=None)
@given(st.binary(min_size=1, max_size=60))
def test_any_bytes_never_pass_if_an_unpickler_would_import_from_them(data: bytes) -> None:
    stream = b"\x80\x04" + data
    if would_import(stream, pickle.Unpickler):
        assert blocks(stream)


TRICKS = {
    "text protocol": b"cos\nsystem\n(S'true'\ntR.",
    "INST": b"(S'true'\nios\nsystem\n.",
    "OBJ": b"(cos\nsystem\nS'true'\no.",
    "name of Python 2": b"c__builtin__\neval\n(S'1'\ntR.",
    "STACK_GLOBAL from the memo": SEEDS[5],
    "BINGET of a name put far away": b"\x80\x04X\x05\x00\x00\x00posixr\x00\x00\x01\x000\x8c\x06system\x940j\x00\x00\x01\x00h\x01\x93.",
    "name of escapes": b"\x80\x04V\\u006fs\n\x8c\x06system\x93.",
    "quoted name of escapes": b"\x80\x04S'\\x6fs'\n\x8c\x06system\x93.",
    "name that is too long for one": b"\x80\x04\x8c\x05posixX" + (300).to_bytes(4, "little") + b"a" * 300 + b"\x93.",
    "getattr": b"cbuiltins\ngetattr\n(cbuiltins\n__import__\nS'system'\ntR.",
    "dotted name in a listed module": b"\x80\x04\x8c\x0csklearn.base\x8c\tos.system\x93.",
    "class-like name from elsewhere": b"\x80\x04\x8c\x1bsklearn.callback._transport\x8c\x06Client\x93.",
    "registry of extensions": b"\x80\x02\x82\x01.",
    "registry of extensions, long": b"\x80\x02\x84\x01\x00\x00\x00.",
    "BUILD on a class": b"\x80\x04\x8c\x0bcollections\x8c\x0bOrderedDict\x93N}\x8c\x01x\x8c\x01ys\x86b.",
    "call of what was made": b"\x80\x04\x8c\tfunctools\x8c\x07partial\x93\x8c\x08builtins\x8c\x03int\x93\x85R)R.",
    "payload before a broken end": b"cos\nsystem\n(S'true'\ntR\xff\xff",
    "payload before an early end": b"cos\nsystem\n(S'true'\ntR",
    "payload in the second pickle": b"\x80\x04N.cos\nsystem\n(S'true'\ntR.",
    "frame in a frame": b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00cos\nsystem\n)R.",
    "POP of the payload": b"cos\nsystem\n(S'true'\ntR0N.",
    "_reconstructor of a foreign base": b"ccopy_reg\n_reconstructor\n(cbuiltins\nobject\nccollections\nabc\nNtR.",
    "encode with another encoding": b"\x80\x04\x8c\x07_codecs\x8c\x06encode\x93\x8c\x01a\x8c\x0bunicode_esc\x86R.",
    "ufunc by name": b"\x80\x04\x8c\nnumpy.core\x8c\x12_ufunc_reconstruct\x93\x8c\x02os\x8c\x06system\x86R.",
    "nested torch file": b"\x80\x04\x8c\rtorch.storage\x8c\x10_load_from_bytes\x93C\x01x\x85R.",
    "code in the file": b"\x80\x04\x8c\x17cloudpickle.cloudpickle\x8c\r_builtin_type\x93.",
    "dill": b"\x80\x04\x8c\ndill._dill\x8c\x0c_create_code\x93.",
    "function given to a caller": (
        b"\x80\x04\x8c\rtorch._tensor\x8c\x15_rebuild_from_type_v2\x93\x8c\x03pip\x8c\x04main\x93\x85R."
    ),
}


TRICKS |= {
    "class that a test module imports": b"\x80\x04\x8c\x23sklearn.ensemble.tests.test_iforest\x8c\x04Mock\x93)R.",
    "booster that reads a file": b"\x80\x04\x8c\x0cxgboost.core\x8c\x07Booster\x93\x8c\x01x\x85R.",
}


@pytest.mark.parametrize("data", TRICKS.values(), ids=TRICKS)
@pytest.mark.parametrize("name", ["model.pkl", "weights.bin", "model.pt", "best.ckpt", "model.model"])
def test_tricks_do_not_pass(data: bytes, name: str, judged: Judge) -> None:
    outcomes = judged(data, name)
    assert outcomes["artifact_code"].status is Status.FAIL, outcomes


@pytest.mark.parametrize("name", ["model", "data/blob", "notes.txt", "weights.dat"])
def test_a_payload_is_found_under_any_name(name: str, judged: Judge) -> None:
    assert judged(SEEDS[0], name)["artifact_code"].status is Status.FAIL
    assert judged(SEEDS[1], name)["artifact_code"].status is Status.FAIL


@pytest.mark.parametrize("before", [b"N0", b"(0", b"K\x010", b"\x95" + bytes(8), b"\x880", b""])
@pytest.mark.parametrize("payload", [b"cos\nsystem\n(S'true'\ntR.", b"\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R."])
@pytest.mark.parametrize("name", ["model", "notes.txt"])
def test_a_payload_that_no_pickler_wrote_is_found_under_any_name(
    before: bytes, payload: bytes, name: str, judged: Judge
) -> None:
    assert judged(before + payload, name)["artifact_code"].status is Status.FAIL
    assert judged(before + payload[:-1] + b"\xff\xff", name)["artifact_code"].status is Status.FAIL


def test_a_function_of_the_repository_that_is_handed_to_a_call_is_called(judged: Judge) -> None:
    trust = Trust(is_own=lambda module: module == "clinic")
    maker = b"\x80\x04\x8c\x14numpy.random._pickle\x8c\x10__generator_ctor\x93"
    data = maker + b"\x8c\x01x\x8c\x06clinic\x8c\x03run\x93\x86R."
    assert judged(data, "m.pkl", trust)["artifact_code"].status is Status.FAIL


@pytest.mark.parametrize(
    "text",
    [
        b"cat\ndog\nmouse\n",
        b"import os\nimport sys\n",
        b"class A:\n  pass\n",
        b"(1, 2)\n",
        b"](",
        b"click\npytest\nnumpy\n.",
    ],
)
def test_texts_are_no_pickles(text: bytes, judged: Judge) -> None:
    assert judged(text, "words.txt") == {}


def test_the_message_names_the_import_and_its_place(judged: Judge) -> None:
    outcome = judged(SEEDS[0], "model.pkl")["artifact_code"]
    assert outcome.message == "loading it calls posix.system, which runs commands (byte 20)"
    assert outcome.evidence["imports"] == [{"name": "posix.system", "offset": 20, "member": "", "use": "called"}]


def test_what_comes_behind_the_end_is_not_passed_over(judged: Judge) -> None:
    outcomes = judged(b"\x80\x04N.\x00\x00", "model.pkl")
    assert outcomes["artifact_format"].status is Status.ERROR
    assert outcomes["artifact_code"].status is Status.ERROR


def test_two_harmless_pickles_in_one_file_pass(judged: Judge) -> None:
    outcomes = judged(pickle.dumps([1]) + pickle.dumps({"a": 2}), "model.pkl")
    assert {item.status for item in outcomes.values()} == {Status.PASS}


def test_a_class_of_the_repository_is_a_warning_and_its_call_a_failure(judged: Judge) -> None:
    trust = Trust(is_own=lambda module: module == "clinic.features")
    made = b"\x80\x04\x8c\x0fclinic.features\x8c\x01T\x93)\x81."
    called = b"\x80\x04\x8c\x0fclinic.features\x8c\x01T\x93)R."
    dotted = b"\x80\x04\x8c\x0fclinic.features\x8c\tos.system\x93)\x81."
    assert judged(made, "m.pkl", trust)["artifact_code"].status is Status.WARN
    assert judged(called, "m.pkl", trust)["artifact_code"].status is Status.FAIL
    assert judged(dotted, "m.pkl", trust)["artifact_code"].status is Status.FAIL
    assert judged(made, "m.pkl")["artifact_code"].status is Status.FAIL
    danger = Trust(is_own=lambda _module: True)
    assert judged(SEEDS[0], "m.pkl", danger)["artifact_code"].status is Status.FAIL


def test_names_can_be_allowed(judged: Judge) -> None:
    made = b"\x80\x04\x8c\x0eimblearn.under\x8c\x01S\x93)\x81."
    for allowed in ("imblearn.under.S", "imblearn.*"):
        assert judged(made, "m.pkl", Trust(allowed=[allowed]))["artifact_code"].status is Status.PASS
    for other in ("imblearn.under.T", "imblearn.over.*", "imblearn.unde.*"):
        assert judged(made, "m.pkl", Trust(allowed=[other]))["artifact_code"].status is Status.FAIL


def test_python_2_names_lead_to_listed_names() -> None:
    """`find_class` renames modules and names of Python 2, so what is listed must be listed under its new name too."""
    import _compat_pickle

    from mlgate.lint.artifacts.allowed import EXACT

    for module, name in EXACT:
        renamed = _compat_pickle.NAME_MAPPING.get((module, name))
        if renamed is None:
            renamed = (_compat_pickle.IMPORT_MAPPING.get(module, module), name)
        assert is_allowed(*renamed), (module, name, renamed)


def test_a_huge_length_costs_nothing() -> None:
    reader = Reader(io.BytesIO(b"\x80\x04\x8e" + (2**62).to_bytes(8, "little") + b"x"))
    with pytest.raises(BrokenStreamError, match="ends before"):
        PickleMachine(reader, Facts()).run()


@pytest.mark.parametrize("start", [b"\x80\x04N.", b"cos\nsystem\n", b"(dp0\n", b"(lp0\n", b"}q\x00."])
def test_starts_of_pickles_are_known(start: bytes) -> None:
    assert looks_like_pickle(start)


def test_some_functions_may_be_kept_but_not_called(judged: Judge) -> None:
    kept, called = b"\x80\x04\x8c\x05numpy\x8c\x04mean\x93.", b"\x80\x04\x8c\x05numpy\x8c\x04mean\x93]\x85R."
    assert judged(kept, "m.pkl")["artifact_code"].status is Status.PASS
    assert judged(called, "m.pkl")["artifact_code"].status is Status.FAIL


@pytest.mark.parametrize("length", [199, 200, 201, 65_535, 200_000])
def test_long_lines_of_the_text_protocol_are_followed(length: int, judged: Judge) -> None:
    value = {"a": "x" * length, "b": ("y" * length).encode(), "c": 10**length if length < 4_000 else 1}
    assert judged(pickle.dumps(value, 0), "m.pkl")["artifact_code"].status is Status.PASS
    assert judged(b"(V" + b"x" * length + b"\n" + SEEDS[1], "m.pkl")["artifact_code"].status is Status.FAIL
