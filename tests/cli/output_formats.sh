# Every format that features are written in: what stands in the files, and what is refused.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
request { city : string }
item { n : int64?  x : float64?  tags : list<string> }
sparse n slot 1 = n
dense `x y` width 2 default 0.5 = [x, 2]
sparse tags slot 2 = len(tags)
sparse w slot 524288 = {1: 0.25, 2: 0.1}
sparse same slot 4 = [n, n]
dense city = len(city)
END
cat >"$work/d.jsonl" <<'END'
{"request": {"city": "abcde"}, "items": [{"n": 7, "x": 1.5, "tags": ["p", "q"]}]}
{"request": {"city": ""}, "items": [{"n": null, "tags": [""]}]}
END

# libsvm: dense values have the indices 1, 2, ..., what is 0 is left out, and an id that comes twice counts 2.
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format libsvm --label city
out_is <<'END'
5 1:1.5 2:2 17592186044423:1 35184372088834:1 70368744177671:2 9223372036854775809:0.25 9223372036854775810:0.1
0 1:0.5 2:2 35184372088833:1 9223372036854775809:0.25 9223372036854775810:0.1
END
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --format libsvm
err_has "pass --label FEATURE"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --format libsvm --label citi
err_has 'did you mean "city"?'
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --format libsvm --label "x y"
err_has "a label is a dense output of width 1"

# Vowpal Wabbit, with a label and without.
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format vw --label city
out_is <<'END'
5 |n 17592186044423 |x%20y 0:1.5 1:2 |tags 35184372088834 |w 9223372036854775809:0.25 9223372036854775810:0.1 |same 70368744177671 70368744177671
0 |n |x%20y 0:0.5 1:2 |tags 35184372088833 |w 9223372036854775809:0.25 9223372036854775810:0.1 |same
END
printf '%s\n' 'model x' 'item { x : float64 }' 'dense x = x' >"$work/x.feat"
printf 'x\n2.5\n' >"$work/x.csv"
featc 0 run "$work/x.feat" --input "$work/x.csv" --format vw
out_is <<'END'
|x 0:2.5
END

# A tensor sequence, read by a C program that has nothing of featc but the header.
cat >"$work/bad.jsonl" <<'END'
{"request": {"city": "abcde"}, "items": [{"n": 7, "x": 1.5, "tags": ["p", "q"]}, {"n": 8, "tags": ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]}]}
{"request": {"city": ""}, "items": []}
{"request": {"city": "x"}, "items": [{"n": 9, "tags": []}]}
END
cat "$work/m.feat" - >"$work/all.feat" <<'END'
sequence s slot 9 length 2 = [n, n, n]
sparse many slot 10 = cross(tags, tags, tags, tags, tags)
END
cp ../../include/featc/tensor_sequence.h common/read_tensor_sequence.c "$work"
(cd "$work" && cc -std=c99 -Wall -Wextra -Wpedantic -Werror -o read read_tensor_sequence.c)
for threads in 1 3; do
  featc 0 run "$work/all.feat" --input "$work/bad.jsonl" --format csv --output "$work/expect.csv"
  featc 0 run "$work/all.feat" --input "$work/bad.jsonl" --format tensor-sequence --threads $threads --output "$work/ts"
  err_has "item 1: an operator made a list of more than 65536 elements"
  "$work/read" "$work/ts" >"$work/out"
  out_is <"$work/expect.csv"
done
# Sequence groups: elements of items and of requests.
cat >"$work/groups.feat" <<'END'
model g
semantics 1
request { seen : list<int64>? }
item { shops : list<int64>?  tags : list<list<string>>? }
sequence group c over shops, tags length 3 {
  sparse shop slot 1 = it.shops
  sparse tags slot 2 = it.tags
  sparse both slot 3 = weighted([it.shops, 5], [0.5, 2])
  dense half default 0.25 = it.shops / 2
  dense pair width 2 = [it.shops ?? 0, 7]
}
sequence group s over seen length 2 {
  sparse id slot 4 = it
}
END
cat >"$work/groups.jsonl" <<'END'
{"request": {"seen": [5, 6, 7]}, "items": [{"shops": [1, null], "tags": [["a", "b"], [], ["c"], ["d"]]}, {}]}
{"request": {}, "items": [{"shops": [], "tags": []}, {"shops": [9]}]}
END
featc 0 run "$work/groups.feat" --input "$work/groups.jsonl" --format csv --output "$work/expect.csv"
featc 0 run "$work/groups.feat" --input "$work/groups.jsonl" --format tensor-sequence --output "$work/groups.ts"
"$work/read" "$work/groups.ts" >"$work/out"
out_is <"$work/expect.csv"
out_has "0.5;0.25;0.25,1|7;0|7;0|7,70368744177669;70368744177670"
head -c 700 "$work/ts" >"$work/cut"
status=0
"$work/read" "$work/cut" >"$work/out" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "a buffer that is cut was read"
err_has "truncated"
featc 0 run "$work/all.feat" --input "$work/bad.jsonl" --format tensor-sequence --compress zstd --output "$work/ts.zst"
[ "$(wc -c <"$work/ts.zst")" -lt "$(wc -c <"$work/ts")" ] || fail "compressed it is not smaller"

# Where order counts, neither libsvm nor VW will do.
for format in libsvm vw; do
  featc 2 run "$work/all.feat" --input "$work/d.jsonl" --format $format --label city
  err_has "cannot hold s (a sequence: the order would be lost)"
done

# A matrix: a line that names the columns, then rows.
cat >"$work/dense.feat" <<'END'
model d
item { n : int64?  x : float64? }
dense x width 2 default 0.5 = [x, 2]
dense y = 1.5
END
printf 'n,x\n7,1.5\n,\n' >"$work/d.csv"
featc 0 run "$work/dense.feat" --input "$work/d.csv" --format matrix --output "$work/d.matrix"
head -n 1 "$work/d.matrix" >"$work/out"
[ $(($(wc -c <"$work/out") % 64)) -eq 0 ] || fail "the line is not a multiple of 64 bytes"
out_has '"cell": "f32", "row_cells": 3, "columns": [{"name": "x", "kind": "dense", "slot": 0, "column": 0, "width": 2}, {"name": "y"'
tail -c +$(($(wc -c <"$work/out") + 1)) "$work/d.matrix" | od -An -v -w12 -t f4 | tr -s ' ' >"$work/rows"
cp "$work/rows" "$work/out"
out_is <<'END'
 1.5 2 1.5
 0.5 2 1.5
END
cat >>"$work/dense.feat" <<'END'
sparse n slot 1 = n
sequence s slot 2 length 3 = [n, 5]
END
featc 2 run "$work/dense.feat" --input "$work/d.csv" --format matrix
err_has "a matrix of float32 cannot hold n (a float32 has no room for ids), s (a float32 has no room for ids)"
err_has "--cell u64"
featc 0 run "$work/dense.feat" --input "$work/d.csv" --format matrix --cell u64 --output "$work/d.matrix"
tail -c 112 "$work/d.matrix" | od -An -v -w56 -t u8 | tr -s ' ' >"$work/out"
# 4609434218613702656 are the bits of 1.5, 4611686018427387904 of 2, 4602678819172646912 of 0.5. A missing
# element of a sequence is 0, as what fills it up.
out_is <<'END'
 4609434218613702656 4611686018427387904 4609434218613702656 17592186044423 35184372088839 35184372088837 0
 4602678819172646912 4611686018427387904 4609434218613702656 0 0 35184372088837 0
END
# `pad left`: what fills a sequence up stands before it, and its column says so.
sed 's/length 3 =/length 3 pad left =/' "$work/dense.feat" >"$work/left.feat"
featc 0 run "$work/left.feat" --input "$work/d.csv" --format matrix --cell u64 --output "$work/l.matrix"
head -n 1 "$work/l.matrix" >"$work/out"
out_has '"name": "s", "kind": "sequence", "slot": 2, "column": 4, "width": 3, "pad": "left"}'
tail -c 112 "$work/l.matrix" | od -An -v -w56 -t u8 | tr -s ' ' | cut -d ' ' -f 6-8 >"$work/out"
out_is <<'END'
0 35184372088839 35184372088837
0 0 35184372088837
END
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --format matrix --cell u64
err_has "cannot hold w (it has ids with weights), same (a list has no fixed length)"

# TFRecord: a record whose bytes are written out in tests/unit/formats_tfrecord_test.cpp.
featc 0 run "$work/x.feat" --input "$work/x.csv" --format tfrecord
[ "$(wc -c <"$work/out")" -eq 33 ] || fail "a record of 17 bytes takes 33"
out_has "x"

# Options that a format does not take are refused.
for option in "--cell u64" "--label city" "--compress zstd"; do
  # shellcheck disable=SC2086 # an option and its value
  featc 2 run "$work/m.feat" --input "$work/d.jsonl" $option
  err_has "is for --format"
done
