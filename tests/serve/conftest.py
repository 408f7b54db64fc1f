# SPDX-License-Identifier: Apache-2.0
"""Starts `featc serve` on free ports; FEATC_PROGRAM names the program."""

import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import pytest

PROGRAM = os.environ.get("FEATC_PROGRAM", str(pathlib.Path(__file__).resolve().parents[2] / "build/release/featc"))

SHOPS = """\
model shops
request {
  user_id : int64
  city    : string
  age     : int64?
}
item {
  shop_id  : int64
  category : string
  price    : float64?
  tags     : list<string>?
}
sparse user       slot 1 = user_id
sparse age        slot 2 = age
sparse city_x_cat slot 3 = cross(city, category)
sparse shop       slot 4 = shop_id
sparse tags       slot 5 = tags
dense  price      default -1 = log1p(price)
"""


class Server:
    """A running server; `log` is what it has written to stderr."""

    def __init__(self, config, *options):
        ports = ["--admin-port", "0"] + ([] if "--port" in options else ["--port", "0"])
        self.process = subprocess.Popen(
            [PROGRAM, "serve", str(config), *ports, *options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.log = ""
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        found = {}
        while "listening" not in found:
            line = self.process.stdout.readline()
            if not line:
                self.process.wait()
                self.reader.join()
                raise RuntimeError(f"featc serve ended with {self.process.returncode}: {self.log}")
            words = re.match(r"(admin|gRPC|listening) on (.*):(\d+)", line)
            found[words[1]] = int(words[3])
        self.port = found["listening"]
        self.admin_port = found["admin"]
        self.grpc_port = found.get("gRPC")

    def _read(self):
        for line in self.process.stderr:
            self.log += line

    def url(self, path, admin=False):
        return f"http://127.0.0.1:{self.admin_port if admin else self.port}{path}"

    def ask(self, path, body=None, headers=None, admin=False, timeout=30):
        """Status, headers and body of an answer; JSON is parsed."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        request = urllib.request.Request(self.url(path, admin), data=body, headers=headers or {})
        try:
            answer = urllib.request.urlopen(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read()
        if answer.headers.get("Content-Type") == "application/json":
            rows = [json.loads(line) for line in text.decode().splitlines()]
            text = rows[0] if len(rows) == 1 else rows
        return answer.status, answer.headers, text

    def connect(self, admin=False, timeout=20):
        return socket.create_connection(("127.0.0.1", self.admin_port if admin else self.port), timeout=timeout)

    def raw(self, data, timeout=20):
        """What comes back for some bytes, until the server closes or a whole answer is there and nothing more comes."""
        with self.connect(timeout=timeout) as connection:
            try:
                connection.sendall(data)
            except OSError:
                pass
            return receive_all(connection)

    def stop(self, wait=90):
        """The exit code after SIGTERM."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(wait)
        self.reader.join(5)
        return code

    def metric(self, name):
        """The sum of a metric's series."""
        _, _, text = self.ask("/metrics", admin=True)
        lines = [line for line in text.decode().splitlines() if re.match(re.escape(name) + r"[{ ]", line)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


def receive_all(connection):
    received = b""
    try:
        while True:
            part = connection.recv(65536)
            if not part:
                break
            received += part
    except OSError:
        pass
    return received


def wait_until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def cpu_of(server):
    """Seconds."""
    return sum(map(int, open(f"/proc/{server.process.pid}/stat").read().split()[13:15])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture
def slow_config(tmp_path):
    """A request with a long text computes for seconds."""
    path = tmp_path / "slow.feat"
    path.write_text("model slow\nrequest { t : string }\nitem { ls : list<string> }\n"
                    "sparse far slot 1 = max(edit_distance(ls, t))\n")
    return path


def slow_texts(megabytes=2):
    """The request's `t`, and the `ls` of its one item."""
    return "ba" * 2000, ["ab" * 2000 for _ in range(megabytes * 250)]


@pytest.fixture(scope="session")
def shops(tmp_path_factory):
    """The path of a config without stores."""
    path = tmp_path_factory.mktemp("configs") / "shops.feat"
    path.write_text(SHOPS)
    return path


@pytest.fixture(scope="session")
def server(shops):
    """One server for all tests that do not change it."""
    running = Server(shops)
    yield running
    assert running.stop() == 0


@pytest.fixture
def start(request):
    """Starts servers that end with the test."""
    running = []

    def begin(*arguments):
        running.append(Server(*arguments))
        return running[-1]

    yield begin
    for each in running:
        each.stop()


REQUEST = {"request": {"user_id": 42, "city": "Rome", "age": 30},
           "items": [{"shop_id": 1, "category": "pizza", "price": 9.5, "tags": ["hot", "new"]},
                     {"shop_id": 2, "category": "sushi"}]}


@pytest.fixture
def request_line():
    return json.dumps(REQUEST)
