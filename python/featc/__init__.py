# SPDX-License-Identifier: Apache-2.0
"""Compiles a feature config into native code and runs it on Arrow data.

    config = featc.compile("takeaway.feat")
    features = config.extract(table, stores={"default": "jsonl:profiles.jsonl"})

docs/python.md is the guide.
"""

from featc.config import Config, Feature, Field, compile, compile_text
from featc.errors import ConfigError, DataError, DataWarning, Diagnostic, FeatcError, Note
from featc.jagged import Jagged, payload, slot

__all__ = [
    "Config",
    "ConfigError",
    "DataError",
    "DataWarning",
    "Diagnostic",
    "FeatcError",
    "Feature",
    "Field",
    "Jagged",
    "Note",
    "compile",
    "compile_text",
    "payload",
    "slot",
]
