# What the strategy engineer is shown of one row: inputs, reads, each step once, where it runs, the ids.
. ./common/check.sh

takeaway=$examples/takeaway
featc 0 explain "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --row 0 \
  --store "default=jsonl:$takeaway/profiles.jsonl"
err_empty
out_has "row 0: request 0, item 0, line 1 of $takeaway/requests.jsonl"
# The category is hashed once for the three features that use it.
out_count 1 "hash(item.category)"
out_has "# 3 features: category, age_x_category, city_x_hour_x_cat"
# The band of the user's age depends on the request only.
out_count 1 ", [18, 25, 35, 50])"
sed -n '/^steps, once per request/,/^$/p' "$work/out" >"$work/request"
grep -q "bucketize(.*\[18, 25, 35, 50\])" "$work/request" || fail "age_band is not computed once per request"
out_has "sparse age_band, slot 4"
out_has 'key "user:1023"'

# The ids it shows are those that run emits.
featc 0 run "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" \
  --store "default=jsonl:$takeaway/profiles.jsonl"
head -n 1 "$work/out" >"$work/first"
featc 0 explain "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" --feature gender_x_tags \
  --store "default=jsonl:$takeaway/profiles.jsonl"
out_has_not "price_log"
for id in $(sed -n 's/^ *id \([0-9]*\) =.*/\1/p' "$work/out"); do
  grep -qF "$id" "$work/first" || fail "run does not emit $id"
done
out_count 2 "    id "

featc 0 explain "$examples/quick/shops.feat" --input "$examples/quick/shops.jsonl" --row 1 --brief
out_has "price_log"
featc 1 explain "$examples/quick/shops.feat" --input "$examples/quick/shops.jsonl" --row 9
out_empty

# In brief the words, whoever else uses their hash; the hash where the config asks for it.
cat >"$work/words.feat" <<'C'
model words
request { clicks: list<{ cat: string }>? }
item { cat: string? }
sparse word slot 1 = cat
let own = hash(cat)
sparse hashed slot 2 = own
sparse pair slot 3 = cross(cat, "x")
sequence group recent over clicks length 3 {
  sparse cat slot 4 = it.cat
  sparse both slot 5 = cross(it.cat, cat)
}
C
echo '{"request": {"clicks": [{"cat": "pizza"}, {"cat": "pho"}]}, "items": [{"cat": "pizza"}]}' >"$work/words.jsonl"
featc 0 explain "$work/words.feat" --input "$work/words.jsonl" --brief
out_has 'cat = "pizza"'
out_has 'hash(cat) = 7887512574160413071'
out_has 'it.cat = ["pizza", "pho"]'
