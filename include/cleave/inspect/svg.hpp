// SPDX-License-Identifier: Apache-2.0
// A memory plan as a picture. For the edge: no other header includes this one.
#pragma once

#include <cleave/passes/pipeline.hpp>

#include <string>

namespace cleave {

/// What a picture of a memory plan shows.
struct MemoryPicture {
  GraphView graph{}; ///< of one device: localized
  const Id* roots = nullptr;
  const Location* at = nullptr;
  const extent* arena_bytes = nullptr;
  extent activation_bound = 0;
  const char* title = "";
};

/// The activations of one device as SVG: kernels from left to right, bytes from bottom to top, one rectangle a value
/// from the kernel that writes it to the last one that reads it. Lines mark the arena's size and the bound that no plan
/// of the same order can beat; a broken line ends the forward pass.
[[nodiscard]] std::string memory_svg(const MemoryPicture& picture);

/// The picture of a program on a device with `Rows` rows.
template <class Program, extent Rows>
[[nodiscard]] std::string memory_svg(const char* title = "memory plan") {
  const auto& plan = memory<Program, Rows>;
  return memory_svg(
      {localized<Program, Rows>.view(), fused<Program>.root, plan.at, plan.arena_bytes, plan.activation_bound, title});
}

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(inspect, svg)
#endif
