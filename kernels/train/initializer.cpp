// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/base/fixed_string.hpp>
#include <cleave/tensor/random.hpp>
#include <cleave/train/initializer.hpp>

#include <cmath>

namespace cleave {
namespace detail::initializers {

template <class T, class Value>
inline void fill_as(const ParameterSlot& slot, Value value) {
  auto* const to = static_cast<T*>(slot.data);
  const extent count = slot.dims.size();
  for (extent i = 0; i < count; ++i) {
    to[i] = static_cast<T>(value(static_cast<std::uint64_t>(i)));
  }
}

/// Sets element i to `value(i)`.
template <class Value>
void fill(const ParameterSlot& slot, Value value) {
  if (slot.dtype == DType::f32) {
    fill_as<float>(slot, value);
  } else if (slot.dtype == DType::f64) {
    fill_as<double>(slot, value);
  } else {
    fail("initializer: expected the parameter %s to hold f32 or f64, but it holds %s; set it by set_parameter",
         slot.name, name_of(slot.dtype));
  }
}

/// Gives biases and the like their value; true where the slot is a weight, which is the caller's to fill.
inline bool is_weight(const ParameterSlot& slot) {
  if (ends_with(slot.name, "weight")) {
    return true;
  }
  if (ends_with(slot.name, "bias") || ends_with(slot.name, "beta")) {
    fill(slot, [](std::uint64_t /*i*/) { return 0.; });
  } else if (ends_with(slot.name, "gamma")) {
    fill(slot, [](std::uint64_t /*i*/) { return 1.; });
  } else {
    fail("initializer: unknown parameter name %s: names end with weight, bias, gamma or beta; rename it, or give it "
         "a value by set_parameter",
         slot.name);
  }
  return false;
}

inline void fill_uniform(const ParameterSlot& slot, std::uint64_t seed, double scale) {
  const std::uint64_t stream = random_stream(RandomUse::parameter, static_cast<std::uint64_t>(slot.index));
  fill(slot, [=](std::uint64_t i) { return scale * (2 * uniform(seed, stream, i) - 1); });
}

inline void fill_normal(const ParameterSlot& slot, std::uint64_t seed, double sigma) {
  const std::uint64_t stream = random_stream(RandomUse::parameter, static_cast<std::uint64_t>(slot.index));
  fill(slot, [=](std::uint64_t i) { return sigma * normal(seed, stream, i); });
}

} // namespace detail::initializers

CLEAVE_INLINE void Uniform::operator()(const ParameterSlot& slot, std::uint64_t seed) const {
  if (detail::initializers::is_weight(slot)) {
    detail::initializers::fill_uniform(slot, seed, scale);
  }
}

CLEAVE_INLINE void Constant::operator()(const ParameterSlot& slot, std::uint64_t /*seed*/) const {
  if (detail::initializers::is_weight(slot)) {
    detail::initializers::fill(slot, [this](std::uint64_t /*i*/) { return value; });
  }
}

CLEAVE_INLINE void Xavier::operator()(const ParameterSlot& slot, std::uint64_t seed) const {
  if (!detail::initializers::is_weight(slot)) {
    return;
  }
  if (distribution == Distribution::uniform) {
    detail::initializers::fill_uniform(slot, seed, scale(slot.name, slot.dims));
  } else {
    detail::initializers::fill_normal(slot, seed, scale(slot.name, slot.dims));
  }
}

CLEAVE_INLINE double Xavier::scale(const char* name, const Dims& dims) const {
  if (dims.rank < 2) {
    detail::fail(
        "Xavier: expected weights of at least 2 axes, but %s has %d; initialize it by Uniform or set_parameter", name,
        dims.rank);
  }
  const auto kernel = static_cast<double>(dims.size()) / static_cast<double>(dims.extents[0] * dims.extents[1]);
  const double fan_in = static_cast<double>(dims.extents[1]) * kernel;
  const double fan_out = static_cast<double>(dims.extents[0]) * kernel;
  double count = (fan_in + fan_out) / 2;
  if (fan == Fan::in) {
    count = fan_in;
  } else if (fan == Fan::out) {
    count = fan_out;
  }
  return std::sqrt(magnitude / count);
}

} // namespace cleave
