#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a model folder of the takeaway example: make_model.py FOLDER

The network is a DeepFM with attention over the shops that the user clicked. Nobody trained it: its weights and the
embeddings are planted, random numbers that are the same in every run. FEATC_PROGRAM names featc; default: build/release/featc."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = pathlib.Path(__file__).resolve().parent
FEATC = os.environ.get("FEATC_PROGRAM", str(HERE.parent.parent / "build/release/featc"))
EPOCH = "2026-12-01"
DIM = 8

FIELDS = ["user_id", "city", "hour", "age_band", "gender", "item_id", "category", "tags", "age_x_category",
          "city_x_hour_x_cat", "gender_x_tags", "query", "taste", "km_band", "clicked_before"]
NUMBERS = ["ctr", "price_log", "taste_of_it", "hours_since_last", "cheap_and_near"]
CLICKS = ["recent", "recency"]
LENGTH = 50
LAYERS = [64, 32]  # of the deep part


def planted(seed, *shape):
    return np.random.default_rng(seed).normal(0, 0.1, shape).astype(np.float32)


class Network:
    """Nodes of ONNX, added one after another."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, value, dtype=np.float32):
        self.constants.append(numpy_helper.from_array(np.asarray(value, dtype), f"constant{len(self.constants)}"))
        return self.constants[-1].name

    def add(self, op, *inputs, name=None, **attributes):
        name = name or f"{op.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def sum(self, x, *axes, keep=0):
        return self.add("ReduceSum", x, self.constant(axes, np.int64), keepdims=keep)


def network():
    """DeepFM over the fields, attention of the item over the clicks: what the clicks add to the deep part."""
    n = Network()
    # Field by field: the sum of squares is taken from the square of the sum.
    total = n.sum("fields", 1)
    squares = n.sum(n.add("Mul", "fields", "fields"), 1)
    pairs = n.add("Mul", n.sum(n.add("Sub", n.add("Mul", total, total), squares), 1, keep=1), n.constant(0.5))

    item = n.add("Gather", "fields", n.constant(FIELDS.index("item_id"), np.int64), axis=1)
    asked = n.add("MatMul", item, n.constant(planted(1, DIM, DIM * len(CLICKS))))
    alike = n.add("MatMul", "clicks", n.add("Unsqueeze", asked, n.constant([2], np.int64)))
    length = n.add("Unsqueeze", "recent.length", n.constant([1, 2], np.int64))
    is_there = n.add("Less", n.constant(np.arange(LENGTH).reshape(1, LENGTH, 1), np.int64), length)
    share = n.add("Softmax", n.add("Where", is_there, alike, n.constant(-1e9)), axis=1)
    share = n.add("Mul", share, n.add("Cast", is_there, to=TensorProto.FLOAT))
    clicked = n.sum(n.add("Mul", share, "clicks"), 1)

    deep = n.add("Reshape", "fields", n.constant([-1, len(FIELDS) * DIM], np.int64))
    # Between -1 and 1, so that hours since 1970, where a user has not clicked, do not drown everything else.
    deep = n.add("Concat", deep, n.add("Softsign", "numbers"), clicked, axis=1)
    sizes = [len(FIELDS) * DIM + len(NUMBERS) + len(CLICKS) * DIM, *LAYERS, 1]
    for layer, (before, after) in enumerate(zip(sizes, sizes[1:])):
        if layer > 0:
            deep = n.add("Relu", deep)
        deep = n.add("MatMul", deep, n.constant(planted(2 + layer, before, after)))
    n.add("Sigmoid", n.add("Add", n.add("Add", pairs, deep), n.constant(-2)), name="score")

    def tensor(name, *shape, of=TensorProto.FLOAT):
        return helper.make_tensor_value_info(name, of, ["items", *shape])

    inputs = [tensor("fields", len(FIELDS), DIM), tensor("numbers", len(NUMBERS)), tensor("clicks", LENGTH, len(CLICKS) * DIM),
              tensor("recent.length", of=TensorProto.INT64)]
    graph = helper.make_graph(n.nodes, "takeaway", inputs, [tensor("score", 1)], n.constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def featc(*arguments):
    return subprocess.run([FEATC, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout


def ids_of_requests():
    """The ids that each output has in the example's requests."""
    printed = featc("run", HERE / "takeaway.feat", "--input", HERE / "requests.jsonl",
                    "--store", f"default=jsonl:{HERE / 'profiles.jsonl'}")
    ids = {name: set() for name in FIELDS + CLICKS}
    for line in printed.splitlines():
        features = json.loads(line)["features"]
        for name, seen in ids.items():
            seen.update(value[0] if isinstance(value, list) else value for value in features[name])
    return {name: np.array(sorted(seen - {0}), np.uint64) for name, seen in ids.items()}


def make_tables(folder):
    """A table an output, with rows of the ids that the example has."""
    specs = []
    with tempfile.TemporaryDirectory() as rows:
        for seed, (name, ids) in enumerate(ids_of_requests().items()):
            np.save(f"{rows}/{name}.ids.npy", ids)
            np.save(f"{rows}/{name}.vectors.npy", planted(100 + seed, len(ids), DIM))
            combiner = "mean" if name in ("tags", "gender_x_tags") else "sum"
            specs.append(f"{name},ids={rows}/{name}.ids.npy,vectors={rows}/{name}.vectors.npy,combiner={combiner}")
        featc("embeddings", "build", folder, *specs)


def main():
    folder = pathlib.Path(sys.argv[1])
    version = folder / "1"
    shutil.rmtree(folder, ignore_errors=True)
    version.mkdir(parents=True)
    shutil.copy(HERE / "takeaway.feat", version / "features.feat")
    onnx.save(network(), str(version / "scorer.onnx"))
    (version / "binding.toml").write_text(
        f"[inputs.fields]\noutputs = {json.dumps(FIELDS)}\n\n"
        f"[inputs.numbers]\noutputs = {json.dumps(NUMBERS)}\n\n"
        f"[inputs.clicks]\noutputs = {json.dumps(CLICKS)}\n")
    make_tables(folder / "tables" / EPOCH)


if __name__ == "__main__":
    main()
