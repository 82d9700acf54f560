"""A comment in the terminal."""

from __future__ import annotations

from mlgate.demo.comment import for_terminal

FOLDS = """\
## Title

<details><summary><b>Metrics</b>: 1 comparison</summary>

| Slice | Rows |
| --- | ---: |
| all rows | 1,200 |
| `sex=F` | 7 |

</details>

<details><summary><b>Provenance</b></summary>

| Fact | Value |
| --- | --- |
| Seed | 0 |

</details>
"""


def test_metrics_are_open_and_the_rest_is_folded() -> None:
    assert for_terminal(FOLDS).splitlines() == [
        "## Title",
        "",
        "[-] Metrics: 1 comparison",
        "",
        "  Slice      Rows",
        "  all rows  1,200",
        "  `sex=F`       7",
        "",
        "[+] Provenance",
    ]


def test_wide_table_becomes_a_paragraph_per_row() -> None:
    wide = "x" * 130
    text = for_terminal(f"| What | How | Next |\n| --- | --- | --- |\n| a | {wide} |  |\n| b | c | d |")
    assert text.splitlines() == ["  What  a", f"  How   {wide}", "", "  What  b", "  How   c", "  Next  d"]


def test_escaped_bar_does_not_split_a_cell() -> None:
    table = "| A | B |\n| --- | --- |\n| x \\| y | z |"
    assert for_terminal(table).splitlines() == ["  A       B", "  x \\| y  z"]


def test_what_is_no_table_stays() -> None:
    assert for_terminal("| lonely |\n\ntext") == "| lonely |\n\ntext"
