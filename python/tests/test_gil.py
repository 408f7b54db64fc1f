# SPDX-License-Identifier: Apache-2.0
"""Other threads of Python go on while featc compiles and extracts."""

import threading
import time

import featc
import pyarrow as pa
import pytest

FEATURES = "".join(f"dense d{i} = log1p(abs(x * {i}.5)) + sqrt(abs(x - {i})) * {i % 7}\n" for i in range(1000))
# Made before the threads start: what works must do nothing but call featc.
COLUMN = pa.array([float(i) for i in range(1000)]).take(pa.array(list(range(1000)) * 1000))


def compile_much(_):
    featc.compile_text("model m\nitem { x : float64 }\n" + FEATURES)


def extract_much(config):
    config.extract({"x": COLUMN})


@pytest.mark.parametrize("work", [compile_much, extract_much])
def test_another_thread_goes_on(work):
    config = featc.compile_text("model m\nitem { x : float64 }\n" + "".join(FEATURES.splitlines(True)[:50]))
    started, done = threading.Event(), threading.Event()

    def run():
        started.set()
        work(config)
        done.set()

    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    # While the interpreter's lock was held the whole time, there would be a few of these turns before `done`.
    turns = 0
    while turns < 50 and not done.is_set():
        time.sleep(0)
        turns += 1
        sum(range(1000))
    assert turns == 50
    thread.join()
