# SPDX-License-Identifier: Apache-2.0
"""Features as NumPy arrays: jagged (values and offsets) or padded to a rectangle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple

import numpy as np
import pyarrow as pa

PAYLOAD_BITS = 44
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

    values:  int64, shape (n,): ids, or their payloads.
    offsets: int64, shape (rows + 1,): from 0 to n.
    weights: float32, shape (n,), where the feature is weighted, else None.

    All are writable, contiguous and own their memory, so `torch.from_dlpack(feature.values)` shares it.
    """

    values: np.ndarray
    offsets: np.ndarray
    weights: Optional[np.ndarray] = None

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> np.ndarray:
        """int64, shape (rows,): values a row, as a KeyedJaggedTensor wants them."""
        return np.diff(self.offsets)

    def __getitem__(self, row: int) -> np.ndarray:
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        row %= len(self)
        return self.values[self.offsets[row] : self.offsets[row + 1]]


def _numbers(array: pa.Array, dtype) -> np.ndarray:
    """The values of a primitive array without its bitmap: a view."""
    buffer = array.buffers()[1]
    if buffer is None or len(array) == 0:
        return np.empty(0, dtype)
    return np.frombuffer(buffer, dtype, count=array.offset + len(array))[array.offset :]


def _parts(chunk: pa.Array) -> Tuple[np.ndarray, np.ndarray, Optional[np.ndarray]]:
    """Offsets from 0, ids and weights of one chunk of a list column: views but for the offsets."""
    offsets = _numbers(chunk.offsets, np.int32).astype(np.int64)
    if len(offsets) == 0:
        offsets = np.zeros(1, np.int64)
    values = chunk.values
    weights = None
    if pa.types.is_struct(values.type):
        weights = _numbers(values.field(1), np.float32)
        values = values.field(0)
    ids = _numbers(values, np.int64)
    first, last = offsets[0], offsets[-1]
    return offsets - first, ids[first:last], None if weights is None else weights[first:last]


def jagged(column: pa.ChunkedArray, payloads: bool) -> Jagged:
    """A column of ids; one pass copies the chunks together and takes the slots off."""
    parts = [_parts(chunk) for chunk in column.chunks]
    total = sum(len(ids) for _, ids, _ in parts)
    weighted = pa.types.is_struct(column.type.value_type)
    values = np.empty(total, np.int64)
    offsets = np.zeros(len(column) + 1, np.int64)
    weights = np.empty(total, np.float32) if weighted else None
    row = at = 0
    for chunk_offsets, ids, chunk_weights in parts:
        end = at + len(ids)
        np.bitwise_and(ids, _PAYLOAD_MASK if payloads else np.int64(-1), out=values[at:end])
        if weights is not None:
            weights[at:end] = chunk_weights
        rows = len(chunk_offsets) - 1
        offsets[row + 1 : row + 1 + rows] = chunk_offsets[1:] + at
        row, at = row + rows, end
    return Jagged(values, offsets, weights)


def padded(values: np.ndarray, offsets: np.ndarray, width: int) -> np.ndarray:
    """Rows side by side in shape (rows, width), 0 behind the last value of each; longer rows must not be."""
    lengths = np.diff(offsets)
    out = np.zeros((len(lengths), width), values.dtype)
    out[np.arange(width) < lengths[:, None]] = values
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
    if len(parts) == 1:
        return parts[0]
    shape = (0, width) if width > 1 else (0,)
    return np.concatenate(parts) if parts else np.empty(shape, np.float32)
