# SPDX-License-Identifier: Apache-2.0
"""Reads tensor sequences as NumPy arrays that point into the buffer (docs/tensor-sequence.md).

    for sequence in read_file("features.ts"):
        tags = sequence["tags"]
        tags.values[tags.offsets[3]:tags.offsets[4]]   # the ids of item 3, uint64
"""

from __future__ import annotations

import dataclasses
import os
import struct
from typing import Iterator, Optional

import numpy as np

try:
    import xxhash
except ImportError:  # the sum is then computed in Python, a few microseconds a hundred bytes
    xxhash = None

MAGIC = b"FEATCTSQ"
VERSION = 2  # the newest; versions 1 and 2 are read
HEADER = struct.Struct("<8sIIQQQQQIIQQQII")
RECORD = struct.Struct("<IIIIIBBBBIIQQQ")
ZSTD, POSITIONS = 1, 2
OFFSETS, WEIGHTS, ELEMENTS, PAD_LEFT = 1, 2, 4, 8
KINDS = ("sparse", "dense", "sequence")


class TensorSequenceError(ValueError):
    """The bytes are truncated, damaged, of another version, or compressed with nothing to unpack them."""


@dataclasses.dataclass(frozen=True)
class Tensor:
    """One output. Rows are items, or requests where ``is_request`` holds.

    In a sequence group a row has elements ``element_offsets[row]`` to ``element_offsets[row + 1]`` and each element is a
    cell; else each row is one. A cell has ``values[offsets[cell]:offsets[cell + 1]]``, or without offsets
    ``values[cell]``, which has ``width`` columns.
    """

    name: str
    group: str
    kind: str  # "sparse", "dense" or "sequence"
    slot: int  # 0 for dense outputs
    is_request: bool
    length: int  # the most ids or elements a row can have, of sequences and groups; else 0
    values: np.ndarray  # uint64 ids (0: none, or a missing element) or float32; [values] or [cells, width]
    offsets: Optional[np.ndarray]  # int32 [cells + 1]
    weights: Optional[np.ndarray]  # float32, shaped as values
    element_offsets: Optional[np.ndarray]  # int32 [rows + 1]
    pad_left: bool = False  # who fills rows up to `length` does so before their first value, not behind the last


@dataclasses.dataclass(frozen=True)
class TensorSequence:
    """One result: R requests, M items, a tensor an output."""

    model: str
    fingerprint: int
    semantics: int
    item_offsets: np.ndarray  # int64 [R + 1]
    status: np.ndarray  # uint8 [M]; where it is not 0 the item failed and its rows mean nothing
    input_rows: Optional[np.ndarray]  # uint64 [3, M]: row, request, item in the input
    tensors: dict[str, Tensor]

    def __getitem__(self, name: str) -> Tensor:
        return self.tensors[name]


def _xxh64(data: bytes | memoryview) -> int:
    if xxhash is not None:
        return xxhash.xxh64_intdigest(data)
    mask = (1 << 64) - 1
    p1, p2, p3, p4, p5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0x85EBCA77C2B2AE63,
                          0x27D4EB2F165667C5)

    def rotate(value: int, bits: int) -> int:
        return ((value << bits) | (value >> (64 - bits))) & mask

    size = len(data)
    words = np.frombuffer(data, "<u8", size // 8).tolist()
    lanes = len(words) // 4 * 4
    total = p5
    if lanes:
        v = [(p1 + p2) & mask, p2, 0, -p1 & mask]
        for i in range(lanes):
            v[i % 4] = rotate((v[i % 4] + words[i] * p2) & mask, 31) * p1 & mask
        total = (rotate(v[0], 1) + rotate(v[1], 7) + rotate(v[2], 12) + rotate(v[3], 18)) & mask
        for lane in v:
            total = ((total ^ (rotate(lane * p2 & mask, 31) * p1 & mask)) * p1 + p4) & mask
    total = (total + size) & mask
    for word in words[lanes:]:
        total = (rotate(total ^ (rotate(word * p2 & mask, 31) * p1 & mask), 27) * p1 + p4) & mask
    # What is summed is always whole words: the format's sizes are multiples of 8.
    total = (total ^ total >> 33) * p2 & mask
    total = (total ^ total >> 29) * p3 & mask
    return total ^ total >> 32


def _padded(size: int) -> int:
    return (size + 7) // 8 * 8


class _Parts:
    """Hands out arrays of the body one behind the other."""

    def __init__(self, body: memoryview, at: int):
        self.body, self.at = body, at

    def take(self, dtype: str, count: int) -> np.ndarray:
        size = count * np.dtype(dtype).itemsize
        if count < 0 or self.at + _padded(size) > len(self.body):
            raise TensorSequenceError("corrupted: a part is outside the buffer")
        out = np.frombuffer(self.body, dtype, count, self.at)
        self.at += _padded(size)
        return out


def _check_offsets(offsets: np.ndarray, last: int) -> np.ndarray:
    if offsets[0] != 0 or offsets[-1] != last or np.any(np.diff(offsets) < 0):
        raise TensorSequenceError("corrupted: offsets that descend")
    return offsets


def _tensor(record: tuple, names: bytes, body: memoryview, requests: int, items: int) -> Tensor:
    (name_at, name_bytes, group_at, group_bytes, slot, kind, is_request, dtype, parts, width, length, cells, values,
     at) = record
    rows = requests if is_request else items
    if (max(name_at + name_bytes, group_at + group_bytes) > len(names) or kind > 2 or is_request > 1 or
            dtype not in (1, 2) or parts > 15 or at % 8 != 0 or at > len(body)):
        raise TensorSequenceError("corrupted: a tensor's record is impossible")
    if not parts & ELEMENTS and cells != rows or not parts & OFFSETS and values != cells * width:
        raise TensorSequenceError("corrupted: a tensor with a wrong number of rows or values")
    left = _Parts(body, at)
    elements = _check_offsets(left.take("<i4", rows + 1), cells) if parts & ELEMENTS else None
    offsets = _check_offsets(left.take("<i4", cells + 1), values) if parts & OFFSETS else None
    data = left.take("<u8" if dtype == 1 else "<f4", values)
    weights = left.take("<f4", values) if parts & WEIGHTS else None
    if offsets is None and width > 0:
        data = data.reshape(cells, width)
        weights = None if weights is None else weights.reshape(cells, width)
    try:
        name = names[name_at:name_at + name_bytes].decode()
        group = names[group_at:group_at + group_bytes].decode()
    except UnicodeDecodeError as error:
        raise TensorSequenceError("corrupted: a name is not UTF-8") from error
    return Tensor(name, group, KINDS[kind], slot, bool(is_request), length, data, offsets, weights, elements,
                  bool(parts & PAD_LEFT))


def total_bytes(data: bytes | memoryview) -> int:
    """How long the buffer at the start of ``data`` is; its first 96 bytes are enough."""
    if len(data) < HEADER.size:
        raise TensorSequenceError("truncated: not even a whole header is there")
    magic, version, _, total = HEADER.unpack_from(data)[:4]
    if magic != MAGIC:
        raise TensorSequenceError("not a tensor sequence: the magic bytes are wrong")
    if not 1 <= version <= VERSION:
        raise TensorSequenceError(f"version {version} of the format, this reader knows 1 to {VERSION}")
    return total


def read(data: bytes | bytearray | memoryview, max_bytes: int = 1 << 30) -> TensorSequence:
    """The buffer at the start of ``data``; arrays point into it, unless it is compressed.

    ``max_bytes``: the most that a compressed body may unpack to.
    """
    data = memoryview(data).cast("B")
    total = total_bytes(data)
    (_, _, flags, _, checksum, body_bytes, stored, fingerprint, semantics, tensors, requests, items, _, model_bytes,
     names_bytes) = HEADER.unpack_from(data)
    if total > len(data):
        raise TensorSequenceError("truncated: the buffer is shorter than its header says")
    if (total < HEADER.size or total % 8 or body_bytes % 8 or _padded(stored) != total - HEADER.size or
            not flags & ZSTD and stored != body_bytes):
        raise TensorSequenceError("corrupted: the sizes in the header contradict one another")
    if _xxh64(data[32:total]) != checksum:
        raise TensorSequenceError("corrupted: the checksum is wrong")
    if flags & ~(ZSTD | POSITIONS):
        raise TensorSequenceError("it has flags that this reader does not know")
    body = data[HEADER.size:HEADER.size + stored]
    if flags & ZSTD:
        if body_bytes > max_bytes:
            raise TensorSequenceError(f"it would unpack to {body_bytes} bytes: more than max_bytes")
        body = memoryview(_unpack(body, body_bytes))
    parts = _Parts(body, 0)
    item_offsets = _check_offsets(parts.take("<i8", requests + 1), items)
    status = parts.take("u1", items)
    rows = parts.take("<u8", 3 * items).reshape(3, items) if flags & POSITIONS else None
    records = parts.take("u1", tensors * RECORD.size)
    names = bytes(parts.take("u1", names_bytes))
    if model_bytes > len(names):
        raise TensorSequenceError("corrupted: the names are outside the buffer")
    found = [_tensor(record, names, body, requests, items) for record in RECORD.iter_unpack(records)]
    return TensorSequence(names[:model_bytes].decode(errors="replace"), fingerprint, semantics, item_offsets, status,
                          rows, {tensor.name: tensor for tensor in found})


def _unpack(body: memoryview, size: int) -> bytes:
    try:
        import zstandard
    except ImportError as error:
        raise TensorSequenceError("it is compressed: install the package zstandard") from error
    try:
        out = zstandard.ZstdDecompressor().decompress(body, max_output_size=size)
    except zstandard.ZstdError as error:
        raise TensorSequenceError("corrupted: the compressed body does not unpack") from error
    if len(out) != size:
        raise TensorSequenceError("corrupted: the compressed body does not unpack")
    return out


def read_file(path: str) -> Iterator[TensorSequence]:
    """The buffers of a file, one after another; the file is mapped and not read."""
    data = np.memmap(path, np.uint8, "r") if os.path.getsize(path) else b""
    view, at = memoryview(data), 0
    while at < len(view):
        yield read(view[at:])
        at += total_bytes(view[at:])
