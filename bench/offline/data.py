# SPDX-License-Identifier: Apache-2.0
"""The data of the offline benchmarks, always the same: Criteo's shape, and requests of takeaway candidates."""

import json
import os

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.feather
import pyarrow.parquet


def _criteo(rows):
    """A label, 13 counts and 26 columns of skewed ids, some of them missing."""
    random = np.random.default_rng(7)
    names = np.array(["%08x" % i for i in random.integers(0, 2**32, 1_000_000, dtype=np.uint64)])
    columns = {"label": pa.array((random.random(rows) < 0.25).astype(np.int64))}
    for i in range(1, 14):
        columns[f"I{i}"] = pa.array(np.floor(random.exponential(40.0, rows)), mask=random.random(rows) < 0.15)
    for i in range(1, 27):
        distinct = (1_000_000, 1_000, 100_000, 200)[i % 4]
        columns[f"C{i}"] = pa.array(names[random.zipf(1.2, rows) % distinct], mask=random.random(rows) < 0.05)
    return pa.table(columns)


def _write(path, write):
    """Files appear when they are whole."""
    if not os.path.exists(path):
        write(path + ".partial")
        os.rename(path + ".partial", path)
    return path


def criteo(folder, rows):
    """Paths by format."""
    paths = {kind: os.path.join(folder, f"criteo-{rows}.{kind}") for kind in ("csv", "parquet", "arrow")}
    if all(os.path.exists(path) for path in paths.values()):
        return paths
    table = _criteo(rows)
    # Counts without a fraction, as the real file has them.
    whole = pa.table({n: c.cast(pa.int64()) if n.startswith("I") else c for n, c in zip(table.column_names, table)})
    options = pa.csv.WriteOptions(quoting_style="none")
    _write(paths["csv"], lambda path: pa.csv.write_csv(whole, path, options))
    _write(paths["parquet"], lambda path: pa.parquet.write_table(table, path))
    _write(paths["arrow"], lambda path: pa.feather.write_feather(table, path, compression="uncompressed"))
    return paths


def takeaway(folder, requests, items):
    """JSON lines for bench/takeaway.feat."""

    def write(path):
        random = np.random.default_rng(11)
        cities = ["beijing", "shanghai", "hangzhou", "chengdu", "wuhan"]
        categories = [f"category {i}" for i in range(40)]
        tags = [f"tag {i}" for i in range(300)]
        now = 1_733_000_000
        with open(path, "w") as file:
            for _ in range(requests):
                clicks = random.integers(1, 100_000, random.integers(1, 60)).tolist()
                request = {
                    "user_id": int(random.integers(1, 10**9)), "city": cities[random.integers(5)],
                    "hour": int(random.integers(24)), "now": now, "query": f"noodles {random.integers(500)}",
                    "clicks": clicks, "click_ts": (now - np.sort(random.integers(1, 10**6, len(clicks)))).tolist(),
                    "age": int(random.integers(16, 70)), "gender": "fm"[random.integers(2)],
                    "taste": {categories[i]: round(float(random.random()), 3) for i in random.integers(0, 40, 5)},
                }
                rows = []
                for _ in range(items):
                    rows.append({
                        "item_id": int(random.integers(1, 100_000)), "price": round(float(random.exponential(30)), 2),
                        "category": categories[random.integers(40)],
                        "tags": [tags[i] for i in random.integers(0, 300, random.integers(0, 6))],
                        "distance": round(float(random.exponential(2000)), 1),
                        "item_clicks": int(random.integers(0, 500)), "item_views": int(random.integers(500, 10_000)),
                    })
                file.write(json.dumps({"request": request, "items": rows}) + "\n")

    return _write(os.path.join(folder, f"takeaway-{requests}x{items}.jsonl"), write)
