"""Makes docs/images/comment.png: the demo's comment on its second pull request, as a browser shows it.

    mlgate demo build/demo
    python scripts/make_comment_picture.py build/demo/reports/pull-request-2/report.md docs/images/comment.png

Needs Chromium on PATH, and markdown-it-py, which the lock file brings.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

STYLE = """
body { font: 14px/1.5 "Segoe UI", "DejaVu Sans", Arial, sans-serif; color: #1f2328; margin: 0; padding: 18px; }
.comment { border: 1px solid #d1d9e0; border-radius: 6px; }
.head { background: #f6f8fa; padding: 8px 16px; border-bottom: 1px solid #d1d9e0; color: #59636e; }
.body { padding: 16px; }
h2 { border-bottom: 1px solid #d1d9e0; padding-bottom: 6px; margin: 0 0 12px; font-size: 20px; }
h3 { font-size: 17px; margin: 18px 0 10px; }
table { border-collapse: collapse; }
th, td { border: 1px solid #d1d9e0; padding: 6px 10px; text-align: left; }
code { background: #eff1f3; padding: 2px 5px; border-radius: 6px; font: 12px "DejaVu Sans Mono", monospace; }
details { margin: 10px 0; }
"""
PAGE = '<!doctype html><meta charset="utf-8"><style>{style}</style><div class="comment"><div class="head">{head}</div>'
HEAD = "<b>mlgate</b> commented"
WINDOW = "980,760"


def main() -> int:
    """Render the Markdown of argv[1] to the picture argv[2]."""
    source, picture = Path(sys.argv[1]), Path(sys.argv[2])
    body = MarkdownIt("commonmark", {"html": True}).enable("table").render(source.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "comment.html"
        whole = PAGE.format(style=STYLE, head=HEAD) + f'<div class="body">{body}</div></div>'
        page.write_text(whole, encoding="utf-8")
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
        command += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
        command += [
            f"--user-data-dir={folder}/profile",
            f"--window-size={WINDOW}",
            f"--screenshot={picture.absolute()}",
        ]
        return subprocess.run([*command, page.as_uri()], check=False, capture_output=True).returncode


if __name__ == "__main__":
    sys.exit(main())
