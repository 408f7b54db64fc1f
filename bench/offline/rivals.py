# SPDX-License-Identifier: Apache-2.0
"""The features of examples/criteo and, of those of bench/takeaway.feat, the scalar ones as Polars and DuckDB compute
them, with their own hashes. Run as a program: rivals.py polars|duckdb INPUT OUTPUT."""

import sys

PAYLOAD = (1 << 44) - 1
HASHED = (("C1", 1), ("C2", 2), ("C3", 3), ("C14", 14), ("C17", 17), ("C25", 25))
BANDS = (10, 100, 1000, 10000, 100000)


def polars_features():
    import polars as pl

    def slot(ids, number):
        return (ids & PAYLOAD) | (number << 44)

    def squash(name):
        x = pl.col(name).cast(pl.Float64)
        return pl.when(x > 2).then((x.log() ** 2).floor()).otherwise(x).fill_null(0).cast(pl.Int64)

    def log(name):
        return (pl.col(name).cast(pl.Float64).clip(0) + 1).log().fill_null(-1).cast(pl.Float32)

    numbers = [pl.col(name).cast(pl.Float64).fill_null(0) for name in ("I1", "I2", "I3")]
    band = sum((pl.col("I5").cast(pl.Float64) >= b).cast(pl.Int64) for b in BANDS)
    return [
        *[slot(pl.col(name).hash(0), number).alias(name.lower()) for name, number in HASHED],
        slot(squash("I1"), 101).alias("i1"),
        slot(squash("I5"), 105).alias("i5"),
        slot(band, 205).alias("i5_band"),
        slot(pl.struct("C14", "C17").hash(0), 301).alias("c14_x_c17"),
        slot(pl.struct("C1", "C2", "C25").hash(0), 302).alias("c1_x_c2_x_c25"),
        pl.col("label").cast(pl.Float32).alias("label_seen"),
        log("I2").alias("i2_log"),
        log("I4").alias("i4_log"),
        (sum(numbers[1:], numbers[0]) / 3).cast(pl.Float32).alias("i_mean"),
    ]


def polars(source, output):
    import polars as pl

    scan = {"csv": pl.scan_csv, "parquet": pl.scan_parquet, "arrow": pl.scan_ipc}[source.rsplit(".", 1)[1]]
    query = scan(source).select(polars_features())
    if output.endswith(".parquet"):
        query.sink_parquet(output, compression="uncompressed")
    else:
        query.sink_ipc(output)


def _slot(ids, number):
    return f"(({ids}) & {PAYLOAD}::UBIGINT) | ({number}::UBIGINT << 44)"


def _criteo_columns():
    def squash(name):
        x = f"{name}::DOUBLE"
        return f"coalesce(CASE WHEN {x} > 2 THEN floor(pow(ln({x}), 2)) ELSE {x} END, 0)::UBIGINT"

    def log(name):
        return f"coalesce(ln(1 + greatest({name}::DOUBLE, 0)), -1)::FLOAT"

    columns = [(_slot(f"hash({name})", number), name.lower()) for name, number in HASHED]
    columns += [(_slot(squash("I1"), 101), "i1"), (_slot(squash("I5"), 105), "i5")]
    columns += [(_slot(" + ".join(f"(I5::DOUBLE >= {b})::UBIGINT" for b in BANDS), 205), "i5_band")]
    columns += [(_slot("hash(C14, C17)", 301), "c14_x_c17"), (_slot("hash(C1, C2, C25)", 302), "c1_x_c2_x_c25")]
    mean = " + ".join(f"coalesce({name}::DOUBLE, 0)" for name in ("I1", "I2", "I3"))
    columns += [("label::FLOAT", "label_seen"), (log("I2"), "i2_log"), (log("I4"), "i4_log")]
    columns += [(f"(({mean}) / 3)::FLOAT", "i_mean")]
    return ", ".join(f"{value} AS {name}" for value, name in columns)


TAKEAWAY_REQUEST = (
    "STRUCT(user_id BIGINT, city VARCHAR, hour BIGINT, now BIGINT, query VARCHAR, clicks BIGINT[], click_ts BIGINT[], "
    "age BIGINT, gender VARCHAR, taste MAP(VARCHAR, DOUBLE))"
)
TAKEAWAY_ITEM = (
    "STRUCT(item_id BIGINT, price DOUBLE, category VARCHAR, tags VARCHAR[], distance DOUBLE, item_clicks BIGINT, "
    "item_views BIGINT)"
)


def _takeaway_query(source):
    """Without the lists: their features need joins or lambdas, which would take DuckDB longer."""
    steps = lambda x, bounds: "(" + " + ".join(f"({x} >= {b})::UBIGINT" for b in bounds) + ")"
    age, km = steps("r.age", (18, 25, 35, 50)), steps("i.distance / 1000", (0.5, 1, 2, 3, 5))
    cost, ctr = steps("i.price", (10, 20, 30, 45, 60, 90)), "(coalesce(i.item_clicks, 0) + 1) / (coalesce(i.item_views, 0) + 20)"
    hashed = [
        "r.user_id", "r.city", "r.hour", age, "r.gender", "i.item_id", "i.category", f"{age}, i.category",
        "r.city, r.hour, i.category", "lower(r.query)", km, f"{age}, r.city", "r.gender, r.city", "r.user_id, i.category",
        "r.user_id, i.item_id", "r.hour, i.item_id", "lower(r.query), i.category", "r.gender, i.category",
        f"r.gender, {age}, i.category", cost, f"{cost}, {km}", steps(ctr, (0.01, 0.03, 0.05, 0.1, 0.2)),
        steps("i.item_views", (100, 1000, 5000, 10000)),
    ]
    columns = [_slot(f"hash({value})", number) for number, value in enumerate(hashed, 1)]
    columns += [f"({ctr})::FLOAT", "ln(1 + i.price)::FLOAT", "(i.price < 20 AND i.distance < 1000)::FLOAT"]
    columns += ["len(r.clicks)::FLOAT", "len(i.tags)::FLOAT", "ln(1 + i.distance / 1000)::FLOAT"]
    read = f"read_json('{source}', format = 'newline_delimited', columns = {{request: '{TAKEAWAY_REQUEST}', items: '{TAKEAWAY_ITEM}[]'}})"
    named = ", ".join(f"{value} AS f{i}" for i, value in enumerate(columns))
    return f"SELECT {named} FROM (SELECT request AS r, unnest(items) AS i FROM {read})"


def duckdb(source, output):
    import duckdb as db
    import pyarrow as pa

    connection = db.connect()
    connection.sql("SET threads = 2")
    if source.endswith(".jsonl"):
        query = _takeaway_query(source)
    else:
        read = f"read_csv('{source}', header = true)" if source.endswith(".csv") else f"read_parquet('{source}')"
        query = f"SELECT {_criteo_columns()} FROM {read}"
    if output.endswith(".parquet"):
        connection.sql(f"COPY ({query}) TO '{output}' (FORMAT parquet, COMPRESSION uncompressed)")
        return
    found = connection.sql(query)
    batches = found.to_arrow_reader(100_000) if hasattr(found, "to_arrow_reader") else found.fetch_arrow_reader(100_000)
    with pa.OSFile(output, "wb") as file, pa.ipc.new_file(file, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


if __name__ == "__main__":
    {"polars": polars, "duckdb": duckdb}[sys.argv[1]](sys.argv[2], sys.argv[3])
