# SPDX-License-Identifier: Apache-2.0
"""Features as NumPy arrays: jagged (values and offsets) or padded to a rectangle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Optional, Tuple, Union

import numpy as np
import pyarrow as pa

from featc._featc import PAYLOAD_BITS

_PAYLOAD_MASK = np.int64((1 << PAYLOAD_BITS) - 1)


def slot(ids):
    """The slot of each id: the upper 20 bits."""
    return np.asarray(ids).view(np.uint64) >> np.uint64(PAYLOAD_BITS)


def payload(ids):
    """The payload of each id as int64: the lower 44 bits."""
    return np.asarray(ids).view(np.int64) & _PAYLOAD_MASK


@dataclass(frozen=True)
class Jagged:
    """One feature: row i has values[offsets[i] : offsets[i + 1]].

    values:  int64, shape (n,): ids, or their payloads. Of a dense feature of a sequence group float32, (n,) or (n, width).
    offsets: int64, shape (rows + 1,): from 0 to n.
    weights: float32, shape (n,), where the feature is weighted, else None.
    element_offsets: None, but of a feature of a sequence group whose elements may have several ids: then int64, shape
        (rows + 1,), row i has elements element_offsets[i] to element_offsets[i + 1] - 1, and element e has
        values[offsets[e] : offsets[e + 1]].

    Where a group's elements have one value each, `offsets` is of rows, and an element without an id has 0.

    All are writable and contiguous and belong to the Jagged alone, so `torch.from_dlpack(feature.values)` shares them.
    """

    values: np.ndarray
    offsets: np.ndarray
    weights: Optional[np.ndarray] = None
    element_offsets: Optional[np.ndarray] = None

    def __len__(self) -> int:
        """Rows."""
        return len(self.offsets if self.element_offsets is None else self.element_offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """int64: number of values per row, or per element with `element_offsets`, as a KeyedJaggedTensor needs them."""
        return np.diff(self.offsets)

    def __getitem__(self, row: int) -> Union[np.ndarray, List[np.ndarray]]:
        """The values of a row; with `element_offsets` a list with the values of each element."""
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        row %= len(self)
        if self.element_offsets is None:
            return self.values[self.offsets[row] : self.offsets[row + 1]]
        found = range(self.element_offsets[row], self.element_offsets[row + 1])
        return [self.values[self.offsets[e] : self.offsets[e + 1]] for e in found]


class _Memory:
    """Memory of a buffer as NumPy takes it over: writable, and kept as long as an array looks at it.

    Nobody else sees it: featc computed it for this one result, whose table is not handed out.
    """

    def __init__(self, buffer: pa.Buffer, offset: int, count: int, dtype) -> None:
        self._buffer = buffer
        dtype = np.dtype(dtype)
        self.__array_interface__ = {
            "version": 3,
            "typestr": dtype.str,
            "shape": (count,),
            "data": (buffer.address + offset * dtype.itemsize, False),
        }


def _numbers(array: pa.Array, dtype) -> np.ndarray:
    """The values of a primitive array without its bitmap: a view."""
    buffer = array.buffers()[1]
    if buffer is None or len(array) == 0:
        return np.empty(0, dtype)
    return np.asarray(_Memory(buffer, array.offset, len(array), dtype))


def _offsets(array: pa.Array) -> np.ndarray:
    """Those of a large_list array: a view."""
    buffer = array.buffers()[1]
    if buffer is None or len(array) == 0:
        return np.zeros(1, np.int64)
    return np.asarray(_Memory(buffer, array.offset, len(array) + 1, np.int64))


def _joined(parts: List[np.ndarray], shape=(0,), dtype=np.int64) -> np.ndarray:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(shape, dtype)


def _joined_offsets(parts: List[np.ndarray]) -> np.ndarray:
    """One row of offsets behind the other, each of which starts with 0."""
    if len(parts) == 1:
        return parts[0]
    out = np.zeros(sum(len(part) - 1 for part in parts) + 1, np.int64)
    at = 0
    for part in parts:
        out[at + 1 : at + len(part)] = part[1:] + out[at]
        at += len(part) - 1
    return out


def _ids(arrays: List[pa.Array], payloads: bool) -> Tuple[np.ndarray, Optional[np.ndarray]]:
    """The ids of arrays of uint64 or of pairs with weights, and the weights."""
    weighted = bool(arrays) and pa.types.is_struct(arrays[0].type)
    ids = _joined([_numbers(a.field(0) if weighted else a, np.int64) for a in arrays])
    if payloads:
        np.bitwise_and(ids, _PAYLOAD_MASK, out=ids)
    return ids, _joined([_numbers(a.field(1), np.float32) for a in arrays], dtype=np.float32) if weighted else None


def _weights_of_none(type_: pa.DataType) -> Optional[np.ndarray]:
    return np.empty(0, np.float32) if pa.types.is_struct(type_) else None


def jagged(column: pa.ChunkedArray, payloads: bool) -> Jagged:
    """A column of large lists of ids; the pieces of one chunk are views, those of several are copied together."""
    if not column.chunks:
        return Jagged(np.empty(0, np.int64), np.zeros(1, np.int64), _weights_of_none(column.type.value_type))
    values, weights = _ids([chunk.values for chunk in column.chunks], payloads)
    return Jagged(values, _joined_offsets([_offsets(chunk) for chunk in column.chunks]), weights)


def elements(column: pa.ChunkedArray, is_dense: bool, width: int, payloads: bool) -> Jagged:
    """The same of a feature of a sequence group: large lists of what one element has."""
    inner = [chunk.values for chunk in column.chunks]
    rows = _joined_offsets([_offsets(chunk) for chunk in column.chunks]) if inner else np.zeros(1, np.int64)
    if is_dense:
        return Jagged(dense(pa.chunked_array(inner, column.type.value_type), width), rows)
    if not pa.types.is_large_list(column.type.value_type):
        return Jagged(_ids(inner, payloads)[0], rows)
    cells = jagged(pa.chunked_array(inner, column.type.value_type), payloads)
    return Jagged(cells.values, cells.offsets, cells.weights, rows)


def padded(values: np.ndarray, offsets: np.ndarray, width: int, left: bool = False) -> np.ndarray:
    """Rows side by side in shape (rows, width, ...), 0 behind the last value of each or, `left`, before the first; longer
    rows must not be."""
    lengths = np.diff(offsets)
    out = np.zeros((len(lengths), width) + values.shape[1:], values.dtype)
    at = np.arange(width)
    out[at >= width - lengths[:, None] if left else at < lengths[:, None]] = values
    return out


def dense(column: pa.ChunkedArray, width: int) -> np.ndarray:
    """float32, shape (rows,), or (rows, width) where the width is more than 1; a view of a single chunk."""
    parts = []
    for chunk in column.chunks:
        if width > 1:
            values = _numbers(chunk.values, np.float32)
            first = chunk.offset * width
            parts.append(values[first : first + len(chunk) * width].reshape(-1, width))
        else:
            parts.append(_numbers(chunk, np.float32))
    return _joined(parts, (0, width) if width > 1 else (0,), np.float32)
