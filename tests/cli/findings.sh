# What only the whole of the data tells of a config is told once, at the end of a run: features without a value and why,
# words and keys that are never found, times in another unit than seconds.
. ./common/check.sh

# config LINES: what stands on stdin below a schema.
config() {
  {
    cat <<'END'
model m
semantics 1
item {
  id : int64
  ts : int64?
  city : string?
  text : string?
  tags : list<string>?
  cities : list<string>?
  prices : map<string, float64>?
}
END
    cat
  } >"$work/m.feat"
}
run() { featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv "$@"; }
said() { grep '^warning: ' "$work/err" >"$work/said" || true; }
said_is() {
  said
  sed 's/^/warning: /' | diff - "$work/said" >&2 || fail "other warnings (< expected, > came out)"
}
# stamps NUMBER...: rows with these times.
stamps() {
  for time in "$@"; do
    printf '{"request": {}, "items": [{"id": 1, "ts": %s, "city": "Rome"}]}\n' "$time"
  done >"$work/d.jsonl"
}

# -- Times ----------------------------------------------------------------------------------------------
config <<'END'
dense h = hour(ts)
sparse day slot 1 = day_of_week(ts, "Asia/Shanghai")
sparse x slot 2 = cross(hour(ts), city)
dense id = id
END
milli='takes seconds, and its times look like milliseconds: divide them, int(t / 1000)'
stamps 1733000000000 1733000000001 1733000000002
run
said_is <<END
h, x: missing in all 3 rows: hour(item.ts) has no value for 1733000000000; it $milli
day: missing in all 3 rows: day_of_week(item.ts, "Asia/Shanghai") has no value for 1733000000000; it $milli
END
# What it says is right.
sed 's/(ts/(int(ts \/ 1000)/' "$work/m.feat" >"$work/fixed.feat"
featc 0 run "$work/fixed.feat" --input "$work/d.jsonl" --format csv
said_is </dev/null
# 20:53 in UTC, on a Sunday (7) in Shanghai.
out_has '20,17592186044423,'
stamps 1733000000000000 1733000000000001
run
err_has 'look like microseconds: divide them, int(t / 1000000)'
sed 's/(ts/(int(ts \/ 1000000)/' "$work/m.feat" >"$work/fixed.feat"
featc 0 run "$work/fixed.feat" --input "$work/d.jsonl" --format csv
said_is </dev/null
stamps 1733000000000000000
run
err_has 'look like nanoseconds: divide them, int(t / 1000000000)'
# Days are times too, of one night in 1970.
stamps 20057 20058
run
err_has 'h, x: hour(item.ts) takes seconds, and its times look like days: multiply them, t * 86400: 2 of 2 values, such as 20057'
# Seconds are fine, and so is one broken time among many.
stamps 1733000000 0 -5 86399
run
said_is </dev/null
awk 'BEGIN { for (n = 0; n < 500; ++n) printf "{\"request\": {}, \"items\": [{\"id\": 1, \"ts\": %s, \"city\": \"x\"}]}\n", n == 77 ? "1733000000000" : 1733000000 + n }' >"$work/d.jsonl"
run
said_is </dev/null
# Some of them are told and counted.
awk 'BEGIN { for (n = 0; n < 400; ++n) printf "{\"request\": {}, \"items\": [{\"id\": 1, \"ts\": %d%s, \"city\": \"x\"}]}\n", 1733000000 + n, n % 4 == 3 ? "000" : "" }' >"$work/d.jsonl"
run
err_has "h, x: hour(item.ts) $milli: 100 of 400 values, such as 1733000003000"
# Texts of times, and times in lists.
config <<'END'
dense t = parse_time(text, "%Y-%m-%d")
sparse f slot 1 = format_time(ts, "%Y%m%d")
END
echo '{"request": {}, "items": [{"id": 1, "ts": 1733000000000, "text": "30.11.2024"}]}' >"$work/d.jsonl"
run
said_is <<END
t: missing in the only row: parse_time(item.text, "%Y-%m-%d") has no value for "30.11.2024"
f: missing in the only row: format_time(item.ts, "%Y%m%d") has no value for 1733000000000; it $milli
END

# -- Words and keys ---------------------------------------------------------------------------------------
config <<'END'
sparse v slot 1 = vocab(city, ["rome", "paris"])
sparse o slot 2 = vocab(city, {"rome": 3})
sparse l slot 3 = vocab(cities, ["rome", "paris"], oov = 0)
dense  p        = lookup(prices, city, default = 1)
dense  q        = lookup(prices, text)
dense  known    = lookup({"Rome": 1, "Oslo": 2}, city)
END
{
  echo '{"request": {}, "items": [{"id": 1, "city": "Rome", "text": "a", "cities": ["Rome", "Oslo"], "prices": {"a": 1.5}}]}'
  echo '{"request": {}, "items": [{"id": 1, "city": "Oslo", "text": "b", "cities": [], "prices": {"a": 2}}]}'
} >"$work/d.jsonl"
run
said_is <<'END'
o: missing in all 2 rows: vocab(item.city, {"rome": 3}) has no value for "Rome"; it finds no word of its vocabulary
v: vocab(item.city, ["rome", "paris"]) finds no word of its vocabulary: 2 of 2 values, such as "Rome"
l: vocab(item.cities, ["rome", "paris"], 0) finds no word of its vocabulary: 2 of 2 values, such as "Rome"
p: lookup(item.prices, item.city, 1) finds none of its keys in the map: 2 of 2 values, such as {"a": 1.5}, "Rome"
END

config <<'END'
sparse i slot 1 = lookup_id(prices, city)
dense  m = match({"rome": {"a": 1}, "oslo": {"b": 2}}, city, text)
END
run
said_is <<'END'
i: missing in all 2 rows: lookup_id(item.prices, item.city) has no value for {"a": 1.5}, "Rome"; it finds none of its keys in the map
m: missing in all 2 rows: match({"oslo": {"b": 2}, "r..., item.city, item.text) has no value for "Rome", "a"; it finds none of its keys in the map
END

# Two times of different units.
config <<'END'
dense age = int(log(float(seconds_since(ts, 1733000000))))
dense ago = seconds_since(ts, id)
END
echo '{"request": {}, "items": [{"id": 1733000000, "ts": 1732999990000}]}' >"$work/d.jsonl"
run
milli_of_one='takes seconds, and one of its times looks like milliseconds: divide it, int(t / 1000)'
said_is <<END
ago: 1 integer from 2^24 on, where a float32 does not hold every integer, and may be rounded; an id is a sparse output
age: missing in the only row: int(log(float(seconds_since(item.ts, 1733000000)))) has no value for nan; seconds_since(item.ts, 1733000000) $milli_of_one
ago: seconds_since(item.ts, item.id) $milli_of_one: 1 of 1 values, such as 1732999990000, 1733000000
END
echo '{"request": {}, "items": [{"id": 1733000000, "ts": 1732999990}]}' >"$work/d.jsonl"
run
said_is </dev/null

# Integers that a float32 does not hold, of numbers and of lists; a config's own default is none of them. 2^24 + 1 rounds
# to 2^24, which therefore counts.
config <<'END'
dense edge = id
END
echo '{"request": {}, "items": [{"id": 16777217}, {"id": -16777217}, {"id": 16777215}]}' >"$work/d.jsonl"
run
err_has "edge: 2 integers from 2^24 on, where a float32 does not hold every integer, and may be rounded"
config <<'END'
dense big default 300000001 = ts
dense sum width 3 = [float(id), 16777217.0 * float(id > 0 ? 1 : 1), 0.0]
dense two width 2 = [id, ts]
END
{
  echo '{"request": {}, "items": [{"id": 16777216, "ts": 16777219}, {"id": 1}]}'
  echo '{"request": {}, "items": [{"id": 5, "ts": -16777218}, {"id": 20000000, "ts": 7}]}'
} >"$work/d.jsonl"
for scheduler in staged seda; do
  run --scheduler $scheduler --threads 2
  large='from 2^24 on, where a float32 does not hold every integer, and may be rounded; an id is a sparse output'
  err_has "big: 2 integers $large"
  err_has "two: 4 integers $large"
  ! grep -q "sum: .*$large" "$work/err" || fail "floats are said to be rounded integers"
done

# -- Features without a value -------------------------------------------------------------------------------
config <<'END'
sparse city slot 1 missing 7 = city
sparse words slot 2 = split(text, " ")
sparse tags slot 3 = lower(tags)
dense  first default -1 = float(tags[5])
dense  zero = 0 * id
dense  price = lookup(prices, "x") + float(text)
END
echo '{"request": {}, "items": [{"id": 1, "text": "7,5", "tags": [], "prices": {}}, {"id": 2, "text": "x", "tags": [null]}]}' >"$work/d.jsonl"
run
said
grep -q '^warning: city: missing in all 2 rows: the field item.city is never there$' "$work/said" || fail "city"
grep -q '^warning: tags, first: missing in all 2 rows: the field item.tags is always empty or missing$' "$work/said" || fail "tags"
grep -q '^warning: price: missing in all 2 rows: ' "$work/said" || fail "price"
! grep -q 'zero\|words' "$work/said" || fail "what has a value is said to have none"
# Not where a row has one, nor of a part of the data.
echo '{"request": {}, "items": [{"id": 2, "city": "x", "text": "7.5", "tags": ["a", "b", "c", "d", "e", "1"], "prices": {"x": 1}}]}' >>"$work/d.jsonl"
run
said_is </dev/null
{
  echo '{"request": {}, "items": [{"id": 1}]}'
  echo '{"request": {}, "items": [{"id": "x"}]}'
} >"$work/d.jsonl"
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --strict
said
[ ! -s "$work/said" ] || fail "a run that was stopped speaks of all rows"

# What stores did not have.
cat >"$work/s.feat" <<'END'
model m
semantics 1
item { id : int64 }
source user(id: int64) { key "u:{id}"  age : int64  name : string }
dense age default -1 = user(id).age
sparse name slot 1 = upper(user(id).name)
END
echo '{"request": {}, "items": [{"id": 1}, {"id": 2}]}' >"$work/d.jsonl"
echo '{"source": "user", "id": 9, "age": 1}' >"$work/rows.jsonl"
featc 0 run "$work/s.feat" --input "$work/d.jsonl" --store "default=jsonl:$work/rows.jsonl" --stats
err_has "warning: age: missing in all 2 rows: none of 2 keys of source user was found"
err_has "reads     user: 1 fetch of 2 keys: 0 found, 2 absent"
echo '{"source": "user", "id": 1, "age": 1}' >>"$work/rows.jsonl"
featc 0 run "$work/s.feat" --input "$work/d.jsonl" --store "default=jsonl:$work/rows.jsonl"
err_has "warning: name: missing in all 2 rows: no row of source user that was found has the field name"

# The same of a library that featc build made.
featc 0 build "$work/m.feat" -o "$work/m.so" --no-runtime
echo '{"request": {}, "items": [{"id": 1, "city": "x"}]}' >"$work/d.jsonl"
featc 0 run "$work/m.so" --input "$work/d.jsonl"
err_has "tags, first: missing in the only row: the field item.tags is always empty or missing"
