# A stderr that takes nothing changes no exit code and no output; a config that is a pipe is not waited for.
. ./common/check.sh
command=''

cat >"$work/good.feat" <<'EOF'
model m
semantics 1
item { id : int64 }
dense id = id
EOF
echo 'model m
item { id : int64 }
dense id = idd' >"$work/bad.feat"
echo '{"request": {}, "items": [{"id": 1}, {"id": "x"}, {"id": 3}]}' >"$work/d.jsonl"

# code COMMAND...: its exit code with a full disk, a closed pipe and nothing as stderr.
code() {
  wanted=$1
  shift
  command=$*
  for way in full pipe closed; do
    status=0
    case $way in
      full) "$program" "$@" >"$work/out" 2>/dev/full || status=$? ;;
      pipe)
        {
          inner=0
          "$program" "$@" 2>&3 >"$work/out" || inner=$?
          echo $inner >"$work/status"
        } 3>&1 | true
        status=$(cat "$work/status")
        ;;
      closed) "$program" "$@" >"$work/out" 2>&- || status=$? ;;
    esac
    [ "$status" -eq "$wanted" ] || fail "$* with a $way stderr: exit code $status, not $wanted"
  done
}
code 0 check "$work/good.feat"
code 1 check "$work/bad.feat"
code 2 check --no-such-option
code 0 run "$work/good.feat" --input "$work/d.jsonl" --format csv
printf 'id\n1\n3\n' | cmp -s - "$work/out" || fail "the rows are others"
code 2 run "$work/good.feat" --input "$work/none" --format csv
# A file that is opened takes no closed stream's place: messages would go into it.
code 0 run "$work/good.feat" --input "$work/d.jsonl" --output "$work/rows.csv"
printf 'id\n1\n3\n' | cmp -s - "$work/rows.csv" || fail "the file holds other rows"
status=0
"$program" run "$work/good.feat" --input "$work/d.jsonl" --format csv >&- 2>"$work/err" || status=$?
[ "$status" -eq 1 ] || fail "a closed stdout: exit code $status, not 1"

# There is one way to stderr, which throws nothing.
others=$(cd ../.. && grep -rnE 'fmt::print\( *stderr|std::cerr' support ops runtime ir frontend optimizer codegen engine tools || true)
[ -z "$others" ] || fail "printError writes to stderr, and nothing else: $others"

mkfifo "$work/pipe.feat"
for line in "check $work/pipe.feat" "run $work/pipe.feat --input $work/d.jsonl"; do
  status=0
  command=$line
  # shellcheck disable=SC2086
  timeout 60 "$program" $line >"$work/out" 2>"$work/err" || status=$?
  [ "$status" -eq 1 ] || fail "exit code $status, not 1"
  err_has "it is not a regular file; a config that comes through a pipe is named -, and the pipe is its stdin"
done
"$program" check - <"$work/good.feat" 2>"$work/err" || fail "a config on stdin"
cat "$work/good.feat" | "$program" check - 2>"$work/err" || fail "a config through a pipe"
