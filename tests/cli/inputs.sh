# How data files may be written, and what is said of those that look like something else: quotes, missing values,
# blanks, lists, headers, compression, UTF-16, NaN, surrogates, wide integers.
. ./common/check.sh

# A feature shows what was read: the text's length, whether it is there.
cat >"$work/m.feat" <<'END'
model m
semantics 1
item { id : int64?  city : string?  tags : list<string>?  w : map<string, float64>? }
dense id width 1 default -1 = id
dense city default -1 = len(city)
dense tags default -1 = len(tags)
dense w default -1 = len(w)
END
values() { sed 's/.*"features": //; s/}$//' "$work/out"; }
# values_are LINE...: of the features, in order.
values_are() {
  for line in "$@"; do echo "$line"; done >"$work/wanted"
  values | diff "$work/wanted" - >&2 || fail "other features (< expected, > came out)"
}
v() { echo "{\"id\": [$1], \"city\": [$2], \"tags\": [$3], \"w\": [$4]}"; }
err_has_not() { ! grep -qF -- "$1" "$work/err" || fail "stderr has a line with: $1"; }

# -- Quotes -------------------------------------------------------------------------------------------

# TSV as IANA has it: a quote is a character, and no row is swallowed.
printf 'id\tcity\n1\t"a\n2\tb"\n3\t5" pipe\n' >"$work/q.tsv"
featc 0 run "$work/m.feat" --input "$work/q.tsv"
values_are "$(v 1 2 -1 -1)" "$(v 2 2 -1 -1)" "$(v 3 7 -1 -1)"
# By its other suffix, compressed too; a name that says nothing is answered with all formats.
cp "$work/q.tsv" "$work/q.tab"
gzip -c "$work/q.tsv" >"$work/q.tab.gz"
for file in q.tab q.tab.gz; do
  featc 0 run "$work/m.feat" --input "$work/$file"
  values_are "$(v 1 2 -1 -1)" "$(v 2 2 -1 -1)" "$(v 3 7 -1 -1)"
done
cp "$work/q.tsv" "$work/q.txt"
featc 2 run "$work/m.feat" --input "$work/q.txt"
err_has "the format of $work/q.txt does not follow from its name; pass --input-format jsonl, csv, tsv, arrow or parquet"
featc 2 run "$work/m.feat" --input "$work/q.jsonl" --trim
err_has "--trim is for csv and tsv, and the input is jsonl"
# Cells as pandas writes them: counted, with the option that reads them.
printf 'id\tcity\n1\t"a ""b"""\n2\tc\n3\t"d"\n' >"$work/pandas.tsv"
featc 0 run "$work/m.feat" --input "$work/pandas.tsv"
values_are "$(v 1 9 -1 -1)" "$(v 2 1 -1 -1)" "$(v 3 3 -1 -1)"
err_has 'item.city: 2 cells were in quotes (first in line 2: '
err_has 'pass --quote to remove them'
featc 0 run "$work/m.feat" --input "$work/pandas.tsv" --quote
values_are "$(v 1 5 -1 -1)" "$(v 2 1 -1 -1)" "$(v 3 1 -1 -1)"
# With --quote, cells over several lines are counted: an open quote looks like one.
featc 0 run "$work/m.feat" --input "$work/q.tsv" --quote
values_are "$(v 1 5 -1 -1)" "$(v 3 7 -1 -1)"
err_has "item.city: 1 cell in quotes went over several lines (in line 2); pass --no-quote"
printf 'id\tcity\n1\t"a\n2\tb\n3\tc\n' >"$work/open.tsv"
featc 0 run "$work/m.feat" --input "$work/open.tsv" --quote
err_has "open.tsv:2: a quote is not closed"
values_are "$(v 2 1 -1 -1)" "$(v 3 1 -1 -1)"
# A cell that holds a line end needs --quote: the row says so.
printf 'id\tcity\n"1\n2"\tx\n' >"$work/broken.tsv"
featc 1 run "$work/m.feat" --input "$work/broken.tsv"
err_has "broken.tsv:2: expected 2 cells as in the header, found 1; with --quote"
# Names in quotes.
printf '"id"\t"city"\n1\tx\n' >"$work/names.tsv"
featc 1 run "$work/m.feat" --input "$work/names.tsv"
err_has "names are in quotes; pass --quote"
featc 0 run "$work/m.feat" --input "$work/names.tsv" --quote
values_are "$(v 1 1 -1 -1)"
# CSV has quotes, unless told otherwise; what a wrong one hides is only its own line.
printf 'id,city\n1,"a\n2,b\n3,"c"d\n4,e\n' >"$work/q.csv"
featc 0 run "$work/m.feat" --input "$work/q.csv"
values_are "$(v 2 1 -1 -1)" "$(v 4 1 -1 -1)"
err_has "q.csv:2: a quoted cell continues after its closing quote"
err_has "q.csv:4: a quoted cell continues after its closing quote"
featc 0 run "$work/m.feat" --input "$work/q.csv" --no-quote
values_are "$(v 1 2 -1 -1)" "$(v 2 1 -1 -1)" "$(v 3 4 -1 -1)" "$(v 4 1 -1 -1)"
# TSV out: nothing is quoted.
cat >"$work/names.feat" <<'END'
model m
semantics 1
item { id : int64? }
dense `a "b", c` = id
END
printf 'id\n1\n' >"$work/one.csv"
featc 0 run "$work/names.feat" --input "$work/one.csv" --format tsv
out_is <<'END'
a "b", c
1
END
featc 0 run "$work/names.feat" --input "$work/one.csv" --format csv
out_has '"a ""b"", c"'

# -- Missing values, blanks, lists --------------------------------------------------------------------

printf 'id,city,tags\n1,\\N,a|\\N\n2, Rome ,x\n\\N,?,b\n4,"\\N",\n' >"$work/null.csv"
featc 0 run "$work/m.feat" --input "$work/null.csv"
values_are "$(v 1 2 2 -1)" "$(v 2 6 1 -1)" "$(v 4 2 -1 -1)"
err_has "item.city: 1 value was the text \\N (in line 2); pass --null '\\N' if it stands for a missing value"
err_has "item.tags: 1 value was the text \\N (in line 2)"
err_has 'item.city: 1 text began or ended with a blank (in line 3: " Rome "); pass --trim'
err_has 'null.csv:4: id: expected int64, found "\\N"; pass --null '"'\\N'"
# In quotes it is the text.
featc 0 run "$work/m.feat" --input "$work/null.csv" --null '\N' --null '?' --trim
values_are "$(v 1 -1 2 -1)" "$(v 2 4 1 -1)" "$(v -1 -1 1 -1)" "$(v 4 2 -1 -1)"
err_has_not "item.city:"
err_has_not "item.tags:"
# Blanks around numbers and quotes.
printf 'id,city,tags\n 1 , "a, b" , x | y\n' >"$work/blank.csv"
featc 1 run "$work/m.feat" --input "$work/blank.csv"
printf 'id,city,tags\n 1 , a , x | y\n' >"$work/blank2.csv"
featc 1 run "$work/m.feat" --input "$work/blank2.csv"
err_has 'blank2.csv:2: id: expected int64, found " 1 "; --trim removes blanks'
featc 0 run "$work/m.feat" --input "$work/blank.csv" --trim
values_are "$(v 1 4 2 -1)"
printf 'id, city\n1,x\n' >"$work/blank3.csv"
featc 0 run "$work/m.feat" --input "$work/blank3.csv"
err_has 'no field is declared for the column " city"'
featc 0 run "$work/m.feat" --input "$work/blank3.csv" --trim
values_are "$(v 1 1 -1 -1)"

printf '%s\n' 'id,tags,w' '1,"[""a"", ""b""]","{""k"": 1}"' "2,\"['a', 'b']\"," '3,[sale]|new,k:1|l:2' \
  '4,"[""x""]",' >"$work/list.csv"
featc 0 run "$work/m.feat" --input "$work/list.csv"
values_are "$(v 2 -1 1 -1)" "$(v 3 -1 2 2)" "$(v 4 -1 1 -1)"
err_has "list.csv:2: w: "
err_has "--json-lists reads such a cell as JSON"
err_has 'item.tags: 2 cells looked like JSON (first in line 2: "[\"a\", \"b\"]") but were split at list delimiters; pass --json-lists'
err_has "item.tags: 1 cell was in brackets (in line 3: \"['a', 'b']\")"
featc 0 run "$work/m.feat" --input "$work/list.csv" --json-lists
values_are "$(v 1 -1 2 1)" "$(v 4 -1 1 -1)"
err_has "list.csv:3: tags: expected list<string> as JSON, but the JSON is malformed at column 2: \"'a'\" is not a JSON value"
err_has "list.csv:4: tags: expected list<string> as JSON"
# A tag in brackets is none of these.
printf 'id,tags\n1,[sale]|new\n2,[sale]\n3,[1]|[2]\n' >"$work/sale.csv"
featc 0 run "$work/m.feat" --input "$work/sale.csv"
err_has_not "item.tags: "
# A key ends at the last colon.
printf 'id,w\n1,a:b:2|c:1\n' >"$work/colon.csv"
featc 0 run "$work/m.feat" --input "$work/colon.csv"
err_has 'item.w: 1 entry of a map had more than one ":" (in line 2: "a:b:2"); the key ended at the last one'

# -- Header and columns -------------------------------------------------------------------------------

# pandas' index has no name.
printf ',id,city\n0,1,x\n' >"$work/index.csv"
featc 0 run "$work/m.feat" --input "$work/index.csv"
values_are "$(v 1 1 -1 -1)"
err_has "column 1 has no name and is left out"
# No header, as in Criteo's raw file.
printf '1\t1\tRome\n0\t2\tParis\n' >"$work/raw.tsv"
featc 1 run "$work/m.feat" --input "$work/raw.tsv"
err_has 'none of the columns "1", "1", "Rome" is a field; if the file has no header, name its columns: --columns id,city,tags (3 names'
featc 0 run "$work/m.feat" --input "$work/raw.tsv" --columns ,id,city
values_are "$(v 1 4 -1 -1)" "$(v 2 5 -1 -1)"
featc 0 run "$work/m.feat" --input "$work/raw.tsv" --columns ,id,city --no-header
values_are "$(v 1 4 -1 -1)" "$(v 2 5 -1 -1)"
featc 0 run "$work/m.feat" --input "$work/raw.tsv" --columns ,id,city --header
values_are "$(v 2 5 -1 -1)"
featc 1 run "$work/m.feat" --input "$work/raw.tsv" --columns id,city
err_has "raw.tsv:1: expected 2 cells as in --columns, found 3"
featc 1 run "$work/m.feat" --input "$work/raw.tsv" --columns ,nosuch,
err_has "is a field"
featc 2 run "$work/m.feat" --input "$work/raw.tsv" --columns ,,
err_has "--columns names no column"
featc 2 run "$work/m.feat" --input "$work/raw.tsv" --no-header
err_has "--no-header needs the columns' names: --columns"
printf 'id,city\n1,x\n' >"$work/header.csv"
featc 0 run "$work/m.feat" --input "$work/header.csv" --columns id,city
err_has "the first line has the names that --columns gives; pass --header"
# A semicolon file, a tab file, a file of other data.
printf 'id;city\n1;x\n' >"$work/semi.csv"
featc 1 run "$work/m.feat" --input "$work/semi.csv"
err_has "the only column \"id;city\" is not a field: its cells are separated by \";\"; pass --delimiter ';'"
featc 0 run "$work/m.feat" --input "$work/semi.csv" --delimiter ';'
values_are "$(v 1 1 -1 -1)"
printf 'id\tcity\n1\tx\n' >"$work/tab.csv"
featc 1 run "$work/m.feat" --input "$work/tab.csv"
err_has "pass --delimiter tab"
printf 'a,b\n1,2\n' >"$work/other.csv"
featc 1 run "$work/m.feat" --input "$work/other.csv"
err_has 'none of the columns "a", "b" is a field'

# Blank lines are skipped, in a file of one column too.
printf 'city\nx\n\ny\n\r\n' >"$work/blank_lines.csv"
featc 0 run "$work/m.feat" --input "$work/blank_lines.csv"
values_are "$(v -1 1 -1 -1)" "$(v -1 1 -1 -1)"
err_has "2 blank lines were left out (first in line 3)"

# -- Numbers ------------------------------------------------------------------------------------------

cat >"$work/n.feat" <<'END'
model m
semantics 1
item { id : int64?  x : float64?  ids : list<int64>? }
dense id default -1 = id % 1000
dense x default -1 = x
dense is = is_missing(x)
dense first default -1 = first(ids) % 1000
END
printf 'id,x,ids\n10000169349117863715,.60,18446744073709551615\n+5,5.,\n6,NaN,\n7,-inf,\n' >"$work/n.csv"
featc 0 run "$work/n.feat" --input "$work/n.csv"
# 10000169349117863715 - 2^64 = -8446574724591687901.
values_are '{"id": [-901], "x": [0.6], "is": [0], "first": [-1]}' '{"id": [5], "x": [5], "is": [0], "first": [-1]}' \
  '{"id": [6], "x": [-1], "is": [1], "first": [-1]}' '{"id": [7], "x": [-1], "is": [1], "first": [-1]}'
err_has 'item.id: 1 integer was beyond int64 (in line 2: "10000169349117863715"), which kept its 64 bits and became negative'
err_has "item.ids: 1 integer was beyond int64"
err_has 'item.x: 2 numbers were not finite (first in line 4: "NaN")'
cat >"$work/n.jsonl" <<'END'
{"request": {}, "items": [{"id": 10000169349117863715, "x": 1}, {"id": 2, "x": NaN}, {"id": NaN}, {"id": 3, "x": -Infinity}]}
{"request": {}, "items": [{"id": 1, "id": 2}, {"id": 18446744073709551616}]}
END
featc 0 run "$work/n.feat" --input "$work/n.jsonl"
values_are '{"id": [-901], "x": [1], "is": [0], "first": [-1]}' '{"id": [2], "x": [-1], "is": [1], "first": [-1]}' \
  '{"id": [3], "x": [-1], "is": [1], "first": [-1]}' '{"id": [2], "x": [-1], "is": [1], "first": [-1]}'
err_has "n.jsonl:1: item 2: id: expected int64, found NaN"
err_has "n.jsonl:2: item 1: id: 18446744073709551616 is beyond int64"
err_has 'item.x: 2 numbers were not finite (first in line 1: "NaN")'
err_has 'item.id: 1 object repeated a key (in line 2: "id"); its last value counts'
err_has "item.id: 1 integer was beyond int64"
# A field that no value fits is said once more at the end.
printf 'id,x\n1,"1,5"\n2,"2,5"\n' >"$work/comma.csv"
featc 1 run "$work/n.feat" --input "$work/comma.csv"
err_has 'item.x: no value could be read: 2 rows are bad for it (first in line 2: expected float64, found "1,5")'

# -- JSON ---------------------------------------------------------------------------------------------

printf '%s\n' '{"request": {}, "items": [{"id": 1, "city": "a\ud800b"}, {"id": 2, "city": "\ud83d\ude00"}]}' \
  '{"request": {}, "items": [{"id": 3, "w": {"\udc00": 1, "k": 1, "k": 2}}]}' >"$work/s.jsonl"
featc 0 run "$work/m.feat" --input "$work/s.jsonl"
values_are "$(v 1 3 -1 -1)" "$(v 2 1 -1 -1)" "$(v 3 -1 -1 2)"
err_has "item.city: 1 text had half of a surrogate pair (in line 1), which became U+FFFD"
err_has "item.w: 1 text had half of a surrogate pair (in line 2)"
err_has 'item.w: 1 object repeated a key (in line 2: "k")'
# What is not JSON: where, and why.
json_fault() {
  printf '%s\n' "$1" >"$work/f.jsonl"
  featc 1 run "$work/m.feat" --input "$work/f.jsonl"
  err_has "f.jsonl:1: the JSON is malformed at column $2"
}
json_fault '{"request": {}, "items": [{"id": 1,}]}' '36: a key in double quotes is missing before "}"'
json_fault '{"request": {}, "items": [{"id": 01}]}' '34: "01" is not a JSON value'
json_fault "{'request': {}}" '2: a key in double quotes is missing before "'"'"'"'
json_fault '{"request": {} "items": []}' '16: "," or "}" is missing before "\""'
json_fault '{"request": {}, "items": [' '27: a value is missing'
json_fault '{"request": {}, "items": []} x' '30: "x" follows the end of the JSON'
json_fault '{"é": "\q"}' '8: a backslash before "q" is not a JSON escape'
json_fault '{"a": "b' '7: a string is not closed'
json_fault "$(printf '{"a": "\377"}')" '8: the byte FF is not valid UTF-8'
# JSON that goes over several lines.
printf '[\n{"request": {}, "items": [{"id": 1}]}\n]\n{\n}\n' >"$work/array.jsonl"
featc 0 run "$work/m.feat" --input "$work/array.jsonl"
values_are "$(v 1 -1 -1 -1)"
err_has 'array.jsonl:1: a line must be an object: {"request": {}, "items": [{"id": ...}]}'
err_has 'array.jsonl:4: a line must hold a whole object: {"request": {}, "items": [{"id": ...}]}'
# Rows without the frame.
echo '{"id": 1, "city": "x"}' >"$work/flat.jsonl"
featc 1 run "$work/m.feat" --input "$work/flat.jsonl"
err_has '"items" is missing: a line is {"request": {}, "items": [{"id": ...}]}'

# -- Files --------------------------------------------------------------------------------------------

printf 'id,city\n1,Z\303\274rich\n2,x\n' >"$work/plain.csv"
featc 0 run "$work/m.feat" --input "$work/plain.csv"
cp "$work/out" "$work/plain.out"
gzip -k "$work/plain.csv"
featc 0 run "$work/m.feat" --input "$work/plain.csv.gz"
out_is <"$work/plain.out"
# Two members, one after the other.
{ head -2 "$work/plain.csv" | gzip; tail -1 "$work/plain.csv" | gzip; } >"$work/two.csv.gz"
featc 0 run "$work/m.feat" --input "$work/two.csv.gz"
out_is <"$work/plain.out"
cp "$work/plain.csv.gz" "$work/in"
featc 0 run "$work/m.feat" --input - --input-format csv
out_is <"$work/plain.out"
: >"$work/in"
head -c 30 "$work/plain.csv.gz" >"$work/cut.csv.gz"
featc 1 run "$work/m.feat" --input "$work/cut.csv.gz"
err_has "reading failed: the gzip data end too early"
for order in LE BE; do
  if [ $order = LE ]; then printf '\377\376'; else printf '\376\377'; fi >"$work/wide.csv"
  iconv -f UTF-8 -t UTF-16$order "$work/plain.csv" >>"$work/wide.csv"
  featc 0 run "$work/m.feat" --input "$work/wide.csv"
  out_is <"$work/plain.out"
done
iconv -f UTF-8 -t UTF-16LE "$work/plain.csv" >"$work/bare.csv"
featc 1 run "$work/m.feat" --input "$work/bare.csv"
err_has "it looks like UTF-16 without a byte order mark"
printf '(\265/\375xxxxxxxxxxxxxx' >"$work/z.csv"
featc 1 run "$work/m.feat" --input "$work/z.csv"
err_has "it is compressed with zstd; unpack it first"
echo '{"request": {}, "items": [{"id": 1}]}' | gzip >"$work/d.jsonl.gz"
featc 0 run "$work/m.feat" --input "$work/d.jsonl.gz"
values_are "$(v 1 -1 -1 -1)"
# A log, too.
echo '{"request": {}, "items": [{"id": 1}]}' >"$work/d.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --log "$work/log"
gzip "$work/log"
featc 0 verify "$work/m.feat" --input "$work/log.gz"
out_has "all the same"

# -- Everywhere ---------------------------------------------------------------------------------------

featc 0 explain "$work/m.feat" --input "$work/null.csv" --null '\N' --null '?' --trim --row 2 --brief
featc 0 explain "$work/m.feat" --input "$work/pandas.tsv" --row 0
err_has "pass --quote"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --trim
err_has "--trim is for csv and tsv, and the input is jsonl"
featc 2 run "$work/m.feat" --input "$work/d.jsonl" --delimiter ';'
err_has "--delimiter is for csv and tsv, and the input is jsonl"
# Threads see pieces of a file; what they count is the same.
awk 'BEGIN { print "id,city,tags"; for (i = 1; i <= 30000; ++i) print i ", x,\\N" }' >"$work/long.csv"
for threads in 1 3; do
  featc 0 run "$work/m.feat" --input "$work/long.csv" --threads $threads --output "$work/long.out"
  err_has 'item.city: 30000 texts began or ended with a blank (first in line 2: " x")'
  err_has "item.tags: 30000 values were the text \\N (first in line 2)"
done
