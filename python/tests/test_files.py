# SPDX-License-Identifier: Apache-2.0
"""Files that pyarrow writes, through the featc program."""

import json
import os
import subprocess

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest
from conftest import CONFIG

PROGRAM = os.environ.get("FEATC_PROGRAM")
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="FEATC_PROGRAM names no program")


def run(tmp_path, source):
    config = tmp_path / "demo.feat"
    config.write_text(CONFIG)
    done = subprocess.run([PROGRAM, "run", config, "--input", source], check=True, capture_output=True, text=True)
    return [json.loads(line)["features"] for line in done.stdout.splitlines()], done.stderr


def as_json(table):
    """Features as the program's JSON has them: everything in lists, weighted ids as pairs."""
    rows = table.to_pylist()
    for row in rows:
        row["taste"] = [[pair["id"], pair["weight"]] for pair in row["taste"]]
        row["price"] = [row["price"]]
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
