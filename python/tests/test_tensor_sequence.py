# SPDX-License-Identifier: Apache-2.0
"""Tensor sequences that the program wrote, read as views; damaged ones refused."""

import pathlib
import random

import numpy as np
import pytest
from featc import tensor_sequence as ts

FILES = pathlib.Path(__file__).parents[2] / "tests" / "fuzz" / "corpus" / "tensor_sequence_fuzz"


@pytest.fixture(params=["its own sum", "the package xxhash"])
def plain(request, monkeypatch):
    if request.param == "its own sum":
        monkeypatch.setattr(ts, "xxhash", None)
    else:
        pytest.importorskip("xxhash")
    return bytearray((FILES / "plain").read_bytes())


def test_a_buffer_holds_what_the_result_held(plain):
    read = ts.read(plain)
    assert (read.model, read.semantics) == ("m", 1)
    assert read.item_offsets.tolist() == [0, 1, 2]
    assert read.status.tolist() == [0, 0]
    assert read.input_rows.tolist() == [[0, 1], [0, 1], [0, 0]]
    assert list(read.tensors) == ["n", "x y", "tags", "hot", "w", "city"]
    assert read["n"].values.tolist() == [[1 << 44 | 7], [0]]
    assert read["x y"].values.tolist() == [[1.5, 2.0], [0.5, 2.0]]
    assert not read["x y"].is_request and read["city"].is_request
    weighted = read["w"]
    assert (weighted.kind, weighted.slot, weighted.values.dtype) == ("sparse", 1 << 19, np.uint64)
    assert weighted.offsets.tolist() == [0, 2, 4]
    assert weighted.values[:2].tolist() == [1 << 63 | 1, 1 << 63 | 2]
    assert np.array_equal(weighted.weights[:2], np.array([0.25, 0.1], np.float32))


def test_values_are_views(plain):
    assert all(np.shares_memory(t.values, np.frombuffer(plain, np.uint8)) for t in ts.read(plain).tensors.values())


def test_sequences_and_lists_are_ragged():
    (read,) = ts.read_file(str(FILES / "ragged"))
    assert (read["seq"].kind, read["seq"].length, read["seq"].is_request) == ("sequence", 2, True)
    assert read["seq"].offsets.tolist() == [0, 2]
    assert read["l"].offsets.tolist() == [0, 2, 2]
    assert read["d"].values.tolist() == [[1.0, 1.0], [2.0, 1.0]]


def test_damaged_buffers_are_refused(plain):
    for i in range(0, len(plain), 7):
        damaged = bytearray(plain)
        damaged[i] ^= 0x41
        with pytest.raises(ts.TensorSequenceError):
            ts.read(damaged)
    for size in range(0, len(plain), 5):
        with pytest.raises(ts.TensorSequenceError, match="truncated"):
            ts.read(plain[:size])


def test_with_a_sum_that_fits_nothing_else_is_raised(plain):
    choose = random.Random(1)
    refused = 0
    for _ in range(500):
        damaged = bytearray(plain)
        for _ in range(choose.randint(1, 3)):
            damaged[choose.randrange(32, len(damaged))] = choose.choice([0, 1, 127, 128, 255])
        damaged[24:32] = ts._xxh64(bytes(damaged[32:])).to_bytes(8, "little")
        try:
            ts.read(damaged)
        except ts.TensorSequenceError:
            refused += 1
    assert refused > 200


def test_compressed_buffers_need_the_package():
    pytest.importorskip("zstandard")
    (packed,) = ts.read_file(str(FILES / "zstd"))
    (plain,) = ts.read_file(str(FILES / "plain"))
    assert packed["x y"].values.tolist() == plain["x y"].values.tolist()
    with pytest.raises(ts.TensorSequenceError, match="more than max_bytes"):
        ts.read((FILES / "zstd").read_bytes(), max_bytes=100)
