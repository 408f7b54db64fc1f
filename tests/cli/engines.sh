# Interpreter and native code, one thread and two, every CPU level: the same bytes.
. ./common/check.sh

same_everywhere() {
  featc 0 run "$@" --engine interp --threads 1
  cp "$work/out" "$work/meaning"
  [ -s "$work/meaning" ] || fail "no features"
  for options in "--engine jit --threads 1" "--engine jit --threads 2" "--engine interp --threads 2" \
    "--engine jit --cpu x86-64" "--engine jit --cpu x86-64-v2"; do
    # shellcheck disable=SC2086
    featc 0 run "$@" $options
    cmp "$work/out" "$work/meaning" || fail "$options gives other bytes than the interpreter"
  done
}

takeaway=$examples/takeaway
same_everywhere "$takeaway/takeaway.feat" --input "$takeaway/requests.jsonl" \
  --store "default=jsonl:$takeaway/profiles.jsonl"
same_everywhere "$examples/criteo/criteo.feat" --input "$examples/criteo/sample.csv"
sequences=$examples/sequences
same_everywhere "$sequences/videos.feat" --input "$sequences/requests.jsonl" --store "default=jsonl:$sequences/videos.jsonl"
