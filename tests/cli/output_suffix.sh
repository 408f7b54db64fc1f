# The suffix of --output says the format; what contradicts --format, and what featc does not write, is refused.
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
item { i : int64 }
dense i = i
END
printf '{"request": {}, "items": [{"i": 7}]}\n' >"$work/d.jsonl"
run() {
  code=$1
  shift
  featc "$code" run "$work/m.feat" --input "$work/d.jsonl" "$@"
}

# same FORMAT NAME: the file NAME is what --format FORMAT writes.
same() {
  format=$1
  shift
  run 0 --format "$format" --output "$work/plain"
  for name in "$@"; do
    run 0 --output "$work/$name"
    cmp "$work/$name" "$work/plain" || fail "$name is not in the format $format"
    run 0 --format "$format" --output "$work/$name"
  done
}
same json x.json x.jsonl x.ndjson x.JSON x x.txt .csv x.2026-11-30
same csv x.csv x.CSV a.json.csv
same tsv x.tsv
same vw x.vw
same tfrecord x.tfrecord x.tfrecords
same matrix x.matrix
same tensor-sequence x.fts
run 0
out_has '"features"'

refused() {
  run 2 "$@"
  out_empty
}
refused --output "$work/x.parquet" --format csv
err_has "--output $work/x.parquet is a name for parquet, and --format says csv: leave --format out, or name the file $work/x.csv"
refused --output "$work/x.svm" --format csv
err_has "is a name for libsvm"
[ ! -e "$work/x.parquet" ] && [ ! -e "$work/x.parquet.partial" ] || fail "what was refused left a file"
refused --output "$work/y.json" --format parquet
err_has "is a name for json, and --format says parquet: leave --format out, or name the file $work/y.parquet"
for name in x.csv.gz x.json.zst x.arrows x.xlsx; do
  refused --output "$work/$name"
  err_has "--output $work/$name: "
done
