// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/math.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void softmax(std::byte* const* arenas, const KernelArguments& call) {
  const extent rows = call.sizes[0];
  const extent classes = call.sizes[1];
  const T* x = call.operand<T>(arenas, 1);
  T* p = call.result<T>(arenas);
  for (extent r = 0; r < rows; ++r, x += classes, p += classes) {
    T largest = x[0];
    for (extent c = 1; c < classes; ++c) {
      largest = x[c] > largest ? x[c] : largest;
    }
    T total = 0;
    for (extent c = 0; c < classes; ++c) {
      p[c] = math::exp(x[c] - largest);
      total += p[c];
    }
    const T scale = 1 / total;
    for (extent c = 0; c < classes; ++c) {
      p[c] *= scale;
    }
  }
}

template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const extent rows = call.sizes[0];
  const extent classes = call.sizes[1];
  const bool ignores = call.sizes[2] != 0;
  const T scale = static_cast<T>(call.numbers[0]);
  const T ignored = static_cast<T>(call.numbers[1]);
  const T* p = call.operand<T>(arenas, 1);
  const T* label = call.operand<T>(arenas, 2);
  T* dx = call.result<T>(arenas);
  for (extent r = 0; r < rows; ++r, p += classes, dx += classes) {
    const T wanted = label[r];
    if (ignores && wanted == ignored) {
      for (extent c = 0; c < classes; ++c) {
        dx[c] = 0;
      }
      continue;
    }
    for (extent c = 0; c < classes; ++c) {
      dx[c] = scale * p[c];
    }
    // The comparison is false for NaN, so that no label can index outside the row.
    if (wanted >= 0 && wanted < static_cast<T>(classes)) {
      dx[static_cast<extent>(wanted)] -= scale;
    }
  }
}

#if !defined(CLEAVE_HEADER_ONLY)
template void softmax<float>(std::byte* const*, const KernelArguments&);
template void softmax<double>(std::byte* const*, const KernelArguments&);
template void softmax_output_gradient<float>(std::byte* const*, const KernelArguments&);
template void softmax_output_gradient<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS
