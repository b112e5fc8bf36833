#!/usr/bin/env bash
# valgrind.sh BUILD: unit tests and scans of the samples under valgrind, which sees what the sanitizers do not:
# decisions on memory that nobody wrote. Exits with 1 if it reports something.
set -uo pipefail
build=$(realpath "$1")
cd "$(dirname "$0")/.."
failed=0
check() {
  valgrind --quiet --error-exitcode=99 --track-origins=yes --suppressions=scripts/valgrind.supp "$@" > "$build/valgrind.out" 2> "$build/valgrind.log"
  local code=$?
  if [ "$code" -eq 99 ] || [ -s "$build/valgrind.log" ]; then
    echo "FAILED: $*"
    head -40 "$build/valgrind.log"
    failed=1
  else
    echo "ok: ${*##*/}"
  fi
}
for room in base source envelope record ruleset match report sweep cli; do
  check "$build/tests/test_$room"
done
check "$build/tests/test_pipeline" "where nothing is escaped*"
for options in "" "--slow" "-j2" "--format json" "--format markdown" "--format html" "--format sarif"; do
  # shellcheck disable=SC2086
  check "$build/logfix" $options samples/*.log
done
check "$build/logfix" rules check rules
exit "$failed"
