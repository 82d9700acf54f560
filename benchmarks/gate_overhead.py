"""What the gate itself costs on a pull request, around the user's own work, as whole processes, imports included.

A project with 100,000 predictions, five metrics and 20 slices: configuration, baseline, comparison, all reports
(`mlgate run`), then the comment rendered and put on a server that answers at once (`mlgate comment`).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from benchmarks.compare_scale import METRICS, SLICES, WRITE
from benchmarks.measure import ENVIRONMENT, measure

ROWS = 100_000
AIM_S = 10.0
HEAD: dict[str, object] = {}
"""The pull request, as the server tells it."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place).resolve()
        _project(folder)
        _pull_request(folder)
        report = folder / "report"
        commands = {
            "mlgate run": [
                sys.executable,
                "-m",
                "mlgate",
                "run",
                f"--config={folder}/mlgate.yaml",
                f"--output={report}",
            ],
            "mlgate comment": [sys.executable, "-m", "mlgate", "comment", f"--report={report}", "--no-summary"],
        }
        costs = measure(commands, runs=runs)
        n_comparisons = sum("metric" in one["evidence"] for one in _outcomes(report))
    print(f"\nA gate on {ROWS:,} predictions, {n_comparisons} comparisons, median of {runs} whole processes in turns")
    for name, cost in costs.items():
        print(f"{name:16} {cost.wall_s:6.2f} s {cost.cpu_s:6.2f} s of processor time {cost.peak_mib:6.0f} MiB")
    whole = sum(cost.wall_s for cost in costs.values())
    print(f"{'both':16} {whole:6.2f} s (aim: {AIM_S:.0f})")
    return 0


def _project(folder: Path) -> None:
    for salt, name in enumerate(("baseline", "candidate")):
        target = str(folder / f"{name}.parquet")
        subprocess.run(
            [sys.executable, "-m", "benchmarks.compare_scale", WRITE, str(ROWS), str(salt), target], check=True
        )
    metrics = "\n".join(f"      {name}: {{tolerance: 0.05}}" for name in METRICS)
    (folder / "mlgate.yaml").write_text(
        "version: 1\nevaluations:\n  churn:\n    predictions: candidate.parquet\n    baseline: file:baseline.parquet\n"
        "    columns: {id: id, label: label, prediction: prediction, score: score}\n    positive: true\n"
        f"    slices: [{', '.join(SLICES)}]\n    metrics:\n{metrics}\n",
        encoding="utf-8",
    )
    for command in (
        ["init", "--quiet"],
        ["add", "mlgate.yaml"],
        ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "gate"],
    ):
        subprocess.run(["git", *command], cwd=folder, check=True)


def _pull_request(folder: Path) -> None:
    """The variables of a workflow that a pull request started."""
    event = folder / "event.json"
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True).stdout
    pull = {
        "number": 1,
        "state": "open",
        "head": {"sha": head.strip()},
        "base": {"repo": {"full_name": "someone/churn"}},
    }
    HEAD.update(pull, id=1, login="someone", type="User", html_url="https://example.org/1")
    event.write_text(json.dumps({"pull_request": pull}), encoding="utf-8")
    ENVIRONMENT.update(GITHUB_REPOSITORY="someone/churn", GITHUB_EVENT_PATH=str(event), GITHUB_TOKEN="-")  # noqa: S106  # no secret: the server takes any
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Server)
    Thread(target=server.serve_forever, daemon=True).start()
    ENVIRONMENT["GITHUB_API_URL"] = f"http://127.0.0.1:{server.server_address[1]}"


class _Server(BaseHTTPRequestHandler):
    """No comment stands yet; the one that is sent is taken."""

    def do_GET(self) -> None:
        comments = self.path.partition("?")[0].endswith("/comments")
        self._answer(200, [] if comments else HEAD)

    def do_POST(self) -> None:
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._answer(201, {"id": 1, "html_url": "https://example.org/1", "body": sent["body"]})

    def log_message(self, *_: object) -> None:
        """Nothing: the figures are the output."""

    def _answer(self, status: int, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _outcomes(report: Path) -> list[dict[str, dict[str, object]]]:
    found: list[dict[str, dict[str, object]]] = json.loads((report / "report.json").read_bytes())["outcomes"]
    return found


if __name__ == "__main__":
    sys.exit(main())
