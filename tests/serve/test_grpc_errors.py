# SPDX-License-Identifier: Apache-2.0
"""Requests over gRPC that are wrong: each is refused with what is wrong with it, in the words that HTTP has."""

import pytest
from grpc_calls import (  # noqa: F401: fixtures
    INFER, Failure, call, channel, fields, grpc, messages, proto, raw_request, typed_request)
from test_oip import BAD_TENSORS, json_body, tensors

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
