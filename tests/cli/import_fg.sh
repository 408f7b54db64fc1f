# featc import-fg: exit codes, messages, schemas, stdin, and an fg.json of 300 features that compiles and runs.
. ./common/check.sh

cat >"$work/fg.json" <<'END'
{"features": [
  {"feature_type": "id_feature", "feature_name": "item.id", "expression": "item:itemid", "hash_bucket_size": 1000,
   "need_prefix": false},
  {"feature_type": "raw_feature", "feature_name": "age", "expression": "user:age", "boundaries": [18, 25]}
]}
END
featc 0 import-fg "$work/fg.json" -o "$work/fg.feat"
out_empty
err_has "fg.json: note: nothing between two separators"
featc 0 check "$work/fg.feat"
featc 0 import-fg "$work/fg.json"
out_has 'sparse `item.id` slot 1 = std_bucket(tokenize(item.itemid ?? "", "\x1d"), 1000)'
out_has '  age : float64?'
# std::hash("abc") is 3663726644998027833; an edge belongs to the upper bin.
input <<'END'
{"request": {"age": 25}, "items": [{"itemid": "abc"}]}
END
featc 0 run "$work/fg.feat" --input - --input-format jsonl
out_has "\"item.id\": [$(((1 << 44) + 833))], \"age\": [$(((2 << 44) + 2))]"

# Column types, and the other hash.
printf '{"itemid": "int64?", "spare": "string?"}' >"$work/columns.json"
featc 0 import-fg "$work/fg.json" --schema "$work/columns.json" --hash farm
out_has 'farm_bucket(string(item.itemid), 1000)'
err_has 'note: no feature reads the column "spare" of the schema'
printf '{"itemid": "integer"}' >"$work/columns.json"
featc 1 import-fg "$work/fg.json" --schema "$work/columns.json"
out_empty
err_has 'columns.json:1: error: column "itemid": "integer" is not a type'

# Every mistake in one run, and nothing is written.
sed 's/"hash_bucket_size"/"hash_bucket_sise"/; s/\[18, 25\]/[25, 18]/' "$work/fg.json" >"$work/bad.json"
featc 1 import-fg "$work/bad.json" -o "$work/bad.feat"
out_empty
err_has 'bad.json:2: error: feature "item.id": id_feature has no "hash_bucket_sise"; did you mean "hash_bucket_size"?'
err_has 'bad.json:4: error: feature "age": its boundaries do not ascend'
featc 1 import-fg "$work/bad.json" --diagnostics json
err_has '"line": 4, "column": 1, "end_line": 4, "end_column": 1, "severity": "error", "kind": "fg", "message": "feature \"age\": its'
! grep -v '^{"file": ".*}$' "$work/err" || fail "a line that is not an object"
featc 0 import-fg "$work/fg.json" --diagnostics json -o "$work/fg.feat"
err_has '"line": 1, "column": 1, "end_line": 1, "end_column": 1, "severity": "note", "kind": "fg", "message": "nothing between'
[ ! -e "$work/bad.feat" ] || fail "a config was written in spite of errors"
featc 1 import-fg "$work/none.json"
err_has "cannot read"
input <"$work/fg.json"
featc 0 import-fg - -o "$work/fg2.feat"
# Nobody waits for a pipe under the name of a file.
mkfifo "$work/pipe"
printf '{"features": [{"feature_type": "id_feature", "feature_name": "%s", "expression": "item:b", "vocab_file": "pipe",
  "default_bucketize_value": 0}]}' f >"$work/pipe.json"
for file in pipe pipe.json; do
  status=0
  timeout 60 "$program" import-fg "$work/$file" 2>"$work/err" || status=$?
  [ "$status" -eq 1 ] || fail "exit code $status, not 1"
  err_has "it is not a regular file"
done
featc 1 import-fg "$work/fg.json" -o "$work/no/folder.feat"
err_has "cannot write"
featc 2 import-fg
featc 2 import-fg "$work/fg.json" --hash md5
featc 0 import-fg --help
out_has "--schema"

# A mistake that only the config's own check finds is told of the feature's line.
printf '{"features": [\n{"feature_type": "regex_replace_feature", "feature_name": "r", "expression": "item:s",\n"regex_pattern": "(", "replacement": "", "hash_bucket_size": 9}]}' >"$work/regex.json"
featc 1 import-fg "$work/regex.json"
out_empty
err_has 'regex.json:2: error: feature "r": it becomes `"("`, and there the pattern is not a valid regular expression: missing ): (; change that, or write the feature by hand'

# A byte order mark, before the config and before the schema; and what only some rows could tell is noted.
printf '\357\273\277{"features": [
{"feature_type": "id_feature", "feature_name": "n", "need_prefix": false, "expression": "item:n", "num_buckets": 9},
{"feature_type": "lookup_feature", "feature_name": "l", "map": "user:m", "key": "item:n", "needDiscrete": false, "needKey": false},
{"feature_type": "kv_dot_product", "feature_name": "k", "query": "user:q", "document": "user:q"},
{"feature_type": "raw_feature", "feature_name": "v", "expression": "item:x", "value_dim": 2, "separator": ",", "boundaries": [1], "default_value": "0,0"},
{"feature_type": "expr_feature", "feature_name": "e", "variables": ["item:f"], "expression": "f + 1", "value_dim": 2},
{"feature_type": "bool_mask_feature", "feature_name": "b", "expression": ["item:n", "item:mask"], "hash_bucket_size": 9}
]}' >"$work/mark.json"
printf '\357\273\277{"f": "list<float64>?"}' >"$work/columns.json"
featc 0 import-fg "$work/mark.json" --schema "$work/columns.json" -o "$work/mark.feat"
err_has 'note: num_buckets over text: FG refuses a row with text that is not a whole number ("abc", "1.5"), and its answer to blanks around one is not known; here both have no id'
err_has 'note: numbers over 16777216 in a column that an expression reads'
err_has 'note: a value of a map that is text and not a number: FG'"'"'s answer is not known; here its key is not in the map'
err_has 'note: an item whose weight is not a number: FG'"'"'s answer is not known; here it is left out'
err_has 'note: nothing between two separators'
err_has 'note: feature "v": another count of numbers than value_dim, or one that is missing: FG refuses it or its answer is not known; here each value that is there has an id'
err_has 'note: feature "e": another count of results than value_dim, or one that is missing: FG refuses it or its answer is not known; here the default is added or the rest is cut'
err_has 'note: feature "b": a mask'"'"'s word that is neither true, false nor a number: FG'"'"'s answer is not known; here its value is dropped'

printf '{"features": [{"feature_type": "sequence_id_feature", "feature_name": "n", "expression": "user:f", "num_buckets": 9}]}' >"$work/digits.json"
featc 0 import-fg "$work/digits.json" --schema "$work/columns.json" -o "$work/digits.feat"
! grep "num_buckets over text" "$work/err" || fail "a note on text where there is none"
printf '{"features": [{"feature_type": "id_feature", "feature_name": "t", "expression": "item:t", "stub_type": true, "value_dim": 1},
{"feature_type": "combine_feature", "feature_name": "c", "expression": "feature:t", "default_value": "0"}]}' >"$work/text.json"
featc 0 import-fg "$work/text.json" -o "$work/text.feat"
err_has 'note: text that is not a number as JSON writes it (.5, +1 and 5. are not), or holds several where one is expected'

! grep "16777216" "$work/err" || fail "a note on numbers of columns where there are none"
# A logarithm rounds them anyway; what numbers over 2^24 become as ids is noted, as is what a list of texts holds.
printf '{"features": [{"feature_type": "id_feature", "feature_name": "t", "need_prefix": false, "expression": "item:t", "stub_type": true},
{"feature_type": "id_feature", "feature_name": "i", "need_prefix": false, "expression": "feature:t", "hash_bucket_size": 9},
{"feature_type": "raw_feature", "feature_name": "x", "expression": "item:x", "normalizer": "method=log10"},
{"feature_type": "combine_feature", "feature_name": "few", "expression": "item:t", "default_value": "0", "num_buckets": 16777216},
{"feature_type": "combine_feature", "feature_name": "many", "expression": "item:t", "default_value": "0", "num_buckets": 16777217}]}' >"$work/exact.json"
featc 0 import-fg "$work/exact.json" -o "$work/exact.feat"
! grep "numbers over 16777216 in a column" "$work/err" || fail "a note on differences where there are none"
! grep '"few": whether FG keeps' "$work/err" || fail "a note on numbers that float32 holds"
err_has 'note: feature "many": whether FG keeps whole numbers over 16777216 exact is not known; here they are rounded to float32'
! grep "separators inside the elements" "$work/err" || fail "a note on separators where no text holds any"
sed 's/"feature:t",/"feature:t", "separator": "|",/' "$work/exact.json" >"$work/cut.json"
featc 0 import-fg "$work/cut.json" -o "$work/cut.feat"
err_has 'note: separators inside the elements of a list: whether FG cuts there is not known; here it is not cut'
printf '{"features": [{"feature_type": "raw_feature", "feature_name": "z", "expression": "item:x", "normalizer": "method=expression,expr=x-1"}]}' >"$work/exact.json"
featc 0 import-fg "$work/exact.json" -o "$work/exact.feat"
err_has 'note: numbers over 16777216 in a column that an expression reads, such as timestamps: FG rounds them to float32 first; here they stay exact'
sed 's/expression,expr=x-1/zscore,mean=1,standard_deviation=2/' "$work/exact.json" >"$work/zscore.json"
featc 0 import-fg "$work/zscore.json" -o "$work/exact.feat"
! grep "numbers over 16777216" "$work/err" || fail "a note on numbers that are rounded as FG rounds them"

# --lenient: what cannot be imported is left out and listed, also what only the config's own check finds.
printf '{"features": [
{"feature_type": "id_feature", "feature_name": "a", "need_prefix": false, "expression": "item:a", "hash_bucket_size": 9},
{"feature_type": "bm25_feature", "feature_name": "b", "expression": "item:b"},
{"feature_type": "regex_replace_feature", "feature_name": "r", "expression": "item:s", "regex_pattern": "(", "replacement": "", "hash_bucket_size": 9},
{"feature_type": "id_feature", "feature_name": "of_r", "need_prefix": false, "expression": "feature:r", "hash_bucket_size": 9}]}' >"$work/part.json"
featc 1 import-fg "$work/part.json" -o "$work/part.feat"
[ ! -e "$work/part.feat" ] || fail "a config was written in spite of errors"
featc 0 import-fg "$work/part.json" --lenient -o "$work/part.feat"
err_has 'part.json:3: warning: left out: feature "b": there is no feature type "bm25_feature"'
err_has 'part.json:4: warning: left out: feature "r": it becomes `"("`, and there the pattern is not a valid regular expression'
err_has 'part.json:5: warning: left out: feature "of_r": it reads the feature "r", which does not exist or is left out'
err_has 'part.json: 3 of 4 entries left out; the config has 1 feature'
grep -q '^# Left out, line 3: feature "b": there is no feature type' "$work/part.feat" || fail "what is left out does not stand in the config"
! grep 'item.b\|  s ' "$work/part.feat" || fail "a column that nothing reads"
featc 0 check "$work/part.feat"
featc 0 import-fg "$work/part.json" --lenient --diagnostics json -o "$work/part.feat"
err_has '"line": 3, "column": 1, "end_line": 3, "end_column": 1, "severity": "warning", "kind": "fg", "message": "left out: feature \"b\"'
! grep -v '^{"file": ".*}$' "$work/err" || fail "a line that is not an object"
printf '{"features": [{"feature_type": "bm25_feature", "feature_name": "b", "expression": "item:b"}]}' >"$work/nothing.json"
featc 1 import-fg "$work/nothing.json" --lenient
out_empty
err_has 'nothing.json: error: nothing of it can be imported'

# A vocabulary beyond what a literal holds stays a file.
seq 100000 | sed 's/^/w/' >"$work/many.txt"
printf '{"features": [{"feature_type": "id_feature", "feature_name": "w", "need_prefix": false, "expression": "item:w", "vocab_file": "many.txt", "default_bucketize_value": 7}]}' >"$work/many.json"
featc 0 import-fg "$work/many.json" -o "$work/many.feat"
err_has 'feature "w": its vocabulary is read from many.txt, which must be beside this config'
input <<'END'
{"request": {}, "items": [{"w": "w100000"}, {"w": "w0"}]}
END
featc 0 run "$work/many.feat" --input - --input-format jsonl
out_has "\"w\": [$(((1 << 44) + 99999))]"
out_has "\"w\": [$(((1 << 44) + 7))]"
sed -i '5s/$/ 3/' "$work/many.txt"
featc 1 import-fg "$work/many.json"
err_has 'its vocab_file has more than 65536 words and repeats one or splits a number with a blank'

# 300 entries and 20 groups of three, over some 150 columns.
awk 'BEGIN {
  print "{\"features\": ["
  for (i = 0; i < 300; ++i) {
    side = i % 2 ? "item" : "user"
    c = side ":c" (i % 30)
    x = side ":x" (i % 30)
    printf "{\"feature_name\": \"f%d\", ", i
    kind = i % 15
    if (kind == 0) printf "\"feature_type\": \"id_feature\", \"need_prefix\": false, \"expression\": \"%s\", \"hash_bucket_size\": %d", c, 1000 + i
    if (kind == 1) printf "\"feature_type\": \"raw_feature\", \"expression\": \"%s\", \"boundaries\": [%d, %d, %d]", x, i, i + 1, i + 7
    if (kind == 2) printf "\"feature_type\": \"raw_feature\", \"expression\": \"%s\", \"normalizer\": \"method=log10,threshold=1e-10,default=-10\"", x
    if (kind == 3) printf "\"feature_type\": \"combo_feature\", \"expression\": [\"user:c%d\", \"%s\"], \"hash_bucket_size\": 100000, \"separator\": \"|\"", i % 30 - 1, c
    if (kind == 4) printf "\"feature_type\": \"lookup_feature\", \"map\": \"user:m%d\", \"key\": \"%s\", \"needDiscrete\": false, \"needKey\": false, \"combiner\": \"mean\"", i % 3, c
    if (kind == 5) printf "\"feature_type\": \"expr_feature\", \"variables\": [\"%s\", \"user:x0\"], \"expression\": \"sigmoid(%s / (1 + abs(x0)))\"", x, substr(x, 6)
    if (kind == 6) printf "\"feature_type\": \"overlap_feature\", \"query\": \"user:c0\", \"title\": \"%s\", \"method\": \"query_common_ratio\", \"separator\": \" \"", c
    if (kind == 7) printf "\"feature_type\": \"id_feature\", \"need_prefix\": false, \"expression\": \"%s\", \"vocab_list\": [\"a\", \"b\", \"c%d\"], \"default_bucketize_value\": 3, \"default_value\": \"a\"", c, i
    if (kind == 8) printf "\"feature_type\": \"sequence_id_feature\", \"need_prefix\": false, \"expression\": \"user:s%d\", \"hash_bucket_size\": 5000, \"sequence_length\": 50", i % 4
    if (kind == 9) printf "\"feature_type\": \"kv_dot_product\", \"query\": \"user:m%d\", \"document\": \"item:d%d\"", i % 3, i % 5
    if (kind == 10) printf "\"feature_type\": \"match_feature\", \"user\": \"user:n%d\", \"category\": \"%s\", \"item\": \"item:c1\", \"matchType\": \"hit\", \"needDiscrete\": false", i % 3, c
    if (kind == 11) printf "\"feature_type\": \"match_feature\", \"user\": \"user:n%d\", \"category\": \"%s\", \"item\": \"ALL\", \"matchType\": \"multihit\", \"needDiscrete\": true, \"show_category\": false, \"show_item\": false, \"value_type\": \"string\", \"value_dim\": 0, \"hash_bucket_size\": 1000", i % 3, c
    if (kind == 12) printf "\"feature_type\": \"sequence_raw_feature\", \"expression\": \"user:p%d\", \"sequence_length\": 50, \"value_dim\": %d", i % 4, 1 + i % 2
    if (kind == 13) printf "\"feature_type\": \"combine_feature\", \"expression\": \"%s\", \"value_map\": {\"a\": 1, \"b\": 2.5}, \"default_value\": \"0\"", c
    if (kind == 14) {
      printf "\"feature_type\": \"raw_feature\", \"expression\": \"%s\"},\n", x
      printf "{\"sequence_name\": \"g%d\", \"sequence_length\": 20, \"sequence_delim\": \";\", \"features\": [", i
      print "{\"feature_type\": \"id_feature\", \"feature_name\": \"tags\", \"expression\": \"item:t\", \"separator\": \"|\", \"value_dim\": 0, \"hash_bucket_size\": 5000, \"need_prefix\": false},"
      print "{\"feature_type\": \"expr_feature\", \"feature_name\": \"gap\", \"variables\": [\"user:x0\", \"item:ts\"], \"expression\": \"x0 - ts\"},"
      printf "{\"feature_type\": \"lookup_feature\", \"feature_name\": \"count\", \"map\": \"user:m%d\", \"key\": \"item:t\", \"separator\": \"|\", \"needDiscrete\": false, \"needKey\": false}]", i % 3
    }
    print i < 299 ? "}," : "}"
  }
  print "]}"
}' >"$work/large.json"
featc 0 import-fg "$work/large.json" -o "$work/large.feat"
featc 0 check "$work/large.feat"
err_has "large.feat: valid, 360 features"
input <<'END'
{"request": {"c0": "a b", "x0": 1, "m0": "a:2\u001db:3", "m1": "c:1", "s0": "1;2", "s2": ";;", "p0": "1;2", "n1": "a b^a:3,b:4"}, "items": [{"c1": "a", "x1": 3, "c7": "b", "d4": "a:1", "g14__t": "a|b;b", "g14__ts": [4, null]}, {}]}
END
featc 0 run "$work/large.feat" --input - --input-format jsonl
out_count 2 '"features": {"f0": ['
out_has '"f299": ['
# Two elements, the second one empty: x0 - 4, and the default.
out_has '"g14__gap": [-3, 0]'
# Another candidate: no sequence, so one empty element.
out_has '"g14__gap": [0]'
cp "$work/out" "$work/jit"
featc 0 run "$work/large.feat" --input - --input-format jsonl --engine interp
cmp "$work/out" "$work/jit" || fail "the engines differ"
