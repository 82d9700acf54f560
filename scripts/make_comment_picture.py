"""Makes docs/images/comment.png: the demo's comment on its second pull request, as a browser shows it.

    mlgate demo build/demo
    python scripts/make_comment_picture.py build/demo/reports/pull-request-2/report.md docs/images/comment.png
    python scripts/make_comment_picture.py REPORT.md OUT.png --dark --unfolded

Needs Chromium on PATH, and markdown-it-py, which the lock file brings.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

LIGHT = {
    "text": "#1f2328",
    "soft": "#59636e",
    "line": "#d1d9e0",
    "page": "#ffffff",
    "head": "#f6f8fa",
    "code": "#eff1f3",
}
DARK = {
    "text": "#f0f6fc",
    "soft": "#9198a1",
    "line": "#3d444d",
    "page": "#0d1117",
    "head": "#151b23",
    "code": "#262c36",
}
"""Colours of GitHub's two themes."""

STYLE = """
body { font: 14px/1.5 "Segoe UI", "DejaVu Sans", Arial, sans-serif; margin: 0; padding: 18px; }
body { color: TEXT; background: PAGE; }
.comment { border: 1px solid LINE; border-radius: 6px; }
.head { background: HEAD; padding: 8px 16px; border-bottom: 1px solid LINE; color: SOFT; }
.body { padding: 16px; }
h2 { border-bottom: 1px solid LINE; padding-bottom: 6px; margin: 0 0 12px; font-size: 20px; }
h3 { font-size: 17px; margin: 18px 0 10px; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
table, p { margin: 0 0 14px; }
th, td { border: 1px solid LINE; padding: 6px 10px; text-align: left; }
td[style*=right], th[style*=right] { text-align: right; }
code { background: CODE; padding: 2px 5px; border-radius: 6px; font: 12px "DejaVu Sans Mono", monospace; }
pre code { display: block; padding: 10px; }
details { margin: 10px 0; }
"""
"""As GitHub lays out a comment: a table that is too wide scrolls in its own frame."""
WIDTH = 980
PAGE = '<!doctype html><meta charset="utf-8"><style>{style}</style><div class="comment"><div class="head">{head}</div>'
HEAD = "<b>mlgate</b> commented"


def main(argv: list[str] | None = None) -> int:
    """Render Markdown to a picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path, help="a report.md")
    parser.add_argument("picture", type=Path, help="the PNG to write")
    parser.add_argument("--dark", action="store_true", help="in GitHub's dark theme")
    parser.add_argument("--unfolded", action="store_true", help="with every folded section open")
    arguments = parser.parse_args(argv)
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(arguments.source.read_text(encoding="utf-8"))
    if arguments.unfolded:
        body = body.replace("<details>", "<details open>")
    style = STYLE
    for name, colour in (DARK if arguments.dark else LIGHT).items():
        style = style.replace(name.upper(), colour)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        whole = PAGE.format(style=style, head=HEAD) + f'<div class="body">{body}</div></div>'
        page.write_text(whole, encoding="utf-8")
        take(page, arguments.picture, Path(folder))
    return 0


def take(page: Path, picture: Path, folder: Path) -> None:
    """All of a page as PNG, and nothing below its end."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from tests.integration.chromium import Browser

    with Browser(folder / "profile") as browser:
        browser.look(width=WIDTH, height=100)
        browser.open(page)
        browser.look(
            width=WIDTH, height=browser.run("Math.ceil(document.documentElement.getBoundingClientRect().height)")
        )
        browser.picture(picture)


if __name__ == "__main__":
    sys.exit(main())
