# SPDX-License-Identifier: Apache-2.0
"""featc's Python package beside Polars' select, from one table in memory to another."""

import statistics
import time
import warnings


def compare(config, source, times=15):
    """Median wall seconds of each side, warm and in turn."""
    import featc
    import polars
    import pyarrow.feather

    import rivals

    warnings.simplefilter("ignore", featc.DataWarning)
    model = featc.compile(config)
    table = pyarrow.feather.read_table(source)
    frame = polars.from_arrow(table)
    features = rivals.polars_features()
    sides = {"featc": lambda: model.extract(table, threads=2), "polars": lambda: frame.select(features)}
    found = {name: [] for name in sides}
    for turn in range(times + 2):
        for name, side in sides.items():
            start = time.perf_counter()
            side()
            if turn > 1:
                found[name].append(time.perf_counter() - start)
    return {name: statistics.median(seconds) for name, seconds in found.items()}
