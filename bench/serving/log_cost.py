#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What logging all requests costs a server: CPU a request with the log, over that without.

    bench/serving/log_cost.py MODELS NAME REQUESTS [--store NAME=URL] [--rounds 5] [--requests 2000] [--callers 4]

Two servers of MODELS (as featc serve takes them), one with a log, answer the lines of REQUESTS for NAME in turn, one round
each. CPU is that of the whole server process, from /proc; the median of the rounds counts.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import re
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    def __init__(self, program, arguments):
        self.process = subprocess.Popen([program, "serve", *arguments, "--port", "0", "--admin-port", "0"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.ports = {}
        while "listening" not in self.ports:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"featc serve {' '.join(arguments)} does not start")
            words = re.match(r"(admin|listening) on .*:(\d+)", line)
            self.ports[words[1]] = int(words[2])

    def cpu(self):
        """Seconds of all threads."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def metric(self, name):
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["admin"])
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
        return int(float(found[1])) if found else 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.wait()


def ask(port, path, bodies):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for body in bodies:
        connection.request("POST", path, body)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
    connection.close()


def round_of(server, path, bodies, callers):
    """CPU of the server for a request, in seconds, until its log is written."""
    before = server.cpu()
    with concurrent.futures.ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda c: ask(server.ports["listening"], path, bodies[c::callers]), range(callers)))
    # Seldom, since these answers cost CPU too.
    while server.metric("featc_request_log_waiting"):
        time.sleep(0.02)
    return (server.cpu() - before) / len(bodies)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("models")
    parser.add_argument("name")
    parser.add_argument("requests_file")
    parser.add_argument("--store", action="append", default=[])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=2000)
    parser.add_argument("--callers", type=int, default=4)
    parser.add_argument("--program", default=str(ROOT / "build/release/featc"))
    options = parser.parse_args()
    lines = pathlib.Path(options.requests_file).read_text().splitlines()
    bodies = [lines[i % len(lines)].encode() for i in range(options.requests)]
    arguments = [options.models, *(word for store in options.store for word in ("--store", store))]
    path = f"/extract/{options.name}"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        log = os.path.join(folder, "log")
        servers = [stack.enter_context(Server(options.program, arguments + more)) for more in ([], ["--log", log])]
        for server in servers:
            round_of(server, path, bodies[:200], options.callers)
        costs = [[], []]
        for i in range(options.rounds):
            for which in (0, 1) if i % 2 == 0 else (1, 0):
                costs[which].append(round_of(servers[which], path, bodies, options.callers))
        ratios = sorted(logged / plain for plain, logged in zip(*costs))
        written = servers[1].metric('featc_request_log_lines_total{outcome="written"}')
        dropped = servers[1].metric('featc_request_log_lines_total{outcome="dropped"}')
        size = servers[1].metric("featc_request_log_bytes_total")
    for text, cost in zip(("without", "with"), costs):
        print(f"CPU a request {text} a log: {statistics.median(cost) * 1e6:.0f} us")
    print(f"with over without: {statistics.median(ratios):.3f} ({ratios[0]:.3f} .. {ratios[-1]:.3f})")
    print(f"lines: {written} of {size / max(written, 1) / 1000:.1f} KB, {dropped} dropped")
    print("load:", os.getloadavg()[0])


if __name__ == "__main__":
    main()
