# featc check: every mistake in one run, as text or one JSON object a line; the semantics that hold.
. ./common/check.sh

featc 0 check "$examples/takeaway/takeaway.feat" "$examples/quick/shops.feat"
out_empty
err_has "takeaway.feat: valid, 22 features, semantics 1 (none is written; the newest is 2)"

cat >"$work/bad.feat" <<'END'
model m
semantics 1
item { price : float64? }
dense a = prise
sparse b = price
END
featc 1 check "$work/bad.feat"
out_empty
err_has "bad.feat:4:11: error: \"prise\" is not a field, let or parameter; did you mean \"price\"?"
err_has "bad.feat: 2 errors, 1 warning"
featc 1 check "$work/bad.feat" --diagnostics json
out_empty
[ "$(wc -l <"$work/err")" -eq 3 ] || fail "not one line a diagnostic"
for key in file line column end_line end_column severity kind message notes fix; do
  [ "$(grep -c "\"$key\":" "$work/err")" -eq 3 ] || fail "not every diagnostic has \"$key\""
done
err_has '"kind": "unknown-name"'

# A main file elsewhere than its imports: the root must be said.
mkdir "$work/configs" "$work/common"
echo 'item { n : int64 }' >"$work/common/schema.feat"
printf 'model m\nsemantics 1\nimport "../common/schema.feat"\ndense o = n\n' >"$work/configs/main.feat"
featc 1 check "$work/configs/main.feat"
err_has "--root"
featc 0 check "$work/configs/main.feat" --root "$work"

# Fields that nothing uses are shown on request.
printf 'model m\nsemantics 1\nitem { n : int64  spare : int64 }\ndense o = n\n' >"$work/spare.feat"
featc 0 check "$work/spare.feat" --warn unused-fields
err_has 'item field "spare" is not used'
