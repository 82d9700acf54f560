"""What stands at the top of a module, found in its text: far cheaper than a tree, and enough to leave most out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

_HEAD = re.compile(r"^\f*[^\s)\]}#].*$", re.MULTILINE)
_DEFINITION = re.compile(r"(?:async\s+def|def|class)\s+(\w+)")
_DECORATED = re.compile(r"^(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
_NESTED = re.compile(r"^\s+(?:async\s+def|def|class)\s+(\w+)", re.MULTILINE)
_ASSIGNED = re.compile(r"(\w+)\s*(?::[^=\n]+)?=(?!=)")
SET = re.compile(r"\{\s*(?:[\"'][^\"'\n]*[\"']\s*[,}]|\*(?!\*)|[\w.\[\]()]+\s+for\s)")
"""A set of texts as it is written down, or a comprehension of one."""
_ENDS = "\r\n"
_CONTINUED = ("else:", "elif ", "except:", "except ", "finally:")
_IMPORTED = (
    r"[ \t\f]*(?:from[ \t]+(?P<source>[.\w]+)[ \t]+import[ \t]+(?:\((?P<many>[^)]*)\)|(?P<few>[^\n;]*))"
    r"|import[ \t]+(?P<plain>[^\n;]+))"
)
_IMPORT = re.compile("^" + _IMPORTED, re.MULTILINE)
_IMPORT_ANYWHERE = re.compile("(?:^|[;:])" + _IMPORTED, re.MULTILINE)
_BEHIND = tuple(f"{mark}{word} " for mark in (";", "; ", ":", ": ") for word in ("import", "from"))
"""What a text holds where an import stands behind other code; it is rare, and looking for it takes time."""
_WORD = re.compile(r"[A-Za-z_]\w*")
_DRAWS = (
    *("random", "Random", "randn", "randint", "seed", "Seed", "SEED", "shuffle", "Shuffle", "sample", "Sample"),
    *("choice(", "choices(", "permut", "rng", "rvs(", "normal_(", "uniform_(", "dropout", "secrets", "urandom"),
    *(
        "_split(",
        "bootstrap(",
        ".fit(",
        ".reset(",
        "action_space",
        "cudnn",
        "listdir",
        "glob(",
        "iterdir",
        "scandir",
        "os.walk",
    ),
)
"""Parts of the names of what draws or seeds by itself, and of what hands on the order of a listing."""
_GENERATORS = ("random", "seed", "Seed", "shuffle", "sample", "choice(", "choices(", "permut", "rvs(", "cudnn")
_LIBRARIES = frozenset(
    [
        *("torch", "torchvision", "tensorflow", "keras", "tf_keras", "jax", "flax", "sklearn", "imblearn", "umap"),
        *(
            "hdbscan",
            "optuna",
            "hyperopt",
            "skopt",
            "gym",
            "gymnasium",
            "lightning",
            "pytorch_lightning",
            "transformers",
        ),
        *("accelerate", "fastai", "mmengine", "mmcv", "spacy", "paddle", "mxnet", "cupy", "dgl", "torch_geometric"),
        *("timm", "lightgbm", "xgboost", "catboost", "datasets", "skorch"),
    ]
)
"""Libraries of which almost any object may draw."""


_DATA = re.compile(
    r"numpy|pandas|torch|tensorflow|keras|sklearn|scipy|polars|datasets|\bjax|\bcsv\b|lightgbm|xgboost|label"
)
"""What a module mentions that has to do with data or labels."""


class Imported(NamedTuple):
    """A name that an import binds: from a module (with leading dots), what is taken of it (empty: itself; or `*`)."""

    source: str
    name: str
    bound: str


class Block:
    """Characters at the top of a module: a definition, or statements; what they bind, and whether they draw."""

    __slots__ = ("_words", "draws", "end", "is_definition", "names", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        self.text = text[start:end]
        definition = _DEFINITION.match(self.text) if self.text[:1] != "@" else _DECORATED.search(self.text)
        self.is_definition = definition is not None
        self.names: tuple[str, ...]
        if definition:
            self.names = (definition[1],)
        else:
            assigned = _ASSIGNED.match(self.text)
            self.names = (assigned[1],) if assigned else tuple(_NESTED.findall(self.text))
        rest = _IMPORT.sub("", self.text) if self.text.startswith(("import ", "from ")) else self.text
        self.draws = any(part in rest for part in _DRAWS)
        self._words: frozenset[str] | None = None

    @property
    def seeds(self) -> bool:
        """Whether it may seed a generator."""
        return self.draws and any(part in self.text for part in ("seed", "Seed", "SEED"))

    @property
    def draws_when_imported(self) -> bool:
        """Whether it draws or seeds as soon as its module is imported: a definition waits until it is called."""
        waits = self.is_definition or not self.draws or "(" not in self.text or _NESTED.search(self.text) is not None
        return not waits and any(part in self.text for part in _GENERATORS)

    @property
    def words(self) -> frozenset[str]:
        """All names that the block mentions."""
        if self._words is None:
            self._words = frozenset(_WORD.findall(self.text))
        return self._words


class Outline(NamedTuple):
    """The blocks of a module, all that it imports anywhere, and which of it are of libraries that draw."""

    blocks: tuple[Block, ...]
    imports: tuple[Imported, ...]
    of_libraries: frozenset[str]


def outline(text: str) -> Outline:
    """The outline of a module; a text that only looks like a definition, in a string, becomes a block as well."""
    imports = tuple(imports_of(text))
    of_libraries = frozenset(item.bound for item in imports if item.source.partition(".")[0] in _LIBRARIES)
    return Outline(tuple(_blocks(text)), imports, of_libraries)


def draws_itself(text: str, *, is_script: bool) -> bool:
    """Whether a file may draw or seed by what stands in it, or hands the order of a set on.

    In a module that only defines things, a set matters where there are data: most code has sets.
    """
    if ("set(" in text or SET.search(text)) and (is_script or _DATA.search(text)):
        return True
    found = outline(text)
    return bool(found.of_libraries) or any(block.draws for block in found.blocks)


def imports_of(text: str) -> Iterator[Imported]:
    """Everything that a text imports, at its top or in a function."""
    pattern = _IMPORT_ANYWHERE if any(part in text for part in _BEHIND) else _IMPORT
    for match in pattern.finditer(text.replace("\\\n", "  ") if "\\\n" in text else text):
        if match["plain"]:
            for part in _parts(match["plain"]):
                name, _, bound = part.partition(" as ")
                yield Imported(name.strip(), "", bound.strip() or name.strip().partition(".")[0])
            continue
        for part in _parts(match["many"] or match["few"] or ""):
            name, _, bound = part.partition(" as ")
            yield Imported(match["source"], name.strip(), bound.strip() or name.strip())


def _parts(names: str) -> Iterator[str]:
    for line in names.split("\n"):
        for part in line.partition("#")[0].rstrip("\\ ").split(","):
            if part.strip():
                yield " ".join(part.split())


def _blocks(text: str) -> Iterator[Block]:
    """Each begins where a line is not indented; a decorator belongs to its definition, an `else` to its `if`."""
    start, decorated = 0, -1
    for head in _HEAD.finditer(text):
        line = head[0].lstrip("\f")
        place = head.end() - len(line)
        if line[0] == "@":
            decorated = place if decorated < 0 else decorated
            continue
        if line.startswith(_CONTINUED):
            continue
        begin = place if decorated < 0 else decorated
        if begin > start:
            yield Block(text, start, begin)
        start, decorated = begin, -1
    yield Block(text, start, len(text))


def without(text: str, blocks: Collection[Block]) -> str:
    """A text with blocks blanked; every other character keeps its place, and so do comments that are not indented."""
    parts = []
    done = 0
    for block in sorted(blocks, key=lambda block: block.start):
        parts.append(text[done : block.start])
        parts += [
            line if line[:1] in "#\n" else f"{' ' * len(line.rstrip(_ENDS))}{line[len(line.rstrip(_ENDS)) :]}"
            for line in block.text.splitlines(keepends=True)
        ]
        done = block.end
    return "".join([*parts, text[done:]])
