# SPDX-License-Identifier: Apache-2.0
"""The clients: one that waits, one for asyncio."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any, Dict, Mapping, Optional, Sequence, Union
from urllib.parse import quote

from featc.client.answers import Features, NotAnAnswer, Scores, features_of, scores_of, tensors_of
from featc.client.errors import BadRequestError, ClientError
from featc.client.exchange import Answered, Broken, Deadline, Exchange, Late, Reply, Send, Servers, Wait
from featc.client.rows import Rows, rows_of
from featc.client.schema import ModelInfo, parse_metadata
from featc.client.tensors import body_of
from featc.errors import DataError

try:
    import httpx
except ImportError as missing:
    raise ImportError("featc.client needs httpx: pip install 'featc[client]'") from missing

# Less than the 75 s after which featc serve closes a connection that nobody uses.
_KEEP_SECONDS = 60.0
# From the frame that warns of data: to the caller of score() and features().
_CALLER = 5
# httpx's errors in which nothing was sent.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class _Base:
    """What both clients do, as exchanges that one of them drives."""

    def __init__(self, url: Union[str, Sequence[str]], timeout: float, retries: int, headers: Optional[Mapping[str, str]]):
        Deadline(timeout)
        if retries < 0:
            raise ValueError(f"retries={retries!r} is below 0")
        self._servers = Servers([url] if isinstance(url, str) else list(url), retries)
        self._timeout = timeout
        self._headers = dict(headers or {})
        self._models: Dict[str, ModelInfo] = {}

    def _deadline(self, timeout: Optional[float]) -> Deadline:
        return Deadline(self._timeout if timeout is None else timeout)

    def _model(self, name: str, deadline: Deadline) -> Exchange:
        reply = yield from self._servers.ask("GET", _path(name), self._headers, None, deadline)
        try:
            model = parse_metadata(json.loads(reply.body))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise ClientError(200, "this is not an answer of featc serve", reply.url) from None
        self._models[name] = model
        return model

    def _ready(self, name: Optional[str], deadline: Deadline) -> Exchange:
        path = "/v2/health/ready" if name is None else _path(name) + "/ready"
        for url in self._servers.urls:
            try:
                yield from Servers([url], 0).ask("GET", path, self._headers, None, deadline)
                return True
            except BadRequestError:
                raise
            except ClientError:
                pass
        return False

    def _infer(self, name: str, data: Any, by: Optional[str], outputs: Optional[Sequence[str]], timeout: Optional[float],
               request_id: Optional[str], traceparent: Optional[str], *, want_scores: bool) -> Exchange:
        """Gives Scores or Features."""
        if want_scores and outputs is not None:
            outputs = ["score", *outputs]
        deadline = self._deadline(timeout)
        model = self._models.get(name)
        is_known = model is not None
        if model is None:
            model = yield from self._model(name, deadline)
        while True:
            try:
                rows, reply = yield from self._once(
                    model, data, by, outputs, request_id, traceparent, want_scores, deadline)
                break
            except (BadRequestError, DataError):
                # The server may have another version than when it was asked what the model takes.
                if not is_known:
                    raise
                known, is_known = model, False
                model = yield from self._model(name, deadline)
                if model.fingerprint == known.fingerprint:
                    raise
        common, tensors = _decoded(reply, _read, reply, rows)
        if common["fingerprint"] != model.fingerprint:
            model = yield from self._model(name, deadline)
        if want_scores:
            return _decoded(reply, scores_of, common, tensors)
        return _decoded(reply, features_of, common, tensors, model, rows)

    def _once(self, model: ModelInfo, data: Any, by: Optional[str], outputs: Optional[Sequence[str]],
              request_id: Optional[str], traceparent: Optional[str], want_scores: bool, deadline: Deadline) -> Exchange:
        if want_scores and not model.gives_scores:
            raise BadRequestError(None, f"{model.name} gives features and no scores: ask features()",
                                  self._servers.urls[0] + _path(model.name))
        rows = rows_of(data, model, by, _CALLER)
        body, json_bytes = body_of(rows, model, outputs, request_id)
        headers = {**self._headers, "Content-Type": "application/octet-stream",
                   "Inference-Header-Content-Length": str(json_bytes)}
        if traceparent is not None:
            headers["traceparent"] = traceparent
        reply = yield from self._servers.ask("POST", _path(model.name) + "/infer", headers, body, deadline)
        return rows, reply


def _path(name: str) -> str:
    return f"/v2/models/{quote(name, safe='')}"


def _decoded(reply: Answered, decode: Any, *answer: Any) -> Any:
    try:
        return decode(*answer)
    except (NotAnAnswer, KeyError, ValueError) as problem:
        raise ClientError(200, f"the answer cannot be read: {problem}", reply.url) from None


def _read(reply: Answered, rows: Rows) -> Any:
    """What every answer says, as the members of an Answer; and the tensors by name."""
    json_bytes = reply.headers.get("inference-header-content-length")
    head, tensors = tensors_of(reply.body, None if json_bytes is None else int(json_bytes))
    said = head["parameters"]
    status = tensors["status"]
    if status.shape != (rows.items,):
        raise NotAnAnswer(f"{rows.items} items were sent, and {len(status)} came back")
    degraded = reply.headers.get("featc-degraded", "")
    common = {
        "model": head["model_name"],
        "request_id": head.get("id"),
        "version": head["model_version"],
        "fingerprint": said["fingerprint"],
        "epoch": said.get("epoch"),
        "delta": int(said["delta"]) if "delta" in said else None,
        "degraded": tuple(name for name in degraded.split(",") if name),
        "offsets": rows.offsets,
        "status": status,
    }
    return common, tensors


class Client(_Base):
    """Asks `featc serve`, and waits for its answers. Threads may share one: it keeps connections open and uses them again.

    url:         of the server, "http://scorer:8080", or of several that answer alike, which are asked in turn
    timeout:     seconds that a call may take, unless it says otherwise. The server is told, and gives up then too
    retries:     how often a call is sent again, to the next server if there are several: if nothing was computed (no
                 connection; code 503, after the time that the server names), or, once, if the connection broke. Never
                 after `timeout`, nor if the request is at fault
    headers:     sent with each request, such as {"Authorization": "Bearer ..."}
    connections: the most at a time
    http:        a client of yours instead (for certificates, proxies); it is not closed by close()

    Every method raises
      BadRequestError   the request is at fault: no such model, a field that is missing
      DeadlineError     no answer came in time
      OverloadError     the server refuses requests for now
      UnreachableError  no server could be reached
      ClientError       anything else; it is the base of all these, with `code`, `text` and `url`
    and DataError if the data does not fit the model's fields.
    """

    def __init__(self, url: Union[str, Sequence[str]] = "http://127.0.0.1:8080", *, timeout: float = 1.0, retries: int = 2,
                 headers: Optional[Mapping[str, str]] = None, connections: int = 64, http: Optional[httpx.Client] = None):
        super().__init__(url, timeout, retries, headers)
        self._owned = http is None
        self._http = httpx.Client(limits=_limits(connections)) if http is None else http

    def score(self, model: str, data: Any, *, by: Optional[str] = None, outputs: Optional[Sequence[str]] = None,
              timeout: Optional[float] = None, request_id: Optional[str] = None, traceparent: Optional[str] = None) -> Scores:
        """The scores of all items of `data`, in order.

        data:        {"request": {...}, "items": [{...}, ...]}, or a list of such; or a table (pyarrow, pandas, polars,
                     a dict of columns) whose columns are named like fields. A row is one request with one item; with
                     a column `items`, a list of structs, one request with those items
        by:          a column of the table: rows that follow one another with one value of it are the items of one
                     request, whose fields are those of the first row
        outputs:     outputs of the network besides the score; None: all
        timeout:     seconds, in place of the client's
        request_id:  comes back in the server's answer and stands in its logs
        traceparent: of W3C's trace context; stands in the server's log of slow and failed requests

        A field that may be missing may be None or left out. Columns that no field uses are a DataWarning.
        """
        return self._drive(
            self._infer(model, data, by, outputs, timeout, request_id, traceparent, want_scores=True))

    def features(self, model: str, data: Any, *, by: Optional[str] = None, outputs: Optional[Sequence[str]] = None,
                 timeout: Optional[float] = None, request_id: Optional[str] = None,
                 traceparent: Optional[str] = None) -> Features:
        """The features of all items of `data`, in order; arguments as of score(). `outputs`: which features; None: all.

        The table has the columns of Config.extract(): what depends on the request only stands in each of its items.
        """
        return self._drive(
            self._infer(model, data, by, outputs, timeout, request_id, traceparent, want_scores=False))

    def model(self, name: str, *, timeout: Optional[float] = None) -> ModelInfo:
        """What a model takes and gives, as its server says now."""
        return self._drive(self._model(name, self._deadline(timeout)))

    def ready(self, model: Optional[str] = None, *, timeout: Optional[float] = None) -> bool:
        """Whether a server answers requests, for the model if one is named. Not sent again; raises BadRequestError if a
        server does not know the model."""
        return self._drive(self._ready(model, self._deadline(timeout)))

    def close(self) -> None:
        """Closes the connections."""
        if self._owned:
            self._http.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def _drive(self, exchange: Exchange) -> Any:
        reply: Reply = None
        while True:
            try:
                step = exchange.send(reply)
            except StopIteration as done:
                return done.value
            reply = None
            if isinstance(step, Wait):
                time.sleep(step.seconds)
            else:
                reply = self._send(step)

    def _send(self, step: Send) -> Reply:
        end = time.monotonic() + step.timeout
        timeout = httpx.Timeout(step.timeout, connect=step.connect_timeout)
        try:
            with self._http.stream(step.method, step.url, headers=step.headers, content=step.body, timeout=timeout) as response:
                parts = []
                # httpx limits the time of each part only.
                for part in response.iter_bytes():
                    parts.append(part)
                    if time.monotonic() >= end:
                        return Late()
                return Answered(step.url, response.status_code, response.headers, b"".join(parts))
        except httpx.TransportError as problem:
            return _failure(problem)


class AsyncClient(_Base):
    """The same for asyncio: methods of the same names and arguments, to be awaited. One belongs to one event loop."""

    def __init__(self, url: Union[str, Sequence[str]] = "http://127.0.0.1:8080", *, timeout: float = 1.0, retries: int = 2,
                 headers: Optional[Mapping[str, str]] = None, connections: int = 64,
                 http: Optional[httpx.AsyncClient] = None):
        super().__init__(url, timeout, retries, headers)
        self._owned = http is None
        self._http = httpx.AsyncClient(limits=_limits(connections)) if http is None else http

    async def score(self, model: str, data: Any, *, by: Optional[str] = None, outputs: Optional[Sequence[str]] = None,
                    timeout: Optional[float] = None, request_id: Optional[str] = None,
                    traceparent: Optional[str] = None) -> Scores:
        """As Client.score()."""
        return await self._drive(
            self._infer(model, data, by, outputs, timeout, request_id, traceparent, want_scores=True))

    async def features(self, model: str, data: Any, *, by: Optional[str] = None, outputs: Optional[Sequence[str]] = None,
                       timeout: Optional[float] = None, request_id: Optional[str] = None,
                       traceparent: Optional[str] = None) -> Features:
        """As Client.features()."""
        return await self._drive(
            self._infer(model, data, by, outputs, timeout, request_id, traceparent, want_scores=False))

    async def model(self, name: str, *, timeout: Optional[float] = None) -> ModelInfo:
        """As Client.model()."""
        return await self._drive(self._model(name, self._deadline(timeout)))

    async def ready(self, model: Optional[str] = None, *, timeout: Optional[float] = None) -> bool:
        """As Client.ready()."""
        return await self._drive(self._ready(model, self._deadline(timeout)))

    async def close(self) -> None:
        """Closes the connections."""
        if self._owned:
            await self._http.aclose()

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: Any) -> None:
        await self.close()

    async def _drive(self, exchange: Exchange) -> Any:
        reply: Reply = None
        while True:
            try:
                step = exchange.send(reply)
            except StopIteration as done:
                return done.value
            reply = None
            if isinstance(step, Wait):
                await asyncio.sleep(step.seconds)
            else:
                reply = await self._send(step)

    async def _send(self, step: Send) -> Reply:
        timeout = httpx.Timeout(step.timeout, connect=step.connect_timeout)
        sending = self._http.request(step.method, step.url, headers=step.headers, content=step.body, timeout=timeout)
        try:
            response = await asyncio.wait_for(sending, step.timeout)
        except asyncio.TimeoutError:
            return Late()
        except httpx.TransportError as problem:
            return _failure(problem)
        return Answered(step.url, response.status_code, response.headers, response.content)


def _limits(connections: int) -> httpx.Limits:
    return httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEP_SECONDS)


def _failure(problem: httpx.TransportError) -> Reply:
    if isinstance(problem, httpx.TimeoutException) and not isinstance(problem, httpx.ConnectTimeout):
        return Late()
    return Broken(str(problem) or type(problem).__name__, not isinstance(problem, _NOT_SENT))
