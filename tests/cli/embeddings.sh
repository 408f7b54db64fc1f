# Tables of embeddings: built of NumPy, Arrow and Parquet files, looked into, changed, compacted; a process that is killed
# leaves nothing half.
. ./common/check.sh
. ./common/redis.sh

# numpy FILE ids|vectors: writes a .npy of the lines of stdin, ids or numbers between blanks.
cat >"$work/numpy.py" <<'END'
import struct, sys
rows = [line.split() for line in sys.stdin]
isIds = sys.argv[2] == "ids"
shape = (len(rows),) if isIds else (len(rows), len(rows[0]) if rows else 2)
header = repr({"descr": "<u8" if isIds else "<f4", "fortran_order": False, "shape": shape}).encode()
header += b" " * (63 - (len(header) + 10) % 64) + b"\n"
with open(sys.argv[1], "wb") as out:
    out.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header)
    for row in rows:
        out.write(struct.pack("<Q", int(row[0])) if isIds else struct.pack(f"<{len(row)}f", *map(float, row)))
END
numpy() { python3 "$work/numpy.py" "$work/$1" "$2"; }

printf '17592186044423\n17592186044424\n0\n18446744073709551615\n' | numpy ids.npy ids
printf '1 2\n-0.5 0.25\n3 4\n5 6\n' | numpy vectors.npy vectors
city=city,ids=$work/ids.npy,vectors=$work/vectors.npy

featc 0 embeddings build "$work/e1" "$city,outputs=city_id+near,combiner=mean,default=mean" \
  "small,ids=$work/ids.npy,vectors=$work/vectors.npy,dtype=bfloat16,default=id:0"
out_has 'city: 4 rows of 2 x float32, '
out_has "epoch e1 in $work/e1"
featc 0 embeddings inspect "$work/e1"
out_has 'epoch e1, origin '
out_has 'city: outputs city_id, near; 2 x float32, mean; 4 rows, 0 changed by deltas; '
out_has 'small: outputs small; 2 x bfloat16, sum; 4 rows, '
grep -q '"default": \[2.125, 3.0625\]' "$work/e1/manifest.json" || fail "the default row is not the mean"
grep -q '"default": \[3, 4\]' "$work/e1/manifest.json" || fail "the default row is not that of id 0"
featc 0 embeddings get "$work/e1" 17592186044424
out_is <<'END'
city: -0.5 0.25
small: -0.5 0.25
END
featc 0 embeddings get "$work/e1" 18446744073709551615 --table city
echo 'city: 5 6' | out_is
featc 1 embeddings get "$work/e1" 5
err_has 'id 5 has no row'
featc 2 embeddings get "$work/e1" 0 --table cty
err_has 'has no table "cty" (did you mean "city"?); its tables are city, small'
featc 0 embeddings verify "$work/e1"
echo 'epoch e1: 2 tables with 8 rows and deltas up to 0 are whole' | out_is

# -- What is wrong with the command line, and with the rows ----------------------------------------------
featc 1 embeddings build "$work/e1" "$city"
err_has 'has an epoch already, and an epoch does not change'
featc 2 embeddings build "$work/e2" "city,row=$work/x.parquet"
err_has 'unknown key "row" (did you mean "rows"?)'
featc 2 embeddings build "$work/e2" "city,ids=$work/ids.npy"
err_has 'ids= and vectors= come in pairs'
featc 2 embeddings build "$work/e2" "$city" "town,ids=$work/ids.npy,vectors=$work/vectors.npy,outputs=x+city"
err_has 'output "city" has two tables, "city" and "town"; it can have one'
featc 1 embeddings build "$work/e2" "city,rows=$work/x.csv"
err_has 'rows are read from Parquet'
featc 1 embeddings build "$work/e2" "city,ids=$work/none.npy,vectors=$work/vectors.npy"
err_has 'none.npy: cannot be read: '
[ ! -e "$work/e2/manifest.json" ] || fail "there is an epoch"

printf '7\n8\n7\n' | numpy twice.npy ids
printf '1 2\n3 4\n5 6\n' | numpy three.npy vectors
twice=city,ids=$work/twice.npy,vectors=$work/three.npy
featc 1 embeddings build "$work/e2" "$twice"
err_has "id 7 has two rows: row 1 of $work/three.npy and row 3 of $work/three.npy; 1 ids have several rows"
featc 0 embeddings build "$work/new/folders/e3" "$twice" --duplicates last
mv "$work/new/folders/e3" "$work/e3"
err_has 'city: warning: 1 rows were left out: their ids have a later row'
featc 0 embeddings get "$work/e3" 7
echo 'city: 5 6' | out_is
printf '1 2\n3 nan\n5 6\n' | numpy nan.npy vectors
featc 1 embeddings build "$work/e2" "city,ids=$work/twice.npy,vectors=$work/nan.npy"
err_has 'nan.npy: row 2: number 2 of the vector of id 8 is nan'
: | numpy none.npy ids
: | numpy nothing.npy vectors
featc 1 embeddings build "$work/e2" "city,ids=$work/none.npy,vectors=$work/nothing.npy"
err_has 'it has no rows, and a table needs at least one'
featc 1 embeddings build "$work/e2" "city,ids=$work/ids.npy,vectors=$work/three.npy"
err_has 'three.npy: it has 3 vectors, and '
head -c 140 "$work/vectors.npy" >"$work/cut.npy"
featc 1 embeddings build "$work/e2" "city,ids=$work/ids.npy,vectors=$work/cut.npy"
err_has 'cut.npy: it ends before its last number'

# -- Deltas and compaction -----------------------------------------------------------------------------
printf '0\n99\n' | numpy d1.npy ids
printf '30 40\n9 9\n' | numpy d1v.npy vectors
featc 1 embeddings delta "$work/none" "city,ids=$work/d1.npy,vectors=$work/d1v.npy"
err_has 'an epoch without a manifest was not built to its end'
featc 0 embeddings delta "$work/e1" "city,ids=$work/d1.npy,vectors=$work/d1v.npy"
out_is <<'END'
city: 2 rows, 0 deleted
delta 1 of epoch e1
END
featc 0 embeddings get "$work/e1" 0
out_is <<'END'
city: 30 40
small: 3 4
END
featc 0 embeddings get "$work/e1" 99
echo 'city: 9 9' | out_is
featc 2 embeddings delta "$work/e1" "city,ids=$work/d1.npy,vectors=$work/d1v.npy,combiner=sum"
err_has 'unknown key "combiner"'
featc 1 embeddings delta "$work/e1" "city,ids=$work/twice.npy,vectors=$work/three.npy"
err_has 'three.npy: row 3: id 7 has two rows; the other is row 1 of '
printf '1 2 3\n3 4 5\n' | numpy wide.npy vectors
featc 1 embeddings delta "$work/e1" "city,ids=$work/d1.npy,vectors=$work/wide.npy"
err_has 'wide.npy: row 1: the vector of id 0 has 3 numbers, and table "city" has 2'
featc 0 embeddings delta "$work/e1" "small,ids=$work/d1.npy,vectors=$work/d1v.npy"
mv "$work/e1/deltas/00000001.delta" "$work/kept"
featc 1 embeddings verify "$work/e1"
err_has '00000001.delta is missing, and '
mv "$work/kept" "$work/e1/deltas/00000001.delta"
featc 0 embeddings verify "$work/e1"
featc 0 embeddings compact "$work/e1" --remove-deltas
echo '2 deltas, up to 2, are now in the tables; written anew: city, small' | out_is
[ -z "$(ls "$work/e1/deltas")" ] || fail "deltas were left"
featc 0 embeddings get "$work/e1" 99
out_is <<'END'
city: 9 9
small: 9 9
END
featc 0 embeddings delta "$work/e1" "small,ids=$work/d1.npy,vectors=$work/d1v.npy"
out_has 'delta 3 of epoch e1'

# -- Stores ------------------------------------------------------------------------------------------
server socket --port 0
featc 0 embeddings build "$work/p" "$city" "small,ids=$work/ids.npy,vectors=$work/vectors.npy,dtype=bfloat16"
for store in "lmdb:$work/db" "redis+unix://$work/socket?db=2"; do
  featc 0 embeddings publish "$work/p" --store "$store"
  out_has ': 8 rows written, 0 deleted; epoch p up to delta 0'
  featc 0 embeddings publish "$work/p" --store "$store"
  out_has ': 0 rows written, 0 deleted; epoch p up to delta 0'
  featc 0 embeddings publish "$work/p" --store "$store" --all
  out_has ': 8 rows written, 0 deleted; epoch p up to delta 0'
done
redis() { redis-cli -s "$work/socket" -n 2 "$@"; }
# 1.0 and 2.0 as float32; 3.0 and 4.0 as bfloat16, of the id 0, whose hash is 0.
key=$(redis --raw keys 'emb:p:city:*:17592186044423')
[ "$(redis --raw hget "$key" row | head -c 8 | od -An -tx1)" = ' 00 00 80 3f 00 00 00 40' ] || fail "another row in Redis"
[ "$(redis --raw hget 'emb:p:small:{000}:0' row | head -c 4 | od -An -tx1)" = ' 40 40 80 40' ] || fail "another row in Redis"
featc 0 embeddings delta "$work/p" "city,ids=$work/d1.npy,vectors=$work/d1v.npy"
featc 0 embeddings delta "$work/p" "small,ids=$work/d1.npy,vectors=$work/d1v.npy"
for store in "lmdb:$work/db" "redis+unix://$work/socket?db=2"; do
  featc 0 embeddings publish "$work/p" --store "$store"
  out_has ': 4 rows written, 0 deleted; epoch p up to delta 2'
done
[ "$(redis --raw hget 'emb:p:city:{000}:0' row | head -c 8 | od -An -tx1)" = ' 00 00 f0 41 00 00 20 42' ] || fail "a delta is not in Redis"
[ "$(redis --raw hget emb:p sequence)" = 2 ] || fail "the sequence is not in Redis"
featc 0 embeddings delta "$work/p" "city,ids=$work/d1.npy,vectors=$work/d1v.npy"
featc 0 embeddings compact "$work/p" --remove-deltas
featc 1 embeddings publish "$work/p" --store "$store"
err_has 'the store has the deltas up to 2, but '
err_has '00000003.delta is missing: write all rows again with --all'
featc 0 embeddings publish "$work/p" --store "$store" --all
out_has ': 10 rows written, 0 deleted; epoch p up to delta 3'
featc 0 embeddings build "$work/other" "small,ids=$work/ids.npy,vectors=$work/vectors.npy" --epoch p
featc 1 embeddings publish "$work/other" --store "$store"
err_has 'the store has other tables of an epoch "p"'
featc 1 embeddings publish "$work/p" --store "redis+unix://$work/none?db=0"
featc 1 embeddings publish "$work/p" --store "jsonl:$work/x"

# -- A damaged table ----------------------------------------------------------------------------------
cp -r "$work/e3" "$work/bad"
printf 'x' | dd of="$work/bad/city.table" bs=1 seek=4100 conv=notrunc 2>"$work/dd"
featc 1 embeddings verify "$work/bad"
err_has 'city.table: its rows are damaged: build or copy the table again'
truncate -s 5000 "$work/bad/city.table"
featc 1 embeddings inspect "$work/bad"
err_has 'it has 5000 bytes and should have '

# -- Arrow and Parquet --------------------------------------------------------------------------------
if [ -e "$(dirname "$program")/lib/featc/featc_arrow_files.so" ]; then
  cat >"$work/rows.feat" <<'END'
model rows
item { n : int64 }
sparse id slot 5 = n
dense vector width 3 = [n, n + 0.5, -n]
END
  awk 'BEGIN { print "n"; for (i = 1; i <= 50000; ++i) print i }' >"$work/rows.csv"
  for format in parquet arrow; do
    featc 0 run "$work/rows.feat" --input "$work/rows.csv" --format $format --output "$work/rows.$format"
    featc 0 embeddings build "$work/$format" "t,rows=$work/rows.$format,dtype=float32" --memory 100KB
    out_has 't: 50000 rows of 3 x float32'
    featc 0 embeddings get "$work/$format" $((5 * 17592186044416 + 777))
    echo 't: 777 777.5 -777' | out_is
    featc 0 embeddings verify "$work/$format"
  done
  cmp "$work/parquet/t.table" "$work/arrow/t.table" || fail "tables of the same rows differ"
  featc 1 embeddings build "$work/e2" "t,rows=$work/rows.parquet,vector=vec"
  err_has 'it has no column "vec" for the vectors; its columns are id, vector: choose one with vector=COLUMN'
  featc 1 embeddings build "$work/e2" "t,rows=$work/rows.parquet,vector=id"
  err_has 'column "id" is uint64, and a vector is a list of numbers'

  # -- Killed at any moment -----------------------------------------------------------------------------
  # Each command runs again and again, and is killed a little later each time: what is there is whole.
  featc 0 embeddings delta "$work/parquet" "t,rows=$work/rows.arrow"
  kill_in_the_middle() {
    killed=0
    for pause in 0 0.01 0.02 0.04 0.06 0.08 0.12 0.16 0.24 0.32; do
      "$program" embeddings "$@" >"$work/out" 2>"$work/err" &
      pid=$!
      sleep $pause
      kill -KILL $pid 2>"$work/kill" && killed=$((killed + 1)) || true
      wait $pid 2>"$work/wait" || true
      after_kill
    done
    [ $killed -gt 0 ] || fail "nothing was killed"
  }

  after_kill() {
    if [ -e "$work/fresh/manifest.json" ]; then
      featc 0 embeddings verify "$work/fresh"
      rm -r "$work/fresh"
    elif [ -e "$work/fresh" ]; then
      featc 1 embeddings verify "$work/fresh"
      err_has 'an epoch without a manifest was not built to its end'
    fi
  }
  kill_in_the_middle build "$work/fresh" "t,rows=$work/rows.parquet" --memory 100KB
  featc 0 embeddings build "$work/fresh" "t,rows=$work/rows.parquet"
  [ "$(ls -A "$work/fresh")" = "$(printf 'manifest.json\nt.table')" ] || fail "a killed build left something behind"

  after_kill() { featc 0 embeddings verify "$work/fresh"; }
  kill_in_the_middle delta "$work/fresh" "t,rows=$work/rows.parquet"
  featc 0 embeddings delta "$work/fresh" "t,rows=$work/rows.parquet"
  kill_in_the_middle compact "$work/fresh"
  featc 0 embeddings compact "$work/fresh"
  featc 0 embeddings inspect "$work/fresh"
  out_has '50000 rows, 0 changed by deltas'
  [ "$(ls -A "$work/fresh" | grep -c part)" -eq 0 ] || fail "a killed compaction left something behind"
else
  featc 1 embeddings build "$work/e2" "t,rows=$work/rows.parquet"
  err_has 'this featc was built without Arrow files: run scripts/setup'
fi
