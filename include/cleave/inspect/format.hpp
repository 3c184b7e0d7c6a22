// SPDX-License-Identifier: Apache-2.0
// Printing tensors, views and expressions as numpy prints arrays. For the edge: no other header includes this one.
#pragma once

#include <cleave/shape/dtype.hpp>
#include <cleave/tensor/tensor.hpp>

#include <ostream>
#include <string>

namespace cleave {

/// How tensors are printed; the names are numpy's.
struct FormatOptions {
  int precision = 4;       ///< decimals at most, 0 to 30; fewer where all elements that are shown need fewer
  extent edge_items = 3;   ///< elements shown at each end of a long axis, at least 1
  extent threshold = 1000; ///< more elements than this are shortened to their edges
  int line_width = 75;     ///< longer rows are broken
  bool header = false;     ///< a first line such as `Tensor<f32, [N2, C3], cpu:0>`
};

namespace detail {

/// The elements of an array of any element type and strides in nested brackets. Compiled in cleave::kernels.
std::string format_array(const void* data, DType type, const Dims& dims, const extent* strides,
                         const FormatOptions& options);
/// `kind<f32, [N2, C3], cpu:0>` and the end of a line. Compiled in cleave::kernels.
std::string format_header(const char* kind, DType type, const Dims& dims, int device);

template <class X>
std::string header_of(const char* kind, const Dims& dims, const FormatOptions& options) {
  return options.header ? format_header(kind, X::dtype, dims, X::device::index) : std::string();
}

} // namespace detail

/// The elements in nested brackets with aligned columns. Errors: throws Error for options out of their ranges, and for
/// a tensor that was moved from.
template <detail::eager_operand X>
[[nodiscard]] std::string to_string(const X& x, const FormatOptions& options = {}) {
  if constexpr (detail::refused_operand<X>) {
    return {};
  } else if constexpr (detail::is_tensor<X> || detail::is_view<X>) {
    const Dims dims = detail::dims_while_running(x);
    const auto held = x.held();
    return detail::header_of<X>(detail::is_tensor<X> ? "Tensor" : "View", dims, options) +
           detail::format_array(held.data(), X::dtype, dims, X::strides::values, options);
  } else {
    FormatOptions elements = options;
    elements.header = false;
    return detail::header_of<X>("Expression", X::dims, options) + to_string(to_tensor(x), elements);
  }
}

/// With the options' defaults; leaves the stream's flags as they are.
template <detail::eager_operand X>
std::ostream& operator<<(std::ostream& out, const X& x) {
  return out << to_string(x);
}

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(inspect, format)
#endif
