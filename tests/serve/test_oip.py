# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol v2: JSON and binary tensors give what JSON lines give."""

import json
import struct

import pytest
from conftest import REQUEST, wait_until

FIELDS = """\
model fields
request {
  n      : int64
  x      : float64?
  seen   : list<int64>?
  visits : list<{ id: int64  cat: string }>?
}
item {
  n     : int64
  name  : string
  ok    : bool?
  ts    : timestamp?
  tags  : list<string>?
  deep  : list<list<int64>>?
  w     : map<string, float64>?
}
sparse rn     slot 1  = request.n
sparse in_    slot 2  = item.n
sparse name   slot 3  = name
sparse ok     slot 4  = int(ok)
sparse tags   slot 5  = tags
sparse wtags  slot 6  = weighted(tags, lookup(w, tags))
sparse vis    slot 7  = visits.cat
sparse vid    slot 8  = visits.id
sparse seen   slot 9  = seen
sparse hour   slot 10 = hour(ts)
sparse deep   slot 11 = len(deep)
dense  x      default -1 = x
dense  vec width 3 default 0 = map_values(w)
sequence s slot 12 length 4 = seen
"""

REQUESTS = [
    {"request": {"n": 7, "x": 2.5, "seen": [1, 2, 3], "visits": [{"id": 5, "cat": "a"}, {"id": 6, "cat": "b"}]},
     "items": [{"n": 1, "name": "é", "ok": True, "ts": 1_700_000_000, "tags": ["p", "q"], "deep": [[1], [2, 3]],
                "w": {"p": 0.5, "q": 2}},
               {"n": 2, "name": ""}]},
    {"request": {"n": 8, "seen": []},
     "items": [{"n": 3, "name": "z", "ok": False, "tags": [], "deep": [], "w": {}}]},
]


def tensors():
    """REQUESTS as tensors: name, type, values."""
    return [
        ("request.n", "INT64", [7, 8]),
        ("x", "FP64", [2.5, 0]), ("x.valid", "BOOL", [True, False]),
        ("seen", "INT64", [1, 2, 3]), ("seen.offsets", "INT64", [0, 3, 3]),
        ("visits.id", "INT64", [5, 6]), ("visits.cat", "BYTES", ["a", "b"]), ("visits.offsets", "INT64", [0, 2, 2]),
        ("visits.valid", "BOOL", [True, False]),
        ("item_offsets", "INT64", [0, 2, 3]),
        ("item.n", "INT32", [1, 2, 3]),
        ("name", "BYTES", ["é", "", "z"]),
        ("ok", "BOOL", [True, False, False]), ("ok.valid", "BOOL", [True, False, True]),
        ("ts", "INT64", [1_700_000_000, 0, 0]), ("ts.valid", "BOOL", [True, False, False]),
        ("tags", "BYTES", ["p", "q"]), ("tags.offsets", "INT64", [0, 2, 2, 2]), ("tags.valid", "BOOL", [True, False, True]),
        ("deep", "INT64", [1, 2, 3]), ("deep.offsets.1", "INT64", [0, 1, 3]), ("deep.offsets", "INT64", [0, 2, 2, 2]),
        ("deep.valid", "BOOL", [True, False, True]),
        ("w.keys", "BYTES", ["p", "q"]), ("w.values", "FP64", [0.5, 2]), ("w.offsets", "INT64", [0, 2, 2, 2]),
        ("w.valid", "BOOL", [True, False, True]),
    ]


FORMATS = {"INT64": "<q", "INT32": "<i", "FP64": "<d", "FP32": "<f", "BOOL": "<?", "UINT64": "<Q"}


def pack(datatype, values):
    if datatype == "BYTES":
        return b"".join(struct.pack("<I", len(v.encode())) + v.encode() for v in values)
    return b"".join(struct.pack(FORMATS[datatype], v) for v in values)


def unpack(datatype, data):
    return [value for value, in struct.iter_unpack(FORMATS[datatype], data)]


def json_body(inputs, **more):
    return {"inputs": [{"name": n, "datatype": t, "shape": [len(v)], "data": v} for n, t, v in inputs], **more}


def binary_body(inputs, **more):
    parts = [pack(t, v) for _, t, v in inputs]
    head = {"inputs": [{"name": n, "datatype": t, "shape": [len(v)], "parameters": {"binary_data_size": len(p)}}
                       for (n, t, v), p in zip(inputs, parts)], **more}
    text = json.dumps(head).encode()
    return text + b"".join(parts), {"Inference-Header-Content-Length": str(len(text))}


def outputs_of(headers, body):
    """Name to values, whichever way they came."""
    binary = b""
    if headers.get("Inference-Header-Content-Length"):
        size = int(headers["Inference-Header-Content-Length"])
        body, binary = json.loads(body[:size]), body[size:]
    found = {}
    for tensor in body["outputs"]:
        if "parameters" in tensor:
            size = tensor["parameters"]["binary_data_size"]
            found[tensor["name"]] = unpack(tensor["datatype"], binary[:size])
            binary = binary[size:]
        else:
            found[tensor["name"]] = tensor["data"]
        count = 1
        for size in tensor["shape"]:
            count *= size
        assert count == len(found[tensor["name"]])
    assert not binary
    return found


@pytest.fixture(scope="module")
def fields(tmp_path_factory):
    from conftest import Server
    path = tmp_path_factory.mktemp("fields") / "fields.feat"
    path.write_text(FIELDS)
    running = Server(path)
    yield running
    assert running.stop() == 0


def check_against_lines(found, rows, request_of_item):
    """Tensors say what the JSON lines of the same requests say."""
    assert found["status"] == [0] * len(rows)
    scopes = {"rn", "vis", "vid", "seen", "x", "s"}  # once a request
    widths = {"vec": 3}
    for item, row in enumerate(rows):
        for name, expected in row["features"].items():
            at = request_of_item[item] if name in scopes else item
            if name + ".offsets" in found:
                begin, end = found[name + ".offsets"][at:at + 2]
                got = found[name][begin:end]
                if name + ".weights" in found:
                    got = [[i, pytest.approx(w)] for i, w in zip(got, found[name + ".weights"][begin:end])]
            elif name in ("x", "vec"):
                width = widths.get(name, 1)
                got = [pytest.approx(v) for v in found[name][at * width:(at + 1) * width]]
            else:
                got = [i for i in found[name][at:at + 1] if i != 0]
            assert expected == got, (name, item)


def test_json_and_binary_are_what_json_lines_are(fields):
    lines = "\n".join(map(json.dumps, REQUESTS))
    status, _, rows = fields.ask("/extract/fields", lines)
    assert status == 200

    status, headers, body = fields.ask("/v2/models/fields/infer", json_body(tensors(), id="a\"b"))
    assert status == 200, body
    assert body["model_name"] == "fields" and body["model_version"] == "1" and body["id"] == "a\"b"
    plain = outputs_of(headers, body)
    check_against_lines(plain, rows, [0, 0, 1])

    data, extra = binary_body(tensors(), parameters={"binary_data_output": True})
    status, headers, body = fields.ask("/v2/models/fields/versions/1/infer", data, extra)
    assert status == 200, body
    assert headers["Content-Type"] == "application/octet-stream"
    binary = outputs_of(headers, body)
    assert binary.keys() == plain.keys()
    for name, values in binary.items():
        assert values == pytest.approx(plain[name], rel=1e-6), name


def test_wanted_outputs(fields):
    wanted = [{"name": "x"}, {"name": "tags", "parameters": {"binary_data": True}}]
    _, headers, body = fields.ask("/v2/models/fields/infer", json_body(tensors(), outputs=wanted))
    found = outputs_of(headers, body)
    assert set(found) == {"x", "tags", "tags.offsets"}
    status, _, body = fields.ask("/v2/models/fields/infer", json_body(tensors(), outputs=[{"name": "tag"}]))
    assert status == 400 and 'did you mean "tags"' in body["error"]


def without(*names):
    return [tensor for tensor in tensors() if tensor[0] not in names]


def instead(name, datatype, values):
    return [(name, datatype, values) if tensor[0] == name else tensor for tensor in tensors()]


BAD_TENSORS = [
    (without("name"), 'input "name" is missing: item.name is string'),
    (without("tags.offsets"), 'input "tags.offsets" is missing'),
    (without("item_offsets"), "item_offsets"),
    (without("w.values"), 'input "w.values" is missing'),
    (without("deep.offsets.1"), 'input "deep.offsets.1" is missing'),
    (without("visits.offsets"), 'input "visits.offsets" is missing'),
    (tensors() + [("nmae", "BYTES", ["a"])], 'did you mean "name"'),
    (tensors() + [("n", "INT64", [1])], 'input "n" belongs to no field'),
    (tensors() + [("x", "FP64", [1.0, 2.0])], 'input "x" is there twice'),
    (instead("name", "INT64", [1, 2, 3]), 'input "name" is INT64; string is sent as BYTES'),
    (instead("item.n", "FP32", [1, 2, 3]), "int64 is sent as INT64"),
    (instead("name", "BYTES", ["a"]), 'input "name" has 1 rows'),
    (instead("tags.offsets", "INT64", [0, 2, 1, 2]), "descends"),
    (instead("tags.offsets", "INT64", [1, 2, 2, 2]), "begins with 1"),
    (instead("tags.offsets", "INT64", [0, 2, 2, 3]), 'input "tags" has 2 elements, not 3'),
    (instead("tags.offsets", "INT64", [0, 2, 2, 2**62]), 'input "tags" has 2 elements'),
    (instead("tags.offsets", "INT64", [-5, 2, 2, 2]), "begins with -5"),
    (instead("deep.offsets", "INT64", [0, 1, 1, 2**63 - 1]), 'input "deep.offsets.1" has'),
    (tensors() + [(f"more{i}", "INT64", [1]) for i in range(40)], "; and more"),
    (instead("item_offsets", "INT64", [0, 2, 5]), 'says that there are 5 items'),
    (instead("item_offsets", "INT64", [0, 3]), 'there are 1 requests'),
    (instead("item_offsets", "INT64", []), 'is empty'),
    (instead("ok.valid", "BOOL", [True]), 'input "ok.valid" has 1 elements'),
    (instead("ok.valid", "INT64", [1, 1, 1]), 'not BOOL'),
    (instead("name", "BYTES", [1, "", "z"]), "element 0 is 1, not BYTES"),
    (instead("x", "FP64", [None, 1.0]), 'send a value and the BOOL tensor "x.valid"'),
    (instead("item.n", "INT32", [2**40, 1, 1]), "not INT32"),
]


@pytest.mark.parametrize("inputs, words", BAD_TENSORS)
def test_bad_tensors(fields, inputs, words):
    status, _, body = fields.ask("/v2/models/fields/infer", json_body(inputs))
    assert status == 400 and words in body["error"], body


@pytest.mark.parametrize("body, words", [
    ("", "not JSON"), ("[]", "not a JSON object"), ("{}", 'no "inputs"'), ('{"inputs": 1}', "not a list"),
    ('{"inputs": [1]}', "not an object"), ('{"inputs": [{}]}', 'no "name"'),
    ('{"inputs": [], "inputs": []}', "twice"),
    ('{"inputs": [{"name": "x", "datatype": "FLOAT", "shape": [1], "data": [1]}]}', "none of BOOL"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [-1], "data": [1]}]}', "whole numbers"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [4294967296, 4294967296, 9], "data": []}]}', "too many"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [1,1,1,1,1,1,1,1,1], "data": []}]}', "8 dimensions"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [9223372036854775807], "data": [1]}]}', "elements and its data 1"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "data": [1, 2]}]}', "more elements"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "parameters": {"binary_data_size": 8}}]}', "0 bytes are left"),
    ('{"inputs": [], "parameters": {"timeout": "x"}}', "microseconds"),
    ("[" * 100_000, "not JSON"),
    ('{"inputs": [{"name": "x", "datatype": "FP64", "shape": [1], "data": ' + "[" * 500 + "]" * 500 + "}]}", "not a list"),
])
def test_bad_bodies(fields, body, words):
    status, _, answer = fields.ask("/v2/models/fields/infer", body)
    assert status == 400 and words in answer["error"], answer


def test_all_wrong_names_at_once(server):
    inputs = [{"name": name, "datatype": datatype, "shape": [1], "data": data} for name, datatype, data in [
        ("user_id", "INT64", [1]), ("cty", "BYTES", ["Rome"]), ("shop_id", "INT64", [7]), ("categry", "BYTES", ["pizza"]),
        ("tags", "BYTES", ["hot"])]]
    for more, missing in [([], ["tags.offsets"]),
                          ([{"name": "tags.offsets", "datatype": "INT64", "shape": [2], "data": [0, 1]}], ["city", "category"])]:
        status, _, body = server.ask("/v2/models/shops/infer", {"inputs": inputs + more, "outputs": [{"name": "shp"}]})
        assert status == 400
        for name in missing:
            assert f'input "{name}" is missing' in body["error"]
        for wrong, meant in [("cty", "city"), ("categry", "category")]:
            assert f'input "{wrong}" belongs to no field: did you mean "{meant}"?' in body["error"]
        assert 'no output "shp": did you mean "shop"?' in body["error"]
        assert body["error"].count("belongs to no field") == 2


def test_items_without_values(start, tmp_path):
    """Items that only offsets tell of cost no bytes: there is a limit."""
    config = tmp_path / "few.feat"
    config.write_text("model few\nrequest { u : int64 }\nitem { p : float64? }\nsparse u slot 1 = u\n"
                      "dense p default -1 = p\n")
    server = start(config)

    def ask(items):
        inputs = [{"name": "u", "datatype": "INT64", "shape": [1], "data": [1]},
                  {"name": "item_offsets", "datatype": "INT64", "shape": [2], "data": [0, items]}]
        return server.ask("/v2/models/few/infer", {"inputs": inputs, "outputs": [{"name": "status"}]})
    assert ask(3)[2]["outputs"][0]["shape"] == [3]
    for items in (2**21, 2**40, 2**63 - 1):
        status, _, body = ask(items)
        assert status == 400 and "no input has a value" in body["error"]


def test_bad_binary(fields):
    data, headers = binary_body(tensors())
    for wrong in ("x", "-1", "", "99999999999999999999"):
        status, _, answer = fields.ask("/v2/models/fields/infer", data, {"Inference-Header-Content-Length": wrong})
        assert status == 400 and answer["error"]
    assert "belong to no input" in fields.ask("/v2/models/fields/infer", data + b"x", headers)[2]["error"]
    for cut in range(1, len(data), 7):
        assert fields.ask("/v2/models/fields/infer", data[:-cut], headers)[0] == 400
    body, headers = binary_body([("name", "BYTES", ["abc"])])
    broken = body[:-7] + struct.pack("<I", 2**32 - 1) + body[-3:]
    assert "longer than its binary data" in fields.ask("/v2/models/fields/infer", broken, headers)[2]["error"]


def test_missing_required_value(fields):
    status, _, body = fields.ask("/v2/models/fields/infer", json_body(tensors() + [("name.valid", "BOOL", [True, False, True])]))
    assert status == 200
    assert [bool(status) for status in outputs_of({}, body)["status"]] == [False, True, False]


def test_timeout(fields):
    status, _, answer = fields.ask("/v2/models/fields/infer", json_body(tensors(), parameters={"timeout": 1}))
    assert status == 504, answer
    assert fields.ask("/v2/models/fields/infer", json_body(tensors(), parameters={"timeout": 900_000}))[0] == 200


def test_metadata_and_health(fields):
    assert fields.ask("/v2")[2]["extensions"] == ["binary_tensor_data"]
    assert fields.ask("/v2/health/live")[0] == fields.ask("/v2/health/ready")[0] == 200
    assert fields.ask("/v2/models/fields/ready")[0] == fields.ask("/v2/models/fields/versions/1/ready")[0] == 200
    assert fields.ask("/v2/models/fields/versions/9/ready")[0] == fields.ask("/v2/models/none")[0] == 404
    assert fields.ask("/v2/models/fields/infer")[0] == 405
    _, _, body = fields.ask("/v2/models/fields")
    inputs = {tensor["name"]: tensor for tensor in body["inputs"]}
    # Every tensor that a request may have is named, and no other.
    assert {name for name, _, _ in tensors()} <= set(inputs)
    assert inputs["name"]["parameters"] == {"field": "item.name", "type": "string", "scope": "item", "optional": False}
    assert inputs["seen"]["parameters"]["optional"] is True and inputs["w.values"]["datatype"] == "FP64"
    _, headers, answer = fields.ask("/v2/models/fields/infer", json_body(tensors()))
    assert [o["name"] for o in body["outputs"]] == [o["name"] for o in answer["outputs"]]
    assert [o["datatype"] for o in body["outputs"]] == [o["datatype"] for o in answer["outputs"]]


def test_one_request_needs_no_offsets(server):
    request, items = REQUEST["request"], REQUEST["items"]
    inputs = [("user_id", "INT64", [request["user_id"]]), ("city", "BYTES", [request["city"]]),
              ("shop_id", "INT64", [item["shop_id"] for item in items]),
              ("category", "BYTES", [item["category"] for item in items])]
    status, _, body = server.ask("/v2/models/shops/infer", json_body(inputs))
    assert status == 200 and outputs_of({}, body)["shop"] == [(4 << 44) + 1, (4 << 44) + 2]


def test_tritonclient(fields):
    """A client that others wrote."""
    http = pytest.importorskip("tritonclient.http")
    numpy = pytest.importorskip("numpy")
    client = http.InferenceServerClient(f"127.0.0.1:{fields.port}")
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("fields")
    assert client.get_server_metadata()["name"] == "featc"
    assert client.get_model_metadata("fields")["name"] == "fields"
    types = {"INT64": numpy.int64, "INT32": numpy.int32, "FP64": numpy.float64, "BOOL": numpy.bool_, "BYTES": numpy.object_}
    _, _, body = fields.ask("/v2/models/fields/infer", json_body(tensors()))
    expected = outputs_of({}, body)
    for binary in (True, False):
        inputs = []
        for name, datatype, values in tensors():
            inputs.append(http.InferInput(name, [len(values)], datatype))
            inputs[-1].set_data_from_numpy(numpy.array(values, types[datatype]), binary_data=binary)
        for compression in (None, "gzip"):
            result = client.infer("fields", inputs, request_id="7", request_compression_algorithm=compression)
            assert result.get_response()["id"] == "7"
            for name, values in expected.items():
                assert result.as_numpy(name).reshape(-1).tolist() == pytest.approx(values, rel=1e-6)
        outputs = [http.InferRequestedOutput("x", binary_data=binary)]
        result = client.infer("fields", inputs, outputs=outputs, timeout=900_000)
        assert result.as_numpy("x").tolist() == [2.5, -1]
    with pytest.raises(Exception, match="is missing"):
        client.infer("fields", inputs[:-1][:3])
    client.close()


def test_admin_counts(fields):
    before = fields.metric("featc_server_requests_total")
    fields.ask("/v2/models/fields/infer", json_body(tensors()))
    wait_until(lambda: fields.metric("featc_server_requests_total") == before + 1)
