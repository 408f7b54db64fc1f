# Reads from JSON lines; sources that no store serves; bad store rows.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
item { id : int64 }
source user(id: int64) { key "u:{id}"  age : int64  tags : list<string> }
source shop(id: int64) { key "s:{id}"  age : int64 }
dense user default -1 = user(id).age
dense shop default -1 = shop(id).age
END
cat >"$work/users.jsonl" <<'END'
{"source": "user", "id": 1, "age": 31}
{"source": "user", "id": 2, "tags": ["x"]}
{"source": "user", "id": "x"}
{"source": "shop", "id": 1, "age": 5}
END
echo '{"source": "shop", "id": 2, "age": 7}' >"$work/shops.jsonl"
echo '{"request": {}, "items": [{"id": 1}, {"id": 2}, {"id": 3}]}' >"$work/d.jsonl"

featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv --store "default=jsonl:$work/users.jsonl"
out_is <<'END'
user,shop
31,5
-1,-1
-1,-1
END
err_has "users.jsonl:3: "
err_has "1 bad store row"

# The rows are a file: nobody waits for a pipe. The input may be one.
mkfifo "$work/pipe"
status=0
timeout 60 "$program" run "$work/m.feat" --input "$work/d.jsonl" --store "default=jsonl:$work/pipe" 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "exit code $status, not 1"
err_has "pipe: it is not a regular file"
cat "$work/d.jsonl" >"$work/pipe" &
featc 0 run "$work/m.feat" --input "$work/pipe" --input-format jsonl --format csv --store "default=jsonl:$work/users.jsonl"
out_has "31,5"

featc 1 run "$work/m.feat" --input "$work/d.jsonl" --strict --store "default=jsonl:$work/users.jsonl"
err_has "users.jsonl:3: "
out_is </dev/null

for scheduler in staged pipelined seda; do
  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv --scheduler $scheduler \
    --store "user=jsonl:$work/users.jsonl" --store "shop=jsonl:$work/shops.jsonl"
  out_is <<'END'
user,shop
31,-1
-1,7
-1,-1
END
done
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --scheduler fast
err_has 'staged'

for scheduler in staged seda; do
  featc 0 run "$work/m.feat" --input "$work/d.jsonl" --stats --scheduler $scheduler --threads 1 \
    --store "default=jsonl:$work/users.jsonl"
  err_has 'reads     user: 1 fetch of 3 keys: 2 found, 1 absent; p50 '
  err_has 'reads     shop: 1 fetch of 3 keys: 1 found, 2 absent; p50 '
done

featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv --store "shop=jsonl:$work/shops.jsonl"
out_is <<'END'
user,shop
-1,-1
-1,7
-1,-1
END
err_has 'no store serves source "user"'

featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "usr=jsonl:$work/users.jsonl"
err_has 'did you mean "user"?'
