# SPDX-License-Identifier: Apache-2.0
"""Tables in, tables out: values, what is shared, failing rows, threads, stores."""

import threading

import featc
import numpy as np
import pyarrow as pa
import pytest


def payloads(column):
    """Rows of a column of ids, or of lists of them, as payloads."""
    cut = (1 << 44) - 1
    rows = column.to_pylist()
    return [[i & cut for i in row] if isinstance(row, list) else row and row & cut for row in rows]


def test_values(config, rows):
    out = config.extract(rows)
    assert out.schema.equals(config.schema)
    assert payloads(out["user"]) == [1, 2, 3]
    assert [len(r) for r in out["tags"].to_pylist()] == [3, 0, 1]
    assert [len(r) for r in out["last"].to_pylist()] == [2, 0, 1]
    assert [[p["weight"] for p in row] for row in out["taste"].to_pylist()] == [[0.5], [], [1.0, 2.0]]
    assert out["price"].to_pylist() == [1.5, -1.0, 2.5]
    assert out["pair"].to_pylist() == [[1.5, 10.0], [0.0, 20.0], [2.5, 30.0]]
    assert {i >> 44 for row in out["tags"].to_pylist() for i in row} == {3}


def test_lists_of_at_most_one_id(config, rows):
    plain, lists = config.extract(rows, status=True), config.extract(rows, status=True, id_lists=True)
    assert plain.schema.metadata[b"featc.schema"] == b"2" and b"featc.schema" not in lists.schema.metadata
    for name in plain.column_names:
        if name in ("user", "shop"):
            assert (plain[name].type, lists[name].type) == (pa.uint64(), pa.list_(pa.uint64()))
            assert lists[name].to_pylist() == [[i] for i in plain[name].to_pylist()]
        else:
            assert lists[name].equals(plain[name])
    maybe = featc.compile_text("model m\nitem { x : int64? }\nsparse y slot 1 = x\n")
    column = {"x": pa.array([5, None])}
    assert payloads(maybe.extract(column)["y"]) == [5, None]
    assert payloads(maybe.extract(column, id_lists=True)["y"]) == [[5], []]
    (batch,) = maybe.extract_batches(column, id_lists=True)
    assert payloads(batch["y"]) == [[5], []]


def test_in_chunks_and_slices_it_is_the_same(config):
    n = 20_000
    table = pa.table(
        {
            "user": np.arange(n),
            "shop": np.arange(n) % 97,
            "price": pa.array(np.arange(n) / 4, mask=np.arange(n) % 5 == 0),
            "tags": pa.array([[f"t{i % 7}"] * (i % 4) for i in range(n)]),
            "taste": pa.array([[("k", i / 2)] for i in range(n)], pa.map_(pa.string(), pa.float64())),
        }
    )
    whole = config.extract(table, threads=1)
    assert config.extract(table, threads=3).equals(whole)
    parts = pa.concat_tables([table.slice(i, 1237) for i in range(0, n, 1237)])
    assert parts["user"].num_chunks > 10
    assert config.extract(parts).equals(whole)
    assert config.extract(table.slice(4321, 1000)).equals(whole.slice(4321, 1000))
    assert config.extract(table.to_batches()[0]).equals(whole)
    batches = list(config.extract_batches(pa.RecordBatchReader.from_batches(table.schema, iter(parts.to_batches()))))
    assert pa.Table.from_batches(batches).equals(whole)


def test_no_column_is_copied_in(config, rows):
    def addresses(array):
        return [0 if buffer is None else buffer.address for buffer in array.buffers()]

    batch = rows.combine_chunks().to_batches()[0]
    bound = config._program.bound(*batch.__arrow_c_array__())
    assert not any(converted for converted, *_ in bound.values())
    assert bound["item.shop"][3] == addresses(batch["shop"])[1]
    assert bound["item.price"][1] == addresses(batch["price"])[0]
    assert bound["item.price"][3] == addresses(batch["price"])[1]
    assert bound["item.tags"][2] == addresses(batch["tags"])[1]
    narrow = rows.set_column(1, "shop", rows["shop"].cast(pa.int32())).combine_chunks().to_batches()[0]
    bound = config._program.bound(*narrow.__arrow_c_array__())
    assert bound["item.shop"][0] and not bound["item.price"][0]


def test_no_column_is_copied_out(config, rows):
    out = config.extract(rows)
    price = out["price"].chunk(0)
    ids = out["tags"].chunk(0).values
    address = price.buffers()[1].address
    assert price.to_numpy().ctypes.data == address
    # They live on without the table and what it was made by.
    del out, price
    assert len(ids.to_pylist()) == 4
    assert not config.extract_numpy(rows)["price"].flags.owndata


def test_a_dict_of_columns(config, rows):
    columns = {
        "user": [1, 2, 3],
        "shop": np.array([10, 20, 30]),
        "price": np.array([1.5, np.nan, 2.5]),
        "tags": [["a", "b", "c"], [], ["d"]],
        "taste": [[("x", 0.5)], None, [("y", 1.0), ("z", 2.0)]],
    }
    # A NaN counts as missing.
    assert config.extract(columns).equals(config.extract(rows))
    with pytest.raises(featc.DataError, match="'user', which must be int64"):
        config.extract({**columns, "user": ["a", "b", "c"]})
    with pytest.raises(TypeError, match="found int"):
        config.extract(3)


def test_columns_that_do_not_fit(config, rows):
    with pytest.raises(featc.DataError, match="no column for item.shop, which every row must have"):
        config.extract(rows.drop_columns(["shop"]))
    with pytest.warns(featc.DataWarning, match='no field is declared for the column "extra"'):
        config.extract(rows.append_column("extra", pa.array([1, 2, 3])))
    with pytest.warns(featc.DataWarning, match="the optional field item.price has no column"):
        config.extract(rows.drop_columns(["price"]))
    both = featc.compile_text("model m\nrequest { x : int64 }\nitem { x : int64 }\nsparse y slot 1 = item.x\n")
    with pytest.raises(featc.DataError, match="may be request.x or item.x: name it so"):
        both.extract({"x": [1], "item.x": [2]})
    assert payloads(both.extract({"request.x": [1], "item.x": [2]})["y"]) == [2]


def test_rows_that_fail(config, rows):
    bad = rows.set_column(1, "shop", pa.array([10, None, 30], pa.int64()))
    with pytest.warns(featc.DataWarning, match="1 of 3 rows failed"):
        out = config.extract(bad, status=True)
    assert out["row_status"].to_pylist() == ["ok", "bad_input", "ok"]
    for name in config.schema.names:
        assert [v is None for v in out[name].to_pylist()] == [False, True, False]
    with pytest.warns(featc.DataWarning):
        assert config.extract(bad, errors="drop").equals(config.extract(rows.take([0, 2])))
    with pytest.raises(featc.DataError, match="1 of 3 rows failed"):
        config.extract(bad, errors="raise")
    big = rows.set_column(1, "shop", pa.array([10, 2**63, 30], pa.uint64()))
    with pytest.warns(featc.DataWarning, match="item.shop: 1 integer was beyond int64"):
        assert config.extract(big, status=True)["row_status"].to_pylist() == ["ok", "ok", "ok"]


def test_a_row_is_a_request_with_items(config, rows):
    names = ["shop", "price", "tags", "taste"]
    items = [{k: r[k] for k in names} for r in rows.to_pylist()]
    fields = pa.struct([config.input_schema.field(n) for n in names])
    nested = pa.table({"user": [1, 2], "items": pa.array([items[:2], items[2:]], pa.list_(fields))})
    flat = rows.set_column(0, "user", pa.array([1, 1, 2]))
    assert config.extract(nested).equals(config.extract(flat))


def test_threads_may_share_a_config(config, rows):
    expected = config.extract(rows)
    equal = []

    def work():
        equal.append(all(config.extract(rows).equals(expected) for _ in range(20)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert equal == [True] * 4


def test_a_reader_that_raises(config, rows):
    def batches():
        yield rows.to_batches()[0]
        raise RuntimeError("the disk is gone")

    reader = pa.RecordBatchReader.from_batches(rows.schema, batches())
    with pytest.raises(featc.DataError, match="the disk is gone"):
        config.extract(reader)
    # Left early: nothing hangs.
    endless = pa.RecordBatchReader.from_batches(rows.schema, (rows.to_batches()[0] for _ in range(10**9)))
    assert next(config.extract_batches(endless)).num_rows == 3


def test_explain(config):
    row = {"user": 1, "shop": 10, "price": 1.5, "tags": ["a"]}
    text = config.explain(row, brief=True)
    assert "price" in text and "1.5" in text
    assert config.explain({"request": {"user": 1}, "items": [{"shop": 10, "tags": []}]}) != ""
    with pytest.raises(featc.DataError, match="shop"):
        config.explain({"user": 1, "shop": "x", "tags": []})
    with pytest.raises(featc.DataError, match='no column for request.user.*no field is declared for the column "usr"'):
        config.explain({"usr": 1})


def test_stores(tmp_path):
    config = featc.compile_text(
        'model m\nrequest { user : int64 }\nsource people(id: int64) { key "p:{id}" age : int64 }\n'
        "let me = people(user)\nsparse age slot 1 = me.age\n"
    )
    store = tmp_path / "people.jsonl"
    store.write_text('{"source": "people", "id": 7, "age": 30}\n')
    out = config.extract({"user": [7, 8]}, stores={"people": f"jsonl:{store}"})
    assert payloads(out["age"]) == [30, None]
    assert config.sources == ["people"]
    with pytest.raises(featc.DataError, match='no source "peple"'):
        config.extract({"user": [7]}, stores={"peple": f"jsonl:{store}"})
    with pytest.raises(featc.DataError, match="no.jsonl"):
        config.extract({"user": [7]}, stores={"default": f"jsonl:{tmp_path}/no.jsonl"})
