"""`mlgate data check` beside its peers, as whole processes, each pair on the checks that the peer can express.

Both must find the same checks broken before a time is printed. Then all checks, beside what it costs DuckDB to decode
or to parse the same file; the start; more rows; and foreign keys.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Cost, measure
from benchmarks.peers.make_files import KEYS
from benchmarks.peers.setting import BUILD, PEERS, Peer, broken_for_mlgate, install, made_file, mlgate, write_schema
from benchmarks.peers.visits import CHECKS, COLUMNS

FEW_ROWS = 10_000
"""Rows of the file on which a peer says which checks it expresses."""
LONG_S = 30
"""What takes longer than that is run once: its time says enough."""
EVERY = frozenset(check.name for check in CHECKS)


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for."""

    rows: int
    runs: int
    peers: Sequence[str]
    scale: Sequence[int]


def fraction(one: float, other: float) -> str:
    return f"{one / other:.2f}"


def costs_told(cost: Cost) -> str:
    return f"{cost.wall_s:7.2f} {cost.cpu_s:7.2f} {cost.peak_mib:6,.0f}"


# --- peers ----------------------------------------------------------------------------------------------------------


def compare_peers(options: Options) -> None:
    """Each peer and mlgate on the checks of the peer, taking turns."""
    chosen = [peer for peer in PEERS if not options.peers or any(word in peer.module for word in options.peers)]
    size = made_file("sound", options.rows, "parquet").stat().st_size / 1e6
    print(f"\nPeers on {options.rows:,} rows of Parquet ({size:,.0f} MB), each on the checks that it can express")
    print(f"{'':23} checks |    wall s   cpu s    MiB | mlgate s   cpu s    MiB | times faster: wall  cpu")
    for peer in chosen:
        problem = install(peer)
        if problem:
            print(f"{peer.name:23} did not install: {problem}", flush=True)
            continue
        few = made_file("faulty", FEW_ROWS, "parquet")
        said = measure({"peer": peer.command(few)}, runs=1, warm_up=False)["peer"].output
        schema = write_schema(json.loads(said), peer.module)
        broken = _beside(peer, schema, made_file("faulty", options.rows, "parquet"), runs=1)
        runs = options.runs if broken.peer.wall_s < LONG_S else 1
        sound = _beside(peer, schema, made_file("sound", options.rows, "parquet"), runs=runs)
        print(f"{peer.name:23} {len(json.loads(said)):6} {sound.told()}", flush=True)
        print(f"{f'  {broken.broken} broken, one run':23} {'':6} {broken.told()}", flush=True)


@dataclass(frozen=True, slots=True)
class _Pair:
    """What a peer and mlgate cost on the same checks, of which both found so many broken."""

    peer: Cost
    mlgate: Cost
    broken: int

    def told(self) -> str:
        wall, cpu = self.peer.wall_s / self.mlgate.wall_s, self.peer.cpu_s / self.mlgate.cpu_s
        return f"|   {costs_told(self.peer)} |  {costs_told(self.mlgate)} | {wall:18.2f} {cpu:4.2f}"


def _beside(peer: Peer, schema: Path, path: Path, *, runs: int) -> _Pair:
    faulty = path.name.startswith("faulty")
    commands = {"peer": peer.command(path), "mlgate": mlgate(path, schema)}
    costs = measure(commands, runs=runs, expected={"mlgate": int(faulty)}, warm_up=False)
    theirs = {name for name, holds in json.loads(costs["peer"].output).items() if not holds}
    ours = broken_for_mlgate(costs["mlgate"].output)
    if ours != theirs or bool(ours) != faulty:
        raise RuntimeError(f"{peer.name}, {path.name}: it finds {sorted(theirs)} broken, mlgate {sorted(ours)}")
    return _Pair(costs["peer"], costs["mlgate"], len(ours))


# --- all checks -----------------------------------------------------------------------------------------------------

READ = """
import sys, duckdb
connection = duckdb.connect()
connection.execute("SET disabled_optimizers = 'statistics_propagation'")
connection.execute("SELECT " + sys.argv[2] + " FROM " + sys.argv[1]).fetchall()
"""


def _decode(path: Path) -> list[str]:
    """DuckDB decodes every column of a Parquet file, and keeps nothing of it."""
    return [sys.executable, "-c", READ, f"read_parquet('{path}')", ", ".join(f"count({name})" for name in COLUMNS)]


def _parse(path: Path) -> list[str]:
    """DuckDB parses every value of a CSV file as the type that it is told."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS.items())
    source = f"read_csv('{path}', auto_detect=false, header=true, delim=',', columns={{{types}}})"
    return [sys.executable, "-c", READ, source, ", ".join(f"count({name})" for name in COLUMNS)]


def whole(options: Options, form: str) -> None:
    """All checks on one file, faulty and sound, beside DuckDB alone."""
    schema = write_schema(EVERY, "every")
    faulty, good = (made_file(kind, options.rows, form) for kind in ("faulty", "sound"))
    floor = _decode(good) if form == "parquet" else _parse(good)
    commands = {"DuckDB alone": floor, "all hold": mlgate(good, schema)}
    costs = measure(commands, runs=options.runs, warm_up=False)
    costs |= measure({"some broken": mlgate(faulty, schema)}, runs=1, expected={"some broken": 1}, warm_up=False)
    what = "decode all columns" if form == "parquet" else "parse all columns, types given"
    size = good.stat().st_size / 1e6
    broken = broken_for_mlgate(costs["some broken"].output)
    print(
        f"\nAll {len(EVERY)} checks on {options.rows:,} rows, {form} ({size:,.0f} MB); "
        f"{len(broken)} are broken where some are (one run)"
    )
    print(f"{'':38}  wall s   cpu s    MiB  wall/DuckDB  cpu/DuckDB")
    alone = costs["DuckDB alone"]
    for name, cost in costs.items():
        title = f"DuckDB: {what}" if name == "DuckDB alone" else f"mlgate, {name}"
        print(
            f"{title:38} {costs_told(cost)} {fraction(cost.wall_s, alone.wall_s):>12} "
            f"{fraction(cost.cpu_s, alone.cpu_s):>11}",
            flush=True,
        )


def start(options: Options) -> None:
    """What the whole command takes more than a bare Python."""
    schema = write_schema(EVERY, "every")
    bare = {"python -c pass": [sys.executable, "-c", "pass"]}
    files = {(rows, form): made_file("sound", rows, form) for rows in (1_000, 100_000) for form in ("csv", "parquet")}
    commands = bare | {f"{rows:,} rows, {form}": mlgate(path, schema) for (rows, form), path in files.items()}
    costs = measure(commands, runs=max(options.runs * 3, 7))
    print(f"\nAll checks on small files\n{'':24}  wall ms  cpu ms    MiB  wall above bare  cpu above bare")
    alone = costs["python -c pass"]
    for name, cost in costs.items():
        above, more = (cost.wall_s - alone.wall_s) * 1000, (cost.cpu_s - alone.cpu_s) * 1000
        print(
            f"{name:24} {cost.wall_s * 1000:8.0f} {cost.cpu_s * 1000:7.0f} {cost.peak_mib:6.0f} "
            f"{above:16.0f} {more:15.0f}"
        )


def scale(options: Options) -> None:
    """All checks on ever more rows: time should grow with them, memory should not."""
    schema = write_schema(EVERY, "every")
    print(f"\nAll checks on more rows of Parquet\n{'rows':>24}       MB   wall s   cpu s    MiB  cpu s per million")
    for rows in options.scale:
        path = made_file("sound", rows, "parquet")
        runs = options.runs if rows < 20_000_000 else 1
        cost = measure({"mlgate": mlgate(path, schema)}, runs=runs, warm_up=False)["mlgate"]
        print(
            f"{rows:24,} {path.stat().st_size / 1e6:8,.0f}  {costs_told(cost)} {cost.cpu_s / rows * 1e6:18.3f}",
            flush=True,
        )


def keys(options: Options) -> None:
    """Foreign keys alone, beside all checks of as many visits."""
    refers, referred = made_file("refers", options.rows, "parquet"), made_file("keys", KEYS, "parquet")
    commands = {}
    for names in (["number"], ["number", "code"]):
        key = {"columns": names, "references": {"dataset": "keys", "columns": names}}
        types = {"id": {"type": "integer"}, "number": {"type": "integer"}, "code": {"type": "string"}}
        schema = BUILD / f"keys-{len(names)}.yaml"
        schema.write_text(json.dumps({"version": 1, "columns": types, "table": {"foreign_keys": [key]}}))
        commands[f"key of {' and '.join(names)}"] = [*mlgate(refers, schema), "--reference", f"keys={referred}"]
    scan = mlgate(made_file("sound", options.rows, "parquet"), write_schema(EVERY, "every"))
    costs = measure(commands | {"all checks of visits": scan}, runs=options.runs, expected=dict.fromkeys(commands, 1))
    print(f"\nForeign keys, {options.rows:,} rows to {KEYS:,}; three are orphans")
    print(f"{'':24}   wall s   cpu s    MiB  cpu/all checks")
    for name, cost in costs.items():
        if name in commands and broken_for_mlgate(cost.output) != {"foreign_keys"}:
            raise RuntimeError(f"the orphans were not found: {name}")
        print(f"{name:24}  {costs_told(cost)} {fraction(cost.cpu_s, costs['all checks of visits'].cpu_s):>15}")


PARTS: Mapping[str, Callable[[Options], None]] = {
    "peers": compare_peers,
    "parquet": lambda options: whole(options, "parquet"),
    "csv": lambda options: whole(options, "csv"),
    "start": start,
    "scale": scale,
    "keys": keys,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", nargs="+", default=[], help="parts of their names; all unless some are named")
    parser.add_argument("--part", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--scale", type=int, nargs="+", default=[1_000_000, 10_000_000, 50_000_000])
    given = parser.parse_args()
    options = Options(given.rows, given.runs, given.peers, given.scale)
    load = os.getloadavg()[0]
    print(
        f"\nData gate beside its peers: medians of {options.runs} whole processes; "
        f"{os.cpu_count()} cores, load {load:.1f} at the start"
    )
    for part in given.part:
        PARTS[part](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
