# featc load fills a Redis Cluster, and a run reads from it what it reads from the rows; what is said where it cannot.
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
{"source": "user", "id": 1, "age": 31}
{"source": "user", "id": 2, "tags": ["x", "y"]}
{"source": "shop", "id": 1, "age": 5}
{"source": "shop", "id": 2, "age": 7}
END
echo '{"request": {}, "items": [{"id": 1}, {"id": 2}, {"id": 3}]}' >"$work/d.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --store "default=jsonl:$work/rows.jsonl"
cp "$work/out" "$work/wanted"

# One node is a cluster too. The port may be another program's: then the next.
port=$((20000 + $$ % 10000))
tries=0
until redis-cli -s "$work/node$port" cluster info 2>/dev/null | grep -q 'cluster_state:fail'; do
  tries=$((tries + 1))
  [ $tries -lt 50 ] || fail "redis-server does not start"
  port=$((port + 1))
  start_redis "node$port" --bind 127.0.0.1 --port "$port" --cluster-enabled yes --cluster-config-file "node$port.conf"
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    redis-cli -s "$work/node$port" ping >/dev/null 2>&1 && break
    sleep 0.1
  done
done
store="redis-cluster://127.0.0.1:1,127.0.0.1:$port"

featc 1 run "$work/m.feat" --input "$work/d.jsonl" --store "default=$store"
err_has "$store: 16384 of its 16384 slots have no node: the cluster is not complete"
featc 1 load "$work/m.feat" --store "default=$store" --input "$work/rows.jsonl"
err_has "$store: the cluster has no slots yet"
redis-cli -p "$port" cluster addslotsrange 0 16383 >/dev/null
await "redis-cli -p $port cluster info" cluster_state:ok

featc 0 load "$work/m.feat" --store "default=$store" --input "$work/rows.jsonl"
out_is <<END
user: 2 rows, 2 keys, $store
shop: 2 rows, 2 keys, $store
END
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --store "default=$store"
out_is <"$work/wanted"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --store "default=$store?read=replica&cache=1MB&hedge=p95&timeout=20s"
out_is <"$work/wanted"
featc 0 explain "$work/m.feat" --input "$work/d.jsonl" --row 1 --store "default=$store"
out_has 'key "u:2" found'

# A server that is no cluster, and none at all.
featc 1 run "$work/m.feat" --input "$work/d.jsonl" --store "default=redis-cluster://127.0.0.1:1,[::1]:2"
err_has "no node that the URL names has the cluster's map: 127.0.0.1:1 (Connection refused), [::1]:2 ("
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "default=redis-clutser://127.0.0.1:1"
err_has 'did you mean "redis-cluster"?'
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "default=rediss-cluster://127.0.0.1:1"
err_has "TLS is not supported (rediss-cluster://)"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --store "default=redis-cluster://user:s3cret@127.0.0.1:1"
err_has "FEATC_REDIS_PASSWORD"
! grep -q s3cret "$work/err" || fail "the password is repeated"
