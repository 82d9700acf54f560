"""The patterns of `.dvcignore`, with the meaning that DVC gives them: what they match is not part of a folder."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError

IGNORE_FILE = ".dvcignore"
_ALWAYS = (".hg/", ".git/", ".git", ".dvc/")


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern, relative to the folder of its file."""

    regex: re.Pattern[str]
    ignores: bool
    folders_only: bool
    base: str


def parse_rules(text: str, base: str = "") -> list[Rule]:
    """Rules of one `.dvcignore`; `base` is its folder, POSIX, relative to the DVC repository.

    Examples
    --------
    >>> [rule.regex.fullmatch("a/b.tmp") is not None for rule in parse_rules("*.tmp")]
    [True]
    """
    return [rule for line in text.splitlines() if (rule := _parse_rule(line.strip(), base)) is not None]


def rules_for(dvc_root: Path, folder: Path) -> list[Rule]:
    """Rules that hold inside `folder`: DVC's own, then those of each `.dvcignore` from the repository down to it."""
    rules = parse_rules("\n".join(_ALWAYS))
    base = dvc_root
    for part in ("", *folder.relative_to(dvc_root).parts):
        base = base / part
        file = base / IGNORE_FILE
        if file.is_file():
            relative = base.relative_to(dvc_root).as_posix()
            rules += parse_rules(file.read_text(encoding="utf-8"), "" if relative == "." else relative)
    return rules


def is_ignored(path: str, rules: list[Rule], *, is_folder: bool) -> bool:
    """Whether the last rule that matches `path` (POSIX, relative to the DVC repository) ignores it."""
    for rule in reversed(rules):
        if rule.folders_only and not is_folder:
            continue
        prefix = f"{rule.base}/" if rule.base else ""
        if not path.startswith(prefix):
            continue
        name = path[len(prefix) :]
        if rule.regex.fullmatch(name) or (is_folder and rule.regex.fullmatch(f"{name}/")):
            return rule.ignores
    return False


def _parse_rule(line: str, base: str) -> Rule | None:
    if not line or line.startswith("#") or line == "/":
        return None
    ignores = not line.startswith("!")
    pattern = line if ignores else line[1:]
    try:
        regex = _to_regex(pattern)
        return None if regex is None else Rule(re.compile(regex), ignores, pattern.endswith("/"), base)
    except re.error as problem:
        raise SourceError(
            f"cannot tell what {line!r} in {IGNORE_FILE} matches: {problem}", hint="correct it"
        ) from problem


def _to_regex(pattern: str) -> str | None:
    """A gitignore pattern as a regular expression that also matches everything below what it names.

    None for a bracket that is not closed: such a pattern matches nothing.
    """
    folders_only = pattern.endswith("/")
    parts = [part for part in pattern.strip("/").split("/") if part]
    if not (pattern.startswith("/") or len(parts) > 1):
        parts.insert(0, "**")
    regex = ""
    for index, part in enumerate(parts):
        last = index == len(parts) - 1
        if part == "**":
            regex += ".+" if last else "(?:.+/)?"
            continue
        translated = _translate(part)
        if translated is None:
            return None
        regex += translated + ("" if last else "/")
    if parts[-1:] == ["**"]:
        return regex
    return regex + ("/.*" if folders_only else "(?:/.*)?")


def _translate(part: str) -> str | None:
    """One path part: `*`, `?`, `[...]` and backslash as Git reads them, everything else literally."""
    if part == "*":
        return "[^/]+"
    regex, index = "", 0
    while index < len(part):
        character = part[index]
        index += 1
        if character == "*":
            regex += "[^/]*"
        elif character == "?":
            regex += "[^/]"
        elif character == "[":
            negated = part[index : index + 1] in ("!", "^")
            end = part.find("]", index + negated + 1)
            if end < 0:
                return None
            inner = re.sub(r"[\\\[&~|]", r"\\\g<0>", part[index + negated : end])
            regex += f"[^{inner}]" if negated else f"[{inner}]"
            index = end + 1
        elif character == "\\":
            if index == len(part):
                raise re.error("a backslash ends it")
            regex += re.escape(part[index])
            index += 1
        else:
            regex += re.escape(character)
    return regex
