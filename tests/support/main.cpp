// SPDX-License-Identifier: Apache-2.0
// The main function of all test programs. Where the environment asks for an instruction set that this processor or this
// build lacks, there is nothing to test: the exit status says so.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cleave/base/error.hpp>
#include <cleave/device/isa.hpp>

#include <cstdio>

int main(int count, char** words) {
  constexpr int skipped = 77;
  try {
    std::printf("kernels: %s\n", cleave::isa_names[static_cast<int>(cleave::isa())]);
  } catch (const cleave::Error& error) {
    std::printf("skipped: %s\n", error.what());
    return skipped;
  }
  return Catch::Session().run(count, words);
}
