"""Products of matrices on a CUDA device, by whichever array library is installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mlgate.errors import SourceError

if TYPE_CHECKING:
    import numpy as np

    Floats = np.ndarray[Any, np.dtype[np.float64]]
    Product = Callable[[Floats, Floats], Floats]

DEVICES = ("cpu", "cuda")


def matrix_product(device: str) -> Product | None:
    """The product of two float64 matrices on a device; None for the processor, whose own product needs no help.

    Parameters
    ----------
    device : `cpu`, or `cuda` for the first CUDA device, through cupy or else torch

    Raises
    ------
    SourceError
        No library for the device is installed, or it finds no device.

    Notes
    -----
    The draws of a bootstrap are whole numbers and the sums lie on a grid, so that every product is exact: a device
    gives the same bits as the processor.
    """
    if device == "cpu":
        return None
    problems = []
    for name, make in (("cupy", _by_cupy), ("torch", _by_torch)):
        try:
            return make(importlib.import_module(name))
        except ImportError:
            problems.append(f"{name} is not installed")
        except Exception as problem:  # noqa: BLE001  # the library's own words, whatever is wrong with the driver
            problems.append(f"{name}: {str(problem).splitlines()[0] if str(problem) else type(problem).__name__}")
    raise SourceError(
        f"there is no CUDA device to compute on: {'; '.join(problems)}",
        hint="install cupy or torch for your CUDA version, or leave out --device cuda",
    )


def _by_cupy(cupy: Any) -> Product:
    if not cupy.cuda.runtime.getDeviceCount():
        raise RuntimeError("no device")
    return product_of(cupy.asarray, cupy.asnumpy)


def _by_torch(torch: Any, device: str = "cuda") -> Product:
    if device == "cuda" and not torch.cuda.is_available():
        raise RuntimeError("no device")
    return product_of(
        lambda matrix: torch.from_numpy(matrix).to(device),
        lambda matrix: matrix.cpu().numpy(),
    )


def product_of(to_device: Callable[[Any], Any], to_host: Callable[[Any], Any]) -> Product:
    """A product whose factors are moved to a device, and whose result is moved back.

    Parameters
    ----------
    to_device : numpy array to an array of the device's library, which knows `@`
    to_host : the other way
    """

    def product(left: Floats, right: Floats) -> Floats:
        moved: Floats = to_host(to_device(left) @ to_device(right))
        return moved

    return product
