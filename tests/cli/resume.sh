# featc run --resume: killed at any moment and continued, the output is that of a run that was left alone.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
request { r : int64 }
item { i : int64  x : float64?  tags : list<string> }
sparse i slot 1 = i
dense x = log1p(x)
sparse tags slot 2 = cross(tags, i)
dense r = r
END
# Something to do, so that a run can be killed in the middle.
awk 'BEGIN { printf "dense slow = sum(log1p(abs(i) * ["; for (n = 1; n < 2000; ++n) printf "%d.5, ", n; print "0.5]))" }' \
  >>"$work/m.feat"
# About 60,000 items, some of them bad; numbers follow from the line alone.
awk 'BEGIN {
  for (n = 0; n < 20000; ++n) {
    if (n % 997 == 5) { print "{\"request\": {\"r\": \"no\"}, \"items\": [{}]}"; continue }
    printf "{\"request\": {\"r\": %d}, \"items\": [", n
    for (k = 0; k < 3; ++k)
      printf "%s{\"i\": %d, \"x\": %d.%d, \"tags\": [\"a%d\", \"b\"], \"other\": 1}", k ? ", " : "", n * 7 + k, n % 91, k, n % 13
    print "]}"
  }
}' >"$work/d.jsonl"
awk 'BEGIN {
  print "i,x,tags,r"
  for (n = 0; n < 60000; ++n) print n * 3 "," n % 77 ".5,\"p" n % 5 "|q\"\"" n % 3 "\"," n
}' >"$work/d.csv"

for format in json csv tensor-sequence; do
  input=$work/d.jsonl
  [ $format != csv ] || input=$work/d.csv
  featc 0 run "$work/m.feat" --engine interp --input "$input" --output "$work/expect" --format $format --threads 2
  grep -v '^featc: ' "$work/err" | tail -n 1 >"$work/summary"
  [ ! -e "$work/expect.partial" ] && [ ! -e "$work/expect.journal" ] || fail "a whole run left something behind"
  tries=0
  resumed=0
  # Each time a little later, so that a run reaches its first checkpoint and then others.
  while :; do
    tries=$((tries + 1))
    [ $tries -lt 60 ] || fail "sixty runs did not come to an end"
    "$program" run "$work/m.feat" --engine interp --input "$input" --output "$work/out.$format" --format $format \
      --threads 2 --resume 2>"$work/err" &
    pid=$!
    sleep "$((tries / 5)).$((tries % 5 * 2))$((tries * 7 % 10))"
    kill -KILL $pid 2>"$work/killed" || true
    status=0
    wait $pid 2>"$work/killed" || status=$?
    ! grep -q "continuing after line" "$work/err" || resumed=$((resumed + 1))
    [ $status -ne 0 ] || break
    [ $status -eq 137 ] || fail "a run ended with $status"
    # Killed after the file got its name: it must be whole.
    [ ! -e "$work/out.$format" ] || break
  done
  cmp "$work/out.$format" "$work/expect" || fail "$format after $tries runs differs from one run"
  [ ! -e "$work/out.$format.partial" ] || fail "something was left behind"
  # What was counted is told of the whole.
  command="run --resume, $tries times, $resumed of them from a checkpoint"
  [ $status -ne 0 ] || err_has "$(cat "$work/summary")"
  all_resumed=$((${all_resumed:-0} + resumed))
done

[ "$all_resumed" -gt 0 ] || fail "no run went on from a checkpoint"

# A run that is stopped in the middle by a file that may not grow: clear, partial, and continued.
status=0
(ulimit -f 2000 && "$program" run "$work/m.feat" --engine interp --input "$work/d.jsonl" --output "$work/full" \
  2>"$work/err") || status=$?
command="run, with at most 1 MB a file"
[ $status -eq 1 ] || fail "exit code $status, not 1"
err_has "full.partial: File too large"
err_has "full.partial holds what was written until then; --resume continues from there"
[ ! -e "$work/full" ] || fail "an output that is not whole has its name"

# Another config, input or option is refused, and says what it was.
cp "$work/full.partial" "$work/kept"
refuse() {
  featc 2 run "$@" --output "$work/full" --resume
  err_has "featc: cannot resume $work/full: "
  cmp "$work/full.partial" "$work/kept" || fail "what was refused changed the output"
}
sed 's/dense r = r/dense r = r + 1/' "$work/m.feat" >"$work/other.feat"
refuse "$work/other.feat" --engine interp --input "$work/d.jsonl"
err_has "the config has changed: it was "
refuse "$work/m.feat" --input "$work/d.jsonl" --format csv
err_has "the command has changed"
refuse "$work/m.feat" --engine interp --input "$work/d.jsonl" --max-row-ids 2
err_has "the command has changed"
cp "$work/d.jsonl" "$work/other.jsonl"
refuse "$work/m.feat" --input "$work/other.jsonl"
err_has "the input has changed"
head -c 1000 "$work/kept" >"$work/full.partial"
cp "$work/full.partial" "$work/kept"
refuse "$work/m.feat" --input "$work/d.jsonl"
err_has "is shorter than its journal says"

# Without anything to resume it begins at the beginning; stdin and stdout cannot be continued.
head -n 3 "$work/d.jsonl" >"$work/in"
cp "$work/in" "$work/small.jsonl"
featc 0 run "$work/m.feat" --input "$work/small.jsonl" --output "$work/small" --resume
err_has "nothing to resume"
[ "$(wc -l <"$work/small")" -eq 9 ] || fail "not all was written"
featc 2 run "$work/m.feat" --input "$work/small.jsonl" --resume
err_has "only a file keeps what an earlier run wrote"
featc 2 run "$work/m.feat" --input - --input-format jsonl --output "$work/x" --resume
err_has "stdin is read only once"

# A pipe whose reader goes away is said, and fails.
{ "$program" run "$work/m.feat" --engine interp --input "$work/d.jsonl" 2>"$work/err" || echo $? >"$work/status"; } |
  head -n 1 >"$work/out"
command="run | head"
[ "$(cat "$work/status")" -eq 1 ] || fail "a closed pipe is not exit code 1"
err_has "featc: stdout was closed before all features were written"
