#!/usr/bin/env bash
# Compiles the literal scan for Arm, where its portable paths are taken, and runs its tests if there
# is an emulator. Exit 77: no cross compiler.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=aarch64-linux-gnu-g++
command -v $compiler >/dev/null || { echo "no $compiler"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Only these of the system's headers: they are the same for each processor.
mkdir "$work/include"
for library in catch2 fmt; do ln -s "/usr/include/$library" "$work/include/"; done
for source in src/base/text.cpp src/match/{gram_filter,teddy,literal_scan,log_sample}.cpp \
              tests/unit/match/literal_scan_test.cpp tests/unit/main.cpp; do
  $compiler -std=c++20 -O1 -Wall -Wextra -Werror -Isrc -Itests/unit -isystem "$work/include" -c "$source" \
            -o "$work/$(basename "$source").o"
done
command -v qemu-aarch64 >/dev/null || { echo "compiled; no qemu-aarch64 to run it"; exit 0; }
$compiler "$work"/*.o -o "$work/test"
qemu-aarch64 -L /usr/aarch64-linux-gnu "$work/test"
