# featc build: libraries and object files run in C and C++ programs as featc run does, and what can go
# wrong on the way is said.
. ./common/check.sh

build=$(dirname "$program")
target=$(basename "$build"/runtime/*-linux-gnu)
runtime=$build/runtime/$target
takeaway=$examples/takeaway
requests=$takeaway/requests.jsonl
profiles=$takeaway/profiles.jsonl

featc 0 run "$takeaway/takeaway.feat" --input "$requests" --store "default=jsonl:$profiles"
cp "$work/out" "$work/meaning"
[ -s "$work/meaning" ] || fail "no features"
featc 0 run "$examples/criteo/criteo.feat" --input "$examples/criteo/sample.csv"
cp "$work/out" "$work/criteo_meaning"

# A C program with the library, and one with the object file and the runtime in it.
featc 0 build "$takeaway/takeaway.feat" -o "$work/libtakeaway.so" --header "$work/takeaway.h"
out_empty
err_empty
featc 0 build "$takeaway/takeaway.feat" -o "$work/takeaway.o" --cpu native
compile() {
  command="cc $*"
  cc -std=c11 -Wall -Wextra -Wpedantic -Werror -I "$work" "$@" >"$work/out" 2>"$work/err" || fail "does not compile"
}
compile "$examples/ahead_of_time/server.c" -o "$work/server" "$work/libtakeaway.so"
compile -c "$examples/ahead_of_time/server.c" -o "$work/server.o"
# shellcheck disable=SC2046 # an option a word
c++ -o "$work/server_o" "$work/server.o" "$work/takeaway.o" "$runtime/libfeatc_run.a" $(cat "$runtime/link.txt")
# shellcheck disable=SC2046 # an option a word
c++ -o "$work/server_stores" "$work/server.o" "$work/takeaway.o" "$runtime/libfeatc_run.a" \
  $(cat "$runtime/link_stores.txt" "$runtime/link.txt")
featc 0 load "$takeaway/takeaway.feat" --store "default=lmdb:$work/db" --input "$profiles"
for run in "server jsonl:$profiles" "server_o jsonl:$profiles" "server_stores jsonl:$profiles" "server lmdb:$work/db" \
  "server_stores lmdb:$work/db"; do
  command=$run
  # shellcheck disable=SC2086 # the server and its store
  set -- $run
  LD_LIBRARY_PATH=$work "$work/$1" "$requests" "$2" >"$work/out" 2>"$work/err" || fail "$run failed"
  cmp "$work/out" "$work/meaning" || fail "$run makes other features"
  err_has "items, price_log of the first"
done
# A store that is not there costs features; a program without stores says so.
LD_LIBRARY_PATH=$work "$work/server" "$requests" redis://127.0.0.1:1/0 >"$work/out" 2>"$work/err" || fail "server fails"
[ "$(wc -l <"$work/out")" -eq "$(wc -l <"$work/meaning")" ] || fail "items are missing"
if "$work/server_o" "$requests" redis://127.0.0.1:1/0 >"$work/out" 2>"$work/err"; then fail "redis without stores"; fi
err_has "this program has none of featc's stores in it and reads jsonl:PATH only"
ldd "$work/libtakeaway.so" | grep -q hiredis || fail "a library that reads has no stores"
if ldd "$work/server_o" | grep -q hiredis; then fail "a program has stores that it did not ask for"; fi
if ldd "$work/libtakeaway.so" "$work/server_o" | grep -iE 'llvm|antlr'; then fail "the compiler is needed"; fi

# The programs in the documentation.
featc 0 build "$examples/quick/shops.feat" -o "$work/libshops.so" --header "$work/shops.h"
block() { awk -v begin="\`\`\`$1" '$0 == begin { inside = 1; next } /^```/ { inside = 0 } inside' ../../docs/ahead-of-time.md; }
block c >"$work/page.c"
compile "$work/page.c" -o "$work/page_c" "$work/libshops.so"
block cpp >"$work/page.cpp"
command="c++ page.cpp"
# shellcheck disable=SC2046 # an option a word
c++ -std=c++20 -I ../.. -I ../../include "$work/page.cpp" -o "$work/page_cpp" "$runtime/libfeatc_run.a" $(cat "$runtime/link.txt")
for page in page_c page_cpp; do
  command=$page
  (cd "$work" && LD_LIBRARY_PATH=. ./$page) >"$work/out" 2>"$work/err" || fail "$page failed"
  err_empty
  # Slot 1, payload 7.
  out_has "shop $(((1 << 44) + 7))"
done

# The header is C++ as well, and two models go into one program.
featc 0 build "$examples/criteo/criteo.feat" -o "$work/criteo.o" --header "$work/criteo.h"
cat >"$work/two.cpp" <<'END'
#include "criteo.h"
#include "takeaway.h"
int main() {
  char* error = nullptr;
  featc_extractor* criteo = featc_load_criteo(nullptr, 0, &error);
  if (criteo == nullptr || featc_output_count(criteo) != CRITEO_OUTPUT_COUNT) return 1;
  featc_free_extractor(criteo);
  // A source without a store.
  if (featc_load_takeaway(nullptr, 0, &error) != nullptr || error == nullptr) return 1;
  featc_free_text(error);
}
END
command="c++ two.cpp"
# shellcheck disable=SC2046 # an option a word
c++ -Wall -Wextra -Wpedantic -Werror -I "$work" -o "$work/two" "$work/two.cpp" "$work/takeaway.o" "$work/criteo.o" \
  "$runtime/libfeatc_run.a" $(cat "$runtime/link.txt")
"$work/two" || fail "two models in one program"

# featc run and the C++ server take a library, with the runtime in it or without.
featc 0 build "$takeaway/takeaway.feat" -o "$work/small.so" --no-runtime
[ "$(wc -c <"$work/small.so")" -lt 200000 ] || fail "the library without the runtime is large"
for library in libtakeaway small; do
  featc 0 run "$work/$library.so" --input "$requests" --store "default=jsonl:$profiles"
  err_empty
  cmp "$work/out" "$work/meaning" || fail "$library.so makes other features"
done
featc 0 build "$examples/criteo/criteo.feat" -o "$work/libcriteo.so" --cpu x86-64-v2
featc 0 run "$work/libcriteo.so" --input "$examples/criteo/sample.csv"
cmp "$work/out" "$work/criteo_meaning" || fail "libcriteo.so makes other features"
if ldd "$work/libcriteo.so" | grep -q hiredis; then fail "a library that reads nothing has stores"; fi
"$build/examples/ahead_of_time/model_server" "$work/libcriteo.so" "$examples/criteo/sample.csv" >"$work/out"
cmp "$work/out" "$work/criteo_meaning" || fail "model_server makes other features of criteo"
"$build/examples/ahead_of_time/model_server" "$work/small.so" "$requests" "$profiles" >"$work/out"
cmp "$work/out" "$work/meaning" || fail "model_server makes other features of takeaway"

# Extern fns: their library comes from a folder that the caller allows.
plugin=$build/examples/plugin
people=$examples/plugin/people
featc 0 build "$people.feat" --plugins "$plugin" -o "$work/libpeople.so" --header "$work/people.h"
featc 0 build "$people.feat" --plugins "$plugin" -o "$work/people.o"
cat >"$work/people.c" <<'END'
#include <stdio.h>
#include <string.h>
#include "people.h"
int main(int argc, char** argv) { /* people FOLDER [LIBRARY] <requests */
  static char text[1 << 16];
  char* error = NULL;
  const char* folders[1] = {argv[1]};
  featc_open_options options = {.size = sizeof options, .plugins = folders, .plugin_count = strlen(argv[1]) > 0};
  featc_extractor* extractor;
  featc_failure failure = argc > 2 ? featc_open_library(argv[2], &options, &extractor, &error)
                                   : featc_open_people(&options, &extractor, &error);
  if (failure != FEATC_FINE) {
    fprintf(stderr, "%s\n", error);
    featc_free_text(error);
    return 1;
  }
  featc_session* session = featc_new_session(extractor);
  int failed = featc_run_json(session, text, fread(text, 1, sizeof text, stdin));
  fputs(featc_message(session), stderr);
  fputs(featc_result_json(session, NULL), stdout);
  featc_free_session(session);
  featc_free_extractor(extractor);
  return failed;
}
END
compile -c "$work/people.c" -o "$work/people_main.o"
# shellcheck disable=SC2046 # an option a word
c++ -o "$work/people" "$work/people_main.o" "$work/people.o" "$runtime/libfeatc_run.a" $(cat "$runtime/link.txt")
for library in "" "$work/libpeople.so"; do
  command="people $library"
  # shellcheck disable=SC2086 # none, or one
  "$work/people" "$plugin" $library <"$people.jsonl" >"$work/out" 2>"$work/err" || fail "people failed"
  cmp "$work/out" "$people.expected" || fail "people makes other features"
  # shellcheck disable=SC2086
  if "$work/people" "" $library <"$people.jsonl" >"$work/out" 2>"$work/err"; then fail "code from anywhere"; fi
  err_has "may load code only from folders that its caller allows"
done
featc 0 run "$work/libpeople.so" --plugins "$plugin" --input "$people.jsonl"
cmp "$work/out" "$people.expected" || fail "libpeople.so makes other features"
featc 1 run "$work/libpeople.so" --input "$people.jsonl"
err_has "may load code only from folders that its caller allows"

# The same bytes again.
for name in libtakeaway.so takeaway.h; do cp "$work/$name" "$work/first_$name"; done
featc 0 build "$takeaway/takeaway.feat" -o "$work/libtakeaway.so" --header "$work/takeaway.h"
for name in libtakeaway.so takeaway.h; do cmp "$work/$name" "$work/first_$name" || fail "$name is not the same again"; done
for round in 1 2; do featc 0 build "$takeaway/takeaway.feat" -o "$work/round$round.o" --target aarch64-linux-gnu; done
cmp "$work/round1.o" "$work/round2.o" || fail "the arm64 object file is not the same again"

# A model of another featc, a damaged one, one for another CPU, and what is not a model.
sed 's/output dense price_log/output dense PRICE_log/' "$work/small.so" >"$work/damaged.so"
featc 1 run "$work/damaged.so" --input "$requests"
err_has "damaged.so: this library was changed after featc built it: build it again"
head -c 20000 "$work/small.so" >"$work/short.so"
featc 1 run "$work/short.so" --input "$requests"
err_has "short.so: the file is cut short"
head -c -1 "$work/small.so" >"$work/short.so"
featc 1 run "$work/short.so" --input "$requests"
err_has "short.so: this is not a library that featc built, or not a complete one: build it again"
featc 0 build "$takeaway/takeaway.feat" -o "$work/bdver4.so" --no-runtime --cpu bdver4
featc 1 run "$work/bdver4.so" --input "$requests"
err_has 'it was compiled for the CPU "bdver4" and this machine lacks "'
out_empty
echo 'int x;' >"$work/none.c"
cc -shared -fPIC "$work/none.c" -o "$work/none.so"
featc 1 run "$work/none.so" --input "$requests"
err_has "none.so: this is not a library that featc built"
featc 1 run "$work/absent.so" --input "$requests"
err_has "absent.so: No such file or directory"
featc 2 run "$work/small.so" --input "$requests" --cpu x86-64
err_has "is compiled already"

# The command line.
shops=$examples/quick/shops.feat
featc 2 build "$shops"
featc 2 build "$shops" -o "$work/model.dll"
err_has "expected a name that ends in .so or .o"
featc 2 build "$shops" -o "$work/m.o" --no-runtime
err_has "for libraries"
featc 2 build "$shops" -o "$work/m.o" --target vax-unknown-vms
err_has 'vax'
featc 2 build "$shops" -o "$work/m.o" --target powerpc-linux-gnu
err_has "64-bit little-endian"
featc 2 build "$shops" -o "$work/m.o" --cpu pdp11
err_has 'there is no CPU "pdp11" for'
featc 2 build "$shops" -o "$work/m.o" --target aarch64-linux-gnu --cpu x86-64-v3
err_has 'there is no CPU "x86-64-v3" for aarch64'
featc 2 build "$shops" -o "$work/m.o" --target aarch64-linux-gnu --cpu native
err_has "this machine's CPU"
[ ! -e "$work/m.o" ] || fail "a refused command wrote a file"
for output in m.so m.o; do
  featc 1 build "$shops" -o "$work/none/$output"
  err_has "cannot write $work/none/$output: No such file or directory"
done
featc 1 build "$shops" -o "$work/m.o" --header "$work/none/m.h"
err_has "cannot write $work/none/m.h"
featc 1 build "$work/none.feat" -o "$work/m.o"
err_has "error: "
featc 1 build "$shops" -o "$work/m.so" --runtime "$work"
err_has "featc's runtime for $target (libfeatc_run.a and link.txt) is not in $work"
old_path=$PATH
PATH=$work
featc_without_compiler=0
"$program" build "$shops" -o "$work/m.so" 2>"$work/err" || featc_without_compiler=$?
PATH=$old_path
[ "$featc_without_compiler" -eq 1 ] || fail "exit code $featc_without_compiler without a compiler"
err_has "needs a C++ compiler, and none of these is installed: c++, g++, clang++"
