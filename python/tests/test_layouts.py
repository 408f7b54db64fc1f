# SPDX-License-Identifier: Apache-2.0
"""Columns of every Arrow type: the right values, or an error that names the column."""

import warnings

import featc
import pyarrow as pa
import pytest


def one(type_, expression="sparse y slot 1 = x"):
    return featc.compile_text(f"model m\nitem {{ x : {type_} }}\n{expression}\n", engine="interp")


@pytest.mark.parametrize(
    "type_, array, expected",
    [
        ("int64", pa.array([1, 2], pa.int8()), [[1], [2]]),
        ("int64", pa.array([1, 65535], pa.uint16()), [[1], [65535]]),
        ("int64?", pa.chunked_array([pa.array([1], pa.int32()), pa.array([None, 3], pa.int32())]), [[1], [], [3]]),
        ("int64", pa.array([7, 7, 8]).dictionary_encode(), [[7], [7], [8]]),
        ("list<int64>", pa.array([[1], [2, 3]], pa.large_list(pa.int16())), [[1], [2, 3]]),
        ("list<int64>", pa.array([[1, 2], [3, 4]], pa.list_(pa.int64(), 2)), [[1, 2], [3, 4]]),
        ("list<int64>", pa.array([[1, 2], [3, 4], [5]], pa.list_(pa.int64())).slice(1), [[3, 4], [5]]),
        ("int64?", pa.nulls(2), [[], []]),
    ],
)
def test_integers(type_, array, expected):
    found = one(type_).extract_jagged(pa.table({"x": array}), ids="payload")["y"]
    assert [row.tolist() for row in found] == expected


@pytest.mark.parametrize(
    "type_",
    [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.dictionary(pa.int32(), pa.string())],
    ids=str,
)
def test_strings(type_):
    texts = ["a", "", None, "a text longer than twelve bytes", "a"]
    expected = one("string?").extract({"x": texts})
    array = pa.array(texts, pa.string())
    array = array.dictionary_encode() if pa.types.is_dictionary(type_) else array.cast(type_)
    assert one("string?").extract(pa.table({"x": array})).equals(expected)
    assert one("string?").extract(pa.table({"x": array.slice(1)})).equals(expected.slice(1))


@pytest.mark.parametrize(
    "type_, array, message",
    [
        ("int64", pa.array(["1"]), 'the column "x": expected int64, found string'),
        ("string", pa.array([1]), 'the column "x": expected string, found int64'),
        ("list<string>", pa.array([[1]]), 'the column "x": expected list<string>, found list<int64>'),
        ("map<string, float64>", pa.array([{"a": 1.0}]), "give it the type map"),
        ("int64", pa.array([0], pa.timestamp("us")), "found timestamp[us]; declare the field timestamp"),
        ("float64", pa.array([1], pa.decimal128(5, 2)), "found decimal; cast it to float64"),
    ],
)
def test_types_that_do_not_fit(type_, array, message):
    with pytest.raises(featc.DataError) as caught:
        one(type_, "dense y = 1.0").extract(pa.table({"x": array}))
    assert message in str(caught.value)


def test_floats_for_integers():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        out = one("int64?").extract(pa.table({"x": pa.array([2345.0, None, 1.5])}), status=True)
    assert out["row_status"].to_pylist() == ["ok", "ok", "bad_input"]
    assert [row is None for row in out["y"].to_pylist()] == [False, True, True]
    assert ["1 of 3 rows failed" in str(w.message) for w in said] == [True]


def test_a_required_field_with_nulls():
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        out = one("int64").extract(pa.table({"x": pa.array([1, None, 3])}))
    assert out["y"].null_count == 1
    assert ["1 of 3 rows failed" in str(w.message) for w in said] == [True]
