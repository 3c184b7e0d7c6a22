# SPDX-License-Identifier: Apache-2.0
# The usual ways in; `make help` lists them. Everything is built below build/.
.DEFAULT_GOAL := help
.PHONY: help demo test lint analyse format oracle bench bench-docs coverage install clean

DEVICES ?= 2
PREFIX ?= /usr/local
BUILD ?= build/release
JOBS ?= $(shell nproc)
ROUNDS ?= 3
folders := $(wildcard include kernels tests examples bench)
sources = find $(folders) \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' -o -name '*.cuh' \) -print0
analysed := $(wildcard kernels/*/*.cpp examples/*.cpp tests/static/*_test.cpp)
# one file's findings in one piece, and nothing where there are none
tidy = found=$$(clang-tidy-19 -p build/lint --quiet "$$0" 2>&1) || { printf "%s\n" "$$found"; exit 1; }
# ThreadSanitizer wants the address space laid out plainly; some containers do not allow asking for that.
plain_addresses := $(shell setarch -R true 2>/dev/null && echo setarch -R)

# $(call configure,PRESET): quiet unless it fails
configure = log=$$(mktemp); cmake --preset $(1) >$$log 2>&1 || { cat $$log; rm -f $$log; exit 1; }; rm -f $$log
# $(call build,PRESET,TARGET)
build = $(call configure,$(1)); echo "building $(2) in build/$(1)"; \
  cmake --build build/$(1) --target $(2) -j $(JOBS) -- --quiet

help:
	@echo "make demo    train on Fashion-MNIST [DEVICES=2] [WORKLOADS=2,1] [EPOCHS=n]"
	@echo "make test    build and run every test, then the running ones again under the sanitizers"
	@echo "make lint    check formatting and run clang-tidy"
	@echo "make analyse look at users' units with four tools, and time them [ROUNDS=3]"
	@echo "make format  format all C++ files"
	@echo "make oracle  compare with recorded values: DIR=folder"
	@echo "make bench   how fast things run, beside what the machine can do (make bench-docs: all tables of the docs anew)"
	@echo "make coverage  which lines the tests run, by room"
	@echo "make install   put headers and library below PREFIX [/usr/local], DESTDIR is honoured"
	@echo "make clean   remove build/"

demo:
	@tools/setup
	@$(call build,release,fashion_mnist)
	@build/release/examples/fashion_mnist --devices $(DEVICES) \
	  $(if $(WORKLOADS),--workloads $(WORKLOADS)) $(if $(EPOCHS),--epochs $(EPOCHS))

test:
	@tools/setup
	@rm -f build/release/tests.xml build/asan/tests.xml build/tsan/tests.xml
	@$(call build,release,all)
	@$(call build,asan,runtime_tests group_tests)
	@$(call build,tsan,group_tests)
	@run() { "$$@" --no-tests=error --output-on-failure --test-output-truncation head; }; \
	  run ctest --test-dir build/release --output-junit tests.xml -j2; \
	  run ctest --test-dir build/asan --output-junit tests.xml -R '^(runtime|group)_tests'; \
	  run $(plain_addresses) ctest --test-dir build/tsan --output-junit tests.xml -R '^group_tests$$'; \
	  tools/count_tests build/release/tests.xml build/asan/tests.xml build/tsan/tests.xml \
	    --require static --require runtime_tests --require group_tests --require reject_gcc --require headers_clang

lint:
	@tools/setup
	@$(sources) | xargs -0 -r -n 20 -P $(JOBS) clang-format-19 --dry-run -Werror
	@echo "clang-format: ok"
	@$(call configure,lint)
	@[ -z "$(analysed)" ] || printf '%s\0' $(analysed) | xargs -0 -n 1 -P $(JOBS) sh -c '$(tidy)'
	@echo "clang-tidy: $(words $(analysed)) files ok"

analyse:
	@tools/setup
	@tools/analyse --self-test
	@tools/analyse --rounds $(ROUNDS) --limit 3

format:
	@$(sources) | xargs -0 -r clang-format-19 -i

oracle:
	@[ -n "$(DIR)" ] || { echo "usage: make oracle DIR=folder"; exit 2; }
	@tools/setup
	@tests/oracle/run $(DIR)

# $(call build_bench,FOLDER,OPTIONS,TARGETS)
build_bench = log=$$(mktemp); \
  cmake --preset release -B build/$(1) -DCLEAVE_BUILD_BENCH=ON -DCLEAVE_BUILD_TESTS=OFF -DCLEAVE_BUILD_EXAMPLES=OFF $(2) \
    >$$log 2>&1 || { cat $$log; rm -f $$log; exit 1; }; rm -f $$log; echo "building $(3) in build/$(1)"; \
  cmake --build build/$(1) --target $(3) -j $(JOBS) -- --quiet

bench:
	@tools/setup
	@$(call build_bench,bench,-DCLEAVE_BENCH_PEERS=ON,cleave_bench)
	@bench/run/run --json build/bench/bench.json
	@echo "JSON: build/bench/bench.json"

# For a quiet machine; takes some minutes.
bench-docs:
	@tools/setup
	@$(call build_bench,bench,-DCLEAVE_BENCH_PEERS=ON,cleave_bench cleave_peer eigen_peer)
	@$(call build_bench,bench-native,-DCMAKE_CXX_FLAGS=-march=native,cleave_peer)
	@bench/compile/measure --write-doc
	@bench/run/run --repetitions 9 --min-time 0.1 --write-doc
	@bench/peers/run --rounds 5 --write-doc

coverage:
	@tools/setup
	@$(call build,coverage,runtime_tests group_tests)
	@find build/coverage -name '*.gcda' -delete
	@ctest --test-dir build/coverage -R '^(runtime|group)_tests$$' --no-tests=error --output-on-failure >/dev/null
	@tools/coverage build/coverage

install:
	@[ -f $(BUILD)/libcleave_kernels.a ] || { $(call build,release,cleave_kernels); }
	@cmake --install $(BUILD) --prefix $(PREFIX) >/dev/null

clean:
	@rm -rf build
