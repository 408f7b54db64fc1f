# Bad rows are reported with file and line, counted, and left out; row, request and item keep the
# numbers of the input.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
request { r : int64 }
item { i : int64 }
sparse a slot 1 = i
dense b = r
END
cat >"$work/d.jsonl" <<'END'
{"request": {"r": 1}, "items": [{"i": 10}, {"i": "x"}, {"i": 12}]}

{"request": {"r": "no"}, "items": [{"i": 20}, {"i": 21}]}
{"request": {"r": 1}
{"request": {"r": 1}, "items": [{"i": 40}, {}]}
END
# Ids: 1 << 44 is 17592186044416.
featc 0 run "$work/m.feat" --input "$work/d.jsonl"
out_is <<'END'
{"row": 0, "request": 0, "item": 0, "features": {"a": [17592186044426], "b": [1]}}
{"row": 2, "request": 0, "item": 2, "features": {"a": [17592186044428], "b": [1]}}
{"row": 5, "request": 3, "item": 0, "features": {"a": [17592186044456], "b": [1]}}
END
for line in 1 3 4 5; do err_has "d.jsonl:$line: "; done
err_has "d.jsonl: left out: 2 bad requests, 2 items of bad requests, 2 bad items; 3 items written"
err_has "d.jsonl: warning: 1 blank line was left out (in line 2)"
[ "$(wc -l <"$work/err")" -eq 6 ] || fail "more than four reasons, a blank line and a summary on stderr"

featc 1 run "$work/m.feat" --input "$work/d.jsonl" --strict
err_has "d.jsonl:1: "
featc 0 explain "$work/m.feat" --input "$work/d.jsonl" --row 5
out_has "id 17592186044456"
featc 1 explain "$work/m.feat" --input "$work/d.jsonl" --row 1
err_has "row 1 is bad"

# No good row at all.
echo '{"request": {"r": "no"}, "items": [{"i": 1}]}' >"$work/none.jsonl"
featc 1 run "$work/m.feat" --input "$work/none.jsonl"
out_empty
# Nothing at all is not a bad row.
: >"$work/empty.jsonl"
featc 0 run "$work/m.feat" --input "$work/empty.jsonl"
out_empty
err_empty
featc 1 explain "$work/m.feat" --input "$work/empty.jsonl"
err_has "there is no row 0"

# The same in CSV: a wrong cell count, a cell of another type; columns that no field declares.
cat >"$work/d.csv" <<'END'
r,i,extra
1,10,
1,x,
1
1,3.0,
END
featc 0 run "$work/m.feat" --input "$work/d.csv"
out_is <<'END'
{"row": 0, "request": 0, "item": 0, "features": {"a": [17592186044426], "b": [1]}}
{"row": 3, "request": 3, "item": 0, "features": {"a": [17592186044419], "b": [1]}}
END
err_has "d.csv:3: "
err_has "d.csv:4: "
err_has "extra"
err_has "2 items written"
featc 1 run "$work/m.feat" --input "$work/d.csv" --strict
printf 'r,i,i\n1,2,3\n' >"$work/twice.csv"
featc 1 run "$work/m.feat" --input "$work/twice.csv"
out_empty
: >"$work/empty.csv"
featc 1 run "$work/m.feat" --input "$work/empty.csv"
printf 'r,i\n' >"$work/header.csv"
featc 0 run "$work/m.feat" --input "$work/header.csv"
out_empty

# What a bad row held before it went wrong does not get into the next one.
cat >"$work/lists.feat" <<'END'
model m
semantics 1
item { l : list<int64>  k : map<string, int64> }
sparse l slot 1 = l
dense keys = len(k)
END
printf 'l,k\n7|8,a:1|b:x\n7|x,a:1\n1,c:2\n' >"$work/lists.csv"
featc 0 run "$work/lists.feat" --input "$work/lists.csv"
out_is <<'END'
{"row": 2, "request": 2, "item": 0, "features": {"l": [17592186044417], "keys": [1]}}
END
cat >"$work/lists.jsonl" <<'END'
{"request": {}, "items": [{"l": [7, 8], "k": {"a": 1, "b": "x"}}]}
{"request": {}, "items": [{"l": [7, 8, }]}
{"request": {}, "items": [{"k": {"a": 1, "b" }]}
{"request": {}, "items": [{"l": [1], "k": {"c": 2}}]}
END
featc 0 run "$work/lists.feat" --input "$work/lists.jsonl"
out_is <<'END'
{"row": 1, "request": 3, "item": 0, "features": {"l": [17592186044417], "keys": [1]}}
END

# A row that cannot be computed: strings of more than 1 MiB.
cat >"$work/large.feat" <<'END'
model m
semantics 1
item { s : string }
let s4 = concat(s, s, s, s)
let s16 = concat(s4, s4, s4, s4)
let s64 = concat(s16, s16, s16, s16)
dense o = len(concat(s64, s64, s64, s64))
END
long=$(printf '%05000d' 0)
printf '{"request": {}, "items": [{"s": "%s"}, {"s": "x"}]}\n' "$long" >"$work/large.jsonl"
featc 0 run "$work/large.feat" --input "$work/large.jsonl"
out_is <<'END'
{"row": 1, "request": 0, "item": 1, "features": {"o": [256]}}
END
err_has "large.jsonl:1: item 0: "
err_has "left out: 1 item that failed when computed; 1 item written"
featc 1 run "$work/large.feat" --input "$work/large.jsonl" --strict
