// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"

#include <cleave/base/math.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace rows {

/// Runs `row(first element, stride)` for every row along the axis.
template <class Row>
void for_rows(const KernelArguments& call, Row row) {
  const extent classes = call.sizes[1];
  const extent inner = call.sizes[2];
  for (extent o = 0; o < call.sizes[0]; ++o) {
    for (extent i = 0; i < inner; ++i) {
      row(o * classes * inner + i, inner);
    }
  }
}

/// What is subtracted before exponentials are taken: the largest of scale * x, or 0 where all are -inf. NaN stays out
/// of it, and comes back with the exponentials.
template <class T>
T largest_of(const T* x, extent classes, extent stride, T scale) {
  constexpr T lowest = -static_cast<T>(__builtin_inf());
  T largest = lowest;
  for (extent c = 0; c < classes; ++c) {
    const T z = scale * x[c * stride];
    largest = z > largest ? z : largest;
  }
  return largest == lowest ? T(0) : largest;
}

} // namespace rows

template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  T* const p = call.result<T>(arenas);
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  rows::for_rows(call, [&](extent first, extent stride) {
    const T* const from = x + first;
    T* const to = p + first;
    const T shift = rows::largest_of(from, classes, stride, scale);
    double total = 0; // a float would lose what a million classes add
    for (extent c = 0; c < classes; ++c) {
      const T e = math::exp(scale * from[c * stride] - shift);
      to[c * stride] = e;
      total += static_cast<double>(e);
    }
    const T factor = total == 0 ? T(0) : static_cast<T>(1 / total);
    for (extent c = 0; c < classes; ++c) {
      to[c * stride] *= factor;
    }
  });
}

template <class T>
void log_softmax(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  T* const y = call.result<T>(arenas);
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  rows::for_rows(call, [&](extent first, extent stride) {
    const T* const from = x + first;
    T* const to = y + first;
    const T shift = rows::largest_of(from, classes, stride, scale);
    double total = 0;
    for (extent c = 0; c < classes; ++c) {
      total += static_cast<double>(math::exp(scale * from[c * stride] - shift));
    }
    const T log_total = total == 0 ? T(0) : math::log(static_cast<T>(total));
    for (extent c = 0; c < classes; ++c) {
      to[c * stride] = scale * from[c * stride] - shift - log_total;
    }
  });
}

template <class T>
void softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const y = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  rows::for_rows(call, [&](extent first, extent stride) {
    double total = 0;
    for (extent c = 0; c < classes; ++c) {
      total += static_cast<double>(y[first + c * stride] * dy[first + c * stride]);
    }
    const T mean = static_cast<T>(total);
    for (extent c = 0; c < classes; ++c) {
      const extent at = first + c * stride;
      dx[at] = scale * y[at] * (dy[at] - mean);
    }
  });
}

template <class T>
void log_softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const y = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const T scale = static_cast<T>(call.numbers[0]);
  const extent classes = call.sizes[1];
  rows::for_rows(call, [&](extent first, extent stride) {
    double sum = 0;
    for (extent c = 0; c < classes; ++c) {
      sum += static_cast<double>(dy[first + c * stride]);
    }
    const T total = static_cast<T>(sum);
    for (extent c = 0; c < classes; ++c) {
      const extent at = first + c * stride;
      dx[at] = scale * (dy[at] - math::exp(y[at]) * total);
    }
  });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(softmax, float, double)
CLEAVE_INSTANTIATE(log_softmax, float, double)
CLEAVE_INSTANTIATE(softmax_gradient, float, double)
CLEAVE_INSTANTIATE(log_softmax_gradient, float, double)
