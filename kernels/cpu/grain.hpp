// SPDX-License-Identifier: Apache-2.0
// Sums over rows of a batch whose bits do not depend on how the rows are cut into slices. Rows form grains of a fixed
// number. Each grain is summed by itself, and grains are added in the aligned binary tree: its node (level l, index i)
// is the sum of the grains [i 2^l, (i + 1) 2^l). A slice of the batch gives one sum for each of its largest aligned
// blocks, the roots, left to right; the tree goes on from them where slices are joined.
#pragma once

#include <cleave/base/config.hpp>

namespace cleave::kernels::inline CLEAVE_ISA {

/// The grains of a kernel's rows [first_row, first_row + rows) of the whole batch. `rows` is a multiple of `size`, or
/// ends with the batch, whose last grain may have fewer rows; `first_row` is a multiple of `size`.
struct Grains {
  extent size; ///< rows a grain, at least 1
  extent first_row;
  extent rows;

  [[nodiscard]] constexpr extent first() const { return first_row / size; }
  [[nodiscard]] constexpr extent last() const { return first() + (rows + size - 1) / size; }
  /// Rows of grain `i` of the whole batch.
  [[nodiscard]] constexpr extent rows_of(extent i) const {
    const extent left = first_row + rows - i * size;
    return left < size ? left : size;
  }
};

/// Grains in the largest aligned block that begins with grain `first` and ends before `last`: a power of two.
constexpr extent aligned_block(extent first, extent last) {
  extent block = 1;
  while (first % (2 * block) == 0 && first + 2 * block <= last) {
    block *= 2;
  }
  return block;
}

/// How many roots the grains [first, last) have.
constexpr int count_roots(extent first, extent last) {
  int count = 0;
  for (; first < last; first += aligned_block(first, last)) {
    ++count;
  }
  return count;
}

/// Levels of the tree that wait for their right half at once while a block of `block` grains is summed.
constexpr int waiting_levels(extent block) {
  int levels = 0;
  for (; block > 1; block /= 2) {
    ++levels;
  }
  return levels;
}

/// Writes one root per aligned block, `distance` elements apart, each of `count` elements. `sum(to, row, rows)` writes
/// the sum of the slice's rows [row, row + rows), which are one grain. `waiting` has room for `count` elements for each
/// of waiting_levels(aligned_block(0, grains)) levels.
template <class T, class Sum>
void sum_grains(const Grains& grains, T* roots, extent distance, extent count, T* waiting, Sum sum) {
  const extent last = grains.last();
  for (extent first = grains.first(); first < last; roots += distance) {
    const extent block = aligned_block(first, last);
    for (extent i = 0; i < block; ++i) {
      // As in a binary counter: what waits at the levels of the trailing ones of i meets its right half.
      sum(roots, (first + i) * grains.size - grains.first_row, grains.rows_of(first + i));
      extent level = 0;
      for (; (i >> level & 1) != 0; ++level) {
        const T* const left = waiting + level * count;
        CLEAVE_INDEPENDENT
        for (extent j = 0; j < count; ++j) {
          roots[j] += left[j]; // NOLINT(clang-analyzer-core.NullDereference): a sum has a result
        }
      }
      if (i + 1 < block) {
        T* const to = waiting + level * count;
        CLEAVE_INDEPENDENT
        for (extent j = 0; j < count; ++j) {
          to[j] = roots[j];
        }
      }
    }
    first += block;
  }
}

/// Goes on with the tree where slices meet: slice i has the grains [borders[i], borders[i + 1]), the first begins with
/// grain 0, and the roots of all lie one after another, `distance` elements apart. The sum of all grains is left in the
/// first. A node without grains on its right is its left half.
template <class T>
void join_roots(T* roots, extent distance, extent count, const extent* borders, int slices) {
  const auto add = [&](extent to, extent from) {
    for (extent j = 0; j < count; ++j) {
      roots[to * distance + j] += roots[from * distance + j];
    }
  };
  extent begins[64]; // of the nodes that wait, each smaller than the one before: at the front of `roots`
  extent waiting = 0;
  extent read = 0;
  for (int i = 0; i < slices; ++i) {
    for (extent first = borders[i]; first < borders[i + 1]; ++read) {
      for (extent j = 0; j < count; ++j) {
        roots[waiting * distance + j] = roots[read * distance + j];
      }
      begins[waiting++] = first;
      first += aligned_block(first, borders[i + 1]);
      while (waiting > 1 && first - begins[waiting - 1] == begins[waiting - 1] - begins[waiting - 2] &&
             begins[waiting - 2] % (first - begins[waiting - 2]) == 0) {
        --waiting;
        add(waiting - 1, waiting);
      }
    }
  }
  for (; waiting > 1; --waiting) {
    add(waiting - 2, waiting - 1);
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
