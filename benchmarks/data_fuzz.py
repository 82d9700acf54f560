"""Mutated files through the command line: no traceback, no crash, no hang over 10 s, exit codes 0 to 3 only.

Each case runs one command in a process that serves many; where the process dies or does not answer in time, the case is
at fault and the next process goes on behind it.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import fuzz_inputs

SLOWEST_S = 10.0
CODES = (0, 1, 2, 3)
MOST_SHOWN = 20
"""Faults that are printed; the table counts all."""

_START_S = 60.0
"""The first answer of a process comes after its imports."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a case did; `code` is None where the process died, `fault` says what it must not do."""

    case: int
    code: int | None
    fault: str
    seconds: float

    @property
    def kind(self) -> str:
        return fuzz_inputs.KINDS[self.case % len(fuzz_inputs.KINDS)]


def commands(kind: str, name: str) -> list[list[str]]:
    """What is asked of a file of a kind, in the folder that holds it, `good.csv` and `good.yaml`."""
    if kind == "schema":
        return [
            ["data", "check", "good.csv", "--schema", name],
            ["config", "check", name],
            ["data", "check", "good.csv", "--schema", name, "--accept"],
        ]
    return [
        ["data", "check", name],
        ["data", "check", name, "--schema", "good.yaml"],
        ["data", "infer", name],
        ["data", "diff", "good.csv", name],
    ]


def run_case(case: int, folder: Path) -> tuple[int, str]:
    """Run one command on one mutated file, in the working directory: the exit code, and the fault in words or empty."""
    from mlgate.cli import cli, run_command

    kind, content = fuzz_inputs.make(case)
    name = "case.yaml" if kind == "schema" else f"case.{kind}"
    (folder / name).write_bytes(content)
    asked = commands(kind, name)
    argv = asked[(case // len(fuzz_inputs.KINDS)) % len(asked)]
    judges = argv[1] == "check"
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run_command(cli, [*argv, *(["--format", "json"] if judges else [])])
    told = f"{' '.join(argv)}: "
    if code not in CODES:
        return code, f"{told}not an exit code of ours"
    if "Traceback" in err.getvalue() + out.getvalue() or "mlgate: unexpected" in err.getvalue():
        return code, told + err.getvalue().strip().splitlines()[0]
    problem = fault_of_report(out.getvalue(), code) if judges and code != 2 else ""
    return code, told + problem if problem else ""


def fault_of_report(text: str, code: int) -> str:
    """What is wrong with a JSON report or with the exit code beside it; empty if nothing is."""

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} in the report")

    try:
        report = json.loads(text, parse_constant=refuse)
    except ValueError as problem:
        return f"the report is not strict JSON: {problem}"
    statuses = Counter(outcome["status"] for outcome in report["outcomes"])
    defects = [outcome["message"] for outcome in report["outcomes"] if outcome["check"] == "defect"]
    expected = 1 if statuses["fail"] else 3 if statuses["error"] or not sum(statuses.values()) - statuses["skip"] else 0
    if defects:
        return str(defects[0])
    return "" if code == expected else f"exit {code} where the outcomes say {expected}"


def write_good(folder: Path) -> None:
    """The files that are not mutated."""
    (folder / "good.csv").write_text(fuzz_inputs.csv_text(fuzz_inputs.rows(fuzz_inputs.Rng(0))), encoding="utf-8")
    (folder / "good.yaml").write_text(fuzz_inputs.SCHEMA, encoding="utf-8")


def serve(first: int, step: int, last: int) -> None:
    """Run every `step`-th case and print a line of JSON for each."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        os.chdir(folder)
        write_good(folder)
        for case in range(first, last, step):
            start = time.monotonic()
            code, fault = run_case(case, folder)
            print(json.dumps([case, code, fault, time.monotonic() - start]), file=answers, flush=True)
        os.chdir("/")


class Server:
    """A process that runs every `step`-th case; started again behind a case that it died of."""

    def __init__(self, first: int, step: int, last: int) -> None:
        self.case, self.step, self.last = first, step, last
        self.buffer = b""
        self.process = self._started()

    def _started(self) -> subprocess.Popen[bytes]:
        self.deadline = time.monotonic() + _START_S
        argv = [sys.executable, "-m", "benchmarks.data_fuzz", "--serve", str(self.case), str(self.step), str(self.last)]
        return subprocess.Popen(argv, stdout=subprocess.PIPE)

    def answers(self) -> Iterator[Answer]:
        """What the process has said since, and the fault of a case that it died of or did not answer in time."""
        pipe = self.process.stdout
        ready = bool(pipe and select.select([pipe], [], [], 0.2)[0])
        said = os.read(pipe.fileno(), 1 << 16) if pipe and ready else b""
        *lines, self.buffer = (self.buffer + said).split(b"\n")
        for line in lines:
            answer = Answer(*json.loads(line))
            self.case, self.deadline = answer.case + self.step, time.monotonic() + SLOWEST_S
            yield answer
        ended = ready and not said
        if self.case < self.last and (ended or time.monotonic() > self.deadline):
            self.process.kill()
            self.process.communicate()
            what = f"the process died with {self.process.returncode}" if ended else f"no answer after {SLOWEST_S:g} s"
            yield Answer(self.case, None, what, SLOWEST_S)
            self.case, self.buffer = self.case + self.step, b""
            self.process = self._started()
        elif ended:
            self.process.wait()

    @property
    def done(self) -> bool:
        return self.case >= self.last


def fuzz(first: int, last: int, workers: int) -> Iterator[Answer]:
    """What every case did, by `workers` processes."""
    servers = [Server(first + worker, workers, last) for worker in range(workers)]
    while not all(server.done for server in servers):
        for server in servers:
            yield from server.answers()
    for server in servers:
        server.process.communicate()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--serve", nargs=3, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(*options.serve)
        return 0
    began = time.monotonic()
    answers = list(fuzz(options.first, options.first + options.cases, options.workers))
    faults = [answer for answer in answers if answer.fault]
    print(f"\n{len(answers):,} mutated inputs in {time.monotonic() - began:.0f} s")
    for kind in fuzz_inputs.KINDS:
        codes = Counter(answer.code for answer in answers if answer.kind == kind)
        told = ", ".join(f"exit {code} {codes[code]:,}" for code in (*CODES, None) if codes[code])
        print(f"  {kind:8} {codes.total():7,} cases, {sum(fault.kind == kind for fault in faults)} faults; {told}")
    slowest = max(answers, key=lambda answer: answer.seconds)
    print(f"  slowest {slowest.seconds:.2f} s (case {slowest.case})")
    for fault in faults[:MOST_SHOWN]:
        print(f"  case {fault.case} ({fault.kind}): {fault.fault}")
    return 1 if faults or len(answers) != options.cases else 0


if __name__ == "__main__":
    sys.exit(main())
