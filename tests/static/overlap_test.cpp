// SPDX-License-Identifier: Apache-2.0
// The exact overlap analysis against looking at every element.
#include <cleave/shape/overlap.hpp>
#include <cleave/shape/slice.hpp>
#include <cleave/shape/transpose.hpp>

namespace {

using cleave::extent, cleave::Shape, cleave::Strides, cleave::to_end;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
using namespace cleave::detail; // NOLINT(google-build-using-namespace): everything here is about details

constexpr Strided line(extent count, extent stride) {
  Strided x;
  x.push_back('C', count, stride);
  return x;
}
constexpr Strided grid(extent rows, extent row_stride, extent columns, extent column_stride) {
  Strided x;
  x.push_back('N', rows, row_stride);
  x.push_back('C', columns, column_stride);
  return x;
}

/// Places of all elements of a grid of one or two axes.
struct Places {
  extent at[36]{};
  int count = 0;
};
constexpr Places places_of(const Strided& x) {
  Places places;
  const bool is_line = x.dims.rank == 1;
  for (extent i = 0; i < (is_line ? 1 : x.dims.extents[0]); ++i) {
    for (extent j = 0; j < x.dims.extents[x.dims.rank - 1]; ++j) {
      places.at[places.count++] = (is_line ? 0 : i * x.strides[0]) + j * x.strides[x.dims.rank - 1];
    }
  }
  return places;
}
constexpr bool meet_by_looking(const Places& a, const Places& b, extent distance) {
  for (int i = 0; i < a.count; ++i) {
    for (int j = 0; j < b.count; ++j) {
      if (a.at[i] == b.at[j] + distance) {
        return true;
      }
    }
  }
  return false;
}
constexpr bool is_exact(const Strided& a, const Strided& b, extent farthest) {
  const Meeting meeting = meeting_of(a, b);
  const Places in_a = places_of(a);
  const Places in_b = places_of(b);
  for (extent distance = -farthest; distance <= farthest; ++distance) {
    if (grids_meet(meeting, distance) != meet_by_looking(in_a, in_b, distance)) {
      return false;
    }
  }
  return true;
}

/// Lines of n and m elements with strides up to 4 of either sign, at all distances. (A constant for each, because
/// compilers limit the steps of one evaluation.)
template <extent A, extent B, extent S>
constexpr bool strides_are_exact() {
  for (extent t = -4; t <= 4; ++t) {
    if (!is_exact(line(A, S), line(B, t), 18)) {
      return false;
    }
  }
  return true;
}
template <extent A, extent B, extent... S>
// NOLINTNEXTLINE(misc-redundant-expression): each is another instantiation
inline constexpr bool lines_are_exact = (std::bool_constant<strides_are_exact<A, B, S>()>::value && ...);
template <extent A, extent... B>
// NOLINTNEXTLINE(misc-redundant-expression): each is another instantiation
inline constexpr bool all_lines_are_exact = (lines_are_exact<A, B, -4, -3, -2, -1, 0, 1, 2, 3, 4> && ...);
static_assert(all_lines_are_exact<1, 1, 2, 3, 4> && all_lines_are_exact<2, 1, 2, 3, 4>);
static_assert(all_lines_are_exact<3, 1, 2, 3, 4> && all_lines_are_exact<4, 1, 2, 3, 4>);

/// Rows, columns, steps and transpositions of one tensor, and some that no tensor has, each against each.
constexpr Strided grids[] = {grid(3, 6, 6, 1),  grid(3, 6, 3, 2), grid(2, 12, 6, 1), grid(2, 6, 2, 3),
                             grid(3, 6, 6, -1), grid(6, 1, 3, 6), grid(2, -6, 3, 2), grid(3, 0, 6, 1),
                             grid(2, 5, 2, 7),  line(3, 6),       line(6, 1),        grid(3, 7, 3, 1),
                             grid(2, 5, 3, 7),  grid(2, 9, 2, 4), grid(2, 12, 2, 2)};
constexpr int grid_count = sizeof grids / sizeof grids[0];
template <int I>
inline constexpr bool grid_pair_is_exact = is_exact(grids[I / grid_count], grids[I % grid_count], 24);
template <int... I>
constexpr bool all_pairs_are_exact(std::integer_sequence<int, I...> /*pairs*/) {
  return (grid_pair_is_exact<I> && ...);
}
static_assert(all_pairs_are_exact(std::make_integer_sequence<int, grid_count * grid_count>{}));

// Parts of one tensor.
constexpr Strided whole = strided_of<Shape<N<4>, C<6>>, Strides<6, 1>>();
constexpr Strided part(char letter, extent begin, extent end, extent step = 1) {
  return sliced(whole, letter, resolve_slice(begin, end, step, whole.dims.extent_of(letter)));
}
constexpr Overlap between(const Strided& written, const Strided& read) {
  return overlap_of(written, read, read.offset - written.offset);
}
static_assert(between(part('C', 0, to_end, 2), part('C', 1, to_end, 2)) == Overlap::disjoint, "interleaved");
static_assert(between(part('N', 0, to_end, 2), part('N', 1, to_end, 2)) == Overlap::disjoint);
static_assert(between(part('C', 0, 3), part('C', 3, 6)) == Overlap::disjoint,
              "side by side: ranges meet, grids do not");
static_assert(between(part('N', 0, 2), part('N', 2, 4)) == Overlap::disjoint);
static_assert(between(part('N', 1, 3), part('N', 1, 3)) == Overlap::identical);
static_assert(between(part('N', 0, 3), part('N', 1, 4)) == Overlap::shifted);
static_assert(between(part('C', 0, 5), part('C', 1, 6)) == Overlap::shifted);
static_assert(between(whole, part('C', -1, to_end, -1)) == Overlap::shifted, "reversed");
static_assert(between(part('C', 0, 1), part('C', 5, 6)) == Overlap::disjoint, "two columns");

// Transposed squares, axes of one element, broadcast rows.
constexpr Strided square = strided_of<Shape<N<5>, C<5>>, Strides<5, 1>>();
static_assert(overlap_of(square, transposed(square, "CN"), 0) == Overlap::shifted);
static_assert(overlap_of(square, transposed(transposed(square, "CN"), "NC"), 0) == Overlap::identical);
static_assert(overlap_of(grid(1, 99, 6, 1), line(6, 1), 0) == Overlap::identical, "an axis of one element is no step");
static_assert(overlap_of(whole, line(6, 1), 6) == Overlap::shifted, "a row added to all rows");
static_assert(overlap_of(part('N', 0, 1), line(6, 1), 6) == Overlap::disjoint);

// Work is bounded: strides that make a hard knapsack are answered on the safe side, all others exactly.
constexpr Strided contrived() {
  Strided x;
  x.push_back('N', 9, 1009);
  x.push_back('C', 9, 1013);
  x.push_back('H', 9, 1019);
  x.push_back('K', 9, 1021);
  x.push_back('L', 9, 1031);
  x.push_back('M', 9, 1033);
  return x;
}
static_assert(grids_meet(meeting_of(contrived(), contrived()), 0));
static_assert(!grids_meet(meeting_of(contrived(), contrived()), 1'000'000), "behind the end");

} // namespace
