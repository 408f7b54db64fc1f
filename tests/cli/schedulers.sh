# Every scheduler on a config that reads nothing: SEDA joins requests of several threads there too.
. ./common/check.sh

cat >"$work/m.feat" <<'EOF'
model m
semantics 1
request { user : int64 }
item { id : int64
  words : string }
sparse user slot 1 = user
sparse words slot 2 = split(words, " ")
dense id = id
EOF
# Enough for several calls of each thread.
awk 'BEGIN { for (i = 0; i < 20000; ++i)
  printf "{\"request\": {\"user\": %d}, \"items\": [{\"id\": %d, \"words\": \"a b%d\"}, {\"id\": 7, \"words\": \"\"}]}\n", i, i, i }' \
  >"$work/d.jsonl"

featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler staged
cp "$work/out" "$work/wanted"
for threads in 1 8; do
  for scheduler in pipelined seda; do
    featc 0 run "$work/m.feat" --input "$work/d.jsonl" --scheduler $scheduler --threads $threads
    cmp -s "$work/out" "$work/wanted" || fail "$scheduler on $threads threads is not as staged"
  done
done
