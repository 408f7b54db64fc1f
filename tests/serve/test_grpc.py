# SPDX-License-Identifier: Apache-2.0
"""The Open Inference Protocol v2 over gRPC: answers are those over HTTP, to a client that others wrote and to one made
of server/oip/open_inference.proto."""

import threading

import pytest
from conftest import Server, wait_until
from grpc_calls import (  # noqa: F401: fixtures
    INFER, LIVE, Failure, call, channel, channel_of, fields, grpc, messages, numpy, proto, raw_request, typed_request,
    values_of)
from test_oip import json_body, outputs_of, tensors

triton = pytest.importorskip("tritonclient.grpc")

TYPES = {"INT64": numpy.int64, "INT32": numpy.int32, "FP32": numpy.float32, "FP64": numpy.float64, "BOOL": numpy.bool_,
         "BYTES": numpy.object_}


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
    assert failure_of(health, b"\x0a\x01\xff").code == grpc.StatusCode.INVALID_ARGUMENT


def test_model_that_is_not_loaded(start, tmp_path, messages):
    (tmp_path / "bad.feat").write_text("dense bad = nothing\n")
    server = start(tmp_path / "bad.feat", "--grpc-port", "0")
    with channel_of(server) as channel:
        assert call(channel, LIVE, b"") == b"\x08\x01"
        assert call(channel, "/inference.GRPCInferenceService/ServerReady", b"") == b""
        assert call(channel, "/inference.GRPCInferenceService/ModelReady", messages.ModelReadyRequest(name="bad")) == b""
        assert call(channel, "/grpc.health.v1.Health/Check", b"") == b"\x08\x02"
        for method, message in [("ModelMetadata", messages.ModelMetadataRequest(name="bad")),
                                ("ModelInfer", messages.ModelInferRequest(model_name="bad"))]:
            with pytest.raises(Failure) as failure:
                call(channel, "/inference.GRPCInferenceService/" + method, message)
            assert failure.value.code == grpc.StatusCode.UNAVAILABLE and "not loaded" in failure.value.text


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


def test_port_in_use(fields, shops):
    with pytest.raises(RuntimeError, match="cannot listen at 127.0.0.1:"):
        Server(shops, "--grpc-port", str(fields.grpc_port))
