"""What a Python source asks for: names of modules, and what else of its surroundings it may look at.

The text is searched, not parsed: parsing 2,000 files takes seconds, a search takes some 100 ms. A search may see an
import where there is none, in a docstring for example, and never misses one: too many inputs cost time, too few would
be wrong. `tests/unit/pyramid/test_imports.py` holds it against `ast`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mlgate.pyramid import surroundings

VERSION = 4
"""Raised when the same text gives another answer, so that answers that were kept are not used."""

_GAP = r"(?:[ \t\f]|\\\n)"
_IMPORT = re.compile(rf"import(?={_GAP}*(?P<names>\((?:#[^\n]*|[^)#])*\)|\*|(?:\\\n|[^\n;#(\w])(?:\\\n|[^\n;#(])+))")
"""It begins with plain text, which is what makes the search fast. The names are looked at and not consumed: a bracket
that a docstring leaves open hides no import after it."""
_FROM = re.compile(rf"\bfrom\b(?P<base>(?:{_GAP}|[\w.])+)\Z")
_COMMENT = re.compile(r"#[^\n]*")
_NAME = re.compile(r"[\w.]+")
_DOT = re.compile(r"\s*\.\s*")
_DOTTED_TEXT = re.compile(r"""["']([^\W\d]\w*(?:\.[^\W\d]\w*)+)""")
"""Text that may be the path of an object: the target of a patch, of a configuration, of `import_module`."""
_CALLED = re.compile(
    r"""\b(?:import_module|__import__|importorskip|run_module|find_spec)\s*\(\s*(?:\w+\s*=\s*)?[rRuU]?["'](\.*[\w.]+)["']"""
)
_PLUGINS = re.compile(r"\bpytest_plugins\b[^=\n]*=\s*(\[[^\]]*\]|\([^)]*\)|[^\n]*)")
_TEXT = re.compile(r"""["']([\w.]+)["']""")
_COMPUTED = re.compile(
    r"""\b(?:import_module|__import__|run_module|find_spec)\b(?!\s*\(\s*(?:\w+\s*=\s*)?[rRuU]?["'])"""
    r"|\blazy_loader\b|\b(?:get_class|get_method|run_path|spec_from_file_location|SourceFileLoader|iter_modules|walk_packages|entry_points|import_string"
    r"|import_from_string|resolve_name|instantiate|locate)\s*\("
    r"|(?<![.\w])exec\s*\("
)
_COMPUTED_WORDS = (
    *(
        "import_module",
        "__import__",
        "run_module",
        "find_spec",
        "lazy_loader",
        "get_class",
        "get_method",
        "run_path",
        "spec_from_file_location",
        "SourceFileLoader",
    ),
    *("iter_modules", "walk_packages", "entry_points", "import_string", "import_from_string", "resolve_name"),
    *("instantiate", "locate", "exec"),
)
"""One of these stands in every text that computes: a plain search for words is much faster than the pattern."""
_SEARCH_PATH = re.compile(
    r"\bsys\s*\.\s*path\s*(?:\.\s*(?:insert|append|extend|__setitem__)\b|\[[^\]\n]*\]\s*\+?=(?!=)|\+?=(?!=))"
    r"|\bfrom\s+sys\s+import\b[^\n]*\bpath\b|\bsyspath_prepend\b|\baddsitedir\b"
)
_STARTING = frozenset(
    {
        *("subprocess", "pexpect", "plumbum", "sh", "invoke", "fabric", "nox", "docker", "testcontainers", "pytester"),
        *("papermill", "nbclient", "nbconvert", "testbook"),
    }
)
"""Modules by which a process is started that may run, or a notebook that may import, anything of the project."""
_STARTED = re.compile(
    r"\b(?:os\s*\.\s*(?:system|popen|posix_spawnp?|spawn[lv]p?e?|exec[lv]p?e?|fork(?:pty)?)"
    r"|create_subprocess_(?:exec|shell))\s*\(|\b(?:pytester|testdir|script_runner)\b"
)
_STARTED_WORDS = ("os", "create_subprocess_", "pytester", "testdir", "script_runner")
_LISTED = re.compile(r"\b(?:r?glob|iterdir|listdir|scandir|walk|fwalk)\s*\(")
_PICKLED = re.compile(
    r"\b(?:c?[pP]ickle|cloudpickle|dill|joblib|torch|jsonpickle|skops\s*\.\s*io|sio)\s*\.\s*(?:loads?|Unpickler|decode)\b"
    r"|\bfrom\s+(?:_?c?[pP]ickle|cloudpickle|dill|joblib|torch|jsonpickle|skops\.io)\s+import\s*"
    r"(?:\([^)]*|[^\n]*)(?:\b(?:loads?|Unpickler|decode)\b|\*)"
    r"|\bimport\s+(?:_?c?[pP]ickle|cloudpickle|dill|joblib|jsonpickle)\s+as\b"
    r"|\b(?:load_model|read_pickle|load_from_checkpoint|allow_pickle|shelve)\b"
)
"""What makes objects of bytes, of classes that these name: a model that was saved brings its module along."""
_PICKLED_WORDS = ("ickle", "dill", "joblib", "torch", "skops", "load_model", "load_from_checkpoint", "shelve")
_DOCUMENT = re.compile(
    r"""(?:\.(?:md|rst|adoc|markdown)|["'/](?:README|LICEN[SC]E|NOTICE|AUTHORS|CONTRIBUTORS|CODEOWNERS|CHANGELOG)[\w.]*"""
    r"""|["'/]docs?)["'/]"""
)
_DOCUMENT_WORDS = (
    *(".md", ".rst", ".adoc", ".markdown", "README", "LICEN", "NOTICE", "AUTHORS", "CONTRIBUTORS", "CODEOWNERS"),
    *("CHANGELOG", "docs/", "doc/", 'docs"', "docs'", 'doc"', "doc'"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a source asks for.

    Parameters
    ----------
    names : modules, or objects in modules: `a.b.c`, relative ones with their dots (`..b.c`), `a.b.*` for all of one
    computed : whether it imports something that its text does not name
    search_path : whether it changes where modules are searched
    variables : environment variables that it may name; one that ends with `_` stands for all that begin so
    existence : whether it asks if files exist
    sizes : whether it asks for the sizes of files
    clock : whether it looks at the date
    processes : whether it may start processes: what these read is not known
    listings : whether it lists folders: what it finds there is not known
    pickles : whether it loads objects that were saved: which modules these bring is not known
    documents : whether a text in it names documentation, as one that opens it would
    """

    names: tuple[str, ...] = ()
    computed: bool = False
    search_path: bool = False
    variables: tuple[str, ...] = ()
    existence: bool = False
    sizes: bool = False
    clock: bool = False
    processes: bool = False
    listings: bool = False
    pickles: bool = False
    documents: bool = False


def asked_by(source: str) -> Asked:
    """What a Python source asks for; line ends may be of any kind.

    Examples
    --------
    >>> asked_by("from ..data import (table, rows as r)\\nimport json").names
    ('..data.rows', '..data.table', 'json')
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    names = set(_imported(text))
    names.update(_DOTTED_TEXT.findall(text))
    if _holds(text, "import_module", "__import__", "importorskip", "run_module", "find_spec"):
        names.update(_CALLED.findall(text))
    plugins = "".join(_PLUGINS.findall(text)) if "pytest_plugins" in text else ""
    names.update(_TEXT.findall(plugins))
    computed = bool(plugins.strip("[]() \t\n") and not _TEXT.search(plugins))
    return Asked(
        names=tuple(sorted(names)),
        computed=computed or (_holds(text, *_COMPUTED_WORDS) and _computes(text)),
        search_path=_holds(text, "path", "addsitedir") and bool(_SEARCH_PATH.search(text)),
        variables=surroundings.variables(text),
        existence=surroundings.asks_existence(text),
        sizes=surroundings.asks_sizes(text),
        clock=surroundings.reads_clock(text),
        processes=any(name.partition(".")[0] in _STARTING for name in names)
        or (_holds(text, *_STARTED_WORDS) and bool(_STARTED.search(text))),
        listings=_holds(text, "glob", "dir", "walk") and bool(_LISTED.search(text)),
        pickles=_holds(text, *_PICKLED_WORDS) and bool(_PICKLED.search(text)),
        documents=_holds(text, *_DOCUMENT_WORDS) and bool(_DOCUMENT.search(text)),
    )


def _holds(text: str, *words: str) -> bool:
    return any(word in text for word in words)


def _imported(text: str) -> Iterator[str]:
    for match in _IMPORT.finditer(text):
        here = match.start()
        if here and (text[here - 1].isalnum() or text[here - 1] == "_"):
            continue
        base = _FROM.search(text, _line_start(text, here), here)
        start = "" if base is None else _joined(base.group("base"))
        names = match.group("names")
        names = (_COMMENT.sub("", names) if "#" in names else names).strip("() \t\n\f\\")
        for part in names.split(","):
            name = _NAME.search(_joined(part))
            if part.strip() == "*":
                yield _below(start, "*")
            elif name is not None:
                yield _below(start, name.group())


def _line_start(text: str, here: int) -> int:
    """Where the line begins that a place lies in; a backslash at its end ends no line."""
    start = text.rfind("\n", 0, here)
    while start > 0 and text[start - 1] == "\\":
        start = text.rfind("\n", 0, start)
    return start + 1


def _joined(text: str) -> str:
    """A dotted name without what may stand around its dots, cut at the first word that follows it."""
    flat = text.replace("\\\n", " ").strip()
    return _DOT.sub(".", flat) if "." in flat else flat


def _below(base: str, name: str) -> str:
    return f"{base}{name}" if not base or base.endswith(".") else f"{base}.{name}"


def _computes(text: str) -> bool:
    """Whether a name is computed; that of the function in its own import says nothing."""
    for match in _COMPUTED.finditer(text):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        after = text[match.end() : match.end() + 4]
        if not re.match(r"\s*from\s+importlib\s+import\b", line) or after.strip().startswith("as"):
            return True
    return False
