"""A bootstrap on a device gives the bits of the processor; without a device the error says what is missing."""

from __future__ import annotations

import sys
import types

import numpy as np
import pytest

from mlgate.errors import SourceError
from mlgate.metrics.resampling.draws import draw_blocks, on_grid, resampled
from mlgate.metrics.resampling.units import row_units
from mlgate.sources.accelerators import _by_cupy, _by_torch, matrix_product, product_of


def test_the_processor_needs_no_help() -> None:
    assert matrix_product("cpu") is None


def test_a_library_of_arrays_gives_the_same_bits() -> None:
    """In another order of additions, too: here in blocks, as a device would."""

    class Blocked:
        def __init__(self, values: np.ndarray) -> None:
            self.values = values

        def __matmul__(self, other: Blocked) -> Blocked:
            step = 37
            parts = [
                self.values[:, start : start + step] @ other.values[start : start + step]
                for start in range(0, self.values.shape[1], step)
            ]
            return Blocked(np.sum(parts[::-1], axis=0))

    product = product_of(Blocked, lambda result: result.values)
    units = row_units(500, seed=0)
    sums = on_grid(units.sums(np.random.default_rng(0).normal(size=(500, 3))))
    for counts in draw_blocks(units, 300, 0):
        assert (resampled(counts, sums, product) == resampled(counts, sums)).all()


def test_cupy_is_asked_for_a_device_and_for_arrays() -> None:
    runtime = types.SimpleNamespace(getDeviceCount=lambda: 1)
    cupy = types.SimpleNamespace(cuda=types.SimpleNamespace(runtime=runtime), asarray=np.asarray, asnumpy=np.asarray)
    product = _by_cupy(cupy)
    assert (product(np.eye(2), np.full((2, 1), 3.0)) == 3).all()
    runtime.getDeviceCount = lambda: 0
    with pytest.raises(RuntimeError, match="no device"):
        _by_cupy(cupy)


def test_torch_gives_the_same_bits_where_it_is_installed() -> None:
    torch = pytest.importorskip("torch", reason="torch comes with the user's project")
    product = _by_torch(torch, "cpu")
    units = row_units(500, seed=0)
    sums = on_grid(units.sums(np.random.default_rng(0).normal(size=(500, 3))))
    for counts in draw_blocks(units, 300, 0):
        assert (resampled(counts, sums, product) == resampled(counts, sums)).all()


def test_no_library_or_no_device_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cupy", None)
    broken = types.ModuleType("torch")
    broken.cuda = types.SimpleNamespace(is_available=lambda: False)  # type: ignore[attr-defined]  # a stand-in
    monkeypatch.setitem(sys.modules, "torch", broken)
    with pytest.raises(SourceError, match="cupy is not installed; torch: no device"):
        matrix_product("cuda")


@pytest.mark.parametrize("library", ["cupy", "torch"])
def test_a_real_device_gives_the_same_bits(library: str) -> None:
    array = pytest.importorskip(library, reason=f"{library} comes with the user's project")
    try:
        product = _by_cupy(array) if library == "cupy" else _by_torch(array)
    except Exception as problem:  # noqa: BLE001  # what a driver that is not there says differs by library
        pytest.skip(f"no CUDA device: {problem}")
    units = row_units(200_000, seed=0)
    sums = on_grid(units.sums(np.random.default_rng(0).normal(size=(200_000, 7))))
    for counts in draw_blocks(units, 500, 0):
        assert (resampled(counts, sums, product) == resampled(counts, sums)).all()
