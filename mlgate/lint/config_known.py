"""Well-known keys of training configs: types, ranges, and what belongs together."""

from __future__ import annotations

import math
import re

from mlgate.lint.config_found import FAIL, WARN, Config, Entry, Found, short
from mlgate.lint.config_names import COUNTS, FLAGS, NUMBERS, POSITIVE, RATES, SHARES, STEPS
from mlgate.lint.config_values import is_number_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlgate.config.document import Node

_TRUE_TEXT = ("true", "True", "TRUE", "false", "False", "FALSE", "yes", "no", "on", "off")
_NUMBERLIKE = r"[-+]?\.?[0-9][\w.,+-]*"
_OF_TEXT = ("None", "null", "NaN", "nan")


def config_known(config: Config) -> list[Found] | None:
    """Well-known keys of training configs hold what every library takes them for.

    `fail`: a number that is text (`learning_rate: "5e-5"`, `batch_size: 32x`) or true, a flag that is text
    (`shuffle: "false"` is true in Python), a count below 0 or not whole (`batch_size: -8`), a share outside 0 to 1
    (`dropout: 10`), a rate below 0. `warn`: a count of 0, a learning rate of 0, or of 100 and more; a seed that NumPy
    refuses (below 0 or above 2**32 - 1). Text such as `auto`, interpolations, lists and mappings (spaces of a search)
    are left alone, as is any key that is not in this small table. In ini files every value is text.
    """
    found = []
    for entry in config.entries:
        key = entry.key.lower()
        if key in NUMBERS:
            told = _of_number(config, entry, key)
        elif key in FLAGS:
            told = _of_flag(config, entry)
        else:
            continue
        if told:
            status, fact, hint = told
            part = "/".join(map(str, entry.place))
            found.append(Found(status, f"{entry.name}: {fact}", hint, entry.node.line, part=part))
    return found


def _of_number(config: Config, entry: Entry, key: str) -> tuple[str, str, str] | None:
    value = entry.node.value
    if isinstance(value, bool):
        return FAIL, f"{str(value).lower()} is no number", "write a number"
    if isinstance(value, str):
        return _of_text(config, entry.node, value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    if key in RATES:
        return _of_rate(key, value)
    if key in COUNTS:
        return _of_count(key, value)
    if key in STEPS:
        return _of_step(key, value)
    return None


def _of_text(config: Config, node: Node, text: str) -> tuple[str, str, str] | None:
    """A text where a number is meant."""
    if config.kind == "ini":
        bad = re.fullmatch(_NUMBERLIKE, text) and not is_number_text(node) and "," not in text
        return (FAIL, f"{short(text)} is no number", "correct the number") if bad else None
    if node.plain and (re.fullmatch(r"[-+]?\d+,\d+", text) or text in _OF_TEXT):
        return None  # told as a trap
    if is_number_text(node):
        return FAIL, f'"{short(text)}" is text, no number', f"write {_number(text)} without quotes"
    if text in _OF_TEXT or not text.strip():
        return FAIL, f'"{text}" is text, no number', "write a number, or null"
    if re.fullmatch(_NUMBERLIKE, text) and not re.search(r"[#,;/]", text) and not re.search(r"\d[-:]\d", text):
        return FAIL, f"{short(text)} is text, no number", "correct the number"
    return None


def _number(text: str) -> str:
    from mlgate.lint.config_values import with_point

    return with_point(text.strip()) if re.search("[eE]", text) else text.strip()


def _of_rate(key: str, value: float) -> tuple[str, str, str] | None:
    if key in SHARES and not 0 <= value <= 1:
        return FAIL, f"{value:g} is outside 0 to 1", "write a share, 0.1 for 10 %"
    if value < 0 and (key in POSITIVE or key in ("weight_decay", "max_grad_norm", "min_lr")):
        return FAIL, f"{value:g} is below 0", "write a number above 0"
    if key in POSITIVE and value == 0:
        return WARN, "0 has no effect, or divides by zero", "write a number above 0"
    if (key.endswith("lr") or key == "learning_rate") and value >= 100:
        return WARN, f"{value:g} is very large for a learning rate", "is an exponent missing?"
    return None


def _of_count(key: str, value: float) -> tuple[str, str, str] | None:
    if value == 0 and not key.startswith("per_device"):
        return WARN, "0 is no size, unless it turns something off here", "write 1 or more"
    if (value < 1 or value != int(value)) and not (key.endswith("batch_size") and value == -1):
        return FAIL, f"{value} is no whole number of at least 1", "write 1 or more"
    return None


def _of_step(key: str, value: float) -> tuple[str, str, str] | None:
    if key.endswith(("seed", "state")):
        if value != int(value):
            return FAIL, f"{value:g} is no whole number", "write an integer"
        if not -1 <= value < 2**32:
            return WARN, f"{value:g} is no seed for NumPy, which takes 0 to 4294967295", "write one of these"
        return None
    share = key in ("save_steps", "eval_steps", "logging_steps", "max_length", "min_steps") and 0 < value < 1
    if value != int(value) and not share and not (key.startswith("warmup") and 0 <= value < 1) and "epochs" not in key:
        return FAIL, f"{value:g} is no whole number", "write an integer"
    return (FAIL, f"{value:g} is below 0", "write 0 or more") if value < -1 else None


def _of_flag(config: Config, entry: Entry) -> tuple[str, str, str] | None:
    node = entry.node
    if config.kind == "ini" or not isinstance(node.value, str) or node.value not in _TRUE_TEXT:
        return None
    if node.plain:
        return None  # `yes` and `no` without quotes are told as values of two meanings
    wanted = "true" if node.value.lower() in ("true", "yes", "on") else "false"
    return FAIL, f'"{node.value}" is text, which is true in Python whatever it says', f"write {wanted} without quotes"
