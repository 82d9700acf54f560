"""The seed that a training config must have."""

from __future__ import annotations

from mlgate.config.document import Node
from mlgate.lint.config_found import FAIL, WARN, Config, Found, nearest_name

NAMES = ("seed", "random_seed", "random_state", "manual_seed", "rng_seed", "seed_everything")
REQUIRED = "required"
NONE = "none"
MAX_DEPTH = 3


def config_seed(config: Config, declared: str) -> list[Found] | None:
    """A training config has a seed, which is a whole number.

    Asked for by `seed:` of the entry in mlgate.yaml: `required` takes `seed`, `random_seed`, `random_state`,
    `manual_seed`, `rng_seed` or `seed_everything` in the first three levels; a place (`training.seed`) takes just
    that. `fail` where it is absent, null, mandatory (`???`), true or no whole number; `warn` where it is below 0, which
    draws a new seed in most libraries. An interpolation is taken for a number: where it leads is judged by
    `config_interpolation`.
    """
    if not declared or declared == NONE:
        return None
    if declared == REQUIRED:
        entries = [item for item in config.entries if item.key.lower() in NAMES and len(item.place) <= MAX_DEPTH]
        nodes = [(item.name, item.node) for item in sorted(entries, key=lambda item: len(item.place))]
    else:
        node = _at(config.document, declared.split("."))
        nodes = [(declared, node)] if node is not None else []
    if not nodes:
        name = "seed" if declared == REQUIRED else declared
        keys = [item.key for item in config.entries if item.key]
        near = nearest_name(name.rpartition(".")[2], keys)
        hint = f"did you mean it by {near}?" if near else f"write {name}: 42"
        return [Found(FAIL, f"there is no {name}: two runs of this config differ", hint, config.document.line)]
    return [item for name, node in nodes for item in [_judged(config, name, node)] if item]


def _at(node: Node, parts: list[str]) -> Node | None:
    for part in parts:
        if not isinstance(node.value, dict) or part not in node.value:
            return None
        node = node.value[part]
    return node


def _judged(config: Config, name: str, node: Node) -> Found | None:
    value = node.value
    if isinstance(value, str) and ("${" in value or (config.kind == "ini" and value.strip().lstrip("-").isdigit())):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if value >= 0:
            return None
        hint = "write a whole number from 0 on"
        return Found(WARN, f"{name}: {value} draws a new seed in most libraries", hint, node.line, part=name)
    if value is None:
        return Found(FAIL, f"{name}: is nothing, so that two runs differ", f"write {name}: 42", node.line, part=name)
    written = node.text or node.kind
    return Found(FAIL, f"{name}: {written} is no whole number", f"write {name}: 42", node.line, part=name)
