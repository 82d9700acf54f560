"""Schemas of other tools as schemas of ours: what maps, maps; what does not is listed. Nothing of theirs is run."""

from __future__ import annotations

from mlgate.data.imports.reading import KINDS, Imported, import_schema

__all__ = ["KINDS", "Imported", "import_schema"]
