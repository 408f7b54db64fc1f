# SPDX-License-Identifier: Apache-2.0
"""Whatever a caller has as a stream of Arrow record batches."""

from __future__ import annotations

import datetime
from typing import Any, List, Mapping, Optional, Tuple

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
        raise ValueError(f"{text!r} is not a type")
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
    _refuse_objects(data)
    if not hasattr(data, "__arrow_c_stream__"):
        if not hasattr(data, "__arrow_c_array__"):
            raise TypeError(f"expected an Arrow table or a dict of columns, found {type(data).__name__}")
        data = pa.Table.from_batches([pa.record_batch(data)])
    try:
        return data.__arrow_c_stream__()
    except pa.ArrowException as problem:  # pandas: a column of objects that are not values of one type
        raise DataError(": ".join(map(str, problem.args))) from None


class _Stream:
    """What pyarrow imports from."""

    def __init__(self, capsule: Any):
        self._capsule = capsule

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        return self._capsule


def as_table(data: Any, schema: pa.Schema) -> pa.Table:
    """The same as a table."""
    try:
        return pa.RecordBatchReader.from_stream(_Stream(as_stream(data, schema))).read_all()
    except (pa.ArrowException, OSError) as problem:
        raise DataError(str(problem)) from None


def as_row(row: Any, schema: pa.Schema) -> Tuple[Any, bool]:
    """The same, and whether it is one row: a dict may hold the values of a row in place of columns."""
    if not isinstance(row, Mapping):
        return as_stream(row, schema), False
    try:
        return as_stream({name: [plain(value)] for name, value in row.items()}, schema), True
    except DataError:
        # A value that is not a row's may be a column.
        if not row or not all(_is_column(values) for values in row.values()):
            raise
        try:
            return as_stream(row, schema), False
        except DataError:
            pass
        raise


def plain(value: Any) -> Any:
    """A value of NumPy, pandas, polars or pyarrow as Python has it; of what is in a list or a dict too."""
    if isinstance(value, Mapping):
        return {key: plain(of) for key, of in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(of) for of in value]
    for name in ("as_py", "tolist", "to_pylist", "to_list"):
        if hasattr(value, name):
            return getattr(value, name)()
    return value


def json_value(value: Any) -> Any:
    """For json.dumps(default=...)."""
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    made = plain(value)
    if made is value:
        raise DataError(f"a {type(value).__name__} is not a JSON value: {value!r}")
    return made


def _is_column(values: Any) -> bool:
    return hasattr(values, "__len__") and not isinstance(values, (str, bytes, Mapping))


def _refuse_objects(data: Any) -> None:
    """polars hands out a column of Python objects as bytes that are the objects' addresses."""
    if type(data).__module__.partition(".")[0] != "polars":
        return
    schema = dict(data.schema) if hasattr(data, "schema") else {data.name: data.dtype}
    for name, dtype in schema.items():
        if str(dtype) == "Object":
            raise DataError(
                f"the column {name!r} holds Python objects (polars: Object), and featc would only get their addresses: "
                "give it another type, for texts by map_elements(str, return_dtype=polars.String)"
            )


def _made_as(wanted: pa.DataType):
    """The type to make a column of; None: whatever its values are, since a time of any unit, a date or an integer will do."""
    element = wanted
    while pa.types.is_list(element):
        element = element.value_type
    return None if pa.types.is_timestamp(element) else wanted


def _from_columns(columns: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
    made = {}
    for name, values in columns.items():
        if isinstance(values, (pa.Array, pa.ChunkedArray)):
            made[name] = values
            continue
        _refuse_objects(values)
        at = schema.get_field_index(str(name))
        declared = schema.field(at).type if at >= 0 else None
        wanted = f", which must be {declared}" if at >= 0 else ""
        try:
            if declared is None:
                declared = _with_fields(pa.array(values).type, str(name), schema)
            elif _has_text_for_list(values, declared):
                raise DataError(f"the column {name!r}{wanted}: a text where a list is expected: put it in [ ]")
            made[name] = pa.array(values, type=_made_as(declared))
        except (pa.ArrowException, TypeError, OverflowError) as problem:
            raise DataError(f"the column {name!r}{wanted}: {problem}") from None
    try:
        return pa.table(made)
    except (pa.ArrowInvalid, ValueError) as problem:
        raise DataError(str(problem)) from None


def _with_fields(found: pa.DataType, name: str, schema: pa.Schema) -> pa.DataType:
    """The type that was found for a list of structs (or of items), with the declared types of its members."""
    # Each member of a list of structs is declared as a list of its own.
    declared = {f.name[len(name) + 1 :]: f.type.value_type for f in schema
                if f.name.startswith(name + ".") and pa.types.is_list(f.type)}
    if pa.types.is_null(found) or (pa.types.is_list(found) and pa.types.is_null(found.value_type)):
        return pa.list_(pa.struct(list(declared.items()))) if declared else found
    if not (pa.types.is_list(found) and pa.types.is_struct(found.value_type)):
        return found
    if name == "items":
        declared = {f.name.removeprefix("item."): f.type for f in schema}
    return pa.list_(pa.struct([(m.name, _member(m, declared.get(m.name), schema)) for m in found.value_type]))


def _member(found: pa.Field, declared: Optional[pa.DataType], schema: pa.Schema) -> pa.DataType:
    if declared is None:
        return _with_fields(found.type, found.name, schema)
    return _made_as(declared) or (declared if pa.types.is_null(found.type) else found.type)


def _has_text_for_list(values: Any, declared: pa.DataType) -> bool:
    """pyarrow makes a list of the letters of a text."""
    if not pa.types.is_list(declared):
        return False
    inner = declared.value_type
    return any(
        isinstance(value, (str, bytes)) or (pa.types.is_list(inner) and value is not None and _has_text_for_list(value, inner))
        for value in values
    )
