"""Which of the things that a process touched say something of the inputs of a test."""

from __future__ import annotations

import os
import site
import sys
import sysconfig

_OF_MACHINE = ("/proc/", "/sys/", "/dev/", "/System/")
_SHARED_MEMORY = "/dev/shm/"  # noqa: S108  # files of data may lie there
_OF_INTERPRETER = ("lib", "lib64", "bin", "include", "Lib", "Scripts")
"""Folders of an interpreter, or of an environment; beside them, as in `/usr`, may lie whatever people put there."""
_OWN_CACHES = ("/.pytest_cache/", "/__pycache__/", "/.hypothesis/", "/.coverage")
_RUNNERS = ("pytest", "_pytest", "pluggy", "xdist", "execnet", "hypothesis", "mlgate")
"""Libraries that run tests, and remember nothing of what they ask for."""
_OPENING = ("scipy.io._fast_matrix_market._fmm_core", "PIL._imagingft")
"""Modules that open files in machine code, of libraries that do not otherwise."""


class Kept:
    """Which paths say something of the inputs of a test.

    Parameters
    ----------
    made : folders that the process made itself
    roots : folders of the project, and of pytest; what lies in them counts wherever they lie
    """

    def __init__(self, made: dict[str, None], *roots: str) -> None:
        self._roots = tuple(f"{root}/" for root in dict.fromkeys(roots))
        paths = sysconfig.get_paths()
        self._packages = tuple(f"{paths[name]}/" for name in ("purelib", "platlib"))
        places = {f"{prefix}/{name}/" for prefix in (sys.prefix, sys.base_prefix) for name in _OF_INTERPRETER}
        places.update(f"{paths[name]}/" for name in ("stdlib", "platstdlib", "purelib", "platlib"))
        places.update(f"{path}/" for path in (site.USER_SITE,) if path)
        places.add(f"{os.path.dirname(os.path.dirname(os.path.abspath(__file__)))}/")
        self._installed = tuple(places)
        self._installed_inside = tuple(place for place in places if place.startswith(self._roots))
        self._made = made
        self._known: dict[str, str] = {}

    def asker(self, path: str) -> str:
        """What may remember: a file of the project, or a library; nothing for Python itself and what runs the tests."""
        if path not in self._known:
            self._known[path] = self._asker(path)
        return self._known[path]

    def _asker(self, path: str) -> str:
        for folder in self._packages:
            if path.startswith(folder):
                name = path[len(folder) :].partition("/")[0].replace(".py", "")
                return "" if name in _RUNNERS else f"lib:{name}"
        return path if path.startswith("/") and self(path) else ""

    def __call__(self, path: str) -> bool:
        root = next((root for root in self._roots if path.startswith(root)), "")
        if any(part in path[max(0, len(root) - 1) :] for part in _OWN_CACHES):
            return False
        if path.startswith(self._installed_inside if root else (*_OF_MACHINE, *self._installed)):
            return path.startswith(_SHARED_MEMORY)
        while len(path) > 1:
            if path in self._made:
                return False
            path = os.path.dirname(path)
        return True


def libraries() -> set[str]:
    """Top names of loaded modules in machine code that are not the standard library's; whole ones of `_OPENING`."""
    paths = sysconfig.get_paths()
    standard = (paths["stdlib"] + "/", paths["platstdlib"] + "/")
    packages = (paths["purelib"] + "/", paths["platlib"] + "/")
    found = {name for name in _OPENING if name in sys.modules}
    for name, module in list(sys.modules.items()):
        path = getattr(module, "__file__", None) or ""
        compiled = isinstance(path, str) and path.endswith((".so", ".pyd", ".dylib"))
        if compiled and (not path.startswith(standard) or path.startswith(packages)):
            found.add(name.partition(".")[0])
    return found
