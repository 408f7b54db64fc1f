# SPDX-License-Identifier: Apache-2.0
"""Points in time: columns of every unit, dates and Python's own times, in the process and in files."""

import datetime

import featc
import numpy as np
import pyarrow as pa
import pytest

CONFIG = """model times
semantics 2
item { at : timestamp?  seen : list<timestamp>?  clicks : list<{ ts: timestamp, id: int64 }>? }
sequence at slot 1 length 1 = [at]
sequence seen slot 2 length 9 = seen
sequence clicks slot 3 length 9 = clicks.ts
dense hour default -1 = hour(at)
"""
# 2024-12-01 10:00:00.999999999 UTC and one nanosecond before 1970.
NANOSECONDS = [1733047200999999999, -1]


@pytest.fixture(scope="module")
def times():
    return featc.compile_text(CONFIG)


def payloads(column):
    """Ids as signed payloads."""
    cut = 1 << 44
    return [[(i & cut - 1) - (cut if i & cut >> 1 else 0) for i in row] for row in column.to_pylist()]


@pytest.mark.parametrize("unit, divisor", [("s", 10**9), ("ms", 10**6), ("us", 10**3), ("ns", 1)])
@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Shanghai"])
def test_every_unit_is_rounded_down(times, unit, divisor, zone):
    column = pa.array([n // divisor for n in NANOSECONDS] + [None], pa.int64()).cast(pa.timestamp(unit, zone))
    out = times.extract({"at": column})
    assert payloads(out["at"]) == [[1733047200], [-1], [0]]
    assert out["hour"].to_pylist() == [10.0, 23.0, -1.0]


def test_dates_are_midnight_in_utc(times):
    for kind in (pa.date32(), pa.date64()):
        column = pa.array([datetime.date(2024, 12, 1), datetime.date(1969, 12, 31)], kind)
        assert payloads(times.extract({"at": column})["at"]) == [[1733011200], [-86400]]


def test_columns_of_a_dict_are_taken_as_they_are(times):
    utc = datetime.timezone.utc
    for column in (
        [datetime.datetime(2024, 12, 1, 10, 0, 0, 5), datetime.datetime(1969, 12, 31, 23, 59, 59, 5)],
        [datetime.datetime(2024, 12, 1, 10, tzinfo=utc), datetime.datetime(1969, 12, 31, 23, 59, 59, tzinfo=utc)],
        np.array(NANOSECONDS, "datetime64[ns]"),
        np.array([1733047200, -1], "datetime64[s]"),
        [1733047200, -1],
    ):
        assert payloads(times.extract({"at": column})["at"]) == [[1733047200], [-1]]
    lists = times.extract({"seen": [[datetime.datetime(2024, 12, 1, 10), None], [], None]})
    assert payloads(lists["seen"]) == [[1733047200, 0], [], []]


def test_lists_and_structs(times):
    seen = pa.array([[1500, -1], None], pa.list_(pa.timestamp("ms")))
    clicks = pa.array(
        [[{"ts": datetime.datetime(2024, 12, 1, 10), "id": 3}, {"id": 4}], []],
        pa.list_(pa.struct([("ts", pa.timestamp("ns")), ("id", pa.int64())])),
    )
    out = times.extract(pa.table({"seen": seen, "clicks": clicks}))
    assert payloads(out["seen"]) == [[1, -1], []]
    assert payloads(out["clicks"]) == [[1733047200, 0], []]


def test_the_schema_says_seconds(times):
    schema = times.input_schema
    assert schema.field("at").type == pa.timestamp("s")
    assert schema.field("seen").type == pa.list_(pa.timestamp("s"))
    assert [f.type for f in times.fields][:2] == ["timestamp", "list<timestamp>"]
    assert times.semantics == 2


def test_an_int64_field_names_both_fixes():
    config = featc.compile_text("model m\nitem { at : int64 }\ndense h = hour(at)\n")
    microseconds = pa.array([1733047200999999], pa.int64())
    with pytest.raises(featc.DataError) as error:
        config.extract(pa.table({"at": microseconds.cast(pa.timestamp("us"))}))
    assert "declare the field timestamp" in str(error.value)
    assert 'column.astype("int64") // 1_000_000' in str(error.value)
    # Both make the same of it.
    declared = featc.compile_text("model m\nitem { at : timestamp }\ndense h = hour(at)\n")
    seconds = pa.table({"at": pa.array([1733047200999999 // 1_000_000])})
    assert config.extract(seconds).equals(declared.extract(pa.table({"at": microseconds.cast(pa.timestamp("us"))})))


def test_pandas_and_polars(times):
    wanted = [[1733047200], [-1], [0]]
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"at": pandas.to_datetime([*NANOSECONDS, None])})
    assert payloads(times.extract(frame)["at"]) == wanted
    polars = pytest.importorskip("polars")
    for unit in ("ms", "us", "ns"):
        column = polars.Series("at", [*NANOSECONDS, None]).cast(polars.Datetime("ns")).dt.cast_time_unit(unit)
        assert payloads(times.extract(polars.DataFrame({"at": column}))["at"])[0] == wanted[0]


def test_whole_floats_are_integers():
    """pandas makes float64 of an integer column with missing values."""
    config = featc.compile_text("model m\nitem { n : int64? }\nsequence n slot 1 length 1 = [n]\n")
    column = pa.array([2345.0, None, 1.5, 2.0**53])
    with pytest.warns(featc.DataWarning, match="2 of 4 rows failed"):
        out = config.extract(pa.table({"n": column}), status=True)
    assert out["row_status"].to_pylist() == ["ok", "ok", "bad_input", "bad_input"]
    assert payloads(out["n"].slice(0, 2)) == [[2345], [0]]
