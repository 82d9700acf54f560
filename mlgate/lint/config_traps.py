"""Traps of YAML and ini: what was meant as structure, and became text."""

from __future__ import annotations

import re

from mlgate.lint.config_found import FAIL, WARN, Config, Entry, Found, short
from mlgate.lint.config_names import NUMBERS, SECTIONS

# Patterns are compiled when they are first needed: a hook starts with this module, and most files need none.
_NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_PAIR = r"[A-Za-z_][\w.-]*[:=](?=[^\s/:\\])"
_PAIR_OF_NUMBER = r"[A-Za-z_]\w*[:=]\s?(?:[-+]?[\d.]+(?:[eE][-+]?\d+)?|true|false|null)"
_COMMENT = rf"(?:{_NUMBER}|true|false)\s?(?:#|//).*"
_ENDED = rf"(?:{_NUMBER}|true|false|True|False)\s*[,;]"
_DECIMAL_COMMA = r"[-+]?\d+,\d+"
_TUPLE = r"\(\s*[-+\d.][-+\d.\s,eE]*\)"
_DROPPED = r":\s+(#[0-9A-Za-z_]\S*)\s*$"
_FORMS = (
    (_COMMENT, FAIL, "is text: a comment starts with a space before #", "write a space before #"),
    (_ENDED, FAIL, "is text: a sign follows the number", "delete it: YAML needs none"),
    (_TUPLE, WARN, "is text: YAML has no tuples", "write [a, b] for a list"),
)
_PYTHON = {"None": "null", "nan": ".nan", "NaN": ".nan", "inf": ".inf", "-inf": "-.inf", "Infinity": ".inf"}
_INI_NAME = r"%\(([^)]*)\)s"


def config_traps(config: Config) -> list[Found] | None:
    """Nothing that was meant as a pair, a list item, a comment or a number became plain text.

    `fail`: pairs without a space after the colon (`lr:0.1`, alone in its line or in braces) and with `=`; a list item
    that is indented deeper than the one before it and becomes part of its text; a comment without a space before `#`;
    a comma or semicolon after a number; text that goes on below a number; a file that is one text. `warn`: `None`,
    `nan` and `inf`, which are text in YAML; a tuple of Python; a decimal comma; a value that is a comment
    (`color: #fff`); a section such as `optimizer:` that holds nothing although more keys follow. In ini files `warn`: a
    comment after a value, which becomes part of it, an option that is indented and so continues the value above, and
    `%(name)s` of an option that is not there.
    """
    if config.kind == "ini":
        return [item for entry in config.entries for item in _of_ini(config, entry)]
    if config.kind != "yaml":
        return None
    root = config.document
    if isinstance(root.value, str) and root.plain:
        fact = f"the whole file is one text: {short(root.value)}"
        return [Found(FAIL, fact, "write key: value, with a space after the colon", root.line)]
    return [item for entry in config.entries for item in _of_entry(config, entry)]


def _of_entry(config: Config, entry: Entry) -> list[Found]:
    node = entry.node
    told: tuple[str, str, str] | None = None
    if node.plain and isinstance(node.value, str):
        told = _of_text(config, entry, node.value)
    elif node.plain and node.value is None and not node.text:
        told = _of_nothing(config, entry)
    if told is None:
        return []
    status, fact, hint = told
    return [Found(status, f"{entry.name}: {fact}", hint, node.line, part="/".join(map(str, entry.place)))]


def _of_text(config: Config, entry: Entry, text: str) -> tuple[str, str, str] | None:
    """What a plain text was meant to be."""
    for pattern, status, fact, hint in _FORMS if not text.isidentifier() else ():
        if re.fullmatch(pattern, text):
            return status, f"{short(text)} {fact}", hint
    if "," in text and re.fullmatch(_DECIMAL_COMMA, text):
        hint = "write 0.5 with a point, 1000 without a sign, [a, b] for a list"
        return FAIL if entry.key in NUMBERS else WARN, f"{text} is text: it has a comma", hint
    if text in _PYTHON and entry.key:
        status = FAIL if entry.key in NUMBERS and text == "None" else WARN
        return status, f"{text} is text in YAML", f'write {_PYTHON[text]}, or "{text}" for text'
    return _of_lines(config, entry, text)


def _of_lines(config: Config, entry: Entry, text: str) -> tuple[str, str, str] | None:
    """A text that stands below its key, or in several lines."""
    node = entry.node
    below = node.line > entry.key_line and bool(entry.key)
    pair = re.match(_PAIR, text) if ":" in text or "=" in text else None
    words = text.split(" ")
    if pair and (below or not entry.key):
        many = len(words) > 1 and all(re.match(_PAIR, word) for word in words)
        if re.fullmatch(_PAIR_OF_NUMBER, text) and (below or text[: pair.end() - 1] in NUMBERS):
            return FAIL, f"{short(text)} is text, no pair", "write key: value, with a space after the colon"
        if below and many:
            return FAIL, f"{short(text)} is one text, no pairs", "write key: value, with a space after the colon"
    if " " not in text or not _spans_lines(config, node.line, text):
        return None
    first, _, rest = text.partition(" ")
    if re.search(r"(?:^|\s)- \S", rest) and not entry.key:
        hint = "align the - of all items of the list"
        return FAIL, f"{short(text)} is one text: a - is indented deeper than the item above", hint
    if re.fullmatch(rf"{_NUMBER}|true|false|null", first):
        fact = "is text: a line below the value goes on with it"
        return FAIL, f"{short(text)} {fact}", "indent the line as the key above"
    return None


def _spans_lines(config: Config, line: int, text: str) -> bool:
    """Whether a plain text goes on below the line that it starts in."""
    return text not in " ".join(config.raw_line(line).split())


def _of_nothing(config: Config, entry: Entry) -> tuple[str, str, str] | None:
    """What stands where there is no value."""
    raw = config.raw_line(entry.key_line)
    dropped = re.search(_DROPPED, raw) if "#" in raw else None
    if dropped:
        return WARN, f"has no value: {dropped[1]} is a comment", f'write "{dropped[1]}"'
    pair = re.match(_PAIR, entry.key) if ":" in entry.key or "=" in entry.key else None
    if pair and f"{entry.key}:" not in raw and re.search(r"[{,]\s*" + re.escape(entry.key), raw):
        return FAIL, f"{entry.key} is a key without a value, no pair", "write key: value, with a space after the colon"
    following = _next_key(entry) if entry.key.lower() in SECTIONS else ""
    if following:
        fact = f"holds nothing, and {following} follows at the same indentation"
        return WARN, fact, "indent what belongs to it, or write null"
    return None


def _next_key(entry: Entry) -> str:
    """The key that stands after an entry's in its mapping; empty for the last."""
    keys = iter(entry.parent.value if entry.parent is not None and isinstance(entry.parent.value, dict) else ())
    return next(keys, "") if entry.key in keys else ""


def _of_ini(config: Config, entry: Entry) -> list[Found]:
    """An option of an ini file: comments in values, and names that lead nowhere."""
    text = entry.node.value
    if not isinstance(text, str):
        return []
    part, line = "/".join(map(str, entry.place)), entry.node.line
    found = []
    comment = re.search(r"\s([;#]\s.*)$", text)
    if comment and "\n" not in text:
        fact = f"{entry.name}: {short(comment[1])} is part of the value: configparser ends none at a comment"
        found.append(Found(WARN, fact, "move the comment to a line of its own", line, part=part))
    first, _, rest = text.partition("\n")
    swallowed = re.search(r"(?m)^([A-Za-z_][\w.-]*)\s*=\s*\S", rest) if first else None
    if swallowed:
        fact = f"{entry.name}: {swallowed[1]} = ... is part of the value above, since its line is indented"
        found.append(Found(WARN, fact, "take the indentation away", line, part=f"{part}:below"))
    if config.path.endswith(("tox.ini", "setup.cfg", "pytest.ini", "logging.ini")) or entry.key.endswith("format"):
        return found
    document = config.document.value
    sections = document if isinstance(document, dict) else {}
    known = {name for one in (sections.get("DEFAULT"), entry.parent) if one for name in _names(one.value)}
    for name in re.findall(_INI_NAME, text):
        if name.lower() not in known:
            fact = f"{entry.name}: %({name})s names no option of the section or of [DEFAULT]"
            found.append(
                Found(WARN, fact, "correct the name, or write %% for a percent sign", line, part=f"{part}:{name}")
            )
    return found


def _names(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []
