# The operator reference.
. ./common/check.sh

featc 0 ops
err_empty
out_has "bucketize"
out_has_not "combine_hashes"
longest=$(wc -L <"$work/out")
[ "$longest" -le 200 ] || fail "a line of $longest characters"
featc 0 ops bucketize
out_has "boundaries"
out_has '`boundaries` must be constant.'
featc 0 ops vocab
out_has '`words` and `oov` must be constant. `file` is the name of a file beside the config'
featc 0 ops %
out_has_not "constant"
out_has "remainder"
featc 2 ops bucketise
out_empty
err_has 'did you mean "bucketize"?'
featc 0 ops mean
err_empty
out_has "mean is called avg here"
out_has "avg(values: list<float64>) -> float64"
featc 0 ops Weekday
out_has "is called day_of_week here; 1 for Monday to 7 for Sunday"
featc 0 ops --markdown
cmp "$work/out" ../../docs/operators.md || fail "docs/operators.md is old: featc ops --markdown > docs/operators.md"
