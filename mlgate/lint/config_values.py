"""Checks of single values: two meanings, numbers that are not finite, tags."""

from __future__ import annotations

import math
import re

from mlgate.config.document import Node
from mlgate.lint.config_found import FAIL, MAX_FINDINGS, WARN, Config, Entry, Found, short
from mlgate.lint.config_names import CONVERTING, NUMBERS, STRATEGIES
from mlgate.lint.config_readings import (
    CERTAIN,
    EXPONENT,
    OMEGACONF,
    PYYAML,
    YAML12,
    Unreadable,
    read_by_omegaconf,
    read_by_pyyaml,
    said,
    same_value,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BOTH = "write the value so that it has one meaning"
_FOR_ALL = ", which every reader takes for the number"
_QUOTE = f"{_BOTH}: in quotes for text"


def config_ambiguous(config: Config, reader: str, other: Callable[[], str]) -> list[Found] | None:
    """No plain value of a YAML file is read differently by YAML 1.1 (PyYAML, OmegaConf) and YAML 1.2.

    `lr: 1e-3` is a number in YAML 1.2 and the text "1e-3" for PyYAML; `no` is text in 1.2 and false in 1.1; `12:30:45`
    is the number 45045 in 1.1, `010` the number 8, and a date is a date rather than text. Values are judged, keys are
    not. A number with an exponent whose key says that it is a number (`lr`, `weight_decay`, ...) is a `fail`, since
    most training code reads YAML with PyYAML, where it is text, and to write it for all readers (`1.0e-3`) costs
    nothing; so is a value that PyYAML cannot read at all, and `no` as a strategy of the Trainer. Others are a `warn`.
    `reader: pyyaml` in mlgate.yaml makes every number with an exponent a `fail`; where the reader is `omegaconf`, or
    the file shows that Hydra reads it, only what OmegaConf takes for something else is told; `yaml12` tells nothing.
    Where nothing is declared, but the keys are those of a framework that makes numbers of such texts (axolotl,
    LLaMA-Factory, Lightning, rl_zoo3), or the project's dependencies name a library that reads them as numbers
    (OmegaConf, jsonargparse, ruamel.yaml), it is a `warn`.

    Parameters
    ----------
    reader : as declared or told by the file; empty where it is not known
    other : the library among the project's dependencies that reads exponents as numbers, or an empty text
    """
    if config.kind != "yaml" or reader == YAML12:
        return None if config.kind != "yaml" else []
    found = [item for entry in config.entries for item in [_ambiguity(entry, reader)] if item]
    if not config.entries:
        found = [item for item in [_ambiguity(Entry((), "", config.document, None), reader)] if item]
    if reader != PYYAML:
        _soften(found, lambda: _converting(config) or other())
    for status in (FAIL, WARN):
        of_status = [item for item in found if item.status == status]
        if len(of_status) > 1:
            kept = of_status[0]
            values = [item.evidence["values"][0] for item in of_status[:MAX_FINDINGS]]
            kept.message += f" (and {len(of_status) - 1} more)"
            kept.evidence = {"values": values}
            found = [item for item in found if item.status != status or item is kept]
    return found


def _soften(found: list[Found], other: Callable[[], str]) -> None:
    """Make exponents a warning where the project depends on a library that reads them as numbers."""
    exponents = [item for item in found if item.status == FAIL and item.hint.endswith(_FOR_ALL)]
    library = other() if exponents else ""
    for item in exponents if library else ():
        item.status, item.part = WARN, ""
        item.message += f"; {library} takes it for the number"


def _converting(config: Config) -> str:
    """The framework whose config this is by its keys, where it makes numbers of such texts; empty for none."""
    keys = {entry.key for entry in config.entries}
    return next((name for name, signs in CONVERTING if signs <= keys), "")


def _ambiguity(entry: Entry, reader: str) -> Found | None:
    """Why another reader takes a plain value for something else than YAML 1.2 does."""
    node = entry.node
    text = node.text
    if not node.plain or isinstance(node.value, (dict, list)) or CERTAIN.fullmatch(text):
        return None
    omega = reader == OMEGACONF
    other = read_by_omegaconf(text) if omega else read_by_pyyaml(text)
    if same_value(other, node.value):
        return None
    name = "OmegaConf" if omega else "PyYAML"
    why = f"{text} is {said(node.value)} in YAML 1.2 and {said(other)} in YAML 1.1 ({name})"
    status, hint = WARN, _BOTH
    if isinstance(other, Unreadable):
        status, hint = FAIL, "quote it"
        why = f"{text} is {said(node.value)} in YAML 1.2, and PyYAML cannot read it"
    elif re.fullmatch(EXPONENT, text) and isinstance(other, str):
        hint = f"write {with_point(text)}{_FOR_ALL}"
        status = FAIL if reader == PYYAML or entry.key.lower() in NUMBERS else WARN
    elif entry.key in STRATEGIES and other is False:
        status, hint = FAIL, f'write {entry.key}: "{text.lower()}"'
    elif isinstance(other, bool):
        hint = f'write {said(other)}, or "{text}" for text'
    elif isinstance(node.value, str):
        hint = _QUOTE
    where = f"{entry.key}: " if entry.key else ""
    values = [{"line": node.line, "value": text, "why": why.removeprefix(f"{text} ")}]
    part = "" if status == WARN else "fail"
    return Found(status, where + why, hint, node.line, part=part, evidence={"values": values})


def with_point(text: str) -> str:
    """A number with an exponent so that every reader takes it for a number.

    Examples
    --------
    >>> [with_point(text) for text in ("1e-3", "5E6", "2.5e4", ".5e1")]
    ['1.0e-3', '5.0e+6', '2.5e+4', '0.5e+1']
    """
    mantissa, _, exponent = text.lower().partition("e")
    mantissa = re.sub(r"^([-+]?)\.", r"\g<1>0.", mantissa)
    mantissa = mantissa if "." in mantissa else f"{mantissa}.0"
    return f"{mantissa}e{exponent if exponent[0] in '+-' else f'+{exponent}'}"


def config_not_finite(config: Config) -> list[Found] | None:
    """Every number is finite.

    NaN, and a number that overflows such as `1e999`, is a `fail`: no comparison with it holds. An infinity that is
    written as such (`.inf`, in TOML `inf`) is a `warn`.
    """
    found = []
    for entry in config.entries or [Entry((), "", config.document, None)]:
        value = entry.node.value
        if not isinstance(value, float) or math.isfinite(value):
            continue
        written = entry.node.text or str(value)
        explicit = math.isinf(value) and "inf" in written.lower()
        fact = "not a number" if math.isnan(value) else "infinite" if explicit else "too large for a number: infinite"
        status = WARN if explicit else FAIL
        where = f"{entry.name}: " if entry.name else ""
        message = f"{where}{short(written)} is {fact}"
        found.append(Found(status, message, "write a finite number", entry.node.line, part=_part(entry)))
    return found


def _part(entry: Entry) -> str:
    return "/".join(str(part) for part in entry.place)


_BUILT_BY_NAME = r"python/object/apply:pathlib\.\w*Path$|python/name:(?:material|materialx|pymdownx)\.[\w.]+$"


def _is_home_of(tag: str, path: str) -> bool:
    """Whether a tag is at home in a file: a name of a function only where MkDocs reads it."""
    return "python/name" not in tag or re.fullmatch(r"mkdocs[\w.-]*\.ya?ml", path.rpartition("/")[2]) is not None


def config_tag(config: Config) -> list[Found] | None:
    """No tag of a YAML file makes an unsafe loader build a Python object.

    `!!python/object/apply:os.system` runs a command in `yaml.load` with an unsafe loader, and stops `yaml.safe_load`:
    `fail`, whatever it names. Paths as OmegaConf writes them (`!!python/object/apply:pathlib.PosixPath`), which its own
    loader builds by name, are a `warn`; so are the functions of `material` and `pymdownx` in an mkdocs.yml. mlgate
    itself never builds anything from a tag. Other tags (`!include`) are left to the loader that knows them.
    """
    if config.kind != "yaml":
        return None
    found = []
    for entry in [Entry((), "", config.document, None), *config.entries]:
        tag = entry.node.tag
        if "python/" in tag:
            shown = tag.replace("tag:yaml.org,2002:", "!!")
            status = WARN if re.search(_BUILT_BY_NAME, tag) and _is_home_of(tag, config.path) else FAIL
            where = f"{entry.name}: " if entry.place else ""
            message = f"{where}the tag {short(shown)} is not allowed: an unsafe loader would build it, a safe one stops"
            hint = "write plain values, and build the object in the code"
            found.append(Found(status, message, hint, entry.node.line, part=_part(entry)))
    return found


def is_number_text(node: Node) -> bool:
    """Whether a text is written as a number."""
    return isinstance(node.value, str) and bool(
        re.fullmatch(r"[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", node.value.strip())
    )
