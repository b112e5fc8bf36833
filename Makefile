# A thin front door; the work is in CMakePresets.json and scripts/.
.PHONY: deps release demo test check bench bench-quick book clean
.DEFAULT_GOAL := release

deps:            # install the Debian packages that are missing
	@scripts/install_deps.sh

release: deps    # build/release/logfix
	@cmake --preset release
	@cmake --build --preset release

demo: release    # scan a real bad log and print the fixes
	build/release/logfix samples/api.docker-json.log

test: release    # every test
	@ctest --test-dir build/release --output-on-failure

check: deps      # every test, with address and undefined behaviour sanitizers
	@cmake --preset dev && cmake --build --preset dev
	@ctest --test-dir build/dev --output-on-failure

bench:           # ratios against wc -l, rg, jq and --slow; the figures go to bench/runs
	@python3 bench/run.py

bench-quick:     # the same on small logs, to see whether it works
	@python3 bench/run.py --quick

book: release    # TROUBLESHOOTING.md, bound from rules/
	@build/release/logfix book > TROUBLESHOOTING.md

clean:
	rm -rf build
