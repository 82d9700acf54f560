"""What is made late behaves as what it stands for."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import re
import typing
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.late import compiled, dataclass


def declare(decorator: Any) -> Any:
    """One class by each decorator."""

    @decorator(frozen=True, slots=True)
    class Entry:
        """An entry."""

        name: str
        size: int = 3
        marks: list[str] = dataclasses.field(default_factory=list)
        secret: str = dataclasses.field(default="", repr=False)
        seen: int = dataclasses.field(default=0, compare=False)
        last: bool = dataclasses.field(default=False, kw_only=True)

    return Entry


LATE, PLAIN = declare(dataclass), declare(dataclasses.dataclass)
VALUES = st.fixed_dictionaries(
    {"name": st.text(max_size=2)},
    optional={
        "size": st.integers(0, 2) | st.just(float("nan")),
        "marks": st.lists(st.text(max_size=1), max_size=1),
        "secret": st.just("x"),
        "seen": st.integers(0, 1),
        "last": st.booleans(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Something with a place."""

    place: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived(Base):
    kind: str

    @property
    def label(self) -> str:
        return f"{self.kind} {self.place}"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No fields."""


@dataclass(frozen=True, slots=True, eq=False)
class ByIdentity:
    """Two of these are never equal."""

    name: str


@given(one=VALUES, two=VALUES)
def test_it_equals_the_dataclass_of_the_standard_library(one: dict[str, Any], two: dict[str, Any]) -> None:
    late, plain, other = LATE(**one), PLAIN(**one), PLAIN(**two)
    assert repr(late) == repr(plain)
    assert dataclasses.asdict(late) == dataclasses.asdict(plain) or one.get("size") != one.get("size")
    assert (late == LATE(**two)) == (plain == other)
    assert late != plain
    assert dataclasses.replace(late, name="changed").name == "changed"


def test_the_signature_is_that_of_the_dataclass() -> None:
    assert str(inspect.signature(declare(dataclass))) == str(inspect.signature(PLAIN))
    assert typing.get_type_hints(Derived.__init__) == {
        "place": int,
        "names": tuple[str, ...],
        "kind": str,
        "return": type(None),
    }


@pytest.mark.parametrize("arguments", [((), {}), (("a", 1, [], "", 0, True), {}), (("a",), {"other": 1})])
def test_wrong_arguments_are_refused_as_there(arguments: tuple[tuple[Any, ...], dict[str, Any]]) -> None:
    places, named = arguments
    with pytest.raises(TypeError) as expected:
        PLAIN(*places, **named)
    with pytest.raises(TypeError, match=re.escape(str(expected.value))):
        LATE(*places, **named)


def test_a_default_is_made_anew_for_each() -> None:
    one = LATE("a")
    one.marks.append("x")
    assert LATE("a").marks == []


def test_fields_are_frozen_and_nothing_can_be_added() -> None:
    entry = LATE("a")
    for name in ("size", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError, match=f"cannot assign to field '{name}'"):
            setattr(entry, name, 1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'size'"):
        del entry.size
    assert not hasattr(entry, "__dict__")


def test_fields_are_inherited_and_copies_are_equal() -> None:
    entry = Derived(place=2, kind="row", names=("a",))
    assert (entry.label, entry.names) == ("row 2", ("a",))
    assert [item.name for item in dataclasses.fields(Derived)] == ["place", "names", "kind"]
    assert entry != Base(place=2, names=("a",))
    assert {entry: 1}[Derived(place=2, kind="row", names=("a",))] == 1
    for other in (copy.copy(entry), copy.deepcopy(entry), pickle.loads(pickle.dumps(entry))):  # noqa: S301  # ours
        assert other == entry
        assert other is not entry
    match entry:
        case Derived(place=place, kind=kind):
            assert (place, kind) == (2, "row")
    with pytest.raises(TypeError):
        hash(LATE("a"))  # which holds a list


def test_edges() -> None:
    assert (Nothing(), repr(Nothing()), hash(Nothing())) == (Nothing(), "Nothing()", hash(Nothing()))
    one, two = ByIdentity("a"), ByIdentity("a")
    assert one != two
    assert {one: 1, two: 2}[one] == 1


def test_others_are_left_to_the_standard_library() -> None:
    @dataclass(slots=True)
    class Count:
        rows: int = 0

    count = Count()
    count.rows += 1
    assert count == Count(1)
    with pytest.raises(TypeError, match=r"take dataclasses\.dataclass"):

        @dataclass(frozen=True, slots=True)
        class Checked:
            rows: int

            def __post_init__(self) -> None:
                raise AssertionError


def test_a_pattern_is_compiled_when_it_is_used() -> None:
    late, plain = compiled(r"a(?P<n>[0-9])", re.IGNORECASE), re.compile(r"a(?P<n>[0-9])", re.IGNORECASE)
    assert late.pattern == plain.pattern
    for _ in range(2):
        assert [found["n"] for found in late.finditer("A1 a2")] == ["1", "2"]
        assert late.sub("_", "A1 b") == plain.sub("_", "A1 b")
    assert late.flags == plain.flags
    assert late.groupindex == plain.groupindex
    broken = compiled("(")
    with pytest.raises(re.error):
        broken.search("")
