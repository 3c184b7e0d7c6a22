// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support.hpp"

#include <cleave/ops/kernels.hpp>

namespace bench {

/// Arguments for a kernel whose operands lie anywhere: each in an arena of its own (at most four).
class KernelCall {
public:
  KernelCall(float* result, std::initializer_list<const float*> operands, std::initializer_list<cleave::extent> sizes) {
    int arena = 0;
    const auto place = [&](const float* at) {
      arenas_[arena] = reinterpret_cast<std::byte*>(const_cast<float*>(at));
      arguments.operands[arena] = {0, static_cast<cleave::ArenaId>(arena)};
      ++arena;
    };
    place(result);
    for (const float* operand : operands) {
      place(operand);
    }
    int size = 0;
    for (const cleave::extent value : sizes) {
      arguments.sizes[size++] = value;
    }
  }
  void run(cleave::Kernel kernel) const { kernel(arenas_, arguments); }

  cleave::KernelArguments arguments;

private:
  std::byte* arenas_[cleave::arena_count]{};
};

} // namespace bench
