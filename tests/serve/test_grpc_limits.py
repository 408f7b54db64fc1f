# SPDX-License-Identifier: Apache-2.0
"""Limits of calls over gRPC: deadlines, cancelled calls, queues, sizes; and what a server that ends does with them."""

import threading
import time

import pytest
from conftest import cpu_of, wait_until
from grpc_calls import (  # noqa: F401: fixtures
    INFER, LIVE, Failure, call, channel_of, grpc, messages, proto, raw_request, slow_request)


def test_callers_deadline_ends_computing(start, slow_config, messages):
    server = start(slow_config, "--deadline", "60s", "--grpc-port", "0")
    with channel_of(server) as channel:
        with pytest.raises(Failure) as failure:
            call(channel, INFER, slow_request(messages), timeout=5)
        assert failure.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
        # The server's deadline passes, or the caller, whose own passed a little earlier, cancels.
        wait_until(lambda: '"reason": "late"' in server.log or '"reason": "cancelled"' in server.log)
        wait_until(lambda: server.metric("featc_grpc_calls") == 0)
        used = cpu_of(server)
        time.sleep(1)
        assert cpu_of(server) < used + 0.3


def test_own_deadline(start, slow_config, messages):
    server = start(slow_config, "--deadline", "300ms", "--grpc-port", "0")
    with channel_of(server) as channel, pytest.raises(Failure) as failure:
        call(channel, INFER, slow_request(messages), timeout=60)
    assert failure.value.code == grpc.StatusCode.DEADLINE_EXCEEDED and "deadline" in failure.value.text


def test_cancelled_calls(start, slow_config, messages):
    server = start(slow_config, "--deadline", "60s", "--grpc-port", "0")
    message = slow_request(messages).SerializeToString()
    with channel_of(server) as channel:
        used = cpu_of(server)
        calls = [channel.unary_unary(INFER).future(message) for _ in range(5)]
        wait_until(lambda: cpu_of(server) > used + 0.5)
        for each in calls:
            each.cancel()
        wait_until(lambda: server.log.count('"reason": "cancelled"') == 5)
        wait_until(lambda: server.metric("featc_grpc_calls") == 0)
        used = cpu_of(server)
        time.sleep(1)
        assert cpu_of(server) < used + 0.3
    # A connection that is gone cancels too.
    channel = channel_of(server)
    pending = channel.unary_unary(INFER).future(message)
    wait_until(lambda: server.metric("featc_grpc_calls") == 1)
    channel.close()
    del pending
    wait_until(lambda: server.metric("featc_grpc_calls") == 0)


def test_queue_full(start, slow_config, messages):
    server = start(slow_config, "--deadline", "3s", "--threads", "1", "--queue", "1", "--grpc-port", "0")
    message = slow_request(messages).SerializeToString()
    with channel_of(server) as channel:
        calls = [channel.unary_unary(INFER).future(message) for _ in range(12)]
        codes = {each.code() for each in calls}
        texts = {each.details() for each in calls if each.code() == grpc.StatusCode.UNAVAILABLE}
    assert grpc.StatusCode.UNAVAILABLE in codes
    assert codes <= {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
    assert any("too many requests" in text for text in texts)


def never():
    """A message that does not come."""
    threading.Event().wait(60)
    yield b""


def test_too_many_calls_and_slow_senders(start, shops, messages):
    server = start(shops, "--connections", "8", "--header-time", "1s", "--body-time", "2s", "--grpc-port", "0")
    with channel_of(server) as channel:
        calls = [channel.stream_unary(INFER).future(never()) for _ in range(8)]
        wait_until(lambda: server.metric("featc_grpc_calls") == 8)
        with channel_of(server, ("another", 1)) as another, pytest.raises(Failure) as failure:
            call(another, LIVE, b"")
        assert failure.value.code == grpc.StatusCode.UNAVAILABLE and "too many calls" in failure.value.text
        for each in calls:
            assert each.code() == grpc.StatusCode.DEADLINE_EXCEEDED and "did not come in time" in each.details()
        wait_until(lambda: server.metric("featc_grpc_calls") == 0)
        assert call(channel, LIVE, b"") == b"\x08\x01"
        assert server.metric("featc_grpc_unread_calls_total") == 9


def test_large_messages(start, shops, messages):
    server = start(shops, "--max-body", "1MB", "--max-answer", "2KB", "--grpc-port", "0")
    with channel_of(server) as channel:
        with pytest.raises(Failure) as failure:
            call(channel, INFER, b"\x0a\x05shops" + b"\x3a\x80\x80\x80\x01" + bytes(2 << 20))
        assert failure.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
        request = raw_request(messages, [("user_id", "INT64", [1]), ("city", "BYTES", ["Rome"]),
                                         ("shop_id", "INT64", [1] * 500), ("category", "BYTES", ["a"] * 500)], "shops")
        with pytest.raises(Failure) as failure:
            call(channel, INFER, request)
        assert failure.value.code == grpc.StatusCode.RESOURCE_EXHAUSTED
        assert "longer than 2048 bytes: ask for fewer items" in failure.value.text
        with pytest.raises(Failure) as failure:
            call(channel, INFER, request, metadata=[("big", "x" * 100_000)])
        assert failure.value.code in (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.UNAVAILABLE)
        request = raw_request(messages, [("user_id", "INT64", [1])], "shops", outputs=["user"])
        with pytest.raises(Failure) as failure:
            call(channel, INFER, request, compression=grpc.Compression.Gzip)
        assert failure.value.code == grpc.StatusCode.UNIMPLEMENTED
    # Long texts of errors arrive.
    with channel_of(server) as channel:
        request = raw_request(messages, [("é" * 3000 + str(i), "INT64", [1]) for i in range(16)], "shops")
        with pytest.raises(Failure) as failure:
            call(channel, INFER, request)
        assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT and "is missing" in failure.value.text


def test_drain(start, shops, messages):
    """Under load every call that the server took is answered; later ones are told to go elsewhere."""
    server = start(shops, "--grace", "10s", "--grpc-port", "0")
    request = raw_request(messages, [("user_id", "INT64", [1]), ("city", "BYTES", ["Rome"]), ("shop_id", "INT64", [1, 2]),
                                     ("category", "BYTES", ["a", "b"])], "shops").SerializeToString()
    failures, done = [], []

    def caller(number):
        with channel_of(server, ("caller", number)) as channel:
            stub = channel.unary_unary(INFER)
            while True:
                try:
                    stub(request, timeout=20)
                    done.append(1)
                except grpc.RpcError as error:
                    if error.code() != grpc.StatusCode.UNAVAILABLE:
                        failures.append((error.code(), error.details()))
                    return
    callers = [threading.Thread(target=caller, args=(number,)) for number in range(8)]
    for thread in callers:
        thread.start()
    wait_until(lambda: len(done) > 200)
    began = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - began < 5
    for thread in callers:
        thread.join()
    assert failures == []


def test_end_waits_for_computing(start, slow_config, messages):
    server = start(slow_config, "--deadline", "12s", "--grace", "60s", "--grpc-port", "0")
    with channel_of(server) as channel:
        used = cpu_of(server)
        pending = channel.unary_unary(INFER).future(slow_request(messages).SerializeToString())
        wait_until(lambda: cpu_of(server) > used + 0.3)
        assert server.stop(60) == 0
        assert pending.code() in (grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED)
        assert pending.code() == grpc.StatusCode.OK or "deadline" in pending.details()


def test_end_does_not_wait_for_ever(start, slow_config, messages):
    server = start(slow_config, "--deadline", "60s", "--grace", "500ms", "--grpc-port", "0")
    with channel_of(server) as channel:
        used = cpu_of(server)
        pending = channel.unary_unary(INFER).future(slow_request(messages).SerializeToString())
        wait_until(lambda: cpu_of(server) > used + 0.3)
        began = time.monotonic()
        assert server.stop() == 0
        assert time.monotonic() - began < 5
        assert pending.code() != grpc.StatusCode.OK
