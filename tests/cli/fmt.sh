# featc fmt: configs in the one layout, in place or from stdin.
. ./common/check.sh

cat >"$work/a.feat" <<'END'
model   m
item { x:int64 }   # what
dense  a=x
sparse bcd slot 1=x
END
cp "$work/a.feat" "$work/before.feat"
# Nothing is changed by --check, which says what would be.
featc 1 fmt --check "$work/a.feat"
out_empty
err_has "a.feat: not in featc's layout; featc fmt"
cmp -s "$work/a.feat" "$work/before.feat" || fail "--check changed the file"

# stdin stays apart from files.
input <"$work/a.feat"
featc 0 fmt --stdin
err_empty
cp "$work/out" "$work/formatted"
featc 0 fmt -
cmp -s "$work/out" "$work/formatted" || fail "- and --stdin differ"
[ "$(sed -n 2p "$work/out")" = "item { x: int64 }  # what" ] || fail "another second line"
[ "$(sed -n 4p "$work/out")" = "sparse bcd slot 1 = x" ] || fail "another fourth line"

# Line ends of Windows, a byte order mark, blank lines too many.
printf '\357\273\277model m\r\n\r\n\r\nitem { x: int64 } # c \r\ndense a=x\r\n\r\n' | input
featc 0 fmt -
printf 'model m\n\nitem { x: int64 }  # c\ndense a = x\n' | cmp -s - "$work/out" || fail "another text"

chmod 640 "$work/a.feat"
ln -s a.feat "$work/link.feat"
featc 0 fmt "$work/link.feat"
out_empty
err_has "formatted $work/link.feat"
cmp -s "$work/a.feat" "$work/formatted" || fail "a file and stdin differ"
[ -L "$work/link.feat" ] || fail "a link became a file"
[ "$(stat -c %a "$work/a.feat")" = 640 ] || fail "the file's mode changed"
[ "$(ls "$work"/a.feat*)" = "$work/a.feat" ] || fail "a temporary file stayed"

# What is right already is not touched.
featc 0 fmt --check "$work/a.feat"
err_empty
touch -d 2020-01-01 "$work/a.feat"
featc 0 fmt "$work/a.feat"
err_empty
[ "$(date -r "$work/a.feat" +%Y)" = 2020 ] || fail "a formatted file was written again"

# A file with syntax errors stays as it is; the others are formatted.
printf 'model m\nsparse a slot = x\n' >"$work/bad.feat"
cp "$work/bad.feat" "$work/bad.before"
cp "$work/before.feat" "$work/a.feat"
featc 1 fmt "$work/bad.feat" "$work/a.feat"
err_has "bad.feat:2:10: error:"
cmp -s "$work/bad.feat" "$work/bad.before" || fail "a broken file was changed"
cmp -s "$work/a.feat" "$work/formatted" || fail "the file behind a broken one was not formatted"

# Mistakes that are none of syntax, and imports that are not here, do not matter.
printf 'model m\nimport "nowhere.feat"\ndense a=nothing\n' >"$work/alone.feat"
featc 0 fmt "$work/alone.feat"
grep -q '^dense a = nothing$' "$work/alone.feat" || fail "not formatted: $(cat "$work/alone.feat")"

# What is imported or read is not opened: it may have any number of mistakes.
for _ in $(seq 300); do echo 'sparse a slot = x'; done >"$work/many.feat"
printf 'model m\nimport "many.feat"\nitem {a:string}\nsparse s slot 1=vocab(a,file="nowhere.txt")\n' >"$work/alone.feat"
featc 0 fmt "$work/alone.feat"
[ "$(cat "$work/err")" = "formatted $work/alone.feat" ] || fail "more than the main file: $(cat "$work/err")"
grep -q '^sparse s slot 1 = vocab(a, file = "nowhere.txt")$' "$work/alone.feat" || fail "$(cat "$work/alone.feat")"
cp "$work/many.feat" "$work/many.before"
featc 1 fmt "$work/many.feat"
err_has "many.feat:2:10: error:"
cmp -s "$work/many.feat" "$work/many.before" || fail "a file of mistakes was changed"
# So there is nothing to say of where imports are.
featc 2 fmt --root "$work" "$work/alone.feat"
featc 2 fmt --plugins "$work" "$work/alone.feat"

# Odd texts: tabs, no line end at the end, nothing but comments, nothing at all, one very long line.
printf 'model\tm\nitem\t{\tx:int64\t}\t#\tc\t\ndense\ta=x' | input
featc 0 fmt -
printf 'model m\nitem { x: int64 }  #\tc\ndense a = x\n' | cmp -s - "$work/out" || fail "tabs: $(cat "$work/out")"
printf '\n\n  # a\n\n\n\t# b' | input
featc 0 fmt -
printf '# a\n\n# b\n' | cmp -s - "$work/out" || fail "comments alone: $(cat "$work/out")"
printf '' | input
featc 0 fmt -
out_empty
{ printf 'let x=[0'; seq -f ',%.0f' 20000 | tr -d '\n'; echo ']'; } | input
featc 0 fmt -
[ "$(wc -l <"$work/out")" -eq 1 ] || fail "a long line was cut"
printf 'model m\ndense a = 1 \0\n' | input
featc 1 fmt -
err_has "<stdin>:2:"
out_empty

featc 1 fmt "$work/nowhere.feat"
err_has "nowhere.feat: no such file or directory"
featc 2 fmt
err_has "featc fmt: name a config, or - for stdin"
featc 2 fmt --stdin "$work/a.feat"

# The examples are in the layout.
for config in "$examples"/*/*.feat; do featc 0 fmt --check "$config"; done
