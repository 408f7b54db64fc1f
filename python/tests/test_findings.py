# SPDX-License-Identifier: Apache-2.0
"""What only the whole of the data tells of a config."""

import warnings

import featc
import pyarrow as pa
import pytest

CONFIG = """model m
item { ts : int64?  city : string?  price : float64? }
sparse hour slot 1 = hour(ts)
sparse city slot 2 = city
dense price default -1 = price
"""
MILLISECONDS = "its times look like milliseconds: divide them"


@pytest.fixture()
def config():
    return featc.compile_text(CONFIG, engine="interp")


def said_by(call):
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        call()
    return [str(w.message) for w in said]


def columns(times, cities=None, prices=None):
    return {"ts": times, "city": cities or ["Rome"] * len(times), "price": prices or [1.5] * len(times)}


def test_times_in_milliseconds(config):
    (line,) = said_by(lambda: config.extract(columns([1733000000000, 1733000000001])))
    assert line.startswith("hour: missing in all 2 rows: hour(item.ts) has no value for 1733000000000")
    assert MILLISECONDS in line
    # Of a single row too, and again; of each form of the result.
    for call in (config.extract, config.extract_jagged, config.extract_numpy, lambda d: list(config.extract_batches(d))):
        (line,) = said_by(lambda: call(columns([1733000000000])))
        assert MILLISECONDS in line
    assert said_by(lambda: config.extract(columns([1733000000, 1733000001]))) == []


def test_a_column_that_is_null_everywhere(config):
    (line,) = said_by(lambda: config.extract(columns([1733000000, 1733000001], prices=pa.nulls(2, pa.float64()))))
    assert line == "price: missing in all 2 rows: the field item.price is never there"
    # One row without an optional field is nothing to speak of.
    assert said_by(lambda: config.extract(columns([1733000000], prices=[None]))) == []


def test_large_extractions_are_looked_into_again(config):
    assert said_by(lambda: config.extract(columns([1733000000, 1733000001]))) == []
    days = columns([20057 + i % 9 for i in range(5000)])
    (line,) = said_by(lambda: config.extract(days, threads=1))
    assert "look like days" in line


def test_no_rows(config):
    empty = pa.table({name: pa.array([], config.input_schema.field(name).type) for name in ("ts", "city", "price")})
    assert said_by(lambda: config.extract(empty)) == []


def test_keys_that_no_store_has(tmp_path):
    config = featc.compile_text(
        'model m\nrequest { user : int64 }\nsource people(id: int64) { key "p:{id}" age : int64 }\n'
        "let me = people(user)\nsparse age slot 1 = me.age\n",
        engine="interp",
    )
    store = tmp_path / "people.jsonl"
    store.write_text('{"source": "people", "id": 7, "age": 30}\n')
    (line,) = said_by(lambda: config.extract({"user": [8, 9]}, stores={"people": f"jsonl:{store}"}))
    assert line == "age: missing in all 2 rows: none of 2 keys of source people was found"
