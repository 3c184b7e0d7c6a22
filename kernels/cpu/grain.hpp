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
  /// Where grain `i` of the whole batch begins, in rows of the slice.
  [[nodiscard]] constexpr extent row_of(extent i) const { return i * size - first_row; }
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

/// Roots of a slice.
constexpr int count_roots(const Grains& grains) { return count_roots(grains.first(), grains.last()); }
/// Levels of its tree that may wait at once.
constexpr int waiting_levels(const Grains& grains) {
  return waiting_levels(aligned_block(0, grains.last() - grains.first()));
}

/// Visits a slice's grains in order and its tree as a binary counter counts: sum(root, grain) for each grain; then
/// join(root, level) for each level where a left half waits for what has just been summed; then keep(root, level) where
/// that has to wait in turn.
template <class Sum, class Join, class Keep>
void visit_tree(const Grains& grains, Sum sum, Join join, Keep keep) {
  const extent last = grains.last();
  extent root = 0;
  for (extent first = grains.first(); first < last; ++root) {
    const extent block = aligned_block(first, last);
    for (extent i = 0; i < block; ++i) {
      sum(root, first + i);
      extent level = 0;
      for (; (i >> level & 1) != 0; ++level) {
        join(root, level);
      }
      if (i + 1 < block) {
        keep(root, level);
      }
    }
    first += block;
  }
}

/// Writes one root per aligned block, `distance` elements apart, each of `count` elements. `sum(to, row, rows)` writes
/// the sum of the slice's rows [row, row + rows), which are one grain. `waiting` has room for `count` elements for each
/// of waiting_levels(grains) levels.
template <class T, class Sum>
void sum_grains(const Grains& grains, T* roots, extent distance, extent count, T* waiting, Sum sum) {
  visit_tree(
      grains,
      [&](extent root, extent grain) { sum(roots + root * distance, grains.row_of(grain), grains.rows_of(grain)); },
      [&](extent root, extent level) {
        T* const to = roots + root * distance;
        const T* const left = waiting + level * count;
        for (extent j = 0; j < count; ++j) {
          to[j] += left[j]; // NOLINT(clang-analyzer-core.NullDereference): a sum has a result
        }
      },
      [&](extent root, extent level) {
        const T* const from = roots + root * distance;
        T* const to = waiting + level * count;
        for (extent j = 0; j < count; ++j) {
          to[j] = from[j];
        }
      });
}

/// Goes on with the tree where slices meet: slice i has the grains [borders[i], borders[i + 1]), the first begins with
/// grain 0. Nodes that wait, each smaller than the one before, lie at the front of the roots: move(to, from, first,
/// last) puts root `from`, of the grains [first, last), to place `to`; join(left) adds the node behind `left` to it.
/// The sum of all grains is left in place 0. A node without grains on its right is its left half.
template <class Move, class Join>
void visit_joints(const extent* borders, int slices, Move move, Join join) {
  extent begins[64];
  extent waiting = 0;
  extent read = 0;
  for (int i = 0; i < slices; ++i) {
    for (extent first = borders[i]; first < borders[i + 1]; ++read) {
      const extent last = first + aligned_block(first, borders[i + 1]);
      move(waiting, read, first, last);
      begins[waiting++] = first;
      first = last;
      while (waiting > 1 && first - begins[waiting - 1] == begins[waiting - 1] - begins[waiting - 2] &&
             begins[waiting - 2] % (first - begins[waiting - 2]) == 0) {
        --waiting;
        join(waiting - 1);
      }
    }
  }
  for (; waiting > 1; --waiting) {
    join(waiting - 2);
  }
}

/// Joins the roots of all slices, which lie one after another, `distance` elements apart. The sum is left in the first.
template <class T>
void join_roots(T* roots, extent distance, extent count, const extent* borders, int slices) {
  visit_joints(
      borders, slices,
      [&](extent to, extent from, extent /*first*/, extent /*last*/) {
        for (extent j = 0; j < count; ++j) {
          roots[to * distance + j] = roots[from * distance + j];
        }
      },
      [&](extent left) {
        for (extent j = 0; j < count; ++j) {
          roots[left * distance + j] += roots[(left + 1) * distance + j];
        }
      });
}

} // namespace cleave::kernels::inline CLEAVE_ISA
