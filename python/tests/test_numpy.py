# SPDX-License-Identifier: Apache-2.0
"""Features as NumPy arrays and what shares their memory."""

import featc
import numpy as np
import pyarrow as pa
import pytest
from featc.jagged import dense, jagged


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
            lists = [row if isinstance(row, list) else [row] for row in column]
            assert [row.view(np.uint64).tolist() for row in found[feature.name]] == lists
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


def test_rectangles_are_padded_on_the_side_that_the_config_says(tmp_path):
    path = tmp_path / "pad.feat"
    path.write_text(
        "model pad\nsemantics 2\nitem { ids : list<int64> }\n"
        "sequence right slot 1 length 3 = ids\nsequence left slot 2 length 3 pad left = ids\n"
        "sequence group g over ids last 2 pad left {\n  sparse id slot 3 = it\n  dense x = it\n}\n"
    )
    config = featc.compile(path)
    assert [feature.pad for feature in config.features] == ["right", "left", "left", "left"]
    table = pa.table({"ids": [[7], [1, 2, 3, 4], []]})
    found = config.extract_numpy(table, ids="payload")
    assert found["right"].tolist() == [[7, 0, 0], [1, 2, 3], [0, 0, 0]]
    assert found["left"].tolist() == [[0, 0, 7], [1, 2, 3], [0, 0, 0]]
    assert found["g__id"].tolist() == [[0, 7], [3, 4], [0, 0]]
    assert found["g__x"].tolist() == [[0, 7], [3, 4], [0, 0]]
    metadata = config.extract(table).schema.field("left").metadata
    assert metadata[b"featc.pad"] == b"left" and b"featc.pad" not in config.extract(table).schema.field("right").metadata


def test_failed_rows_are_raised_unless_asked(config, rows):
    bad = rows.set_column(1, "shop", pa.array([10, None, 30], pa.int64()))
    with pytest.raises(featc.DataError):
        config.extract_jagged(bad)
    with pytest.warns(featc.DataWarning):
        found = config.extract_jagged(bad, errors="null")
    assert found["tags"].offsets.tolist() == [0, 3, 3, 4]
    assert found["price"].tolist() == [1.5, 0.0, 2.5]
    assert found["pair"].tolist() == [[1.5, 10.0], [0.0, 0.0], [2.5, 30.0]]


def wide(config, rows):
    """What extract_jagged looks into: the features' own memory as Arrow has it."""
    stream, _ = config._stream(rows, None, "raise", False, 0, large_lists=True, id_lists=True)
    return stream.read_all()


def test_values_and_offsets_are_the_features_memory(config, rows):
    table = wide(config, rows)
    for name in ("tags", "taste", "last"):
        (chunk,) = table[name].chunks
        found = jagged(table[name], payloads=False)
        values = chunk.values.field(0) if name == "taste" else chunk.values
        assert found.values.ctypes.data == values.buffers()[1].address
        assert found.offsets.ctypes.data == chunk.buffers()[1].address
        if name == "taste":
            assert found.weights.ctypes.data == chunk.values.field(1).buffers()[1].address
    for name, values in (("price", table["price"].chunk(0)), ("pair", table["pair"].chunk(0).values)):
        assert dense(table[name], 2 if name == "pair" else 1).ctypes.data == values.buffers()[1].address
    # One id in each row: only the offsets are made.
    (chunk,) = table["shop"].chunks
    assert jagged(table["shop"], payloads=True).values.ctypes.data == chunk.values.buffers()[1].address
    assert chunk.values.to_pylist() == config.extract_jagged(rows, ids="payload")["shop"].values.tolist()


def test_the_memory_lives_as_long_as_an_array(config, rows):
    expected = config.extract_jagged(rows)["tags"].values.tolist()
    kept = [config.extract_jagged(rows)["tags"].values for _ in range(50)]
    assert all(values.tolist() == expected for values in kept)
    kept[0][:] = 7
    assert kept[1].tolist() == expected


def test_dlpack_shares_the_memory(config, rows):
    found = config.extract_jagged(rows)
    assert sorted(found) == sorted(f.name for f in config.features)
    for value in found.values():
        arrays = [value] if isinstance(value, np.ndarray) else [value.values, value.offsets, value.weights]
        for array in arrays:
            if array is None:
                continue
            assert np.from_dlpack(array).ctypes.data == array.ctypes.data
            assert array.flags.writeable and array.flags.c_contiguous


GROUPS = """model groups
item { shops : list<int64>?  tags : list<list<string>>? }
sequence group c over shops, tags length 3 {
  sparse shop slot 1 = it.shops
  sparse tags slot 2 = it.tags
  sparse both slot 3 = weighted([it.shops, 5], [0.5, 2])
  dense half default 0.25 = it.shops / 2
  dense pair width 2 = [it.shops ?? 0, 7]
}
"""


@pytest.mark.parametrize("copies", [1, 6000])
def test_groups(copies):
    config = featc.compile_text(GROUPS)
    rows = pa.table(
        {
            "shops": pa.array([[1, None, 3, 4], None, [2]] * copies, pa.list_(pa.int64())),
            "tags": pa.array([[["a", "b"], [], ["c"], ["d"]], None, [[]]] * copies, pa.list_(pa.list_(pa.string()))),
        }
    )
    found, expected = config.extract_jagged(rows), config.extract(rows).to_pylist()
    assert len(found["c__shop"]) == len(found["c__tags"]) == 3 * copies
    assert config.extract_jagged(rows, ids="payload")["c__shop"][0].tolist() == [1, 0, 3]
    assert found["c__tags"].element_offsets[:4].tolist() == [0, 3, 3, 4]
    assert found["c__tags"].lengths[:4].tolist() == [2, 0, 1, 0]
    for i in (0, 1, 2, -1):
        row = expected[i]
        assert found["c__shop"][i].tolist() == row["c__shop"]
        assert found["c__half"][i].tolist() == row["c__half"]
        assert found["c__pair"][i].tolist() == row["c__pair"]
        assert [ids.tolist() for ids in found["c__tags"][i]] == row["c__tags"]
        assert [ids.tolist() for ids in found["c__both"][i]] == [[p["id"] for p in ids] for ids in row["c__both"]]
    both = found["c__both"]
    assert both.weights.tolist()[:2] == [0.5, 2.0] and len(both.weights) == len(both.values) == both.offsets[-1]
    empty = config.extract_jagged(rows.slice(0, 0))
    assert all(len(value) == 0 for value in empty.values())


def test_rectangles_of_groups():
    config = featc.compile_text(GROUPS)
    rows = pa.table({"shops": [[1, 3], None], "tags": pa.nulls(2)})
    with pytest.raises(featc.FeatcError, match="c__tags: its elements may have several ids each: use extract_jagged"):
        config.extract_numpy(rows)
    lines = [line for line in GROUPS.splitlines(True) if "tags slot" not in line and "both" not in line]
    found = featc.compile_text("".join(lines)).extract_numpy(rows, ids="payload")
    assert found["c__shop"].tolist() == [[1, 3, 0], [0, 0, 0]]
    assert found["c__half"].tolist() == [[0.5, 1.5, 0.0], [0.0, 0.0, 0.0]]
    assert found["c__pair"].shape == (2, 3, 2)


def test_embedding_bag(config, rows):
    # Not among the requirements: what PyPI has for Linux brings CUDA along, gigabytes of it.
    torch = pytest.importorskip("torch")
    shop = config.extract_jagged(rows, ids="payload")["shop"]
    values, offsets = torch.from_dlpack(shop.values), torch.from_dlpack(shop.offsets)
    assert values.data_ptr() == shop.values.ctypes.data
    bag = torch.nn.EmbeddingBag(1000, 4, mode="sum", include_last_offset=True)
    assert bag(values, offsets).shape == (3, 4)
