# SPDX-License-Identifier: Apache-2.0
"""The code blocks of a Markdown page, and the commands in them."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    page: str
    line: int  # of its first line
    language: str
    text: str

    @property
    def place(self):
        return f"{self.page}:{self.line}"


def blocks_of(page, text):
    """Every fenced block of a page; without a language it is text."""
    found = []
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        fence = re.fullmatch(r"\s*```(\S*)", lines[at])
        if not fence:
            at += 1
            continue
        language = fence[1] or "text"
        end = next((i for i in range(at + 1, len(lines)) if lines[i].strip() == "```"), None)
        if end is None:
            raise SystemExit(f"{page}:{at + 1}: the block has no end")
        found.append(Block(page, at + 2, language, "\n".join(lines[at + 1 : end]) + "\n"))
        at = end + 1
    return found


def commands_of(block):
    """The commands of a `sh` block as they stand, each with its continuation lines."""
    commands = []
    for line in block.text.split("\n"):
        if commands and commands[-1].endswith("\\"):
            commands[-1] += "\n" + line
        elif line.strip() and not line.lstrip().startswith("#"):
            commands.append(line)
    return commands


def shown_in(block):
    """Pairs of a `console` block: a command and the lines that it shows."""
    pairs = []
    for line in block.text.rstrip("\n").split("\n"):
        if line.startswith("$ "):
            pairs.append((line[2:], []))
        elif pairs:
            pairs[-1][1].append(line.rstrip())
        else:
            raise SystemExit(f"{block.place}: a console block begins with a command, `$ ...`")
    return pairs


def bare(command):
    """A command without the comment behind it."""
    return re.sub(r"\s{2,}#.*", "", command).strip()


def differs(shown, printed):
    """The first line that is not as shown, or None; `...` stands for any lines."""
    at = 0
    for i, line in enumerate(shown):
        if line == "...":
            rest = shown[i + 1 :]
            if not rest:
                return None
            starts = [k for k in range(at, len(printed)) if printed[k] == rest[0]]
            if not starts:
                return f"nothing printed is: {rest[0]}"
            at = starts[0]
            continue
        if at >= len(printed) or printed[at] != line:
            return f"shown:   {line}\nprinted: {printed[at] if at < len(printed) else '(nothing)'}"
        at += 1
    return None if at >= len(printed) else f"printed, and not shown: {printed[at]}"
