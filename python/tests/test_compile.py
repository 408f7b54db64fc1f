# SPDX-License-Identifier: Apache-2.0
"""Compiling, what a config tells of itself, mistakes with their places, and pickling."""

import multiprocessing
import pickle

import featc
import pyarrow as pa
import pytest
from conftest import CONFIG


def test_a_config_tells_what_it_is(config):
    assert config.model == "demo"
    assert config.semantics == 1
    assert len(config.fingerprint) == 16 and int(config.fingerprint, 16) != 0
    assert [f.name for f in config.features] == ["user", "shop", "tags", "taste", "last", "price", "pair"]
    assert config.features[0] == featc.Feature("user", "sparse", "request", 1, False, False, 0, 0, "")
    assert config.features[3].weighted
    assert config.features[4].length == 2
    assert config.features[6].width == 2
    assert config.fields[0] == featc.Field("user", "request", "int64", False)
    assert config.fields[4] == featc.Field("taste", "item", "map<string, float64>", True)


def test_schemas(config):
    pairs = pa.struct([pa.field("id", pa.uint64()), pa.field("weight", pa.float32())])
    ids = pa.list_(pa.uint64())
    assert config.schema.types == [pa.uint64(), pa.uint64(), ids, pa.list_(pairs), ids, pa.float32(), pa.list_(pa.float32(), 2)]
    assert config.schema.names == [f.name for f in config.features]
    assert config.schema.field("last").metadata == {
        b"featc.kind": b"sequence",
        b"featc.slot": b"5",
        b"featc.length": b"2",
    }
    assert config.schema.metadata[b"featc.model"] == b"demo"
    assert config.input_schema.field("taste").type == pa.map_(pa.string(), pa.float64())
    assert not config.input_schema.field("shop").nullable


def test_mistakes_are_exceptions_with_places():
    with pytest.raises(featc.ConfigError) as caught:
        featc.compile_text("model m\nitem { price : float64 }\nsparse p slot 1 = bucketise(price, [1])\ndense q = prize\n")
    errors = [d for d in caught.value.diagnostics if d.severity == "error"]
    assert [(d.line, d.column) for d in errors] == [(3, 19), (4, 11)]
    first = errors[0]
    assert first.file == "config.feat"
    assert (first.end_line, first.end_column) == (3, 28)
    assert first.fix == "bucketize"
    assert "bucketise" in first.message
    assert "config.feat:3:19: error:" in str(caught.value)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.diagnostics == caught.value.diagnostics


def test_a_file_that_is_not_there():
    with pytest.raises(featc.ConfigError, match="nothing.feat"):
        featc.compile("/no/such/nothing.feat")


def test_engines_agree(config, rows):
    for engine in ("interp", "tiered"):
        assert featc.compile_text(CONFIG, engine=engine).extract(rows).equals(config.extract(rows))
    with pytest.raises(ValueError, match="engine"):
        featc.compile_text(CONFIG, engine="fast")
    with pytest.raises(featc.FeatcError, match="no-such-cpu"):
        featc.compile_text(CONFIG, cpu="no-such-cpu")


def test_pickles_by_text(config, rows):
    again = pickle.loads(pickle.dumps(config))
    assert again.fingerprint == config.fingerprint
    assert again.extract(rows).equals(config.extract(rows))


def test_pickles_with_imports(tmp_path, rows):
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "common.feat").write_text("item { shop : int64 }\nsparse shop slot 2 = shop\n")
    main = tmp_path / "main.feat"
    main.write_text('model m\nimport "lib/common.feat"\nsparse twice slot 3 = shop * 2\n')
    pickled = pickle.dumps(featc.compile(main))
    for file in (main, tmp_path / "lib" / "common.feat"):
        file.unlink()
    again = pickle.loads(pickled)
    assert again.extract_jagged(rows.select(["shop"]), ids="payload")["twice"][1].tolist() == [40]


def _fingerprint(config):
    return config.fingerprint


def test_workers_rebuild_it(config):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply(_fingerprint, (config,)) == config.fingerprint
