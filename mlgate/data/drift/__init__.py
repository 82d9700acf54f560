"""Drift: newer data against a reference, or against its profile, column by column."""

from __future__ import annotations

from mlgate.data.drift.counting import sketch_like, sketch_reference
from mlgate.data.drift.judged import Between
from mlgate.data.drift.judging import More, judge_drift, same_files
from mlgate.data.drift.profile_file import parse_profile
from mlgate.data.drift.profile_text import profile_text
from mlgate.data.drift.sketch import Sketch

__all__ = [
    "Between",
    "More",
    "Sketch",
    "judge_drift",
    "parse_profile",
    "profile_text",
    "same_files",
    "sketch_like",
    "sketch_reference",
]
