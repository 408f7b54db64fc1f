# SPDX-License-Identifier: Apache-2.0
"""featc.client against the real server: what it gives is what featc run and featc score print, whatever the data came as."""

import asyncio
import datetime
import json
import pathlib
import pickle
import signal
import socket
import subprocess
import sys
import threading
import time
import warnings

import pytest
from conftest import PROGRAM, REQUEST, SHOPS, Server, wait_until
from test_models import CONFIG, expected, has_openvino, model, publish  # noqa: F401: fixtures
from test_models import REQUEST as MODEL_REQUEST
from test_oip import FIELDS, REQUESTS

pytest.importorskip("httpx")
np = pytest.importorskip("numpy")
pa = pytest.importorskip("pyarrow")
pytest.importorskip("pyarrow.parquet")

# The package's source: the client needs nothing that is compiled.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python"))
from featc.client import (  # noqa: E402
    AsyncClient, BadRequestError, Client, ClientError, DeadlineError, OverloadError, UnreachableError)
from featc.errors import DataError, DataWarning  # noqa: E402

GROUPS = """\
model groups
request {
  clicks  : list<int64>
  seconds : list<float64>
  when    : timestamp?
  big     : int64?
}
item { shop : int64  names : list<string>?  taste : map<string, float64>?  flag : bool? }
sparse shop slot 1 = shop
sparse hour slot 2 = hour(when)
sparse names slot 3 = names
sparse taste slot 4 = taste
sparse big  slot 7 = big
dense  taken default 0 = float(len(names)) + (flag ? 0.5 : 0)
sequence group seen over clicks, seconds length 6 pad left {
  sparse shop slot 5 = it.clicks
  sparse pair slot 6 = [it.clicks, it.clicks + 1]
  dense  age width 2 = [log1p(it.seconds), it.seconds / 100]
  dense  one = it.seconds
}
"""


@pytest.fixture(scope="module")
def fields(tmp_path_factory):
    folder = tmp_path_factory.mktemp("client")
    (folder / "fields.feat").write_text(FIELDS)
    (folder / "groups.feat").write_text(GROUPS)
    (folder / "shops.feat").write_text(SHOPS)
    running = Server(folder)
    running.folder = folder
    yield running
    assert running.stop() == 0


@pytest.fixture
def client(fields):
    with Client(fields.url(""), timeout=20) as made:
        yield made


def run(config, data, tmp_path):
    """The table that featc run writes; `data` is a table or requests."""
    if isinstance(data, pa.Table):
        path = tmp_path / "data.parquet"
        pa.parquet.write_table(data, path)
    else:
        path = tmp_path / "data.jsonl"
        path.write_text("".join(json.dumps(request) + "\n" for request in data))
    out = tmp_path / "out.parquet"
    subprocess.run([PROGRAM, "run", str(config), "--input", str(path), "--output", str(out)], check=True, capture_output=True)
    return pa.parquet.read_table(out)


def same(table, expected):
    names = [name for name in expected.column_names if name in table.column_names]
    assert table.column_names == names and len(names) > 3
    for name in names:
        assert table[name].to_pylist() == expected[name].to_pylist(), name
        assert table.schema.field(name).type == expected.schema.field(name).type, name


def test_dicts(client, fields, tmp_path):
    answer = client.features("fields", REQUESTS)
    same(answer.table, run(fields.folder / "fields.feat", REQUESTS, tmp_path))
    assert answer.offsets.tolist() == [0, 2, 3] and answer.status.tolist() == [0, 0, 0]
    assert answer.version == "1" and len(answer.fingerprint) == 16 and answer.degraded == () and answer.epoch is None
    one = client.features("fields", REQUESTS[0])
    assert one.table.to_pylist() == answer.table.to_pylist()[:2]


GROUP_ROWS = {
    "clicks": [[1, 2, 3], [], [4] * 9, [5]],
    "seconds": [[0.5, 1, 2], [], [1.0] * 9, [7]],
    "when": [datetime.datetime(2024, 12, 1, 10), None, datetime.datetime(1969, 12, 31, 23, 59, 59, 500_000), None],
    "big": [2**40, None, -5, 0],
    "shop": [1, 2, 3, 4],
    "names": [["a", "bé", ""], None, [], ["x" * 1000]],
    "taste": [[("p", 0.5), ("q", 2.0)], None, [], [("r", 1.0)]],
    "flag": [True, None, False, None],
}


def group_table():
    return pa.table({**GROUP_ROWS, "taste": pa.array(GROUP_ROWS["taste"], pa.map_(pa.string(), pa.float64()))})


def test_tables(client, fields, tmp_path):
    table = group_table()
    expected = run(fields.folder / "groups.feat", table, tmp_path)
    same(client.features("groups", table).table, expected)
    same(client.features("groups", table.to_batches()[0]).table, expected)
    # Slices, chunks, other widths and encodings.
    same(client.features("groups", table.slice(1, 2)).table, expected.slice(1, 2))
    same(client.features("groups", pa.concat_tables([table.slice(0, 1), table.slice(1)])).table, expected)
    other = table
    for name, kind in [("shop", pa.int8()), ("clicks", pa.large_list(pa.int16())), ("when", pa.timestamp("ms")),
                       ("names", pa.list_(pa.large_string())), ("seconds", pa.list_(pa.float32())), ("big", pa.float64()),
                       ("taste", pa.list_(pa.struct([("key", pa.string()), ("value", pa.float64())])))]:
        at = other.schema.get_field_index(name)
        other = other.set_column(at, name, other[name].cast(kind))
    same(client.features("groups", other).table, expected)
    encoded = pa.table({"user_id": [1, 2], "city": pa.array(["Rome", "Oslo"]).dictionary_encode(), "shop_id": [1, 2],
                        "category": pa.array([b"a", b"b"])})
    same(client.features("shops", encoded).table,
         run(fields.folder / "shops.feat", encoded.set_column(1, "city", encoded["city"].cast(pa.string())), tmp_path))


def test_columns_and_frames(client, fields, tmp_path):
    pandas = pytest.importorskip("pandas")
    columns = {"user_id": [1, 2, 3], "city": ["Rome", "Oslo", "Rome"], "age": [30, None, 4], "shop_id": [7, 8, 9],
               "category": ["a", "b", "c"], "price": [1.5, None, 2], "tags": [["x"], None, []]}
    expected = run(fields.folder / "shops.feat", pa.table(columns), tmp_path)
    same(client.features("shops", columns).table, expected)
    frame = pandas.DataFrame(columns)
    same(client.features("shops", frame).table, expected)
    arrays = {**columns, "user_id": np.array([1, 2, 3]), "price": pa.array([1.5, None, 2.0])}
    same(client.features("shops", arrays).table, expected)


def test_grouped_and_nested(client, tmp_path):
    whole = client.features("shops", [REQUEST, {"request": {"user_id": 5, "city": "Oslo"},
                                                "items": [{"shop_id": 3, "category": "x"}]}])
    rows = pa.table({"query": ["q2", "q2", "q1"], "user_id": [42, 42, 5], "city": ["Rome", "Rome", "Oslo"],
                     "age": [30, 30, None], "shop_id": [1, 2, 3], "category": ["pizza", "sushi", "x"],
                     "price": [9.5, None, None], "tags": [["hot", "new"], None, None]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grouped = client.features("shops", rows, by="query")
        assert grouped.table.equals(whole.table) and grouped.offsets.tolist() == [0, 2, 3]
        nested = pa.table({"user_id": [42, 5], "city": ["Rome", "Oslo"], "age": [30, None],
                           "items": [REQUEST["items"], [{"shop_id": 3, "category": "x"}]]})
        assert client.features("shops", nested).table.equals(whole.table)
    with pytest.raises(DataError, match="sort the table"):
        client.features("shops", rows.take([0, 2, 1]), by="query")
    with pytest.raises(DataError, match="no column 'qury'"):
        client.features("shops", rows, by="qury")


def test_no_items(client):
    answer = client.features("shops", {"request": {"user_id": 1, "city": "Rome"}, "items": []})
    assert answer.table.num_rows == 0 and answer.offsets.tolist() == [0, 0]
    answer = client.features("shops", [{"request": {"user_id": 1, "city": "Rome"}, "items": []}, REQUEST])
    assert answer.offsets.tolist() == [0, 0, 2] and answer.table["user"].to_pylist() == [(1 << 44) + 42] * 2


def test_failed_items(client):
    bad = {"request": REQUEST["request"], "items": [REQUEST["items"][0], {"shop_id": 3, "category": None}]}
    answer = client.features("shops", bad, outputs=["user", "shop"])
    assert answer.status.tolist() == [0, 1] and answer.failed == 1
    assert answer.table.to_pylist() == [{"user": (1 << 44) + 42, "shop": (4 << 44) + 1}, {"user": None, "shop": None}]


@pytest.mark.parametrize("data, words", [
    ({"user_id": [1]}, r"needs request.city \(string\), item.shop_id \(int64\), item.category \(string\)"),
    ({"user_id": ["x"], "city": ["a"], "shop_id": [1], "category": ["b"]}, "user_id"),
    ({"user_id": pa.array([1.5]), "city": ["a"], "shop_id": [1], "category": ["b"]}, "request.user_id is double"),
    ({"user_id": [1], "city": pa.array([1]), "shop_id": [1], "category": ["b"]}, "request.city is int64, which is not string"),
    ({"user_id": [1], "city": ["a"], "shop_id": [1], "category": ["b"], "tags": [["a", None]]}, "missing element"),
    ([{"request": {}}], "request 0 is not"),
    ({"request": {"user_id": 1, "city": "a"}, "items": [3]}, "item 0 is a int"),
    ([1], "request 0 is not"),
])
def test_data_that_does_not_fit(client, data, words):
    with pytest.raises(DataError, match=words):
        client.features("shops", data)


def test_what_no_field_uses(client):
    request = {"request": {**REQUEST["request"], "citi": 1}, "items": [{**REQUEST["items"][0], "prise": 2}]}
    with pytest.warns(DataWarning, match="'item.prise', 'request.citi'") as warned:
        client.features("shops", request)
    assert warned[0].filename == __file__
    # A column of Python objects that no field uses hurts nobody either.
    with pytest.warns(DataWarning, match="'mark'"):
        client.features("shops", {"user_id": [1], "city": ["a"], "shop_id": [1], "category": ["b"], "mark": [1]})


def test_scores(start, model):  # noqa: F811
    server = start(model)
    with Client(server.url(""), timeout=20) as client:
        assert client.ready() and client.ready("m") and client.model("m").gives_scores
        answer = client.score("m", MODEL_REQUEST, request_id="7")
        assert answer.score.dtype == np.float32 and answer.score.tolist() == pytest.approx(expected(1))
        assert answer.version == "1" and answer.outputs == {} and answer.request_id == "7"
        both = client.score("m", [MODEL_REQUEST, MODEL_REQUEST])
        assert [part.tolist() for part in both.by_request()] == [answer.score.tolist()] * 2
        table = pa.table({"n": [3, 3], "a": [1, -0.5], "b": [2.0, 4]})
        assert client.score("m", table).score.tolist() == answer.score.tolist()
        failed = client.score("m", {"n": [3, None], "a": [1, 1], "b": [2.0, 4]})
        assert failed.status.tolist() == [0, 1] and np.isnan(failed.score[1]) and not np.isnan(failed.score[0])
        # Versions that come while the client runs are named in its answers.
        publish(model, 2, 2)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: client.score("m", MODEL_REQUEST).version == "2")
        assert client.score("m", MODEL_REQUEST).score.tolist() == pytest.approx(expected(2))


def test_features_have_no_scores(client):
    with pytest.raises(BadRequestError, match="ask features"):
        client.score("shops", REQUEST)


def test_fields_that_change(start, tmp_path):
    config = tmp_path / "shops.feat"
    config.write_text(SHOPS)
    server = start(config)
    with Client(server.url(""), timeout=20) as client:
        client.features("shops", REQUEST)
        config.write_text(SHOPS.replace("city    : string", "city : string\n  hour : int64") + "sparse hour slot 9 = hour\n")
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "shops: version 2" in server.log)
        request = {"request": {**REQUEST["request"], "hour": 5}, "items": REQUEST["items"]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the field is new
            answer = client.features("shops", request)
        assert answer.version == "2" and answer.table["hour"].to_pylist() == [(9 << 44) + 5] * 2
        config.write_text(SHOPS)
        server.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "shops: version 3" in server.log)
        # The field that the client knows is gone.
        with pytest.warns(DataWarning, match="request.hour"):
            answer = client.features("shops", request)
        assert answer.version == "3" and "hour" not in answer.table.column_names


# -- Errors, time, connections ---------------------------------------------------------------------------


def test_codes_and_texts(client, fields):
    with pytest.raises(BadRequestError, match='did you mean "shops"') as caught:
        client.features("shps", REQUEST)
    assert caught.value.code == 404 and caught.value.url.endswith("/v2/models/shps") and "shops" in caught.value.text
    with pytest.raises(BadRequestError, match='did you mean "shop"') as caught:
        client.features("shops", REQUEST, outputs=["shp"])
    assert caught.value.code == 400
    again = pickle.loads(pickle.dumps(caught.value))
    assert str(again) == str(caught.value) and again.code == 400 and isinstance(again, (ValueError, ClientError))
    with pytest.raises(ValueError):
        Client(timeout=0)
    with pytest.raises(ValueError, match="name a server"):
        Client([])
    with pytest.raises(BadRequestError):
        client.ready("none")


def test_deadline_of_the_server(client, fields):
    client.model("shops")
    # Nobody computes 300,000 items in 3 ms, which are sent first.
    rows = {"user_id": [1] * 300_000, "city": ["a"] * 300_000, "shop_id": [1] * 300_000, "category": ["b"] * 300_000}
    before = time.monotonic()
    with pytest.raises((DeadlineError, TimeoutError)) as caught:
        client.features("shops", pa.table(rows), timeout=0.003)
    assert caught.value.code in (None, 504) and time.monotonic() - before < 10


class Line:
    """A server of bytes: what it does with each connection, one after another."""

    def __init__(self, *deeds):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.deeds, self.requests, self.connections = list(deeds), [], []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append(connection)
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection):
        received = b""
        while b"\r\n\r\n" not in received:
            part = connection.recv(65536)
            if not part:
                return
            received += part
        self.requests.append(received.decode("latin-1"))
        deed = self.deeds.pop(0) if self.deeds else "hang"
        if deed == "break":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            connection.close()
        elif deed != "hang":
            try:
                for part in deed if isinstance(deed, list) else [deed]:
                    connection.sendall(part)
                    time.sleep(0.05)
            except OSError:
                pass  # the client has gone

    def close(self):
        self.listener.close()
        for connection in self.connections:
            connection.close()


def refusal(code, *headers, text='{"error": "busy"}'):
    lines = [f"HTTP/1.1 {code} X", f"Content-Length: {len(text)}", "Connection: close", *headers, "", text]
    return "\r\n".join(lines).encode()


@pytest.fixture
def line():
    made = []

    def begin(*deeds):
        made.append(Line(*deeds))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def ways(url, **options):
    """A call of model("shops") by each client."""
    def sync():
        with Client(url, **options) as client:
            return client.model("shops")

    def with_asyncio():
        async def ask():
            async with AsyncClient(url, **options) as client:
                return await client.model("shops")
        return asyncio.run(ask())
    return [sync, with_asyncio]


@pytest.mark.parametrize("way", [0, 1])
def test_a_server_that_hangs(line, way):
    before = time.monotonic()
    with pytest.raises(DeadlineError, match="no answer within 0.3 s") as caught:
        ways(line().url, timeout=0.3)[way]()
    assert caught.value.code is None and 0.2 < time.monotonic() - before < 5


@pytest.mark.parametrize("way", [0, 1])
def test_an_answer_that_trickles(line, way):
    head = b"HTTP/1.1 200 X\r\nContent-Length: 10000\r\n\r\n"
    before = time.monotonic()
    with pytest.raises(DeadlineError):
        ways(line([head] + [b"x"] * 200).url, timeout=0.4)[way]()
    assert time.monotonic() - before < 5


@pytest.mark.parametrize("way", [0, 1])
def test_another_server(line, fields, way):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        dead = f"http://127.0.0.1:{gone.getsockname()[1]}"
    good = fields.url("")
    assert ways([dead, good], timeout=20)[way]().name == "shops"
    # One that broke the connection, once; one that refuses.
    assert ways([line("break").url, good], timeout=20)[way]().name == "shops"
    busy = line(refusal(503, "Retry-After: 1"))
    assert ways([busy.url, good], timeout=20)[way]().name == "shops" and len(busy.requests) == 1
    # An error names the server that was asked.
    wrong = line(refusal(200, text="{}"))
    with pytest.raises(ClientError, match="not an answer") as caught:
        ways([dead, wrong.url], timeout=20)[way]()
    assert caught.value.url == wrong.url + "/v2/models/shops"
    with pytest.raises(UnreachableError) as caught:
        ways([dead], timeout=20)[way]()
    assert caught.value.code is None and isinstance(caught.value, ConnectionError)


@pytest.mark.parametrize("way", [0, 1])
def test_what_is_sent_again(line, way):
    # What breaks two servers is not sent to a third.
    three = line(*["break"] * 5)
    with pytest.raises(UnreachableError):
        ways(three.url, timeout=20, retries=4)[way]()
    assert len(three.requests) == 2
    # A server that is asked to wait for: as long as it wants, and not past the deadline.
    busy = line(*[refusal(503, "Retry-After: 0.2")] * 9)
    before = time.monotonic()
    with pytest.raises(OverloadError, match="503: busy") as caught:
        ways(busy.url, timeout=20, retries=2)[way]()
    assert len(busy.requests) == 3 and time.monotonic() - before >= 0.4 and caught.value.retry_after == 0.2
    busy = line(refusal(503, "Retry-After: 9"))
    with pytest.raises(OverloadError):
        ways(busy.url, timeout=1)[way]()
    assert len(busy.requests) == 1
    for code, kind in [(400, BadRequestError), (413, BadRequestError), (500, ClientError), (504, DeadlineError)]:
        wrong = line(*[refusal(code, text="plain words")] * 3)
        with pytest.raises(kind, match=f"{code}: plain words") as caught:
            ways(wrong.url, timeout=20)[way]()
        assert caught.value.code == code and len(wrong.requests) == 1


def test_deadline_is_passed_on(line):
    metadata = json.dumps({"name": "shops", "versions": ["1"], "parameters": {"fingerprint": "0"}, "inputs": [],
                           "outputs": []})
    good = refusal(200, text=metadata)
    server = line(good, refusal(504))
    with Client(server.url, timeout=2, headers={"Authorization": "Bearer x"}) as client, pytest.raises(DeadlineError):
        client.features("shops", [{"request": {}, "items": []}], traceparent="00-" + "1" * 32 + "-" + "2" * 16 + "-01")
    asked = {name.lower(): value for name, _, value in
             (head.partition(": ") for head in server.requests[1].split("\r\n")[1:])}
    assert 1e6 < int(asked["featc-deadline"].removesuffix("us")) <= 2e6
    assert asked["authorization"] == "Bearer x" and asked["traceparent"].startswith("00-1")


def test_answers_that_are_none(line):
    for text in ("", "[]", "{}", '{"inputs": 3}', "plain"):
        with Client(line(refusal(200, text=text)).url, timeout=20) as client, pytest.raises(ClientError, match="not an answer"):
            client.model("shops")


def test_connections_are_used_again(start, shops):
    server = start(shops)
    with Client(server.url(""), timeout=20) as client:
        for _ in range(20):
            client.features("shops", REQUEST)
        assert server.metric("featc_http_connections_total") == 1
        # One that the server closed meanwhile is no failure.
    quick = start(shops, "--idle-time", "100ms")
    with Client(quick.url(""), timeout=20, retries=1) as client:
        for _ in range(4):
            client.features("shops", REQUEST)
            time.sleep(0.3)


def test_many_at_once(fields):
    async def ask():
        async with AsyncClient(fields.url(""), timeout=20, connections=8) as client:
            assert await client.ready()
            first = await client.features("shops", REQUEST)
            answers = await asyncio.gather(*[client.features("shops", REQUEST) for _ in range(60)])
            assert all(answer.table.equals(first.table) for answer in answers)
            with pytest.raises(BadRequestError, match="404"):
                await client.score("none", REQUEST)
    asyncio.run(ask())
    with Client(fields.url(""), timeout=20) as client:
        seen = []
        threads = [threading.Thread(target=lambda: seen.append(client.features("shops", REQUEST).failed)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert seen == [0] * 16


def test_a_model_that_is_not_loaded(start, tmp_path):
    (tmp_path / "shops.feat").write_text("dense bad = nothing\n")
    server = start(tmp_path / "shops.feat")
    with Client(server.url(""), timeout=0.5) as client:
        assert client.ready() is False and client.ready("shops") is False
        with pytest.raises(OverloadError) as caught:
            client.features("shops", REQUEST)
        assert caught.value.code == 503 and "not loaded" in caught.value.text


def test_nothing_compiled_is_needed():
    code = "import featc.client, sys; assert 'featc._featc' not in sys.modules and 'featc.config' not in sys.modules"
    subprocess.run([sys.executable, "-B", "-c", code], check=True, env={"PYTHONPATH": ":".join(sys.path)})
