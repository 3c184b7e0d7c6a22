// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/tensor/view.hpp>

#include <cstdint>

namespace cleave {
namespace detail {

/// Elements a buffer must have so that a view of these strides lies inside it; -1 where the view reaches in front of
/// it.
constexpr extent elements_reached(const Dims& dims, const extent* strides) {
  extent last = 0;
  // NOLINTBEGIN(clang-analyzer-core.UndefinedBinaryOperatorResult): it cannot read a class template's constants
  for (int i = 0; i < dims.rank; ++i) {
    if (dims.extents[i] > 1 && strides[i] < 0) {
      return -1;
    }
    last += (dims.extents[i] - 1) * strides[i];
  }
  // NOLINTEND(clang-analyzer-core.UndefinedBinaryOperatorResult)
  return last + 1;
}

// Named rules for messages; `Op` is a text.
template <class Op, class S, class St>
concept one_stride_an_axis = S::rank == St::rank;
template <class Op, class S, class St>
concept strides_lead_into_the_buffer = S::rank != St::rank || elements_reached(S::dims, St::values) > 0;
template <class Op, class S, extent Count>
concept buffer_has_the_shapes_count = !S::is_static || S::size == Count;

#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("bind: expects a shape of static extents, such as bind<Shape<N<2>, C<3>>>(pointer, 6)",                         \
       shape_is_static<void, S>)                                                                                       \
  RULE("bind: expects one stride for each axis of the shape", one_stride_an_axis<void, S, St>)                         \
  RULE("bind: a negative stride would lead in front of the buffer; bind with positive ones and reverse with flip",     \
       strides_lead_into_the_buffer<void, S, St>)
CLEAVE_JUDGE(bind, CLEAVE_RULES, class S, class St, bool Known = false)
#undef CLEAVE_RULES

template <class S, class St, class D, class T>
View<T, S, D, St> bind_checked(T* buffer, extent count) {
  constexpr extent needed = elements_reached(S::dims, St::values);
  constexpr bool whole = is_contiguous<S, St>;
  if (buffer == nullptr) {
    fail("bind: the pointer is null; expects a buffer of %td elements", needed);
  }
  if (reinterpret_cast<std::uintptr_t>(buffer) % alignof(T) != 0) {
    fail("bind: the buffer is not aligned to its elements (%zu bytes); copy it into a tensor byte by byte", alignof(T));
  }
  if (whole ? count != needed : count < needed) {
    fail("bind: the shape and its strides take %td elements, but the buffer has %td", needed, count);
  }
  return View<T, S, D, St>(buffer);
}

} // namespace detail

/// A view of somebody else's buffer of `count` elements, which must outlive it: `bind<Shape<N<2>, C<3>>>(pointer, 6)`;
/// strides in elements may be given, `bind<Shape<N<2>, C<3>>, Strides<4, 1>>(pointer, 7)`, and the buffer may then be
/// longer than they reach. Errors while compiling: another number of strides than axes, or negative ones; throws Error
/// where the pointer is null or not aligned to its elements, or the count does not fit.
template <class S, class St = row_major_t<S>, class D = Cpu<0>, class T>
[[nodiscard]] auto bind(T* buffer, extent count) {
  detail::expect_bind<S, St>();
  if constexpr (detail::bind_is_right<S, St>()) {
    return detail::bind_checked<S, St, D>(buffer, count);
  } else {
    return Refused{};
  }
}

/// Of an array whose length is checked while compiling.
template <class S, class D = Cpu<0>, class T, std::size_t Count>
[[nodiscard]] auto bind(T (&buffer)[Count]) {
  static_assert(detail::buffer_has_the_shapes_count<void, S, static_cast<extent>(Count)>,
                "bind: the array has another number of elements than the shape");
  if constexpr (detail::buffer_has_the_shapes_count<void, S, static_cast<extent>(Count)>) {
    return bind<S, row_major_t<S>, D>(static_cast<T*>(buffer), static_cast<extent>(Count));
  } else {
    return Refused{};
  }
}

} // namespace cleave
