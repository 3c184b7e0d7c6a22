// SPDX-License-Identifier: Apache-2.0
// What the kernels of pooling share: windows, their sizes, and the walk over rows of results.
#pragma once

#include "convolve_strips.hpp"
#include "parallel.hpp"

#include <cleave/base/math.hpp>
#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::pooling {

using namespace convolution;

/// Pooling as a convolution of one channel, whose images are the planes.
inline Window read_window(const KernelArguments& call) {
  Window w;
  w.batch = call.sizes[0];
  for (int a = 0; a < 3; ++a) {
    w.in[a] = call.sizes[1 + a];
    w.out[a] = call.sizes[4 + a];
    w.kernel[a] = call.sizes[7 + a];
    w.stride[a] = call.sizes[10 + a];
    w.pad[a] = call.sizes[13 + a];
  }
  return w;
}

/// Every window is one plane.
inline bool is_global(const Window& w) {
  bool global = w.pixels() == 1;
  for (int a = 0; a < 3; ++a) {
    global = global && w.pad[a] == 0 && w.kernel[a] >= w.in[a];
  }
  return global;
}

/// By what sums are divided.
enum class Divisor : unsigned char { none, cells, cells_of_input };

inline Divisor divisor_of(const KernelArguments& call) {
  if ((call.masks[0] & 2) != 0) {
    return Divisor::cells_of_input;
  }
  return (call.masks[0] & 1) != 0 ? Divisor::cells : Divisor::none;
}

/// Cells of window i along one axis: of the padded input, or of the input alone.
inline extent cells(const Window& w, int axis, extent i, Divisor divisor) {
  const extent pad = divisor == Divisor::cells ? w.pad[axis] : 0;
  const extent first = i * w.stride[axis] - w.pad[axis];
  const extent last = least(first + w.kernel[axis], w.in[axis] + pad);
  return most(0, last - most(first, -pad));
}

/// Strips whose layout fits the first cache.
template <class T>
Strips strips_of(const Window& w, T /*type*/) {
  constexpr extent budget = (extent{24} << 10) / static_cast<extent>(sizeof(T));
  Strips made(w, budget);
  const extent one = Layout(w, 1, w.out[0], w.out[1]).size;
  made.join(most(1, least(w.batch, budget / most(1, one))));
  return made;
}

inline Cost cost_of(const Window& w, extent strips, extent element) {
  const double each = static_cast<double>(w.batch) / static_cast<double>(most(1, strips));
  return {each * static_cast<double>(w.pixels() * w.taps()),
          each * static_cast<double>((w.pixels() + w.plane()) * element)};
}

} // namespace cleave::kernels::inline CLEAVE_ISA::pooling
