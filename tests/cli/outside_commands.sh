# A command that featc does not have is a program featc-NAME in PATH.
. ./common/check.sh

mkdir "$work/bin"
cat >"$work/bin/featc-hello" <<'END'
#!/bin/sh
echo "hello $# $1"
cat
exit 7
END
chmod +x "$work/bin/featc-hello"
PATH=$work/bin:$PATH
export PATH
echo from stdin | input
featc 7 hello "a b" --check
out_is <<'END'
hello 2 a b
from stdin
END
err_empty

# Built-in commands come first, and what is not there is told as before.
cp "$work/bin/featc-hello" "$work/bin/featc-check"
featc 0 check "$examples/quick/shops.feat"
featc 2 helo
err_has 'featc: there is no command "helo"'
featc 2 ../bin/hello
err_has 'there is no command'
chmod -x "$work/bin/featc-hello"
featc 2 hello
err_has "cannot run featc-hello: Permission denied"
err_has 'there is no command "hello"'

featc 0 --help
out_has "featc-NAME from PATH"
