# SPDX-License-Identifier: Apache-2.0
"""HTTP as it should be, and as attackers send it, over raw sockets."""

import gzip
import json
import os
import resource
import socket
import struct
import threading
import time

import pytest
from conftest import cpu_of, receive_all, slow_texts, wait_until


def post(body, *headers, path="/extract/shops", version="1.1"):
    if isinstance(body, str):
        body = body.encode()
    lines = [f"POST {path} HTTP/{version}", "Host: x", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path="/v2/health/live", *headers, version="1.1", method="GET"):
    return "\r\n".join([f"{method} {path} HTTP/{version}", "Host: x", *headers]).encode() + b"\r\n\r\n"


CLOSE = "Connection: close"


def answers(received):
    """Status, headers and body of each answer."""
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = int(headers.get("Content-Length", 0))
        found.append((int(lines[0].split(" ")[1]), headers, rest[:length]))
        received = rest[length:]
    return found


def one(received):
    got = answers(received)
    assert len(got) == 1, received
    return got[0]


def is_well(server):
    assert server.ask("/v2/health/live")[0] == 200
    assert server.process.poll() is None


# -- Ambiguous and wrong framing ---------------------------------------------------------------------


@pytest.mark.parametrize("head, status", [
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 2, 2\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: +2\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551618\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length : 2\r\n\r\n{}", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}XX0\r\n\r\n", 400),
    ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}", 400),
    ("GET /v2/health/live HTTP/1.1\r\n\r\n", 400),
    ("GET /v2/health/live HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
    ("GET /v2/health/live HTTP/2.0\r\nHost: x\r\n\r\n", 505),
    ("GET  /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /v2/health/live HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n", 417),
    ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 TLS hello", 400),
])
def test_refused(server, head, status):
    got, headers, body = one(server.raw(head.encode("latin-1")))
    assert got == status and headers["Connection"] == "close"
    assert json.loads(body)["error"]


def test_smuggled_request_is_not_answered(server):
    """What stands behind a refused request is never read as another one."""
    smuggled = ("POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
                "0\r\n\r\nGET /v2 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert one(server.raw(smuggled.encode()))[0] == 400


# -- Limits ------------------------------------------------------------------------------------------


def test_huge_headers(server):
    assert one(server.raw(get("/v2", "X: " + "a" * 100_000)))[0] == 431
    assert one(server.raw(get("/" + "a" * 100_000)))[0] == 431
    assert one(server.raw(get("/v2", *[f"X{i}: 1" for i in range(20_000)])))[0] == 431
    with server.connect() as connection:  # many packets, each small
        connection.sendall(b"GET /v2 HTTP/1.1\r\nHost: x\r\n")
        try:
            for i in range(3000):
                connection.sendall(f"X{i}: {'a' * 20}\r\n".encode())
        except OSError:
            pass
        assert one(receive_all(connection))[0] == 431
    assert one(server.raw(get("/v2/health/live", "X: " + "a" * 10_000, CLOSE)))[0] == 200


def test_body_past_the_limit(server):
    head = b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n"
    status, _, body = one(server.raw(head))
    assert status == 413 and "fewer items" in json.loads(body)["error"]


def test_chunk_bomb(start, shops):
    server = start(shops, "--max-body", "1MB")
    with server.connect() as connection:
        connection.sendall(b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
        try:
            for _ in range(100):
                connection.sendall(chunk)
        except OSError:
            pass
        assert one(receive_all(connection))[0] == 413
    # One chunk that says more than there may be.
    assert one(server.raw(b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n"))[0] == 413
    # A line of a chunk that never ends.
    assert one(server.raw(b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;" + b"a" * 200_000))[0] in (400, 431)
    is_well(server)


def memory_of(server):
    with open(f"/proc/{server.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS")) * 1024


def test_gzip_bomb(start, shops):
    server = start(shops, "--max-body", "1MB")
    bomb = gzip.compress(b" " * 500_000_000, 9)
    assert len(bomb) < 1_000_000
    before = memory_of(server)
    status, _, body = one(server.raw(post(bomb, "Content-Encoding: gzip", CLOSE), timeout=60))
    assert status == 413 and "unpacked" in json.loads(body)["error"]
    assert memory_of(server) - before < 32 << 20


def test_bodies_together(start, shops):
    """Many large bodies under way at once have one limit."""
    server = start(shops, "--max-body", "1MB", "--max-bodies", "4MB")
    head = b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"
    open_ones = [server.connect() for _ in range(20)]
    for connection in open_ones:
        connection.sendall(head + b" " * 900_000)
    statuses = []
    for connection in open_ones:
        connection.settimeout(0.5)
        received = receive_all(connection)
        if received:
            statuses.append(one(received)[0])
        connection.close()
    assert statuses.count(503) >= 10 and set(statuses) == {503}
    wait_until(lambda: server.metric("featc_http_body_bytes") == 0)
    is_well(server)


def test_answer_past_the_limit(start, shops, request_line):
    server = start(shops, "--max-answer", "100")
    status, _, body = one(server.raw(post(request_line, CLOSE)))
    assert status == 413 and "answer" in json.loads(body)["error"]


def test_connection_limit(start, shops):
    server = start(shops, "--connections", "5")
    open_ones = [server.connect() for _ in range(5)]
    wait_until(lambda: server.metric("featc_http_connections") == 5)
    began = time.monotonic()
    status, headers, body = one(server.raw(get()))
    assert status == 503 and headers["Retry-After"] and "connections" in json.loads(body)["error"]
    assert time.monotonic() - began < 30
    assert server.ask("/health/live", admin=True)[0] == 200
    open_ones[0].close()
    wait_until(lambda: server.metric("featc_http_connections") < 5)
    assert one(server.raw(get("/v2/health/live", CLOSE)))[0] == 200


# -- Slow ones ---------------------------------------------------------------------------------------


def test_slow_headers_and_body(start, shops):
    server = start(shops, "--header-time", "500ms", "--body-time", "500ms", "--idle-time", "700ms")
    for first in (b"GET /v2 HT", post("{" * 100)[:-50]):
        with server.connect() as connection:
            connection.sendall(first)
            stop = time.monotonic() + 10
            status = None
            while status is None and time.monotonic() < stop:
                try:
                    connection.settimeout(0.1)
                    got = connection.recv(65536)
                    status = one(got)[0] if got else 0
                except TimeoutError:
                    connection.sendall(b"x")  # a byte now and then does not help
            assert status == 408
    with server.connect() as connection:  # nothing at all
        assert connection.recv(10) == b""


def test_slow_reader(start, tmp_path):
    """An answer that nobody reads is dropped, and holds nothing up."""
    config = tmp_path / "big.feat"
    config.write_text("model big\nrequest { }\nitem { n : int64 }\nsparse n slot 1 = n\n")
    server = start(config, "--answer-time", "1s")
    body = json.dumps({"request": {}, "items": [{"n": i} for i in range(300_000)]})
    with server.connect(timeout=60) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(post(body, path="/extract/big"))
        wait_until(lambda: server.metric("featc_http_unread_requests_total") >= 1, 60)
    is_well(server)


def test_slow_senders_beside_good_callers(server, request_line):
    slow = [server.connect() for _ in range(200)]
    for connection in slow:
        connection.sendall(post(request_line)[:-5])
    for _ in range(20):
        assert server.ask("/extract/shops", request_line, timeout=30)[0] == 200
    for connection in slow:
        connection.sendall(post(request_line)[-5:])
        connection.settimeout(20)
        assert connection.recv(12) == b"HTTP/1.1 200"
        connection.close()


def test_idle_connections(server, request_line):
    """They cost memory, not threads, and good callers do not notice them."""
    count = 1500
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(max(4096, count + 200), hard), hard))
    threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
    before = memory_of(server)
    idle = []
    for i in range(count):
        idle.append(server.connect())
        if i % 3 == 0:
            idle[-1].sendall(get())  # one that was used before
            assert idle[-1].recv(12) == b"HTTP/1.1 200"
    for _ in range(20):
        assert server.ask("/extract/shops", request_line, timeout=30)[0] == 200
    assert server.metric("featc_http_connections") >= count
    assert len(os.listdir(f"/proc/{server.process.pid}/task")) == threads
    assert (memory_of(server) - before) / count < 8192
    for connection in idle:
        connection.close()
    wait_until(lambda: server.metric("featc_http_connections") < 50)


# -- What clients may do ------------------------------------------------------------------------------


def test_pipelining(server, request_line):
    requests = [get("/v2"), post(request_line), get("/nothing"), post("{"), get("/v2/health/live"),
                post(request_line), get("/v2", CLOSE)]
    got = answers(server.raw(b"".join(requests)))
    assert [status for status, _, _ in got] == [200, 200, 404, 400, 200, 200, 200]
    assert got[1][2] == got[5][2]


def test_deep_pipelining(server):
    """More requests than the server buffers."""
    count = 20_000
    with server.connect(timeout=60) as connection:
        sender = threading.Thread(target=connection.sendall, args=(get() * (count - 1) + get("/v2/health/live", CLOSE),))
        sender.start()
        got = answers(receive_all(connection))
        sender.join()
    assert len(got) == count and {status for status, _, _ in got} == {200}


def test_bytes_one_by_one(server, request_line):
    with server.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in post(request_line, CLOSE):
            connection.sendall(bytes([byte]))
        assert one(receive_all(connection))[0] == 200


def test_chunked(server, request_line):
    text = request_line.encode()
    chunks = b"".join(b"%x;name=value\r\n%s\r\n" % (len(part), part) for part in (text[:10], text[10:11], text[11:]))
    head = b"POST /extract/shops HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    expected = one(server.raw(post(request_line, CLOSE)))
    assert one(server.raw(head + chunks + b"0\r\nTrailer: x\r\n\r\n"))[2] == expected[2]


def test_head_range_expect_and_versions(server, request_line):
    whole = one(server.raw(get("/v2", CLOSE)))
    received = server.raw(get("/v2", CLOSE, method="HEAD"))
    assert received.endswith(b"\r\n\r\n") and f"Content-Length: {len(whole[2])}".encode() in received
    assert one(server.raw(get("/v2", "Range: bytes=0-1", CLOSE)))[2] == whole[2]
    assert one(server.raw(get("http://somewhere/v2", CLOSE)))[2] == whole[2]

    got = one(server.raw(get("/v2", version="1.0")))
    assert got[1]["Connection"] == "close"
    got = answers(server.raw(get("/v2", "Connection: keep-alive", version="1.0") + get("/v2", version="1.0")))
    assert [headers["Connection"] for _, headers, _ in got] == ["keep-alive", "close"]

    with server.connect() as connection:
        request = post(request_line, "Expect: 100-continue", CLOSE)
        head = request[:request.index(b"\r\n\r\n") + 4]
        connection.sendall(head)
        assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(request[len(head):])
        assert one(receive_all(connection))[0] == 200
    # One that is too long is refused before it is sent.
    assert one(server.raw(b"POST /v2 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"))[0] == 413


def slow_body(megabytes=2):
    text, texts = slow_texts(megabytes)
    return json.dumps({"request": {"t": text}, "items": [{"ls": texts}]})


def test_hang_up_while_computing(start, slow_config):
    server = start(slow_config, "--deadline", "60s")
    with server.connect() as connection:
        connection.sendall(post(slow_body(), path="/extract/slow"))
        used = cpu_of(server)
        wait_until(lambda: cpu_of(server) > used + 0.5)
    wait_until(lambda: '"cancelled"' in server.log)
    wait_until(lambda: server.metric("featc_http_connections") == 0)
    used = cpu_of(server)
    time.sleep(1)
    assert cpu_of(server) < used + 0.3


def test_deadline_ends_computing(start, slow_config):
    server = start(slow_config, "--deadline", "300ms")
    began = time.monotonic()
    status, _, answer = server.ask("/extract/slow", slow_body(), timeout=60)
    assert status == 504 and answer["error"]
    assert time.monotonic() - began < 10


def test_queue_full(start, slow_config):
    server = start(slow_config, "--deadline", "3s", "--threads", "1", "--queue", "1")
    statuses = []

    def ask():
        statuses.append(server.ask("/extract/slow", slow_body(), timeout=60)[0])

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    # The admin port answers meanwhile.
    for _ in range(10):
        assert server.ask("/health/live", admin=True, timeout=30)[0] == 200
        assert server.ask("/metrics", admin=True, timeout=30)[0] == 200
    for thread in threads:
        thread.join()
    assert 503 in statuses and set(statuses) <= {200, 503, 504}


def test_unpacked_bodies_together(start, slow_config):
    """Bodies count as long as they are once unpacked."""
    server = start(slow_config, "--deadline", "200s", "--max-body", "1MB", "--max-bodies", "4MB")
    texts = ["ab" * 2000 for _ in range(80)]
    line = json.dumps({"request": {"t": "ba" * 2000}, "items": [{"ls": texts}]}) + " " * 580_000
    body = gzip.compress(line.encode())
    assert len(body) < 20_000
    answers = []

    def ask():
        answers.append(server.ask("/extract/slow", body, {"Content-Encoding": "gzip"}, timeout=300))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = [status for status, _, _ in answers]
    assert 200 in statuses and set(statuses) == {200, 503}
    assert all("too many bytes" in answer["error"] for status, _, answer in answers if status == 503)
    wait_until(lambda: server.metric("featc_http_body_bytes") == 0)


def test_reset_connections(server, request_line):
    for _ in range(200):
        connection = server.connect()
        connection.sendall(post(request_line))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
    is_well(server)
    wait_until(lambda: server.metric("featc_http_body_bytes") == 0)


# -- The end -----------------------------------------------------------------------------------------


def test_drain(start, shops, request_line):
    """Under load, no request that was received is lost; idle connections and half requests hold nothing up."""
    server = start(shops, "--grace", "100s")
    server.connect()  # idle for good
    failures, done = [], []

    def caller():
        while True:
            try:
                connection = server.connect()
            except OSError:
                return  # nobody listens any more
            with connection:
                while True:
                    try:
                        connection.sendall(post(request_line))
                        received = b""
                        while b"\r\n\r\n" not in received or len(received) < received.index(b"\r\n\r\n") + 4 + int(
                                received.partition(b"Content-Length: ")[2].partition(b"\r\n")[0]):
                            part = connection.recv(65536)
                            if not part:
                                raise OSError("closed")
                            received += part
                    except OSError as error:
                        failures.append((str(error), received))
                        return
                    if not received.startswith(b"HTTP/1.1 200"):
                        failures.append(("status", received))
                    done.append(1)
                    if b"Connection: close" in received:
                        break

    callers = [threading.Thread(target=caller) for _ in range(8)]
    for thread in callers:
        thread.start()
    wait_until(lambda: len(done) > 200)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 50
    for thread in callers:
        thread.join()
    assert failures == []


def test_end_waits_for_computing(start, slow_config):
    server = start(slow_config, "--deadline", "6s", "--grace", "60s")
    got = []
    thread = threading.Thread(target=lambda: got.append(server.ask("/extract/slow", slow_body(), timeout=60)[0]))
    used = cpu_of(server)
    thread.start()
    wait_until(lambda: cpu_of(server) > used + 0.1)
    assert got == []
    assert server.stop() == 0
    thread.join()
    assert got in ([200], [504])
