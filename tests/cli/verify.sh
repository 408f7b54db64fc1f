# featc run --log writes what featc verify replays: nothing differs, until something does.
. ./common/check.sh

takeaway=$examples/takeaway
featc 0 run $takeaway/takeaway.feat --input $takeaway/requests.jsonl --store default=jsonl:$takeaway/profiles.jsonl \
  --output "$work/plain"
featc 0 run $takeaway/takeaway.feat --input $takeaway/requests.jsonl --store default=jsonl:$takeaway/profiles.jsonl \
  --log "$work/log" --output "$work/logged"
cmp "$work/plain" "$work/logged" || fail "with a log the features are others"
[ "$(wc -l <"$work/log")" -eq "$(wc -l <$takeaway/requests.jsonl)" ] || fail "not one line a request"

# The other schedulers read the same rows, in an order of their own; a row that SEDA read for several requests stands in
# the line of each.
for scheduler in pipelined seda; do
  featc 0 run $takeaway/takeaway.feat --input $takeaway/requests.jsonl --store default=jsonl:$takeaway/profiles.jsonl \
    --log "$work/$scheduler" --scheduler $scheduler --threads 4 --output "$work/logged"
  cmp "$work/plain" "$work/logged" || fail "with a log the features are others"
  featc 0 verify $takeaway/takeaway.feat --input "$work/$scheduler"
  out_has "60 lines, 60 requests, $(wc -l <"$work/plain") items, 22 features: all the same"
  [ "$(tr ',' '\n' <"$work/$scheduler" | grep -c '"source"')" -eq "$(tr ',' '\n' <"$work/log" | grep -c '"source"')" ] ||
    fail "other rows were read"
done

# The stores are not needed: their rows stand in the log.
for engine in jit interp; do
  featc 0 verify $takeaway/takeaway.feat --input "$work/log" --engine $engine
  out_has "60 lines, 60 requests, $(wc -l <"$work/plain") items, 22 features: all the same"
done
cp "$work/log" "$work/in"
featc 0 verify $takeaway/takeaway.feat --input -

# A row that the store did not have, and a value that was something else.
sed 's/"age": [0-9]*/"age": 19/' "$work/log" >"$work/other"
featc 1 verify $takeaway/takeaway.feat --input "$work/other"
out_has "age_band: "
out_has "  line 1, item 0: ["
out_has "age_x_category: "
out_has_not "price_log: "

# A log of version 1 is read too.
sed 's/"featc_log": 2/"featc_log": 1/' "$work/log" >"$work/older"
featc 0 verify $takeaway/takeaway.feat --input "$work/older"
out_has "all the same"

# As many lines are named as asked for.
featc 1 verify $takeaway/takeaway.feat --input "$work/other" --examples 40
[ "$(grep -c 'line [0-9]*, item' "$work/out")" -gt 40 ] || fail "too few examples"
featc 2 verify $takeaway/takeaway.feat --input "$work/log" --tolerance -1
err_has "it takes a number that is not negative"

# Another config: said, and each feature that differs by name.
sed 's/default 0.05 = smooth_rate/default 0.05 = 2 * smooth_rate/; s/^sparse *hour .*//' $takeaway/takeaway.feat >"$work/new.feat"
featc 1 verify "$work/new.feat" --input "$work/log"
out_has "another config: 60 lines were logged by "
out_has "ctr: $(wc -l <"$work/plain")"
out_has "hour: $(wc -l <"$work/plain")"
out_has "in the log, nothing now"

# Keys that were not read then.
sed 's/user_profile(request.user_id)/user_profile(request.user_id + 1)/' $takeaway/takeaway.feat >"$work/key.feat"
featc 1 verify "$work/key.feat" --input "$work/log"
out_has "keys that were not read then: 60"
out_has "user_profile user:"

# Items that fail, requests without items, fields of every type, what JSON would change if it were not careful.
cat >"$work/m.feat" <<'END'
model m
semantics 1
request { s : string  big : int64? }
item { i : int64?  x : float64?  b : bool?  tags : list<string>?  m : map<string, float64>?  n : map<int64, string>? }
sparse s slot 1 = s
sparse big slot 2 = hash(big)
dense x default 7 = 1 / x
dense b = b
sparse tags slot 3 = tags
sparse m slot 4 = m
sparse n slot 5 = lookup(n, -5)
sparse many slot 6 = cross(tags, tags, tags, tags, tags)
END
cat >"$work/d.jsonl" <<'END'
{"request": {"s": "a\"\\\n\u00e9\u0000", "big": -9223372036854775808}, "items": [{"i": 1, "x": -0.0, "b": true, "tags": ["", null, "q"], "m": {"z": 0.1, "a": null}, "n": {"-5": "v"}}, {"x": 1e-300, "tags": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}]}
{"request": {"s": ""}, "items": []}
{"request": {"s": 5}, "items": [{}]}
{"request": {"s": "x"}, "items": [{"b": "no"}, {"x": 0.30000000000000004, "n": {}}]}
{"request": {"s": "y"}, "items": [{"x": 50208141146382524416, "m": {"k": -123456789012345683968}}]}
END
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --log "$work/log"
featc 0 verify "$work/m.feat" --input "$work/log"
out_has "4 lines, 4 requests, 4 items, 8 features: all the same"
grep -q '"status": "value_too_large"' "$work/log" || fail "the item that failed is not in the log"

# Lists of structs and values in values.
cat >"$work/nested.feat" <<'EOF'
model m
semantics 1
request { visits : list<{ shop: int64, at: int64 }>? }
item { i : int64  rows : list<list<string>>? }
sparse shops slot 1 = visits.shop
sequence ats slot 2 length 3 = visits.at
sparse rows slot 3 = flatten(rows)
EOF
cat >"$work/nested.jsonl" <<'EOF'
{"request": {"visits": [{"shop": 7, "at": 3}, null, {"shop": 8}]}, "items": [{"i": 1, "rows": [["a", null], [], null]}, {"i": 2}]}
{"request": {"visits": []}, "items": [{"i": 3, "rows": []}]}
{"request": {}, "items": [{"i": 4}]}
EOF
featc 0 run "$work/nested.feat" --input "$work/nested.jsonl" --log "$work/nested.log"
featc 0 verify "$work/nested.feat" --input "$work/nested.log"
out_has "3 lines, 3 requests, 4 items, 3 features: all the same"

# Sequence groups, of items and of requests, which read a row an element.
cat >"$work/groups.feat" <<'EOF'
model m
semantics 1
request { seen : list<int64>? }
item { shops : list<int64>?  tags : list<list<string>>? }
source shop(id: int64) { key "s:{id}" price : float64  words : list<string> }
sequence group c over shops, tags length 3 {
  let row = shop(it.shops)
  sparse shop slot 1 = it.shops
  sparse tags slot 2 = it.tags
  sparse both slot 3 = weighted([it.shops, 5], [row.price, 2])
  sparse words slot 4 = row.words
  dense price default -1 = row.price
  dense pair width 2 = [it.shops ?? 0, 7]
}
sequence group s over seen length 2 {
  let row = shop(it)
  sparse id slot 5 = it
  sparse many slot 6 = cross(row.words, row.words, row.words)
}
EOF
cat >"$work/groups.jsonl" <<'EOF'
{"request": {"seen": [5, null, 7]}, "items": [{"shops": [1, null, 3, 5], "tags": [["a", null], [], null, ["d"]]}, {}]}
{"request": {}, "items": [{"shops": [], "tags": []}, {"shops": [5, 5], "tags": [["x"]]}]}
EOF
cat >"$work/shops.jsonl" <<'EOF'
{"source": "shop", "id": 1, "price": 0.1, "words": ["p", "q"]}
{"source": "shop", "id": 5, "price": 7.25, "words": ["r"]}
EOF
for scheduler in staged pipelined seda; do
  featc 0 run "$work/groups.feat" --input "$work/groups.jsonl" --store "shop=jsonl:$work/shops.jsonl" \
    --log "$work/groups.log" --scheduler $scheduler
  for engine in jit interp; do
    featc 0 verify "$work/groups.feat" --input "$work/groups.log" --engine $engine
    out_has "2 lines, 2 requests, 4 items, 8 features: all the same"
  done
done
# The price of shop 5 is read for one item, both of whose elements are it.
sed 's/"price": 7.25/"price": 7.5/' "$work/groups.log" >"$work/other"
featc 1 verify "$work/groups.feat" --input "$work/other"
out_has "c__price: 1"
out_has "c__both: 1"
out_has_not "c__words"

# Lines that are none.
{ echo '{"featc_log": 2'; echo '{"a": 1}'; echo '{"featc_log": 7}'; cat "$work/log"; } >"$work/bad"
featc 1 verify "$work/m.feat" --input "$work/bad"
out_has "lines that cannot be read: 3"
out_has "line 2: it is not a line of a featc log"
out_has "it has version 7 of the log format, this featc knows versions 1 to 2"
: >"$work/none"
featc 1 verify "$work/m.feat" --input "$work/none"
err_has "has no lines"
featc 1 verify "$work/m.feat" --input "$work/missing"
err_has "cannot read"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --log "$work/log" --output "$work/o" --resume
err_has "a log cannot be continued"
