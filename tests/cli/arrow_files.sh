# Arrow IPC and Parquet files: what one run writes, another reads; without the module a message says how to get it.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
request { user : int64 }
item { n : int64?  tags : list<string>?  w : map<int64, float64>? }
sparse user slot 1 = user
sparse n slot 2 = n
sequence last slot 3 length 2 = len(tags) > 1 ? [1, 2, 3] : [9]
sparse w slot 4 = w
dense pair width 2 = [user, n]
END
cat >"$work/d.csv" <<'END'
user,n,tags,w
1,7,a|b,5:0.5|6:2
2,,x,
x,3,y,
3,8,,1:1
END

featc 0 run "$work/m.feat" --input "$work/d.csv" --format csv
cp "$work/out" "$work/expect.csv"

if ! [ -e "$(dirname "$program")/lib/featc/featc_arrow_files.so" ]; then
  featc 2 run "$work/m.feat" --input "$work/d.csv" --format arrow --output "$work/o.arrow"
  err_has 'this featc was built without Arrow files: run scripts/setup'
  exit 0
fi

# The features of one config are the fields of another, which writes them as they are.
cat >"$work/back.feat" <<'END'
model back
item { user : int64  n : int64?  last : list<int64>  pair : list<float64> }
sparse user slot 1 = user
sparse n slot 2 = n
sequence last slot 3 length 2 = last
dense pair width 2 = pair
END
for format in arrow parquet; do
  featc 0 run "$work/m.feat" --input "$work/d.csv" --format $format --output "$work/o.$format" --threads 2
  err_has 'left out: 1 bad item; 3 items written'
  [ ! -e "$work/o.$format.partial" ] && [ ! -e "$work/o.$format.journal" ] || fail "something was left behind"
  featc 0 run "$work/m.feat" --input "$work/d.csv" --format $format
  cmp "$work/out" "$work/o.$format" || fail "--output differs from stdout"
  featc 0 run "$work/back.feat" --input "$work/o.$format" --format csv
  err_has 'no field is declared for the column "w"'
  # Ids lose their slots and get them again; the weights are not read.
  cut -d, -f1,2,3,5 "$work/expect.csv" | out_is
  featc 0 explain "$work/back.feat" --input "$work/o.$format" --row 1
  # Compressed it holds the same.
  featc 0 run "$work/m.feat" --input "$work/d.csv" --format $format --compress zstd --output "$work/z.$format"
  ! cmp -s "$work/z.$format" "$work/o.$format" || fail "--compress changes nothing"
  featc 0 run "$work/back.feat" --input "$work/z.$format" --format csv
  cut -d, -f1,2,3,5 "$work/expect.csv" | out_is
  # With lists also of at most one id, as before.
  featc 0 run "$work/m.feat" --input "$work/d.csv" --format $format --id-lists --output "$work/l.$format"
  sed 's/user : int64 .* last/user : list<int64>  n : list<int64>  last/' "$work/back.feat" >"$work/lists.feat"
  featc 0 run "$work/lists.feat" --input "$work/l.$format" --format csv
  cut -d, -f1,2,3,5 "$work/expect.csv" | out_is
  # No rows at all: a whole file of the same columns.
  head -n 1 "$work/d.csv" >"$work/empty.csv"
  featc 0 run "$work/m.feat" --input "$work/empty.csv" --format $format --output "$work/empty.$format"
  featc 0 run "$work/back.feat" --input "$work/empty.$format" --format csv
  head -n 1 "$work/expect.csv" | cut -d, -f1,2,3,5 | out_is
done

# Such a file ends with a table of contents, so a run that did not come to its end cannot be continued, leaves nothing
# under the file's name, and what it leaves is refused by whoever opens it.
awk 'BEGIN { print "user,n,tags,w"; for (i = 0; i < 200000; ++i) print i ",7,a|b," }' >"$work/long.csv"
for format in arrow parquet; do
  rm -f "$work/cut" "$work/cut.partial"
  echo 'of an earlier run' >"$work/cut.journal"
  status=0
  (ulimit -f 2000 && "$program" run "$work/m.feat" --input "$work/long.csv" --format $format --output "$work/cut" \
    2>"$work/err") || status=$?
  command="run --format $format, with at most 1 MB a file"
  [ $status -eq 1 ] || fail "exit code $status, not 1"
  err_has "cut.partial holds what was written until then; a run like this cannot be resumed"
  [ ! -e "$work/cut" ] && [ ! -e "$work/cut.journal" ] || fail "there is more than the partial file"
  featc 1 run "$work/back.feat" --input "$work/cut.partial" --input-format $format
  err_has "cannot read $work/cut.partial"
  featc 2 run "$work/m.feat" --input "$work/d.csv" --format $format --output "$work/cut" --resume
  err_has "featc: --resume: --format $format ends with a table of all that is in the file"
done

# What is no such file, or cut, is told.
printf 'no arrow' >"$work/bad.arrow"
featc 1 run "$work/back.feat" --input "$work/bad.arrow"
err_has "cannot read $work/bad.arrow"
featc 1 run "$work/back.feat" --input "$work/missing.parquet"
err_has "cannot read $work/missing.parquet"
head -c 300 "$work/o.arrow" >"$work/cut.arrow"
featc 1 run "$work/back.feat" --input "$work/cut.arrow"
err_has "cannot read $work/cut.arrow"
featc 2 run "$work/m.feat" --input "$work/d.csv" --format csv --id-lists
err_has 'featc: --id-lists is for --format arrow and parquet'
featc 1 run "$work/m.feat" --input "$work/l.arrow"
err_has 'the column "user": expected int64, found list<uint64>'
