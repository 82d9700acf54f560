"""Personal data and secrets, found without a model and without a network: by form, check digits and known prefixes.

`findings_in_text` looks at one text. Tables are looked at by `mlgate.data.pii.check`, at the speed of the engine.
"""

from __future__ import annotations

from mlgate.data.pii.finding import Finding
from mlgate.data.pii.text import findings_in_text

__all__ = ["Finding", "findings_in_text"]
