"""Tables that a caller already holds, as columns: dicts of arrays and frames of pandas, polars and Arrow.

No library is imported for it: a frame is known by what it can do. Columns are taken one by one, without a copy where
the frame has none to make.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.errors import UsageError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_MISSING = ("NAType", "NaTType")
"""Types of pandas' own missing values."""


class GivenColumns(dict[str, "Array"]):
    """Arrays of shape (n_rows,) by column name; `header` has all names, also those that were not asked for."""

    def __init__(self, arrays: Mapping[str, Array], header: Sequence[str]) -> None:
        super().__init__(arrays)
        self.header = tuple(header)


def take_columns(table: Any, names: Iterable[str]) -> GivenColumns:
    """The named columns of a table.

    Parameters
    ----------
    table : a mapping of names to array-likes, a frame of pandas or polars, a table or record batch of Arrow, a
        structured array of numpy, or anything else with `column_names` or `columns` and a column by its name
    names : columns to take; a name that the table lacks is not in the result. The index of a pandas frame counts as
        a column, by its name

    Raises
    ------
    UsageError
        The object is no table, or a column is no array.

    Examples
    --------
    >>> take_columns({"id": [1, 2], "label": ["a", None]}, ["label", "score"])
    {'label': array(['a', None], dtype=object)}
    """
    header = _names(table)
    wanted = [name for name in dict.fromkeys(names) if name in header]
    return GivenColumns({name: _array(table, name) for name in wanted}, header)


def is_table(value: Any) -> bool:
    """Whether `take_columns` can read a value; a list of several such is a table per run."""
    return _listed_names(value) is not None


def _names(table: Any) -> list[str]:
    found = _listed_names(table)
    if found is None:
        raise UsageError(
            f"{type(table).__name__} is no table",
            hint="give a dict of arrays, or a frame of pandas, polars or Arrow; several runs as a list of them",
        )
    return found


def _listed_names(table: Any) -> list[str] | None:
    if isinstance(table, Mapping):
        return [str(name) for name in table]
    names = getattr(table, "column_names", None)
    if names is None:
        names = getattr(table, "columns", None)
    if names is None:
        names = getattr(getattr(table, "schema", None), "names", None)
    if names is None:
        names = getattr(getattr(table, "dtype", None), "names", None)
    if names is None or callable(names) or isinstance(names, str):
        return None
    index = getattr(getattr(table, "index", None), "name", None)
    return [*map(str, names), *([index] if isinstance(index, str) and index not in list(names) else [])]


def _column(table: Any, name: str) -> Any:
    if isinstance(table, Mapping):
        return table[name] if name in table else next(value for key, value in table.items() if str(key) == name)
    index = getattr(table, "index", None)
    if getattr(index, "name", None) == name and name not in list(table.columns):
        return index
    of_arrow = getattr(table, "column", None)
    return of_arrow(name) if callable(of_arrow) else table[name]


def _array(table: Any, name: str) -> Array:
    """One column as an array that loses nothing: missing values are None among objects, NaN among floats."""
    import numpy as np

    try:
        values = _values(_column(table, name))
    except (TypeError, ValueError, RuntimeError) as problem:
        raise UsageError(f"column {name!r} is no array: {problem}", hint="give one value per row") from None
    if values.ndim != 1:
        hint = "give one value per row; scores of several classes are a column each"
        raise UsageError(f"column {name!r} has the shape {values.shape}", hint=hint)
    if values.dtype.kind == "U":
        return values.astype(object)
    if values.dtype == object and any(type(item).__name__ in _MISSING for item in values.tolist()):
        return _objects([None if type(item).__name__ in _MISSING else item for item in values.tolist()])
    return values if isinstance(values, np.ma.MaskedArray) else np.asarray(values)


def _values(column: Any) -> Array:
    """An array, or objects where numbers would be rounded on the way: decimals, and integers beside missing values."""
    to_list = getattr(column, "to_pylist", None) or getattr(column, "to_list", None)
    kind = str(getattr(column, "dtype", getattr(column, "type", ""))).lower()
    null_count = getattr(column, "null_count", 0)
    if callable(to_list) and ("decimal" in kind or (null_count() if callable(null_count) else null_count)):
        return _objects(to_list())
    if not callable(getattr(column, "to_numpy", None)):
        return _as_array(column)
    values: Array = column.to_numpy(**({"zero_copy_only": False} if hasattr(column, "to_pylist") else {}))
    if callable(to_list) and values.dtype.kind == "f" and kind.startswith(("int", "uint")):
        return _objects(to_list())
    return values


def _as_array(column: Any) -> Array:
    """A plain sequence; one that mixes types keeps each value as it is."""
    import numpy as np

    if isinstance(column, list | tuple | range) and len({type(item) for item in column}) > 1:
        return _objects(list(column))
    return np.asanyarray(column)


def _objects(items: Sequence[Any]) -> Array:
    import numpy as np

    values = np.empty(len(items), dtype=object)
    values[:] = items
    return values
