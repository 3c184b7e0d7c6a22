// SPDX-License-Identifier: Apache-2.0
#include <cleave/group/slices.hpp>

namespace {

using cleave::slice_batch, cleave::Slicing, cleave::workload;

template <int D>
constexpr bool cuts(const cleave::Slices<D>& slices, const cleave::extent (&ends)[D]) {
  cleave::extent begin = 0;
  for (int d = 0; d < D; ++d) {
    if (slices.begin[d] != begin || slices.end[d] != ends[d]) {
      return false;
    }
    begin = ends[d];
  }
  return slices.starving < 0;
}

template <int D>
constexpr bool starves(const cleave::Slices<D>& slices, int device) {
  return slices.starving == device;
}

// The design's own figures.
static_assert(cuts(slice_batch(64, workload(2., 1.)), {43, 64}));
static_assert(cuts(slice_batch(10, workload(1, 1, 1)), {4, 7, 10}));
static_assert(cuts(slice_batch(7, workload(1, 1)), {4, 7}));
// Never starves a device that could have a row.
static_assert(cuts(slice_batch(4, workload(10, 1, 1)), {2, 3, 4}));
static_assert(cuts(slice_batch(12, workload(1, 1, 1, 1, 1, 1, 1, 1)), {2, 4, 6, 8, 9, 10, 11, 12}));
static_assert(cuts(slice_batch(3, workload(1000, 1, 1)), {1, 2, 3}));
static_assert(cuts(slice_batch(5, workload(1e-9, 1.)), {1, 5}));
// Fewer rows than devices cannot be helped.
static_assert(starves(slice_batch(2, workload(1, 1, 1)), 2));
static_assert(starves(slice_batch(1, workload(1, 1)), 1));

// MXNet's two roundings, where they agree and where they do not.
constexpr auto up = Slicing::mxnet_half_up;
constexpr auto even = Slicing::mxnet_half_even;
static_assert(cuts(slice_batch(10, workload(1, 1, 1), up), {3, 6, 10}));
static_assert(cuts(slice_batch(10, workload(1, 1, 1), even), {3, 6, 10}));
static_assert(cuts(slice_batch(10, workload(1, 2, 1), up), {3, 8, 10}));
static_assert(cuts(slice_batch(10, workload(1, 2, 1), even), {2, 7, 10}));
static_assert(cuts(slice_batch(9, workload(1, 1), up), {5, 9}));
static_assert(cuts(slice_batch(9, workload(1, 1), even), {4, 9}));
static_assert(cuts(slice_batch(256, workload(1, 1, 1, 1, 1, 1), up), {43, 86, 129, 172, 215, 256}));
static_assert(cuts(slice_batch(100, workload(5, 1.5, 5), up), {43, 56, 100}));
static_assert(starves(slice_batch(20, workload(1, 1, 1, 1, 1, 1, 1, 1), up), 7));
static_assert(cuts(slice_batch(20, workload(1, 1, 1, 1, 1, 1, 1, 1), even), {2, 4, 6, 8, 10, 12, 14, 20}));
static_assert(starves(slice_batch(6, workload(1, 1, 1, 1), up), 3));
static_assert(starves(slice_batch(10, workload(1, 0), up), 1));
static_assert(starves(slice_batch(10, workload(0, 1), even), 0));

static_assert(cleave::is_valid(workload(1, 2)));
static_assert(!cleave::is_valid(workload(1, 0)));
static_assert(!cleave::is_valid(workload(1, -1)));
static_assert(!cleave::is_valid(workload(__builtin_nan(""), 1)));
static_assert(!cleave::is_valid(workload(__builtin_inf(), 1)));

} // namespace
