# The two commands are `make run` and `make test`. Everything builds into build/<preset>.
SHELL := /bin/bash
.DEFAULT_GOAL := build
BUILD := build/release
CONFIGURE = @[ -f build/$(1)/build.ninja ] || cmake --preset $(1)

.PHONY: build run test bench fuzz lint format asan tsan package packages packages-test

packages:
	@scripts/install-packages.sh build

packages-test:
	@scripts/install-packages.sh build test

build: packages
	@scripts/build-console.sh
	$(call CONFIGURE,release)
	@ninja -C $(BUILD) sesame

run: build
	@scripts/run-sandbox.sh $(BUILD)/src/app/sesame

test: packages-test
	@scripts/build-console.sh
	$(call CONFIGURE,release)
	@ninja -C $(BUILD)
	@tests/scenarios/prepare.sh
	@ctest --test-dir $(BUILD) --output-on-failure -j2

bench: packages-test
	$(call CONFIGURE,release)
	@ninja -C $(BUILD) sesame
	@bench/run.sh $(BUILD)/src/app/sesame

fuzz: packages
	$(call CONFIGURE,fuzz)
	@ninja -C build/fuzz fuzz_targets
	@fuzz/run.sh build/fuzz

asan: packages-test
	$(call CONFIGURE,asan)
	@ninja -C build/asan unit_tests
	@ctest --test-dir build/asan --output-on-failure -L unit -j2

tsan: packages-test
	$(call CONFIGURE,tsan)
	@ninja -C build/tsan unit_tests
	@TSAN_OPTIONS=halt_on_error=1 ctest --test-dir build/tsan --output-on-failure -L unit -j2

format: packages
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format-19 -i

lint: packages-test
	$(call CONFIGURE,debug)
	@ninja -C build/debug sesame_pch
	@git ls-files -z '*.h' '*.cc' | xargs -0 clang-format-19 --dry-run --Werror
	@scripts/tidy.py build/debug

package:
	@echo "make package: there is no Debian package yet" >&2; exit 1
