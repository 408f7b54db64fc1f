# SPDX-License-Identifier: Apache-2.0
"""Makes a parser that ANTLR 4.9 or older has generated fit ANTLR's C++ runtime of 4.10 or newer.

    fit_runtime.py FeatParser.h FeatParser.cpp

Ubuntu 24.04 has the generator 4.9 and the runtime 4.10. A parser that a newer generator made stays as it is.
"""

import re
import sys

BLOCK_STARTS = {3, 4, 5}  # states that name their end
LOOP_END = 12
ACTION = 6  # a transition
NONE = 0xFFFF  # as 4.9 writes -1


def version_4(data):
    """A serialized ATN of version 3, of a parser, as one of version 4: no UUID, plain numbers, one list of sets."""
    version, data = data[0], [(value - 2) & 0xFFFF for value in data]
    assert version == 3, version
    at = 1 + 8  # behind the UUID
    out = [4]

    def take():
        nonlocal at
        at += 1
        return data[at - 1]

    def copy(count=1):
        out.extend(take() for _ in range(count))
        return out[-1]

    def index():
        value = take()
        out.append(-1 if value == NONE else value)

    assert copy() == 1, "no parser"
    copy()  # the largest token type
    for _ in range(copy()):
        state = copy()
        if state == 0:
            continue
        index()  # its rule
        if state == LOOP_END or state in BLOCK_STARTS:
            copy()
    for _ in range(2):  # states that are not greedy; states of precedence rules
        copy(copy())
    copy(copy())  # rules
    copy(copy())  # modes
    count, sets = 0, []
    for take_bound in (take, lambda: take() | take() << 16):  # of 16 bits, of 32 bits
        more = take()
        count += more
        for _ in range(more):
            intervals = take()
            sets += [intervals, take()] + [take_bound() for _ in range(2 * intervals)]
    out += [count, *sets]
    for _ in range(copy()):  # transitions: from, to, type, three arguments
        copy(2)
        kind = copy()
        copy()
        index() if kind == ACTION else copy()
        copy()
    copy(copy())  # decisions
    assert at == len(data), f"{len(data) - at} numbers are left"
    return out


def replace(pattern, by, text):
    made, count = re.subn(pattern, by, text)
    assert count, f"the generated code has no {pattern}"
    return made


def main():
    header_path, code_path = sys.argv[1:]
    with open(header_path, encoding="utf-8") as file:
        header = file.read()
    with open(code_path, encoding="utf-8") as file:
        code = file.read()
    segments = list(re.finditer(r"static const uint16_t serializedATNSegment\d+\[\] = \{([^}]*)\};", code))
    if not segments:
        return
    numbers = version_4([int(n, 16) for s in segments for n in s[1].replace(",", " ").split()])
    table = ", ".join(map(str, numbers))
    begin, end = segments[0].start(), code.index("atn::ATNDeserializer deserializer;")
    filled = f"static const int32_t numbers[] = {{{table}}};\n  _serializedATN.assign(std::begin(numbers), std::end(numbers));\n\n  "
    code = code[:begin] + filled + code[end:]

    header = replace(r"std::vector<uint16_t> _serializedATN", "std::vector<int32_t> _serializedATN", header)
    code = replace(r"std::vector<uint16_t> (\w+)::_serializedATN", r"std::vector<int32_t> \1::_serializedATN", code)
    # ATNs are no longer copied.
    header = replace(r"static antlr4::atn::ATN _atn;", "static std::unique_ptr<antlr4::atn::ATN> _atn;", header)
    header = replace(r"return _atn;", "return *_atn;", header)
    code = replace(r"\n *atn::ATN (\w+)::_atn;", r"\nstd::unique_ptr<atn::ATN> \1::_atn;", code)
    code = replace(r"\(this, _atn,", "(this, *_atn,", code)
    code = replace(r"\b_atn\.", "_atn->", code)
    # Names of tokens are views, and of one kind only.
    header = replace(r"getTokenNames\(\) const override", "getTokenNames() const", header)
    code = replace(r"std::string name = ([^;]*);", r"std::string name(\1);", code)
    with open(header_path, "w", encoding="utf-8") as file:
        file.write(header)
    with open(code_path, "w", encoding="utf-8") as file:
        file.write(code)


if __name__ == "__main__":
    main()
