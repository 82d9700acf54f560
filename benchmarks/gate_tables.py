"""Tables of simulated rates beside their limits."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.gate_rates import Rate, Rates


class Report:
    """Lines on standard output, and the figures that broke their limit."""

    def __init__(self) -> None:
        self.broken: list[str] = []

    def line(self, text: str = "") -> None:
        print(text, flush=True)

    def figure(self, rate: Rate, name: str) -> str:
        """A share, with a mark where it is beyond its limit."""
        if not rate.holds:
            self.broken.append(f"{name}: {rate.value:.3f}, allowed {rate.low:.3f} to {rate.high:.3f}")
        return f"{rate.value:6.3f}{' ' if rate.holds else '!'}"

    def check(self, rate: Rate, text: str) -> None:
        """A line with a share and its limits."""
        if not rate.holds:
            self.broken.append(f"{text}: {rate.value:.3f}, allowed {rate.low:.3f} to {rate.high:.3f}")
        mark = " " if rate.holds else "!"
        self.line(f"  {text:76} {rate.value:6.3f}{mark} sd {rate.sd:.3f}, allowed {rate.low:.3f} to {rate.high:.3f}")

    def fact(self, text: str, *, holds: bool) -> None:
        """A line that holds or does not."""
        self.line(f"  {text}{'' if holds else ' !'}")
        if not holds:
            self.broken.append(text)


HEAD = (
    "  metric                            n   runs invalid  worse@0  pass@-t worse@-t  <= allowed    sd"
    "   cover@0 cover@-t  allowed"
)


def print_rates(report: Report, title: str, rows: Sequence[Rates]) -> None:
    """One table: rows of false verdicts and coverage."""
    report.line(f"\n{title}")
    report.line(HEAD)
    for row in rows:
        name = f"{row.metric}, {row.n_units:,}, {title}"
        shown = [
            report.figure(rate, f"{what}, {name}")
            for rate, what in zip(row.rates(), ("worse@0", "pass@-t", "worse@-t", "cover@0", "cover@-t"), strict=True)
        ]
        limit, covered = row.false_pass, row.coverage
        band = f"{covered.low:.3f}-{covered.high:.3f}" if covered.low > 0 else "not judged"
        report.line(
            f"  {row.metric:27} {row.n_units:7,} {row.runs:6} {row.invalid:7.3f}  {shown[0]}  {shown[1]}  {shown[2]}"
            f"  <= {limit.high:.3f} {limit.sd:.4f}   {shown[3]} {shown[4]}  {band}"
        )
