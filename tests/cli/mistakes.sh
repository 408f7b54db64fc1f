# What the program says of commands, options and features that are none, and its colours.
. ./common/check.sh

shops=$examples/quick/shops
err_has_not() { ! grep -qF -- "$1" "$work/err" || fail "stderr has a line with: $1"; }
featc 2 runn
err_has 'there is no command "runn"; did you mean "run"?'
featc 2 frobnicate
err_has 'there is no command "frobnicate"'
err_has "the commands are: check fmt deps diff dump"
featc 2
err_has 'a command is missing'
featc 2 run "$shops.feat" --inputs "$shops.jsonl"
err_has 'featc run: there is no option "--inputs"; did you mean "--input"?'
featc 2 check "$shops.feat" --diagnostic=json
err_has 'there is no option "--diagnostic"; did you mean "--diagnostics"?'
featc 2 check "$shops.feat" --frobnicate
err_has 'featc check: there is no option "--frobnicate"'
featc 2 explain "$shops.feat" --input "$shops.jsonl" --feature nosuch
err_has 'there is no feature "nosuch"; there are: '

# Colours only where they are asked for: stderr is not a terminal here.
printf 'model m\nitem { a : float64 }\ndense b = a is null\nlet c = a\n' >"$work/bad.feat"
escape=$(printf '\033')
featc 1 check "$work/bad.feat"
err_has_not "$escape"
featc 1 check "$work/bad.feat" --color never
err_has_not "$escape"
featc 1 check "$work/bad.feat" --color always
err_has "$escape[1;31merror:$escape[0m"
err_has "$escape[1;32mfix:$escape[0m"
err_has "$escape[1;34m    3 |$escape[0m dense b = a is null"
featc 1 check "$work/bad.feat" --color always --diagnostics json
err_has_not "$escape"
featc 2 check "$work/bad.feat" --color sometimes

# A terminal: NO_COLOR and a dumb one have none.
if command -v script >/dev/null; then
  seen() { env "$@" script -qec "$program check $work/bad.feat" /dev/null </dev/null 2>&1 || true; }
  case $(seen TERM=xterm NO_COLOR=) in *"$escape[1;31merror:"*) ;; *) fail "no colours on a terminal" ;; esac
  case $(seen TERM=xterm NO_COLOR=1) in *"$escape[1;31merror:"*) fail "colours in spite of NO_COLOR" ;; esac
  case $(seen TERM=dumb NO_COLOR=) in *"$escape[1;31merror:"*) fail "colours on a dumb terminal" ;; esac
fi
