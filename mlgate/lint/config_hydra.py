"""Configs of Hydra and OmegaConf: defaults lists, interpolations, mandatory values, `_target_`.

A config is one of these by its signs only: a `defaults` list of the right shape, `_target_`, `???`, or an interpolation
that only OmegaConf knows, or of a key at its top. Files are asked for through a callable: nothing is opened here.
"""

from __future__ import annotations

import re

from mlgate.config.document import Node
from mlgate.lint.config_found import FAIL, WARN, Config, Entry, Found, nearest_name, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MISSING = "???"
_TARGET = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+"
_KNOWN_BY = r"\$\{(?:oc\.|now:|hydra[.:]|\.|[A-Za-z_]\w*\.[A-Za-z_])"
"""Interpolations that only OmegaConf has: resolvers of its own, relative ones, and paths."""
_OF_NAME = r"(?<!\\)\$\{([a-z]\w*)\}"
"""One of a single name, which counts where a key at the top of the file is called so."""


def is_hydra(config: Config) -> bool:
    """Whether a YAML file shows that OmegaConf reads it."""
    if config.kind != "yaml":
        return False
    text = config.text
    if "_target_" not in text and "${" not in text and MISSING not in text and "defaults:" not in text:
        return False
    top = config.document.value
    names = top if isinstance(top, dict) else {}
    return defaults_of(config) is not None or any(_is_sign(entry, names) for entry in config.entries)


def _is_sign(entry: Entry, names: Mapping[str, Node]) -> bool:
    value = entry.node.value
    if entry.key == "_target_" or value == MISSING:
        return True
    if not isinstance(value, str) or "${" not in value:
        return False
    return bool(re.search(_KNOWN_BY, value)) or any(name in names for name in re.findall(_OF_NAME, value))


def defaults_of(config: Config) -> list[Node] | None:
    """The items of a defaults list; None where there is none of the shape that Hydra knows."""
    top = config.document.value
    node = top.get("defaults") if isinstance(top, dict) else None
    if node is None or not isinstance(node.value, list) or not node.value:
        return None
    return node.value if all(_is_default(item) for item in node.value) else None


def _is_default(item: Node) -> bool:
    if isinstance(item.value, str):
        return True
    if not isinstance(item.value, dict) or len(item.value) != 1:
        return False
    (option,) = item.value.values()
    return option.value is None or isinstance(option.value, str | list)


class Default:
    """One file that a defaults list names.

    Parameters
    ----------
    group, option : folder and name below the folder of the list, or below its root where `absolute`
    package : where its values go, dotted; empty for the top
    line : of the item
    optional : whether it may be absent
    of_hydra : whether the group is one of Hydra's own
    known : whether the file can be told from the text: no interpolation, not `???`, none of Hydra's own groups
    """

    __slots__ = ("absolute", "group", "known", "line", "of_hydra", "option", "optional", "package")

    def __init__(self, written: str, option: str, line: int) -> None:
        words = written.split()
        self.optional = "optional" in words[:-1]
        name, _, package = (words[-1] if words else "").partition("@")
        self.absolute = name.startswith("/")
        self.group = name.strip("/")
        self.option = option.removesuffix(".yaml").removesuffix(".yml")
        self.line = line
        self.package = self.group.replace("/", ".") if not package else "" if package == "_global_" else package
        self.of_hydra = self.group.split("/")[0] == "hydra"
        dynamic = "${" in written + option or MISSING in option or self.of_hydra
        self.known = not dynamic and "override" not in words[:-1]

    @property
    def path(self) -> str:
        """The file without its ending, relative to the folder of the list or its root."""
        return f"{self.group}/{self.option}" if self.group else self.option


def named_defaults(items: list[Node]) -> list[Default]:
    """The files that a defaults list names, in its order; `_self_` and nothing are left out."""
    named = []
    for item in items:
        if isinstance(item.value, str):
            name, _, package = item.value.partition("@")
            words = name.split()
            if name.strip() != "_self_" and words:
                folder, _, option = words[-1].rpartition("/")
                group = " ".join([*words[:-1], folder or "."]) + (f"@{package}" if package else "@_global_")
                default = Default(group, option, item.line)
                default.group = "" if default.group == "." else default.group
                named.append(default)
            continue
        for written, chosen in item.value.items() if isinstance(item.value, dict) else ():
            choices = chosen.value if isinstance(chosen.value, list) else [chosen]
            named += [Default(written, one.value, item.line) for one in choices if isinstance(one.value, str)]
    return named


def config_defaults(
    config: Config, find: Callable[[Default], tuple[str, list[str]]], has_store: Callable[[], bool]
) -> list[Found] | None:
    """Every file that the defaults list of a Hydra config names is there.

    `- model: resnet` needs `model/resnet.yaml` beside the file, `/group: option` one below a folder above; `optional`,
    `override`, `_self_`, packages (`group@package`), interpolations and Hydra's own groups are understood. `fail` where
    it is absent, with the nearest name; `warn` where it may come from elsewhere: configs that the repository registers
    in code (`ConfigStore`), `hydra.searchpath`, or a list of plain words of which none is a file here.

    Parameters
    ----------
    find : the file of a default, or an empty text, and the options that its group has
    has_store : whether the repository registers configs in code
    """
    items = defaults_of(config)
    if items is None:
        return None
    looked = [(one, *find(one)) for one in named_defaults(items) if one.known and not one.optional]
    missing = [(default, options) for default, path, options in looked if not path]
    sure = len(missing) < len(looked) or any(isinstance(item.value, dict) or item.value == "_self_" for item in items)
    status = WARN if missing and (not sure or _searches_elsewhere(config) or has_store()) else FAIL
    found = []
    for default, options in missing:
        near = nearest_name(default.option, options)
        others = f"there are: {', '.join(options[:10])}" if options else "add the file"
        hint = f"did you mean {near}?" if near else others
        hint += " (or is it registered in a ConfigStore?)" if status == WARN else ""
        fact = f"defaults: {default.path}.yaml is not there"
        found.append(Found(status, fact, hint, default.line, part=default.path))
    return found


def _searches_elsewhere(config: Config) -> bool:
    """Whether Hydra is told to look for configs in other places, too."""
    return any(entry.place == ("hydra", "searchpath") for entry in config.entries)


def config_missing_value(config: Config) -> list[Found] | None:
    """No value is mandatory and still missing (`???`).

    OmegaConf stops when such a value is read, unless the command line or another file gives it: `warn`, with the names.
    """
    if MISSING not in config.text or config.kind != "yaml":
        return None
    missing = [entry for entry in config.entries if entry.node.value == MISSING and "defaults" not in entry.place]
    if not missing:
        return []
    names = ", ".join(entry.name for entry in missing[:10]) + (", ..." if len(missing) > 10 else "")
    fact = f"{names}: {'is' if len(missing) == 1 else 'are'} mandatory (???) and not given here"
    return [
        Found(
            WARN,
            fact,
            "give the value on the command line or in a file that is composed with this one",
            missing[0].node.line,
        )
    ]


def config_target(config: Config) -> list[Found] | None:
    """Every `_target_` of a Hydra config is a dotted path (`package.module.Class`), which can be imported."""
    entries = [entry for entry in config.entries if entry.key == "_target_"]
    if not entries:
        return None
    found = []
    for entry in entries:
        value = entry.node.value
        if isinstance(value, str) and (value == MISSING or "${" in value or re.fullmatch(_TARGET, value)):
            continue
        written = short(entry.node.text) or entry.node.kind
        fact = f"{entry.name}: {written} is no dotted path"
        hint = "write package.module.Class, with points only and at least one"
        found.append(Found(FAIL, fact, hint, entry.node.line, part="/".join(map(str, entry.place))))
    return found
