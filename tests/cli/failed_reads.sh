# featc run on stores that refuse, load, or answer with errors: a store that cannot be opened is told at the start, a run
# whose reads failed ends with exit code 1 and leaves FILE.partial, unless as many may fail or be absent.
. ./common/check.sh
. ./common/redis.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
item { id : int64  name : string }
source user(name: string) { key "{name}"  age : int64 }
dense age default -1 = user(name).age
dense id = id
END
# 30,000 items, of whom the first 20,000 have keys that begin with a.
awk 'BEGIN { for (n = 0; n < 30000; ++n) printf "{\"request\": {}, \"items\": [{\"id\": %d, \"name\": \"%s%d\"}]}\n", n, n < 20000 ? "a" : "b", n % 500 }' \
  >"$work/d.jsonl"
head -n 3 "$work/d.jsonl" >"$work/three.jsonl"
awk 'BEGIN { for (n = 0; n < 500; ++n) for (k = 0; k < 2; ++k) printf "{\"source\": \"user\", \"name\": \"%s%d\", \"age\": %d}\n", k ? "a" : "b", n, n }' \
  >"$work/rows.jsonl"
run() {
  code=$1
  shift
  featc "$code" run "$work/m.feat" --format csv --threads 2 "$@"
}
three() { run "$1" --input "$work/three.jsonl" --store "default=$2"; }

# -- What cannot be opened is an error at the start, with all of it -------------------------------------
featc 1 run "$work/m.feat" --input "$work/three.jsonl" --output "$work/none.csv" \
  --store "user=redis+unix://$work/none" --store "default=lmdb:$work/none"
out_empty
err_has "featc: --store user=...: redis+unix://$work/none?db=0: No such file or directory"
err_has "featc: --store default=...: lmdb:$work/none: No such file or directory"
[ ! -e "$work/none.csv.partial" ] || fail "a run that did not begin left something"
three 1 "redis://127.0.0.1:1/0"
err_has "featc: --store default=...: redis://127.0.0.1:1/0: Connection refused"
three 1 "jsonl:$work/none.jsonl"
err_has "cannot read $work/none.jsonl: No such file or directory"
echo "no database at all, but long enough to be taken for the start of one" >"$work/text.mdb"
three 1 "lmdb:$work/text.mdb"
err_has "lmdb:$work/text.mdb: "

# A server that wants a password, and one that reads its rows in.
server locked --port 0 --requirepass secret
three 1 "redis+unix://$work/locked?db=0"
err_has "NOAUTH"
server slow --port 0 --rdbcompression no --dbfilename slow.rdb
value=$(head -c 1100 /dev/zero | tr '\0' x)
for n in $(seq 300); do echo "SET k$n $value"; done | redis-cli -s "$work/slow" >/dev/null
redis-cli -s "$work/slow" save >/dev/null
redis-cli -s "$work/slow" shutdown nosave
rm -f "$work/slow.pid"
server slow --port 0 --dbfilename slow.rdb --key-load-delay 200000 --loading-process-events-interval-bytes 1024
three 1 "redis+unix://$work/slow?db=0&connect_timeout=20s"
err_has "LOADING Redis is loading the dataset in memory"
out_empty

# -- Reads that fail ----------------------------------------------------------------------------------
server good --port 0
redis="redis+unix://$work/good?db=0"
featc 0 load "$work/m.feat" --store "default=$redis" --input "$work/rows.jsonl"
run 0 --input "$work/d.jsonl" --store "default=$redis"
cp "$work/out" "$work/wanted"
err_empty
# From now on keys that begin with b are not for this user: NOPERM.
redis-cli -s "$work/good" acl setuser default resetkeys '~a*' >/dev/null
run 1 --input "$work/d.jsonl" --store "default=$redis"
[ "$(wc -l <"$work/out")" -eq 30001 ] || fail "the run did not go on to its end"
err_has "source user: of "
err_has "NOPERM"
err_has "reads of stores failed: features lack values from stores"
run 1 --input "$work/d.jsonl" --store "default=$redis" --strict
run 1 --input "$work/d.jsonl" --store "default=$redis" --scheduler seda
run 1 --input "$work/d.jsonl" --store "default=$redis" --max-failed-reads 10
failed=$(sed -n 's/.*accept this with --max-failed-reads \([0-9]*\)$/\1/p' "$work/err")
run 0 --input "$work/d.jsonl" --store "default=$redis" --max-failed-reads "$failed"
run 1 --input "$work/d.jsonl" --store "default=$redis" --max-failed-reads "$((failed - 1))"

# What was written before the first failed read is continued once the store works.
run 1 --input "$work/d.jsonl" --store "default=$redis" --output "$work/out.csv"
[ ! -e "$work/out.csv" ] || fail "an output that lacks rows of stores has its name"
err_has "out.csv.partial holds what was written until then; --resume continues from before the first failed read"
redis-cli -s "$work/good" acl setuser default resetkeys '~*' >/dev/null
run 0 --input "$work/d.jsonl" --store "default=$redis" --output "$work/out.csv" --resume
err_has "continuing after line"
cmp "$work/out.csv" "$work/wanted" || fail "the continued output differs"

# A run that went on over failed reads does not continue under a smaller limit.
redis-cli -s "$work/good" acl setuser default resetkeys '~a*' >/dev/null
sed 's/"a/"b/' "$work/d.jsonl" >"$work/b.jsonl"
status=0
(ulimit -f 100 && "$program" run "$work/m.feat" --format csv --threads 1 --input "$work/b.jsonl" \
  --store "default=$redis" --max-failed-reads 1000000 --output "$work/limit.csv" 2>"$work/err") || status=$?
command="run, with at most 50 KB a file"
[ $status -eq 1 ] || fail "exit code $status, not 1"
run 2 --input "$work/b.jsonl" --store "default=$redis" --output "$work/limit.csv" --resume
err_has "cannot resume $work/limit.csv: "
redis-cli -s "$work/good" acl setuser default resetkeys '~*' >/dev/null

# -- A cluster ------------------------------------------------------------------------------------------
port=$((20000 + $$ % 12000))
server one --port $port --cluster-enabled yes --cluster-config-file one.conf
server two --port $((port + 1)) --cluster-enabled yes --cluster-config-file two.conf
three 1 "redis://127.0.0.1:$port/0"
err_has "CLUSTERDOWN"
redis-cli -p $port cluster addslotsrange 0 8191 >/dev/null
redis-cli -p $((port + 1)) cluster addslotsrange 8192 16383 >/dev/null
redis-cli -p $port cluster meet 127.0.0.1 $((port + 1)) >/dev/null
await "redis-cli -p $port cluster info" cluster_state:ok
run 1 --input "$work/d.jsonl" --store "default=redis://127.0.0.1:$port/0"
err_has "MOVED"

# -- Rows that are not there ----------------------------------------------------------------------------
redis-cli -s "$work/good" flushall >/dev/null
run 0 --input "$work/three.jsonl" --store "default=$redis"
run 1 --input "$work/three.jsonl" --store "default=$redis" --max-absent 50% --output "$work/absent.csv"
err_has "featc: source user: 3 of 3 keys are absent, 100.0 %, and --max-absent allows 50 %"
[ -e "$work/absent.csv.partial" ] && [ ! -e "$work/absent.csv" ] || fail "too many absent rows are as good as none"
run 0 --input "$work/three.jsonl" --store "default=$redis" --max-absent 10% --max-absent user=100%
run 1 --input "$work/three.jsonl" --store "default=$redis" --max-absent user=0.1 --max-absent 1
run 2 --input "$work/three.jsonl" --store "default=$redis" --max-absent 5
err_has "--max-absent 5: expected a share such as 5% or 0.05, or SOURCE=SHARE"
run 2 --input "$work/three.jsonl" --store "default=$redis" --max-absent usr=5%
err_has 'the config has no such source; did you mean "user"?'
# The same in the store's URL, where absent keys then fail: for a server, and for a run that knows no shares.
run 1 --input "$work/d.jsonl" --store "default=$redis&max_absent=50%"
err_has "keys of source \"user\" are absent, more than max_absent allows"
run 2 --input "$work/d.jsonl" --store "default=$redis&max_absent=5"
err_has "max_absent=5: expected a share such as 50%, or off"
