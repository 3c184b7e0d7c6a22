// SPDX-License-Identifier: Apache-2.0
// How parameters begin: `group.initialize(cleave::Xavier{}, seed)`. As in MXNet, an initializer's own rule is for
// parameters named *weight; *bias and *beta become 0, *gamma becomes 1, and any other name is an Error. Values depend
// on the seed, the parameter's place in the list and the element's place in it, on nothing else.
#pragma once

#include <cleave/group/parameter.hpp>

#include <cstdint>

namespace cleave {

/// Weights evenly from [-scale, scale).
struct Uniform {
  double scale = 0.07;

  void operator()(const ParameterSlot& slot, std::uint64_t seed) const;
};

/// Every weight the same.
struct Constant {
  double value = 0;

  void operator()(const ParameterSlot& slot, std::uint64_t seed) const;
};

/// Weights whose spread keeps signals at one size through the layers: with s = sqrt(magnitude / fan), evenly from
/// [-s, s), or normal with deviation s. A weight has its outputs on the first axis and its inputs on the second;
/// further axes (a convolution's kernel) count in both. Errors: a weight with fewer than two axes. (He et al.'s rule
/// for prelu of slope a: {Fan::average, 2 / (1 + a * a), Distribution::gaussian}.)
struct Xavier {
  enum class Fan : std::uint8_t { average, in, out };
  enum class Distribution : std::uint8_t { uniform, gaussian };

  Fan fan = Fan::average;
  double magnitude = 3;
  Distribution distribution = Distribution::uniform;

  void operator()(const ParameterSlot& slot, std::uint64_t seed) const;
  /// The s above, for a weight of these dims.
  [[nodiscard]] double scale(const char* name, const Dims& dims) const;
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(train, initializer)
#endif
