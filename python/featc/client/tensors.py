# SPDX-License-Identifier: Apache-2.0
"""Requests as tensors of the Open Inference Protocol, with its binary-data extension."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from featc.client.rows import Rows, is_list
from featc.client.schema import FieldInfo, ModelInfo
from featc.errors import DataError

_SECONDS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


class Body:
    """A request that is put together."""

    def __init__(self) -> None:
        self._inputs: List[Dict[str, Any]] = []
        self._parts: List[bytes] = []

    def add(self, name: str, datatype: str, data: bytes, count: int) -> None:
        self._inputs.append(
            {"name": name, "datatype": datatype, "shape": [count], "parameters": {"binary_data_size": len(data)}}
        )
        self._parts.append(data)

    def finish(self, outputs: Optional[Sequence[str]], request_id: Optional[str]) -> Tuple[bytes, int]:
        """The body, and how many bytes of it are JSON."""
        head: Dict[str, Any] = {"inputs": self._inputs, "parameters": {"binary_data_output": True}}
        if request_id is not None:
            head["id"] = request_id
        if outputs is not None:
            head["outputs"] = [{"name": name} for name in dict.fromkeys([*outputs, "status"])]
        text = json.dumps(head).encode()
        return b"".join([text, *self._parts]), len(text)


def body_of(rows: Rows, model: ModelInfo, outputs: Optional[Sequence[str]], request_id: Optional[str]) -> Tuple[bytes, int]:
    """The body that asks for some outputs, or for all, and how many bytes of it are JSON."""
    body = Body()
    body.add("item_offsets", "INT64", rows.offsets.astype("<i8").tobytes(), len(rows.offsets))
    lists: Dict[str, FieldInfo] = {}  # of structs: the first member that was sent
    for field in model.fields:
        column = rows.columns.get(field.qualified)
        if column is None:
            continue
        owner = field.qualified.rpartition(".")[0] if field.is_member else field.qualified
        is_first = lists.setdefault(owner, field) is field
        if not is_first:
            _same_lengths(column, rows.columns[lists[owner].qualified], field, lists[owner])
        _add_value(body, field.qualified, owner, field.type.replace("?", ""), column, 0, field, is_first)
        if column.null_count and is_first:
            valid = pc.is_valid(column).to_numpy(zero_copy_only=False)
            body.add(owner + ".valid", "BOOL", valid.astype(np.uint8).tobytes(), len(column))
    return body.finish(outputs, request_id)


def _same_lengths(column: pa.Array, other: pa.Array, field: FieldInfo, first: FieldInfo) -> None:
    if not np.array_equal(_offsets(column, field), _offsets(other, first)):
        raise DataError(f"{field.qualified} and {first.qualified} are members of one list, and their lengths differ")


def _add_value(body: Body, base: str, owner: str, kind: str, column: pa.Array, level: int, field: FieldInfo,
               with_offsets: bool = True) -> None:
    """A column of type `kind`; its offsets at `level` are named after `owner`."""
    if level > 0 and column.null_count:
        raise DataError(f"{field.qualified} has a list with a missing element, which cannot be sent: leave it out of the list")
    if kind.startswith("list<") or kind.startswith("map<"):
        offsets = _offsets(column, field)
        if with_offsets:
            name = owner + (".offsets" if level == 0 else f".offsets.{level}")
            body.add(name, "INT64", offsets.astype("<i8").tobytes(), len(offsets))
        inner = kind[kind.index("<") + 1 : -1]
        if kind.startswith("list<"):
            return _add_value(body, base, base, inner, _elements(column), level + 1, field)
        key, value = inner.split(",", 1)
        keys, values = _entries(column, field)
        _add_value(body, base + ".keys", base, key.strip(), keys, level + 1, field)
        return _add_value(body, base + ".values", base, value.strip(), values, level + 1, field)
    datatype, data = _scalars(column, kind, field)
    body.add(base, datatype, data, len(column))


# -- Lists ---------------------------------------------------------------------------------------------


def _offsets(column: pa.Array, field: FieldInfo) -> np.ndarray:
    """int64 (rows + 1,); a missing list has no elements."""
    kind = column.type
    if pa.types.is_null(kind):
        return np.zeros(len(column) + 1, np.int64)
    if pa.types.is_map(kind):
        ends = column.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
        lengths = np.diff(ends) * pc.is_valid(column).to_numpy(zero_copy_only=False)
    elif is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(column), 0).to_numpy(zero_copy_only=False)
    else:
        raise DataError(f"the column of {field.qualified} is {kind}, not {field.type}")
    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def _elements(column: pa.Array) -> pa.Array:
    return pa.nulls(0) if pa.types.is_null(column.type) else pc.list_flatten(column)


def _entries(column: pa.Array, field: FieldInfo) -> Tuple[pa.Array, pa.Array]:
    if pa.types.is_null(column.type):
        return pa.nulls(0), pa.nulls(0)
    if pa.types.is_map(column.type):
        # Of a slice, and without what lies under missing rows.
        column = column.take(pa.array(np.arange(len(column)))).drop_null()
        first, last = column.offsets[0].as_py(), column.offsets[-1].as_py()
        return column.keys[first:last], column.items[first:last]
    structs = _elements(column)
    if not pa.types.is_struct(structs.type) or structs.type.num_fields != 2:
        raise DataError(f"the column of {field.qualified} is {column.type}, not {field.type}")
    return tuple(structs.flatten())


# -- Scalars -------------------------------------------------------------------------------------------


def _scalars(column: pa.Array, kind: str, field: FieldInfo) -> Tuple[str, bytes]:
    """The tensor's type and its data; a missing value is 0 or empty there."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    try:
        return _SCALARS[kind](column)
    except (pa.ArrowException, _Unfit) as problem:
        why = f": {problem}" if str(problem) else ""
        raise DataError(f"the column of {field.qualified} is {column.type}, which is not {kind}{why}") from None


class _Unfit(Exception):
    pass


def _bools(column: pa.Array) -> Tuple[str, bytes]:
    if not (pa.types.is_boolean(column.type) or pa.types.is_null(column.type)):
        raise _Unfit
    values = pc.fill_null(column.cast(pa.bool_()), False).to_numpy(zero_copy_only=False)
    return "BOOL", values.astype(np.uint8).tobytes()


def _integers(column: pa.Array) -> Tuple[str, bytes]:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)):
        raise _Unfit("declare the field timestamp" if pa.types.is_timestamp(kind) else "")
    if pa.types.is_uint64(kind):
        # Ids of all 64 bits keep them.
        values = pc.fill_null(column, 0).to_numpy(zero_copy_only=False).view(np.int64)
    else:
        values = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return "INT64", values.astype("<i8").tobytes()


def _floats(column: pa.Array) -> Tuple[str, bytes]:
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)):
        raise _Unfit
    values = pc.fill_null(column.cast(pa.float64(), safe=False), 0.0).to_numpy(zero_copy_only=False)
    return "FP64", values.astype("<f8").tobytes()


def _timestamps(column: pa.Array) -> Tuple[str, bytes]:
    kind = column.type
    if pa.types.is_date(kind):
        column = column.cast(pa.timestamp("s"))
    elif not pa.types.is_timestamp(kind):
        return _integers(column)
    # Rounded down to the second, also before 1970.
    values = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    return "INT64", np.floor_divide(values, _SECONDS[column.type.unit]).astype("<i8").tobytes()


def _texts(column: pa.Array) -> Tuple[str, bytes]:
    kind = column.type
    is_text = any(check(kind) for check in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
                                            pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_null))
    if not is_text and str(kind) not in ("string_view", "binary_view"):
        raise _Unfit
    if pa.types.is_fixed_size_binary(kind):
        column = column.cast(pa.binary())
    column = pc.fill_null(column.cast(pa.large_binary()), b"")
    if len(column) == 0:
        return "BYTES", b""
    _, offset_bytes, text_bytes = column.buffers()
    offsets = np.frombuffer(offset_bytes, np.int64)[column.offset : column.offset + len(column) + 1]
    text = np.frombuffer(text_bytes, np.uint8)[offsets[0] : offsets[-1]] if text_bytes else np.zeros(0, np.uint8)
    # Before each text stands its length, in four bytes.
    lengths = np.diff(offsets)
    out = np.empty(len(text) + 4 * len(column), np.uint8)
    heads = (offsets[:-1] - offsets[0] + 4 * np.arange(len(column)))[:, None] + np.arange(4)
    is_text_byte = np.ones(len(out), bool)
    is_text_byte[heads] = False
    out[heads] = lengths.astype("<u4").view(np.uint8).reshape(-1, 4)
    out[is_text_byte] = text
    return "BYTES", out.tobytes()


_SCALARS: Mapping[str, Any] = {
    "bool": _bools,
    "int64": _integers,
    "float64": _floats,
    "timestamp": _timestamps,
    "string": _texts,
}
