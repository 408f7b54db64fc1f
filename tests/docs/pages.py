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
    folder: str = "."  # in which commands run; one below build is emptied first
    files: List[str] = field(default_factory=list)  # that the page says lie there: patterns, from the root of the checkout
    # By (language, how the text begins). Each must be there.
    blocks: Dict[Tuple[str, str], object] = field(default_factory=dict)
    # By the same, or by a command of a `sh` block: the reason.
    not_run: Dict[object, str] = field(default_factory=dict)
    before_python: str = ""  # runs before the page's Python blocks: a file of tests/docs/frames


TENSORFLOW = "TensorFlow is not installed; tests/unit/formats_tfrecord_test.cpp reads the records by their specification"

PAGES = {
    "README.md": Page(
        blocks={
            ("json", '{"request"'): Excerpt("examples/quick/shops.jsonl"),
            ("feat", "model shops"): Excerpt("examples/quick/shops.feat"),
            ("cmake", "find_package"): Project("examples/embed/embed.cpp", ["examples/takeaway/takeaway.feat", "examples/takeaway/profiles.jsonl"]),
        },
        not_run={
            "scripts/test": "takes longer than all else together: .ci/run has it as a step of its own, and "
            "scripts/test-systems runs it in a fresh clone",
        },
    ),
    "docs/adding-a-format.md": Page(
        blocks={
            ("cpp", '    {"csv"'): Excerpt("tools/output_formats.cpp"),
            ("cpp", '    {"jsonl"'): Excerpt("tools/input_formats.cpp"),
        },
    ),
    "docs/adding-a-pass.md": Page(
        blocks={
            ("cpp", "  GraphRewriter rewriter"): Excerpt("optimizer/hash_of_elements.cpp"),
            ("cpp", '    Pass{"hash_of_elements"'): Excerpt("optimizer/pass.cpp"),
        },
    ),
    "docs/adding-a-store.md": Page(
        blocks={
            ("cpp", "constinit const StoreKind"): Excerpt("stores/jsonl_store.cpp"),
            ("cpp", "constexpr const StoreKind"): Excerpt("stores/store_kinds.cpp"),
        },
    ),
    "docs/adding-an-operator.md": Page(
        blocks={
            ("cpp", "template <class C>\nC clip"): Excerpt("ops/library/math.cpp"),
            ("cpp", '  r.add("clip"'): Excerpt("ops/library/math.cpp"),
            ("cpp", "V inlineClipInt"): Excerpt("ops/library/math.cpp"),
            ("cpp", '  CHECK(eval("clip"'): Excerpt("tests/unit/ops_kernels_test.cpp"),
        },
        not_run={
            ("cpp", "return {nullptr, PrepareError"): "a line of a prepare function with the message spelt out; ops/library/ids.cpp has the whole",
            "scripts/test": "see README.md",
        },
    ),
    "docs/ahead-of-time.md": Page(
        folder="examples/quick",
        files=["build/release/runtime/*-linux-gnu/*"],
        blocks={
            ("c", "#include <stdio.h>"): Saved("server.c"),
            ("cpp", "#include <cstdio>"): Saved("server.cpp"),
            ("cmake", "find_package"): Project("examples/quick/server.cpp"),
        },
        not_run={
            ("sh", "scripts/setup --arm64"): "takes the tools and libraries for arm64 and minutes; step `arm64` of .ci/run does it",
        },
    ),
    "docs/architecture.md": Page(),
    "docs/arrow.md": Page(
        blocks={("cpp", "ArrowArrayStream features;"): Frame("arrow.cpp"), ("c", "failure = featc_run_arrow"): Frame("arrow.c")},
    ),
    "docs/client.md": Page(before_python="client.py"),
    "docs/consistency.md": Page(folder="examples/takeaway", blocks={("cpp", "options.bindStores"): Frame("consistency.cpp")}),
    "docs/embeddings.md": Page(
        folder="build/docs-embeddings",
        blocks={("feat", "model rows"): Saved("rows.feat"), ("cpp", "featc::Expected"): Frame("embeddings.cpp")},
    ),
    "docs/formats.md": Page(
        folder="build/docs-formats",
        blocks={("cpp", "featc::TensorSequenceEncoder"): Frame("formats.cpp")},
        not_run={("python", "spec = "): TENSORFLOW, ("python", "rows = tf"): TENSORFLOW},
        before_python="formats.py",
    ),
    "docs/language.md": Page(
        folder="build/docs-language",
        blocks={("feat", "model shops"): Saved("shops.feat"), ("json", '{"request": {"user_id": 7, "city": "Rome", "hour"'): Saved("requests.jsonl")},
    ),
    "docs/plugins.md": Page(folder="examples/plugin", blocks={("c", '#include "featc/plugin.h"'): Saved("longer.c")}),
    "docs/reloading.md": Page(blocks={("cpp", "featc::LiveOptions"): Frame("reloading.cpp")}),
    "docs/serving.md": Page(
        blocks={
            ("cpp", '#include "featc/run.hpp"'): Frame("serving.cpp"),
            ("cpp", "featc::RunLimits limits;"): Frame("limits.cpp"),
            ("c", "featc_set_memory_limit"): Frame("serving.c"),
            ("c", "featc_seda_options seda"): Frame("open.c"),
            ("c", "void answered"): Frame("submit.c"),
            ("cpp", '#include "featc/seda.hpp"'): Frame("seda.cpp"),
        }
    ),
    "docs/server.md": Page(
        folder="build/docs/server",
        files=["examples/quick/shops.feat", "examples/quick/shops.jsonl"],
        blocks={("json", '{"inputs"'): Saved("infer.json")},
        not_run={("python", "import numpy, tritonclient"): "tritonclient is in the environment of tests/serve only; test_grpc.py asks the same"},
    ),
    "docs/stores.md": Page(
        not_run={
            ("sh", "featc run"): "needs a Redis at port 6379 and a folder /data; tests/cli/stores.sh runs the same with its own",
            ("sh", "featc load"): "needs a Redis at port 6379; tests/cli/load.sh runs the same with its own",
        },
    ),
    "docs/testing.md": Page(
        not_run={
            ("sh", "build/release/tests/filetest"): "README's commands build no tests; ctest runs filetest",
            ("sh", "scripts/fuzz --programs"): "takes an hour; ctest runs 2,000 programs",
            ("sh", "scripts/fuzz-inputs"): "takes ten minutes and a build of its own; ctest replays the corpus",
            ("sh", "build/release/tests/random_programs"): "needs two builds; ctest runs tests/random/digest_test.sh",
            ("sh", "scripts/compare-programs"): "needs two builds; ctest runs it with one twice",
        },
    ),
    "examples/sequences/README.md": Page(folder="examples/sequences"),
    "docs/versions.md": Page(),
}
