// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace labelled {

/// What a row's label gives to its own class and to each other one.
template <class T>
struct Smoothed {
  T own;
  T other;

  explicit Smoothed(const KernelArguments& call, double smoothing)
      : own(static_cast<T>(1 - smoothing)),
        other(static_cast<T>(call.sizes[1] > 1 ? smoothing / static_cast<double>(call.sizes[1] - 1) : 0)) {}
};

/// The class a label names, or -1. The comparisons are false for NaN, so that no label can index outside the row.
template <class T>
extent class_of(T label, extent classes) {
  return label >= 0 && label < static_cast<T>(classes) ? static_cast<extent>(label) : -1;
}

/// Runs `row(first element, position of the row's label)` for every row along the axis.
template <class Row>
void for_labels(const KernelArguments& call, Row row) {
  const extent classes = call.sizes[1];
  const extent inner = call.sizes[2];
  for (extent o = 0; o < call.sizes[0]; ++o) {
    for (extent i = 0; i < inner; ++i) {
      row(o * classes * inner + i, o * inner + i);
    }
  }
}

} // namespace labelled

template <class T>
void nll(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  const T* const labels = call.operand<T>(arenas, 2);
  T* const loss = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const extent stride = call.sizes[2];
  const bool ignores = (call.sizes[3] & 1) != 0;
  const T ignored = static_cast<T>(call.numbers[1]);
  const labelled::Smoothed<T> smoothed(call, call.numbers[0]);
  labelled::for_labels(call, [&](extent first, extent at) {
    if (ignores && labels[at] == ignored) {
      loss[at] = 0;
      return;
    }
    const extent own = labelled::class_of(labels[at], classes);
    if (own < 0) {
      detail::fail("nll: label %td is %g; expects a class number from 0 to %td, or the ignored label", at,
                   static_cast<double>(labels[at]), classes - 1);
    }
    T sum = smoothed.own * x[first + own * stride];
    for (extent c = 0; smoothed.other != 0 && c < classes; ++c) {
      sum += c == own ? T(0) : smoothed.other * x[first + c * stride];
    }
    loss[at] = -sum;
  });
}

template <class T>
void nll_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const labels = call.operand<T>(arenas, 2);
  const T* const dy = call.operand<T>(arenas, 3);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const extent stride = call.sizes[2];
  const bool ignores = (call.sizes[3] & 1) != 0;
  const T ignored = static_cast<T>(call.numbers[1]);
  const labelled::Smoothed<T> smoothed(call, call.numbers[0]);
  labelled::for_labels(call, [&](extent first, extent at) {
    const bool skipped = ignores && labels[at] == ignored;
    const extent own = labelled::class_of(labels[at], classes);
    for (extent c = 0; c < classes; ++c) {
      dx[first + c * stride] = skipped ? T(0) : -(c == own ? smoothed.own : smoothed.other) * dy[at];
    }
  });
}

template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const p = call.operand<T>(arenas, 1);
  const T* const labels = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const extent stride = call.sizes[2];
  const bool ignores = (call.sizes[3] & 1) != 0;
  if ((call.sizes[3] & 2) != 0) {
    const extent count = call.sizes[0] * classes * stride;
    for (extent i = 0; i < count; ++i) {
      dx[i] = p[i] - labels[i];
    }
    return;
  }
  const T ignored = static_cast<T>(call.numbers[1]);
  const labelled::Smoothed<T> smoothed(call, call.numbers[0]);
  labelled::for_labels(call, [&](extent first, extent at) {
    const bool skipped = ignores && labels[at] == ignored;
    const extent own = labelled::class_of(labels[at], classes);
    for (extent c = 0; c < classes; ++c) {
      const T target = c == own ? smoothed.own : smoothed.other;
      dx[first + c * stride] = skipped ? T(0) : p[first + c * stride] - target;
    }
  });
}

template <class T>
void svm_output_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  const T* const labels = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  const extent stride = call.sizes[2];
  const bool linear = (call.sizes[3] & 1) != 0;
  const T margin = static_cast<T>(call.numbers[0]);
  const T regularization = static_cast<T>(call.numbers[1]);
  labelled::for_labels(call, [&](extent first, extent at) {
    const extent own = labelled::class_of(labels[at], classes);
    for (extent c = 0; c < classes; ++c) {
      const T sign = c == own ? T(1) : T(-1);
      const T missing = margin - sign * x[first + c * stride]; // how far the score is from its margin
      const T slope = linear ? T(1) : 2 * missing;
      dx[first + c * stride] = missing > 0 ? -sign * slope * regularization : T(0);
    }
  });
}

#if !defined(CLEAVE_HEADER_ONLY)
template void nll<float>(std::byte* const*, const KernelArguments&);
template void nll<double>(std::byte* const*, const KernelArguments&);
template void nll_gradient<float>(std::byte* const*, const KernelArguments&);
template void nll_gradient<double>(std::byte* const*, const KernelArguments&);
template void softmax_output_gradient<float>(std::byte* const*, const KernelArguments&);
template void softmax_output_gradient<double>(std::byte* const*, const KernelArguments&);
template void svm_output_gradient<float>(std::byte* const*, const KernelArguments&);
template void svm_output_gradient<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS
