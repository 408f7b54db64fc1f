# Sourced by the tests of this folder, which get the program as their argument and stop at the first
# thing that is not as expected.
set -eu
program=$1
examples=../../examples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/in"

fail() {
  echo "FAIL: $*" >&2
  echo "--- command: featc $command" >&2
  echo "--- stdout:" >&2
  head -c 2000 "$work/out" >&2
  echo "--- stderr:" >&2
  head -c 2000 "$work/err" >&2
  exit 1
}

# featc EXIT ARGUMENTS...: runs the program on $work/in and keeps what it writes.
featc() {
  wanted=$1
  shift
  command=$*
  status=0
  "$program" "$@" <"$work/in" >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq "$wanted" ] || fail "exit code $status, not $wanted"
}

input() { cat >"$work/in"; }
# What stood on stdout or stderr is exactly stdin.
out_is() { diff - "$work/out" >&2 || fail "stdout differs (< expected, > came out)"; }
err_is() { diff - "$work/err" >&2 || fail "stderr differs (< expected, > came out)"; }
out_empty() { [ ! -s "$work/out" ] || fail "stdout is not empty"; }
err_empty() { [ ! -s "$work/err" ] || fail "stderr is not empty"; }
# A line that holds these words stood there.
out_has() { grep -qF -- "$1" "$work/out" || fail "stdout has no line with: $1"; }
err_has() { grep -qF -- "$1" "$work/err" || fail "stderr has no line with: $1"; }
out_has_not() { ! grep -qF -- "$1" "$work/out" || fail "stdout has a line with: $1"; }
# out_count N WORDS: so many lines hold them.
out_count() {
  count=$(grep -cF -- "$2" "$work/out" || true)
  [ "$count" -eq "$1" ] || fail "$count lines of stdout, not $1, have: $2"
}
