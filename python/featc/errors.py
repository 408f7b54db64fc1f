# SPDX-License-Identifier: Apache-2.0
"""Exceptions and warnings: mistakes of a config with their places, and bad data."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import List, Optional, Sequence


@dataclass(frozen=True)
class Note:
    """Another place that belongs to a diagnostic; `file` is None if it has no place."""

    message: str
    file: Optional[str] = None
    line: Optional[int] = None
    column: Optional[int] = None


@dataclass(frozen=True)
class Diagnostic:
    """One mistake or warning. Lines and columns count from 1, columns in code points, ends are exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    severity: str  # "error" or "warning"
    kind: str  # stable: "unknown-name"
    message: str
    notes: Sequence[Note] = ()
    fix: Optional[str] = None  # what to write in place of the range that the fix names
    text: str = ""  # as `featc check` prints it, with the line and a caret

    @classmethod
    def _parse(cls, line: str, text: str) -> "Diagnostic":
        found = json.loads(line)
        notes = tuple(Note(n["message"], n.get("file"), n.get("line"), n.get("column")) for n in found.get("notes") or ())
        fix = found.get("fix")
        return cls(
            found["file"],
            found["line"],
            found["column"],
            found["end_line"],
            found["end_column"],
            found["severity"],
            found["kind"],
            found["message"],
            notes,
            fix.get("replacement") if isinstance(fix, dict) else fix,
            text,
        )


class FeatcError(Exception):
    """The base class of this package's exceptions."""


class ConfigError(FeatcError):
    """The config has mistakes: `diagnostics` has all of them, warnings too."""

    def __init__(self, diagnostics: Sequence[Diagnostic]):
        self.diagnostics: List[Diagnostic] = list(diagnostics)
        super().__init__("\n" + "\n".join(d.text.rstrip("\n") for d in self.diagnostics))

    def __reduce__(self):
        return ConfigError, (self.diagnostics,)


class DataError(FeatcError, ValueError):
    """Data that does not fit the config: a missing column, a wrong type, a row that failed."""


class DataWarning(UserWarning):
    """Data that was accepted but is suspicious: failed rows, cut integers, columns that no field uses."""
