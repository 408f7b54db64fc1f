# SPDX-License-Identifier: Apache-2.0
"""The request log: what it says, what verify makes of it, and that nothing that befalls it touches a request."""

import concurrent.futures
import json
import os
import pathlib
import re
import select
import subprocess
import time

import pytest
from conftest import PROGRAM, REQUEST, wait_until

PROFILES = """\
model profiles
request { user_id : int64  note : string? }
item { shop_id : int64  price : float64? }
source people(id: int64) { key "user:{id}"
  age : int64
  city : string }
source shops(id: int64) { key "shop:{id}"
  clicks : int64 }
let me = people(user_id)
sparse age slot 1 = me.age
sparse city slot 2 = me.city
sparse clicks slot 3 = shops(shop_id).clicks
dense price default -1 = price
"""

ROWS = "".join(f'{{"source": "people", "id": {i}, "age": {20 + i}, "city": "c{i}"}}\n' for i in range(3)) + "".join(
    f'{{"source": "shops", "id": {i}, "clicks": {i * i}}}\n' for i in range(20))


def request_of(user, shops, note=None):
    request = {"user_id": user} if note is None else {"user_id": user, "note": note}
    return {"request": request, "items": [{"shop_id": shop, "price": 0.1 * shop} for shop in shops]}


@pytest.fixture
def profiles(tmp_path):
    (tmp_path / "profiles.feat").write_text(PROFILES)
    (tmp_path / "rows.jsonl").write_text(ROWS)
    return tmp_path


def serve(start, folder, *options, log="requests.log"):
    return start(folder / "profiles.feat", "--store", f"default=jsonl:{folder / 'rows.jsonl'}", "--log",
                 str(folder / log), *options)


def lines_of(path):
    return [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]


def verify(config, log, code=0, *options):
    done = subprocess.run([PROGRAM, "verify", str(config), "--input", str(log), *options], capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def lines_written(server, outcome="written"):
    _, _, text = server.ask("/metrics", admin=True)
    return int(re.search(rf'featc_request_log_lines_total{{outcome="{outcome}"}} (\d+)', text.decode())[1])


def test_a_line(start, profiles):
    server = serve(start, profiles, "--log-features", "values")
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    before = time.time()
    status, headers, rows = server.ask("/extract/profiles", request_of(1, [4, 99]),
                                       {"X-Request-Id": "abc", "traceparent": trace})
    assert status == 200 and headers["X-Request-Id"] == "abc"
    own = server.ask("/extract/profiles", request_of(2, []))[1]["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", own)
    assert server.ask("/extract/profiles", "{")[0] == 400
    assert server.stop() == 0
    first, second = lines_of(profiles / "requests.log")
    assert second["id"] == own
    assert first["featc_log"] == 2 and first["id"] == "abc" and first["traceparent"] == trace
    assert first["served_as"] == "profiles" and first["version"] == "1" and first["model"] == "profiles"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", first["time"])
    assert abs(time.mktime(time.strptime(first["time"][:19], "%Y-%m-%dT%H:%M:%S")) - time.timezone - before) < 60
    assert first["requests"] == [{"request": {"user_id": 1, "note": None}, "items": request_of(1, [4, 99])["items"]}]
    assert first["results"] == rows
    assert [(read["key"], read["status"], read["fields"]) for read in first["reads"]] == [
        ("user:1", "found", {"age": 21, "city": "c1"}), ("shop:4", "found", {"clicks": 16}), ("shop:99", "absent", {})]
    assert "2 lines, 2 requests, 2 items, 4 features: all the same" in verify(profiles / "profiles.feat",
                                                                             profiles / "requests.log")


def test_digests_tell_which_feature_and_item_differ(start, profiles):
    server = serve(start, profiles)
    server.ask("/extract/profiles", request_of(1, [4, 5, 99]), {"X-Request-Id": "abc"})
    assert server.stop() == 0
    line, = lines_of(profiles / "requests.log")
    assert set(line["digests"]["features"]) == {"age", "city", "clicks", "price"} and len(line["digests"]["items"]) == 3
    assert "1 lines, 1 requests, 3 items, 4 features: all the same" in verify(profiles / "profiles.feat",
                                                                             profiles / "requests.log")
    changed = profiles / "changed.feat"
    changed.write_text(PROFILES.replace("dense price default -1 = price", "dense price default -1 = min(price, 0.45)"))
    said = verify(changed, profiles / "requests.log", 1)
    assert "price: 1\n  line 1 (request abc): it differs in some of the items 1, 2\n" in said
    assert "3 items, 4 features: 2 items differ, in 1 feature\n" in said
    # Damaged digests are no digests.
    for digests, words in [({}, "lack features or items"), ({"features": {}, "items": []}, "3 items and 0 digests"),
                           ({"features": 3, "items": [1, 2, 3]}, "lack features or items"),
                           ({"features": {"x": 1}, "items": [1, None, []]}, "nothing in the log")]:
        (profiles / "damaged.log").write_text(json.dumps(dict(line, digests=digests)) + "\n")
        assert words in verify(profiles / "profiles.feat", profiles / "damaged.log", 1)


def test_joined_requests_have_their_own_reads(start, profiles):
    server = serve(start, profiles)
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(
            lambda i: server.ask("/extract/profiles", request_of(i % 3, [i % 20, 7]), {"X-Request-Id": f"r{i}"}), range(400)))
    assert all(status == 200 for status, _, _ in answers)
    assert server.stop() == 0
    lines = {line["id"]: line for line in lines_of(profiles / "requests.log")}
    assert len(lines) == 400
    for i in range(400):
        keys = sorted(read["key"] for read in lines[f"r{i}"]["reads"])
        assert keys == sorted({f"user:{i % 3}", f"shop:{i % 20}", "shop:7"})
    assert "all the same" in verify(profiles / "profiles.feat", profiles / "requests.log")


def test_oip_requests(start, profiles):
    server = serve(start, profiles)
    inputs = [{"name": name, "datatype": datatype, "shape": [len(data)], "data": data} for name, datatype, data in [
        ("user_id", "INT64", [1]), ("shop_id", "INT64", [3, 5]), ("price", "FP64", [0.5, -0.0])]]
    status, headers, answer = server.ask("/v2/models/profiles/infer", {"id": "oip-1", "inputs": inputs})
    assert status == 200 and answer["id"] == "oip-1" and headers["X-Request-Id"] == "oip-1"
    assert server.stop() == 0
    line, = lines_of(profiles / "requests.log")
    assert line["id"] == "oip-1" and line["requests"][0]["items"][0] == {"shop_id": 3, "price": 0.5}
    assert "1 lines, 1 requests, 2 items, 4 features: all the same" in verify(profiles / "profiles.feat",
                                                                             profiles / "requests.log")


def test_sample_goes_by_the_id(start, profiles):
    logged = []
    for log in ("a.log", "b.log"):
        server = serve(start, profiles, "--log-sample", "0.2", log=log)
        for i in range(300):
            server.ask("/extract/profiles", request_of(1, []), {"X-Request-Id": f"r{i}"})
        assert server.stop() == 0
        logged.append([line["id"] for line in lines_of(profiles / log)])
    assert logged[0] == logged[1] and 30 < len(logged[0]) < 90


def test_redacted_fields(start, profiles):
    server = serve(start, profiles, "--log-redact", "request.user_id,request.note")
    server.ask("/extract/profiles", request_of(2, [4], "secret"), {"X-Request-Id": "r1"})
    assert server.stop() == 0
    text = (profiles / "requests.log").read_text()
    line, = lines_of(profiles / "requests.log")
    assert "secret" not in text and "user:2" not in text
    assert line["redacted"] == ["request.user_id", "request.note"] and line["replayable"] is False
    assert line["requests"][0]["request"] == {} and line["requests"][0]["items"][0]["shop_id"] == 4
    assert [read["key"] for read in line["reads"]] == ["", ""]
    assert line["results"] == [{}]
    said = verify(profiles / "profiles.feat", profiles / "requests.log", 1)
    assert "lines that lack fields, and cannot be computed again: 1" in said
    assert "line 1 (request r1): request.user_id, request.note" in said


def test_a_redacted_field_that_no_feature_uses(start, profiles):
    server = serve(start, profiles, "--log-redact", "request.note")
    server.ask("/extract/profiles", request_of(2, [4], "secret"))
    assert server.stop() == 0
    assert "secret" not in (profiles / "requests.log").read_text()
    assert "1 lines, 1 requests, 1 items, 4 features: all the same" in verify(profiles / "profiles.feat",
                                                                             profiles / "requests.log")


def test_redacted_fields_of_rows(start, profiles):
    server = serve(start, profiles, "--log-redact", "people.city", "--log-redact", "item.price")
    server.ask("/extract/profiles", request_of(2, [4]))
    assert server.stop() == 0
    line, = lines_of(profiles / "requests.log")
    assert line["reads"][0]["fields"] == {"age": 22} and line["requests"][0]["items"] == [{"shop_id": 4}]


@pytest.mark.parametrize("options, words", [
    (["--log-redact", "request.usr_id"], "nothing that is served has such a field"),
    (["--log-sample", "2"], "takes a share of all requests"),
    (["--log-sample", "x"], "takes a share of all requests"),
])
def test_wrong_options(start, profiles, options, words):
    with pytest.raises(RuntimeError, match=words):
        serve(start, profiles, *options)
    with pytest.raises(RuntimeError, match="No such file"):
        serve(start, profiles, log="none/requests.log")
    with pytest.raises(RuntimeError, match="need --log FILE"):
        start(profiles / "profiles.feat", "--log-redact", "request.note")


def test_rotation(start, profiles):
    server = serve(start, profiles, "--log-rotate-size", "20KB", "--log-keep", "2")
    for i in range(200):
        assert server.ask("/extract/profiles", request_of(1, list(range(6))))[0] == 200
    wait_until(lambda: lines_written(server) == 200)
    aside = sorted(profiles.glob("requests.log.*"))
    assert len(aside) == 2 and all(re.search(r"\.\d{8}T\d{6}\.\d{3}Z$", path.name) for path in aside)
    for path in [*aside, profiles / "requests.log"]:
        assert path.stat().st_size <= 20480
        assert lines_of(path)
    # Somebody else puts it aside.
    (profiles / "requests.log").rename(profiles / "moved")
    time.sleep(1.1)
    server.ask("/extract/profiles", request_of(1, []), {"X-Request-Id": "later"})
    wait_until(lambda: lines_written(server) == 201)
    assert [line["id"] for line in lines_of(profiles / "requests.log")] == ["later"]


def test_rotation_by_time(start, profiles):
    server = serve(start, profiles, "--log-rotate-time", "1s")
    for _ in range(3):
        server.ask("/extract/profiles", request_of(1, []))
        time.sleep(1.1)
    assert server.stop() == 0
    assert len(list(profiles.glob("requests.log.*"))) == 2


def test_full_disk(start, profiles):
    server = start(profiles / "profiles.feat", "--store", f"default=jsonl:{profiles / 'rows.jsonl'}", "--log", "/dev/full")
    for _ in range(50):
        assert server.ask("/extract/profiles", request_of(1, [3]))[0] == 200
    wait_until(lambda: lines_written(server, "failed") == 50)
    assert server.metric("featc_request_log_failing") == 1
    assert server.stop() == 0
    assert server.log.count("cannot be written: No space left on device") == 1


def test_pipe_that_is_closed_and_opened_again(start, profiles):
    os.mkfifo(profiles / "requests.log")
    server = serve(start, profiles)
    wait_until(lambda: "nobody reads the pipe" in server.log)

    def ask(count, request_id):
        for _ in range(count):
            assert server.ask("/extract/profiles", request_of(1, [3]), {"X-Request-Id": request_id})[0] == 200

    def read_one():
        """Waits for a line as a reader of the pipe that comes, and goes."""
        pipe = os.open(profiles / "requests.log", os.O_RDONLY | os.O_NONBLOCK)
        time.sleep(1.1)  # until it is tried again
        ask(1, "read")
        assert select.select([pipe], [], [], 10)[0]
        line = os.read(pipe, 1 << 20)
        os.close(pipe)
        return json.loads(line)["id"]

    ask(2, "lost")
    assert read_one() == "read"
    wait_until(lambda: "is written again; lines that are missing: 2" in server.log)
    ask(2, "lost")
    wait_until(lambda: lines_written(server, "failed") == 4)
    assert read_one() == "read"
    assert server.stop() == 0


def test_pipe_that_nobody_empties(start, profiles):
    os.mkfifo(profiles / "requests.log")
    pipe = os.open(profiles / "requests.log", os.O_RDONLY | os.O_NONBLOCK)
    server = serve(start, profiles)
    body = "\n".join(json.dumps(request_of(1, list(range(20)))) for _ in range(20))
    while lines_written(server, "dropped") < 10:
        assert server.ask("/extract/profiles", body)[0] == 200
    assert server.metric("featc_request_log_waiting") > 0
    begun = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - begun < 10
    os.close(pipe)


def test_several_models_in_a_log(start, profiles, shops):
    (profiles / "shops.feat").write_text(pathlib.Path(shops).read_text())
    server = start(profiles, "--store", f"default=jsonl:{profiles / 'rows.jsonl'}", "--log", str(profiles / "requests.log"))
    server.ask("/extract/profiles", request_of(1, [3]))
    server.ask("/extract/shops", REQUEST)
    server.ask("/extract/shops", REQUEST)
    assert server.stop() == 0
    said = verify(profiles / "shops.feat", profiles / "requests.log")
    assert "of profiles, not compared: 1 lines" in said and "2 lines, 2 requests, 4 items" in said
    other = profiles / "other.feat"
    other.write_text("model other\nrequest { x : int64 }\nitem { y : int64 }\nsparse x slot 1 = x\n")
    assert "has no lines of" in verify(other, profiles / "requests.log", 1)
