# featc load fills LMDB and Redis, and a run reads from them what it reads from the rows.
. ./common/check.sh
. ./common/redis.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
item { id : int64 }
source user(id: int64) { key "u:{id}"  age : int64  tags : list<string> }
source shop(id: int64) encoding json { key "s:{id}"  age : int64 }
dense user default -1 = user(id).age
sparse tags slot 1 = user(id).tags
dense shop default -1 = shop(id).age
END
cat >"$work/rows.jsonl" <<'END'
{"source": "user", "id": 1, "age": 30, "tags": ["y"]}
{"source": "user", "id": 1, "age": 31}

{"source": "user", "id": 2, "tags": ["x", "y"]}
{"source": "user", "id": "x"}
{"source": "user", "age": 4}
{"source": "shop", "id": 1, "age": 5}
{"source": "shop", "id": 2, "agee": 7}
{"source": "mall", "id": 2, "age": 7}
END
echo '{"request": {}, "items": [{"id": 1}, {"id": 2}, {"id": 3}]}' >"$work/d.jsonl"
run() { featc 0 run "$work/m.feat" --input "$work/d.jsonl" "$@"; }

run --store "default=jsonl:$work/rows.jsonl"
cp "$work/out" "$work/wanted"
err_has 'rows.jsonl: warning: 1 row of source "user" replaced an earlier one with the same key, first line 2 that of line 1'

server socket --port 0
redis="redis+unix://$work/socket?db=2"

for store in "lmdb:$work/db" "$redis"; do
  for time in first second; do
    featc 0 load "$work/m.feat" --store "default=$store" --input "$work/rows.jsonl"
    out_is <<END
user: 3 rows, 2 keys, $store
shop: 2 rows, 2 keys, $store
END
    err_has "rows.jsonl:5: user.id: expected int64"
    err_has "rows.jsonl:6: user.id: the key is missing"
    err_has 'field "agee" of source "shop"'
    err_has 'source "mall"'
    err_has "2 bad rows were left out"
    err_has 'warning: 1 row of source "user" replaced an earlier one with the same key, first line 2 that of line 1'
    run --store "default=$store"
    out_is <"$work/wanted"
    err_empty
  done
done
run --store "default=$redis&cache=1MB&hedge=p95&timeout=20s&connections=3" --threads 2
out_is <"$work/wanted"

# Each source in a store of its own; rows that no --store takes.
input <"$work/rows.jsonl"
featc 0 load "$work/m.feat" --store "user=lmdb:$work/users" --input -
err_has '2 rows of source "shop" were left out: no --store takes them'
featc 1 load "$work/m.feat" --store "default=lmdb:$work/db" --input "$work/rows.jsonl" --strict
featc 1 load "$work/m.feat" --store "default=redis+unix://$work/none?db=0" --input "$work/rows.jsonl"
err_has "redis+unix://$work/none?db=0: No such file or directory"

# The keys that a row asks for, and what became of them.
featc 0 explain "$work/m.feat" --input "$work/d.jsonl" --row 1 --store "default=$redis"
out_has 'key "u:2" found'
out_has '.tags = ["x", "y"]'
featc 0 explain "$work/m.feat" --input "$work/d.jsonl" --row 2 --store "default=lmdb:$work/db"
out_has 'key "u:3" absent'
featc 0 explain "$work/m.feat" --input "$work/d.jsonl" --row 2 --store "user=redis://127.0.0.1:1/0" --store "shop=lmdb:$work/none"
out_has 'key "u:3" failed: Connection refused'
out_has 'key "s:3" failed: No such file or directory'

# What the stores of a run counted.
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --stats --threads 1 --store "user=$redis&cache=1MB" --store "shop=lmdb:$work/db"
err_has "store     user: redis+unix://$work/socket?db=2: breaker closed, opened 0 times, 0 fetches failed without asking; cache 0 hits, 3 misses, 0 joined, 0 evictions, "
err_has " bytes; 1 connection ready, 1 made, 0 lost, 0 tries failed"
err_has "store     shop: lmdb:$work/db: breaker closed"

# A password in a URL is refused and not repeated.
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "default=redis://user:s3cret@127.0.0.1:1/0"
err_has "FEATC_REDIS_PASSWORD"
! grep -q s3cret "$work/err" || fail "the password is repeated"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "redis://:s3cret@127.0.0.1:1/0=x"
! grep -q s3cret "$work/err" || fail "the password is repeated"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "default=rediss://127.0.0.1:1/0"
err_has "TLS is not supported"

# An id beyond int64 is the same in a request, in a row and in its key.
sed 's/semantics 1/semantics 2/' "$work/m.feat" >"$work/wide.feat"
echo '{"request": {}, "items": [{"id": 10000169349117863715}]}' >"$work/d.jsonl"
echo '{"source": "shop", "id": 10000169349117863715, "age": 6}' >"$work/wide.jsonl"
for version in m wide; do
  rm -rf "$work/db"
  exit=$([ $version = m ] && echo 1 || echo 0)
  featc "$exit" load "$work/$version.feat" --store "default=lmdb:$work/db" --input "$work/wide.jsonl"
  [ $version = wide ] || err_has "shop.id: 10000169349117863715 is beyond int64"
done
err_has 'wide.jsonl: warning: shop.id: 1 integer was beyond int64 (in line 1: "10000169349117863715"), which kept its 64 bits'
for store in "lmdb:$work/db" "jsonl:$work/wide.jsonl"; do
  featc 0 run "$work/wide.feat" --input "$work/d.jsonl" --format csv --store "default=$store"
  out_has ",6"
done
