# SPDX-License-Identifier: Apache-2.0
"""How a server is asked: deadlines, and when it or another one is asked again. Nothing here does input or output: the
generators yield what is to be sent and get what came back, so that the clients with and without asyncio share them.

Asking computes and changes nothing, so a request that failed may be sent again. It is where nothing was computed
(no connection, 503), and once where the connection broke before an answer: no more, since what breaks one server must not go
through all of them. It is not after a deadline, nor where the server said that the request is wrong."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any, Dict, Generator, Mapping, Optional, Sequence, Union

from featc.client.errors import BadRequestError, ClientError, DeadlineError, OverloadError, UnreachableError


@dataclass(frozen=True)
class Send:
    """Something to send; the answer is an Answered, a Broken, or a Late."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Optional[bytes]
    timeout: float  # seconds, for all of it
    connect_timeout: float  # seconds, for the connection


@dataclass(frozen=True)
class Wait:
    """So many seconds are to pass."""

    seconds: float


@dataclass(frozen=True)
class Answered:
    url: str  # that was asked
    code: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Broken:
    """No answer."""

    why: str
    sent: bool  # whether the server may have had the request


@dataclass(frozen=True)
class Late:
    """No answer came in time."""


Step = Union[Send, Wait]
Reply = Union[Answered, Broken, Late, None]
Exchange = Generator[Step, Reply, Any]


class Deadline:
    def __init__(self, seconds: float):
        if not seconds > 0:
            raise ValueError(f"timeout={seconds!r} is not a number of seconds above 0")
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return self._end - time.monotonic()


class Servers:
    """The servers that answer alike, and which is next."""

    def __init__(self, urls: Sequence[str], retries: int):
        if not urls:
            raise ValueError("the list of URLs is empty: name a server")
        self.urls = [url.rstrip("/") for url in urls]
        self.retries = retries
        self._next = 0

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Optional[bytes], deadline: Deadline) -> Exchange:
        """Gives an Answered of code 200; fails with a ClientError."""
        start = self._next
        self._next = (start + 1) % len(self.urls)
        broke = False
        for attempt in range(self.retries + 1):
            url = self.urls[(start + attempt) % len(self.urls)] + path
            left = deadline.left
            if left <= 0:
                raise DeadlineError(None, f"no answer within {deadline.seconds:g} s", url)
            sent: Dict[str, str] = dict(headers)
            if body is not None:
                sent["Featc-Deadline"] = f"{max(int(left * 1e6), 1)}us"
            # A server that is not there leaves time for another attempt.
            reply = yield Send(method, url, sent, body, left, left if attempt == self.retries else left / 2)
            if isinstance(reply, Late):
                raise DeadlineError(None, f"no answer within {deadline.seconds:g} s", url)
            if isinstance(reply, Answered) and reply.code == 200:
                return reply
            error = _error_of(reply, url)
            may_ask_again = isinstance(error, OverloadError) or (isinstance(reply, Broken) and not (reply.sent and broke))
            broke = broke or (isinstance(reply, Broken) and reply.sent)
            if not may_ask_again or attempt == self.retries:
                raise error
            wait = self._wait(attempt, error)
            if wait >= deadline.left:
                raise error
            if wait > 0:
                yield Wait(wait)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, attempt: int, error: ClientError) -> float:
        """Seconds until the next attempt: none as long as there is a server that was not asked yet."""
        if (attempt + 1) % len(self.urls) != 0:
            return 0.0
        if isinstance(error, OverloadError) and error.retry_after is not None:
            return error.retry_after
        return 0.02 * 2**attempt


def _error_of(reply: Reply, url: str) -> ClientError:
    if isinstance(reply, Broken):
        return UnreachableError(None, reply.why, url)
    assert isinstance(reply, Answered)
    text = reply.body.decode("utf-8", "replace").strip()
    try:
        text = str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        pass  # of a proxy, say
    if reply.code == 503:
        return OverloadError(503, text, url, _seconds(reply.headers.get("retry-after")))
    if reply.code in (408, 504):
        return DeadlineError(reply.code, text, url)
    return (BadRequestError if 400 <= reply.code < 500 else ClientError)(reply.code, text, url)


def _seconds(text: Optional[str]) -> Optional[float]:
    try:
        return max(float(text), 0.0) if text is not None else None
    except ValueError:
        return None  # a date, which featc never sends
