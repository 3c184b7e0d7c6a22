// SPDX-License-Identifier: Apache-2.0
// Kernels called directly, as the executor calls them: for their tests and benches.
#pragma once

#include <cleave/graph/kernel.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace test {

/// Called with each result that is known whole, where somebody records them (main.cpp).
inline void (*record)(const std::byte* result, std::size_t bytes) = nullptr;

/// Arguments for a kernel whose result and operands lie anywhere in memory: locations are distances from the result.
class KernelCall {
public:
  KernelCall(void* result, std::initializer_list<const void*> operands, std::initializer_list<cleave::extent> sizes)
      : result_(static_cast<std::byte*>(result)) {
    int i = 1;
    for (const void* operand : operands) {
      set_operand(i++, operand);
    }
    i = 0;
    for (const cleave::extent value : sizes) {
      arguments.sizes[i++] = value;
    }
  }
  /// The same where the result is all of a vector.
  template <class Result>
    requires requires(Result& result) {
      result.data();
      result.size();
    }
  KernelCall(Result& result, std::initializer_list<const void*> operands, std::initializer_list<cleave::extent> sizes)
      : KernelCall(static_cast<void*>(result.data()), operands, sizes) {
    bytes_ = result.size() * sizeof(*result.data());
  }
  /// Operand `i`, counted from 1.
  void set_operand(int i, const void* at) {
    const auto distance = reinterpret_cast<std::uintptr_t>(at) - reinterpret_cast<std::uintptr_t>(result_);
    arguments.operands[i].offset = static_cast<cleave::extent>(distance);
  }
  void run(cleave::Kernel kernel) const {
    std::byte* const arenas[cleave::arena_count] = {result_, result_, result_, result_};
    kernel(arenas, arguments);
    if (record != nullptr && bytes_ > 0) {
      record(result_, bytes_);
    }
  }

  cleave::KernelArguments arguments;

private:
  std::byte* result_;
  std::size_t bytes_ = 0;
};

} // namespace test
