# A thin front door; the work is in CMakePresets.json and scripts/.
.PHONY: deps release demo test test-long check threads valgrind mutations coverage fuzz bench bench-quick book clean
.DEFAULT_GOAL := release

deps:            # install the Debian packages that are missing
	@scripts/install_deps.sh

release: deps    # build/release/logfix
	@cmake --preset release
	@cmake --build --preset release

demo: release    # scan a real bad log and print the fixes
	build/release/logfix samples/api.docker-json.log

test: release    # every test
	@ctest --test-dir build/release --output-on-failure -j $(shell nproc)

test-long: release   # attacks, values and secrets in the numbers that take minutes
	/usr/bin/python3 tests/markup_attacks.py --logfix build/release/logfix --attacks 60000 --seed 5
	/usr/bin/python3 tests/shell_values.py --logfix build/release/logfix --values 120000
	/usr/bin/python3 tests/planted_secrets.py --logfix build/release/logfix --values 20 --lines 1000000

check: deps      # every test, with address and undefined behaviour sanitizers
	@cmake --preset dev && cmake --build --preset dev
	@ctest --test-dir build/dev --output-on-failure -j $(shell nproc)

threads: deps    # what runs in several threads, with the thread sanitizer
	@cmake --preset tsan && cmake --build --preset tsan --target logfix
	@ctest --test-dir build/tsan --output-on-failure -j $(shell nproc) -R '^(golden|workers|live|sweep_watch)$$'

valgrind: release    # unit tests and scans for decisions on memory that nobody wrote
	@scripts/install_deps.sh valgrind
	@scripts/valgrind.sh build/release

mutations:       # breaks the code on purpose, and sees whether the tests notice
	@tests/mutations.py

coverage:        # which lines of src/ the tests run: a table, and build/coverage/lines.txt. Needs clang
	@scripts/install_deps.sh coverage
	@cmake --preset coverage && cmake --build --preset coverage
	@scripts/coverage.sh build/coverage

fuzz:            # every fuzz target, a minute each; MINUTES=10 for more. Needs clang
	@scripts/install_deps.sh fuzz
	@cmake --preset fuzz && cmake --build --preset fuzz
	@python3 fuzz/run.py --minutes $(or $(MINUTES),1)

bench:           # ratios against wc -l, rg, jq and --slow; the figures go to bench/runs
	@python3 bench/run.py

bench-quick:     # the same on small logs, to see whether it works
	@python3 bench/run.py --quick

book: release    # TROUBLESHOOTING.md, bound from rules/
	@build/release/logfix book > TROUBLESHOOTING.md

clean:
	rm -rf build
