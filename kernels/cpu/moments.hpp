// SPDX-License-Identifier: Apache-2.0
// Sums and sums of squares around the mean, joined pairwise: T. Chan, G. Golub, R. LeVeque, "Updating formulae and a
// pairwise algorithm for computing sample variances", 1979. Nothing cancels, however far the mean is from 0. Nodes are
// those of the aligned tree of grains (grain.hpp).
#pragma once

#include "grain.hpp"

#include <cleave/base/math.hpp>

namespace cleave::kernels::inline CLEAVE_ISA {

/// `count` sums, and behind them as many sums of squares, of `left_n` numbers each; joined with those of the `right_n`
/// numbers at `right`. The result replaces `to`, which is one of them.
template <class T>
void join_moments(const T* left, extent left_n, const T* right, extent right_n, T* to, extent count) {
  const T per_left = T(1) / static_cast<T>(left_n);
  const T per_right = T(1) / static_cast<T>(right_n);
  const T weight = static_cast<T>(static_cast<double>(left_n) * static_cast<double>(right_n) /
                                  static_cast<double>(left_n + right_n));
  for (extent j = 0; j < count; ++j) {
    const T apart = math::fma(right[j], per_right, -(left[j] * per_left));
    const T squares = left[count + j] + right[count + j];
    to[j] = left[j] + right[j];
    to[count + j] = math::fma(apart * apart, weight, squares);
  }
}

/// Writes one root per aligned block, each 2 * count numbers. `find(to, row, rows)` writes those of the slice's rows
/// [row, row + rows), which are one grain; each row has `space` numbers. `waiting` has room for 2 * count numbers for
/// each of waiting_levels(...) levels.
template <class T, class Find>
void moments_of_grains(const Grains& grains, extent space, T* roots, extent count, T* waiting, Find find) {
  const extent last = grains.last();
  for (extent first = grains.first(); first < last; roots += 2 * count) {
    const extent block = aligned_block(first, last);
    for (extent i = 0; i < block; ++i) {
      const extent rows = grains.rows_of(first + i);
      find(roots, (first + i) * grains.size - grains.first_row, rows);
      extent right = rows * space;
      extent level = 0;
      for (; (i >> level & 1) != 0; ++level) {
        const extent left = (grains.size << level) * space;
        join_moments(waiting + level * 2 * count, left, roots, right, roots, count);
        right += left;
      }
      if (i + 1 < block) {
        T* const to = waiting + level * 2 * count;
        for (extent j = 0; j < 2 * count; ++j) {
          to[j] = roots[j]; // NOLINT(clang-analyzer-core.NullDereference): a sum has a result
        }
      }
    }
    first += block;
  }
}

/// Goes on with the tree where slices meet, as join_roots does: slice i has the grains [borders[i], borders[i + 1]) of
/// a batch of `rows` rows. What all have is left in the first root.
template <class T>
void join_moments_of_slices(T* roots, extent count, const extent* borders, int slices, extent grain, extent rows,
                            extent space) {
  struct Node {
    extent begin; // its first grain
    extent n;     // numbers it has seen
  };
  Node nodes[64]; // that wait, each smaller than the one before: at the front of `roots`
  extent waiting = 0;
  extent read = 0;
  const auto join_last = [&] {
    --waiting;
    join_moments(roots + (waiting - 1) * 2 * count, nodes[waiting - 1].n, roots + waiting * 2 * count, nodes[waiting].n,
                 roots + (waiting - 1) * 2 * count, count);
    nodes[waiting - 1].n += nodes[waiting].n;
  };
  for (int i = 0; i < slices; ++i) {
    for (extent first = borders[i]; first < borders[i + 1]; ++read) {
      const extent block = aligned_block(first, borders[i + 1]);
      const extent end = (first + block) * grain < rows ? (first + block) * grain : rows;
      for (extent j = 0; j < 2 * count; ++j) {
        roots[waiting * 2 * count + j] = roots[read * 2 * count + j];
      }
      nodes[waiting++] = {first, (end - first * grain) * space};
      first += block;
      while (waiting > 1 && first - nodes[waiting - 1].begin == nodes[waiting - 1].begin - nodes[waiting - 2].begin &&
             nodes[waiting - 2].begin % (first - nodes[waiting - 2].begin) == 0) {
        join_last();
      }
    }
  }
  while (waiting > 1) { // NOLINT(bugprone-infinite-loop): join_last takes one away
    join_last();
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA
