// SPDX-License-Identifier: Apache-2.0
// Sums down the columns of a matrix, a block of columns at a time, with the bits that sum_row gives to a row of the
// same numbers: where a kernel's rows lie side by side, not one behind the other.
#pragma once

#include "block.hpp"

namespace cleave::kernels::inline CLEAVE_ISA {

template <class T>
class ColumnSum {
  static constexpr extent lanes = Block<T>::lanes;

public:
  /// Of columns of `count` elements.
  explicit ColumnSum(extent count) : whole_(count - count % lanes) {}

  /// Adds element `i` of each column; in order. `add(sum)` is the sum with the elements added.
  template <class Add>
  [[gnu::always_inline]] void step(extent i, Add add) {
    const extent lane = i % lanes;
    if (i >= whole_) {
      wide_[lane].add(add(repeat(T(0))));
      return;
    }
    const extent turn = i / lanes % blocks_a_wide_sum;
    narrow_[lane] = add(turn == 0 ? repeat(T(0)) : narrow_[lane]);
    if (turn == blocks_a_wide_sum - 1 || i + lanes >= whole_) {
      wide_[lane].add(narrow_[lane]);
    }
  }
  /// The sums of all columns.
  void total(double (&to)[lanes]) const {
    double of[lanes][lanes]; // element `lane` of each column's sum
    for (int lane = 0; lane < lanes; ++lane) {
      store_block(of[lane], wide_[lane].lanes);
    }
    for (extent width = lanes / 2; width > 0; width /= 2) {
      for (extent lane = 0; lane < width; ++lane) {
        for (extent j = 0; j < lanes; ++j) {
          of[lane][j] += of[lane + width][j];
        }
      }
    }
    std::memcpy(to, of[0], sizeof of[0]);
  }

private:
  extent whole_;
  Block<T> narrow_[lanes];
  WideSum<T> wide_[lanes];
};

} // namespace cleave::kernels::inline CLEAVE_ISA
