// SPDX-License-Identifier: Apache-2.0
#include <cleave/shape/slice.hpp>

#include <type_traits>

namespace {

using cleave::extent, cleave::Shape, cleave::slice_shape, cleave::to_end;
using cleave::axes::C, cleave::axes::H, cleave::axes::N;
using cleave::detail::resolve_slice, cleave::detail::SliceFault, cleave::detail::SliceRange;

static_assert(std::is_same_v<slice_shape<Shape<N<64>, C<10>>, 'N', 0, 32>, Shape<N<32>, C<10>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<64>, C<10>>, 'C', 9, 10>, Shape<N<64>, C<1>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<64>, C<10>>, 'C', -3, to_end>, Shape<N<64>, C<3>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<64>, C<10>>, 'C', 0, to_end, 3>, Shape<N<64>, C<4>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<64>, C<10>>, 'C', -1, to_end, -1>, Shape<N<64>, C<10>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<cleave::dynamic>, C<10>>, 'N', 64, 128>, Shape<N<64>, C<10>>>);
static_assert(std::is_same_v<slice_shape<Shape<N<cleave::dynamic>, C<10>>, 'N', -64, to_end>, Shape<N<64>, C<10>>>);

/// The elements Python takes, found by walking; `outside` where it would clamp.
struct Walked {
  bool outside = false;
  extent taken[8]{};
  extent count = 0;
};
constexpr Walked walk(extent begin, extent end, extent step, extent size) {
  Walked walked;
  const extent from = begin < 0 ? begin + size : begin;
  const bool is_open = end == to_end;
  const extent last = step > 0 ? size : size - 1; // bounds that name no element, but are borders
  const extent open_end = step > 0 ? size : -1;
  const extent given_end = end < 0 ? end + size : end;
  const extent to = is_open ? open_end : given_end;
  walked.outside = from < 0 || from > last || (!is_open && (to < 0 || to > last));
  for (extent i = from; !walked.outside && (step > 0 ? i < to : i > to); i += step) {
    walked.taken[walked.count++] = i;
  }
  return walked;
}

constexpr bool takes_the_same(extent begin, extent end, extent step, extent size) {
  const SliceRange range = resolve_slice(begin, end, step, size);
  const Walked walked = walk(begin, end, step, size);
  if (walked.outside) {
    return range.fault == SliceFault::outside;
  }
  if (walked.count == 0) {
    return range.fault == SliceFault::empty;
  }
  if (range.fault != SliceFault::none || range.count != walked.count) {
    return false;
  }
  for (extent i = 0; i < range.count; ++i) {
    if (range.first + i * range.step != walked.taken[i]) {
      return false;
    }
  }
  return true;
}

/// All bounds and steps a little beyond an axis of up to 6 elements.
template <extent Size>
constexpr bool every_slice_is_pythons() {
  for (extent begin = -Size - 2; begin <= Size + 2; ++begin) {
    for (extent end = -Size - 2; end <= Size + 3; ++end) {
      for (extent step = -4; step <= 4; ++step) {
        if (step != 0 && !takes_the_same(begin, end == Size + 3 ? to_end : end, step, Size)) {
          return false;
        }
      }
    }
  }
  return true;
}
static_assert(every_slice_is_pythons<1>() && every_slice_is_pythons<2>() && every_slice_is_pythons<3>());
static_assert(every_slice_is_pythons<5>() && every_slice_is_pythons<6>());

static_assert(resolve_slice(0, 4, 0, 8).fault == SliceFault::zero_step);
static_assert(resolve_slice(0, to_end, __PTRDIFF_MAX__, 8).count == 1, "no step is too large");
static_assert(resolve_slice(7, to_end, -__PTRDIFF_MAX__ - 1, 8).count == 1);

// Along a dynamic axis, both bounds count from one side.
constexpr extent dynamic = cleave::dynamic;
static_assert(resolve_slice(0, 1000, 1, dynamic).count == 1000, "checked while running");
static_assert(resolve_slice(-3, to_end, 1, dynamic).first == -3 && resolve_slice(-3, to_end, 1, dynamic).count == 3);
static_assert(resolve_slice(-1, -4, -1, dynamic).count == 3 && resolve_slice(4, to_end, -2, dynamic).count == 3);
static_assert(resolve_slice(1, to_end, 1, dynamic).fault == SliceFault::unknown_count);
static_assert(resolve_slice(0, -1, 1, dynamic).fault == SliceFault::unknown_count);
static_assert(resolve_slice(-1, to_end, -1, dynamic).fault == SliceFault::unknown_count);
static_assert(resolve_slice(-1, -1, 1, dynamic).fault == SliceFault::empty);

// A slice begins at its first element and multiplies the stride.
using cleave::Strides, cleave::detail::sliced, cleave::detail::strided_of;
constexpr auto backwards = sliced(strided_of<Shape<N<2>, C<6>>, Strides<6, 1>>(), 'C', resolve_slice(-1, 0, -2, 6));
static_assert(backwards.offset == 5 && backwards.strides[1] == -2 && backwards.dims.extents[1] == 3);

} // namespace
