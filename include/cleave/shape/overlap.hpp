// SPDX-License-Identifier: Apache-2.0
// Whether two regular grids of elements in one block of memory have an element in common: decided exactly, from
// extents, strides and the distance of their first elements.
#pragma once

#include <cleave/shape/strided.hpp>

namespace cleave::detail {

/// All that is known of two grids before their distance is: they meet at a distance d if and only if d + shift is a sum
/// of terms, each a stride times an integer from 0 to its count.
struct Meeting {
  int terms = 0;
  extent strides[2 * max_rank]{}; ///< positive, descending, none twice
  extent counts[2 * max_rank]{};
  extent shift = 0;
  // Of the terms from a position on:
  extent reach[2 * max_rank + 1]{};   ///< the greatest sum
  extent divisor[2 * max_rank + 1]{}; ///< of all sums; 0 where there are no terms
  bool is_dense[2 * max_rank + 1]{};  ///< every multiple of the divisor up to `reach` is a sum

  /// Element indices 0 to count - 1 along a stride of either sign.
  constexpr void add(extent count, extent stride) {
    if (count <= 1 || stride == 0) {
      return;
    }
    if (stride < 0) {
      shift -= (count - 1) * stride;
      stride = -stride;
    }
    int at = 0;
    while (at < terms && strides[at] > stride) {
      ++at;
    }
    if (at == terms || strides[at] != stride) {
      for (int i = terms; i > at; --i) {
        strides[i] = strides[i - 1];
        counts[i] = counts[i - 1];
      }
      strides[at] = stride;
      counts[at] = 0;
      ++terms;
    }
    counts[at] += count - 1;
  }

  constexpr void finish() {
    is_dense[terms] = true;
    for (int i = terms - 1; i >= 0; --i) {
      extent a = strides[i];
      extent b = divisor[i + 1];
      while (b != 0) {
        const extent rest = a % b;
        a = b;
        b = rest;
      }
      divisor[i] = a;
      reach[i] = reach[i + 1] + counts[i] * strides[i];
      is_dense[i] = is_dense[i + 1] &&
                    (i + 1 == terms || (divisor[i] == divisor[i + 1] && strides[i] <= reach[i + 1] + divisor[i + 1]));
    }
  }
};

/// `a` and `b` say where elements are; offsets in them do not count.
constexpr Meeting meeting_of(const Strided& a, const Strided& b) {
  Meeting meeting;
  for (int i = 0; i < a.dims.rank; ++i) {
    meeting.add(a.dims.extents[i], a.strides[i]);
  }
  for (int i = 0; i < b.dims.rank; ++i) {
    meeting.add(b.dims.extents[i], -b.strides[i]);
  }
  meeting.finish();
  return meeting;
}

constexpr bool is_sum(const Meeting& meeting, int term, extent target, int& patience) {
  if (target < 0 || target > meeting.reach[term]) {
    return false;
  }
  if (term == meeting.terms) {
    return true; // target is 0
  }
  if (target % meeting.divisor[term] != 0) {
    return false;
  }
  if (meeting.is_dense[term] || --patience < 0) {
    return true;
  }
  const extent stride = meeting.strides[term];
  const extent missing = target - meeting.reach[term + 1];
  extent times = missing <= 0 ? 0 : (missing + stride - 1) / stride;
  for (; times <= meeting.counts[term] && times * stride <= target; ++times) {
    if (is_sum(meeting, term + 1, target - times * stride, patience)) {
      return true;
    }
  }
  return false;
}

/// Whether grid b, whose first element lies `distance` elements behind grid a's, has an element of a. Exact for all
/// grids that are slices, crops, transpositions and the like of tensors. The question is a knapsack problem, so for
/// contrived strides the search stops after 4096 steps and says yes, which costs a temporary, never a wrong result.
constexpr bool grids_meet(const Meeting& meeting, extent distance) {
  int patience = 4096;
  return is_sum(meeting, 0, distance + meeting.shift, patience);
}

/// Whether two grids visit elements in the same order with the same steps; axes of one element do not count.
constexpr bool walk_alike(const Strided& a, const Strided& b) {
  int i = 0;
  int j = 0;
  for (;; ++i, ++j) {
    while (i < a.dims.rank && a.dims.extents[i] == 1) {
      ++i;
    }
    while (j < b.dims.rank && b.dims.extents[j] == 1) {
      ++j;
    }
    if (i == a.dims.rank || j == b.dims.rank) {
      return i == a.dims.rank && j == b.dims.rank;
    }
    if (a.dims.letters[i] != b.dims.letters[j] || a.dims.extents[i] != b.dims.extents[j] ||
        a.strides[i] != b.strides[j]) {
      return false;
    }
  }
}

/// How reading one grid while writing another element for element goes.
enum class Overlap : unsigned char {
  disjoint,  ///< no element in common
  identical, ///< each element is read before it is written
  shifted    ///< elements are read after they were written: by way of a temporary
};

/// Of a grid that is read and begins `distance` elements behind the one that is written.
constexpr Overlap overlap_of(const Strided& written, const Strided& read, extent distance) {
  if (distance == 0 && walk_alike(written, read)) {
    return Overlap::identical;
  }
  return grids_meet(meeting_of(written, read), distance) ? Overlap::shifted : Overlap::disjoint;
}

} // namespace cleave::detail
