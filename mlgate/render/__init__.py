"""A report as text, one module per medium. Each renderer is pure and escapes for its own medium."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.outcome import Report


def _renderer(module: str, function: str) -> Callable[[Report], str]:
    """A renderer whose module is imported on first use: a hook that prints text does not pay for XML."""

    def render(report: Report) -> str:
        text: str = getattr(import_module(f"mlgate.render.{module}"), function)(report)
        return text

    return render


RENDERERS: dict[str, Callable[[Report], str]] = {
    "text": _renderer("text", "render_text"),
    "color": _renderer("text", "render_color"),
    "json": _renderer("json", "render_json"),
    "markdown": _renderer("markdown", "render_markdown"),
    "junit": _renderer("junit", "render_junit"),
    "sarif": _renderer("sarif", "render_sarif"),
    "github": _renderer("annotations", "render_annotations"),
    "html": _renderer("html", "render_html"),
}
"""Every format by its name on the command line."""
