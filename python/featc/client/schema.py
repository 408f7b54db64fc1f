# SPDX-License-Identifier: Apache-2.0
"""What a model takes and gives, as its server describes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Sequence, Tuple

import pyarrow as pa

from featc.arrow_input import arrow_type


@dataclass(frozen=True)
class FieldInfo:
    """A field of the config."""

    name: str  # `price`; of a member of a list of structs `visits.id`
    scope: str  # "request" or "item"
    type: str  # as the config has it: `list<string>`
    optional: bool  # whether it may be missing

    @property
    def qualified(self) -> str:
        """`item.price`."""
        return f"{self.scope}.{self.name}"

    @property
    def is_member(self) -> bool:
        """Whether it is a member of a list of structs."""
        return "." in self.name


@dataclass(frozen=True)
class TensorInfo:
    """A tensor that the model gives."""

    name: str
    datatype: str  # of the Open Inference Protocol: "FP32"
    shape: Tuple[int, ...]  # -1: any size
    scope: str  # "request" or "item": what a row is


@dataclass(frozen=True)
class ModelInfo:
    """A version of a model, or of a config that is served without one."""

    name: str
    version: str
    fingerprint: str  # 16 hexadecimal digits
    fields: Tuple[FieldInfo, ...]
    outputs: Tuple[TensorInfo, ...]

    @property
    def gives_scores(self) -> bool:
        """Whether it has an output `score`; a config that is served without a network gives features."""
        return any(output.name == "score" for output in self.outputs)

    def schema(self, scope: str) -> pa.Schema:
        """The fields of a scope with their Arrow types."""
        return pa.schema([(f.name, _arrow(f)) for f in self.fields if f.scope == scope])

    def flat_schema(self) -> pa.Schema:
        """The fields of both scopes, with their scope where both have one of a name."""
        names = [f.name for f in self.fields]
        return pa.schema([(f.qualified if names.count(f.name) > 1 else f.name, _arrow(f)) for f in self.fields])


def _arrow(field: FieldInfo) -> pa.DataType:
    return arrow_type(field.type.replace("?", ""))


def parse_metadata(metadata: Mapping[str, Any]) -> ModelInfo:
    """Of the answer to GET /v2/models/NAME. Raises KeyError, TypeError or ValueError if it is none of featc's."""
    fields: Dict[str, FieldInfo] = {}
    for tensor in metadata["inputs"]:
        said = tensor["parameters"]
        scope, dot, name = said["field"].partition(".")
        if not dot:
            continue  # item_offsets
        # All tensors of a field say the same of it.
        fields.setdefault(said["field"], FieldInfo(name, scope, said["type"].removesuffix("?"), said["optional"]))
    outputs = tuple(
        TensorInfo(t["name"], t["datatype"], tuple(t["shape"]), t["parameters"]["scope"]) for t in metadata["outputs"]
    )
    versions: Sequence[str] = metadata["versions"]
    return ModelInfo(metadata["name"], versions[0], metadata["parameters"]["fingerprint"], tuple(fields.values()), outputs)
