// SPDX-License-Identifier: Apache-2.0
// How softmaxes and their gradients walk: along rows whose elements are neighbours, or down columns, whose elements lie
// far apart and are gathered first.
#pragma once

#include "column_sum.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>
#include <cleave/graph/kernel.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS::rows {

/// Some neighbouring rows whose elements lie `stride` apart.
struct Columns {
  extent first;
  extent stride;
  extent count;
};
inline constexpr extent most_blocks = 4; ///< of columns: whole lines are read and written, some one behind the other

/// Elements of a row, a block at a time: where rows lie one behind the other a block is a piece of one row, else it is
/// the same element of neighbouring rows. Both forms of a kernel give a row the same bits.
template <class T, class Row, class OfColumns>
void for_rows(const KernelArguments& call, double flops, double bytes, Row row, OfColumns columns) {
  const extent classes = call.sizes[1];
  const extent inner = call.sizes[2];
  const auto each = static_cast<double>(classes);
  if (inner == 1) {
    for_tiles(call.sizes[0], Cost{flops * each, bytes * each}, [&](extent first, extent last) { row(first, last); });
    return;
  }
  constexpr extent most = most_blocks * Block<T>::lanes;
  const extent groups = (inner + most - 1) / most;
  const extent width = inner < most ? inner : most;
  const auto elements = static_cast<double>(classes * width);
  for_tiles(call.sizes[0] * groups, Cost{flops * elements, bytes * elements}, [&](extent first, extent last) {
    for (extent t = first; t < last; ++t) {
      const extent i = t % groups * most;
      columns(Columns{t / groups * classes * inner + i, inner, inner - i < most ? inner - i : most});
    }
  });
}

/// run(block, its first column, columns in it) for all blocks of `count` columns.
template <class T, class Run>
[[gnu::always_inline]] inline void each_block(extent count, Run run) {
  constexpr extent lanes = Block<T>::lanes;
  for (extent b = 0, j = 0; j < count; ++b, j += lanes) {
    run(b, j, count - j < lanes ? count - j : lanes);
  }
}

/// The sums of some blocks of columns.
template <class T>
class ColumnSums {
public:
  explicit ColumnSums(extent classes)
      : sums_{ColumnSum<T>(classes), ColumnSum<T>(classes), ColumnSum<T>(classes), ColumnSum<T>(classes)} {}
  ColumnSum<T>& operator[](extent block) { return sums_[block]; }
  /// to[block] = f of each column's total, as a T.
  template <class F>
  void totals(extent count, Block<T>* to, F f) const {
    each_block<T>(count, [&](extent b, extent /*j*/, extent /*n*/) {
      double total[Block<T>::lanes];
      sums_[b].total(total);
      T y[Block<T>::lanes];
      for (int i = 0; i < Block<T>::lanes; ++i) {
        y[i] = f(total[i]);
      }
      to[b] = load_block(y);
    });
  }

private:
  ColumnSum<T> sums_[most_blocks];
};

/// Columns gathered from rows that lie far apart, often so that caches hold few of them at once: element c of the
/// columns from j on is at(c, j).
template <class T>
class Gathered {
  static constexpr extent width = most_blocks * Block<T>::lanes;

public:
  explicit Gathered(extent classes) : memory_(static_cast<std::size_t>(classes * width) * sizeof(T)) {}
  [[nodiscard]] T* at(extent c, extent j) const { return memory_.as<T>() + c * width + j; }

private:
  Scratch memory_;
};
/// Element c, j of an operand that is gathered; those of later rows are on their way.
template <class T>
[[gnu::always_inline]] inline Block<T> load_far(const T* from, extent c, extent stride, extent j, extent count) {
  constexpr extent ahead = 16;
  __builtin_prefetch(from + (c + ahead) * stride + j);
  return load_some(from + c * stride + j, count);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS::rows
