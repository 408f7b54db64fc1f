# SPDX-License-Identifier: Apache-2.0
"""Compiled configs: Arrow data in, features out."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple, Union

import numpy as np
import pyarrow as pa

from featc import _featc
from featc.arrow_input import arrow_type, as_row, as_stream, json_value
from featc.errors import ConfigError, DataError, DataWarning, Diagnostic, FeatcError
from featc.jagged import Jagged, dense, elements, jagged, padded


@dataclass(frozen=True)
class Field:
    """A field that the caller supplies: `request.user_id : int64`."""

    name: str
    scope: str  # "request" or "item"
    type: str  # as in the config, without the question mark: "map<string, float64>"
    nullable: bool


@dataclass(frozen=True)
class Feature:
    """An output of the config."""

    name: str
    kind: str  # "sparse", "dense" or "sequence"
    scope: str  # "constant", "request" or "item"
    slot: int  # 0 for dense
    shared: bool
    weighted: bool
    width: int  # of dense, else 0
    length: int  # of a sequence: the maximum number of ids in a row, else 0
    group: str  # the sequence group that it belongs to, else ""
    pad: str = ""  # of an output with a length: the side on which rows are padded, "right" or "left"; else ""


def compile(
    path: Union[str, os.PathLike],
    *,
    root: Union[str, os.PathLike, None] = None,
    engine: str = "jit",
    cpu: str = "",
) -> "Config":
    """Compiles the config at `path`.

    root:   folder that imports must stay inside; by default the config's own.
    engine: "jit" (native code), "interp" (ready at once, slower), or "tiered" (the interpreter until native code is ready).
    cpu:    an LLVM CPU name such as "x86-64-v3"; by default this machine's.

    Raises ConfigError with every mistake. `warnings` has what `featc check` warns of.
    """
    return Config._compile(os.fspath(path), None, root, engine, cpu)


def compile_text(
    text: str,
    *,
    name: str = "config.feat",
    root: Union[str, os.PathLike, None] = None,
    engine: str = "jit",
    cpu: str = "",
) -> "Config":
    """Compiles a config given as text; messages use `name`, and imports are relative to it."""
    return Config._compile(name, text, root, engine, cpu)


class Config:
    """A compiled config. Immutable; threads may share it. Pickles as the text of its files."""

    def __init__(self) -> None:
        raise TypeError("use featc.compile or featc.compile_text")

    @classmethod
    def _compile(cls, path: str, text: Optional[str], root, engine: str, cpu: str) -> "Config":
        if engine not in _featc.ENGINES:
            raise ValueError(f"engine must be one of {', '.join(_featc.ENGINES)}, not {engine!r}")
        if text is not None and "\0" in text:
            raise ValueError("a config cannot contain NUL")
        made = _featc.compile(path, text, "" if root is None else os.fspath(root), engine, cpu)
        diagnostics = [Diagnostic._parse(line, shown) for line, shown in zip(made.diagnostics, made.texts)]
        if any(d.severity == "error" for d in diagnostics):
            raise ConfigError(diagnostics)
        if made.program is None:
            raise FeatcError(made.error)
        self = object.__new__(cls)
        self._program = made.program
        self._engine = engine
        self._cpu = cpu
        self._root = None if root is None else os.fspath(root)
        self._diagnostics = diagnostics
        return self

    # -- What the config is -------------------------------------------------------------------------

    @property
    def model(self) -> str:
        """The name after `model`, else ""."""
        return self._program.model

    @property
    def semantics(self) -> int:
        """The config's semantics version."""
        return self._program.semantics

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits; configs with equal fingerprints have equal features."""
        return self._program.fingerprint

    @property
    def warnings(self) -> List[Diagnostic]:
        """The warnings of `featc check`."""
        return list(self._diagnostics)

    @property
    def features(self) -> List[Feature]:
        """The outputs in declaration order."""
        return [Feature(**output) for output in self._program.outputs]

    @property
    def fields(self) -> List[Field]:
        """The fields that the caller supplies."""
        return [Field(**field) for field in self._program.inputs]

    @property
    def sources(self) -> List[str]:
        """Names of the sources that `stores` binds."""
        return list(self._program.sources)

    @property
    def schema(self) -> pa.Schema:
        """The schema of the table that `extract` returns: one column per feature."""
        return pa.schema(_Capsules(schema=self._program.schema(False, False)))

    @property
    def input_schema(self) -> pa.Schema:
        """The columns of a flat table, with the types that need no conversion."""
        names = [field.name for field in self.fields]
        return pa.schema(
            [
                pa.field(f.name if names.count(f.name) == 1 else f"{f.scope}.{f.name}", arrow_type(f.type), f.nullable)
                for f in self.fields
            ]
        )

    # -- Features of data ---------------------------------------------------------------------------

    def extract(
        self,
        data: Any,
        *,
        stores: Optional[Mapping[str, str]] = None,
        errors: str = "null",
        status: bool = False,
        id_lists: bool = False,
        threads: int = 0,
    ) -> pa.Table:
        """Features of every row of `data`, one column per feature (`schema`), in the order of the rows.

        data:    a pyarrow Table, RecordBatch or RecordBatchReader, anything else that exports Arrow
                 (`__arrow_c_stream__`: polars, pandas, DuckDB), or a dict of columns. Its columns bind by name
                 to request or item fields (`request.x` if both have it). If a column `items` is a list of structs,
                 a row is a request, and the result has one row per item.
        stores:  source name, or "default", to the URL of its store.
        errors:  what to do with a row that fails: "null" in every column, "drop", or "raise" DataError.
        status:  add a last column `row_status`: "ok", "bad_input" ...
        id_lists: the older form: lists also for features with at most one id per row, which `schema` shows as `uint64`.
        threads: number of threads that compute; 0: one per core.

        Columns with the types of `input_schema` are used in place; the result shares the memory that
        the features were computed into. Raises DataError if a column does not fit, and warns (DataWarning)
        of failed rows and suspicious data.
        """
        stream, report = self._stream(data, stores, errors, status, threads, id_lists=id_lists)
        table = _read_all(stream)
        self._tell(report, errors)
        return table

    def extract_batches(
        self,
        data: Any,
        *,
        stores: Optional[Mapping[str, str]] = None,
        errors: str = "null",
        status: bool = False,
        id_lists: bool = False,
        threads: int = 0,
    ) -> Iterator[pa.RecordBatch]:
        """The same, batch after batch, with at most a few thousand rows per thread in memory."""
        stream, report = self._stream(data, stores, errors, status, threads, id_lists=id_lists)
        while True:
            try:
                batch = stream.read_next_batch()
            except StopIteration:
                break
            except (pa.ArrowInvalid, OSError) as problem:
                raise DataError(str(problem)) from None
            yield batch
        self._tell(report, errors)

    def extract_jagged(
        self,
        data: Any,
        *,
        ids: str = "full",
        stores: Optional[Mapping[str, str]] = None,
        errors: str = "raise",
        threads: int = 0,
    ) -> Dict[str, Union[Jagged, np.ndarray]]:
        """Features as NumPy arrays: a Jagged for each sparse feature, sequence and feature of a sequence group,
        and float32 of shape (rows,) or (rows, width) for each other dense feature.

        ids: "full" for whole ids (slot and payload), "payload" for the lower 44 bits, which for bounded outputs
             (`hash_bucket`, `vocab`, `bucketize`) index an embedding table. Both are int64.

        Up to 8,192 rows without a failed row are not copied: values and offsets share the memory that the features
        were computed into, where payloads overwrite the ids. Features with one id per row are the exception: their offsets
        are new, and so are their ids if a row has none. More rows are joined by one copy.

        If `errors` is "null", a failed row is empty, and its dense values are 0.
        """
        return self._jagged(data, ids, stores, errors, threads)

    def extract_numpy(
        self,
        data: Any,
        *,
        ids: str = "full",
        stores: Optional[Mapping[str, str]] = None,
        errors: str = "raise",
        threads: int = 0,
    ) -> Dict[str, Union[np.ndarray, Tuple[np.ndarray, np.ndarray]]]:
        """Features as rectangles: dense float32 of shape (rows,) or (rows, width); ids int64 of shape
        (rows, length) for a sequence of that length, else (rows, maximum number of ids in a row). A weighted feature gives
        the ids and the weights, float32 of the same shape. A feature of a sequence group gives (rows, length) ids or
        numbers, or (rows, length, width); one whose elements may have several ids is refused. Each row is padded with
        zeros after its values, or before them if the config says `pad left`.
        """
        found = self._jagged(data, ids, stores, errors, threads)
        out: Dict[str, Union[np.ndarray, Tuple[np.ndarray, np.ndarray]]] = {}
        for feature in self.features:
            value = found[feature.name]
            if isinstance(value, np.ndarray):
                out[feature.name] = value
                continue
            if value.element_offsets is not None:
                raise FeatcError(f"{feature.name}: its elements may have several ids each: use extract_jagged()")
            has_length = feature.group or feature.kind == "sequence"
            width = feature.length if has_length else int(value.lengths.max(initial=0))
            left = feature.pad == "left"
            rows = padded(value.values, value.offsets, width, left)
            out[feature.name] = (
                rows if value.weights is None else (rows, padded(value.weights, value.offsets, width, left))
            )
        return out

    def explain(
        self, row: Any, *, item: int = 0, brief: bool = False, stores: Optional[Mapping[str, str]] = None
    ) -> str:
        """How one row's features were computed, as `featc explain` prints it.

        row:   a dict with the fields of one request and one item (`request.x` if both have it), where a list of structs is
               one entry or one per member; or {"request": {...}, "items": [{...}, ...]}; or anything that `extract`
               takes.
        item:  which item, if there are several: the row of `extract`'s result.
        brief: one line per feature instead of every step.
        """
        bound = dict(stores or {})
        try:
            if isinstance(row, Mapping) and "request" in row and "items" in row:
                text = self._program.explain(json.dumps(row, default=json_value), item, brief, bound)
                said = self._program.unserved(bound)
            else:
                capsule, is_one_row = as_row(row, self.input_schema)
                text, said = self._program.explain_rows(capsule, item, brief, bound, is_one_row)
        except ValueError as problem:
            raise DataError(str(problem)) from None
        for line in said:
            warnings.warn(line, DataWarning, stacklevel=2)
        return text

    # -- Inside -------------------------------------------------------------------------------------

    def _jagged(self, data: Any, ids: str, stores, errors: str, threads: int) -> Dict[str, Union[Jagged, np.ndarray]]:
        if ids not in ("full", "payload"):
            raise ValueError(f'ids must be "full" or "payload", not {ids!r}')
        stream, report = self._stream(data, stores, errors, False, threads, large_lists=True, id_lists=True)
        table = _read_all(stream)
        self._tell(report, errors, stacklevel=4)
        out: Dict[str, Union[Jagged, np.ndarray]] = {}
        for i, feature in enumerate(self.features):
            column = table.column(i)
            if feature.group:
                out[feature.name] = elements(column, feature.kind == "dense", feature.width, ids == "payload")
            elif feature.kind == "dense":
                out[feature.name] = dense(column, feature.width)
            else:
                out[feature.name] = jagged(column, ids == "payload")
        return out

    def _stream(
        self,
        data: Any,
        stores,
        errors: str,
        status: bool,
        threads: int,
        large_lists: bool = False,
        id_lists: bool = False,
    ):
        if errors not in ("null", "drop", "raise"):
            raise ValueError(f'errors must be "null", "drop" or "raise", not {errors!r}')
        capsule = as_stream(data, self.input_schema)
        try:
            out, report = self._program.extract(
                capsule, dict(stores or {}), errors == "drop", status, large_lists, id_lists, threads, _PIECE_ROWS
            )
        except ValueError as problem:
            raise DataError(str(problem)) from None
        return pa.RecordBatchReader.from_stream(_Capsules(stream=out)), report

    def _tell(self, report, errors: str, stacklevel: int = 3) -> None:
        """Warns in the name of the caller of the public function, which is so many frames away."""
        if report.failed and errors == "raise":
            raise DataError(f"{report.failed} of {report.failed + report.written} rows failed; "
                            'pass errors="null", status=True to see which')
        said = list(report.warnings) + list(self._program.data_warnings(report))
        if report.failed:
            said.insert(0, f"{report.failed} of {report.failed + report.written} rows failed")
        for text in said:
            warnings.warn(text, DataWarning, stacklevel=stacklevel)

    def __repr__(self) -> str:
        return f"<featc.Config {self.model or 'without a model name'}: {len(self._program.outputs)} features>"

    def __reduce__(self):
        return _rebuild, (self._program.files, self._root, self._engine, self._cpu)


# Pieces of this many rows are computed by one thread and come out as one chunk.
_PIECE_ROWS = 8192


class _Capsules:
    """What pyarrow imports from."""

    def __init__(self, schema=None, stream=None):
        self._schema = schema
        self._stream = stream

    def __arrow_c_schema__(self):
        return self._schema

    def __arrow_c_stream__(self, requested_schema=None):
        return self._stream


def _read_all(stream: pa.RecordBatchReader) -> pa.Table:
    try:
        return stream.read_all()
    except (pa.ArrowInvalid, OSError) as problem:
        raise DataError(str(problem)) from None


def _rebuild(files: List[Tuple[str, str]], root: Optional[str], engine: str, cpu: str) -> Config:
    """A config from the texts of its files, which need not exist here."""
    path, text = files[0]
    if len(files) == 1:
        return Config._compile(path, text, None, engine, cpu)
    # Imports are read from a folder that mirrors where the files lay.
    with tempfile.TemporaryDirectory(prefix="featc-") as folder:
        paths = [os.path.abspath(p) for p, _ in files]
        common = os.path.commonpath([os.path.dirname(p) for p in paths] + ([os.path.abspath(root)] if root else []))
        for place, (_, content) in zip(paths, files):
            target = Path(folder) / os.path.relpath(place, common)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8", newline="")
        main = Path(folder) / os.path.relpath(paths[0], common)
        inside = Path(folder) if root is None else Path(folder) / os.path.relpath(os.path.abspath(root), common)
        return Config._compile(str(main), None, None if root is None else inside, engine, cpu)
