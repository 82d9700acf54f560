"""Texts that try to be more than text."""

from __future__ import annotations

from hypothesis import strategies as st

from mlgate.outcome import TIERS
from tests.unit.render.reports import HOSTILE

FRAGMENTS = (
    *HOSTILE.split("\n"),
    *"|`\\*_[]<>&#@:~!$^-=+\"'()",
    *("\n", "\r", "\t", "\x00", "\x1b[2J", "\u202e", "\u2028", "\ud800", "\u200b", "```", "~~~", "---", "\n\n", "    "),
    *("@octocat", "@org/team", "#1", "GH-1", "octo/repo#1", "http://", "https://a.b", "www.a.b", "a@b.co", ":tada:"),
    *(
        "<!-- mlgate:",
        "-->",
        "<details>",
        "</details>",
        "<td>",
        "</table>",
        "<br>",
        "&lt;",
        "&#64;",
        "\\|",
        "\\`",
        "**",
        "__",
    ),
    *(
        "- ",
        "1. ",
        "> ",
        "# ",
        "| --- |",
        "[x](y)",
        "![x](y)",
        "<http://a.b>",
        "::error::x",
        "##[error]x",
        "]]>",
        "%0A",
        "word",
    ),
)
_TAKEN = {*TIERS, "other", "default", "command", "stage"}


def texts(max_parts: int = 12) -> st.SearchStrategy[str]:
    """Not blank, and no word that a renderer gives a meaning to."""
    parts = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), min_size=1, max_size=max_parts)
    return parts.map("".join).filter(lambda text: bool(text.split()) and text not in _TAKEN)
