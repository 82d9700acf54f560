"""Aliases of YAML that multiply: told before anything is built, so that they cost nothing."""

from __future__ import annotations

import yaml


def outgrows(root: yaml.Node, most: int) -> bool:
    """Whether a document holds more than `most` values with its aliases written out, or nests too deeply to tell."""
    try:
        return _size(root, {}, most) > most
    except RecursionError:
        return True


def _size(node: yaml.Node, known: dict[int, float], most: int) -> float:
    """Number of values from a node on; infinite where one holds itself."""
    if isinstance(node, yaml.ScalarNode):
        return 1
    if id(node) not in known:
        known[id(node)] = float("inf")
        if len(known) > most:
            return float("inf")
        items = node.value if isinstance(node, yaml.SequenceNode) else [value for _, value in node.value]
        known[id(node)] = 1 + sum(_size(item, known, most) for item in items)
    return known[id(node)]
