// SPDX-License-Identifier: Apache-2.0
// Comparing whole tensors: one answer. (Comparing element by element has functions of its own: `==` is not one.)
#pragma once

#include <cleave/tensor/look.hpp>

namespace cleave {
namespace detail {

/// Elements anywhere in memory.
struct Elements {
  const void* data;
  const extent* strides;
};

/// Whether all elements of two arrays are equal; NaN equals nothing. Compiled in cleave::kernels.
bool elements_equal(DType type, const Dims& dims, Elements a, Elements b);
/// Whether |a - b| <= absolute + relative |b| for all elements. Compiled in cleave::kernels.
bool elements_close(DType type, const Dims& dims, Elements a, Elements b, double relative, double absolute);

// Expects the names A and B.
#define CLEAVE_RULES_OF_COMPARISON(RULE, op)                                                                           \
  RULE(op ": a value " CLEAVE_IS_PARTIAL, no_operand_is_partial<void, A, B>)                                           \
  RULE(op ": the values are on different devices; bring one to the other's device with copy_to",                       \
       devices_are_equal<void, typename A::device, typename B::device>)                                                \
  RULE(op ": the values have different element types; convert one with cast",                                          \
       element_types_are_equal<void, typename A::element, typename B::element>)                                        \
  RULE(op ": the values must have the same shape, axis by axis",                                                       \
       shapes_are_equal<void, typename A::shape, typename B::shape>)

#define CLEAVE_RULES(RULE) CLEAVE_RULES_OF_COMPARISON(RULE, "==")
CLEAVE_JUDGE(equal, CLEAVE_RULES, class A, class B, bool Known = refused_operand<A> || refused_operand<B>)
#undef CLEAVE_RULES
#define CLEAVE_RULES(RULE) CLEAVE_RULES_OF_COMPARISON(RULE, "all_close")
CLEAVE_JUDGE(all_close, CLEAVE_RULES, class A, class B, bool Known = refused_operand<A> || refused_operand<B>)
#undef CLEAVE_RULES

/// Calls f(dims, elements of a, elements of b), with expressions evaluated; false where their rows differ in number.
template <class A, class B, class F>
bool with_elements(const A& a, const B& b, F f) {
  if constexpr (!has_memory<void, A>) {
    return with_elements(to_tensor(a), b, f);
  } else if constexpr (!has_memory<void, B>) {
    return with_elements(a, to_tensor(b), f);
  } else {
    const auto held_a = a.held(); // refuses what was moved from
    const auto held_b = b.held();
    return a.rows() == b.rows() && f(dims_while_running(a), Elements{held_a.data(), A::strides::values},
                                     Elements{held_b.data(), B::strides::values});
  }
}

} // namespace detail

/// Whether all elements of two tensors, views or expressions are equal; NaN is equal to nothing. Dynamic tensors of
/// another number of rows are unequal. Errors while compiling: other shapes, element types or devices.
template <operand A, operand B>
  requires(!detail::symbol_operand<A> && !detail::symbol_operand<B>)
[[nodiscard]] bool operator==(const A& a, const B& b) {
  detail::expect_equal<A, B>();
  if constexpr (detail::equal_is_right<A, B>()) {
    return detail::with_elements(a, b, [](const Dims& dims, detail::Elements x, detail::Elements y) {
      return detail::elements_equal(A::dtype, dims, x, y);
    });
  } else {
    return false;
  }
}

/// Whether |a - b| <= absolute + relative |b| for all elements (numpy's definition, which is not symmetric). Equal
/// infinities are close, NaN is close to nothing; integers are subtracted exactly. Errors as for `==`.
template <operand A, operand B>
  requires(!detail::symbol_operand<A> && !detail::symbol_operand<B>)
[[nodiscard]] bool all_close(const A& a, const B& b, double relative = 1e-5, double absolute = 1e-8) {
  detail::expect_all_close<A, B>();
  if constexpr (detail::all_close_is_right<A, B>()) {
    return detail::with_elements(a, b, [=](const Dims& dims, detail::Elements x, detail::Elements y) {
      return detail::elements_close(A::dtype, dims, x, y, relative, absolute);
    });
  } else {
    return false;
  }
}

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(tensor, compare)
#endif
