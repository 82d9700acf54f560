"""What kind of change a changed path is: who may depend on it, as far as its name and mlgate.yaml say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase


class Kind(StrEnum):
    """Who may depend on a changed path."""

    DOCS = "docs"  # nobody
    RULES = "rules"  # all: mlgate.yaml decides what is run at all
    ENVIRONMENT = "environment"  # all: the environment of the tests, or the settings of pytest
    OUTSIDE = "outside"  # all: it lies outside of the project
    LINKED = "linked"  # all: a symbolic link leads to its folder
    PYTHON = "python"  # what imports it
    DATA = "data"  # what declares it: DVC keeps it
    OTHER = "other"  # whoever opens it


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Change:
    """A path that differs from the merge base. `how` ends the sentence: `changed`, `is new` or `was removed`."""

    path: str
    how: str = "changed"
    kind: Kind = Kind.OTHER

    @property
    def said(self) -> str:
        return f"{self.path}, which {self.how}"

    @property
    def fact(self) -> str:
        return f"{self.path} {self.how}"


_DOC_FOLDERS = ("docs/", "doc/", ".github/")
_DOC_TEXTS = (".md", ".rst", ".adoc", ".markdown")
_DOC_ENDINGS = (
    *_DOC_TEXTS,
    *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".pdf", ".css", ".html", ".js", ".drawio", ".bib"),
)
"""What is documentation in a folder of it. Elsewhere, a text may be what a program reads: the prompt of a model."""
_DOC_FILES = (
    *("README*", "LICENSE*", "LICENCE*", "NOTICE*", "AUTHORS*", "CONTRIBUTORS*", "CONTRIBUTING*", "CODEOWNERS"),
    *("CODE_OF_CONDUCT*", "SECURITY*", "CITATION.CFF", "CHANGELOG*"),
)
_ENVIRONMENT = (
    *("*requirements*.txt", "*requirements*.in", "requirements/*", "*constraints*.txt", "*.lock", "Pipfile"),
    *("pyproject.toml", "setup.py", "setup.cfg", "environment*.yml", "environment*.yaml", "conda*.yml", "conda*.yaml"),
    *(".python-version", "pixi.toml", "uv.toml", "pytest.ini", ".pytest.ini", "pytest.toml", "tox.ini", "noxfile.py"),
)


def kind_of(path: str, *, rules: Iterable[str], declared: Callable[[str], bool]) -> Kind:
    """The kind of a path.

    Parameters
    ----------
    path : POSIX, relative to the project
    rules : mlgate.yaml and the files that it extends
    declared : whether mlgate.yaml names the path as a test, an input or data: then it is no documentation

    Examples
    --------
    >>> [kind_of(path, rules=[], declared=lambda _: False).value for path in ("README.md", "a.py", "uv.lock", "a.csv")]
    ['docs', 'python', 'environment', 'other']
    """
    if path.startswith("../"):
        return Kind.DOCS if _is_documentation(path.replace("../", "")) else Kind.OUTSIDE
    if path in set(rules):
        return Kind.RULES
    name = path.rpartition("/")[2]
    if any(fnmatchcase(name, pattern) or fnmatchcase(path, pattern) for pattern in _ENVIRONMENT) and name != "dvc.lock":
        return Kind.ENVIRONMENT
    if _is_documentation(path) and not declared(path):
        return Kind.DOCS
    return Kind.PYTHON if path.endswith(".py") else Kind.OTHER


def _is_documentation(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    is_text = name.endswith(_DOC_TEXTS)
    if any(fnmatchcase(name.upper(), pattern) for pattern in _DOC_FILES):
        return is_text or "." not in name or name == "CITATION.cff"
    at_the_top = is_text and not folder and name.partition(".")[0].isupper()
    return at_the_top or (path.startswith(_DOC_FOLDERS) and name.endswith(_DOC_ENDINGS))


def covers(declared: str, path: str) -> bool:
    """Whether a declared path or glob names a path, a folder around it, or something in it.

    Examples
    --------
    >>> [covers("data", path) for path in ("data/a.csv", "data", "database")], covers("data/*.csv", "data/a.csv")
    ([True, True, False], True)
    >>> covers("data/train/part.csv", "data")
    True
    """
    if declared in (path, ".") or path.startswith(f"{declared}/") or declared.startswith(f"{path}/"):
        return True
    if not any(mark in declared for mark in "*?["):
        return False
    wanted = declared.split("/")
    parts = path.split("/")
    return (
        _match(parts, wanted)
        or any(_match(parts[:end], wanted) for end in range(1, len(parts)))
        or _begins(parts, wanted)
    )


def _match(parts: list[str], wanted: list[str]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_match(parts[skip:], wanted[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _match(parts[1:], wanted[1:])


def _begins(parts: list[str], wanted: list[str]) -> bool:
    """Whether something in the folder `parts` could be named."""
    for part, pattern in zip(parts, wanted, strict=False):
        if pattern == "**":
            return True
        if not fnmatchcase(part, pattern):
            return False
    return len(parts) < len(wanted)
