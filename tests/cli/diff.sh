# featc diff: what an edit does to each output, between files, stdin and revisions of git.
. ./common/check.sh

old=$examples/takeaway/takeaway.feat
edit() { sed "$1" "$old" >"$work/in"; }

# Nothing: a let with another name.
edit 's/age_band/band_of_age/g; s/sparse   band_of_age/sparse   age_band/'
featc 0 diff "$old" -
out_is <<'END'
nothing: every output is the same; 22 of 22 outputs are the same
END

edit 's/slot 2  /slot 92 /; s/log1p(price)/log1p(price \/ 10)/; s/  distance : float64?/  distance : float64/'
featc 0 diff "$old" -
out_has "contract  sparse    city "
out_has "slot 2 -> 92"
out_has "values    dense     price_log"
out_has "may differ  ($old:60, <stdin>:60)"
out_has "inputs    field     item.distance"
out_has "float64? -> float64"
out_has "contract: what the scorer receives changes; 18 of 22 outputs are the same"
err_empty

# For scripts.
featc 1 diff "$old" - --fail-on contract
featc 1 diff "$old" - --fail-on cost
featc 0 diff "$old" - --format json
python3 -c '
import json, sys
found = [json.loads(line) for line in sys.stdin]
assert found[0]["rank"] == "contract" and found[0]["name"] == "city" and found[0]["text"] == "slot 2 -> 92", found[0]
assert any(d["name"] == "price_log" and d["before"].endswith("takeaway.feat:60") for d in found), found
' <"$work/out" || fail "other JSON"
edit 's/log1p(price)/log1p(price + 1)/'
featc 0 diff "$old" - --fail-on contract
featc 1 diff "$old" - --fail-on values

# For pull requests.
featc 0 diff "$old" - --format markdown
out_is <<'END'
**values: ids or numbers may differ: train again; 21 of 22 outputs are the same**

| rank | what | name | change |
|---|---|---|---|
| values | dense | price\_log | may differ |
END

# Mistakes of both sides are told; warnings are not.
edit 's/log1p(price)/log1q(price)/'
featc 1 diff - "$work/none.feat"
err_has '"log1q" is not an operator'
err_has "none.feat"
featc 2 diff - -
err_has "only one of the two configs can be stdin"
featc 2 diff "$old"
featc 2 diff "$old" "$old" --fail-on nonsense

# Revisions of git: imports and vocabularies come from the same revision.
command -v git >/dev/null || exit 0
repository=$work/repository
mkdir -p "$repository/configs/lib"
commit() {
  git -C "$repository" add -A
  git -C "$repository" -c user.name=t -c user.email=t@example.com commit --quiet -m "$1"
}
git init --quiet "$repository"
printf 'model ctr\nimport "lib/more.feat"\nitem { brand : string?  price : float64? }\nsparse brand slot 1 = vocab(brand, file = "brands.txt")\ndense price = more(price)\n' \
  >"$repository/configs/ctr.feat"
printf 'fn more(x: float64?) = x + 1\n' >"$repository/configs/lib/more.feat"
printf 'acme\nzeta\n' >"$repository/configs/brands.txt"
commit first
program=$(realpath "$program")
cd "$repository"
featc 0 diff HEAD:configs/ctr.feat configs/ctr.feat
out_has "nothing: every output is the same"
printf 'acme\nzeta\nnew\n' >configs/brands.txt
featc 0 diff HEAD:configs/ctr.feat configs/ctr.feat
out_has "values  "
out_has "(HEAD:configs/ctr.feat:4, configs/ctr.feat:4)"
out_has "1 of 2 outputs are the same"
printf 'fn more(x: float64?) = x + 2\n' >configs/lib/more.feat
commit second
featc 0 diff HEAD~1:configs/ctr.feat HEAD:configs/ctr.feat
out_has "0 of 2 outputs are the same"
cd configs
featc 0 diff HEAD~1:./ctr.feat ctr.feat
out_has "0 of 2 outputs are the same"
featc 1 diff HEAD~7:./ctr.feat ctr.feat
err_is <<'END'
featc diff: HEAD~7:./ctr.feat: git knows no revision "HEAD~7" here
END
featc 1 diff HEAD:./other.feat ctr.feat
err_is <<'END'
featc diff: HEAD:./other.feat: HEAD has no file configs/other.feat
END
featc 0 diff "HEAD^{/second}:./ctr.feat" ctr.feat
git -C "$repository" -c user.name=t -c user.email=t@example.com commit --quiet --allow-empty -m "fix: nothing"
featc 0 diff "HEAD^{/fix: n}:./ctr.feat" ctr.feat

# What git warns of is no part of what it answers.
git branch --quiet twice
git tag twice HEAD~2
featc 0 diff twice:./ctr.feat ctr.feat
out_has "0 of 2 outputs are the same"

# --root is a folder of the file system; a path out of the repository is none of a revision.
featc 0 diff HEAD:./ctr.feat ctr.feat --root .
featc 0 diff HEAD:./ctr.feat ctr.feat --root ..
featc 0 diff HEAD:configs/ctr.feat ctr.feat --root "$repository/configs"
featc 1 diff HEAD:./ctr.feat ctr.feat --root /
err_has "featc diff: HEAD:./ctr.feat: --root / is outside the repository"
featc 1 diff "HEAD:$repository/configs/ctr.feat" ctr.feat --root .
err_has "the path counts from the top of the repository"
featc 1 diff HEAD:../../ctr.feat ctr.feat --root .
err_has "the path counts from the top of the repository"

# Names with spaces, and that begin with a dash.
mkdir -p "a folder"
printf 'model ctr\nitem { price : float64? }\ndense price = price\n' >"a folder/-the config.feat"
commit spaces
featc 0 diff "HEAD:./a folder/-the config.feat" "a folder/-the config.feat"
out_has "nothing: every output is the same"
featc 1 diff -- "-x:./ctr.feat" ctr.feat
err_has 'git knows no revision "-x" here'

printf 'model ctr\ndense x = nothing\n' >ctr.feat
commit third
featc 1 diff HEAD:./ctr.feat HEAD~1:./ctr.feat
err_has 'HEAD:configs/ctr.feat:2:11: error: "nothing" is not a field'
cd /
featc 1 diff HEAD:ctr.feat "$repository/configs/ctr.feat"
err_has "not a git repository"
