"""Interpolations of OmegaConf (`${optimizer.lr}`) that lead nowhere."""

from __future__ import annotations

import re

from mlgate.config.document import Node
from mlgate.lint.config_found import FAIL, WARN, Config, Entry, Found, nearest_name, short
from mlgate.lint.config_hydra import Default, defaults_of, is_hydra, named_defaults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_SIMPLE = r"(?<!\\)\$\{(\.*)([A-Za-z_][\w.\[\]-]*)\}"
"""An interpolation of a path, without a resolver or another one inside."""
_OPEN = r"(?<!\\)\$\{[^{}]*$"
_ENVIRONMENT = r"[A-Z][A-Z0-9_]*"
MAX_HOPS = 50
Told = tuple[str, str, str]
"""Status, fact, next step."""


class Composed:
    """A document with the values of the files that its defaults list names.

    Parameters
    ----------
    values : the values that are known
    whole : whether these are all: every default is known, and no other file is composed with this one
    is_primary : whether it has a defaults list, so that Hydra composes it
    """

    __slots__ = ("is_primary", "values", "whole")

    def __init__(self, values: Node, *, whole: bool, is_primary: bool) -> None:
        self.values = values
        self.whole = whole
        self.is_primary = is_primary


def compose(config: Config, load: Callable[[Default], Node | None], *, in_group: bool) -> Composed:
    """The document over its defaults, as far as they are known.

    Parameters
    ----------
    load : the document of a default; None where it cannot be read
    in_group : whether the file may itself be an option of another one's defaults
    """
    whole = not in_group
    values = config.document
    for default in reversed(named_defaults(defaults_of(config) or [])):
        below = load(default) if default.known else None
        if below is None:
            whole = whole and default.of_hydra
            continue
        if isinstance(below.value, dict) and "defaults" in below.value:
            whole = False
        for name in reversed([part for part in default.package.split(".") if part]):
            below = Node({name: below}, config.path, 1, 1)
        values = _over(below, values)
    return Composed(values, whole=whole, is_primary=defaults_of(config) is not None)


def _over(below: Node, above: Node) -> Node:
    if not isinstance(below.value, dict) or not isinstance(above.value, dict):
        return above
    values = dict(below.value)
    for key, node in above.value.items():
        values[key] = _over(values[key], node) if key in values else node
    return above.over(values, {**below.key_places, **above.key_places})


def config_interpolation(config: Config, composed: Callable[[], Composed]) -> list[Found] | None:
    """Every interpolation (`${optimizer.lr}`) of a Hydra or OmegaConf config leads to a value.

    Looked for in the file, with the files that its defaults list names: absolute paths from the top, relative ones
    (`${.lr}`, `${..lr}`) from where they stand. Resolvers (`${oc.env:HOME}`, `${now:...}`, any `${name:...}`) are left
    alone, and so is a name whose first part may come from a file that is not known here. Where the file
    has no defaults list, code may add the rest: a name that is not at its top is a `warn`, unless one is nearly the
    same. `fail` also for an interpolation that is never closed, and for values that refer to each other in a circle.
    """
    if "${" not in config.text or not is_hydra(config) or config.path.rpartition("/")[2] in ("dvc.yaml", "dvc.yml"):
        return None
    whole = composed()
    found = []
    for entry in config.entries:
        text = entry.node.value
        if not isinstance(text, str) or "${" not in text or "${{" in text:
            continue
        told = _unclosed(text) or next(
            filter(None, (_lost(one, entry, whole) for one in re.finditer(_SIMPLE, text))), None
        )
        told = told or _circle(entry, whole)
        if told:
            status, fact, hint = told
            part = "/".join(map(str, entry.place))
            found.append(Found(status, f"{entry.name}: {fact}", hint, entry.node.line, part=part))
    return found


def _unclosed(text: str) -> Told | None:
    if re.search(_OPEN, text) and text.count("{") > text.count("}"):
        return FAIL, f"{short(text)} has an interpolation that is never closed", "close it with }"
    return None


def _lost(found: re.Match[str], entry: Entry, composed: Composed) -> Told | None:
    """Why an interpolation leads nowhere; None where it leads to a value, or that cannot be known."""
    dots, path = found[1], found[2]
    parts = re.findall(r"[^.\[\]]+", path)
    if dots:
        start = entry.place[: len(entry.place) - len(dots)]
        if len(dots) > len(entry.place):
            return FAIL, f"{found[0]} leads above the top of the document", "take a point away"
        parts = [*map(str, start), *parts]
    elif re.fullmatch(_ENVIRONMENT, path) or parts[0] == "hydra":
        return None
    node = composed.values
    for number, part in enumerate(parts):
        if isinstance(node.value, str) and "${" in node.value:
            return None
        below = _child(node, part)
        if below is None:
            known = list(node.value) if isinstance(node.value, dict) else []
            return _nowhere(found[0], parts[:number], part, known, composed=composed)
        node = below
    return None


def _nowhere(written: str, above: list[str], part: str, known: list[str], *, composed: Composed) -> Told | None:
    """How sure it is that nothing is there: what stands below a known key is, the top only where all is known."""
    near = nearest_name(part, known)
    where = f"{'.'.join(above)} has no {part}" if above else f"there is no {part} at the top"
    told = f"did you mean {'.'.join([*above, near])}?" if near else f"there are: {', '.join(known[:10]) or 'none'}"
    if not above and not composed.whole:
        return None
    status = FAIL if above or composed.is_primary or (near and _is_close(part, near)) else WARN
    return status, f"{written} leads nowhere: {where}", told


def _is_close(name: str, other: str) -> bool:
    import difflib

    return difflib.SequenceMatcher(None, name, other).ratio() >= 0.8


def _child(node: Node, part: str) -> Node | None:
    value = node.value
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list) and part.lstrip("-").isdigit() and -len(value) <= int(part) < len(value):
        return value[int(part)]
    return None


def _circle(entry: Entry, composed: Composed) -> Told | None:
    """Whether a value that is one interpolation comes back to itself."""
    text, place = entry.node.value, tuple(map(str, entry.place))
    seen = [place]
    while isinstance(text, str) and len(seen) <= MAX_HOPS:
        only = re.fullmatch(_SIMPLE, text)
        if not only:
            return None
        start = place[: len(place) - len(only[1])] if only[1] else ()
        place = (*start, *re.findall(r"[^.\[\]]+", only[2]))
        if place in seen:
            shown = " -> ".join(".".join(one) for one in [*seen, place])
            return FAIL, f"refers to itself: {shown}", "give one of them a value"
        seen.append(place)
        node: Node | None = composed.values
        for part in place:
            node = _child(node, part) if node is not None else None
        if node is None:
            return None
        text = node.value
    return None
