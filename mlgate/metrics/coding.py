"""Columns as small codes of their distinct values, so that ten million rows stay small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.canonical import Texts, as_array, canonical_text, exact_text, exact_texts, plain_items
from mlgate.metrics.sample import Codes, Flags, Index

MISSING = "(missing)"
"""Name of the slice of the rows without a slice value."""

_BLOCK = 1 << 18
_SPREAD = 4
_KEYED = frozenset({str, int, float, bool, type(None)})
_FLAG_NAMES = [False, True]


@runtime_checkable
class Dictionary(Protocol):
    """A column of text as a reader of files may give it: `codes` are indices into `texts`, -1 where missing."""

    @property
    def codes(self) -> NDArray[Any]: ...
    @property
    def texts(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Column:
    """A column of canonical text.

    Parameters
    ----------
    codes : shape (n_rows,) of the narrowest signed integers, indices into `values`; -1 where missing
    values : distinct texts in text order, each of which occurs unless rows were taken
    """

    codes: NDArray[Any]
    values: tuple[str, ...]

    @property
    def n_missing(self) -> int:
        return int(np.count_nonzero(self.codes < 0))

    def take(self, index: Index) -> Column:
        """The rows at `index`; `values` stay as they are."""
        return Column(codes=self.codes[index], values=self.values)

    def texts(self) -> Texts:
        """The text of every row, None where missing, shape (n_rows,)."""
        table = np.empty(len(self.values) + 1, dtype=object)
        table[:-1] = self.values
        return lookup(table, self.codes)


def lookup(table: NDArray[Any], codes: NDArray[Any]) -> NDArray[Any]:
    """`table[codes]` in blocks: narrow codes are never all widened at once. The last entry is that of -1."""
    found = np.empty(codes.size, dtype=table.dtype)
    for start in range(0, codes.size, _BLOCK):
        found[start : start + _BLOCK] = table[codes[start : start + _BLOCK]]
    return found


def code_labels(values: Any) -> Column:
    """A column with every value as its `canonical_text`."""
    codes, items = factorize(values)
    return _merged(codes, [canonical_text(item) for item in items])


def code_slices(values: Any) -> Column:
    """`canonical_text` of every value, unless that makes one value of two: then each as it is written.

    A slice may be a version, and a merged slice could hide the one that got worse. Spelling differs between tools, not
    within a column, so a boolean or integer column still agrees between file formats.
    """
    codes, items = factorize(values)
    exact = [exact_text(item) for item in items]
    if len(codes) and bool((codes < 0).any()):
        exact.append(None)
    texts = [canonical_text(text) for text in exact]
    return _merged(codes, texts if len(set(texts)) == len(set(exact)) else exact)


def name_missing(column: Column) -> Column:
    """The column with its missing values as `(missing)`; a value that is itself spelled so is quoted: it is another."""
    texts = [f'"{text}"' if text.strip('"') == MISSING else text for text in column.values]
    return _merged(column.codes, texts, missing=MISSING)


def factorize(values: Any) -> tuple[NDArray[Any], list[Any]]:
    """Codes of a column, -1 where its reader says missing, and its distinct values, each of which occurs.

    Values that are equal but of two types, such as 1 and True, are two. A missing value may also be one of the distinct
    ones (NaN).

    Parameters
    ----------
    values : array of shape (n_rows,), masked or not, of any type; or a `Dictionary`
    """
    if isinstance(values, Dictionary):
        return _occurring(np.asarray(values.codes), list(values.texts))
    array = as_array(values)
    if type(array) is np.ndarray:  # the common case: masked arrays are not even imported
        return _factorize_plain(array)
    mask = np.ma.getmaskarray(array) if isinstance(array, np.ma.MaskedArray) else None
    codes, items = _factorize_plain(np.asarray(np.ma.getdata(array)))
    if mask is not None and mask.any():
        return _occurring(np.where(mask, codes.dtype.type(-1), codes), items)
    return codes, items


def _factorize_plain(array: NDArray[Any]) -> tuple[NDArray[Any], list[Any]]:
    match array.dtype.kind:
        case "b":
            return _occurring(array.astype(np.int8), _FLAG_NAMES)
        case "i" | "u" if array.size:
            low, high = int(array.min()), int(array.max())
            if high - low < max(_SPREAD * array.size, 1000) and high - low < 2**31 - 1:
                return _occurring(_offsets(array, low, high - low + 1), range(low, high + 1))
        case "O":
            return _factorize_objects(array.tolist())
    if array.dtype.kind not in "iuf":
        return _factorize_objects(plain_items(array))
    distinct, codes = np.unique(array, return_inverse=True)
    return _narrow(codes.reshape(-1), distinct.size), distinct.tolist()


def _offsets(array: NDArray[Any], low: int, n_values: int) -> NDArray[Any]:
    """`array - low`, narrow; in blocks, and wide while it is computed: -128 to 127 does not fit where it came from."""
    codes = np.empty(array.size, dtype=_width(n_values))
    for start in range(0, array.size, _BLOCK):
        block = array[start : start + _BLOCK]
        wide = block if block.dtype.itemsize == 8 else block.astype(np.int64)
        codes[start : start + _BLOCK] = wide - wide.dtype.type(low)
    return codes


def _factorize_objects(items: list[Any]) -> tuple[NDArray[Any], list[Any]]:
    kinds = set(map(type, items))
    keys = items
    if not kinds <= _KEYED or len(kinds - {type(None)}) > 1:
        keys = exact_texts(items).tolist()
    places: dict[Any, int] = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    codes = np.fromiter(map(places.__getitem__, keys), dtype=np.int32, count=len(keys))
    return _narrow(codes, len(places)), list(places)


def _occurring(codes: NDArray[Any], items: Sequence[Any]) -> tuple[NDArray[Any], list[Any]]:
    """Without the items that have no row."""
    seen = _seen(codes, len(items))
    if seen.all():
        return codes, list(items)
    kept = np.flatnonzero(seen)
    return lookup(_places(kept, len(items)), codes), [items[place] for place in kept.tolist()]


def _seen(codes: NDArray[Any], n_items: int) -> Flags:
    seen = np.zeros(n_items + 1, dtype=bool)
    for start in range(0, codes.size, _BLOCK):
        seen[codes[start : start + _BLOCK]] = True
    return seen[:-1]


def _places(kept: Index, n_items: int) -> NDArray[Any]:
    """Table from an old code to its place in `kept`, -1 where it is not there and for -1."""
    table = np.full(n_items + 1, -1, dtype=np.int32)
    table[kept] = np.arange(kept.size, dtype=np.int32)
    return _narrow(table, kept.size)


def _narrow(codes: NDArray[Any], n_values: int) -> NDArray[Any]:
    return codes.astype(_width(n_values), copy=False)


def _width(n_values: int) -> type[np.signedinteger[Any]]:
    return np.int8 if n_values < 2**7 else np.int16 if n_values < 2**15 else np.int32


def _merged(codes: NDArray[Any], texts: Sequence[str | None], *, missing: str | None = None) -> Column:
    """A column whose values are the distinct texts in order; codes are indices into `texts`, -1 is `missing`."""
    has_missing = missing is not None and bool((codes < 0).any())
    found = {text for text in texts if text is not None} | ({missing} if has_missing and missing else set())
    values = tuple(sorted(found))
    place = {text: number for number, text in enumerate(values)}
    table = np.full(len(texts) + 1, place.get(missing or "", -1) if has_missing else -1, dtype=np.int32)
    table[: len(texts)] = [-1 if text is None else place[text] for text in texts]
    if np.array_equal(table[: len(texts)], np.arange(len(texts))) and not has_missing:
        return Column(codes=_narrow(codes, len(values)), values=values)
    return Column(codes=lookup(_narrow(table, len(values)), codes), values=values)


def recode(column: Column, values: Sequence[str]) -> Codes:
    """Codes of the column as indices into other `values`, which hold every text that occurs.

    Returns
    -------
    array of shape (n_rows,), int8 where the codes fit, else int32
    """
    narrow = np.int8 if len(values) <= np.iinfo(np.int8).max else np.int32
    if column.values == tuple(values):
        return np.asarray(column.codes.astype(narrow, copy=False))
    place = {text: number for number, text in enumerate(values)}
    table = np.array([*(place.get(text, -1) for text in column.values), -1], dtype=narrow)
    return lookup(table, column.codes)


def union_values(columns: Iterable[Column]) -> tuple[str, ...]:
    """Values of all columns in text order."""
    return tuple(sorted({text for column in columns for text in column.values}))


def differs(one: Column, other: Column) -> Flags:
    """In which rows two columns have different texts, shape (n_rows,)."""
    if one.values == other.values:
        return np.asarray(one.codes != other.codes)
    values = union_values((one, other))
    return np.asarray(recode(one, values) != recode(other, values))


def dense(codes: NDArray[Any], n_values: int) -> tuple[Codes, Index]:
    """Codes 0, 1, ... without gaps in the order that they have, as int32, and the old code of each."""
    kept = np.flatnonzero(_seen(codes, n_values))
    if kept.size == n_values:
        return codes.astype(np.int32), kept
    return lookup(_places(kept, n_values).astype(np.int32), codes), kept
