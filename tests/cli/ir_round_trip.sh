# A dumped graph is read back and printed as the same bytes; the passes one by one do what the
# whole pipeline does.
. ./common/check.sh

for config in takeaway/takeaway criteo/criteo quick/shops; do
  featc 0 dump "$examples/$config.feat" --stage ir
  cp "$work/out" "$work/raw.ir"
  cp "$work/out" "$work/in"
  featc 0 opt - --passes none
  out_is <"$work/raw.ir"

  featc 0 dump "$examples/$config.feat" --stage opt
  cp "$work/out" "$work/optimized.ir"
  featc 0 opt "$work/raw.ir"
  out_is <"$work/optimized.ir"
  err_has "argument_order"
  passes=$(sed -n 's/^\([a-z_]*\) .*->.*/\1/p' "$work/err" | tr '\n' ',')
  cp "$work/raw.ir" "$work/in"
  for pass in $(echo "$passes" | tr ',' ' '); do
    featc 0 opt - --passes "$pass"
    cp "$work/out" "$work/in"
  done
  cmp "$work/in" "$work/optimized.ir" || fail "the passes one by one give another graph"
done

# What is not a graph is told with its line.
printf 'semantics 1\nmodel m\n%%0 = frobnicate %%1\n' >"$work/bad.ir"
featc 1 opt "$work/bad.ir"
out_empty
err_has "bad.ir: "
err_has "3"

# Every stage of every kind prints something.
for stage in ast ir opt llvm llvm-opt asm; do
  featc 0 dump "$examples/quick/shops.feat" --stage "$stage"
  [ -s "$work/out" ] || fail "nothing printed"
done
featc 0 dump "$examples/quick/shops.feat" --stage opt --format dot
out_has "digraph"
featc 0 dump "$examples/quick/shops.feat" --stage ir --format json
out_has "{"
featc 0 dump "$examples/quick/shops.feat" --stage ir --feature price_log
out_has "output dense price_log"
out_has_not "output sparse"
featc 0 dump "$examples/quick/shops.feat" --stage opt --after all
out_has "hash_sharing"
