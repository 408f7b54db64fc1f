# SPDX-License-Identifier: Apache-2.0
"""One config with every kind of output, and rows for it."""

import featc
import pyarrow as pa
import pytest

CONFIG = """model demo
request { user : int64 }
item { shop : int64
  price : float64?
  tags : list<string>
  taste : map<string, float64>? }
sparse user slot 1 = user
sparse shop slot 2 = hash_bucket(shop, 1000)
sparse tags slot 3 = tags
sparse taste slot 4 = taste
sequence last slot 5 length 2 = tags
dense price default -1 = price
dense pair width 2 = [price ?? 0.0, float(shop)]
"""


@pytest.fixture(scope="session")
def config():
    return featc.compile_text(CONFIG)


@pytest.fixture()
def rows():
    return pa.table(
        {
            "user": pa.array([1, 2, 3], pa.int64()),
            "shop": pa.array([10, 20, 30], pa.int64()),
            "price": pa.array([1.5, None, 2.5], pa.float64()),
            "tags": pa.array([["a", "b", "c"], [], ["d"]], pa.list_(pa.string())),
            "taste": pa.array([[("x", 0.5)], None, [("y", 1.0), ("z", 2.0)]], pa.map_(pa.string(), pa.float64())),
        }
    )
