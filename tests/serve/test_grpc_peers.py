# SPDX-License-Identifier: Apache-2.0
"""Peers of the gRPC port that send what no client would, or connect more often than they may."""

import os
import resource
import socket
import struct
import time
import zlib

from conftest import receive_all, wait_until
from grpc_calls import (  # noqa: F401: fixtures
    INFER, LIVE, call, channel_of, fields, messages, proto, raw_request, values_of)


def resident_bytes(server):
    return int(open(f"/proc/{server.process.pid}/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS = frame(4, 0, 0, b"")


def opened_call(server, encoding=b"identity"):
    """A connection with the head of a call, as bare frames."""
    def literal(name, value):
        return b"\x10" + bytes([len(name)]) + name + bytes([len(value)]) + value
    head = b"\x83\x86" + literal(b":path", INFER.encode()) + literal(b":authority", b"x") + literal(
        b"te", b"trailers") + literal(b"content-type", b"application/grpc") + literal(b"grpc-encoding", encoding)
    connection = socket.create_connection(("127.0.0.1", server.grpc_port), timeout=10)
    connection.sendall(PREFACE + SETTINGS + frame(1, 4, 1, head))
    return connection


def send_message(connection, message, packed=False):
    message = bytes([packed]) + struct.pack(">I", len(message)) + message
    for at in range(0, len(message), 16384):
        connection.sendall(frame(0, 1 if at + 16384 >= len(message) else 0, 1, message[at:at + 16384]))


def test_packed_bomb(start, shops):
    """A message that gRPC would unpack to a gigabyte."""
    server = start(shops, "--grpc-port", "0")
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join([packer.compress(bytes(1 << 20)) for _ in range(1024)] + [packer.flush()])
    before = resident_bytes(server)
    for encoding in (b"gzip", b"identity"):
        with opened_call(server, encoding) as connection:
            try:
                send_message(connection, packed, True)
            except OSError:
                pass  # it has been refused
            connection.settimeout(2)
            receive_all(connection)
    assert resident_bytes(server) < before + (100 << 20)
    with channel_of(server) as channel:
        assert call(channel, LIVE, b"") == b"\x08\x01"


def test_slow_reader(start, tmp_path, messages):
    """An answer that nobody reads is dropped, and holds nothing up."""
    config = tmp_path / "big.feat"
    config.write_text("model big\nrequest { }\nitem { n : int64 }\nsparse n slot 1 = n\n")
    server = start(config, "--answer-time", "1s", "--deadline", "20s", "--grpc-port", "0")
    numbers = list(range(7000))
    with opened_call(server) as connection:
        send_message(connection, raw_request(messages, [("n", "INT64", numbers)], "big").SerializeToString())
        # The window of 64 KB is never made wider.
        wait_until(lambda: server.metric("featc_grpc_unread_calls_total") == 1)
        wait_until(lambda: server.metric("featc_grpc_calls") == 0)
    with channel_of(server) as channel:
        request = raw_request(messages, [("n", "INT64", numbers)], "big")
        answer = messages.ModelInferResponse.FromString(call(channel, INFER, request))
        assert values_of(answer)["n"] == [(1 << 44) + n for n in numbers]


def test_what_is_not_grpc(fields):
    for data in (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", os.urandom(4096), PREFACE,
                 PREFACE + os.urandom(4096), PREFACE + SETTINGS + frame(1, 4, 1, b"\xff" * 100),
                 PREFACE + SETTINGS + frame(0, 0, 1, bytes(100)),
                 PREFACE + SETTINGS + frame(8, 0, 0, b"\x7f\xff\xff\xff") * 100,
                 PREFACE + SETTINGS + frame(6, 0, 0, bytes(8)) * 10_000,
                 PREFACE + SETTINGS + frame(4, 0, 0, bytes(6)) * 10_000,
                 PREFACE + SETTINGS + b"".join(frame(1, 4, 2 * i + 1, b"\x82") + frame(3, 0, 2 * i + 1, bytes(4))
                                               for i in range(5000))):
        with socket.create_connection(("127.0.0.1", fields.grpc_port), timeout=10) as connection:
            try:
                connection.sendall(data)
                connection.settimeout(0.3)
            except OSError:
                pass
            receive_all(connection)
    assert fields.process.poll() is None
    with channel_of(fields) as channel:
        assert call(channel, LIVE, b"") == b"\x08\x01"


def test_connection_limit(start, shops):
    server = start(shops, "--connections", "20", "--grpc-port", "0")
    idle = [socket.create_connection(("127.0.0.1", server.grpc_port), timeout=10) for _ in range(60)]
    # Those beyond the limit are closed, and HTTP goes on meanwhile.
    wait_until(lambda: server.metric("featc_grpc_connections") == 20)
    for connection in idle[20:]:
        assert receive_all(connection) == b""
    assert server.ask("/v2/health/live")[0] == 200
    for connection in idle:
        connection.close()
    wait_until(lambda: server.metric("featc_grpc_connections") == 0)
    with channel_of(server) as channel:
        assert call(channel, LIVE, b"", wait_for_ready=True) == b"\x08\x01"


def test_no_open_files_left(start, shops):
    """Connections that take all files of the system do not end the server: later ones are accepted."""
    server = start(shops, "--grpc-port", "0")
    process = server.process.pid
    used = len(os.listdir(f"/proc/{process}/fd"))
    limits = resource.prlimit(process, resource.RLIMIT_NOFILE)
    resource.prlimit(process, resource.RLIMIT_NOFILE, (used + 30, limits[1]))
    idle = [socket.create_connection(("127.0.0.1", server.grpc_port), timeout=10) for _ in range(100)]
    wait_until(lambda: len(os.listdir(f"/proc/{process}/fd")) == used + 30)
    time.sleep(0.3)
    for connection in idle:
        connection.close()
    wait_until(lambda: len(os.listdir(f"/proc/{process}/fd")) < used + 10)
    with channel_of(server) as channel:
        assert call(channel, LIVE, b"", wait_for_ready=True) == b"\x08\x01"
    resource.prlimit(process, resource.RLIMIT_NOFILE, limits)
    assert server.ask("/v2/health/live")[0] == 200
