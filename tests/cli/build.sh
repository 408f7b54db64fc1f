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
for server in server server_o; do
  command=$server
  LD_LIBRARY_PATH=$work "$work/$server" "$requests" "$profiles" >"$work/out" 2>"$work/err" || fail "$server failed"
  cmp "$work/out" "$work/meaning" || fail "$server makes other features"
  err_has "items, price_log of the first"
done
if ldd "$work/libtakeaway.so" "$work/server_o" | grep -iE 'llvm|antlr'; then fail "the compiler is needed"; fi

# The programs in the documentation.
featc 0 build "$examples/quick/shops.feat" -o "$work/libshops.so" --header "$work/shops.h"
block() { awk -v begin="\`\`\`$1" '$0 == begin { inside = 1; next } /^```/ { inside = 0 } inside' ../../docs/ahead-of-time.md; }
block c >"$work/page.c"
compile "$work/page.c" -o "$work/page_c" "$work/libshops.so"
block cpp >"$work/page.cpp"
command="c++ page.cpp"
# shellcheck disable=SC2046 # an option a word
c++ -std=c++20 -I ../.. "$work/page.cpp" -o "$work/page_cpp" "$runtime/libfeatc_run.a" $(cat "$runtime/link.txt")
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
"$build/examples/ahead_of_time/model_server" "$work/libcriteo.so" "$examples/criteo/sample.csv" >"$work/out"
cmp "$work/out" "$work/criteo_meaning" || fail "model_server makes other features of criteo"
"$build/examples/ahead_of_time/model_server" "$work/small.so" "$requests" "$profiles" >"$work/out"
cmp "$work/out" "$work/meaning" || fail "model_server makes other features of takeaway"

# The same bytes again.
for name in libtakeaway.so takeaway.h; do cp "$work/$name" "$work/first_$name"; done
featc 0 build "$takeaway/takeaway.feat" -o "$work/libtakeaway.so" --header "$work/takeaway.h"
for name in libtakeaway.so takeaway.h; do cmp "$work/$name" "$work/first_$name" || fail "$name is not the same again"; done
for round in 1 2; do featc 0 build "$takeaway/takeaway.feat" -o "$work/round$round.o" --target aarch64-linux-gnu; done
cmp "$work/round1.o" "$work/round2.o" || fail "the arm64 object file is not the same again"

# A model of another featc, a damaged one, one for another CPU, and what is no model.
sed 's/^version 0/version 9/' "$work/small.so" >"$work/other.so"
featc 1 run "$work/other.so" --input "$requests"
err_has "other.so: it was made by featc 9."
err_has "build it again with this one"
sed 's/output dense price_log/output dense PRICE_log/' "$work/small.so" >"$work/damaged.so"
featc 1 run "$work/damaged.so" --input "$requests"
err_has "damaged.so: its program image is damaged"
featc 0 build "$takeaway/takeaway.feat" -o "$work/bdver4.so" --no-runtime --cpu bdver4
featc 1 run "$work/bdver4.so" --input "$requests"
err_has 'it was compiled for the CPU "bdver4" and this machine lacks "'
out_empty
echo 'int x;' >"$work/none.c"
cc -shared -fPIC "$work/none.c" -o "$work/none.so"
featc 1 run "$work/none.so" --input "$requests"
err_has "none.so: this is no library that featc built"
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
