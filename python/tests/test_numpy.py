# SPDX-License-Identifier: Apache-2.0
"""Features as NumPy arrays and what shares their memory."""

import featc
import numpy as np
import pyarrow as pa
import pytest


def test_jagged(config, rows):
    found = config.extract_jagged(rows, ids="payload")
    assert found["user"].values.tolist() == [1, 2, 3]
    assert found["user"].values.dtype == np.int64 and found["user"].offsets.dtype == np.int64
    assert found["tags"].offsets.tolist() == [0, 3, 3, 4]
    assert found["tags"].lengths.tolist() == [3, 0, 1]
    assert found["taste"].weights.tolist() == [0.5, 1.0, 2.0]
    assert found["shop"].values.max() < 1000
    assert found["price"].tolist() == [1.5, -1.0, 2.5]
    assert found["pair"].shape == (3, 2)
    full = config.extract_jagged(rows)
    assert (featc.slot(full["tags"].values) == 3).all()
    assert (featc.payload(full["tags"].values) == found["tags"].values).all()
    assert full["tags"][0].tolist() == full["tags"].values[:3].tolist()
    with pytest.raises(ValueError, match="ids"):
        config.extract_jagged(rows, ids="low")


def test_chunks_come_together(config, rows):
    many = pa.concat_tables([rows] * 50)
    found, whole = config.extract_jagged(many), config.extract(many)
    for feature in config.features:
        column = whole[feature.name].to_pylist()
        if feature.kind == "dense":
            assert found[feature.name].tolist() == column
        elif not feature.weighted:
            assert [row.view(np.uint64).tolist() for row in found[feature.name]] == column
    empty = config.extract_jagged(rows.slice(0, 0))
    assert len(empty["tags"]) == 0 and empty["pair"].shape == (0, 2) and len(empty["price"]) == 0


def test_rectangles(config, rows):
    found = config.extract_numpy(rows, ids="payload")
    jagged = config.extract_jagged(rows, ids="payload")
    assert found["last"].shape == (3, 2)
    assert found["tags"].shape == (3, 3)
    assert found["tags"][2].tolist() == [jagged["tags"].values[3], 0, 0]
    ids, weights = found["taste"]
    assert weights.tolist() == [[0.5, 0.0], [0.0, 0.0], [1.0, 2.0]]
    assert ids.shape == weights.shape


def test_failed_rows_are_raised_unless_asked(config, rows):
    bad = rows.set_column(1, "shop", pa.array([10, None, 30], pa.int64()))
    with pytest.raises(featc.DataError):
        config.extract_jagged(bad)
    with pytest.warns(featc.DataWarning):
        found = config.extract_jagged(bad, errors="null")
    assert found["tags"].offsets.tolist() == [0, 3, 3, 4]
    assert found["price"].tolist() == [1.5, 0.0, 2.5]
    assert found["pair"].tolist() == [[1.5, 10.0], [0.0, 0.0], [2.5, 30.0]]


def test_dlpack_shares_the_memory(config, rows):
    tags = config.extract_jagged(rows)["tags"]
    for array in (tags.values, tags.offsets):
        assert np.from_dlpack(array).ctypes.data == array.ctypes.data
        assert array.flags.writeable and array.flags.c_contiguous


def test_embedding_bag(config, rows):
    torch = pytest.importorskip("torch")
    shop = config.extract_jagged(rows, ids="payload")["shop"]
    values, offsets = torch.from_dlpack(shop.values), torch.from_dlpack(shop.offsets)
    assert values.data_ptr() == shop.values.ctypes.data
    bag = torch.nn.EmbeddingBag(1000, 4, mode="sum", include_last_offset=True)
    assert bag(values, offsets).shape == (3, 4)
