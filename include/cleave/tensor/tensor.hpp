// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/tensor/assign.hpp>

#include <initializer_list>

namespace cleave {
namespace detail {

/// Named rule for messages; a shape that is itself too large has been refused.
template <class T, class S>
concept bytes_are_countable =
    !S::is_static || S::size == uncountable || S::size <= uncountable / static_cast<extent>(sizeof(T));

/// What was given as a shape, or a scalar's where it is none and has been refused.
template <class Given>
using given_shape = std::conditional_t<is_shape<Given>, Given, Shape<>>;

} // namespace detail

/// Elements of one type with a named shape on one device, stored row-major on the heap. A regular value: copying is
/// deep, moving is cheap, and what was moved from may only be assigned to or destroyed. Lazy expressions over a tensor
/// keep its storage alive and see later writes to it.
template <class T, class Given, class D = Cpu<0>>
class Tensor : public detail::Extents<detail::given_shape<Given>> {
  using S = detail::given_shape<Given>;
  static_assert(detail::dtype_of<T>::is_element,
                "Tensor: expects elements of type float, double, std::int32_t, std::int64_t or std::uint8_t");
  static_assert(is_shape<Given>, "Tensor: the second argument is a shape, such as cleave::Shape<N<64>, C<10>>");
  static_assert(detail::storable_shape<S>,
                "Tensor: only the leading extent may be cleave::dynamic, and cleave::batch is for the inputs of a job");
  static_assert(detail::bytes_are_countable<T, S>,
                "Tensor: the elements have more than 2^63 - 1 bytes; no machine can hold them");
  static_assert(is_device<D> || !is_shape<Given>, "Tensor: the third argument is a device, such as cleave::Cpu<0>");

public:
  using cleave_operand = Tensor;
  using element = T;
  using shape = S;
  using device = D;
  using strides = row_major_t<S>;
  static constexpr int rank = S::rank;
  static constexpr Dims dims = S::dims;
  static constexpr DType dtype = dtype_v<T>;
  static constexpr bool is_refused = std::is_same_v<D, detail::Nowhere>; // an error has been reported already

  /// Zeros; no rows where the leading extent is dynamic. Errors, here and below: throws Error when there is no memory.
  Tensor() : Tensor(uninitialized) { clear(); }
  /// Elements that are written before they are read.
  explicit Tensor(Uninitialized /*contents*/) { reserve(); }

  /// Where the leading extent is dynamic: zeros, `rows` along that axis. Errors: throws Error when `rows` is negative.
  explicit Tensor(extent rows)
    requires(!S::is_static)
      : Tensor(rows, uninitialized) {
    clear();
  }
  Tensor(extent rows, Uninitialized /*contents*/)
    requires(!S::is_static)
      : detail::Extents<S>(rows) {
    reserve();
  }

  /// Elements in row-major order. Errors: throws Error when their number is not the shape's (a dynamic leading extent
  /// follows from it).
  Tensor(std::initializer_list<T> values) : Tensor(values.begin(), values.size()) {}
  /// `count` elements from `elements` on, in row-major order. Errors: as above.
  Tensor(const T* elements, std::size_t count) : detail::Extents<S>(rows_for(count)) {
    if (static_cast<extent>(count) != this->size()) {
      detail::fail("Tensor: a tensor of %td elements was given %zu; list all of them, the last axis fastest",
                   this->size(), count);
    }
    reserve();
    if (count > 0) {
      __builtin_memcpy(first(), elements, bytes());
    }
  }

  /// Evaluates an expression, or copies a view, of this element type, shape and device.
  template <operand X>
  Tensor(const X& x) // NOLINT(google-explicit-constructor,hicpp-explicit-conversions): evaluated on assignment
      : detail::Extents<S>(rows_of(x)) {
    detail::expect_assign<X, T, S, D>();
    if constexpr (detail::assign_is_right<X, T, S, D>()) {
      reserve();
      if constexpr (S::is_static) {
        detail::write_to<strides>(used(), x);
      } else {
        detail::assign_rows<strides>(first(), x);
      }
    }
  }

  Tensor(const Tensor& other) : detail::Extents<S>(other) {
    other.expect_elements("copy");
    reserve();
    copy_from(other);
  }
  Tensor(Tensor&& other) noexcept
      : detail::Extents<S>(other), block_(static_cast<detail::SharedBlock&&>(other.block_)) {}
  Tensor& operator=(const Tensor& other) {
    if (this != &other) {
      other.expect_elements("copy");
      if (!block_ || this->size() != other.size()) {
        Tensor copy(other);
        static_cast<detail::Extents<S>&>(*this) = static_cast<const detail::Extents<S>&>(other);
        block_ = static_cast<detail::SharedBlock&&>(copy.block_);
      } else {
        static_cast<detail::Extents<S>&>(*this) = static_cast<const detail::Extents<S>&>(other);
        copy_from(other);
      }
    }
    return *this;
  }
  /// Takes the other's storage; where lazy expressions refer to this tensor's, its elements are written into that.
  Tensor& operator=(Tensor&& other) noexcept {
    if (this != &other) {
      const bool in_place = block_.is_shared() && other.block_ && this->size() == other.size();
      static_cast<detail::Extents<S>&>(*this) = static_cast<const detail::Extents<S>&>(other);
      if (in_place) {
        copy_from(other);
        other.block_ = {};
      } else {
        block_ = static_cast<detail::SharedBlock&&>(other.block_);
      }
    }
    return *this;
  }
  ~Tensor() = default;

  /// Evaluates an expression of this element type, shape and device into the tensor; right also where the expression
  /// reads the tensor.
  template <operand X>
    requires(detail::assign_is_right<X, T, S, D>()) // everything else is converted first, where the reasons are given
  Tensor& operator=(const X& x) {
    if constexpr (S::is_static) {
      if (block_) {
        detail::assign_to<strides>(used(), x);
        return *this;
      }
    }
    *this = Tensor(x);
    return *this;
  }
  /// Elements in row-major order. Errors: as the constructor; the tensor is then unchanged.
  Tensor& operator=(std::initializer_list<T> values) {
    *this = Tensor(values);
    return *this;
  }

  /// The first element; null only for a dynamic tensor of no rows. Errors: in debug builds, throws Error after a move.
  [[nodiscard]] CLEAVE_CHECKED T* data() {
    check_use();
    return used();
  }
  [[nodiscard]] CLEAVE_CHECKED const T* data() const {
    check_use();
    return used();
  }
  [[nodiscard]] CLEAVE_CHECKED T* begin() { return data(); }
  [[nodiscard]] CLEAVE_CHECKED T* end() { return data() + this->size(); }
  [[nodiscard]] CLEAVE_CHECKED const T* begin() const { return data(); }
  [[nodiscard]] CLEAVE_CHECKED const T* end() const { return data() + this->size(); }

  /// The element at one index an axis. Errors: in debug builds, throws Error naming axis, index and extent.
  template <class... Index>
  CLEAVE_CHECKED T& operator()(Index... index) {
    static_assert(detail::one_index_an_axis<rank, sizeof...(Index)>, "Tensor: expects one index for each axis");
    static_assert(detail::indices_are_integers<Index...>, "Tensor: an index is an integer, counted from 0");
    return element_at(at(index...));
  }
  template <class... Index>
  CLEAVE_CHECKED const T& operator()(Index... index) const {
    static_assert(detail::one_index_an_axis<rank, sizeof...(Index)>, "Tensor: expects one index for each axis");
    static_assert(detail::indices_are_integers<Index...>, "Tensor: an index is an integer, counted from 0");
    return element_at(at(index...));
  }

  /// Borrows all elements. The view must not outlive the tensor.
  [[nodiscard]] CLEAVE_CHECKED View<T, S, D> view() & { return view_of<T>(data()); }
  [[nodiscard]] CLEAVE_CHECKED View<const T, S, D> view() const& { return view_of<const T>(data()); }
  // The elements of a temporary end with the statement: name the tensor first.
  [[nodiscard]] View<const T, S, D> view() const&& = delete;
  operator View<T, S, D>() & { return view(); } // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
  operator View<const T, S, D>() const& {       // NOLINT(google-explicit-constructor,hicpp-explicit-conversions)
    return view();
  }
  operator View<const T, S, D>() const&& = delete;

  /// Writes one number everywhere. Errors: throws Error where the number does not fit an integer element.
  template <detail::number Number>
  Tensor& fill(Number value) {
    static_assert(detail::number_is_not_cut<T, Number>,
                  "fill: a number with a fraction would be cut to an integer; give an integer");
    if constexpr (detail::number_is_not_cut<T, Number>) {
      const T number = detail::as_element<T>(value);
      for (T& x : *this) {
        x = number;
      }
    }
    return *this;
  }

  /// How an expression holds a tensor: by its counted storage.
  [[nodiscard]] detail::HeldTensor<T, S> held() const {
    expect_elements("read");
    return {block_};
  }

private:
  template <class X>
  static constexpr extent rows_of([[maybe_unused]] const X& x) {
    if constexpr (!S::is_static && detail::assign_is_right<X, T, S, D>()) {
      return x.rows();
    } else {
      return 0;
    }
  }
  static constexpr extent rows_for(std::size_t values) {
    return S::is_static ? extent{0} : static_cast<extent>(values) / (S::rank > 0 ? S::dims.stride(0) : 1);
  }
  template <class... Index>
  [[nodiscard]] CLEAVE_CHECKED extent at(Index... index) const {
    if constexpr (rank == sizeof...(Index) && detail::indices_are_integers<Index...>) {
      return detail::offset_of<S, strides>(this->rows(), index...);
    } else {
      return 0;
    }
  }
  [[nodiscard]] CLEAVE_CHECKED T& element_at(extent offset) const {
    check_use();
    return static_cast<T*>(block_.bytes())[offset];
  }
  template <class U>
  View<U, S, D> view_of(U* data) const {
    if constexpr (S::is_static) {
      return View<U, S, D>(data);
    } else {
      return View<U, S, D>(data, this->rows());
    }
  }
  [[nodiscard]] T* first() const { return static_cast<T*>(block_.data()); }
  /// The first element of a tensor that was not moved from: one of static shape always has some.
  [[nodiscard]] T* used() const {
    if constexpr (S::is_static) {
      return static_cast<T*>(block_.bytes());
    } else {
      return first();
    }
  }
  [[nodiscard]] std::size_t bytes() const { return static_cast<std::size_t>(this->size()) * sizeof(T); }
  void reserve() {
    if constexpr (!S::is_static) {
      constexpr extent row_bytes = S::dims.stride(0) * static_cast<extent>(sizeof(T));
      if (this->rows() < 0 || this->rows() > static_cast<extent>(static_cast<std::size_t>(-1) / 4) / row_bytes) {
        detail::fail("Tensor: %td rows of %td bytes were wanted; expects at least 0, and what memory can hold",
                     this->rows(), row_bytes);
      }
      if (this->rows() == 0) {
        return;
      }
    }
    block_ = detail::SharedBlock(bytes());
  }
  void clear() { detail::clear_bytes(block_.data(), bytes()); }
  void copy_from(const Tensor& other) {
    if (this->size() > 0) {
      __builtin_memcpy(first(), other.first(), bytes());
    }
  }
  void expect_elements(const char* what) const {
    if (!block_ && this->size() > 0) {
      detail::fail("Tensor: cannot %s a tensor that was moved from; assign to it first", what);
    }
  }
  CLEAVE_CHECKED void check_use() const {
#if CLEAVE_HAS_CHECKS()
    expect_elements("use");
#endif
  }

  detail::SharedBlock block_;
};

template <operand X>
Tensor(const X&) -> Tensor<typename X::element, typename X::shape, typename X::device>;

namespace detail {
template <class X>
inline constexpr bool is_tensor = false;
template <class T, class S, class D>
inline constexpr bool is_tensor<Tensor<T, S, D>> = true;
} // namespace detail

/// The elements of an expression (or a copy of a view) as a tensor of its element type, shape and device.
template <operand X>
[[nodiscard]] auto to_tensor(const X& x) {
  return Tensor<typename X::element, typename X::shape, typename X::device>(x);
}

} // namespace cleave
