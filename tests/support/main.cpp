// SPDX-License-Identifier: Apache-2.0
// The main function of all test programs. Where the environment asks for an instruction set that this processor or this
// build lacks, there is nothing to test: the exit status says so. CLEAVE_TEST_BITS=file: a line is written there for
// each result of a kernel, with its test and a hash of its bits, for a comparison of builds (isa/bits.py).
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cleave/base/error.hpp>
#include <cleave/device/isa.hpp>

#include "kernel_call.hpp"

#include <cstdio>
#include <cstdlib>

namespace {

std::FILE* bits = nullptr;

/// FNV-1a
void write_hash(const std::byte* result, std::size_t bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (std::size_t i = 0; i < bytes; ++i) {
    hash = (hash ^ static_cast<std::uint64_t>(result[i])) * 0x100000001b3U;
  }
  std::fprintf(bits, "%016llx %s\n", static_cast<unsigned long long>(hash),
               Catch::getResultCapture().getCurrentTestName().c_str());
}

} // namespace

int main(int count, char** words) {
  constexpr int skipped = 77;
  try {
    std::printf("kernels: %s\n", cleave::isa_names[static_cast<int>(cleave::isa())]);
  } catch (const cleave::Error& error) {
    std::printf("skipped: %s\n", error.what());
    return skipped;
  }
  if (const char* const path = std::getenv("CLEAVE_TEST_BITS")) {
    bits = std::fopen(path, "w");
    if (bits == nullptr) {
      std::printf("%s cannot be written\n", path);
      return 1;
    }
    test::record = &write_hash;
  }
  const int status = Catch::Session().run(count, words);
  return bits != nullptr && std::fclose(bits) != 0 ? 1 : status;
}
