#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What FG's documented rules give for the cases of this folder, worked out without featc.

    tests/fg/rules.py tests/fg/*.test

Evaluates the FG config of each test on its rows by fg_rules.py and compares with the test's `expect` section: ids and
the numbers of raw_feature exactly, others within 1e-6. Tests that must be refused (bad-*) are not read, nor those
of --lenient, TorchEasyRec's text form, --hash farm, weights and the proximity methods.
"""
import json
import os
import re
import sys

from fg_rules import evaluate, f32, features_of


def same_number(text, x, is_exact):
    return f32(float(text)) == f32(x) if is_exact else abs(float(text) - x) <= 1e-6 * max(1.0, abs(x))


def same_cell(text, cell, is_id, is_exact=False):
    """One row, or one element: ids `3:17, 3:5`, a number, or `[1, 2]`."""
    if is_id:
        got = [] if text == "none" else [int(t.split(":")[1]) if ":" in t else None for t in text.split(", ")]
        return got == cell
    parts = text[1:-1].split(", ") if text.startswith("[") else [text]
    cell = [0.0] if cell == [] else cell
    return len(parts) == len(cell) and all(same_number(p, x, is_exact) for p, x in zip(parts, cell))


def same_row(text, row, f, is_id):
    # What raw_feature makes of numbers is known to the last place, but for logarithms and expressions.
    is_exact = f.kind == "raw_feature" and f.get("normalizer", "")[:12] in ("", "method=zscor", "method=minma")
    if not f.is_sequence:
        return same_cell(text, row, is_id, is_exact)
    elements = text.split("; ")
    if len(elements) == len(row) and all(same_cell(t, e, is_id, is_exact) for t, e in zip(elements, row)):
        return True
    # A list of one id an element, `0` where there is none.
    return is_id and all(len(e) <= 1 for e in row) and same_cell(text, [e[0] if e else None for e in row], True)


def check(path):
    with open(path, encoding="utf-8") as file:
        body = file.read()
    sections = re.split(r"^--- (.+)\n", body, flags=re.MULTILINE)
    parts = dict(zip(sections[1::2], sections[2::2]))
    config = json.loads(re.sub(r"\A(#.*\n)*", "", sections[0]))
    files = {k[6:]: v for k, v in parts.items() if k.startswith("file: ")}
    features = list(features_of(config, files))
    columns = json.loads(parts.get("columns", "{}"))
    rows = [(r["request"], i) for r in map(json.loads, parts["requests"].splitlines()) for i in r["items"]]
    results = [evaluate(features, columns, request, item) for request, item in rows]
    expected = dict(line.split(": ", 1) for line in parts["expect"].splitlines())
    failures = cases = 0
    for f in features:
        if f.stub or not f.is_transcribed():
            continue
        is_id = f.has_bucketizer() or f.kind == "tokenize_feature"
        texts = expected[f.name].split(" | ")
        for n, (text, result) in enumerate(zip(texts, results)):
            cases += 1
            if not same_row(text, result[f.name], f, is_id):
                failures += 1
                print(f"{path}: {f.name}, row {n}: the test says {text}, the rules give {result[f.name]}")
        if len(texts) != len(results):
            failures += 1
            print(f"{path}: {f.name} has {len(texts)} rows, not {len(results)}")
    return cases, failures


def main(paths):
    cases = failures = tests = 0
    for path in paths:
        name = os.path.basename(path)
        with open(path, encoding="utf-8") as file:
            head = file.read()
        if name.startswith("bad-") or "\n{" not in head.split("\n---")[0] or "# hash: farm" in head or "# import: lenient" in head:
            continue
        found = check(path)
        tests, cases, failures = tests + 1, cases + found[0], failures + found[1]
    print(f"{tests} tests, {cases} values, {failures} of them other than the rules say")
    return 1 if failures or tests == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
