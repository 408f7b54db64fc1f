# SPDX-License-Identifier: Apache-2.0
"""Which columns are missed, which cannot be taken, and what is said of sources that no store serves."""

import warnings

import featc
import pandas as pd
import polars as pl
import pytest


def said_by(call):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in said]


def test_fields_that_nothing_uses_are_not_missed():
    unused = " ".join(f"u{i} : float64?" for i in range(27))
    config = featc.compile_text(
        f"model m\nitem {{ shop : int64 a : float64? b : float64? {unused} }}\n"
        "let spare = u1 + u2\nsparse shop slot 1 = shop\ndense ab default 0 = a + b\n",
        engine="interp",
    )
    assert said_by(lambda: config.extract({"shop": [1], "a": [1.0], "b": [2.0]})) == []
    assert said_by(lambda: config.extract({"shop": [1], "a": [1.0]})) == ["the optional field item.b has no column"]
    assert said_by(lambda: config.extract({"shop": [1]})) == ["2 optional fields have no column: item.a, item.b"]


def test_a_column_that_is_not_there_is_told_once():
    config = featc.compile_text(
        "model m\nitem { shop : int64 a : float64? }\nsparse shop slot 1 = shop\ndense a default 0 = log1p(a)\n",
        engine="interp",
    )
    for call in (config.extract, config.extract_jagged, config.extract_numpy, lambda d: list(config.extract_batches(d))):
        assert said_by(lambda: call({"shop": [1, 2]})) == ["the optional field item.a has no column"]
    # A column without a value is told by the feature that lacks it.
    (line,) = said_by(lambda: config.extract({"shop": [1, 2], "a": [None, None]}))
    assert line == "a: missing in all 2 rows: the field item.a is never there"


def test_a_mistyped_name_is_told_with_the_field_that_has_no_column():
    config = featc.compile_text("model m\nitem { shop : int64 }\nsparse shop slot 1 = shop\n", engine="interp")
    with pytest.raises(featc.DataError, match='no column for item.shop.*no field is declared for the column "shp"'):
        config.extract({"shp": [1]})


def test_columns_of_objects():
    config = featc.compile_text("model m\nitem { shop : string }\nsparse shop slot 1 = shop\n", engine="interp")
    objects = pl.Series("shop", [object(), object()], dtype=pl.Object)
    for data in (pl.DataFrame({"shop": objects}), {"shop": objects}):
        with pytest.raises(featc.DataError, match="'shop'.*(holds Python objects|Could not convert)"):
            config.extract(data)
    with pytest.raises(featc.DataError, match="holds Python objects.*map_elements"):
        config.extract(pl.DataFrame({"shop": objects}))
    with pytest.raises(featc.DataError, match="column shop"):
        config.extract(pd.DataFrame({"shop": [object(), object()]}))
    texts = pl.DataFrame({"shop": objects}).with_columns(pl.col("shop").map_elements(str, return_dtype=pl.String))
    assert config.extract(texts).num_rows == 2
    assert config.extract(pl.DataFrame({"shop": ["a"]})).equals(config.extract(pd.DataFrame({"shop": ["a"]})))


def test_a_text_is_no_list_of_its_letters():
    config = featc.compile_text("model m\nitem { l : list<string> }\nsparse l slot 1 = l\n", engine="interp")
    with pytest.raises(featc.DataError, match="a text where a list is expected"):
        config.extract({"l": ["ab", "c"]})
    assert config.extract_jagged({"l": [["ab"], []]})["l"].offsets.tolist() == [0, 1, 1]


def test_lists_of_structs_whose_lists_are_all_empty():
    config = featc.compile_text(
        "model m\nitem { v : list<{ a : int64 }> }\ndense n = float(count(v.a))\n", engine="interp"
    )
    assert config.extract({"v": [[], []]})["n"].to_pylist() == [0, 0]
    assert config.extract({"v": [[{"a": 1}], []]})["n"].to_pylist() == [1, 0]


SOURCES = """model m
request { user : int64 }
source people(id: int64) { key "p:{id}" age : int64 }
source shops(id: int64) { key "s:{id}" size : int64 }
let me = people(user)
let shop = shops(user)
sparse age slot 1 = me.age
sparse size slot 2 = shop.size
"""


def test_sources_that_no_store_serves(tmp_path):
    store = tmp_path / "rows.jsonl"
    store.write_text('{"source": "people", "id": 7, "age": 30}\n{"source": "shops", "id": 7, "size": 2}\n')
    config = featc.compile_text(SOURCES, engine="interp")
    row = {"user": [7]}
    line = 'no store serves source "{0}": all its rows are absent (pass stores={{"{0}": "jsonl:PATH"}})'
    both = [line.format("people"), line.format("shops")]
    for call in (config.extract, config.extract_jagged, config.explain, lambda d: list(config.extract_batches(d))):
        assert said_by(lambda: call(row)) == both
    one = {"people": f"jsonl:{store}"}
    for call in (config.extract, config.extract_numpy, config.explain):
        assert said_by(lambda: call(row, stores=one)) == both[1:]
        assert said_by(lambda: call(row, stores={"default": f"jsonl:{store}"})) == []
    assert said_by(lambda: config.explain({"request": {"user": 7}, "items": [{}]})) == both
