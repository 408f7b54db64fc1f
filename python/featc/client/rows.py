# SPDX-License-Identifier: Apache-2.0
"""Whatever a caller has as requests and their items: one Arrow array a field."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from featc.arrow_input import as_table, plain
from featc.client.schema import FieldInfo, ModelInfo
from featc.errors import DataError, DataWarning


@dataclass(frozen=True)
class Rows:
    """Requests and items."""

    columns: Dict[str, pa.Array]  # by `request.city`, `item.price`: a value a request or an item
    offsets: np.ndarray  # int64 (requests + 1,): how many items there are before each request

    @property
    def requests(self) -> int:
        return len(self.offsets) - 1

    @property
    def items(self) -> int:
        return int(self.offsets[-1])

    @property
    def request_of_item(self) -> np.ndarray:
        """int64 (items,)."""
        return np.repeat(np.arange(self.requests), np.diff(self.offsets))


def rows_of(data: Any, model: ModelInfo, by: Optional[str], stacklevel: int) -> Rows:
    """`data` as Client.score() describes it. Raises DataError where it does not fit the model's fields; a DataWarning,
    `stacklevel` frames above, names what no field uses."""
    unused: Set[str] = set()
    if isinstance(data, Mapping) and "request" in data and "items" in data:
        rows = _from_dicts([data], model, by, unused)
    elif isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        rows = _from_dicts(data, model, by, unused)
    else:
        rows = _from_table(as_table(data, _with_items(model)), model, by, unused)
    _check_all_there(rows, model)
    if unused:
        names = ", ".join(repr(name) for name in sorted(unused))
        warnings.warn(f"no field of {model.name} is called {names}", DataWarning, stacklevel=stacklevel + 1)
    return rows


def _with_items(model: ModelInfo) -> pa.Schema:
    """The schema that texts and numbers of a dict's columns are read by."""
    schema = model.flat_schema()
    for field in model.schema("item"):
        # What stands in `items` bears its bare name, which as_table looks up.
        if schema.get_field_index(field.name) < 0:
            schema = schema.append(field.with_name(f"item.{field.name}"))
    return schema


# -- Dicts ---------------------------------------------------------------------------------------------


def _from_dicts(requests: Iterable[Any], model: ModelInfo, by: Optional[str], unused: Set[str]) -> Rows:
    if by is not None:
        raise DataError('by=... is for tables; a dict has its items in "items"')
    heads: List[Mapping[str, Any]] = []
    items: List[Mapping[str, Any]] = []
    offsets = [0]
    for at, request in enumerate(requests):
        if not isinstance(request, Mapping) or not isinstance(request.get("items"), (list, tuple)):
            raise DataError(f'request {at} is not {{"request": {{...}}, "items": [{{...}}, ...]}}')
        unused.update(str(name) for name in request if name not in ("request", "items"))
        heads.append(request.get("request") or {})
        items.extend(request["items"])
        offsets.append(len(items))
    for what, rows in (("request", heads), ("item", items)):
        for at, row in enumerate(rows):
            if not isinstance(row, Mapping):
                raise DataError(f"{what} {at} is a {type(row).__name__}, not a dict of its fields")
    columns: Dict[str, pa.Array] = {}
    for scope, rows in (("request", heads), ("item", items)):
        schema = model.schema(scope)
        names = dict.fromkeys(str(name) for row in rows for name in row)
        known = {name: [plain(row.get(name)) for row in rows] for name in names if _is_known(name, schema)}
        unused.update(f"{scope}.{name}" for name in names if name not in known)
        table = as_table(known, schema) if known else pa.table({})
        columns.update(_columns_of(table, model, scope))
    return Rows(columns, np.array(offsets, np.int64))


def _is_known(name: str, schema: pa.Schema) -> bool:
    return any(field.name == name or field.name.startswith(name + ".") for field in schema)


# -- Tables --------------------------------------------------------------------------------------------


def _from_table(table: pa.Table, model: ModelInfo, by: Optional[str], unused: Set[str]) -> Rows:
    names = [str(name) for name in table.column_names]
    if len(set(names)) < len(names):
        raise DataError("two columns have one name: " + ", ".join(sorted({n for n in names if names.count(n) > 1})))
    is_nested = "items" in names and not any(f.name == "items" or f.name.startswith("items.") for f in model.fields)
    if by is not None and by not in names:
        raise DataError(f"by={by!r}: the table has no column {by!r}")
    used: Set[str] = {by} if by is not None and not _fields_called(by, model) else set()
    if is_nested:
        if by is not None:
            raise DataError('by=... is for a row an item; with a column "items" a row is a request')
        rows = _nested(table, model, used, unused)
    elif by is not None:
        rows = _grouped(table, model, by, used)
    else:
        offsets = np.arange(table.num_rows + 1, dtype=np.int64)
        rows = Rows(_flat(table, model, used), offsets)
    unused.update(name for name in names if name not in used)
    return rows


def _fields_called(name: str, model: ModelInfo) -> List[FieldInfo]:
    return [f for f in model.fields if name in (f.name, f.qualified) or f.name.startswith(name + ".")
            or f.qualified.startswith(name + ".")]


def _flat(table: pa.Table, model: ModelInfo, used: Set[str]) -> Dict[str, pa.Array]:
    """A row is a request with one item: each field's own column."""
    for name in table.column_names:
        found = _fields_called(name, model)
        used.update([name] if found else [])
        if len({f.scope for f in found}) > 1:
            raise DataError(f"the column {name!r} could be {' or '.join(f.qualified for f in found)}: name it so")
    columns: Dict[str, pa.Array] = {}
    for scope in ("request", "item"):
        columns.update(_columns_of(table, model, scope))
    return columns


def _grouped(table: pa.Table, model: ModelInfo, by: str, used: Set[str]) -> Rows:
    """Rows that follow one another with one value of `by` are the items of a request, whose fields the first has."""
    codes = pc.dictionary_encode(_whole(table.column(by)), null_encoding="encode").indices.to_numpy()
    starts = np.flatnonzero(np.diff(codes.astype(np.int64), prepend=-1))
    if len(np.unique(codes[starts])) < len(starts):
        raise DataError(f"the rows of one {by!r} do not follow one another: sort the table by it")
    columns = _flat(table, model, used)
    first = pa.array(starts)
    taken = {name: column.take(first) if name.startswith("request.") else column for name, column in columns.items()}
    return Rows(taken, np.append(starts, table.num_rows).astype(np.int64))


def _nested(table: pa.Table, model: ModelInfo, used: Set[str], unused: Set[str]) -> Rows:
    """A row is a request, and its column `items` is a list of structs."""
    items = _whole(table.column("items"))
    used.add("items")
    kind = items.type
    if not is_list(kind) or not (pa.types.is_struct(kind.value_type) or pa.types.is_null(kind.value_type)):
        raise DataError(f'the column "items" is {kind}, not a list of structs')
    lengths = pc.fill_null(pc.list_value_length(items), 0).to_numpy(zero_copy_only=False).astype(np.int64)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    structs = pc.list_flatten(items)
    of_items = pa.table(dict(zip([f.name for f in structs.type], structs.flatten()))) if pa.types.is_struct(structs.type) \
        else pa.table({})
    columns: Dict[str, pa.Array] = {}
    for scope, of in (("request", table), ("item", of_items)):
        for name in of.column_names:
            found = [f for f in _fields_called(name, model) if f.scope == scope]
            if found and scope == "request":
                used.add(name)
            if not found and scope == "item":
                unused.add(f"items.{name}")
        columns.update(_columns_of(of, model, scope))
    return Rows(columns, offsets)


# -- Both ----------------------------------------------------------------------------------------------


def _columns_of(table: pa.Table, model: ModelInfo, scope: str) -> Dict[str, pa.Array]:
    """The columns of the fields of `scope` that have one."""
    found = {field.qualified: _column(table, field) for field in model.fields if field.scope == scope}
    return {name: column for name, column in found.items() if column is not None}


def _check_all_there(rows: Rows, model: ModelInfo) -> None:
    count = {"request": rows.requests, "item": rows.items}
    missing = [f"{field.qualified} ({field.type})" for field in model.fields
               if not field.optional and count[field.scope] > 0 and field.qualified not in rows.columns]
    if missing:
        raise DataError(f"{model.name} needs {', '.join(missing)}, and the data does not have "
                        + ("it" if len(missing) == 1 else "them"))


def _column(table: pa.Table, field: FieldInfo) -> Optional[pa.Array]:
    for prefix in (field.scope + ".", ""):
        if prefix + field.name in table.column_names:
            return _whole(table.column(prefix + field.name))
        owner, dot, member = field.name.rpartition(".")
        if dot and prefix + owner in table.column_names:
            return _member(_whole(table.column(prefix + owner)), member, field)
    return None


def _member(structs: pa.Array, member: str, field: FieldInfo) -> Optional[pa.Array]:
    """A member of a list of structs as a list of its own; None: the structs do not have it."""
    if pa.types.is_null(structs.type) or (is_list(structs.type) and pa.types.is_null(structs.type.value_type)):
        return pa.nulls(len(structs)) if pa.types.is_null(structs.type) else structs
    if not is_list(structs.type) or not pa.types.is_struct(structs.type.value_type):
        raise DataError(f"the column of {field.qualified} is {structs.type}, not a list of structs")
    if structs.type.value_type.get_field_index(member) < 0:
        return None
    lengths = pc.list_value_length(structs)
    offsets = np.concatenate([[0], np.cumsum(pc.fill_null(lengths, 0).to_numpy(zero_copy_only=False))])
    values = pc.struct_field(pc.list_flatten(structs), member)
    made = pa.LargeListArray.from_arrays(pa.array(offsets, pa.int64()), values)
    if structs.null_count == 0:
        return made
    return made.take(pa.array(np.arange(len(structs)), mask=pc.is_null(structs).to_numpy(zero_copy_only=False)))


def is_list(kind: pa.DataType) -> bool:
    return pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)


def _whole(column: Any) -> pa.Array:
    """A column as one array."""
    if isinstance(column, pa.ChunkedArray):
        column = pa.concat_arrays(column.chunks) if column.num_chunks else pa.array([], column.type)
    return column
