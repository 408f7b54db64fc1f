# SPDX-License-Identifier: Apache-2.0
"""Scores of featc against NumPy, which computes them from the features that featc run prints.

FEATC_PROGRAM names the program."""

import json
import os
import pathlib
import subprocess

import numpy as np
import pytest
from networks import Network

PROGRAM = os.environ["FEATC_PROGRAM"]
REQUESTS = 1000
TOLERANCE = 1e-5

FIELDS = """
request {
  user    : int64
  city    : string
  clicks  : list<int64>
  seconds : list<float64>
}
item {
  shop  : int64
  price : float64?
  tags  : list<string>
  taste : map<string, float64>?
}
"""


def featc(*arguments, check=True):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if check:
        assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="session")
def requests(tmp_path_factory):
    random = np.random.default_rng(1)
    words = [f"w{i}" for i in range(60)]

    def item():
        return {
            "shop": int(random.integers(500)),
            "price": None if random.random() < 0.1 else float(random.exponential(30)),
            "tags": [str(word) for word in random.choice(words, random.integers(4), replace=False)],
            "taste": None if random.random() < 0.1
            else {str(word): float(random.random()) for word in random.choice(words, random.integers(4), replace=False)},
        }

    path = tmp_path_factory.mktemp("data") / "requests.jsonl"
    with path.open("w") as out:
        for _ in range(REQUESTS):
            clicks = int(random.integers(8))
            request = {
                "user": int(random.integers(200)),
                "city": f"city{random.integers(20)}",
                "clicks": [int(shop) for shop in random.integers(500, size=clicks)],
                "seconds": [float(s) for s in random.exponential(100, size=clicks)],
            }
            items = [item() for _ in range(random.integers(1, 6))]
            out.write(json.dumps({"request": request, "items": items}) + "\n")
    return path


class Model:
    """A model folder with one version."""

    def __init__(self, folder, config, requests):
        self.folder = folder
        self.version = folder / "1"
        self.version.mkdir(parents=True)
        (self.version / "features.feat").write_text("model test\n" + FIELDS + config)
        self.requests = requests
        printed = featc("run", self.version / "features.feat", "--input", requests).stdout
        self.rows = [json.loads(line) for line in printed.splitlines()]

    def features(self, name):
        return [row["features"][name] for row in self.rows]

    def dense(self, name):
        return np.array(self.features(name), np.float32)

    def payloads(self, name):
        return np.array([ids[0] & (2**44 - 1) if ids else -1 for ids in self.features(name)])

    def build_tables(self, tables):
        files = self.folder / "rows"
        files.mkdir()
        (self.folder / "tables").mkdir()
        specs = []
        for table in tables:
            for what, array in (("ids", table.ids), ("vectors", table.vectors)):
                np.save(files / f"{table.name}.{what}.npy", array)
            spec = f"{table.name},ids={files}/{table.name}.ids.npy,vectors={files}/{table.name}.vectors.npy"
            spec += f",outputs={'+'.join(table.outputs)},dtype={table.dtype},combiner={table.combiner}"
            specs.append(spec + (f",default=id:{table.default_id}" if table.default_id else ""))
        featc("embeddings", "build", self.folder / "tables/2026-12-01", *specs)

    def scores(self, network, *options):
        network.save(self.version / "scorer.onnx")
        featc("pack", self.version)
        done = featc("score", self.folder, "--input", self.requests, *options)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert [(line["request"], line["item"]) for line in lines] == [(row["request"], row["item"]) for row in self.rows]
        assert len({line["request"] for line in lines}) == REQUESTS
        return lines

    def check(self, network, expected, *options):
        scores = np.array([line["score"] for line in self.scores(network, *options)])
        assert np.ptp(expected) > 0.1  # a constant would say nothing
        assert np.abs(scores - expected).max() <= TOLERANCE


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def weights(seed, *shape):
    return np.random.default_rng(seed).normal(0, 0.5, shape).astype(np.float32)


def test_network_with_its_own_embeddings(tmp_path, requests):
    """Logistic regression: ids without a table are looked up inside the network, -1 is none."""
    model = Model(
        tmp_path / "lr",
        """
sparse shop slot 1 = hash_bucket(shop, 100)
sparse dear slot 2 = bucketize(price, [10, 20, 40])
dense price = log1p(price)
dense pair width 2 = [float(len(tags)), price > 20 ? 1.0 : 0.0]
""",
        requests,
    )
    shop_weights, dear_weights, pair_weights = weights(1, 100), weights(2, 4), weights(3, 2)
    network = Network()
    total = network.add("Mul", network.input("price"), network.constant([0.3]))
    for name, table in (("shop", shop_weights), ("dear", dear_weights)):
        ids = network.input(name, dtype=np.int64)
        # What -1 reads is the zero at the end.
        rows = network.add("Gather", network.constant(np.append(table, 0)), ids)
        total = network.add("Add", total, rows)
    pair = network.add("MatMul", network.input("pair", 2), network.constant(pair_weights))
    network.output(network.add("Sigmoid", network.add("Add", total, pair)), "score")

    def own(table, ids):
        return np.where(ids < 0, 0, table[ids])

    expected = sigmoid(
        0.3 * model.dense("price")[:, 0]
        + own(shop_weights, model.payloads("shop"))
        + own(dear_weights, model.payloads("dear"))
        + model.dense("pair") @ pair_weights
    )
    assert (model.payloads("dear") < 0).any()
    model.check(network, expected)
    model.check(network, expected, "--threads", 3)


def test_sequences_inside_the_network(tmp_path, requests):
    """Sequences and groups without a table: payloads, lengths, and numbers of each element."""
    model = Model(
        tmp_path / "sequences",
        """
sparse shop slot 1 = shop
sequence clicks slot 2 length 5 = clicks
sequence group seen over clicks, seconds length 6 pad left {
  sparse shop slot 3 = it.clicks
  dense  age width 2 = [log1p(it.seconds), it.seconds / 100]
}
""",
        requests,
    )
    table, age_weights = weights(4, 500, 4), weights(5, 2)
    network = Network()
    padded = np.vstack([table, np.zeros((1, 4), np.float32)])

    def rows(name, *shape):
        return network.add("Gather", network.constant(padded), network.input(name, *shape, dtype=np.int64))

    shop = network.add("Unsqueeze", rows("shop"), network.axes(1))
    clicks = network.add("ReduceSum", network.add("Mul", rows("clicks", 5), shop), network.axes(1, 2), keepdims=0)
    length = network.add("Cast", network.input("clicks.length", dtype=np.int64), to=1)
    clicks = network.add("Div", clicks, network.add("Add", length, network.constant([1])))
    seen = rows("seen__shop", 6)
    age = network.add("MatMul", network.input("seen__age", 6, 2), network.constant(age_weights))
    # The place of an element counts, so that padding on the wrong side would be seen.
    place = network.constant(np.arange(1, 7))
    seen = network.add("ReduceSum", network.add("Mul", seen, shop), network.axes(2), keepdims=0)
    seen = network.add("Mul", network.add("Mul", seen, age), place)
    seen = network.add("ReduceSum", seen, network.axes(1), keepdims=0)
    group = network.add("Cast", network.input("seen.length", dtype=np.int64), to=1)
    total = network.add("Add", network.add("Add", clicks, seen), network.add("Mul", group, network.constant([0.1])))
    network.output(network.add("Sigmoid", total), "score")

    expected = []
    for shops, click_ids, seen_ids, ages in zip(*map(model.features, ("shop", "clicks", "seen__shop", "seen__age"))):
        mask = 2**44 - 1
        target = table[shops[0] & mask]
        clicked = sum(table[i & mask] @ target for i in click_ids if i) / (1 + len(click_ids))
        first = 6 - len(seen_ids)
        seen_total = sum(
            (table[i & mask] @ target) * (np.array(a, np.float32) @ age_weights) * (first + k + 1)
            for k, (i, a) in enumerate(zip(seen_ids, ages)) if i is not None
        )
        expected.append(sigmoid(clicked + seen_total + 0.1 * len(seen_ids)))
    model.check(network, np.array(expected))


def test_inputs_of_the_request(tmp_path, requests):
    """What belongs to the user is computed once a request, and the network expands it."""
    model = Model(
        tmp_path / "request",
        """
sparse user slot 1 = hash_bucket(user, 50)
dense clicked width 2 = [float(len(clicks)), float(len(city))]
sparse shop slot 2 = hash_bucket(shop, 100)
dense price = log1p(price)
""",
        requests,
    )
    user_table, shop_table, tower = weights(6, 50, 8), weights(7, 100, 8), weights(8, 10, 8)
    (model.version / "binding.toml").write_text(
        """
[inputs.user]
per = "request"
[inputs.behaviour]
outputs = ["clicked"]
per = "request"
[inputs.item_of_network]
outputs = ["shop"]
"""
    )
    network = Network()
    user = network.add("Gather", network.constant(user_table), network.input("user", dtype=np.int64))
    joined = network.add("Concat", user, network.input("behaviour", 2), axis=1)
    user = network.add("Tanh", network.add("MatMul", joined, network.constant(tower)))
    user = network.add("Gather", user, network.input("request_of_item", dtype=np.int64))
    shop = network.add("Gather", network.constant(shop_table), network.input("item_of_network", dtype=np.int64))
    total = network.add("ReduceSum", network.add("Mul", user, shop), network.axes(1), keepdims=1)
    network.output(network.add("Sigmoid", network.add("Sub", total, network.input("price", 1))), "score", 1)

    users = np.hstack([user_table[model.payloads("user")], model.dense("clicked")])
    vectors = np.tanh(users.astype(np.float64) @ tower)
    expected = sigmoid((vectors * shop_table[model.payloads("shop")]).sum(1) - model.dense("price")[:, 0])
    model.check(network, expected)


class Table:
    """Rows of embeddings for the ids of some outputs; every tenth id has none."""

    def __init__(self, model, outputs, dim, combiner="sum", dtype="float32", default=None, seed=9):
        self.name, self.outputs, self.dim, self.combiner, self.dtype = outputs[0], outputs, dim, combiner, dtype
        ids = sorted({i for output in outputs for row in model.features(output) for i in ids_of(row)})
        self.ids = np.array([i for k, i in enumerate(ids) if k % 10], np.uint64)
        self.vectors = weights(seed, len(self.ids), dim)
        if dtype == "bfloat16":
            # The numbers that are bfloat16 already.
            self.vectors = (self.vectors.view(np.uint32) & 0xFFFF0000).view(np.float32)
        self.rows = dict(zip(self.ids.tolist(), self.vectors.astype(np.float64)))
        # `default`: which of the rows stands for ids without one.
        self.default_id = None if default is None else int(self.ids[default])
        self.default = np.zeros(dim) if default is None else self.rows[self.default_id]

    def row(self, id):
        return self.rows.get(id, self.default) if id else np.zeros(self.dim)

    def pooled(self, ids):
        """Of one row of an output: ids, or pairs of ids and weights."""
        pairs = [i if isinstance(i, list) else (i, 1.0) for i in ids]
        total = sum((w * self.row(i) for i, w in pairs), np.zeros(self.dim))
        weight = sum(w for _, w in pairs)
        return total / weight if self.combiner == "mean" and weight else total


def ids_of(row):
    for i in row:
        if isinstance(i, list):
            yield i[0]
        elif i:
            yield i


def test_deepfm(tmp_path, requests):
    """Fields side by side in one tensor: one id, several, weighted; sums and means; float32 and bfloat16."""
    model = Model(
        tmp_path / "deepfm",
        """
sparse user  slot 1 = user
sparse city  slot 2 = city
sparse shop  slot 3 = shop
sparse tags  slot 4 = tags
sparse taste slot 5 = taste
sparse liked slot 6 = taste
dense price   = log1p(price)
dense clicked = float(len(clicks))
""",
        requests,
    )
    fields = ["user", "city", "shop", "tags", "taste", "liked"]
    dim = 9
    tables = {
        "user": Table(model, ["user"], dim, seed=1),
        "city": Table(model, ["city"], dim, dtype="bfloat16", seed=2),
        "shop": Table(model, ["shop"], dim, default=3, seed=3),
        "tags": Table(model, ["tags"], dim, combiner="mean", default=5, seed=4),
        "taste": Table(model, ["taste"], dim, seed=5),
        "liked": Table(model, ["liked"], dim, combiner="mean", seed=6),
    }
    model.build_tables(tables.values())
    (model.version / "binding.toml").write_text(
        f"[inputs.fields]\noutputs = {json.dumps(fields)}\n[inputs.numbers]\noutputs = ['price', 'clicked']\n"
    )
    hidden, bias, last = weights(11, len(fields) * (dim - 1) + 2, 16), weights(12, 16), weights(13, 16, 1)
    network = Network()
    rows = network.input("fields", len(fields), dim)
    # The first number of a row is the weight of the id itself, the others are its vector.
    first = network.add("Slice", rows, network.axes(0), network.axes(1), network.axes(2))
    linear = network.add("ReduceSum", first, network.axes(1), keepdims=0)
    vectors = network.add("Slice", rows, network.axes(1), network.axes(dim), network.axes(2))
    total = network.add("ReduceSum", vectors, network.axes(1), keepdims=0)
    squares = network.add("ReduceSum", network.add("Mul", vectors, vectors), network.axes(1), keepdims=0)
    pairs = network.add("Sub", network.add("Mul", total, total), squares)
    pairs = network.add("Mul", network.add("ReduceSum", pairs, network.axes(1), keepdims=1), network.constant(0.5))
    flat = network.add("Reshape", vectors, network.axes(-1, len(fields) * (dim - 1)))
    deep = network.add("Concat", flat, network.input("numbers", 2), axis=1)
    deep = network.add("MatMul", network.add("Relu", network.dense(deep, hidden, bias)), network.constant(last))
    network.output(network.add("Sigmoid", network.add("Add", network.add("Add", linear, pairs), deep)), "score", 1)

    x = np.stack([[tables[f].pooled(row) for row in model.features(f)] for f in fields], axis=1)
    e = x[:, :, 1:]
    numbers = np.hstack([model.dense("price"), model.dense("clicked")])
    deep = np.maximum(np.hstack([e.reshape(len(e), -1), numbers]) @ hidden + bias, 0) @ last
    pairs = 0.5 * (e.sum(1) ** 2 - (e**2).sum(1)).sum(1)
    expected = sigmoid(x[:, :, 0].sum(1) + pairs + deep[:, 0])
    model.check(network, expected)


def test_sequences_with_tables(tmp_path, requests):
    """Attention over what was clicked; a group whose elements have an id, several ids and numbers; a shared table."""
    model = Model(
        tmp_path / "attention",
        """
sparse shop slot 1 shared = shop
sequence recent slot 1 shared length 5 = clicks
sequence group seen over clicks, seconds length 6 pad left {
  sparse shop  slot 1 shared = it.clicks
  sparse marks slot 2 = [it.clicks % 7, it.clicks % 11]
  dense  age = log1p(it.seconds)
}
""",
        requests,
    )
    dim = 4
    shops = Table(model, ["shop", "recent", "seen__shop"], dim, default=7, seed=21)
    marks = Table(model, ["seen__marks"], dim, combiner="mean", seed=22)
    model.build_tables([shops, marks])
    (model.version / "binding.toml").write_text(
        "[inputs.seen]\noutputs = ['seen__shop', 'seen__marks', 'seen__age']\n"
    )
    network = Network()
    shop = network.input("shop", dim)
    target = network.add("Unsqueeze", shop, network.axes(2))
    recent = network.input("recent", 5, dim)
    scores = network.add("Squeeze", network.add("MatMul", recent, target), network.axes(2))
    length = network.add("Unsqueeze", network.input("recent.length", dtype=np.int64), network.axes(1))
    is_there = network.add("Less", network.constant([range(5)], np.int64), length)
    scores = network.add("Where", is_there, scores, network.constant(-1e9))
    share = network.add("Mul", network.add("Softmax", scores, axis=1), network.add("Cast", is_there, to=1))
    user = network.add("MatMul", network.add("Unsqueeze", share, network.axes(1)), recent)
    user = network.add("ReduceSum", network.add("Mul", network.add("Squeeze", user, network.axes(1)), shop), network.axes(1),
                       keepdims=0)
    seen_weights = weights(23, 6, 2 * dim + 1)
    seen = network.add("Mul", network.input("seen", 6, 2 * dim + 1), network.constant(seen_weights))
    seen = network.add("ReduceSum", seen, network.axes(1, 2), keepdims=0)
    network.output(network.add("Sigmoid", network.add("Add", user, seen)), "score")

    expected = []
    names = ("shop", "recent", "seen__shop", "seen__marks", "seen__age")
    for shop_ids, recent_ids, seen_ids, mark_ids, ages in zip(*map(model.features, names)):
        v = shops.pooled(shop_ids)
        r = np.array([shops.row(i) for i in recent_ids]).reshape(-1, dim)
        a = np.exp(r @ v)
        user = (a / a.sum()) @ r @ v if len(r) else 0
        seen = np.zeros((6, 2 * dim + 1))
        for k in range(len(seen_ids)):
            id = seen_ids[k]
            seen[6 - len(seen_ids) + k] = [*(shops.row(id)), *marks.pooled(mark_ids[k]), ages[k]]
        expected.append(sigmoid(user + (seen * seen_weights).sum()))
    model.check(network, np.array(expected))


def test_several_outputs_and_formats(tmp_path, requests):
    pyarrow = pytest.importorskip("pyarrow.parquet")
    model = Model(tmp_path / "many", "dense price = log1p(price)\ndense label = 1\n", requests)
    (model.version / "binding.toml").write_text('score = "ctr"\nunused = ["label"]\n')
    network = Network()
    price = network.input("price", 1)
    network.output(network.add("Sigmoid", price), "ctr", 1)
    network.output(network.add("MatMul", price, network.constant([[1, 2, 3]])), "vector", 3)
    lines = model.scores(network)
    assert list(lines[0]) == ["row", "request", "item", "score", "vector"]
    assert np.allclose([line["vector"] for line in lines], model.dense("price") * [1, 2, 3])
    for suffix in ("parquet", "arrow"):
        path = tmp_path / f"scores.{suffix}"
        featc("score", model.folder, "--input", requests, "--output", path)
        if suffix == "parquet":
            table = pyarrow.read_table(path)
        else:
            import pyarrow.ipc

            table = pyarrow.ipc.open_file(path).read_all()
        assert table.to_pylist() == [
            {**line, "score": np.float32(line["score"]), "vector": [np.float32(x) for x in line["vector"]]} for line in lines
        ]


def test_a_score_that_is_not_finite(tmp_path, requests):
    model = Model(tmp_path / "infinite", "dense price = log1p(price)\n", requests)
    network = Network()
    network.output(network.add("Log", network.input("price")), "score")
    network.save(model.version / "scorer.onnx")
    featc("pack", model.version)
    done = featc("score", model.folder, "--input", requests)
    missing = int((model.dense("price") == 0).sum())
    assert missing > 0
    assert len(done.stdout.splitlines()) == len(model.rows) - missing
    assert done.stderr.count("the network gave infinity or not a number") == missing
    assert f"{missing} failed item" in done.stderr or f"{missing} item" in done.stderr, done.stderr[-300:]
    strict = featc("score", model.folder, "--input", requests, "--strict", check=False)
    assert strict.returncode == 1 and strict.stderr.count("the network gave infinity") == 1
