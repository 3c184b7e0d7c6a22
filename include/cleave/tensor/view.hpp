// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/diagnose.hpp>
#include <cleave/base/error.hpp>
#include <cleave/shape/dtype.hpp>
#include <cleave/shape/strides.hpp>
#include <cleave/tensor/expression.hpp>
#include <cleave/tensor/operand.hpp>

namespace cleave {
namespace detail {

/// Checked only in debug builds, so that release code is a load.
template <class S>
CLEAVE_CHECKED constexpr void check_index([[maybe_unused]] int axis, [[maybe_unused]] extent index,
                                          [[maybe_unused]] extent count) {
#if CLEAVE_HAS_CHECKS()
  if (index < 0 || index >= count) {
    fail("index: %td is outside axis %c, which has %td elements, counted from 0", index, S::dims.letters[axis], count);
  }
#endif
}

/// Distance in elements of the element at `index`, one an axis.
template <class S, class St, class... Index>
CLEAVE_CHECKED constexpr extent offset_of(extent rows, Index... index) {
  const extent at[] = {static_cast<extent>(index)..., 0};
  extent offset = 0;
  for (int i = 0; i < S::rank; ++i) {
    check_index<S>(i, at[i], i == 0 ? rows : S::dims.extents[i]);
    offset += at[i] * St::values[i];
  }
  return offset;
}

// Named rules for messages.
template <class S, class St>
constexpr bool repeats_elements() {
  for (int i = 0; i < S::rank; ++i) {
    if (S::dims.extents[i] != 1 && St::values[i] == 0) {
      return true;
    }
  }
  return false;
}
template <class S, class St>
concept no_element_twice = !repeats_elements<S, St>();
template <class Element, class Number>
concept number_is_not_cut = !(std::is_integral_v<Element> && std::is_floating_point_v<Number>);

} // namespace detail

/// Borrowed elements: a pointer whose shape, strides and device are its type. Copying it copies the pointer; it must
/// not outlive the elements. `T` is const where they are only read.
template <class T, class S, class D = Cpu<0>, class St = row_major_t<S>>
class View : public detail::Extents<S> {
  static_assert(detail::dtype_of<std::remove_const_t<T>>::is_element,
                "View: expects elements of type float, double, std::int32_t, std::int64_t or std::uint8_t");
  static_assert(detail::storable_shape<S>,
                "View: only the leading extent may be cleave::dynamic, and cleave::batch is for the inputs of a job");
  static_assert(is_device<D>, "View: the third argument is a device, such as cleave::Cpu<0>");
  static_assert(St::rank == S::rank, "View: expects one stride for each axis");

public:
  using cleave_operand = View;
  using element = std::remove_const_t<T>;
  using shape = S;
  using device = D;
  using strides = St;
  static constexpr int rank = S::rank;
  static constexpr Dims dims = S::dims;
  static constexpr DType dtype = dtype_v<element>;

  /// Refers to elements that begin at `data`.
  constexpr explicit View(T* data) : data_(data) {
    static_assert(detail::shape_is_static<detail::spelled<"View">, S>,
                  "View: the leading extent is dynamic; give it as the second argument");
  }
  /// Where the leading extent is dynamic: `rows` is how many there are.
  constexpr View(T* data, extent rows)
    requires(!S::is_static)
      : detail::Extents<S>(rows), data_(data) {}
  /// A view that may write is also one that only reads.
  template <class U>
    requires(std::is_same_v<const U, T>)
  constexpr View(const View<U, S, D, St>& other) // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
      : detail::Extents<S>(other), data_(other.data()) {}

  [[nodiscard]] constexpr T* data() const { return data_; }

  /// The element at one index an axis. Errors: in debug builds, throws Error naming axis, index and extent.
  template <class... Index>
  CLEAVE_CHECKED constexpr T& operator()(Index... index) const {
    static_assert(detail::one_index_an_axis<rank, sizeof...(Index)>, "View: expects one index for each axis");
    static_assert(detail::indices_are_integers<Index...>, "View: an index is an integer, counted from 0");
    if constexpr (rank == sizeof...(Index) && detail::indices_are_integers<Index...>) {
      return data_[detail::offset_of<S, St>(this->rows(), index...)];
    } else {
      return *data_;
    }
  }

  /// Writes the elements of `x`, which has this shape, through the view; right also where `x` reads what is written.
  /// (`=` makes the view refer to something else.) Defined in assign.hpp.
  template <operand X>
  const View& assign(const X& x) const;
  /// Writes one number everywhere. Defined in assign.hpp.
  /// Errors: throws Error where the number does not fit an integer element.
  template <detail::number Number>
  const View& fill(Number value) const; // NOLINT(modernize-use-nodiscard): it writes the elements

  /// How an expression holds a view: it borrows.
  [[nodiscard]] constexpr auto held() const { return detail::HeldView<element, S, St>{data_}; }

private:
  T* data_;
};

namespace detail {
/// The shape of a tensor or view as a value, with its rows where their number is known only while running.
template <class X>
constexpr Dims dims_while_running(const X& x) {
  Dims dims = X::dims;
  if constexpr (!X::shape::is_static) {
    dims.extents[0] = x.rows();
  }
  return dims;
}

template <class X>
inline constexpr bool is_view = false;
template <class T, class S, class D, class St>
inline constexpr bool is_view<View<T, S, D, St>> = true;
} // namespace detail

} // namespace cleave
