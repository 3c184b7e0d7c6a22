// SPDX-License-Identifier: Apache-2.0
// Running an expression: its loops and how each leaf is read are decided here, while compiling.
#pragma once

#include <cleave/tensor/apply.hpp>

#include <cleave/device/copy.hpp>
#include <cleave/shape/overlap.hpp>
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
    // NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult): it cannot read a class template's constants
    const extent reach = (dims.extents[i] - 1) * strides[i];
    (reach < 0 ? low : high) += reach;
  }
  const auto size = static_cast<extent>(element);
  const auto at = reinterpret_cast<std::uintptr_t>(data);
  return {at + static_cast<std::uintptr_t>(low * size), at + static_cast<std::uintptr_t>(high * size)};
}
constexpr bool ranges_meet(const ByteRange& a, const ByteRange& b) { return a.begin < b.end && b.begin < a.end; }

/// How leaf H is read while elements of shape S at strides St are written that are part of a whole of shape WholeS. All
/// but the distance is known while compiling.
template <class S, class St, class WholeS, class WholeSt, class H>
struct Reading {
  static constexpr Strided written = strided_of<S, St>();
  static constexpr Strided read = strided_of<typename H::shape, typename H::strides>();
  static constexpr bool alike = walk_alike(written, read);
  static constexpr Meeting meeting = meeting_of(strided_of<WholeS, WholeSt>(), read);
};

/// Whether a leaf reads elements of the whole, other than the one being written in the part that begins at `out`.
template <class S, class St, class WholeS, class WholeSt, class T, class H>
bool is_disturbed(const T* out, const T* whole, const H& leaf) {
  if constexpr (H::is_number) {
    return false;
  } else {
    using Read = Reading<S, St, WholeS, WholeSt, H>;
    if (Read::alike && leaf.data() == out) {
      return false;
    }
    if (!ranges_meet(byte_range(whole, WholeS::dims, WholeSt::values, sizeof(T)),
                     byte_range(leaf.data(), H::shape::dims, H::strides::values, sizeof(T)))) {
      return false;
    }
    constexpr auto size = static_cast<extent>(sizeof(T));
    const auto bytes =
        static_cast<extent>(reinterpret_cast<std::uintptr_t>(leaf.data()) - reinterpret_cast<std::uintptr_t>(whole));
    return bytes % size != 0 || grids_meet(Read::meeting, bytes / size);
  }
}

template <class St, class WholeS, class WholeSt, class T, class S, class D, class... H, class... Statements, int... At>
bool any_disturbed(const T* out, const T* whole, const Expression<T, S, D, HeldLeaves<H...>, Statements...>& x,
                   std::integer_sequence<int, At...> /*leaves*/) {
  return (is_disturbed<S, St, WholeS, WholeSt>(out, whole, leaf_at<At>(x.leaves())) || ...);
}

/// Whether `x` must be evaluated aside before it is written at strides St from `out` on, which is part of a whole.
template <class St, class WholeS, class WholeSt, class X>
bool reads_ahead(const typename X::element* out, const typename X::element* whole, const X& x) {
  const auto& expression = as_expression<typename X::element, typename X::device>(x);
  using E = std::remove_cvref_t<decltype(expression)>;
  return any_disturbed<St, WholeS, WholeSt>(out, whole, expression, std::make_integer_sequence<int, E::leaf_count>{});
}

/// Writes the elements of `x` at strides St from `out` on, whatever `x` reads: by way of memory of its own where
/// needed. Errors: throws Error when there is none.
template <class St, class X>
void assign_to(typename X::element* out, const X& x) {
  using T = typename X::element;
  using S = typename X::shape;
  if (reads_ahead<St, S, St>(out, out, x)) {
    const Arena aside(static_cast<std::size_t>(S::size) * sizeof(T), uninitialized);
    T* const values = reinterpret_cast<T*>(aside.data());
    write_to<row_major_t<S>>(values, x);
    write_to<St>(out, View<const T, S>(values));
  } else {
    write_to<St>(out, x);
  }
}

/// Copies the rows of a tensor or view with a dynamic leading extent, by way of memory of its own where they overlap.
template <class St, class T, class X>
void assign_rows(T* out, const X& x) {
  Dims dims = X::dims;
  dims.extents[0] = x.rows();
  if (dims.extents[0] == 0) {
    return;
  }
  const T* const from = x.data();
  if (out == from && is_contiguous<typename X::shape, St> && is_contiguous<typename X::shape, typename X::strides>) {
    return;
  }
  if (!ranges_meet(byte_range(out, dims, St::values, sizeof(T)),
                   byte_range(from, dims, X::strides::values, sizeof(T)))) {
    copy_strided(out, X::dtype, St::values, from, X::dtype, X::strides::values, dims);
    return;
  }
  using Aside = row_major_t<typename X::shape>;
  const Arena aside(static_cast<std::size_t>(x.size()) * sizeof(T), uninitialized);
  copy_strided(aside.data(), X::dtype, Aside::values, from, X::dtype, X::strides::values, dims);
  copy_strided(out, X::dtype, St::values, aside.data(), X::dtype, Aside::values, dims);
}

// Named rules for messages; `Op` is a text.
template <class Op, class X, class S>
concept extents_are_known = S::is_static || requires { typename X::strides; }; // a tensor or view knows its rows

/// What a value needs to become the elements of something with element type T and shape S on device D.
#define CLEAVE_RULES(RULE)                                                                                             \
  RULE("assignment: the value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, X>)                                     \
  RULE("assignment: a symbol of a model has no elements; run the model in an executor or a group",                     \
       has_elements<void, X>)                                                                                          \
  RULE("assignment: the value is on another device; bring it to this one with copy_to",                                \
       devices_are_equal<void, D, typename Facts::device>)                                                             \
  RULE("assignment: the value has another element type; convert it with cast",                                         \
       element_types_are_equal<void, T, typename Facts::element>)                                                      \
  RULE("assignment: the value's shape must be the destination's", shapes_are_equal<void, S, typename Facts::shape>)    \
  RULE("assignment: an extent is dynamic; take a part of static size with slice first", extents_are_known<void, X, S>)
CLEAVE_JUDGE(assign, CLEAVE_RULES, class X, class T, class S, class D, class Facts = facts<X>,
             bool Known = refused_operand<X>)
#undef CLEAVE_RULES

} // namespace detail

template <class T, class S, class D, class St>
template <operand X>
// NOLINTNEXTLINE(modernize-use-nodiscard): it writes the elements
const View<T, S, D, St>& View<T, S, D, St>::assign(const X& x) const {
  static_assert(!std::is_const_v<T>, "assign: this view only reads; take it from a tensor that is not const");
  static_assert(std::is_const_v<T> || detail::no_element_twice<S, St>,
                "assign: this view repeats elements along an axis (its stride is 0); write to what it repeats");
  detail::expect_assign<X, element, S, D>();
  if constexpr (!std::is_const_v<T> && detail::no_element_twice<S, St> && detail::assign_is_right<X, element, S, D>()) {
    if constexpr (S::is_static) {
      detail::assign_to<St>(data_, x);
    } else {
      if (x.rows() != this->rows()) {
        detail::fail("assign: the view has %td rows along axis %c, but was given %td", this->rows(), S::dims.letters[0],
                     x.rows());
      }
      detail::assign_rows<St>(data_, x);
    }
  }
  return *this;
}

template <class T, class S, class D, class St>
template <detail::number Number>
// NOLINTNEXTLINE(modernize-use-nodiscard): it writes the elements
const View<T, S, D, St>& View<T, S, D, St>::fill(Number value) const {
  static_assert(!std::is_const_v<T>, "fill: this view only reads; take it from a tensor that is not const");
  static_assert(S::is_static, "fill: expects a view whose extents are all static");
  static_assert(detail::number_is_not_cut<element, Number>,
                "fill: a number with a fraction would be cut to an integer; give an integer");
  if constexpr (!std::is_const_v<T> && S::is_static && detail::number_is_not_cut<element, Number>) {
    using Held = detail::HeldLeaves<detail::HeldNumber<element>>;
    detail::write_to<St>(data_, Expression<element, S, D, Held>(Held{{{{detail::as_element<element>(value)}}}}));
  }
  return *this;
}

/// Whether assigning `x` to the tensor or view `to` goes by way of a temporary, because `x` reads elements of `to`
/// other than the one being written. The answer is exact for parts of one tensor, also where they interleave.
template <operand To, operand X>
  requires requires { typename To::strides; }
[[nodiscard]] bool needs_temporary(const To& to, const X& x) {
  detail::expect_assign<X, typename To::element, typename To::shape, typename To::device>();
  if constexpr (detail::assign_is_right<X, typename To::element, typename To::shape, typename To::device>()) {
    static_assert(To::shape::is_static, "needs_temporary: expects extents that are all static");
    return detail::reads_ahead<typename To::strides, typename To::shape, typename To::strides>(to.data(), to.data(), x);
  } else {
    return false;
  }
}

} // namespace cleave
