# Configs made to hurt: an answer with exit code 1, in bounded memory and time, never a crash.
. ./common/check.sh

# A sanitizer reserves more addresses than the bound leaves.
if ! (ulimit -v 1048576 && "$program" --version >/dev/null 2>&1); then
  echo "skipped: the program does not start in 1 GiB of addresses"
  exit 0
fi

refused() {
  command="check $1"
  status=0
  (ulimit -v 1048576 && timeout 60 "$program" check "$work/$1") >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq 1 ] || fail "$1: exit code $status, not 1"
  out_empty
  grep -q "error: " "$work/err" || fail "$1: no error"
  [ "$(wc -c <"$work/err")" -le 1000000 ] || fail "$1: more than a megabyte of messages"
}

repeat() { awk -v n="$1" -v s="$2" 'BEGIN { for (i = 0; i < n; ++i) printf "%s", s }'; }
dense() { printf 'model m\nitem { n : int64 }\ndense o = '; }

{ dense; repeat 200000 "("; } >"$work/open.feat"
{ dense; repeat 100000 "("; echo n; repeat 100000 ")"; } >"$work/nested.feat"
{ dense; repeat 200000 "-"; echo n; } >"$work/signs.feat"
{ dense; repeat 100000 "n ? n : "; echo n; } >"$work/choices.feat"
{ dense; repeat 200000 "1 + "; echo n; } >"$work/sum.feat"
{ dense; echo "len(["; repeat 100000 "1, "; echo "1])"; } >"$work/literal.feat"
{ dense; printf '"'; repeat 100000 "x"; } >"$work/string.feat"
{ printf 'model m\n'; repeat 50000 "@ # "; repeat 50000 "x = @
"; } >"$work/signs2.feat"
{ printf 'model m\nitem { '; repeat 100000 "a : list<"; } >"$work/types.feat"
head -c 3000000 /dev/urandom >"$work/random.feat"
head -c 20000000 /dev/zero >"$work/zero.feat"
head -c 20000000 /dev/zero | tr '\0' '\n' >"$work/lines.feat"
{
  printf 'model m\nitem { n : int64 }\nfn f0(v: int64) = v + 1\n'
  for i in $(seq 1 60); do echo "fn f$i(v: int64) = f$((i - 1))(v + $i) * f$((i - 1))(v * $i)"; done
  echo 'dense o = f60(n)'
} >"$work/inlined.feat"
{
  printf 'model m\nitem { n : int64 }\nlet l0 = l20000\n'
  awk 'BEGIN { for (i = 1; i <= 20000; ++i) printf "let l%d = l%d + 1\n", i, i - 1 }'
} >"$work/circle.feat"
awk 'BEGIN { print "model m"; for (i = 0; i < 100000; ++i) print "import \"x" i ".feat\"" }' >"$work/imports.feat"
awk 'BEGIN { print "model m"; for (i = 0; i < 100000; ++i) print "let a = b" i }' >"$work/errors.feat"
for config in open nested signs choices sum literal string signs2 types random zero lines inlined circle imports errors; do
  refused "$config.feat"
done

# A large config is compiled in at most 100 MB and 100 bytes for each of its own.
awk 'BEGIN {
  printf "model m\nsemantics 2\nitem {"
  for (i = 0; i < 2000; ++i) printf " f%d : float64?", i
  print " }"
  for (i = 0; i < 20000; ++i) printf "dense d%d = log1p(f%d) * %d.5 + clip(f%d, 0.25, %d.75)\n", i, i % 2000, i, i * 7 % 2000, i
}' >"$work/large.feat"
echo '{"request": {}, "items": [{"f0": 0}]}' >"$work/large.jsonl"
kilobytes=$((100000 + $(wc -c <"$work/large.feat") / 10))
for words in "check $work/large.feat" "run $work/large.feat --input $work/large.jsonl --output $work/large"; do
  # shellcheck disable=SC2086 # words
  (ulimit -d $kilobytes && timeout 300 "$program" $words) 2>"$work/err" || fail "$words: exit code $? in $kilobytes kB"
done
grep -q '"d0": \[0\.25\]' "$work/large" || fail "another value of d0"
