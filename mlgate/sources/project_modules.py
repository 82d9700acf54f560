"""Where the module that a file imports lies in the project. Nothing is imported, and no installed package looked at."""

from __future__ import annotations

import os
import sys

from mlgate.sources.lint_files import git_top, upwards

_CODE_FOLDER = "src"


class ProjectModules:
    """Finds modules by name; what is in a folder is listed once, since a run asks for the same folders again and again.

    Parameters
    ----------
    root : absolute folder above which nothing is searched, for files outside a repository
    """

    def __init__(self, root: str) -> None:
        self.root = root
        self._listed: dict[str, frozenset[str]] = {}
        self._folders: dict[str, tuple[str, ...]] = {}
        self._tops: dict[str, str] = {}
        self._inside: dict[str, bool] = {}

    def resolve(self, name: str, importer: str) -> str | None:
        """Absolute path of the module `name` as the file `importer` imports it; None where the project has none.

        A name with leading dots is relative to the importer's folder. Any other is looked for in that folder, in those
        above it up to the top of the repository, and in the folder `src` of each.
        """
        folder = os.path.dirname(importer)
        found = self._found(name, folder)
        return found if found and self._is_inside(found, folder) else None

    def _found(self, name: str, folder: str) -> str | None:
        dots = len(name) - len(name.lstrip("."))
        if dots:
            for _ in range(dots - 1):
                folder = os.path.dirname(folder)
            return self._module(folder, name[dots:])
        if name.partition(".")[0] in sys.stdlib_module_names:
            # A script finds its neighbour first, a module of a package never does.
            return None if "__init__.py" in self._names(folder) else self._module(folder, name)
        return next((found for place in self._places(folder) if (found := self._module(place, name))), None)

    def _module(self, folder: str, name: str) -> str | None:
        """A module below a folder, or the `__init__.py` of a package; without a name, of the folder itself."""
        *packages, last = name.split(".")
        for package in packages:
            if package not in self._names(folder):
                return None
            folder = os.path.join(folder, package)
        names = self._names(folder)
        if not last:
            return os.path.join(folder, "__init__.py") if "__init__.py" in names else None
        if last in names and "__init__.py" in self._names(os.path.join(folder, last)):
            return os.path.join(folder, last, "__init__.py")
        return os.path.join(folder, f"{last}.py") if f"{last}.py" in names else None

    def _is_inside(self, path: str, folder: str) -> bool:
        """Whether a file lies in the importer's project also after symbolic links were followed."""
        if path not in self._inside:
            real = os.path.realpath(path)
            self._inside[path] = os.path.isfile(real) and _is_below(real, os.path.realpath(self._top(folder)))
        return self._inside[path]

    def _top(self, folder: str) -> str:
        """The folder above which nothing belongs to the project of a folder."""
        if folder not in self._tops:
            self._tops[folder] = git_top(folder) or (self.root if _is_below(folder, self.root) else folder)
        return self._tops[folder]

    def _places(self, folder: str) -> tuple[str, ...]:
        if folder not in self._folders:
            top = self._top(folder)
            found = [place for place in upwards(folder) if _is_below(place, top)]
            sources = [os.path.join(place, _CODE_FOLDER) for place in found if _CODE_FOLDER in self._names(place)]
            self._folders[folder] = (*found, *sources)
        return self._folders[folder]

    def _names(self, folder: str) -> frozenset[str]:
        if folder not in self._listed:
            try:
                self._listed[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._listed[folder] = frozenset()
        return self._listed[folder]


def _is_below(path: str, top: str) -> bool:
    """Whether an absolute path lies in a folder, by its name."""
    return path.startswith(top.rstrip(os.sep) + os.sep) or path == top
