# Exit codes: 0 fine, 1 the input is bad, 2 the command line is bad. Data on stdout, all else on stderr.
. ./common/check.sh

featc 0 --version
err_empty
featc 0 --help
err_empty
featc 0 run --help
err_empty

shops=$examples/quick/shops
featc 2
out_empty
for arguments in "--frobnicate" "frobnicate" "run" "check" "decode" "dump $shops.feat" "opt" \
  "check $shops.feat --frobnicate" "check $shops.feat --diagnostics xml" "check $shops.feat --warn everything" \
  "run $shops.feat" "run $shops.feat --input $shops.jsonl --format xml" \
  "run $shops.feat --input $shops.jsonl --engine magic" "run $shops.feat --input $shops.jsonl --threads 0" \
  "run $shops.feat --input $shops.jsonl --threads many" "run $shops.feat --input $shops.jsonl --cpu pdp11" \
  "run $shops.feat --input $shops.jsonl --output $shops.jsonl" \
  "run $shops.feat --input $shops.jsonl --delimiter ab" \
  "run $shops.feat --input -" \
  "run $shops.feat --input $shops.jsonl --store x" \
  "run $shops.feat --input $shops.jsonl --store default=tape:x" \
  "run $shops.feat --input $shops.jsonl --store shop=jsonl:x" \
  "dump $shops.feat --stage half" "dump $shops.feat --stage opt --after nothing" \
  "dump $shops.feat --stage ast --format dot" "dump $shops.feat --stage ir --feature nothing" \
  "opt $shops.feat --passes nothing" \
  "explain $shops.feat --input $shops.jsonl --feature nothing" \
  "decode x" "decode -- -1" "decode 18446744073709551616" "ops nothing" "ops add --markdown"; do
  # shellcheck disable=SC2086
  featc 2 $arguments
  out_empty
  [ -s "$work/err" ] || fail "nothing on stderr"
done

# A config with an error, and files that cannot be read.
echo 'model m dense o = 1 +' >"$work/bad.feat"
for config in "$work/bad.feat" "$work/none.feat" "$work"; do
  for arguments in "check $config" "run $config --input $shops.jsonl" "dump $config --stage opt" \
    "explain $config --input $shops.jsonl" "decode 1 --config $config"; do
    # shellcheck disable=SC2086
    featc 1 $arguments
    out_empty
    err_has "error: "
  done
done
featc 1 opt "$work/none.ir"
err_has "cannot read"
featc 1 run "$shops.feat" --input "$work/none.jsonl"
err_has "cannot read"
featc 1 run "$shops.feat" --input "$work" --input-format jsonl
err_has "cannot read"
featc 1 run "$shops.feat" --input "$shops.jsonl" --store "default=jsonl:$work/none.jsonl"
err_has "cannot read"
featc 1 run "$shops.feat" --input "$shops.jsonl" --output "$work/none/out"
err_has "cannot write"
featc 1 explain "$shops.feat" --input "$shops.jsonl" --row 2
err_has "there is no row 2"

# One bad config among good ones is enough.
featc 1 check "$shops.feat" "$work/bad.feat"
err_has "shops.feat: valid"
