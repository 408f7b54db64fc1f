# The object cache and tiering up: the same bytes and warnings with and without, what --stats says of it,
# and folders that are refused.
. ./common/check.sh

takeaway=$examples/takeaway
run_takeaway() {
  featc 0 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" \
    --store "default=jsonl:$takeaway/profiles.jsonl" "$@"
}
run_takeaway
cp "$work/out" "$work/meaning"
cache=$work/new/cache
same() { cmp "$work/out" "$work/meaning" || fail "other bytes than without a cache"; }

run_takeaway --cache "$cache" --stats
same
err_has "cache     config miss, code miss: loaded in "
run_takeaway --cache "$cache" --stats
same
err_has "cache     config hit, code hit: loaded in "
run_takeaway --cache "$cache" --stats --engine tiered
same
err_has "cache     config hit, code hit"
run_takeaway --cache "$cache" --stats --engine interp
same
err_has "cache     config hit, code not needed"
[ "$(stat -c %a "$cache")" = 700 ] || fail "the folder is open to others"
[ "$(stat -c %a "$work/new")" = 700 ] || fail "the folder above is open to others"

# A damaged entry is made again.
for entry in "$cache"/*.config "$cache"/*.code; do
  printf 'X' | dd of="$entry" bs=1 seek=100 conv=notrunc 2>/dev/null
done
run_takeaway --cache "$cache" --stats
same
err_has "cache     config miss, code miss"
run_takeaway --cache "$cache" --stats
err_has "cache     config hit, code hit"

# Warnings do not vanish; they are written as this run asks.
cat >"$work/odd.feat" <<'END'
model odd
item { a : int64
  b : int64 }
sparse a slot 1 = a
let spare = b
END
echo '{"request": {}, "items": [{"a": 1, "b": 2}]}' >"$work/in"
featc 0 run "$work/odd.feat" --input - --input-format jsonl --cache "$cache"
cp "$work/err" "$work/warnings"
err_has "odd.feat:5:"
featc 0 run "$work/odd.feat" --input - --input-format jsonl --cache "$cache"
err_is <"$work/warnings"
featc 0 run "$work/odd.feat" --input - --input-format jsonl --cache "$cache" --diagnostics json --stats
err_has '"severity":'
err_has "cache     config hit, code hit"
# A comment more: the code is still good.
echo '# why not' >>"$work/odd.feat"
featc 0 run "$work/odd.feat" --input - --input-format jsonl --cache "$cache" --stats
err_has "cache     config miss, code hit"

# The environment names a folder too; the option comes first.
FEATC_CACHE=$cache
export FEATC_CACHE
run_takeaway --stats
err_has "cache     config hit, code hit"
run_takeaway --stats --cache "$work/second"
err_has "cache     config miss, code miss"
chmod 770 "$cache"
run_takeaway --stats
same
err_has "featc: warning: the cache folder \"$cache\" cannot be used: others may write to it"
unset FEATC_CACHE
featc 2 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --cache "$cache"
out_empty
err_has "featc: the cache folder \"$cache\" cannot be used: others may write to it"
chmod 700 "$cache"
featc 2 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --cache "$work/in"
out_empty

# Bounded: two configs do not fit.
run_takeaway --cache "$cache" --cache-size 1KB --stats
same
err_has "code miss"
kept=$(find "$cache" -name '*.config' -o -name '*.code' | wc -l)
featc 2 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --cache "$cache" --cache-size much
err_has '--cache-size: "much" is not a size, such as 200MB'
for size in -1 99999999999999GB 5EiBs; do
  featc 2 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --cache "$cache" --cache-size $size
  out_empty
done
[ "$kept" -gt 0 ] || fail "entries went though nothing was stored"

# Tiered without a cache, ending while the compiler runs.
for _ in 1 2 3; do
  run_takeaway --engine tiered
  same
  err_empty
done
featc 2 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --engine tiered --cpu pdp11
err_has "pdp11"

# A vocabulary belongs to the config: another content is another program.
printf 'apple\npear\n' >"$work/words.txt"
printf 'model v\nitem { s : string }\nsparse s slot 1 = vocab(s, file = "words.txt")\n' >"$work/vocab.feat"
echo '{"request": {}, "items": [{"s": "pear"}]}' >"$work/in"
run_vocab() { featc 0 run "$work/vocab.feat" --input - --input-format jsonl --cache "$cache" --stats; }
run_vocab
err_has "cache     config miss, code miss"
out_has '"s": [17592186044417]'
run_vocab
err_has "cache     config hit, code hit"
printf 'pear\napple\n' >"$work/words.txt"
run_vocab
err_has "cache     config miss, code miss"
out_has '"s": [17592186044416]'
