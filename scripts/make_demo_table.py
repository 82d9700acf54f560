"""Writes the table of `mlgate demo` from the copy that statsmodels ships: `python scripts/make_demo_table.py`.

The columns and values are those of statsmodels, nothing is added or left out; `tests/unit/demo/test_table.py` compares
the two.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path

TARGET = Path(__file__).parents[1] / "mlgate" / "demo" / "randhie.csv.gz"


def table_text() -> str:
    """The RAND Health Insurance Experiment table as CSV text with a header line."""
    from statsmodels.datasets import randhie

    text: str = randhie.load_pandas().data.to_csv(index=False, lineterminator="\n")
    return text


def compressed(text: str) -> bytes:
    """The text as gzip, without a time or a name: the same text gives the same bytes with the same zlib."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        stream.write(text.encode("utf-8"))
    return buffer.getvalue()


if __name__ == "__main__":
    TARGET.write_bytes(compressed(table_text()))
    print(f"{TARGET}: {TARGET.stat().st_size:,} bytes")
