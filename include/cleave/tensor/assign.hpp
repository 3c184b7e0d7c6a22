// SPDX-License-Identifier: Apache-2.0
// Running an expression: its loops and how each leaf is read are decided here, while compiling.
#pragma once

#include <cleave/tensor/apply.hpp>
#include <cleave/tensor/view.hpp>

#include <cstdint>

namespace cleave {
namespace detail {

/// The merged loops over a result of shape S at strides St whose leaves are H..., and the mode of each leaf in the
/// innermost of them. The only place where this is decided.
template <class S, class St, class... H>
struct Loops {
  static constexpr LoopNest make() {
    LoopNest all;
    all.loops = S::rank;
    for (int i = 0; i < S::rank; ++i) {
      all.extents[i] = S::dims.extents[i];
      all.out_strides[i] = St::values[i];
    }
    const Dims* const dims[] = {&H::shape::dims...};
    const extent* const strides[] = {H::strides::values...};
    for (std::size_t k = 0; k < sizeof...(H); ++k) {
      for (int i = 0; i < S::rank; ++i) {
        const int axis = dims[k]->index_of(S::dims.letters[i]);
        all.leaf_strides[k][i] = axis < 0 ? 0 : strides[k][axis];
      }
    }
    return merge_loops(all, sizeof...(H));
  }
  static constexpr LoopNest nest = make();

  static constexpr int mode(int leaf, bool is_number) {
    if (is_number) {
      return leaf_number;
    }
    if (nest.loops == 0) {
      return leaf_unit; // a single element: any mode reads it, this one is instantiated most often
    }
    const extent stride = nest.leaf_strides[leaf][nest.loops - 1];
    if (stride == 0) {
      return leaf_repeat;
    }
    return stride == 1 ? leaf_unit : leaf_stride;
  }
  template <int... At>
  static auto modes_of(std::integer_sequence<int, At...>) -> Leaves<mode(At, H::is_number)...>;
  using modes = decltype(modes_of(std::make_integer_sequence<int, sizeof...(H)>{}));
};

template <class St, class T, class S, class D, class... H, class... Statements, int... At>
void run_expression(T* out, const Expression<T, S, D, HeldLeaves<H...>, Statements...>& x,
                    std::integer_sequence<int, At...> /*leaves*/) {
  using Run = Loops<S, St, H...>;
  const T* const leaves[] = {leaf_at<At>(x.leaves()).data()...};
  const T numbers[] = {leaf_at<At>(x.leaves()).number()...};
  RunFused<Fused<T, typename Run::modes, Statements...>>::run(out, leaves, numbers, Run::nest);
}

/// Writes the elements of `x` at strides St from `out` on. What `x` reads of them, it reads element for element.
template <class St, class X>
void write_to(typename X::element* out, const X& x) {
  const auto& expression = as_expression<typename X::element, typename X::device>(x);
  run_expression<St>(out, expression,
                     std::make_integer_sequence<int, std::remove_cvref_t<decltype(expression)>::leaf_count>{});
}

/// Bytes from the first to behind the last element.
struct ByteRange {
  std::uintptr_t begin;
  std::uintptr_t end;
};
inline ByteRange byte_range(const void* data, const Dims& dims, const extent* strides, std::size_t element) {
  extent low = 0;
  extent high = 1;
  for (int i = 0; i < dims.rank; ++i) {
    const extent reach = (dims.extents[i] - 1) * strides[i];
    (reach < 0 ? low : high) += reach;
  }
  const auto size = static_cast<extent>(element);
  const auto at = reinterpret_cast<std::uintptr_t>(data);
  return {at + static_cast<std::uintptr_t>(low * size), at + static_cast<std::uintptr_t>(high * size)};
}

constexpr bool walk_alike(const Dims& a, const extent* a_strides, const Dims& b, const extent* b_strides) {
  bool alike = a == b;
  for (int i = 0; i < a.rank && alike; ++i) {
    alike = a.extents[i] == 1 || a_strides[i] == b_strides[i];
  }
  return alike;
}

/// Whether a leaf reads elements of the destination other than the one being written.
template <class S, class St, class T, class H>
bool is_disturbed(const T* out, const H& leaf) {
  if constexpr (H::is_number) {
    return false;
  } else {
    using L = typename H::shape;
    if (leaf.data() == out && walk_alike(S::dims, St::values, L::dims, H::strides::values)) {
      return false;
    }
    const ByteRange written = byte_range(out, S::dims, St::values, sizeof(T));
    const ByteRange read = byte_range(leaf.data(), L::dims, H::strides::values, sizeof(T));
    return written.begin < read.end && read.begin < written.end;
  }
}

template <class St, class T, class S, class D, class... H, class... Statements, int... At>
bool any_disturbed(const T* out, const Expression<T, S, D, HeldLeaves<H...>, Statements...>& x,
                   std::integer_sequence<int, At...> /*leaves*/) {
  return (is_disturbed<S, St>(out, leaf_at<At>(x.leaves())) || ...);
}

/// Writes the elements of `x` at strides St from `out` on, whatever `x` reads: by way of memory of its own where
/// needed. Errors: throws Error when there is none.
template <class St, class X>
void assign_to(typename X::element* out, const X& x) {
  using T = typename X::element;
  using S = typename X::shape;
  const auto& expression = as_expression<T, typename X::device>(x);
  using E = std::remove_cvref_t<decltype(expression)>;
  if (any_disturbed<St>(out, expression, std::make_integer_sequence<int, E::leaf_count>{})) {
    const Arena aside(static_cast<std::size_t>(S::size) * sizeof(T), uninitialized);
    T* const values = reinterpret_cast<T*>(aside.data());
    write_to<row_major_t<S>>(values, expression);
    write_to<St>(out, View<const T, S>(values));
  } else {
    write_to<St>(out, expression);
  }
}

/// What keeps a value from becoming the elements of something with element type T and shape S on device D.
enum class AssignMisuse : unsigned char { none, known_before, partial, symbol, device, element, shape, dynamic_extent };

template <class X, class T, class S, class D>
constexpr AssignMisuse judge_assignment() {
  using Facts = facts<X>;
  if (refused_operand<X>) {
    return AssignMisuse::known_before;
  }
  if (partial_operand<X>) {
    return AssignMisuse::partial;
  }
  if (!eager_operand<X>) {
    return AssignMisuse::symbol;
  }
  if (!std::is_same_v<typename Facts::device, D>) {
    return AssignMisuse::device;
  }
  if (!std::is_same_v<typename Facts::element, T>) {
    return AssignMisuse::element;
  }
  if (!std::is_same_v<typename Facts::shape, S>) {
    return AssignMisuse::shape;
  }
  return S::is_static ? AssignMisuse::none : AssignMisuse::dynamic_extent;
}

template <class X, class T, class S, class D>
inline constexpr AssignMisuse assign_misuse = judge_assignment<X, T, S, D>();
template <class X, class T, class S, class D>
inline constexpr bool is_assignable = assign_misuse<X, T, S, D> == AssignMisuse::none;

#define CLEAVE_SAYS_PARTIAL "assignment: the value " CLEAVE_IS_PARTIAL
#define CLEAVE_SAYS_SYMBOL "assignment: a symbol of a model has no elements; run the model in an executor or a group"
#define CLEAVE_SAYS_DEVICE "assignment: the value is on another device; bring it to this one with copy_to"
#define CLEAVE_SAYS_ELEMENT "assignment: the value has another element type; convert it with cast"
#define CLEAVE_SAYS_SHAPE "assignment: the value's shape must be the destination's"
#define CLEAVE_SAYS_DYNAMIC "assignment: an extent is dynamic; take a part of static size with slice first"

/// Refuses, in words, what judge_assignment does.
// clang-format off: attributes of one function, one a line
template <class X, class T, class S, class D>
CLEAVE_REFUSES_IF(CLEAVE_SAYS_PARTIAL, assign_misuse<X, T, S, D> == AssignMisuse::partial)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_SYMBOL, assign_misuse<X, T, S, D> == AssignMisuse::symbol)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_DEVICE, assign_misuse<X, T, S, D> == AssignMisuse::device)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_ELEMENT, assign_misuse<X, T, S, D> == AssignMisuse::element)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_SHAPE, assign_misuse<X, T, S, D> == AssignMisuse::shape)
CLEAVE_REFUSES_IF(CLEAVE_SAYS_DYNAMIC, assign_misuse<X, T, S, D> == AssignMisuse::dynamic_extent)
constexpr void expect_assignable() {
  // clang-format on
  using Name [[maybe_unused]] = spelled<"assign">;
  using Facts [[maybe_unused]] = facts<X>;
  constexpr AssignMisuse misuse = assign_misuse<X, T, S, D>;
  if constexpr (misuse == AssignMisuse::partial) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_PARTIAL, no_operand_is_partial<Name, X>);
  } else if constexpr (misuse == AssignMisuse::symbol) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_SYMBOL, has_elements<Name, X>);
  } else if constexpr (misuse == AssignMisuse::device) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_DEVICE, devices_are_equal<Name, D, typename Facts::device>);
  } else if constexpr (misuse == AssignMisuse::element) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_ELEMENT, element_types_are_equal<Name, T, typename Facts::element>);
  } else if constexpr (misuse == AssignMisuse::shape) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_SHAPE, shapes_are_equal<Name, S, typename Facts::shape>);
  } else if constexpr (misuse == AssignMisuse::dynamic_extent) {
    CLEAVE_EXPECTS(CLEAVE_SAYS_DYNAMIC, shape_is_static<Name, S>);
  }
}

#undef CLEAVE_SAYS_PARTIAL
#undef CLEAVE_SAYS_SYMBOL
#undef CLEAVE_SAYS_DEVICE
#undef CLEAVE_SAYS_ELEMENT
#undef CLEAVE_SAYS_SHAPE
#undef CLEAVE_SAYS_DYNAMIC

} // namespace detail

template <class T, class S, class D, class St>
template <operand X>
const View<T, S, D, St>& View<T, S, D, St>::assign(const X& x) const {
  static_assert(!std::is_const_v<T>, "assign: this view only reads; take it from a tensor that is not const");
  detail::expect_assignable<X, element, S, D>();
  if constexpr (!std::is_const_v<T> && detail::is_assignable<X, element, S, D>) {
    detail::assign_to<St>(data_, x);
  }
  return *this;
}

template <class T, class S, class D, class St>
const View<T, S, D, St>& View<T, S, D, St>::fill(element value) const {
  static_assert(!std::is_const_v<T>, "fill: this view only reads; take it from a tensor that is not const");
  static_assert(S::is_static, "fill: expects a view whose extents are all static");
  if constexpr (!std::is_const_v<T> && S::is_static) {
    using Number = detail::HeldNumber<element>;
    using E = Expression<element, S, D, detail::HeldLeaves<Number>>;
    detail::write_to<St>(data_, E(detail::HeldLeaves<Number>{{{Number{value}}}}));
  }
  return *this;
}

} // namespace cleave
