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
/// each of waiting_levels(grains) levels.
template <class T, class Find>
void moments_of_grains(const Grains& grains, extent space, T* roots, extent count, T* waiting, Find find) {
  extent right = 0; // numbers that the last node has seen
  visit_tree(
      grains,
      [&](extent root, extent grain) {
        const extent rows = grains.rows_of(grain);
        find(roots + root * 2 * count, grains.row_of(grain), rows);
        right = rows * space;
      },
      [&](extent root, extent level) {
        const extent left = (grains.size << level) * space;
        T* const to = roots + root * 2 * count;
        join_moments(waiting + level * 2 * count, left, to, right, to, count);
        right += left;
      },
      [&](extent root, extent level) {
        const T* const from = roots + root * 2 * count;
        T* const to = waiting + level * 2 * count;
        for (extent j = 0; j < 2 * count; ++j) {
          to[j] = from[j]; // NOLINT(clang-analyzer-core.NullDereference): a sum has a result
        }
      });
}

/// Goes on with the tree where slices meet, as join_roots does: slice i has the grains [borders[i], borders[i + 1]) of
/// a batch of `rows` rows. What all have is left in the first root.
template <class T>
void join_moments_of_slices(T* roots, extent count, const extent* borders, int slices, extent grain, extent rows,
                            extent space) {
  extent seen[64]; // numbers, by each node that waits
  visit_joints(
      borders, slices,
      [&](extent to, extent from, extent first, extent last) {
        for (extent j = 0; j < 2 * count; ++j) {
          roots[to * 2 * count + j] = roots[from * 2 * count + j];
        }
        const extent end = last * grain < rows ? last * grain : rows;
        seen[to] = (end - first * grain) * space;
      },
      [&](extent left) {
        T* const to = roots + left * 2 * count;
        join_moments(to, seen[left], to + 2 * count, seen[left + 1], to, count);
        seen[left] += seen[left + 1];
      });
}

} // namespace cleave::kernels::inline CLEAVE_ISA
