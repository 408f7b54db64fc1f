# The look at the data at the end of a run costs little, whatever the config shares and however long its lists are.
. ./common/check.sh

config() {
  {
    printf 'model m\nsemantics 1\nrequest { clicks : list<int64> }\nitem { id : int64 }\n'
    cat
  } >"$work/m.feat"
}

# A step that shares its parts, each of which stands in it twice as often as the one before.
{
  echo 'let s0 = id'
  n=0
  while [ $n -lt 60 ]; do
    echo "let s$((n + 1)) = s$n * s$n + 3"
    n=$((n + 1))
  done
  echo 'dense shared default -1 = hour(abs(s60) + 1000000000000000000)'
} | config
echo '{"request": {"clicks": []}, "items": [{"id": 1}]}' >"$work/d.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl"
err_has "warning: shared: missing in the only row: hour("

# Lists of 2,000 elements in 512 rows, of which a few are enough.
{
  echo 'sparse v slot 1 = vocab(clicks * 3 + id, [7, 9, 11])'
  echo 'dense n = count(vocab(clicks + id, [7, 9, 11], 0))'
} | config
awk 'BEGIN {
  for (row = 0; row < 512; ++row) {
    printf "{\"request\": {\"clicks\": [1000"
    for (n = 1; n < 2000; ++n) printf ",%d", 1000 + n
    printf "]}, \"items\": [{\"id\": %d}]}\n", row
  }
}' >"$work/d.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --output "$work/out.jsonl"
err_has "warning: v: vocab("
grep -q '^warning: n: vocab.* finds no word of its vocabulary: \([0-9]*\) of \1 values looked at, ' "$work/err" ||
  fail "what is looked at is not told"
looked=$(sed -n 's/^warning: n: .* of \([0-9]*\) values looked at.*/\1/p' "$work/err")
[ "$looked" -lt 5000 ] || fail "$looked values were looked at"
