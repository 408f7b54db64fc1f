# SPDX-License-Identifier: Apache-2.0
"""Arrow through the C interface of a compiled model, called as a program in any language calls it: the features are
those of the Python package, which knows nothing of that library."""

import ctypes
import os
import pathlib
import shutil
import subprocess

import pyarrow as pa
import pytest

import featc

CONFIG = """
model shops
request { city : string? }
item { shop : int64?  tags : list<string>?  price : float64?  likes : map<string, float64>? }
sparse shop  slot 1 = shop
sparse tags  slot 2 = lower(tags)
sparse near  slot 3 = cross(city, shop)
sparse likes slot 4 = likes
sequence last slot 5 length 2 = tags
dense price  default -1 = log1p(price)
dense pair   width 2 = [price ?? 0.0, float(shop ?? 0)]
"""


class ArrowStruct(ctypes.Structure):
    """ArrowSchema and ArrowArray, so far as a test looks at them: where they end, and whether they are released."""

    def release_now(self):
        if self.release:
            ctypes.CFUNCTYPE(None, ctypes.c_void_p)(self.release)(ctypes.addressof(self))


class ArrowSchema(ArrowStruct):
    _fields_ = [("before", ctypes.c_void_p * 7), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class ArrowArray(ArrowStruct):
    _fields_ = [("before", ctypes.c_void_p * 8), ("release", ctypes.c_void_p), ("private_data", ctypes.c_void_p)]


class Options(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("leave_out_failed", ctypes.c_int), ("with_status", ctypes.c_int),
                ("large_lists", ctypes.c_int)]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """The path of the config, and a library that `featc build` made of it."""
    program = os.environ.get("FEATC_PROGRAM") or shutil.which("featc")
    default = pathlib.Path(__file__).parents[2] / "build/release/featc"
    if program is None and default.exists():
        program = str(default)
    if program is None:
        pytest.skip("no featc program: set FEATC_PROGRAM")
    folder = tmp_path_factory.mktemp("c_interface")
    config = folder / "shops.feat"
    config.write_text(CONFIG)
    built = subprocess.run([program, "build", config, "-o", folder / "libshops.so"], capture_output=True, text=True)
    assert built.returncode == 0, built.stderr
    library = ctypes.CDLL(str(folder / "libshops.so"))
    library.featc_message.restype = ctypes.c_char_p
    library.featc_new_session.restype = ctypes.c_void_p
    for name, arguments in {"featc_message": 1, "featc_new_session": 1, "featc_free_session": 1, "featc_free_extractor": 1,
                            "featc_open_model": 4, "featc_run_arrow": 3, "featc_result_arrow": 3,
                            "featc_arrow_schema": 3}.items():
        getattr(library, name).argtypes = [ctypes.c_void_p] * arguments
    return config, library


class Session:
    def __init__(self, library):
        self.library = library
        self.extractor = ctypes.c_void_p()
        built = ctypes.addressof(ctypes.c_char.in_dll(library, "featc_built"))
        assert library.featc_open_model(built, None, ctypes.byref(self.extractor), None) == 0
        self.session = library.featc_new_session(self.extractor)

    def run(self, rows):
        """`rows` is a struct array; returns the failure."""
        schema, array = ArrowSchema(), ArrowArray()
        rows._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
        failure = self.library.featc_run_arrow(self.session, ctypes.byref(schema), ctypes.byref(array))
        assert not array.release
        assert schema.release
        schema.release_now()
        return failure

    def message(self):
        return self.library.featc_message(self.session).decode()

    def features(self, **options):
        known = Options(ctypes.sizeof(Options), **options)
        schema, array = ArrowSchema(), ArrowArray()
        assert self.library.featc_arrow_schema(self.extractor, ctypes.byref(known), ctypes.byref(schema)) == 0
        assert self.library.featc_result_arrow(self.session, ctypes.byref(known), ctypes.byref(array)) == 0
        return pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))

    def close(self):
        self.library.featc_free_session(self.session)
        self.library.featc_free_extractor(self.extractor)


def flat():
    return pa.table({
        "city": ["Rome", None, "Oslo", "Rome"],
        "shop": pa.array([7, 8, None, 9], pa.uint64()),
        "tags": [["A", "b"], [], None, ["c"]],
        "price": pa.array([1.5, None, 2.25, 0.0], pa.float32()),
        "likes": pa.array([[("x", 0.5)], None, [], [("y", 2.0), ("z", 1.0)]], pa.map_(pa.string(), pa.float64())),
    })


def nested():
    table = flat()
    items = table.select(["shop", "tags", "price", "likes"]).to_struct_array().combine_chunks()
    lists = pa.ListArray.from_arrays(pa.array([0, 3, 3, 4], pa.int32()), items)
    return pa.table({"city": ["Rome", None, "Oslo"], "items": lists})


def rows_of(table):
    return table.to_struct_array().combine_chunks()


@pytest.mark.parametrize("table", [flat(), nested(), flat().slice(1, 2)], ids=["flat", "nested", "sliced"])
def test_features_are_those_of_python(model, table):
    config, library = model
    session = Session(library)
    assert session.run(rows_of(table)) == 0, session.message()
    features = session.features()
    session.close()
    expected = featc.compile(str(config)).extract(table).combine_chunks().to_batches()[0]
    assert features.schema.names == expected.schema.names
    for name in features.schema.names:
        assert features.column(name).to_pylist() == expected.column(name).to_pylist(), name
        assert features.column(name).type == expected.column(name).type, name


def test_features_stay_when_the_session_is_gone_and_large_lists_have_the_same_values(model):
    session = Session(model[1])
    assert session.run(rows_of(flat())) == 0
    small, large = session.features(), session.features(large_lists=1, with_status=1)
    assert session.run(rows_of(nested())) == 0
    session.close()
    assert large.schema.field("tags").type == pa.large_list(large.schema.field("tags").type.value_field)
    for name in small.schema.names:
        assert small.column(name).to_pylist() == large.column(name).to_pylist()
    assert large.column("row_status").to_pylist() == ["ok"] * 4
    small.validate(full=True)
    large.validate(full=True)


def test_what_does_not_fit_is_told_and_released(model):
    session = Session(model[1])
    bad = flat().set_column(1, "shop", pa.array(["a", "b", "c", "d"]))
    assert session.run(rows_of(bad)) == 1  # FEATC_BAD_BATCH
    assert "shop" in session.message()
    assert session.run(rows_of(flat().append_column("color", pa.array([1, 2, 3, 4])))) == 0
    assert "color" in session.message()
    session.close()
