# SPDX-License-Identifier: Apache-2.0
"""`explain` takes what `extract` takes, and shows the same features."""

import warnings

import featc
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

CONFIG = """model m
request { user : int64 }
item { shop : int64
  v : list<{ a : int64  b : float64? }>
  tags : list<string>
  taste : map<string, float64>?
  price : float64? }
dense user = float(user)
dense shop = float(shop)
dense first = float(first(v.a) ?? -1)
dense half default -1 = first(v.b)
dense tags = float(count(tags))
dense price default -1 = price
dense fond default -1 = lookup(taste, "x")
"""


@pytest.fixture(scope="module")
def config():
    return featc.compile_text(CONFIG, engine="interp")


def numbers(text):
    """Name and number of each line of a brief explanation."""
    found = {}
    for line in text.splitlines()[2:]:
        name, value = line.split()[:2]
        found[name] = float(value)
    return found


def extracted(table, at=0):
    return {name: column[at].as_py() for name, column in zip(table.column_names, table.columns)}


FLAT = {"user": 1, "shop": 2, "v.a": [7, 8], "v.b": [0.5, None], "tags": ["x"], "taste": {"x": 3.0}, "price": 4.5}
EXPECTED = {"user": 1, "shop": 2, "first": 7, "half": 0.5, "tags": 1, "price": 4.5, "fond": 3}


@pytest.mark.parametrize(
    "row",
    [
        FLAT,
        {**{k: FLAT[k] for k in ("user", "shop", "tags", "taste", "price")}, "v": [{"a": 7, "b": 0.5}, {"a": 8}]},
        {**FLAT, "user": np.int64(1), "v.a": np.array([7, 8]), "tags": pd.Series(["x"]), "price": pa.scalar(4.5)},
        {k if k != "shop" else "item.shop": v for k, v in FLAT.items()},
        {k: [v] for k, v in FLAT.items()},
        {k: pa.array([v], pa.map_(pa.string(), pa.float64()) if k == "taste" else None) for k, v in FLAT.items()},
        {"request": {"user": 1}, "items": [{k: v for k, v in FLAT.items() if k not in ("user", "v.a", "v.b")} | {
            "v": [{"a": 7, "b": 0.5}, {"a": np.int64(8)}]}]},
        {"user": 1, "items": [{k: v for k, v in FLAT.items() if k != "user"}]},
        {"user": 1, "items": [{"shop": 2, "tags": ["x"], "taste": {"x": 3}, "price": 4.5, "v": [{"a": 7, "b": 0.5}]}]},
    ],
)
def test_forms_of_a_row(config, row):
    assert numbers(config.explain(row, brief=True)) == EXPECTED
    assert "7" in config.explain(row)


def test_tables(config):
    rows = [FLAT, {**FLAT, "shop": 20, "v.a": [9, 9]}, {**FLAT, "shop": 30, "v.a": [], "v.b": []}]
    columns = {k: [row[k] for row in rows] for k in FLAT}
    types = {name: config.input_schema.field(name).type for name in FLAT}
    table = pa.table({k: pa.array(v, types[k]) for k, v in columns.items()})
    for data in (columns, table, table.to_batches()[0]):
        out = config.extract(data)
        for at in range(3):
            assert numbers(config.explain(data, item=at, brief=True)) == pytest.approx(extracted(out, at))
    frame = pl.DataFrame({k: columns[k] for k in ("user", "shop", "tags", "v.a", "v.b")})
    with pytest.warns(featc.DataWarning, match="2 optional fields have no column: item.taste, item.price"):
        assert numbers(config.explain(frame, item=1, brief=True))["first"] == 9
    with pytest.raises(featc.DataError, match="there is no item 3: the data has 3"):
        config.explain(table, item=3)


def test_what_is_wrong(config):
    with pytest.warns(featc.DataWarning, match='no field is declared for the column "prize"'):
        config.explain({**FLAT, "prize": 1})
    with pytest.raises(featc.DataError, match="no column for item.shop"):
        config.explain({k: v for k, v in FLAT.items() if k != "shop"})
    with pytest.raises(featc.DataError, match="'shop', which must be int64"):
        config.explain({**FLAT, "shop": "x"})
    with pytest.raises(featc.DataError, match="a text where a list is expected"):
        config.explain({**FLAT, "tags": "x"})
    with pytest.raises(featc.DataError, match="the row is bad: shop is missing"):
        config.explain({**FLAT, "shop": None})
    # The fields that a row leaves out are missing, which is what an optional field is for.
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = numbers(config.explain({k: v for k, v in FLAT.items() if k != "price"}, brief=True))
    assert found["price"] == -1
