#!/usr/bin/env bash
# coverage.sh BUILD: runs the tests of a build with coverage (preset `coverage`), prints a table of the files of
# src/, and writes each line with how often it ran to BUILD/lines.txt.
set -euo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/.."
rm -rf "$build/profiles"  # where the preset has them written to
# Those that measure time or memory, or look at each system call, measure the counting as well. What fails is told,
# and what ran is counted.
ctest --test-dir "$build" -j "$(nproc)" -E '^(surface|linear|memory|hostile_rules)$' --output-on-failure || echo "tests failed"
llvm-profdata merge -sparse "$build"/profiles/*.profraw -o "$build/all.profdata"
objects=()
for test in "$build"/tests/test_* "$build"/fuzz/fuzz_*; do
  [ -f "$test" ] && [ -x "$test" ] && objects+=(-object "$test")
done
options=(-instr-profile "$build/all.profdata" "$build/logfix" "${objects[@]}" -ignore-filename-regex '/(tests|fuzz|usr)/')
llvm-cov show "${options[@]}" > "$build/lines.txt"
llvm-cov report "${options[@]}" -show-region-summary=false -show-branch-summary=false
