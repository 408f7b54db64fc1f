# Plug-ins: loaded from allowed folders only, the same in every engine and ahead of time, and every way in
# which a library can be another than declared is a message.
. ./common/check.sh

plugin=$(dirname "$program")/examples/plugin
[ -f "$plugin/libnames.so" ] || fail "the example's plug-in is not built"
people=$examples/plugin/people.feat
data=$examples/plugin/people.jsonl
mkdir "$work/plugins" "$work/empty"
cp "$plugin/libnames.so" "$work/plugins"

featc 1 check "$people"
err_has 'error: a config may load code only from folders that its caller allows, and there is none (see --plugins)'
featc 1 check "$people" --plugins "$work/empty"
err_has 'error: there is no file "libnames.so" in the folders of plug-ins: '
featc 0 check "$people" --plugins "$work/empty" --plugins "$work/plugins"

# Every engine, and a model that was built.
featc 0 run "$people" --plugins "$work/plugins" --input "$data" --engine interp
cp "$work/out" "$work/meaning"
diff "$examples/plugin/people.expected" "$work/meaning" >&2 || fail "other features than expected"
featc 0 run "$people" --plugins "$work/plugins" --input "$data"
cmp "$work/out" "$work/meaning" || fail "native code makes other features"
featc 0 explain "$people" --plugins "$work/plugins" --input "$data" --feature likeness
out_has 'jaro_winkler('

# The text form names each function and its file, and reading it takes the same permission.
featc 0 dump "$people" --stage ir --plugins "$work/plugins"
out_has 'extern fn soundex(name: string) -> string? from "libnames.so" content "'
out_has ' = extern soundex %'
cp "$work/out" "$work/people.ir"
featc 1 opt "$work/people.ir"
err_has 'a config may load code only from folders that its caller allows'
featc 0 opt "$work/people.ir" --plugins "$work/plugins"
# What constants alone make is computed when compiling.
out_has 'const 0.81333333333333'

# The cache: another library under the same name is another program.
cached() { featc 0 run "$people" --plugins "$work/plugins" --input "$data" --cache "$work/cache" --stats; }
cached
err_has 'cache     config miss, code miss'
cached
err_has 'cache     config hit, code hit'
cmp "$work/out" "$work/meaning" || fail "the cache makes other features"
printf 'x' >>"$work/plugins/libnames.so"
cached
err_has 'cache     config miss, code miss'
featc 1 opt "$work/people.ir" --plugins "$work/plugins"
err_has '"libnames.so" is not the file that this was made with'
cp "$plugin/libnames.so" "$work/plugins/new"
mv "$work/plugins/new" "$work/plugins/libnames.so"
cached
featc 1 run "$people" --input "$data" --cache "$work/cache"
err_has 'there is none (see --plugins)'

# Names that lead out of the folders.
try() {
  printf 'model m\nitem { s : string }\nextern fn f(a: %s) -> %s from "%s"\nsparse x slot 1 = f(s)\n' "$1" "$2" "$3" \
    >"$work/try.feat"
  featc 1 check "$work/try.feat" --plugins "$work/plugins"
}
try string int64 ../plugins/libnames.so
err_has 'a library is named without its folder'
try string int64 /usr/lib/libm.so.6
err_has 'a library is named without its folder'
ln -s "$plugin/libnames.so" "$work/plugins/libout.so"
try string int64 libout.so
err_has 'there is no file "libout.so"'

# Libraries that are something else.
try string int64 libnames.so
err_has '"libnames.so" has no function "f", it has: jaro_winkler, soundex, word_lengths'
echo 'no library' >"$work/plugins/libtext.so"
try string int64 libtext.so
err_has 'cannot load "libtext.so": '
build() { # NAME, the C text on stdin
  command="cc $1"
  cc -shared -fPIC -I ../../include -x c - -o "$work/plugins/$1" >"$work/out" 2>"$work/err" || fail "does not compile"
}
echo 'int nothing;' | build libnothing.so
try string int64 libnothing.so
err_has '"libnothing.so" is not a plug-in'
printf '#include "featc/plugin.h"\nconst featc_plugin featc_plugin_descriptor = {7, 0, NULL};\n' | build libold.so
try string int64 libold.so
err_has 'was compiled with version 7 of featc'"'"'s plug-in header'
cat >"$work/f.c" <<'END'
#include "featc/plugin.h"
static void f(featc_call* call) {
  const featc_string* s = call->arguments[0].cells;
  int64_t* out = call->results;
  for (uint64_t i = 0; i < call->rows; ++i)
    if (s[i].size > 3) call->fail(call, i);
    else out[i] = (int64_t)s[i].size;
}
static const featc_plugin_function functions[] = {{"f", "(string)->int64", f}};
const featc_plugin featc_plugin_descriptor = {FEATC_PLUGIN_ABI, 1, functions};
END
build libf.so <"$work/f.c"
try int64 int64 libf.so
err_has '"libf.so" has f(string)->int64, but the declaration says f(int64) -> int64'
try 'string?' int64 libf.so
err_has 'but the declaration says f(string?) -> int64'

# A row that fails is reported, the others go on; a constant that fails is a mistake of the config.
printf 'model m\nitem { s : string }\nextern fn f(a: string) -> int64 from "libf.so"\nsparse x slot 1 = f(s)\n' >"$work/f.feat"
echo '{"request": {}, "items": [{"s": "abc"}, {"s": "abcd"}, {"s": "ab"}]}' >"$work/in"
for engine in jit interp; do
  featc 0 run "$work/f.feat" --plugins "$work/plugins" --input - --input-format jsonl --engine $engine
  out_has '"item": 0, "features": {"x": [17592186044419]}'
  out_has '"item": 2, "features": {"x": [17592186044418]}'
  out_has_not '"item": 1'
done
echo 'sparse y slot 2 = f("four")' >>"$work/f.feat"
featc 1 check "$work/f.feat" --plugins "$work/plugins"
err_has 'extern fn "f" fails for these constants'
