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
