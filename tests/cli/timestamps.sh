# Fields declared timestamp: the same seconds from JSON, CSV and a store; headers and models built ahead of time take int64.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 2
item { at : timestamp  seen : list<timestamp>  id : int64 }
source shop(id: int64) {
  key "shop:{id}"
  opened : timestamp
}
dense hour = hour(at)
dense seen = seen[0]
dense opened = hour(shop(id).opened)
END
cat >"$work/rows.jsonl" <<'END'
{"source": "shop", "id": 7, "opened": "2024-12-01T05:00:00Z"}
END
cat >"$work/expect" <<'END'
hour,seen,opened
10,60,5
18,-1,5
END
cat >"$work/d.jsonl" <<'END'
{"request": {}, "items": [{"at": "2024-12-01T10:00:00Z", "seen": ["1970-01-01 00:01:00", 5], "id": 7}]}
{"request": {}, "items": [{"at": 1733076000, "seen": ["1969-12-31T23:59:59.5"], "id": 7}]}
{"request": {}, "items": [{"at": "01/12/2024", "seen": [], "id": 7}]}
{"request": {}, "items": [{"at": true, "seen": [], "id": 7}]}
END
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv --store "default=jsonl:$work/rows.jsonl"
out_is <"$work/expect"
err_has 'at: expected timestamp (epoch seconds, or a text like 2024-12-01T10:00:00Z), found "01/12/2024"'
err_has 'at: expected timestamp (epoch seconds, or a text like 2024-12-01T10:00:00Z), found true'

cat >"$work/d.csv" <<'END'
at,seen,id
2024-12-01T10:00:00Z,1970-01-01 00:01:00|5,7
1733076000,1969-12-31T23:59:59.5,7
01/12/2024,5,7
END
featc 0 run "$work/m.feat" --input "$work/d.csv" --format csv --store "default=jsonl:$work/rows.jsonl"
out_is <"$work/expect"
err_has 'd.csv:4: at: expected timestamp (epoch seconds, or a text like 2024-12-01T10:00:00Z), found "01/12/2024"'

# The same out of LMDB, which holds seconds.
featc 0 load "$work/m.feat" --store "default=lmdb:$work/db" --input "$work/rows.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv --store "default=lmdb:$work/db"
out_is <"$work/expect"

# What a call logs are seconds, and they read back.
featc 0 dump "$work/m.feat" --stage ir
out_has 'schema item.seen : list<timestamp>'
out_has '= input item.at : int64'
featc 0 build "$work/m.feat" -o "$work/m.o" --header "$work/m.h"
grep -q 'item.at: timestamp' "$work/m.h" || fail "the header does not say what item.at is"

# The version of the meaning and the declared type are part of the fingerprint; what has neither keeps its own.
fingerprint() { featc 0 dump "$1" --stage ir --format json; sed -n 's/.*"fingerprint": "\(.*\)",/\1/p' "$work/out"; }
printf 'model m\nitem { at : int64 }\ndense hour = hour(at)\n' >"$work/plain.feat"
sed 's/int64/timestamp/' "$work/plain.feat" >"$work/time.feat"
printf 'semantics 1\n' | cat "$work/plain.feat" - >"$work/one.feat"
printf 'semantics 2\n' | cat "$work/plain.feat" - >"$work/two.feat"
plain=$(fingerprint "$work/plain.feat")
[ "$(fingerprint "$work/one.feat")" = "$plain" ] || fail "semantics 1 is not what a config without the line has"
[ "$(fingerprint "$work/two.feat")" != "$plain" ] || fail "semantics 2 has the same fingerprint"
[ "$(fingerprint "$work/time.feat")" != "$plain" ] || fail "a timestamp has the same fingerprint"

# featc check tells a config that says no version which one holds.
featc 0 check "$work/plain.feat"
err_has 'semantics 1 (none is written; the newest is 2)'
featc 0 check "$work/one.feat" "$work/two.feat"
err_has 'one.feat: valid, 1 feature, semantics 1'
err_has 'two.feat: valid, 1 feature, semantics 2'

# An int64 that meets a time says what to declare.
printf 'at\n2024-12-01 10:00:00\n' >"$work/text.csv"
featc 1 run "$work/plain.feat" --input "$work/text.csv" --format csv
err_has 'text.csv:2: at: expected int64, found "2024-12-01 10:00:00"; declare the field timestamp'
printf '{"request": {}, "items": [{"at": "2024-12-01T10:00:00Z"}]}\n' >"$work/text.jsonl"
featc 1 run "$work/plain.feat" --input "$work/text.jsonl" --format csv
err_has 'at: expected int64, found "2024-12-01T10:00:00Z"; declare the field timestamp'
