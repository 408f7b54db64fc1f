#!/bin/sh
# run.sh BUILD SOURCE FEATC WORK: installs BUILD into WORK and uses it from a project outside.
set -eu
build=$1 source=$2 featc=$3 work=$4
rm -rf "$work"
mkdir -p "$work/models"
cmake --install "$build" --prefix "$work/featc" >"$work/install.log"

# Only public names: nothing of the sources' folders is on the include path, save what documents named before.
include=$work/featc/include
others=$(cd "$include" && find . -path ./featc/detail -prune -o -type f -name '*.h' -print |
  grep -v '^\./featc/[a-z_]*\.h$' | while read -r name; do grep -q Deprecated "$name" || echo "$name"; done)
[ -z "$others" ] || { echo "installed, and neither public nor deprecated: $others"; exit 1; }
# A program's own config.h or run.h stays its own.
bare=$(find "$include" "$include/featc/deprecated" -maxdepth 1 -name '*.h*' ! -name featc_tensor_sequence.h)
[ -z "$bare" ] || { echo "on the include path without a folder: $bare"; exit 1; }

"$featc" build "$source/examples/quick/shops.feat" -o "$work/models/libshops.so" --header "$work/models/shops.h"
"$featc" build "$source/examples/takeaway/takeaway.feat" -o "$work/models/libtakeaway.so" --header "$work/models/takeaway.h"
cmake -S "$source/tests/installed" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/featc" -DFEATC_INSTALLED="$work/featc" \
  -DEXAMPLES="$source/examples" -DMODELS="$work/models" -DCMAKE_BUILD_TYPE=Debug >"$work/configure.log"
cmake --build "$work/build" >"$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }

takeaway=$source/examples/takeaway
"$work/build/embed_c" "$takeaway/takeaway.feat" "$takeaway/profiles.jsonl" >"$work/embed_c.out"
grep -q price_log "$work/embed_c.out"
"$work/build/embed_cpp" "$takeaway/takeaway.feat" "$takeaway/profiles.jsonl" >"$work/embed_cpp.out"
"$work/build/embed_arrow_c" "$source/examples/embed/orders.feat" | diff "$source/examples/embed/orders.expected" -
"$work/build/server_cpp" "$work/models/libtakeaway.so" "$takeaway/requests.jsonl" "$takeaway/profiles.jsonl" \
  >"$work/server.out"
[ -s "$work/server.out" ]

# Mistakes are told.
if "$work/build/embed_c" "$work/none.feat" "$takeaway/profiles.jsonl" 2>"$work/err"; then exit 1; fi
grep -q '^no_file: ' "$work/err"
if "$work/build/embed_c" "$takeaway/takeaway.feat" "$work/none.jsonl" 2>"$work/err"; then exit 1; fi
grep -q '^bad_store: ' "$work/err"
if "$work/build/embed_arrow_c" "$takeaway/takeaway.feat" 2>"$work/err"; then exit 1; fi
grep -q '^bad_store: no store serves the source' "$work/err"
if "$work/build/embed_arrow_c" "$source/examples/quick/shops.feat" 2>"$work/err"; then exit 1; fi
grep -q 'shop_id' "$work/err"
