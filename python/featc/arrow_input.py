# SPDX-License-Identifier: Apache-2.0
"""Whatever a caller has as a stream of Arrow record batches."""

from __future__ import annotations

from typing import Any, List, Mapping, Tuple

import pyarrow as pa

from featc.errors import DataError

_SCALARS = {
    "bool": pa.bool_(),
    "int64": pa.int64(),
    "float64": pa.float64(),
    "string": pa.string(),
    "timestamp": pa.timestamp("s"),
}


def arrow_type(text: str) -> pa.DataType:
    """The Arrow type of a field's type as the config writes it: `map<string, float64>`."""
    found, rest = _parse(text.replace(" ", ""))
    if rest:
        raise ValueError(f"{text!r} is no type")
    return found


def _parse(text: str) -> Tuple[pa.DataType, str]:
    for name, scalar in _SCALARS.items():
        if text.startswith(name):
            return scalar, text[len(name) :]
    name, _, rest = text.partition("<")
    parts: List[pa.DataType] = []
    while True:
        part, rest = _parse(rest)
        parts.append(part)
        if not rest.startswith(","):
            break
        rest = rest[1:]
    made = pa.map_(*parts) if name == "map" else pa.list_(*parts)
    return made, rest[1:]


def as_stream(data: Any, schema: pa.Schema):
    """A capsule with the stream of `data`; a dict's columns get the types of `schema`."""
    if isinstance(data, Mapping):
        data = _from_columns(data, schema)
    if isinstance(data, pa.RecordBatch):
        data = pa.Table.from_batches([data])
    if not hasattr(data, "__arrow_c_stream__"):
        if not hasattr(data, "__arrow_c_array__"):
            raise TypeError(f"expected an Arrow table or a dict of columns, found {type(data).__name__}")
        data = pa.Table.from_batches([pa.record_batch(data)])
    return data.__arrow_c_stream__()


def _made_as(wanted: pa.DataType):
    """The type to make a column of; None: whatever its values are, since a time of any unit, a date or an integer will do."""
    element = wanted
    while pa.types.is_list(element):
        element = element.value_type
    return None if pa.types.is_timestamp(element) else wanted


def _from_columns(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    made = {}
    for name, values in columns.items():
        at = schema.get_field_index(str(name))
        if isinstance(values, (pa.Array, pa.ChunkedArray)):
            made[name] = values
            continue
        try:
            made[name] = pa.array(values, type=_made_as(schema.field(at).type) if at >= 0 else None)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as problem:
            wanted = f", which must be {schema.field(at).type}" if at >= 0 else ""
            raise DataError(f"the column {name!r}{wanted}: {problem}") from None
    try:
        return pa.table(made)
    except (pa.ArrowInvalid, ValueError) as problem:
        raise DataError(str(problem)) from None
