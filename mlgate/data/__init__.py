"""Checks of data: an open table in, outcomes out. Nothing here opens a file."""

from mlgate.data.check import check_table
from mlgate.data.hygiene import check_hygiene
from mlgate.data.infer import infer_schema

__all__ = ["check_hygiene", "check_table", "infer_schema"]
