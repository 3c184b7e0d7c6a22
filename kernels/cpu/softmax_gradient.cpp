// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "softmax_rows.hpp"

#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace rows {

/// dx, from the result y and its gradient dy: add(y, dy, sum) adds to a row's sum, of(y, dy, sum) is an element of dx.
template <class T, class Add, class Of>
void gradient(std::byte* const* arenas, const KernelArguments& call, double flops, Add add, Of of) {
  const T* const y = call.operand<T>(arenas, 1);
  const T* const dy = call.operand<T>(arenas, 2);
  T* const dx = call.result<T>(arenas);
  const extent classes = call.sizes[1];
  for_rows<T>(
      call, flops, 3 * sizeof(T),
      [&](extent begin, extent end) {
        for (extent first = begin * classes; first < end * classes; first += classes) {
          const T* const from = y + first;
          const T* const d = dy + first;
          T* const to = dx + first;
          const Block<T> sum = repeat(static_cast<T>(sum_row<T>(
              classes,
              [&](extent i, const Block<T>& so_far) { return add(load_block(from + i), load_block(d + i), so_far); },
              [&](extent i, extent n, const Block<T>& so_far) {
                return add(load_first(from + i, n), load_first(d + i, n), so_far);
              })));
          for_blocks<T>(
              classes, [&](extent i) { store_block(to + i, of(load_block(from + i), load_block(d + i), sum)); },
              [&](extent i, extent n) {
                store_first(to + i, of(load_first(from + i, n), load_first(d + i, n), sum), n);
              });
        }
      },
      [&](const Columns& at) {
        const Gathered<T> from(classes);
        const Gathered<T> d(classes);
        ColumnSums<T> sums(classes);
        for (extent c = 0; c < classes; ++c) {
          each_block<T>(at.count, [&](extent b, extent j, extent n) {
            const Block<T> own = load_far(y + at.first, c, at.stride, j, n);
            const Block<T> own_d = load_far(dy + at.first, c, at.stride, j, n);
            store_block(from.at(c, j), own);
            store_block(d.at(c, j), own_d);
            sums[b].step(c, [&](const Block<T>& so_far) { return add(own, own_d, so_far); });
          });
        }
        Block<T> sum[most_blocks];
        sums.totals(at.count, sum, [](double total) { return static_cast<T>(total); });
        for (extent c = 0; c < classes; ++c) {
          each_block<T>(at.count, [&](extent b, extent j, extent n) {
            const Block<T> result = of(load_block(from.at(c, j)), load_block(d.at(c, j)), sum[b]);
            store_some(dx + at.first + c * at.stride + j, result, n);
          });
        }
      });
}

} // namespace rows

template <class T>
void softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const Block<T> scale = repeat(static_cast<T>(call.numbers[0]));
  rows::gradient<T>(
      arenas, call, 8, [](const Block<T>& p, const Block<T>& dp, const Block<T>& sum) { return fma(p, dp, sum); },
      [=](const Block<T>& p, const Block<T>& dp, const Block<T>& mean) { return scale * p * (dp - mean); });
}

template <class T>
void log_softmax_gradient(std::byte* const* arenas, const KernelArguments& call) {
  const Block<T> scale = repeat(static_cast<T>(call.numbers[0]));
  const Block<T> minus = repeat(T(-1));
  rows::gradient<T>(
      arenas, call, 24, [](const Block<T>& /*log_p*/, const Block<T>& dp, const Block<T>& sum) { return sum + dp; },
      [=](const Block<T>& log_p, const Block<T>& dp, const Block<T>& total) {
        return scale * fma(exp(log_p), minus * total, dp);
      });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(softmax_gradient, float, double)
CLEAVE_INSTANTIATE(log_softmax_gradient, float, double)
