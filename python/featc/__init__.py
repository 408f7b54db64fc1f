# SPDX-License-Identifier: Apache-2.0
"""Compiles a feature config into native code and runs it on Arrow data.

    config = featc.compile("takeaway.feat")
    features = config.extract(table, stores={"default": "jsonl:profiles.jsonl"})

docs/python.md is the guide. The compiler is loaded when it is used first: programs that only ask a server (featc.client)
go without it.
"""

import importlib
from typing import TYPE_CHECKING, Any, List

from featc.errors import ConfigError, DataError, DataWarning, Diagnostic, FeatcError, Note

if TYPE_CHECKING:
    from featc.config import Config, Feature, Field, compile, compile_text
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

# Where the names are that need the compiler.
_MODULES = {
    "featc.config": ("Config", "Feature", "Field", "compile", "compile_text"),
    "featc.jagged": ("Jagged", "payload", "slot"),
}


def __getattr__(name: str) -> Any:
    for module, names in _MODULES.items():
        if name in names:
            found = globals()[name] = getattr(importlib.import_module(module), name)
            return found
    if f"featc.{name}" in _MODULES:
        return importlib.import_module(f"featc.{name}")
    raise AttributeError(f"module 'featc' has no attribute {name!r}")


def __dir__() -> List[str]:
    return sorted([*globals(), *__all__])
