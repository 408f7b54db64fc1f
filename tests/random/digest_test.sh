#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# digest_test.sh RANDOM_PROGRAMS: a program has the same digest whatever else is checked, and whichever process does it.
# The interpreter's and native code's are equal.
set -eu
programs=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
common="--seed 3 --programs 24 --repro-folder $work"
# shellcheck disable=SC2086
{
  "$programs" $common --digest "$work/all"
  "$programs" $common --engines-only --stride 2 --digest "$work/even"
  "$programs" $common --engines-only --stride 2 --first 1 --digest "$work/odd"
} >"$work/out"
sort -n -k 2 "$work/even" "$work/odd" | diff "$work/all" -
[ "$(wc -l <"$work/all")" -eq 24 ]
awk '$5 != $6 { print "interpreter and native code differ: " $0; wrong = 1 } END { exit wrong }' "$work/all"
# Other programs are others.
"$programs" --seed 4 --programs 24 --engines-only --digest "$work/other" >"$work/out"
[ "$(cut -d ' ' -f 3 "$work/all" "$work/other" | sort -u | wc -l)" -eq 48 ]
