# featc deps: what features read, and who needs a field or a source.
. ./common/check.sh

config=$examples/takeaway/takeaway.feat
featc 0 deps "$config"
err_empty
[ "$(wc -l <"$work/out")" -eq 22 ] || fail "not a line a feature"
out_has "sparse    age_band           user_profile.age (key: request.user_id)"
out_has "dense     taste_of_it        item.category; user_profile.taste (key: request.user_id)"

featc 0 deps "$config" --feature cheap_and_near
[ "$(cat "$work/out")" = "dense     cheap_and_near  item.price, item.distance" ] || fail "another line"

# A field is needed for its value, or to make a key.
featc 0 deps "$config" --field price
out_has "item.price: 2 of 22 features need it"
out_has "price_log       its value"
featc 0 deps "$config" --field request.user_id
out_has "request.user_id: 7 of 22 features need it"
out_has "gender          through the key of user_profile"
featc 0 deps "$config" --field user_profile.taste
out_has "user_profile.taste: 2 of 22 features need it"
featc 0 deps "$config" --source item_stats
out_has "item_stats: 1 of 22 features read it"
out_has "item_stats.clicks, item_stats.views (key: item.item_id)"

featc 0 deps "$config" --source item_stats --format json
python3 -c '
import json, sys
found = [json.loads(line) for line in sys.stdin]
assert found == [{"feature": "ctr", "kind": "dense", "fields": [], "sources": [
    {"name": "item_stats", "key": ["item.item_id"], "fields": ["clicks", "views"],
     "values": ["clicks", "views"]}]}], found
' <"$work/out" || fail "other JSON"
featc 0 deps "$config" --format dot
out_has "digraph deps {"
out_has '"item.item_id" -> "item_stats";'

# Members of a list of structs, nested reads, constants.
cat >"$work/nested.feat" <<'END'
model m
request { user: int64  visits: list<{ id: int64, ts: int64 }> }
item { id: int64 }
source shop(id: int64) { key "s:{id}"  owner: int64? }
source owner(id: int64) { key "o:{id}"  age: int64?  city: string? }
let of = owner(shop(id).owner)
dense age = of.age
dense one = 1
sparse visited slot 1 = visits.id
END
featc 0 deps "$work/nested.feat"
out_has "age      shop.owner (key: item.id); owner.age (key: shop.owner)"
out_has "one      nothing: a constant"
out_has "visited  request.visits.id"
# What only makes a key has no value that counts.
featc 0 deps "$work/nested.feat" --feature age --format json
python3 -c '
import json, sys
assert json.load(sys.stdin)["sources"] == [
    {"name": "shop", "key": ["item.id"], "fields": ["owner"], "values": []},
    {"name": "owner", "key": ["shop.owner"], "fields": ["age"], "values": ["age"]}]
' <"$work/out" || fail "other values"
featc 0 deps "$work/nested.feat" --field visits
out_has "request.visits.id, request.visits.ts: 1 of 3 features need it"
featc 0 deps "$work/nested.feat" --field shop.owner
out_has "shop.owner: 1 of 3 features need it"
out_has "age  through the key of owner"
featc 0 deps "$work/nested.feat" --field user
out_has "request.user: 0 of 3 features need it"

featc 2 deps "$config" --field prise
err_has 'the config has no field "prise"; did you mean "price"?'
featc 2 deps "$config" --source user_profil
err_has 'the config has no source "user_profil"; did you mean "user_profile"?'
featc 2 deps "$config" --feature nosuch
err_has 'the config has no feature "nosuch"'
featc 2 deps "$config" --field price --source user_profile
printf 'model m\ndense a = b\n' >"$work/bad.feat"
featc 1 deps "$work/bad.feat"
err_has 'bad.feat:2:11: error: "b" is not'
