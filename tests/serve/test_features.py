# SPDX-License-Identifier: Apache-2.0
"""Features over HTTP are those of `featc run`; configs are reloaded; the admin port tells what goes on."""

import gzip
import json
import signal
import subprocess

import pytest
from conftest import PROGRAM, SHOPS, Server, wait_until


def run_features(config, line, tmp_path):
    data = tmp_path / "data.jsonl"
    data.write_text(line + "\n")
    ran = subprocess.run([PROGRAM, "run", str(config), "--input", str(data)], capture_output=True, text=True, check=True)
    return [json.loads(row) for row in ran.stdout.splitlines()]


def test_same_as_run(server, shops, request_line, tmp_path):
    status, headers, rows = server.ask("/extract/shops", request_line)
    assert status == 200
    assert rows == run_features(shops, request_line, tmp_path)
    assert headers["Featc-Version"].startswith("1 ")


def test_many_requests_in_a_body(server, shops, request_line, tmp_path):
    body = "\n".join([request_line] * 3)
    assert server.ask("/extract/shops", body)[2] == run_features(shops, body, tmp_path)


def test_gzip(server, request_line):
    plain = server.ask("/extract/shops", request_line)
    packed = server.ask("/extract/shops", gzip.compress(request_line.encode()), {"Content-Encoding": "gzip"})
    assert packed[0] == 200 and packed[2] == plain[2]


@pytest.mark.parametrize("headers, body, status, words", [
    ({}, "{", 400, "request:1:"),
    ({}, "", 400, "no request in the body"),
    ({}, '{"request": {"user_id": "x", "city": "a"}, "items": []}', 400, "user_id"),
    ({"Content-Encoding": "gzip"}, "plain", 400, "not gzip data"),
    ({"Content-Encoding": "br"}, "plain", 415, "gzip only"),
    ({"Accept": "text/html"}, "{}", 406, "Accept"),
    ({"Featc-Deadline": "soon"}, "{}", 400, "20ms"),
])
def test_bad_requests(server, headers, body, status, words):
    got, _, answer = server.ask("/extract/shops", body, headers)
    assert got == status and words in answer["error"]


def test_paths_and_methods(server):
    assert server.ask("/extract/nothing", "{}")[0] == 404
    for path in ("/extract/shps", "/v2/models/shps/infer", "/v2/models/shps"):
        status, _, answer = server.ask(path, "{}")
        assert status == 404 and 'did you mean "shops"?' in answer["error"]
    assert server.ask("/nowhere")[0] == 404
    status, headers, _ = server.ask("/extract/shops")
    assert status == 405 and headers["Allow"] == "POST"
    assert server.ask("/nowhere", admin=True)[0] == 404


def test_deadline_that_has_passed(server, request_line):
    status, _, answer = server.ask("/extract/shops?deadline=1us", request_line)
    assert status == 504 and "deadline" in answer["error"]


def test_server_timing(server, request_line):
    assert "Server-Timing" not in server.ask("/extract/shops", request_line)[1]
    timing = server.ask("/extract/shops", request_line, {"Featc-Timing": "1"})[1]["Server-Timing"]
    assert all(stage + ";dur=" in timing for stage in ("queue", "read", "extract", "answer"))


def test_failed_requests_are_logged(server):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    server.ask("/extract/shops", "{", {"traceparent": trace})
    wait_until(lambda: trace in server.log)
    line = json.loads(next(line for line in server.log.splitlines() if trace in line))
    assert line["event"] == "failed" and line["status"] == 400 and line["config"] == "shops"
    assert set(line["ms"]) == {"queue", "read", "extract", "infer", "answer", "total"}


def test_admin(server, request_line):
    assert server.ask("/health/live", admin=True)[0] == 200
    status, _, text = server.ask("/health/ready", admin=True)
    assert status == 200 and b"shops: serves version 1" in text
    before = server.metric("featc_requests_total")
    server.ask("/extract/shops", request_line)
    assert server.metric("featc_requests_total") == before + 1
    assert server.metric("featc_http_connections") >= 0
    assert server.metric("featc_server_requests_total") > 0


def test_reload(start, tmp_path, request_line):
    config = tmp_path / "shops.feat"
    config.write_text(SHOPS)
    server = start(config)
    config.write_text(SHOPS.replace("log1p(price)", "price"))
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "shops: version 2" in server.log)
    _, headers, rows = server.ask("/extract/shops", request_line)
    assert headers["Featc-Version"].startswith("2 ") and rows[0]["features"]["price"] == [9.5]

    config.write_text(SHOPS + "dense bad = nothing\n")
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "the old version stays" in server.log)
    assert server.ask("/extract/shops", request_line)[2] == rows
    status, _, text = server.ask("/health/ready", admin=True)
    assert status == 200 and b'"nothing" is not a field' in text


def test_watch(start, tmp_path):
    config = tmp_path / "shops.feat"
    config.write_text(SHOPS)
    server = start(config, "--watch")
    config.write_text(SHOPS.replace("log1p(price)", "price"))
    wait_until(lambda: "shops: version 2" in server.log)


def test_config_that_is_broken_at_start(start, tmp_path, request_line):
    config = tmp_path / "shops.feat"
    config.write_text("dense bad = nothing\n")
    server = start(config)
    assert server.ask("/health/live", admin=True)[0] == 200
    assert server.ask("/health/ready", admin=True)[0] == 503
    assert server.ask("/v2/health/ready")[0] == 503
    status, headers, answer = server.ask("/extract/shops", request_line)
    assert status == 503 and headers["Retry-After"] and "not loaded" in answer["error"]
    config.write_text(SHOPS)
    server.process.send_signal(signal.SIGHUP)
    wait_until(lambda: server.ask("/health/ready", admin=True)[0] == 200)
    assert server.ask("/extract/shops", request_line)[0] == 200


def test_folder(start, tmp_path, request_line):
    (tmp_path / "a.feat").write_text(SHOPS)
    (tmp_path / "b.feat").write_text(SHOPS.replace("log1p(price)", "price"))
    server = start(tmp_path)
    a, b = (server.ask(f"/extract/{name}", request_line)[2][0]["features"]["price"] for name in "ab")
    assert a != b == [9.5]


def test_check(shops, tmp_path):
    def check(path):
        return subprocess.run([PROGRAM, "serve", str(path), "--check"], capture_output=True, text=True, timeout=60)
    assert check(shops).returncode == 0
    bad = tmp_path / "bad.feat"
    bad.write_text("dense bad = nothing\n")
    assert check(bad).returncode == 1 and "not loaded" in check(bad).stderr
    assert check(tmp_path / "none.feat").returncode == 1


@pytest.mark.parametrize("options, words", [
    (["--store", "users"], "expected NAME=URL"),
    (["--store", "default=rdis://h"], "--store default=...: "),
    (["--store", "a=memory:x", "--store", "a=memory:y"], "--store a=...: "),
    (["--queue", "1000001"], "--queue"),
    (["--no-such-option"], "--no-such-option"),
])
@pytest.mark.parametrize("ends", [["--check"], ["--port", "0", "--admin-port", "0"]])
def test_exit_codes(tmp_path, options, words, ends):
    """A mistake of the command line ends with 2, a file that is not there with 1."""
    config = tmp_path / "users.feat"
    config.write_text("""\
model users
request { user_id : int64 }
source user(user_id: int64) {
  key "u:{user_id}"
  age : int64
}
item { n : int64 }
sparse age slot 1 = user(user_id).age
""")

    def run(path, *options):
        ended = subprocess.run([PROGRAM, "serve", str(path), *options], capture_output=True, text=True, timeout=60)
        return ended.returncode, ended.stderr
    found, said = run(config, *options, *ends)
    assert found == 2 and words in said, said
    found, said = run(tmp_path / "none.feat", *ends)
    assert found == 1 and "none.feat" in said
    found, said = run(config, "--store", "default=jsonl:none.jsonl", "--check")
    assert found == 1 and "none.jsonl" in said


def test_port_in_use(server, shops):
    with pytest.raises(RuntimeError, match="cannot listen"):
        Server(shops, "--port", str(server.port))


def test_rows_of_a_store(start, tmp_path):
    config = tmp_path / "users.feat"
    config.write_text("""\
model users
request { user_id : int64 }
source user(user_id: int64) {
  key "u:{user_id}"
  age : int64
}
item { n : int64 }
sparse age slot 1 = user(user_id).age
sparse n   slot 2 = n
""")
    rows = tmp_path / "rows.jsonl"
    rows.write_text('{"source": "user", "user_id": 7, "age": 33}\n')
    server = start(config, "--store", f"default=jsonl:{rows}")
    _, headers, answer = server.ask("/extract/users", {"request": {"user_id": 7}, "items": [{"n": 1}]})
    assert headers.get("Featc-Degraded") is None
    assert answer["features"]["age"] == [(1 << 44) + 33]
