# JSON lines, CSV and TSV in; JSON, CSV and TSV out; stdin and stdout as "-".
. ./common/check.sh

cat >"$work/m.feat" <<'END'
model m
semantics 1
request { city : string }
item { n : int64?  x : float64?  tags : list<string>  taste : map<string, float64>? }
sparse n slot 1 = n
dense x width 2 default 0.5 = [x, 2]
sparse tags slot 2 = len(tags)
dense hot = lookup(taste, "hot:pot", default = -1.0)
sequence same slot 3 length 3 = [n, n]
sparse w slot 4 = {1: 0.25, 2: 0.1}
dense city = len(city)
END
cat >"$work/d.jsonl" <<'END'
{"request": {"city": "a\"b,c"}, "items": [{"n": 7, "x": 1.5, "tags": ["p", "q"], "taste": {"hot:pot": 0.7}}]}
{"request": {"city": ""}, "items": [{"n": null, "tags": [""]}]}
END
cat >"$work/expect.json" <<'END'
{"row": 0, "request": 0, "item": 0, "features": {"n": [17592186044423], "x": [1.5, 2], "tags": [35184372088834], "hot": [0.7], "same": [52776558133255, 52776558133255], "w": [[70368744177665, 0.25], [70368744177666, 0.1]], "city": [5]}}
{"row": 1, "request": 1, "item": 0, "features": {"n": [], "x": [0.5, 2], "tags": [35184372088833], "hot": [0], "same": [0, 0], "w": [[70368744177665, 0.25], [70368744177666, 0.1]], "city": [0]}}
END
cat >"$work/expect.csv" <<'END'
n,x,tags,hot,same,w,city
17592186044423,1.5|2,35184372088834,0.7,52776558133255|52776558133255,70368744177665:0.25|70368744177666:0.1,5
,0.5|2,35184372088833,0,0|0,70368744177665:0.25|70368744177666:0.1,0
END
featc 0 run "$work/m.feat" --input "$work/d.jsonl"
out_is <"$work/expect.json"
err_empty
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format csv
out_is <"$work/expect.csv"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --format tsv
tr ',' '\t' <"$work/expect.csv" | out_is

# To a file whose name says nothing of its format.
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --output "$work/features"
out_empty
cmp "$work/features" "$work/expect.json" || fail "--output differs from stdout"

# From stdin, whose format must be said; the config from stdin.
cp "$work/d.jsonl" "$work/in"
featc 0 run "$work/m.feat" --input - --input-format jsonl
out_is <"$work/expect.json"
cp "$work/m.feat" "$work/in"
featc 0 run - --input "$work/d.jsonl"
out_is <"$work/expect.json"
featc 0 check -
: >"$work/in"

# The same data as CSV and TSV. A cell of a list is "" for the empty string, empty for a missing list;
# a map's key ends at its last ":".
cat >"$work/d.csv" <<'END'
city,n,x,tags,taste
"a""b,c",7,1.5,p|q,hot:pot:0.7
"",,,"",
END
featc 0 run "$work/m.feat" --input "$work/d.csv"
out_is <"$work/expect.json"
printf 'city\tn\tx\ttags\ttaste\r\n"a""b,c"\t7\t1.5\tp;q\thot:pot:0.7\r\n""\t\t\t""\t\r\n' >"$work/d.tsv"
featc 0 run "$work/m.feat" --input "$work/d.tsv" --list-delimiter ';' --quote
out_is <"$work/expect.json"
tr '\t' '!' <"$work/d.tsv" >"$work/d.data"
featc 2 run "$work/m.feat" --input "$work/d.data"
err_has "--input-format"
featc 0 run "$work/m.feat" --input "$work/d.data" --input-format csv --delimiter '!' --list-delimiter ';'
out_is <"$work/expect.json"

# Fields of one name are told apart; a missing field that must be there is a bad row.
cat >"$work/both.feat" <<'END'
model m
semantics 1
request { id : int64 }
item { id : int64 }
dense r = request.id
dense i = item.id
END
printf 'request.id,item.id\n1,2\n' >"$work/both.csv"
featc 0 run "$work/both.feat" --input "$work/both.csv" --format csv
out_is <<'END'
r,i
1,2
END
err_empty

# How often a sequence left elements out is one of the statistics.
cat >"$work/m.feat" <<'END'
model m
semantics 2
item { l : list<int64> }
sequence long slot 1 length 2 = l
sequence short slot 2 length 3 = l
END
echo '{"request": {}, "items": [{"l": [1, 2, 3]}, {"l": [1, 2]}, {"l": [4, 5, 6]}]}' >"$work/d.jsonl"
featc 0 run "$work/m.feat" --input "$work/d.jsonl" --stats
err_has "cut       long: 2 lists longer than 2"
! grep -q "cut       short" "$work/err" || fail "a list that fits is said to be cut"
