# However a run ends before its end, it says what it left and how to go on.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
item { i : int64  s : string }
dense i = i
sparse s slot 1 = s
END
awk 'BEGIN { printf "dense slow = sum(log1p(abs(i) * ["; for (n = 1; n < 2000; ++n) printf "%d.5, ", n; print "0.5]))" }' \
  >>"$work/m.feat"
awk 'BEGIN { for (n = 0; n < 20000; ++n) printf "{\"request\": {}, \"items\": [{\"i\": %d, \"s\": \"a\"}]}\n", n }' >"$work/d.jsonl"

# Stopped by a signal: told at once, ended by the signal, and continued.
for signal in INT TERM HUP; do
  rm -f "$work/kept.journal"
  # A shell starts what stands behind & with SIGINT ignored, and featc leaves that so: env sets it right.
  env --default-signal=INT "$program" run "$work/m.feat" --engine interp --input "$work/d.jsonl" \
    --output "$work/kept" --threads 1 2>"$work/err" &
  pid=$!
  tries=0
  # Six lines say which run it is.
  until [ -e "$work/kept.journal" ] && [ "$(wc -l <"$work/kept.journal")" -gt 6 ]; do
    tries=$((tries + 1))
    [ $tries -lt 600 ] || fail "no checkpoint"
    sleep 0.05
  done
  kill -$signal $pid
  status=0
  wait $pid 2>"$work/wait" || status=$?
  command="run, and SIG$signal"
  [ $status -gt 128 ] || fail "exit code $status: not ended by the signal"
  err_has "featc: stopped; $work/kept.partial holds what was written until then; --resume continues from its last checkpoint"
done
featc 0 run "$work/m.feat" --engine interp --input "$work/d.jsonl" --output "$work/kept" --threads 2 --resume
err_has "continuing after line"
featc 0 run "$work/m.feat" --engine interp --input "$work/d.jsonl" --output "$work/whole" --threads 2
cmp "$work/kept" "$work/whole" || fail "the continued output differs"
# A run that was told to ignore them does.
(trap '' HUP; exec "$program" run "$work/m.feat" --engine interp --input "$work/d.jsonl" --output "$work/nohup" 2>"$work/err") &
pid=$!
sleep 0.3
kill -HUP $pid 2>/dev/null || true
wait $pid || fail "SIGHUP was not ignored"

# A log whose reader goes away.
mkfifo "$work/fifo"
head -c 100 "$work/fifo" >/dev/null &
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --output "$work/logged" --log "$work/fifo"
err_has "featc: $work/fifo was closed before all calls were logged"
err_has "logged.partial holds what was written until then; a run like this cannot be resumed"
wait
# Nothing is left by a run that did not begin.
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --output "$work/unbegun" --log "$work/none/log"
[ ! -e "$work/unbegun.partial" ] && [ ! -e "$work/unbegun.journal" ] || fail "something was left behind"

# A request that needs more memory than a batch may have.
head -n 5000 "$work/d.jsonl" >"$work/large.jsonl"
megabyte=$(head -c 1000000 /dev/zero | tr '\0' x)
{
  printf '{"request": {}, "items": ['
  for n in $(seq 120); do printf '{"i": %d, "s": "%s"}, ' "$n" "$megabyte"; done
  printf '{"i": 0, "s": ""}]}\n'
} >>"$work/large.jsonl"
status=0
"$program" run "$work/m.feat" --input "$work/large.jsonl" --output "$work/large" 2>"$work/err" || status=$?
command="run with a request of 120 MB"
[ $status -le 1 ] || fail "exit code $status"
[ $status -eq 0 ] || err_has "large.partial holds what was written until then; --resume"

# --strict: nothing that stands behind the bad row is written, whatever makes it bad.
cat >"$work/strict.feat" <<'END'
model m
semantics 1
item { i : int64  s : string }
let s4 = concat(s, s, s, s)
let s16 = concat(s4, s4, s4, s4)
let s64 = concat(s16, s16, s16, s16)
dense i = i
dense o = len(concat(s64, s64, s64, s64))
END
long=$(printf '%05000d' 0)
good() { printf '{"request": {}, "items": [{"i": %d, "s": "x"}]}\n' "$1"; }
{
  good 1
  printf '{"request": {}, "items": [{"i": 2, "s": "x"}, {"i": 3, "s": "%s"}, {"i": 4, "s": "x"}]}\n' "$long"
  good 5
} >"$work/computed.jsonl"
{
  good 1
  printf '{"request": {}, "items": [{"i": 2, "s": "x"}, {"i": "3"}, {"i": 4, "s": "x"}]}\n'
  good 5
} >"$work/read.jsonl"
printf 'i,s\n1,x\n2,x\nx,x\n4,x\n' >"$work/read.csv"
for format in csv tensor-sequence tfrecord; do
  printf '{"request": {}, "items": [{"i": 1, "s": "x"}, {"i": 2, "s": "x"}]}\n' >"$work/two.jsonl"
  printf '{"request": {}, "items": [{"i": 1, "s": "x"}]}\n' >"$work/one.jsonl"
  for threads in 1 3; do
    featc 1 run "$work/strict.feat" --input "$work/computed.jsonl" --strict --format $format --threads $threads
    cp "$work/out" "$work/stopped"
    err_has "computed.jsonl:2: item 1: "
    if [ $format = csv ]; then
      out_is <<'END'
i,o
1,256
2,256
END
    fi
    featc 1 run "$work/strict.feat" --input "$work/read.jsonl" --strict --format $format --threads $threads
    err_has "read.jsonl:2: item 1: "
    [ $format != csv ] || out_is <<'END'
i,o
1,256
END
    featc 1 run "$work/strict.feat" --input "$work/read.csv" --strict --format $format --threads $threads
    [ $format != csv ] || out_is <<'END'
i,o
1,256
2,256
END
  done
done
