"""What is known of a lint rule: its id, and the words that explain it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Rule(NamedTuple):
    """A lint rule.

    Parameters
    ----------
    id : kebab-case name of the defect; `check` of its outcomes
    what : one sentence: what is looked at, and when it is a finding
    why : what goes wrong otherwise; also the limits of the rule
    fix : the next step
    once_per_file : whether all places of a file are one finding, told at the first of them
    """

    id: str
    what: str
    why: str
    fix: str
    once_per_file: bool = False


def documented(id: str, function: Callable[..., Any], fix: str, *, once_per_file: bool = False) -> Rule:  # noqa: A002  # the rule's own word
    """A rule whose words are a function's docstring: the first paragraph says what, the others why.

    Raises
    ------
    ValueError
        The docstring lacks one of them.
    """
    import inspect

    what, _, why = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    if not (what and why):
        raise ValueError(f"rule {id!r}: the docstring of its function says what, and after an empty line why")
    return Rule(id, " ".join(what.split()), why, fix, once_per_file)
