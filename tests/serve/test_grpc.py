# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol v2 over gRPC: answers are those over HTTP, to a client that others wrote, to one made of
server/oip/open_inference.proto, and to whoever sends what no client would."""

import os
import pathlib
import resource
import socket
import struct
import threading
import time
import zlib

import pytest
from conftest import PROGRAM, Server, cpu_of, receive_all, slow_texts, wait_until
from test_oip import BAD_TENSORS, FIELDS, json_body, outputs_of, pack, tensors, unpack

grpc = pytest.importorskip("grpc")
numpy = pytest.importorskip("numpy")
triton = pytest.importorskip("tritonclient.grpc")
if not (pathlib.Path(PROGRAM).parent / "lib/featc/featc_grpc.so").exists():
    pytest.skip("this featc has no gRPC", allow_module_level=True)

PROTO = pathlib.Path(__file__).resolve().parents[2] / "server/oip/open_inference.proto"
INFER = "/inference.GRPCInferenceService/ModelInfer"
TYPES = {"INT64": numpy.int64, "INT32": numpy.int32, "FP32": numpy.float32, "FP64": numpy.float64, "BOOL": numpy.bool_,
         "BYTES": numpy.object_}
CONTENTS = {"INT64": "int64_contents", "INT32": "int_contents", "FP32": "fp32_contents", "FP64": "fp64_contents",
            "BOOL": "bool_contents", "BYTES": "bytes_contents", "UINT64": "uint64_contents"}


@pytest.fixture(scope="module")
def proto(tmp_path_factory):
    """featc's own .proto, described."""
    from google.protobuf import descriptor_pb2
    from grpc_tools import protoc
    out = tmp_path_factory.mktemp("proto") / "set"
    assert protoc.main(["protoc", f"-I{PROTO.parent}", f"--descriptor_set_out={out}", PROTO.name]) == 0
    return descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file[0]


@pytest.fixture(scope="module")
def messages(proto):
    """Its messages, beside tritonclient's of the same names."""
    from google.protobuf import descriptor_pool, message_factory
    pool = descriptor_pool.DescriptorPool()
    pool.Add(proto)

    class Messages:
        def __getattr__(self, name):
            return message_factory.GetMessageClass(pool.FindMessageTypeByName("inference." + name))
    return Messages()


@pytest.fixture(scope="module")
def fields(tmp_path_factory):
    path = tmp_path_factory.mktemp("fields") / "fields.feat"
    path.write_text(FIELDS)
    running = Server(path, "--grpc-port", "0")
    yield running
    assert running.stop() == 0


def channel_of(server, *options):
    return grpc.insecure_channel(f"127.0.0.1:{server.grpc_port}", [
        ("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1), *options])


class Failure(Exception):
    def __init__(self, error):
        super().__init__(error.code(), error.details())
        self.code, self.text = error.code(), error.details()


def call(channel, method, message, timeout=30, **options):
    """The bytes of an answer."""
    stub = channel.unary_unary(method, request_serializer=None, response_deserializer=None)
    try:
        return stub(message if isinstance(message, bytes) else message.SerializeToString(), timeout=timeout, **options)
    except grpc.RpcError as error:
        raise Failure(error) from None


@pytest.fixture
def channel(fields):
    with channel_of(fields) as made:
        yield made


def raw_request(messages, inputs, model="fields", outputs=(), **more):
    request = messages.ModelInferRequest(model_name=model, **more)
    for name, datatype, values in inputs:
        request.inputs.add(name=name, datatype=datatype, shape=[len(values)])
        request.raw_input_contents.append(pack(datatype, values))
    for name in outputs:
        request.outputs.add(name=name)
    return request


def typed_request(messages, inputs, model="fields", **more):
    request = messages.ModelInferRequest(model_name=model, **more)
    for name, datatype, values in inputs:
        tensor = request.inputs.add(name=name, datatype=datatype, shape=[len(values)])
        values = [value.encode() if isinstance(value, str) else value for value in values]
        getattr(tensor.contents, CONTENTS[datatype]).extend(values)
    return request


def values_of(answer):
    """Name to values, raw or by their type."""
    found = {}
    for i, tensor in enumerate(answer.outputs):
        if answer.raw_output_contents:
            found[tensor.name] = unpack(tensor.datatype, answer.raw_output_contents[i])
        else:
            contents = "int_contents" if tensor.datatype == "INT32" else CONTENTS[tensor.datatype]
            found[tensor.name] = list(getattr(tensor.contents, contents))
        assert numpy.prod(tensor.shape, dtype=int) == len(found[tensor.name])
    return found


@pytest.fixture(scope="module")
def expected(fields):
    status, headers, body = fields.ask("/v2/models/fields/infer", json_body(tensors()))
    assert status == 200
    return outputs_of(headers, body)


def check(found, expected):
    assert list(found) == list(expected)
    for name, values in expected.items():
        assert found[name] == pytest.approx(values, rel=1e-6), name


def test_same_messages_as_others(proto):
    """Each of our messages, fields and methods is the specification's, as tritonclient has it."""
    from google.protobuf import descriptor_pb2
    from tritonclient.grpc import service_pb2

    def describe(messages, inside=""):
        found = {}
        for message in messages:
            name = f"{inside}.{message.name}"
            found[name] = {(f.name, f.number, f.type, f.label, f.type_name) for f in message.field}
            found |= describe(message.nested_type, name)
        return found
    others = descriptor_pb2.FileDescriptorProto()
    service_pb2.DESCRIPTOR.CopyToProto(others)
    assert proto.package == others.package
    theirs = describe(others.message_type)
    ours = describe(proto.message_type)
    assert len(ours) > 15
    for name, fields in ours.items():
        assert fields <= theirs[name], name
    methods = {method.name: (method.input_type, method.output_type) for method in others.service[0].method}
    for method in proto.service[0].method:
        assert methods[method.name] == (method.input_type, method.output_type)


def test_answers_are_those_of_http(messages, channel, expected):
    for request, is_raw in [(raw_request(messages, tensors(), id="a\"b"), True),
                            (typed_request(messages, tensors(), id="a\"b"), False)]:
        answer = messages.ModelInferResponse.FromString(call(channel, INFER, request))
        assert (answer.model_name, answer.model_version, answer.id) == ("fields", "1", "a\"b")
        assert len(answer.parameters["fingerprint"].string_param) == 16
        assert bool(answer.raw_output_contents) == is_raw
        check(values_of(answer), expected)
        # The caller may want the other form.
        request.parameters["binary_data_output"].bool_param = not is_raw
        answer = messages.ModelInferResponse.FromString(call(channel, INFER, request))
        assert bool(answer.raw_output_contents) != is_raw
        check(values_of(answer), expected)


def test_wanted_outputs(messages, channel):
    answer = messages.ModelInferResponse.FromString(
        call(channel, INFER, raw_request(messages, tensors(), outputs=["x", "tags"], model_version="1")))
    assert [tensor.name for tensor in answer.outputs] == ["tags", "tags.offsets", "x"]
    with pytest.raises(Failure) as failure:
        call(channel, INFER, raw_request(messages, tensors(), outputs=["tag"]))
    assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT and 'did you mean "tags"' in failure.value.text


def test_tritonclient(fields, expected):
    """A client that others wrote."""
    client = triton.InferenceServerClient(f"127.0.0.1:{fields.grpc_port}")
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready("fields")
    assert client.is_model_ready("fields", "1")
    assert client.get_server_metadata().name == "featc"
    metadata = client.get_model_metadata("fields", as_json=True)
    over_http = fields.ask("/v2/models/fields")[2]
    for part in ("inputs", "outputs"):
        assert [(t["name"], t["datatype"], [int(n) for n in t["shape"]]) for t in metadata[part]] == [
            (t["name"], t["datatype"], t["shape"]) for t in over_http[part]]
    inputs = []
    for name, datatype, values in tensors():
        inputs.append(triton.InferInput(name, [len(values)], datatype))
        inputs[-1].set_data_from_numpy(numpy.array(values, TYPES[datatype]))
    result = client.infer("fields", inputs, request_id="7")
    assert result.get_response().id == "7"
    for name, values in expected.items():
        assert result.as_numpy(name).reshape(-1).tolist() == pytest.approx(values, rel=1e-6)
    result = client.infer("fields", inputs, outputs=[triton.InferRequestedOutput("x")], timeout=900_000)
    assert result.as_numpy("x").tolist() == [2.5, -1]
    with pytest.raises(triton.InferenceServerException, match="is missing"):
        client.infer("fields", inputs[:3])
    with pytest.raises(triton.InferenceServerException, match='did you mean "fields"'):
        client.infer("field", inputs)
    got, ended = [], threading.Event()

    def take(result, error):
        got.append(error or result)
        if len(got) == 50:
            ended.set()
    for _ in range(50):
        client.async_infer("fields", inputs, take)
    assert ended.wait(20)
    assert all(result.as_numpy("x").tolist() == [2.5, -1] for result in got)
    client.close()


JSON_ONLY = ("element 0 is 1", "send a value and the BOOL", "not INT32")


@pytest.mark.parametrize("inputs, words", [case for case in BAD_TENSORS if not case[1].startswith(JSON_ONLY)])
@pytest.mark.parametrize("make", [raw_request, typed_request])
def test_bad_tensors(messages, channel, fields, make, inputs, words):
    """What is wrong with them is said as over HTTP."""
    with pytest.raises(Failure) as failure:
        call(channel, INFER, make(messages, inputs))
    assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert words in failure.value.text
    assert failure.value.text == fields.ask("/v2/models/fields/infer", json_body(inputs))[2]["error"]


def changed(messages, change):
    request = typed_request(messages, tensors())
    change(request)
    return request


@pytest.mark.parametrize("change, words", [
    (lambda r: r.inputs[0].ClearField("name"), 'an input has no "name"'),
    (lambda r: r.inputs[0].ClearField("datatype"), "none of BOOL"),
    (lambda r: setattr(r.inputs[0], "datatype", "FP16"), "none of BOOL"),
    (lambda r: r.inputs[0].shape.append(-1), "whole numbers"),
    (lambda r: r.inputs[0].shape.extend([2**32, 2**32]), "too many elements"),
    (lambda r: r.inputs[0].shape.extend([1] * 8), "more than 8 dimensions"),
    (lambda r: r.inputs[0].shape.extend([2**60]), "elements and its int64_contents 2"),
    (lambda r: r.inputs[0].shape.append(0), "more elements than its shape, 0"),
    (lambda r: r.inputs[0].ClearField("contents"), "2 elements and its int64_contents 0"),
    (lambda r: r.inputs[0].contents.fp32_contents.append(1), "it has fp32_contents; INT64 is sent as int64_contents"),
    (lambda r: r.inputs[-1].contents.int_contents.append(1), "it has int_contents; BOOL is sent as bool_contents"),
    (lambda r: (setattr(r.inputs[10], "datatype", "INT8"), r.inputs[10].contents.int_contents.insert(0, 300)),
     "element 0 is 300, not INT8"),
    (lambda r: r.raw_input_contents.append(b"x"), "there are 1 raw_input_contents and"),
    (lambda r: r.raw_input_contents.extend([b"x"] * len(r.inputs)), "send one of them"),
    (lambda r: r.outputs.add(), 'an output has no "name"'),
    (lambda r: r.parameters["timeout"].CopyFrom(type(r.parameters["timeout"])(string_param="1")), "microseconds"),
    (lambda r: setattr(r.parameters["binary_data_output"], "int64_param", 1), "not true or false"),
    (lambda r: [r.inputs.add(name="x") for _ in range(5000)], "more than 4096 inputs"),
    (lambda r: [r.outputs.add(name="x") for _ in range(5000)], "more than 4096 outputs"),
    (lambda r: [r.outputs.add(name="x") for _ in range(20000)], "fields"),
])
def test_bad_messages(messages, channel, change, words):
    with pytest.raises(Failure) as failure:
        call(channel, INFER, changed(messages, change))
    assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT and words in failure.value.text


def test_raw_of_wrong_length(messages, channel):
    for index, (name, datatype, values) in enumerate(tensors()):
        request = raw_request(messages, tensors())
        request.raw_input_contents[index] += b"\xff"
        with pytest.raises(Failure) as failure:
            call(channel, INFER, request)
        assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT and f'input "{name}"' in failure.value.text


def test_damaged_messages(messages, channel, fields):
    whole = raw_request(messages, tensors()).SerializeToString()
    for cut in range(0, len(whole), 5):
        with pytest.raises(Failure) as failure:
            call(channel, INFER, whole[:cut])
        assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT
    # A byte that is another one may mean something; what comes back is an answer or says what is wrong.
    for at in range(len(whole)):
        try:
            call(channel, INFER, whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1:])
        except Failure as failure:
            assert failure.code in (grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND)
            assert failure.text
    for method in ("ModelReady", "ModelMetadata"):
        with pytest.raises(Failure) as failure:
            call(channel, f"/inference.GRPCInferenceService/{method}", b"\x0a\xff")
        assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert fields.ask("/v2/health/live")[0] == 200


def test_names_and_methods(messages, channel, fields):
    def failure_of(method, message):
        with pytest.raises(Failure) as failure:
            call(channel, method, message)
        return failure.value
    for method in ("ModelReady", "ModelMetadata"):
        message = getattr(messages, method + "Request")
        method = "/inference.GRPCInferenceService/" + method
        wrong = failure_of(method, message(name="fild"))
        assert wrong.code == grpc.StatusCode.NOT_FOUND and wrong.text == fields.ask("/v2/models/fild")[2]["error"]
        wrong = failure_of(method, message(name="fields", version="9"))
        assert wrong.code == grpc.StatusCode.NOT_FOUND and 'has no version "9": 1 serves' in wrong.text
        assert failure_of(method, message()).code == grpc.StatusCode.INVALID_ARGUMENT
    for method in ("/inference.GRPCInferenceService/RepositoryIndex", "/a.B/C"):
        wrong = failure_of(method, b"")
        assert wrong.code == grpc.StatusCode.UNIMPLEMENTED and "this server has ModelInfer" in wrong.text
    # Kubernetes asks this.
    health = "/grpc.health.v1.Health/Check"
    assert call(channel, health, b"") == b"\x08\x01" == call(channel, health, b"\x0a\x06fields")
    assert failure_of(health, b"\x0a\x04none").code == grpc.StatusCode.NOT_FOUND


def test_model_that_is_not_loaded(start, tmp_path, messages):
    (tmp_path / "bad.feat").write_text("dense bad = nothing\n")
    server = start(tmp_path / "bad.feat", "--grpc-port", "0")
    with channel_of(server) as channel:
        assert call(channel, "/inference.GRPCInferenceService/ServerLive", b"") == b"\x08\x01"
        assert call(channel, "/inference.GRPCInferenceService/ServerReady", b"") == b""
        assert call(channel, "/inference.GRPCInferenceService/ModelReady", messages.ModelReadyRequest(name="bad")) == b""
        assert call(channel, "/grpc.health.v1.Health/Check", b"") == b"\x08\x02"
        for method, message in [("ModelMetadata", messages.ModelMetadataRequest(name="bad")),
                                ("ModelInfer", messages.ModelInferRequest(model_name="bad"))]:
            with pytest.raises(Failure) as failure:
                call(channel, "/inference.GRPCInferenceService/" + method, message)
            assert failure.value.code == grpc.StatusCode.UNAVAILABLE and "not loaded" in failure.value.text


def slow_request(messages):
    text, texts = slow_texts()
    return raw_request(messages, [("t", "BYTES", [text]), ("ls", "BYTES", texts),
                                  ("ls.offsets", "INT64", [0, len(texts)])], "slow")


def test_timeout_parameter_and_metadata(messages, channel):
    request = raw_request(messages, tensors())
    request.parameters["timeout"].int64_param = 1
    with pytest.raises(Failure) as failure:
        call(channel, INFER, request)
    assert failure.value.code == grpc.StatusCode.DEADLINE_EXCEEDED and "deadline passed" in failure.value.text
    request = raw_request(messages, tensors())
    with pytest.raises(Failure) as failure:
        call(channel, INFER, request, metadata=[("featc-deadline", "1us")])
    assert failure.value.code == grpc.StatusCode.DEADLINE_EXCEEDED
    with pytest.raises(Failure) as failure:
        call(channel, INFER, request, metadata=[("featc-deadline", "soon")])
    assert failure.value.code == grpc.StatusCode.INVALID_ARGUMENT and "20ms" in failure.value.text
    _, details = channel.unary_unary(INFER).with_call(request.SerializeToString(), metadata=[("featc-timing", "1")])
    assert "extract;dur=" in dict(details.trailing_metadata())["server-timing"]


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
            call(another, "/inference.GRPCInferenceService/ServerLive", b"")
        assert failure.value.code == grpc.StatusCode.UNAVAILABLE and "too many calls" in failure.value.text
        for each in calls:
            assert each.code() == grpc.StatusCode.DEADLINE_EXCEEDED and "did not come in time" in each.details()
        wait_until(lambda: server.metric("featc_grpc_calls") == 0)
        assert call(channel, "/inference.GRPCInferenceService/ServerLive", b"") == b"\x08\x01"
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
        assert call(channel, "/inference.GRPCInferenceService/ServerLive", b"") == b"\x08\x01"


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
        assert call(channel, "/inference.GRPCInferenceService/ServerLive", b"") == b"\x08\x01"


LIVE = "/inference.GRPCInferenceService/ServerLive"


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


def test_metrics_and_log(fields, messages, channel):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    before = fields.metric("featc_server_requests_total")
    call(channel, INFER, raw_request(messages, tensors()))
    with pytest.raises(Failure):
        call(channel, INFER, raw_request(messages, tensors()[:2]), metadata=[("traceparent", trace)])
    wait_until(lambda: fields.metric("featc_server_requests_total") == before + 2)
    wait_until(lambda: trace in fields.log)
    text = fields.ask("/metrics", admin=True)[2].decode()
    for status in (200, 400):
        assert f'featc_server_requests_total{{config="fields",protocol="grpc",status="{status}"}}' in text
    assert "featc_grpc_calls" in text


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


def test_port_in_use(fields, shops):
    with pytest.raises(RuntimeError, match="cannot listen at 127.0.0.1:"):
        Server(shops, "--grpc-port", str(fields.grpc_port))
