# SPDX-License-Identifier: Apache-2.0
"""The scores of examples/takeaway, from the ids that featc run prints and the weights that make_model.py plants.

FEATC_PROGRAM names the program."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

PROGRAM = os.environ["FEATC_PROGRAM"]
EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/takeaway"
STORES = ["--store", f"default=jsonl:{EXAMPLE / 'profiles.jsonl'}"]
TOLERANCE = 1e-5
MEANS = {"tags", "gender_x_tags"}

spec = importlib.util.spec_from_file_location("make_model", EXAMPLE / "make_model.py")
planted_model = importlib.util.module_from_spec(spec)
spec.loader.exec_module(planted_model)
FIELDS, NUMBERS, CLICKS, DIM, LAYERS = (
    getattr(planted_model, name) for name in ("FIELDS", "NUMBERS", "CLICKS", "DIM", "LAYERS"))


def planted(seed, *shape):
    return planted_model.planted(seed, *shape).astype(np.float64)


def featc(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def pairs_of(ids):
    """The ids of a row and their weights; what is missing in a sequence is 0."""
    return [tuple(i) if isinstance(i, list) else (i, 1.0) for i in ids]


class Table:
    """Row i belongs to the i-th of all ids that the output has, in ascending order."""

    def __init__(self, seed, name, rows):
        ids = sorted({i for row in rows for i, _ in pairs_of(row["features"][name])} - {0})
        self.rows = dict(zip(ids, planted(100 + seed, len(ids), DIM)))
        self.isMean = name in MEANS

    def pooled(self, ids):
        pairs = pairs_of(ids)
        total = sum((weight * self.rows[i] for i, weight in pairs), np.zeros(DIM))
        return total / sum(weight for _, weight in pairs) if self.isMean and pairs else total


def score(features, tables, clicks_to_item, layers):
    fields = np.array([tables[name].pooled(features[name]) for name in FIELDS])
    pairs = sum(fields[i] @ fields[j] for i in range(len(FIELDS)) for j in range(i))
    numbers = np.array([features[name][0] for name in NUMBERS])
    numbers /= 1 + np.abs(numbers)
    count = len(features["recent"])
    clicks = np.zeros((count, DIM * len(CLICKS)))
    for at, name in enumerate(CLICKS):
        for k, i in enumerate(features[name][:count]):
            if i:
                clicks[k, at * DIM : (at + 1) * DIM] = tables[name].rows[i]
    alike = clicks @ (fields[FIELDS.index("item_id")] @ clicks_to_item)
    share = np.exp(alike - alike.max(initial=0))
    clicked = share / share.sum() @ clicks if count else np.zeros(DIM * len(CLICKS))
    deep = np.concatenate([fields.reshape(-1), numbers, clicked])
    for k, layer in enumerate(layers):
        deep = (np.maximum(deep, 0) if k else deep) @ layer
    return 1 / (1 + np.exp(-(pairs + deep[0] - 2)))


def test_takeaway(tmp_path):
    subprocess.run([sys.executable, "-B", str(EXAMPLE / "make_model.py"), str(tmp_path / "takeaway")], check=True)
    featc("pack", tmp_path / "takeaway/1")
    requests = EXAMPLE / "requests.jsonl"
    rows = featc("run", EXAMPLE / "takeaway.feat", "--input", requests, *STORES)
    scores = featc("score", tmp_path / "takeaway", "--input", requests, *STORES)
    assert [(s["request"], s["item"]) for s in scores] == [(r["request"], r["item"]) for r in rows]

    tables = {name: Table(seed, name, rows) for seed, name in enumerate(FIELDS + CLICKS)}
    sizes = [len(FIELDS) * DIM + len(NUMBERS) + len(CLICKS) * DIM, *LAYERS, 1]
    layers = [planted(2 + k, before, after) for k, (before, after) in enumerate(zip(sizes, sizes[1:]))]
    expected = np.array([score(r["features"], tables, planted(1, DIM, DIM * len(CLICKS)), layers) for r in rows])
    assert np.ptp(expected) > 0.1 and expected.min() > 1e-3  # a constant, or one that is saturated, would say nothing
    assert any(len(r["features"]["recent"]) == 0 for r in rows) and any(r["features"]["taste"] for r in rows)
    assert np.abs(np.array([s["score"] for s in scores]) - expected).max() <= TOLERANCE
