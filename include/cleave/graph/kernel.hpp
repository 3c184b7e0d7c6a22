// SPDX-License-Identifier: Apache-2.0
// What is left of a node when it runs: a function, where its operands lie, and a few numbers.
#pragma once

#include <cleave/graph/node.hpp>

#include <cstddef>
#include <cstdint>

namespace cleave {

/// The memory blocks of one device.
enum class ArenaId : std::uint8_t { parameters, gradients, inputs, activations };
inline constexpr int arena_count = 4;

/// Where an operand lies: an arena and the distance in bytes from its start.
struct Location {
  extent offset = 0;
  ArenaId arena = ArenaId::activations;
};

inline constexpr int max_kernel_operands = 13; // a result and as many leaves as a fused chain may have
inline constexpr int max_kernel_sizes = 21;    // of a convolution over three axes and its grains

/// Arguments of every kernel; operand 0 is the result.
struct KernelArguments {
  Location operands[max_kernel_operands]{};
  extent sizes[max_kernel_sizes]{};
  double numbers[max_kernel_operands - 1]{};
  std::uint8_t masks[max_kernel_operands - 1]{}; ///< per operand, one bit a loop; meaning is the kernel's

  template <class T>
  [[nodiscard]] T* result(std::byte* const* arenas) const {
    return reinterpret_cast<T*>(arenas[static_cast<int>(operands[0].arena)] + operands[0].offset);
  }
  /// Operand `i`, counted from 1.
  template <class T>
  [[nodiscard]] const T* operand(std::byte* const* arenas, int i) const {
    return reinterpret_cast<const T*>(arenas[static_cast<int>(operands[i].arena)] + operands[i].offset);
  }
};

using Kernel = void (*)(std::byte* const* arenas, const KernelArguments& arguments);

/// What an operation's `lower` returns: the kernel and its numbers; locations are filled in by the table.
struct KernelCall {
  Kernel kernel = nullptr;
  extent sizes[max_kernel_sizes]{};
  double numbers[max_kernel_operands - 1]{};
  std::uint8_t masks[max_kernel_operands - 1]{};
};

} // namespace cleave
