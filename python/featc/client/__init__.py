# SPDX-License-Identifier: Apache-2.0
"""Asks `featc serve` for features and scores.

    with featc.client.Client("http://scorer:8080", timeout=0.2) as client:
        scores = client.score("takeaway", {"request": {...}, "items": [{...}, {...}]})
        features = client.features("takeaway", table)

`AsyncClient` has the same methods for asyncio. Data comes as dicts, as Arrow, pandas or polars tables, or as columns.
docs/client.md is the guide. It needs httpx: pip install 'featc[client]'.
"""

from featc.client.answers import Features, Scores
from featc.client.client import AsyncClient, Client
from featc.client.errors import BadRequestError, ClientError, DeadlineError, OverloadError, UnreachableError
from featc.client.schema import FieldInfo, ModelInfo, TensorInfo

__all__ = [
    "AsyncClient",
    "BadRequestError",
    "Client",
    "ClientError",
    "DeadlineError",
    "Features",
    "FieldInfo",
    "ModelInfo",
    "OverloadError",
    "Scores",
    "TensorInfo",
    "UnreachableError",
]
