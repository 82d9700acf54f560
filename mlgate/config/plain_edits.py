"""Changes of the plain data of a document (dicts, lists, scalars), each at a path of keys and list positions."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """A value at a path. A key that is not there yet follows the key `after` (empty: comes first), or comes last."""

    path: Path
    value: Any
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Extend:
    """Items at the end of the list at a path, those that it lacks."""

    path: Path
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Drop:
    """Nothing at a path; of a list the item goes, of a mapping the key."""

    path: Path


@dataclass(frozen=True, slots=True)
class Swap:
    """Another key in the place of the last one of a path, with its own value or with the same."""

    path: Path
    key: str
    value: Any = None
    keeps_value: bool = False


Edit = Put | Extend | Drop | Swap


def applied(data: Any, edits: Sequence[Edit]) -> Any:
    """A copy of the data with the edits made; their paths are those of the data as given.

    Raises
    ------
    KeyError, IndexError
        A path leads nowhere.

    Examples
    --------
    >>> applied({"a": [1, 2], "b": True}, [Extend(("a",), (3,)), Swap(("b",), "c", {"max": 1})])
    {'a': [1, 2, 3], 'c': {'max': 1}}
    """
    changed = copy.deepcopy(data)
    order = (Put, Extend, Drop, Swap)
    for kind in order:
        chosen = [edit for edit in edits if isinstance(edit, kind)]
        if kind is Drop:  # from the end of a list, so that the positions of the others still hold
            chosen.sort(key=lambda edit: [part if isinstance(part, int) else -1 for part in edit.path], reverse=True)
        for edit in chosen:
            _make(changed, edit)
    return changed


def apart(changes: Sequence[Sequence[Edit]]) -> list[bool]:
    """Which of several changes can be made together, the first ones first: none at, above or below another's place.

    Examples
    --------
    >>> apart([[Put(("a", "b"), 1)], [Drop(("a",))], [Drop(("a", "c"))]])
    [True, False, True]
    """
    taken: set[Path] = set()
    above: set[Path] = set()
    found = []
    for edits in changes:
        paths = [edit.path for edit in edits]
        starts = [path[:length] for path in paths for length in range(1, len(path) + 1)]
        free = taken.isdisjoint(starts) and above.isdisjoint(paths)
        found.append(free)
        if free:
            taken.update(paths)
            above.update(starts)
    return found


def at(data: Any, path: Path) -> Any:
    """The value at a path.

    Raises
    ------
    KeyError, IndexError
        There is none.
    """
    for part in path:
        data = data[part]
    return data


def _make(data: Any, edit: Edit) -> None:
    *above, last = edit.path
    where = at(data, tuple(above))
    match edit:
        case Put():
            if isinstance(where, dict) and last not in where and edit.after is not None:
                _insert(where, edit.after, last, edit.value)
            else:
                where[last] = edit.value
        case Extend():
            where[last] += [item for item in edit.items if not any(_equal(item, known) for known in where[last])]
        case Drop():
            del where[last]
        case Swap():
            items = [
                (edit.key, value if edit.keeps_value else edit.value) if key == last else (key, value)
                for key, value in where.items()
            ]
            where.clear()
            where.update(items)


def _insert(where: dict[str, Any], after: str, key: Any, value: Any) -> None:
    items = list(where.items())
    place = list(where).index(after) + 1 if after in where else len(items) if after else 0
    where.clear()
    where.update([*items[:place], (key, value), *items[place:]])


def _equal(a: object, b: object) -> bool:
    return type(a) is type(b) and a == b
