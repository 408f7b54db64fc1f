# SPDX-License-Identifier: Apache-2.0
"""How the blocks of each page are checked: where commands run, what they find there, and what is not run, and why.

What is not named here is run as it stands, from the root of a checkout in which README's commands have been run.
"""

from dataclasses import dataclass, field
from typing import Dict, List, Tuple


@dataclass(frozen=True)
class Saved:
    """The block is a file that the page's commands use."""

    name: str


@dataclass(frozen=True)
class Frame:
    """The block is a part of a program: it compiles within tests/docs/frames/NAME, which says `#include SNIPPET`."""

    name: str


@dataclass(frozen=True)
class Excerpt:
    """Each line of the block is a line of that file."""

    file: str


@dataclass(frozen=True)
class Project:
    """The block is a part of a CMakeLists.txt: a project with `main` as server.cpp builds and runs."""

    main: str
    arguments: List[str] = field(default_factory=list)


@dataclass(frozen=True)
class Page:
    folder: str = "."  # in which commands run
    # Files that the page says are there: pattern, from the root of the checkout, and name in `folder`; a name that ends
    # with a slash is a folder.
    files: List[Tuple[str, str]] = field(default_factory=list)
    blocks: Dict[Tuple[str, int], object] = field(default_factory=dict)  # language and number of a block
    not_run: Dict[object, str] = field(default_factory=dict)  # a command, or a block, and the reason
    before_python: str = ""  # runs before the page's Python blocks: a file of tests/docs/frames


TENSORFLOW = "TensorFlow is not installed; tests/unit/formats_tfrecord_test.cpp reads the records by their specification"

PAGES = {
    "README.md": Page(
        blocks={
            ("json", 1): Excerpt("examples/quick/shops.jsonl"),
            ("feat", 1): Excerpt("examples/quick/shops.feat"),
            ("cmake", 1): Project("examples/embed/embed.cpp", ["examples/takeaway/takeaway.feat", "examples/takeaway/profiles.jsonl"]),
        },
        not_run={
            "scripts/test": "takes longer than all else together: .ci/run has it as a step of its own, and "
            "scripts/test-systems runs it in a fresh clone",
        },
    ),
    "docs/adding-an-operator.md": Page(
        blocks={
            ("cpp", 1): Excerpt("ops/math.cpp"),
            ("cpp", 2): Excerpt("ops/math.cpp"),
            ("cpp", 4): Excerpt("ops/math.cpp"),
            ("cpp", 5): Excerpt("tests/unit/ops_kernels_test.cpp"),
        },
        not_run={
            ("cpp", 3): "a line of a prepare function with the message spelt out; ops/ids.cpp has the whole",
            "scripts/test": "see README.md",
        },
    ),
    "docs/ahead-of-time.md": Page(
        folder="examples/quick",
        files=[("build/release/runtime/*/*", "./")],
        blocks={
            ("c", 1): Saved("server.c"),
            ("cpp", 1): Saved("server.cpp"),
            ("cmake", 1): Project("examples/quick/server.cpp"),
        },
        not_run={
            ("sh", 3): "takes the tools and libraries for arm64 and minutes; step `arm64` of .ci/run does it",
        },
    ),
    "docs/architecture.md": Page(),
    "docs/arrow.md": Page(blocks={("cpp", 1): Frame("arrow.cpp")}),
    "docs/consistency.md": Page(folder="examples/takeaway", blocks={("cpp", 1): Frame("consistency.cpp")}),
    "docs/formats.md": Page(
        folder="build/docs-formats",
        blocks={("cpp", 1): Frame("formats.cpp")},
        not_run={("python", 4): TENSORFLOW, ("python", 5): TENSORFLOW},
        before_python="formats.py",
    ),
    "docs/language.md": Page(
        folder="build/docs-language",
        blocks={("feat", 1): Saved("shops.feat"), ("json", 1): Saved("requests.jsonl")},
    ),
    "docs/plugins.md": Page(folder="examples/plugin", blocks={("c", 1): Saved("longer.c")}),
    "docs/reloading.md": Page(blocks={("cpp", 1): Frame("reloading.cpp")}),
    "docs/serving.md": Page(
        blocks={("cpp", 1): Frame("serving.cpp"), ("c", 1): Frame("serving.c"), ("cpp", 2): Frame("seda.cpp")}
    ),
    "docs/stores.md": Page(
        not_run={
            ("sh", 1): "needs a Redis at port 6379 and a folder /data; tests/cli/stores.sh runs the same with its own",
            ("sh", 2): "needs a Redis at port 6379; tests/cli/load.sh runs the same with its own",
        },
    ),
    "docs/testing.md": Page(
        not_run={
            ("sh", 1): "README's commands build no tests; ctest runs filetest",
            ("sh", 2): "takes an hour; ctest runs 2,000 programs",
        },
    ),
    "examples/sequences/README.md": Page(folder="examples/sequences"),
    "examples/server/README.md": Page(
        not_run={("text", n): "a server that runs while it is asked; tests/server asks it the same" for n in (1, 2, 3, 5)},
    ),
}
