"""Merge keys (`<<`) that do not do what they seem to."""

from __future__ import annotations

from mlgate.config.document import Node
from mlgate.lint.config_found import WARN, Config, Found


def config_merge(config: Config) -> list[Found] | None:
    """Every merge key (`<<`) of a YAML file does what it seems to.

    `warn`: a key above `<<` that the merged mapping holds, too (the order does not matter: the key always wins); a key
    whose mapping replaces a merged one and so drops some of its keys (merging is not deep); a key that two merged
    mappings hold (the first wins). A merge of an unknown anchor or of no mapping is a mistake of syntax.
    """
    if config.kind != "yaml" or "<<" not in config.text:
        return None
    found: list[Found] = []
    seen: set[int] = set()
    for name, node in [("", config.document), *((entry.name, entry.node) for entry in config.entries)]:
        if node.merged and id(node) not in seen:
            seen.add(id(node))
            found += _of_mapping(name, node)
    return found


def _of_mapping(name: str, node: Node) -> list[Found]:
    if not isinstance(node.value, dict):
        return []
    found, taken = [], dict[str, Node]()
    for line, source in node.merged:
        for key, merged in source.value.items() if isinstance(source.value, dict) else ():
            own = node.value[key]
            first = taken.setdefault(key, merged)
            where = f"{name}.{key}" if name else key
            place = node.key_places[key][1]
            if first is not merged:
                fact = f"{where}: two merged mappings hold it, and the first (line {first.line}) wins"
                found.append(Found(WARN, fact, "write the key out", line, part=f"{where}:twice"))
            elif own is merged:
                continue
            elif place < line:
                fact = f"{where}: stands above <<, which does not change it: a key always wins over a merged one"
                found.append(Found(WARN, fact, "move << to the top of the mapping", line, part=f"{where}:order"))
            dropped = _dropped(own, merged)
            if dropped and own is not merged:
                fact = f"{where}: replaces the merged mapping and drops {', '.join(dropped)}: << does not merge deeply"
                hint = f"write `<<: *anchor` inside {key} too, or the keys out"
                found.append(Found(WARN, fact, hint, place, part=f"{where}:deep"))
    return found


def _dropped(own: Node, merged: Node) -> list[str]:
    if not isinstance(own.value, dict) or not isinstance(merged.value, dict):
        return []
    return [key for key in merged.value if key not in own.value]
