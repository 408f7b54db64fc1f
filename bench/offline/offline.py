# SPDX-License-Identifier: Apache-2.0
"""Times whole processes side by side and prints a line for each target: see bench/offline/run."""

import argparse
import importlib.util
import os
import statistics
import subprocess
import sys
import time

import data

FEATC = "build/release/featc"
CRITEO = "examples/criteo/criteo.feat"
TAKEAWAY = "bench/takeaway.feat"
RIVALS = os.path.join(os.path.dirname(__file__), "rivals.py")
ENVIRONMENT = dict(os.environ, POLARS_MAX_THREADS="2")


class Times:
    """Of one side: seconds of each run."""

    def __init__(self):
        self.cpu, self.wall = [], []

    def median(self, what):
        return statistics.median(getattr(self, what))


def run(command):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench/offline: {' '.join(command)} failed:\n{said}")
    return usage.ru_utime + usage.ru_stime, wall


def compare(sides, output, times):
    """Runs the sides in turn; the first round only warms caches. An output that is there would cost its removal."""
    found = {name: Times() for name in sides}
    for turn in range(times + 1):
        for name, command in sides.items():
            if os.path.exists(output):
                os.remove(output)
            cpu, wall = run(command)
            if turn > 0:
                found[name].cpu.append(cpu)
                found[name].wall.append(wall)
    os.remove(output)
    return found


def featc(config, source, output, threads=2):
    return [FEATC, "run", config, "--input", source, "--output", output, "--threads", str(threads)]


def rival(name, source, output):
    return [sys.executable, RIVALS, name, source, output]


class Report:
    def __init__(self):
        self.targets = []

    def table(self, title, found):
        print(f"\n{title}\n  {'':10}  {'CPU s':>7}  {'wall s':>7}")
        for name, times in found.items():
            print(f"  {name:10}  {times.median('cpu'):7.2f}  {times.median('wall'):7.2f}", flush=True)

    def at_most(self, name, measured, limit):
        self.targets.append((measured <= limit, name, f"{measured:.3g} (at most {limit:g})"))

    def at_least(self, name, measured, limit):
        self.targets.append((measured >= limit, name, f"{measured:.3g} (at least {limit:g})"))

    def skip(self, name, limit, why):
        self.targets.append((None, name, f"not measured ({limit}); {why}"))

    def print(self):
        print("\nTargets")
        for holds, name, text in self.targets:
            print(f"{'SKIP' if holds is None else 'PASS' if holds else 'FAIL'}  {name}: {text}")


def files(report, sources, folder, times):
    limits = {"csv": 0.45, "parquet": 0.85, "arrow": 0.65}
    for kind, limit in limits.items():
        output = os.path.join(folder, "out.arrow")
        sides = {"featc": featc(CRITEO, sources[kind], output), "polars": rival("polars", sources[kind], output)}
        if kind != "arrow":
            sides["duckdb"] = rival("duckdb", sources[kind], output)
        found = compare(sides, output, times)
        report.table(f"{kind} to arrow, two threads", found)
        ratio = found["featc"].median("cpu") / found["polars"].median("cpu")
        report.at_most(f"{kind} to arrow, CPU time to Polars", ratio, limit)
    output = os.path.join(folder, "out.parquet")
    sides = {"featc": featc(CRITEO, sources["parquet"], output), "polars": rival("polars", sources["parquet"], output)}
    found = compare(sides, output, times)
    report.table("parquet to parquet, two threads", found)
    ratio = found["featc"].median("cpu") / found["polars"].median("cpu")
    report.at_most("parquet to parquet, CPU time to Polars", ratio, 1.0)


def json_lines(report, folder, quick, times):
    source = data.takeaway(folder, 100 if quick else 1_000, 200)
    output = os.path.join(folder, "out.arrow")
    sides = {"featc": featc(TAKEAWAY, source, output), "duckdb": rival("duckdb", source, output)}
    found = compare(sides, output, times)
    report.table("json lines (takeaway, 200 items a request) to arrow, two threads", found)
    ratio = found["featc"].median("cpu") / found["duckdb"].median("cpu")
    report.at_most("json lines to arrow, CPU time to DuckDB with the scalar features", ratio, 0.5)


def scaling(report, sources, folder, times):
    """One thread over two, without what the start takes: that of a file without rows."""
    if (os.cpu_count() or 1) < 2:
        report.skip("one thread over two", "at least 1.7", "this machine has one core")
        return
    output = os.path.join(folder, "out.arrow")
    empty = os.path.join(folder, "empty.csv")
    with open(sources["csv"]) as rows, open(empty, "w") as file:
        file.write(rows.readline())
    for kind in ("csv", "parquet"):
        sides = {"start": featc(CRITEO, empty, output)}
        sides.update({f"{n} thread{'s' * (n > 1)}": featc(CRITEO, sources[kind], output, n) for n in (1, 2)})
        found = compare(sides, output, times)
        report.table(f"{kind} to arrow, by threads", found)
        start, one, two = (times_.median("wall") for times_ in found.values())
        report.at_least(f"{kind} to arrow, wall time of one thread over two", (one - start) / (two - start), 1.7)


def in_process(report, sources):
    name = "arrow table to arrow table in the process, wall time to Polars"
    if importlib.util.find_spec("featc") is None:
        report.skip(name, "at most 0.6", "pip install ./python into build/bench-venv")
        return
    import in_process as inside

    found = inside.compare(CRITEO, sources["arrow"])
    print("\narrow table to arrow table in the process, two threads, wall ms")
    for side, seconds in found.items():
        print(f"  {side:10}  {seconds * 1e3:7.1f}")
    report.at_most(name, found["featc"] / found["polars"], 0.6)


def main():
    parser = argparse.ArgumentParser(prog="bench/offline/run")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, fewer runs")
    parser.add_argument("--folder", default="build/bench-data", help="where the data stays")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    times = 3 if options.quick else 7
    report = Report()
    sources = data.criteo(options.folder, 100_000 if options.quick else 1_000_000)
    files(report, sources, options.folder, times)
    scaling(report, sources, options.folder, times)
    json_lines(report, options.folder, options.quick, times)
    # Polars takes its number of threads from the environment, when it is loaded.
    os.environ["POLARS_MAX_THREADS"] = "2"
    in_process(report, sources)
    report.print()


if __name__ == "__main__":
    main()
