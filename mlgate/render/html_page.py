"""Head and scripts of the HTML report: all of them in the page, and none but these may run."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).parent
_LIBRARIES = ("vendor/d3.min.js", "vendor/plot.umd.min.js")
_OF_PLOT = (
    ":where(.plot-d6a7b5) {\n  --plot-background: white;\n  display: block;\n  height: auto;\n  height: intrinsic;\n"
    "  max-width: 100%;\n}\n:where(.plot-d6a7b5 text),\n:where(.plot-d6a7b5 tspan) {\n  white-space: pre;\n}"
)
"""The style that Observable Plot writes into each of its drawings."""
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def head(title: str, code: Sequence[str]) -> str:
    """The head of a page.

    Parameters
    ----------
    title : escaped
    code : the script elements that its body will have; no other may run
    """
    texts = [
        element.partition(">")[2].removesuffix("</script>") for element in code if "application/json" not in element
    ]
    allowed = " ".join(map(_digest, texts)) or "'none'"
    # Nothing is loaded from anywhere, nothing is sent, and no text becomes markup.
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {_digest(_file('report.css'))} {_digest(_OF_PLOT)}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    return (
        f'<head>\n<meta charset="utf-8">\n<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{_file('report.css')}</style>\n</head>"
    )


def scripts(charts: Mapping[str, Any]) -> list[str]:
    """The data of the drawings, the libraries where there is something to draw, and the script of the page."""
    drawn = {name: data for name, data in charts.items() if data}
    libraries = _LIBRARIES if drawn else ()
    texts = [_file(name) for name in (*libraries, "report.js")]
    data = f'<script type="application/json" id="data">{as_json(drawn)}</script>'
    return [data, *(f"<script>{text}</script>" for text in texts)]


def as_json(value: Any) -> str:
    """JSON in ASCII that nothing in it can end or turn into a comment, whatever surrounds it in a page.

    Examples
    --------
    >>> print(as_json({"name": "</script><!--"}))
    {"name":"\\u003c/script\\u003e\\u003c!--"}
    """
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    for character, escape in _ESCAPES.items():
        text = text.replace(character, escape)
    return text


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


@cache
def _digest(text: str) -> str:
    """The source of a policy that allows this text alone."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
