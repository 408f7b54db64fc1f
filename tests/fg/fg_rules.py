# SPDX-License-Identifier: Apache-2.0
"""FG's documented rules, read a second time: on Python's own strings, numbers and regular expressions."""
import json
import math
import os
import re
import struct

from fg_expressions import VECTOR_FUNCTIONS, arithmetic

MASK = (1 << 64) - 1
SEPARATOR = "\x1d"


def f32(x):
    return struct.unpack("<f", struct.pack("<f", x))[0]


def std_hash(data):
    """libstdc++'s std::hash of bytes: MurmurHash64A."""
    m, h = 0xC6A4A7935BD1E995, 0xC70F6907 ^ (len(data) * 0xC6A4A7935BD1E995 & MASK)
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        k = int.from_bytes(data[at:at + 8], "little") * m & MASK
        k = (k ^ (k >> 47)) * m & MASK
        h = (h ^ k) * m & MASK
    if whole < len(data):
        h = (h ^ int.from_bytes(data[whole:], "little")) * m & MASK
    h = (h ^ (h >> 47)) * m & MASK
    return h ^ (h >> 47)


assert std_hash(b"abc") == 3663726644998027833
assert std_hash(b"0123456789abcdefg") == 2203838674469644272


def fingerprint64(data):
    """FarmHash Fingerprint64 of up to 32 bytes."""
    k0, k1, k2, n = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F, len(data)
    word = lambda at, size=8: int.from_bytes(data[at:at + size], "little")
    rotate = lambda x, by: (x >> by | x << (64 - by)) & MASK
    shift = lambda x: x ^ (x >> 47)
    mul = (k2 + n * 2) & MASK
    def of_two(u, v):
        a = shift((u ^ v) * mul & MASK)
        return shift((v ^ a) * mul & MASK) * mul & MASK
    assert n <= 32, "longer texts are not transcribed"
    if n > 16:
        a, b, c, d = word(0) * k1 & MASK, word(8), word(n - 8) * mul & MASK, word(n - 16) * k2 & MASK
        return of_two((rotate((a + b) & MASK, 43) + rotate(c, 30) + d) & MASK, (a + rotate((b + k2) & MASK, 18) + c) & MASK)
    if n >= 8:
        a, b = (word(0) + k2) & MASK, word(n - 8)
        return of_two((rotate(b, 37) * mul + a) & MASK, (rotate(a, 25) + b) * mul & MASK)
    if n >= 4:
        return of_two((n + (word(0, 4) << 3)) & MASK, word(n - 4, 4))
    if n > 0:
        y, z = data[0] + (data[n >> 1] << 8), n + (data[n - 1] << 2)
        return shift((y * k2 ^ z * k0) & MASK) * k2 & MASK
    return k2


assert fingerprint64(b"abc") == 2640714258260161385


def number(text):
    """A number, None where the text is not one."""
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return float(text)
    return float(text) if text is not None and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", text) else None


def is_empty(value):
    return value is None or value == "" or value == [] or value == {}


def key_text(value):
    """Of a column's value, or of a feature's one bin."""
    if isinstance(value, list):
        value = value[0] if value else None
    return str(value) if isinstance(value, int) else value


class Element(list):
    """The list that an element of a sequence is; its texts are cut, unlike those of other lists."""


class Feature:
    """One entry, evaluated on one row."""

    def __init__(self, entry, group, files, old=False):
        aliases = {"value_dimension": "value_dim", "need_discrete": "needDiscrete", "need_key": "needKey"}
        self.entry = entry = {aliases.get(k, k): v for k, v in entry.items()}
        self.files = files
        self.old = old
        kind = entry["feature_type"]
        self.is_sequence = group is not None or kind.startswith("sequence_") or entry.get("is_sequence", False)
        self.kind = kind[9:] if kind.startswith("sequence_") else kind
        self.prefix = group["sequence_name"] + "__" if group else ""
        self.own_name = entry["feature_name"]
        self.name = self.prefix + self.own_name
        self.shape = {**(group or {}), **{k: v for k, v in entry.items() if k.startswith("sequence_")}}
        self.stub = entry.get("stub_type", False)

    # -- Keys --
    def get(self, key, default=None):
        return self.entry.get(key, default)

    def default(self):
        fallback = "0" if self.kind in ("raw_feature", "lookup_feature", "match_feature", "expr_feature",
                                        "kv_dot_product", "custom_feature") else ""
        said = self.get("default_value", fallback)
        return "0" if said == "" and self.is_sequence else said

    def separators(self):
        return self.get("separator", "") + SEPARATOR

    def cut(self, text, keep_empty=False):
        parts = re.split("[" + re.escape(self.separators()) + "]", text)
        return [p for p in parts if p != "" or keep_empty]

    def input_names(self):
        keys = {"lookup_feature": ("map", "key"), "match_feature": ("user", "category", "item"),
                "expr_feature": ("variables",), "overlap_feature": ("query", "title"),
                "kv_dot_product": ("query", "document")}.get(self.kind, ("expression",))
        names = []
        for key in keys:
            said = self.entry[key]
            names += said if isinstance(said, list) else [said]
        return names

    def sequence_inputs(self):
        names = self.input_names()
        fields = self.entry.get("sequence_fields")
        if not self.is_sequence:
            return [False] * len(names)
        if fields:
            fields = fields if isinstance(fields, list) else [fields]
            return [n.split(":", 1)[-1] in fields for n in names]
        if len(names) == 1:
            return [not names[0].startswith(("feature:", "const:"))]
        return [n.startswith("item:") for n in names]

    # -- Values --
    def texts(self, value, keep_empty=False):
        """All values of a field, in order."""
        if is_empty(value):
            return []
        if isinstance(value, str):
            return self.cut(value, keep_empty)
        if isinstance(value, Element) and isinstance(value[0], str):
            return [t for v in value for t in self.cut(v)]
        return [key_text(v) for v in value] if isinstance(value, list) else [key_text(value)]

    def first_of(self, values, default_dim):
        return values[:1] if self.get("value_dim", default_dim) == 1 else values

    def value_dim(self):
        """Of features that emit ids: one value an element of a sequence, else all."""
        return 1 if self.is_sequence else 0

    def normalized(self, x, is_text=False):
        """A text in double, a number of a column in float32: each step is rounded. The parameters are float32."""
        said = self.get("normalizer")
        if x is None or not said:
            return x
        step = (lambda y: y) if is_text else f32
        method, _, rest = said.partition(",")
        parts = [rest] if "expression" in method else rest.split(",")
        keys = dict(map(str.strip, p.split("=", 1)) for p in parts if p)
        of = lambda key, fallback=0: f32(float(keys.get(key, fallback)))
        if method == "method=log10":
            return math.log10(step(x)) if step(x) > of("threshold", 1) else of("default")
        if method == "method=zscore":
            return step(step(step(x) - of("mean")) / of("standard_deviation"))
        if method == "method=minmax":
            return step(step(step(x) - of("min")) / f32(of("max") - of("min")))
        return arithmetic(keys["expr"], {"x": x})

    def bucketize(self, values):
        """Ids of texts or numbers; a number that is None has none."""
        ids = []
        for v in values:
            if v is None:
                continue
            if "hash_bucket_size" in self.entry:
                data = v.encode() if isinstance(v, str) else b"\0" * 4 if v == 0 else struct.pack("<f", v)
                h = 0 if v == 0 and not isinstance(v, str) else fingerprint64(data) if self.old else std_hash(data)
                ids.append(h % self.entry["hash_bucket_size"])
            elif "vocab_file" in self.entry:
                ids.append(self.vocabulary().get(v, self.entry["default_bucketize_value"]))
            elif "vocab_list" in self.entry:
                last = {w: i for i, w in enumerate(self.entry["vocab_list"])}
                ids.append(last.get(v, self.entry["default_bucketize_value"]))
            elif "vocab_dict" in self.entry:
                ids.append(self.entry["vocab_dict"].get(v, self.entry["default_bucketize_value"]))
            elif "num_buckets" in self.entry:
                if isinstance(v, str) and not re.fullmatch(r"[-+]?\d+", v):
                    continue
                x = int(v)
                ids.append(x if 0 <= x < min(self.entry["num_buckets"], 2**63 - 1) else 0)
            elif "boundaries" in self.entry:
                ids.append(sum(f32(b) <= f32(number(v)) for b in self.entry["boundaries"]))
        return ids

    def vocabulary(self):
        """A word a line, or `word number`; of a repeated word the last."""
        table = {}
        path = os.path.join(self.get("asset_dir", ""), self.entry["vocab_file"])
        for at, line in enumerate(self.files[path].splitlines()):
            word, blank, at_end = re.fullmatch(r"(.*?)(?:([ \t])(\d+))?", line).groups()
            table[word] = int(at_end) if blank else at
        return table

    def is_transcribed(self):
        return not self.get("weighted") and not self.get("method", "").startswith("proximity")

    def has_bucketizer(self):
        return any(k in self.entry for k in
                   ("hash_bucket_size", "vocab_list", "vocab_dict", "vocab_file", "num_buckets", "boundaries"))

    # -- The types: the values of one row, or of one element of a sequence --
    def compute(self, ins):
        return getattr(self, self.kind)(ins)

    def or_default(self, values):
        return values if values or self.default() == "" else [self.default()]

    def or_number(self, x):
        if x is not None:
            return [f32(x)]
        return [f32(float(self.default()))] if self.default() != "" else []

    def id_feature(self, ins):
        values = self.or_default(self.first_of(self.texts(ins[0]), self.value_dim()))
        return self.prefixed(values)

    def prefixed(self, values):
        return [self.own_name + "_" + v for v in values] if self.get("need_prefix") else values

    def raw_feature(self, ins):
        width, value = self.get("value_dim", 1), ins[0]
        if width == 1:
            if is_empty(value):
                if self.default() == "":
                    return [] if isinstance(value, str) or not self.column_is_number else [0.0]
                return [f32(float(self.default()))]
            is_text = isinstance(value, str)
            if isinstance(value, list):  # of one, which is known; of more, noted: the first
                is_text = isinstance(value[0], str) and self.has_bucketizer()
                value = value[0]
            x = self.normalized(number(value), is_text)
            if x is None and not self.has_bucketizer():
                return self.or_number(None)  # unknown, and noted: the default
            return [None if x is None else f32(x)]
        parts = self.cut(value) if isinstance(value, str) else [value] if isinstance(value, float) else value
        if is_empty(parts):
            default = [f32(float(d)) for d in self.cut(self.default())]
            return default * width if len(default) == 1 else default  # known of sequences, else noted
        is_text = isinstance(value, str) or (isinstance(parts[0], str) and self.has_bucketizer())
        if isinstance(parts[0], str):
            parts = [p for part in parts for p in self.cut(part)]
        found = [self.normalized(number(p), is_text) for p in parts]
        if "boundaries" in self.entry:
            return [None if x is None else f32(x) for x in found]
        return [0.0 if x is None else f32(x) for x in (found + [0.0] * width)[:width]]

    def combo_feature(self, ins):
        rows = [""]
        for i, value in enumerate(ins):
            rows = [r + ("_" if i else "") + t for r in rows for t in self.texts(value)]
        return self.prefixed(self.or_default(self.first_of(rows, self.value_dim())))

    def combine_feature(self, ins):
        values = self.texts(ins[0]) if not isinstance(ins[0], float) else [ins[0]]
        table = self.get("value_map")
        numbers = [table.get(t) if table else number(t) for t in values]
        numbers = [f32(x) for x in numbers if x is not None]
        if not values:
            return self.or_number(None)
        return self.or_number(self.normalized(combine(self.get("combiner", "sum"), numbers)))

    def lookup_feature(self, ins):
        table = parse_map(ins[0], self.separators() if self.old else SEPARATOR)
        found = [table[k] for k in self.texts(ins[1]) if k in table]
        if self.get("needDiscrete") and self.old:
            keys = [[k] if self.get("needKey") else [] for k in self.texts(ins[1]) if k in table]
            return self.or_default(["_".join([self.own_name, *k, v]) for k, v in zip(keys, found)])
        if self.get("needDiscrete"):
            return self.or_default([key_text(v) for v in found])
        combiner = self.get("combiner", "sum")
        numbers = [f32(x) for x in map(number, found) if x is not None]
        if combiner == "":
            return [f32(self.normalized(x)) for x in numbers] or self.or_number(None)
        return self.or_number(self.normalized(combine(combiner, numbers)))

    def match_feature(self, ins):
        table = parse_nested_map(ins[0])
        first, second = ("ALL" if n == "ALL" else key_text(v) for n, v in zip(self.input_names()[1:], ins[1:]))
        multi = self.get("matchType") == "multihit"
        if multi and self.input_names()[1] == "ALL":
            found = [table[k][second] for k in sorted(table) if second in table[k]] if second else []
        elif multi:
            found = [v for _, v in sorted(table.get(first, {}).items())] if first else []
        else:
            found = [table[first][second]] if first and second and second in table.get(first, {}) else []
        if not self.get("needDiscrete"):
            return self.or_number(self.normalized(number(found[0])) if found else None)
        if "hash_bucket_size" in self.entry:
            keys = [first, second] if self.get("show_category") and self.get("show_item") else []
            found = ["_".join([self.own_name, *keys, key_text(v)]) for v in found]
        words = [*self.get("vocab_list", []), *self.get("vocab_dict", {})]
        if any(w.startswith(self.own_name + "_") for w in words):  # unknown, and noted: as the words are written
            found = [self.own_name + "_" + key_text(v) for v in found]
        return self.or_default([key_text(v) for v in found])

    def expr_feature(self, ins, expression=None):
        names = [n.split(":", 1)[-1] for n in self.input_names()]
        if any(is_empty(v) for v in ins):
            return self.or_number(None)
        text = expression or self.entry["expression"]
        def of(v):
            if isinstance(v, list):
                return [number(x) for x in v]
            if self.is_sequence and not re.search(VECTOR_FUNCTIONS, text):
                return number(v)  # of several values none is known to count
            parts = self.cut(v) if isinstance(v, str) else [v]
            is_vector = isinstance(v, str) and re.search(VECTOR_FUNCTIONS, text)
            return number(parts[0]) if len(parts) == 1 and not is_vector else [number(p) for p in parts]
        values = {n: of(v) for n, v in zip(names, ins)}
        result = None if None in values.values() else arithmetic(text, values)
        if isinstance(result, list):
            return [f32(x) for x in result]
        if result is None or not math.isfinite(result):
            return self.or_number(None)
        return self.or_number(float(int(result)) if self.get("value_type") in ("int32", "int64") else result)

    def overlap_feature(self, ins):
        query, title = (self.texts(v) for v in ins)
        if not query or not title:
            return [0.0]
        return [f32(self.normalized(overlap(self.entry["method"], query, title)))]

    def kv_dot_product(self, ins):
        sides = []
        for value in ins:
            if isinstance(value, dict):
                sides.append({k: float(v) for k, v in value.items()})
                continue
            mark = self.get("kv_delimiter", ":")
            items = [t.partition(mark) for t in self.texts(value)]
            sides.append({k: float(w) if sep else 1.0 for k, sep, w in items})
        if not sides[0] or not sides[1]:
            return self.or_number(None) or [0.0]
        return [f32(sum(w * sides[1][k] for k, w in sides[0].items() if k in sides[1]))]

    def bool_mask_feature(self, ins):
        keep = ins[1]
        if isinstance(keep, str):
            keep = self.cut(keep, keep_empty=True)
        keep = [str(k).lower() in ("true", "1", "1.0") for k in keep or []]
        kept = [t for t, k in zip(self.texts(ins[0], keep_empty=True), keep) if k and t != ""]
        return self.first_of(kept, self.value_dim())

    def regex_replace_feature(self, ins):
        value = ins[0]
        if isinstance(value, str) and value and not self.is_sequence:
            values = [value]  # text is not cut
        else:
            values = self.first_of(self.texts(value), 1)
        patterns = self.get("regex_pattern", self.get("regex_patten"))
        patterns = patterns if isinstance(patterns, list) else [patterns]
        pattern = re.compile("|".join(patterns), re.IGNORECASE if self.get("icase") else 0)
        count = 0 if self.get("replace_all", True) else 1
        return self.or_default([pattern.sub(self.get("replacement", ""), t, count=count) for t in values])

    def custom_feature(self, ins):
        operator = self.entry["operator_name"]
        if operator == "RegexReplace":
            return self.regex_replace_feature(ins)
        if operator == "SeqExpr":
            return self.expr_feature(ins, self.entry["formula"])
        if any(is_empty(v) for v in ins):
            return self.or_number(None)
        texts = [self.texts(v)[0] if self.is_sequence else v for v in ins]
        code = (lambda t: t.encode()) if self.get("encoding", "latin") == "latin" else (lambda t: t)
        return self.or_number(self.normalized(float(edit_distance(code(texts[0]), code(texts[1])))))

    def tokenize_feature(self, ins):
        text = ins[0] or self.default()
        tokenizer = json.loads(self.files[os.path.join(self.get("asset_dir", ""), self.entry["vocab_file"])])
        if tokenizer["normalizer"]:
            text = text.lower()
        how = tokenizer["pre_tokenizer"]
        words = text.split(how["delimiter"]) if how["type"] == "CharDelimiterSplit" else text.split()
        table = tokenizer["model"]["vocab"]
        return [table.get(w, table[tokenizer["model"]["unk_token"]]) for w in words if w != ""]

    def text_normalizer(self, ins):
        text, steps = ins[0] or "", self.entry["parameter"]
        if steps & 8:
            text = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else " " if c == "\u3000" else c for c in text)
        ascii_only = lambda change: "".join(change(c) if ord(c) < 128 else c for c in text)
        text = ascii_only(str.upper) if steps & 2 else ascii_only(str.lower) if steps & 4 else text
        return [text.replace(" ", "") if self.get("remove_space") else text]


def combine(how, numbers):
    if not numbers:
        return None
    return {"sum": sum, "mean": lambda v: sum(v) / len(v), "avg": lambda v: sum(v) / len(v), "min": min, "max": max}[how](numbers)


def parse_map(value, separator):
    if is_empty(value):
        return {}
    if isinstance(value, dict):
        return {key_text(k): v for k, v in value.items()}
    items = value if isinstance(value, list) else re.split("[" + re.escape(separator) + "]", value)
    return {k: v for k, sep, v in (i.partition(":") for i in items) if sep}


def parse_nested_map(value):
    if is_empty(value):
        return {}
    outer = value if isinstance(value, dict) else dict(i.split("^", 1) for i in value.split("|") if "^" in i)
    return {k: parse_map(v, ",") for k, v in outer.items()}


def overlap(method, query, title):
    if method == "query_common_ratio":
        return sum(t in title for t in query) / len(query)
    if method == "title_common_ratio":
        return sum(t in query for t in title) / len(title)
    if method == "is_equal":
        return float(query == title)
    at = [i for i in range(len(title) - len(query) + 1) if title[i:i + len(query)] == query]
    if method == "is_contain":
        rest = iter(title)
        return float(all(t in rest for t in query))
    if method == "index_of":
        return float(at[0] if at else -1)
    raise NotImplementedError(method)


def edit_distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (x != y))
    return row[-1]


OLD_KEYS = ("bucketize_boundaries", "extra_combo_info", "use_embedding_variable")


def as_old(entry, separator):
    """What the older FG, which EasyRec documents, leaves to defaults."""
    kind, discrete = entry["feature_type"], entry.get("needDiscrete", True)
    entry = {"separator": separator, **entry}
    if "bucketize_boundaries" in entry:
        entry["boundaries"] = [float(b) for b in entry["bucketize_boundaries"].split(",")]
    if kind in ("id_feature", "combo_feature"):
        return {"need_prefix": "hash_bucket_size" in entry, **entry}
    if kind in ("lookup_feature", "match_feature"):
        shown = {"needDiscrete": True, "needKey": True, "show_category": True, "show_item": True}
        return {**shown, **({"default_value": ""} if discrete else {}), **entry}
    return entry


def features_of(config, files):
    entries = [m for e in config["features"] for m in e.get("features", [e])]
    old = "multi_val_sep" in config or any(k in e for e in entries for k in OLD_KEYS)
    for entry in config["features"]:
        members = entry["features"] if "sequence_name" in entry and "features" in entry else None
        for member in members or [entry]:
            member = as_old(member, config.get("multi_val_sep", SEPARATOR)) if old else member
            yield Feature(member, entry if members else None, files, old)


def payloads(f, ids):
    return [i % 2**44 for i in ids] if f.has_bucketizer() else ids


def evaluate(features, columns, request, item):
    """By feature what it emits: `ids`, `dense`, or of sequences a list of either."""
    values, out = {}, {}
    by_name = {f.name: f for f in features}

    def read(f, source, is_sequence):
        side, _, name = source.partition(":")
        if source == "ALL" or side == "const":
            return name
        if side == "feature":
            name = f.prefix + name if f.prefix + name in by_name else name
            compute(by_name[name])
            # Of numbers FG's documentation has the text "5.2".
            is_text = f.kind in ("id_feature", "combo_feature", "lookup_feature", "match_feature")
            return "%g" % values[name] if is_text and isinstance(values[name], float) else values[name]
        # What is joined by a key of the user is the user's.
        of_user = side == "user" or (is_sequence and f.shape.get("sequence_pk", "").startswith("user:"))
        return (request if of_user else item).get((f.prefix if is_sequence else "") + name)

    def compute(f):
        if f.name in values:
            return
        sequences = f.sequence_inputs()
        sources = f.input_names()
        first = sources[0].split(":", 1)[-1]
        f.column_is_number = columns.get((f.prefix if sequences[0] else "") + first, "string?").startswith(("int", "float"))
        inputs = [read(f, s, q) for s, q in zip(sources, sequences)]
        if not f.is_sequence:
            plain = f.compute(inputs)
            ids = f.bucketize(plain) if f.has_bucketizer() and f.kind != "tokenize_feature" else plain
            values[f.name] = ids if f.has_bucketizer() or len(ids) != 1 else ids[0]
            out[f.name] = payloads(f, ids)
            return
        lists = []
        for value, is_sequence in zip(inputs, sequences):
            if is_sequence:
                value = [None] if is_empty(value) else \
                    value.split(f.shape.get("sequence_delim", ";")) if isinstance(value, str) else \
                    [Element(v) if isinstance(v, list) else v for v in value] if isinstance(value, list) else [value]
                if f.shape.get("sequence_length", 0):
                    value = value[:f.shape["sequence_length"]]
            lists.append(value)
        length = max(len(v) for v, q in zip(lists, sequences) if q)
        elements = []
        for i in range(length):
            plain = f.compute([(v[i] if i < len(v) else None) if q else v for v, q in zip(lists, sequences)])
            ids = f.bucketize(plain) if f.has_bucketizer() and f.kind != "tokenize_feature" else plain
            elements.append(ids)
        values[f.name] = [v for ids in elements for v in ids]
        out[f.name] = [payloads(f, ids) for ids in elements]

    for f in features:
        if f.is_transcribed():
            compute(f)
    return out
