# SPDX-License-Identifier: Apache-2.0
# The files that the page reads.
import subprocess

with open("m.feat", "w") as f:
    f.write(
        """model m
item { tags : list<string>  taste : map<string, float64>  price : float64 }
sparse tags slot 1 = tags
sparse taste slot 2 = taste
dense price_log = log1p(price)
"""
    )
with open("m.jsonl", "w") as f:
    f.write('{"request": {}, "items": [{"tags": ["a", "b"], "taste": {"x": 0.5}, "price": 3}, '
            '{"tags": [], "taste": {}, "price": 4}]}\n')
with open("dense.feat", "w") as f:
    f.write("model m\nitem { price : float64 }\ndense price_log = log1p(price)\n")
for config, name in (("m", "csv"), ("m", "arrow"), ("m", "parquet"), ("dense", "matrix")):
    subprocess.run(
        ["featc", "run", f"{config}.feat", "--input", "m.jsonl", "--format", name, "--output", f"features.{name}"],
        check=True,
    )
