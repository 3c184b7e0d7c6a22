// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "parallel.hpp"

#include <cleave/base/error.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace labelled {

/// The class a label names, or -1. The comparisons are false for NaN, so that no label can index outside the row.
template <class T>
extent class_of(T label, extent classes) {
  return label >= 0 && label < static_cast<T>(classes) ? static_cast<extent>(label) : -1;
}

/// Labels, one a row: which are ignored, and what one gives to its own class and to each other one.
template <class T>
struct Labels {
  const T* data;
  extent classes;
  bool ignores;
  T ignored;
  T to_own;
  T to_other;

  Labels(std::byte* const* arenas, const KernelArguments& call)
      : data(call.operand<T>(arenas, 2)),
        classes(call.sizes[1]),
        ignores((call.sizes[3] & 1) != 0),
        ignored(static_cast<T>(call.numbers[1])),
        to_own(static_cast<T>(1 - call.numbers[0])),
        to_other(static_cast<T>(classes > 1 ? call.numbers[0] / static_cast<double>(classes - 1) : 0)) {}

  [[nodiscard]] bool is_ignored(extent at) const { return ignores && data[at] == ignored; }
  [[nodiscard]] extent class_at(extent at) const { return class_of(data[at], classes); }
  /// What the label of class `own` gives to class `c`.
  [[nodiscard]] T target(extent c, extent own) const { return c == own ? to_own : to_other; }
};

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

/// Where rows lie one behind the other, `row(first element, position of the row's label)`; else, element by element in
/// the order of memory, `element(element, class, position of the label)`.
template <class Row, class Element>
void for_elements(const KernelArguments& call, std::size_t bytes, Row row, Element element) {
  const extent classes = call.sizes[1];
  const extent inner = call.sizes[2];
  const auto count = static_cast<double>(classes * inner);
  for_tiles(call.sizes[0], Cost{count, static_cast<double>(bytes) * count}, [&](extent begin, extent end) {
    for (extent o = begin; o < end; ++o) {
      if (inner == 1) {
        row(o * classes, o);
        continue;
      }
      for (extent c = 0; c < classes; ++c) {
        for (extent i = 0; i < inner; ++i) {
          element((o * classes + c) * inner + i, c, o * inner + i);
        }
      }
    }
  });
}

} // namespace labelled

template <class T>
void nll(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  T* const loss = call.result<T>(arenas);
  const extent stride = call.sizes[2];
  const labelled::Labels<T> labels(arenas, call);
  labelled::for_labels(call, [&](extent first, extent at) {
    if (labels.is_ignored(at)) {
      loss[at] = 0;
      return;
    }
    const extent own = labels.class_at(at);
    if (own < 0) {
      detail::fail("nll: label %td is %g; expects a class number from 0 to %td, or the ignored label", at,
                   static_cast<double>(labels.data[at]), labels.classes - 1);
    }
    T sum = labels.to_own * x[first + own * stride];
    for (extent c = 0; labels.to_other != 0 && c < labels.classes; ++c) {
      sum += c == own ? T(0) : labels.to_other * x[first + c * stride];
    }
    loss[at] = -sum;
  });
}

template <class T>
void nll_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const dy = call.operand<T>(arenas, 3);
  T* const dx = call.result<T>(arenas);
  const labelled::Labels<T> labels(arenas, call);
  labelled::for_elements(
      call, sizeof(T),
      [&](extent first, extent at) {
        const extent own = labels.class_at(at);
        const T other = labels.is_ignored(at) ? T(0) : -labels.to_other * dy[at];
        for (extent c = 0; c < labels.classes; ++c) {
          dx[first + c] = other;
        }
        if (own >= 0) {
          dx[first + own] = labels.is_ignored(at) ? T(0) : -labels.to_own * dy[at];
        }
      },
      [&](extent element, extent c, extent at) {
        dx[element] = labels.is_ignored(at) ? T(0) : -labels.target(c, labels.class_at(at)) * dy[at];
      });
}

template <class T>
void softmax_output_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const T* const p = call.operand<T>(arenas, 1);
  T* const dx = call.result<T>(arenas);
  const labelled::Labels<T> labels(arenas, call);
  if ((call.sizes[3] & 2) != 0) {
    const extent count = call.sizes[0] * labels.classes * call.sizes[2];
    for_tiles(count, Cost{1, 3 * sizeof(T)}, [&](extent first, extent last) {
      CLEAVE_INDEPENDENT
      for (extent i = first; i < last; ++i) {
        dx[i] = p[i] - labels.data[i];
      }
    });
    return;
  }
  labelled::for_elements(
      call, 2 * sizeof(T),
      [&](extent first, extent at) {
        if (labels.is_ignored(at)) {
          for (extent c = 0; c < labels.classes; ++c) {
            dx[first + c] = 0;
          }
          return;
        }
        const extent own = labels.class_at(at);
        const T of_own = own >= 0 ? p[first + own] - labels.to_own : T(0);
        CLEAVE_INDEPENDENT
        for (extent c = 0; c < labels.classes; ++c) {
          dx[first + c] = p[first + c] - labels.to_other;
        }
        if (own >= 0) {
          dx[first + own] = of_own;
        }
      },
      [&](extent element, extent c, extent at) {
        dx[element] = labels.is_ignored(at) ? T(0) : p[element] - labels.target(c, labels.class_at(at));
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

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(nll, float, double)
CLEAVE_INSTANTIATE(nll_gradient, float, double)
CLEAVE_INSTANTIATE(softmax_output_gradient, float, double)
CLEAVE_INSTANTIATE(svm_output_gradient, float, double)
