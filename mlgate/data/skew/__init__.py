"""What a model was trained on against what it was served: columns, types, distributions, and row by row."""

from mlgate.data.skew.comparing import compare_sides
from mlgate.data.skew.header import UnknownColumnError
from mlgate.data.skew.sides import Side

__all__ = ["Side", "UnknownColumnError", "compare_sides"]
