# SPDX-License-Identifier: Apache-2.0
"""What a server answers: features as an Arrow table, scores as arrays."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple

import numpy as np
import pyarrow as pa

from featc.client.rows import Rows
from featc.client.schema import ModelInfo

_TYPES = {"FP32": "<f4", "INT64": "<i8", "INT32": "<i4", "UINT64": "<u8"}
_COMPANIONS = (".weights", ".offsets", ".offsets.1")


@dataclass(frozen=True)
class Answer:
    """What every answer says. M items of R requests, one request behind another."""

    model: str
    request_id: Optional[str]  # as it was asked with
    version: str  # of the model that answered
    fingerprint: str  # of its config
    epoch: Optional[str]  # of the tables of embeddings; None: the model has none
    delta: Optional[int]  # their last delta
    degraded: Tuple[str, ...]  # sources whose reads failed or were late: their fields are missing
    offsets: np.ndarray  # int64 (R + 1,): how many items there are before each request
    status: np.ndarray  # int32 (M,): 0, or why an item has no result, by the numbers of docs/server.md

    @property
    def failed(self) -> int:
        """How many items have no result."""
        return int(np.count_nonzero(self.status))


@dataclass(frozen=True)
class Scores(Answer):
    """Scores of M items."""

    score: np.ndarray  # float32 (M,); NaN where an item has none
    outputs: Dict[str, np.ndarray]  # the network's other outputs: float32 or int64, (M,) or (M, width); 0 where it has none

    def by_request(self) -> List[np.ndarray]:
        """The scores of each request: R arrays."""
        return [self.score[begin:end] for begin, end in zip(self.offsets[:-1], self.offsets[1:])]


@dataclass(frozen=True)
class Features(Answer):
    """Features of M items: a column an output, of the types of Config.extract; null where an item failed."""

    table: pa.Table


class NotAnAnswer(Exception):
    """The body is none that a featc server sends."""


def tensors_of(body: bytes, json_bytes: Optional[int]) -> Tuple[Dict[str, Any], Dict[str, np.ndarray]]:
    """The JSON of an answer and its tensors by name; `json_bytes`: how much of the body is JSON, None for all."""
    try:
        head = json.loads(body[:json_bytes])
        at = len(body) if json_bytes is None else json_bytes
        tensors: Dict[str, np.ndarray] = {}
        for tensor in head["outputs"]:
            kind = np.dtype(_TYPES[tensor["datatype"]])
            if "data" in tensor:
                values = np.array(tensor["data"], kind)
            else:
                size = tensor["parameters"]["binary_data_size"]
                values = np.frombuffer(body[at : at + size], kind)
                at += size
            tensors[tensor["name"]] = values.reshape(tensor["shape"])
        return head, tensors
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise NotAnAnswer(f"this is not an answer of featc serve: {problem!r}") from None


def scores_of(common: Mapping[str, Any], tensors: Dict[str, np.ndarray]) -> Scores:
    status = common["status"]
    others = {name: values for name, values in tensors.items() if name not in ("score", "status")}
    score = tensors["score"]
    if status.any():
        score = np.where(status == 0, score, np.float32("nan")).astype(np.float32)
    return Scores(**common, score=score, outputs=others)


def features_of(common: Mapping[str, Any], tensors: Dict[str, np.ndarray], model: ModelInfo, rows: Rows) -> Features:
    scopes = {output.name: output.scope for output in model.outputs}
    failed = common["status"] != 0
    of_requests = rows.request_of_item
    own = np.arange(rows.items)
    columns: Dict[str, pa.Array] = {}
    for name in tensors:
        if name == "status" or any(name.endswith(end) and name[: -len(end)] in tensors for end in _COMPANIONS):
            continue
        column = _column(name, tensors)
        is_of_request = scopes.get(name) == "request"
        wanted = rows.requests if is_of_request else rows.items
        if len(column) != wanted:
            raise NotAnAnswer(f"{wanted} rows of {name!r} were expected, and {len(column)} came")
        # A row an item, and none where it failed.
        if is_of_request or failed.any():
            column = column.take(pa.array(of_requests if is_of_request else own, mask=failed))
        columns[name] = column
    return Features(**common, table=pa.table(columns))


def _column(name: str, tensors: Mapping[str, np.ndarray]) -> pa.Array:
    values = tensors[name]
    elements = _elements(values)
    weights = tensors.get(name + ".weights")
    offsets = tensors.get(name + ".offsets")
    if weights is not None:
        elements = pa.StructArray.from_arrays([elements, pa.array(weights)], ["id", "weight"])
    if offsets is None:
        # 0 stands for a missing id.
        return pa.array(values, mask=values == 0) if values.dtype == np.uint64 else elements
    inner = tensors.get(name + ".offsets.1")
    if inner is not None:
        elements = _lists(inner, elements)
    return _lists(offsets, elements)


def _elements(values: np.ndarray) -> pa.Array:
    flat = pa.array(values.reshape(-1))
    return flat if values.ndim == 1 else pa.FixedSizeListArray.from_arrays(flat, values.shape[1])


def _lists(offsets: np.ndarray, elements: pa.Array) -> pa.Array:
    if offsets[-1] < 2**31:
        return pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), elements)
    return pa.LargeListArray.from_arrays(pa.array(offsets), elements)
