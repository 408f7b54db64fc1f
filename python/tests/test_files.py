# SPDX-License-Identifier: Apache-2.0
"""Files that pyarrow writes through the featc program, and its files through pyarrow."""

import json
import os
import subprocess

import featc
import pyarrow as pa
import pyarrow.feather
import pyarrow.ipc
import pyarrow.parquet
import pytest
from conftest import CONFIG
from featc import tensor_sequence

PROGRAM = os.environ.get("FEATC_PROGRAM")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="FEATC_PROGRAM names no program")


def run(tmp_path, source, *options, text=CONFIG):
    config = tmp_path / "demo.feat"
    config.write_text(text)
    command = [PROGRAM, "run", config, "--input", source, *options]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(line)["features"] for line in done.stdout.splitlines()], done.stderr


def as_json(table):
    """Features as the program's JSON has them: everything in lists, weighted ids as pairs."""
    rows = table.to_pylist()
    for row in rows:
        row["taste"] = [[pair["id"], pair["weight"]] for pair in row["taste"]]
        row["price"] = [row["price"]]
        for name in ("user", "shop"):
            row[name] = [row[name]]
    return rows


def write(table, path):
    if path.suffix == ".parquet":
        pa.parquet.write_table(table, path, row_group_size=2)
    elif path.suffix == ".arrows":
        with pa.ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=2)


@pytest.mark.parametrize("source", ["in.arrow", "in.arrows", "in.parquet"])
def test_files_in(config, rows, tmp_path, source):
    write(rows, tmp_path / source)
    assert run(tmp_path, tmp_path / source) == (as_json(config.extract(rows)), "")


def test_bad_rows_are_told_and_left_out(config, rows, tmp_path):
    bad = rows.set_column(1, "shop", pa.array([10, None, 30], pa.int64()))
    write(bad, tmp_path / "in.parquet")
    found, said = run(tmp_path, tmp_path / "in.parquet")
    assert "in.parquet:2: shop is missing" in said and "left out: 1 bad item; 2 items written" in said
    assert found == as_json(config.extract(rows.take([0, 2])))


def read(path):
    return pa.parquet.read_table(path) if path.suffix == ".parquet" else pa.feather.read_table(path)


def write_features(tmp_path, source, target, *options, text=CONFIG):
    """What the program says while it writes `target`."""
    form = "parquet" if target.suffix == ".parquet" else "arrow"
    printed, said = run(tmp_path, source, "--format", form, "--output", target, *options, text=text)
    assert printed == []
    return said


def lacks_data(table, expected):
    """What the program's file and extract() may differ in: nothing, the metadata of columns and schema included."""
    assert table.schema.equals(expected.schema, check_metadata=True)
    assert [str(field.type) for field in table.schema] == [str(field.type) for field in expected.schema]
    return not table.equals(expected)


@pytest.mark.parametrize("compress", ["none", "zstd"])
@pytest.mark.parametrize("target", ["out.arrow", "out.parquet"])
@pytest.mark.parametrize("source", ["in.arrow", "in.arrows", "in.parquet"])
def test_files_out_hold_what_extract_returns(config, rows, tmp_path, source, target, compress):
    write(rows, tmp_path / source)
    assert write_features(tmp_path, tmp_path / source, tmp_path / target, "--compress", compress) == ""
    table = read(tmp_path / target)
    table.validate(full=True)
    assert not lacks_data(table, config.extract(rows))


def test_an_arrow_file_is_no_stream(config, rows, tmp_path):
    write(rows, tmp_path / "in.arrow")
    write_features(tmp_path, tmp_path / "in.arrow", tmp_path / "out.arrow")
    assert pa.ipc.open_file(tmp_path / "out.arrow").schema.equals(config.schema)
    whole = (tmp_path / "out.arrow").read_bytes()
    for size in (len(whole) - 1, len(whole) // 2, 8):
        with pytest.raises(pa.ArrowInvalid):
            pa.ipc.open_file(pa.py_buffer(whole[:size]))


@pytest.mark.parametrize("target", ["out.arrow", "out.parquet"])
def test_rows_that_fail_are_left_out_of_files(config, rows, tmp_path, target):
    bad = rows.set_column(1, "shop", pa.array([10, None, 30], pa.int64()))
    write(bad, tmp_path / "in.arrow")
    said = write_features(tmp_path, tmp_path / "in.arrow", tmp_path / target)
    assert "in.arrow:2: shop is missing" in said and "left out: 1 bad item; 2 items written" in said
    with pytest.warns(featc.DataWarning):
        assert not lacks_data(read(tmp_path / target), config.extract(bad, errors="drop"))


# Every kind of output of a sequence group: one id an element, several, with weights, numbers, and a width.
GROUPS = """model groups
item { clicks : list<{ shop: int64?, tags: list<string>, price: float64? }> }
sequence group visit over clicks length 3 {
  sparse shop slot 1 = it.shop
  sparse tags slot 2 = it.tags
  sparse bought slot 3 = weighted([it.shop ?? 0], [it.price ?? 0.5])
  dense price default -1 = it.price
  dense pair width 2 = [it.price ?? 0.0, 7.0]
}
"""


def clicks():
    click = pa.struct([("shop", pa.int64()), ("tags", pa.list_(pa.string())), ("price", pa.float64())])
    lists = [
        [{"shop": 7, "tags": ["a", "b"], "price": 1.5}, {"shop": None, "tags": [], "price": None}],
        [],
        [{"shop": s, "tags": ["c"], "price": float(s)} for s in range(5)],
    ]
    return pa.table({"clicks": pa.array(lists, pa.list_(click))})


@pytest.mark.parametrize("target", ["out.arrow", "out.parquet"])
def test_groups_are_lists_of_lists(tmp_path, target):
    config = featc.compile_text(GROUPS)
    rows = clicks()
    write(rows, tmp_path / "in.arrow")
    write_features(tmp_path, tmp_path / "in.arrow", tmp_path / target, text=GROUPS)
    table = read(tmp_path / target)
    assert not lacks_data(table, config.extract(rows))
    assert table["visit__price"].to_pylist() == [[1.5, -1.0], [], [0.0, 1.0, 2.0]]
    assert [[i & (1 << 44) - 1 for i in row] for row in table["visit__shop"].to_pylist()] == [[7, 0], [], [0, 1, 2]]
    assert [[len(ids) for ids in row] for row in table["visit__tags"].to_pylist()] == [[2, 0], [], [1, 1, 1]]


def test_groups_in_tensor_sequences(tmp_path):
    config = featc.compile_text(GROUPS)
    write(clicks(), tmp_path / "in.arrow")
    run(tmp_path, tmp_path / "in.arrow", "--format", "tensor-sequence", "--output", tmp_path / "out.ts", text=GROUPS)
    (sequence,) = tensor_sequence.read_file(str(tmp_path / "out.ts"))
    expected = config.extract(clicks())
    for feature in config.features:
        tensor = sequence[feature.name]
        assert (tensor.group, tensor.length) == (feature.group, feature.length)
        found = []
        for row in range(3):
            cells = range(*tensor.element_offsets[row : row + 2].tolist())
            if tensor.offsets is None:
                values = tensor.values[cells.start : cells.stop].tolist()
                found.append(values if feature.width > 1 else [value for (value,) in values])
                continue
            bounds = [slice(*tensor.offsets[cell : cell + 2].tolist()) for cell in cells]
            ids = [tensor.values[b].tolist() for b in bounds]
            if tensor.weights is not None:
                pairs = zip(ids, (tensor.weights[b].tolist() for b in bounds))
                ids = [[{"id": i, "weight": w} for i, w in zip(*pair)] for pair in pairs]
            found.append(ids)
        assert found == expected[feature.name].to_pylist()


LAYOUTS = "model m\nitem { x : int64  s : string?  l : list<string> }\n" + "".join(
    f"sparse {name} slot {i} = {name}\n" for i, name in enumerate("xsl", 1)
)


def layouts():
    plain = {
        "x": pa.array([5, 6, 5, 7]),
        "s": pa.array(["a", None, "", "a text longer than twelve bytes"]),
        "l": pa.array([["p"], [], ["q", "r"], ["p"]]),
    }
    return {
        "plain": plain,
        "dictionary": {name: column.dictionary_encode() if name != "l" else column for name, column in plain.items()},
        "large": {**plain, "s": plain["s"].cast(pa.large_string()), "l": plain["l"].cast(pa.large_list(pa.large_string()))},
        "views": {**plain, "s": plain["s"].cast(pa.string_view())},
        "binary": {**plain, "s": plain["s"].cast(pa.binary())},
        "narrow": {**plain, "x": plain["x"].cast(pa.int8())},
        "chunks": {name: pa.chunked_array([column.slice(0, 1), column.slice(1)]) for name, column in plain.items()},
        "slices": {
            name: pa.concat_arrays([column.slice(2), column, column.slice(1)]).slice(2, 4)
            for name, column in plain.items()
        },
    }


@pytest.mark.parametrize("source", ["in.arrow", "in.arrows", "in.parquet"])
@pytest.mark.parametrize("layout", list(layouts()))
def test_layouts_of_columns(tmp_path, source, layout):
    columns = layouts()
    config = featc.compile_text(LAYOUTS)
    expected = config.extract(pa.table(columns["plain"]))
    table = pa.table(columns[layout])
    assert config.extract(table).equals(expected)
    write(table, tmp_path / source)
    assert write_features(tmp_path, tmp_path / source, tmp_path / "out.arrow", text=LAYOUTS) == ""
    assert read(tmp_path / "out.arrow").equals(expected)


@pytest.mark.parametrize("source", ["in.arrow", "in.arrows", "in.parquet"])
@pytest.mark.parametrize(
    "change, message",
    [
        ({"x": pa.array(["1"] * 4)}, 'the column "x": expected int64, found string'),
        ({"s": pa.array([1] * 4)}, 'the column "s": expected string, found int64'),
        ({"l": pa.array([[1]] * 4)}, 'the column "l": expected list<string>, found list<int64>'),
        ({"x": None}, "no column for item.x, which every row must have"),
        ({"x": pa.nulls(4, pa.int64())}, "x is missing"),
    ],
)
def test_columns_that_do_not_fit_end_a_run(tmp_path, source, change, message):
    columns = {name: column for name, column in {**layouts()["plain"], **change}.items() if column is not None}
    write(pa.table(columns), tmp_path / source)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        run(tmp_path, tmp_path / source, text=LAYOUTS)
    assert caught.value.returncode == 1
    assert message in caught.value.stderr and source in caught.value.stderr
