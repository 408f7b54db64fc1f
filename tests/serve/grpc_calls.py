# SPDX-License-Identifier: Apache-2.0
"""Calls of a server's gRPC port, with messages of server/oip/open_inference.proto: for the tests of test_grpc*.py."""

import pathlib

import pytest
from conftest import PROGRAM, Server, slow_texts
from test_oip import FIELDS, pack, unpack

grpc = pytest.importorskip("grpc")
numpy = pytest.importorskip("numpy")
if not (pathlib.Path(PROGRAM).parent / "lib/featc/featc_grpc.so").exists():
    pytest.skip("this featc has no gRPC", allow_module_level=True)

PROTO = pathlib.Path(__file__).resolve().parents[2] / "server/oip/open_inference.proto"
INFER = "/inference.GRPCInferenceService/ModelInfer"
LIVE = "/inference.GRPCInferenceService/ServerLive"
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


def slow_request(messages):
    text, texts = slow_texts()
    return raw_request(messages, [("t", "BYTES", [text]), ("ls", "BYTES", texts),
                                  ("ls.offsets", "INT64", [0, len(texts)])], "slow")
