# Requests that go past a limit are told with file and line, counted, and left out; the others are what they always are.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
request { words : list<string> }
item { t : string }
sparse a slot 1 = cross(words, t)
dense b = len(words)
END
cat >"$work/d.jsonl" <<'END'
{"request": {"words": ["a", "b"]}, "items": [{"t": "x"}]}
{"request": {"words": ["a"]}, "items": [{"t": "x"}, {"t": "y"}, {"t": "z"}]}
{"request": {"words": ["a", "b", "c", "d"]}, "items": [{"t": "x"}]}
END
featc 0 run "$work/m.feat" --input "$work/d.jsonl"
cp "$work/out" "$work/whole"
err_empty

for scheduler in staged pipelined seda; do
  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler $scheduler --max-computing 60s --max-items 3 \
    --max-value-bytes 1MB --max-result-bytes 1MB --max-row-ids 4 --memory 1GB
  out_is <"$work/whole"
  err_empty

  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler $scheduler --max-items 2
  grep -v '"request": 1,' "$work/whole" | out_is
  err_is <<END
$work/d.jsonl:2: request: the batch has 3 items; a call may have 2
$work/d.jsonl: left out: 3 items that failed when computed; 2 items written
END

  # 8 bytes an id and 4 a number of each request.
  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler $scheduler --max-result-bytes 28
  grep -v '"request": 2,' "$work/whole" | out_is
  err_has "d.jsonl:3: request: the result takes more than the 28 bytes that a call may have"

  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler $scheduler --max-row-ids 3
  grep -v '"request": 2,' "$work/whole" | out_is
  err_has "d.jsonl:3: item 0: an output made more than 65536 ids, or all outputs together more than 3"
done

featc 1 run "$work/m.feat" --input "$work/d.jsonl" --max-items 2 --strict
err_has "d.jsonl:2: request: the batch has 3 items; a call may have 2"
# Nothing left at all.
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --max-value-bytes 1
out_empty
err_has "d.jsonl:1: request: operators make more than the 1 bytes that a call may have"
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --memory 1
out_empty
err_has "d.jsonl:1: request: out of memory"
# A time has a unit.
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --max-computing 5
err_has '--max-computing: "5" is not a time with its unit (us, ms or s), such as 50ms'
# Numbers are whole, and neither negative nor too large.
for number in -1 0 1.5 0x10 4294967296 99999999999999999999 many ""; do
  featc 2 run "$work/m.feat" --input "$work/d.jsonl" --max-row-ids "$number"
  out_empty
  err_has "--max-row-ids: \"$number\" is not a whole number from"
done
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --max-failed-reads -1
err_has '--max-failed-reads: "-1" is not a whole number from 0 to 18446744073709551615'
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --threads 5000
err_has '--threads: "5000" is not a whole number from 1 to 1024'
featc 2 explain "$work/m.feat" --input "$work/d.jsonl" --row -1
err_has '--row: "-1" is not a whole number from 0'
