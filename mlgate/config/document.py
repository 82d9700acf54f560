"""YAML 1.2 core documents with the place of every value.

`NO` is text, `1e-3` is a number, `010` is ten, a date is text: what the file shows is what is read. Nothing is ever
constructed from a tag, aliases cannot multiply without bound, and a key stands once.
"""

from __future__ import annotations

from functools import lru_cache

from mlgate.config.core_scalars import Scalar, resolve
from mlgate.errors import ConfigError
from mlgate.late import compiled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    import yaml

MAX_BYTES = 2_000_000
MAX_NODES = 200_000
MAX_DEPTH = 64

_CORE_TAGS = {"str", "int", "float", "bool", "null", "map", "seq"}
_PREFIX = "tag:yaml.org,2002:"
_TAGGED = compiled(r"(&\S+\s+)?!")


class Node:
    """A value and its place: a scalar, a list of nodes, or a mapping from key text to node. Never changed once made.

    Written by hand, since a commit hook starts with it: importing `dataclasses` alone takes as long as a bare Python.

    Parameters
    ----------
    line, column : 1-based
    text : the scalar as written
    plain : whether it is a scalar without quotes
    tag : an explicit tag, short for the core ones
    key_places : file, line and column of each key of a mapping: with `extends` it holds keys of two files
    merged : of a mapping with merge keys (`<<`), the line of each and the mapping that it merges
    block : whether text in several lines stands after `|` or `>`
    """

    __slots__ = ("block", "column", "key_places", "line", "merged", "path", "plain", "tag", "text", "value")

    def __init__(  # noqa: PLR0913  # the facts of a value; all but four have a default
        self,
        value: Scalar | list[Node] | dict[str, Node],
        path: str,
        line: int,
        column: int,
        *,
        text: str = "",
        plain: bool = False,
        tag: str = "",
        key_places: dict[str, tuple[str, int, int]] | None = None,
        merged: tuple[tuple[int, Node], ...] = (),
        block: bool = False,
    ) -> None:
        self.value = value
        self.path = path
        self.line = line
        self.column = column
        self.text = text
        self.plain = plain
        self.tag = tag
        self.key_places = {} if key_places is None else key_places
        self.merged = merged
        self.block = block

    def __repr__(self) -> str:
        return f"Node({self.value!r}, {self.path}:{self.line}:{self.column})"

    def over(self, values: dict[str, Node], places: Mapping[str, tuple[str, int, int]]) -> Node:
        """The same mapping with other values, at other places."""
        return Node(values, self.path, self.line, self.column, text=self.text, tag=self.tag, key_places=dict(places))

    @property
    def kind(self) -> str:
        """Name of the value's type, as a person would say it."""
        match self.value:
            case dict():
                return "a mapping"
            case list():
                return "a list"
            case None:
                return "nothing"
            case bool():
                return "true or false"
            case int() | float():
                return "a number"
        return "text"

    def error(self, message: str, *, hint: str = "") -> ConfigError:
        """The mistake at this value's place."""
        return ConfigError(message, hint=hint, path=self.path, line=self.line, column=self.column)

    def key_error(self, key: str, message: str, *, hint: str = "") -> ConfigError:
        """The mistake at the place of one of this mapping's keys."""
        path, line, column = self.key_places.get(key, (self.path, self.line, self.column))
        return ConfigError(message, hint=hint, path=path, line=line, column=column)

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the file."""
        yield self
        match self.value:
            case dict():
                for child in self.value.values():
                    yield from child.walk()
            case list():
                for child in self.value:
                    yield from child.walk()

    def plain_data(self) -> object:
        """The value without places: dicts, lists and scalars."""
        match self.value:
            case dict():
                return {key: child.plain_data() for key, child in self.value.items()}
            case list():
                return [child.plain_data() for child in self.value]
        return self.value


def load_document(text: str, path: str, *, foreign_tags: bool = False) -> Node:
    """Parse one YAML document.

    Parameters
    ----------
    text : the file's text
    path : shown in errors
    foreign_tags : whether the document is somebody else's: a value with a tag such as `!include` is read as opaque
        text, and merge keys are followed, instead of both being refused

    Raises
    ------
    ConfigError
        Broken syntax, more than one document, a key that stands twice, a merge key or a tag that is refused, or a
        document that grows beyond `MAX_NODES` values or `MAX_DEPTH` levels.
    """
    return _loaded(text, path, foreign_tags)


@lru_cache(maxsize=2)  # who changes a document reads it again and again, as it was and as it is
def _loaded(text: str, path: str, foreign_tags: bool) -> Node:  # noqa: FBT001  # the cache tells arguments apart by place
    if len(text) > MAX_BYTES:
        raise ConfigError(f"larger than {MAX_BYTES:,} characters", hint="this is no configuration file", path=path)
    import yaml  # a data file that nothing declares does not need it

    text = text.removeprefix("\ufeff")
    # libyaml's parser is five times faster; the pure one reads the same language.
    composer = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    try:
        loader = composer(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        words = " ".join(part for part in (problem.context, problem.problem) if part)
        hint = "indent with spaces, not tabs" if "\\t" in words or "'\t'" in words else "correct the YAML syntax here"
        raise ConfigError(f"not valid YAML: {words}", hint=hint, path=path, line=line, column=column) from None
    except (yaml.YAMLError, UnicodeError) as problem:
        raise ConfigError(
            f"not valid YAML: {problem}".splitlines()[0], hint="save the file as UTF-8 text", path=path
        ) from None
    if root is None:
        return Node(None, path, 1, 1)
    if "*" in text:
        from mlgate.config.alias_growth import outgrows

        if outgrows(root, MAX_NODES):
            raise _too_large(path, root.start_mark.line + 1, root.start_mark.column + 1)
    return _Builder(text, path, foreign_tags=foreign_tags).build(root, 0)


def _too_large(path: str, line: int, column: int) -> ConfigError:
    fact = f"the document grows beyond {MAX_NODES:,} values or {MAX_DEPTH} levels"
    return ConfigError(
        fact, hint="replace nested aliases with what they stand for", path=path, line=line, column=column
    )


class _Builder:
    """Turns composed nodes into ours; counts, so that aliases cannot multiply without bound."""

    def __init__(self, text: str, path: str, *, foreign_tags: bool) -> None:
        self.lines = text.splitlines()
        self.path = path
        self.foreign_tags = foreign_tags
        self.seen = 0

    def build(self, node: Any, depth: int) -> Node:
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.seen += 1
        if self.seen > MAX_NODES or depth > MAX_DEPTH:
            raise _too_large(self.path, line, column)
        tag = self._tag(node, line, column)
        if node.id == "mapping":
            return self._mapping(node, depth, tag)
        if node.id == "sequence":
            items = [self.build(item, depth + 1) for item in node.value]
            return Node(items, self.path, line, column, tag=tag)
        style = getattr(node, "style", None)
        plain = not style
        written = str(node.value)
        if tag and tag not in _CORE_TAGS:
            return Node(written, self.path, line, column, text=written, tag=tag)
        if tag == "str" or (not plain and not tag):
            block = style in ("|", ">")
            return Node(written, self.path, line, column, text=written, tag=tag, block=block)
        return Node(resolve(written), self.path, line, column, text=written, plain=plain, tag=tag)

    def _tag(self, node: yaml.Node, line: int, column: int) -> str:
        """Explicit tag of a node, short for the core ones; empty where none is written."""
        if not _TAGGED.match(self.lines[line - 1][column - 1 :] if line <= len(self.lines) else ""):
            return ""
        tag = str(node.tag)
        short = tag.removeprefix(_PREFIX)
        if tag == "!" or short in _CORE_TAGS:
            return short.replace("!", "str")
        if self.foreign_tags:
            return tag
        raise ConfigError(
            f"the tag {tag.replace(_PREFIX, '!!')} is not allowed",
            hint="write plain values: nothing is ever constructed from a tag",
            path=self.path,
            line=line,
            column=column,
        )

    def _mapping(self, node: yaml.MappingNode, depth: int, tag: str) -> Node:
        values: dict[str, Node] = {}
        places: dict[str, tuple[str, int, int]] = {}
        merged: list[tuple[int, Node]] = []
        merge_line = 0
        for key_node, value_node in node.value:
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key_node.id != "scalar":
                raise self._mistake(
                    "a key must be a single value", "quote it: {{ ... }} is text in quotes", line, column
                )
            key = str(key_node.value)
            merges = key == "<<" and not key_node.style
            if key in values or (merges and merge_line):
                first = merge_line if merges else places[key][1]
                hint = "keep one of them: a reader would silently take the last"
                raise self._mistake(f"the key {key!r} stands twice (first in line {first})", hint, line, column)
            if merges:
                if not self.foreign_tags:
                    hint = "use `extends:` for shared defaults, or write the values out"
                    raise self._mistake("merge keys (<<) are not part of YAML 1.2", hint, line, column)
                merge_line = line
                merged = [(line, item) for item in self._to_merge(value_node, depth + 1, line, column)]
                continue
            places[key] = (self.path, line, column)
            values[key] = self.build(value_node, depth + 1)
        for _, source in merged:
            self._merge(source, values, places)
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        return Node(values, self.path, line, column, tag=tag, key_places=places, merged=tuple(merged))

    def _to_merge(self, node: yaml.Node, depth: int, line: int, column: int) -> list[Node]:
        """The mappings that a merge key names, the one that goes before the others first."""
        built = self.build(node, depth)
        sources = built.value if isinstance(built.value, list) else [built]
        if not all(isinstance(source.value, dict) for source in sources):
            raise self._mistake(
                "<< merges what is no mapping", "write <<: *anchor of a mapping, or a list of them", line, column
            )
        return sources

    def _merge(self, source: Node, values: dict[str, Node], places: dict[str, tuple[str, int, int]]) -> None:
        if isinstance(source.value, dict):
            self.seen += len(source.value)
            for key, value in source.value.items():
                if key not in values:
                    values[key], places[key] = value, source.key_places[key]

    def _mistake(self, message: str, hint: str, line: int, column: int) -> ConfigError:
        return ConfigError(message, hint=hint, path=self.path, line=line, column=column)
