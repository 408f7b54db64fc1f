# SPDX-License-Identifier: Apache-2.0
"""What a server refused, or that it could not be asked."""

from __future__ import annotations

from typing import Optional

from featc.errors import FeatcError


class ClientError(FeatcError):
    """A server did not give what it was asked for.

    code: the HTTP status of its answer; None if none came
    text: what it said, or what went wrong here
    url:  what was asked
    """

    def __init__(self, code: Optional[int], text: str, url: str):
        self.code = code
        self.text = text
        self.url = url
        super().__init__(f"{url}: {text}" if code is None else f"{url}: {code}: {text}")

    def __reduce__(self):
        return type(self), (self.code, self.text, self.url)


class BadRequestError(ClientError, ValueError):
    """The request is at fault (400 to 499 without 408): the text says where. Asking again does not help."""


class DeadlineError(ClientError, TimeoutError):
    """No answer came in time: the server said so (504, 408), or nothing came (`code` is None)."""


class OverloadError(ClientError):
    """The server refuses requests for now (503).

    retry_after: seconds after which it wants to be asked again; None if it did not say
    """

    def __init__(self, code: Optional[int], text: str, url: str, retry_after: Optional[float] = None):
        super().__init__(code, text, url)
        self.retry_after = retry_after

    def __reduce__(self):
        return type(self), (self.code, self.text, self.url, self.retry_after)


class UnreachableError(ClientError, ConnectionError):
    """No server could be connected to, or the connection broke before the answer was there."""
