// SPDX-License-Identifier: Apache-2.0
// Comparisons and logic: 1 or 0 of the operands' element type, so that results are operands again. Nothing flows back
// through them: their derivative is 0 wherever it exists. Comparisons with NaN are false, but for not_equal.
#pragma once

#include <cleave/base/math.hpp>
#include <cleave/ops/elementwise_op.hpp>

namespace cleave {

/// 1 where a equals b, else 0; no derivative
struct Equal : ElementwiseOp {
  static constexpr FixedString name = "equal";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a == b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto equal(const A& a, const B& b) {
  return apply<Equal>(a, b);
}

/// 1 where a differs from b, else 0; no derivative
struct NotEqual : ElementwiseOp {
  static constexpr FixedString name = "not_equal";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a != b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto not_equal(const A& a, const B& b) {
  return apply<NotEqual>(a, b);
}

/// 1 where a is less than b, else 0; no derivative
struct Less : ElementwiseOp {
  static constexpr FixedString name = "less";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a < b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto less(const A& a, const B& b) {
  return apply<Less>(a, b);
}

/// 1 where a is at most b, else 0; no derivative
struct LessEqual : ElementwiseOp {
  static constexpr FixedString name = "less_equal";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a <= b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto less_equal(const A& a, const B& b) {
  return apply<LessEqual>(a, b);
}

/// 1 where a is greater than b, else 0; no derivative
struct Greater : ElementwiseOp {
  static constexpr FixedString name = "greater";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a > b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto greater(const A& a, const B& b) {
  return apply<Greater>(a, b);
}

/// 1 where a is at least b, else 0; no derivative
struct GreaterEqual : ElementwiseOp {
  static constexpr FixedString name = "greater_equal";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a >= b ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto greater_equal(const A& a, const B& b) {
  return apply<GreaterEqual>(a, b);
}

/// 1 where both are not 0, else 0; no derivative
struct LogicalAnd : ElementwiseOp {
  static constexpr FixedString name = "logical_and";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a != 0 && b != 0 ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto logical_and(const A& a, const B& b) {
  return apply<LogicalAnd>(a, b);
}

/// 1 where one of them is not 0, else 0; no derivative
struct LogicalOr : ElementwiseOp {
  static constexpr FixedString name = "logical_or";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a != 0 || b != 0 ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto logical_or(const A& a, const B& b) {
  return apply<LogicalOr>(a, b);
}

/// 1 where exactly one of them is not 0, else 0; no derivative
struct LogicalXor : ElementwiseOp {
  static constexpr FixedString name = "logical_xor";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return (a != 0) != (b != 0) ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto logical_xor(const A& a, const B& b) {
  return apply<LogicalXor>(a, b);
}

/// 1 where x is 0, else 0; no derivative
struct LogicalNot : ElementwiseOp {
  static constexpr FixedString name = "logical_not";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x == 0 ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto logical_not(const X& x) {
  return apply<LogicalNot>(x);
}

/// 1 where x is not a number, else 0; no derivative
struct IsNan : ElementwiseOp {
  static constexpr FixedString name = "is_nan";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x == x ? T(0) : T(1); // NOLINT(misc-redundant-expression): only NaN differs from itself
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto is_nan(const X& x) {
  return apply<IsNan>(x);
}

/// 1 where x is neither infinite nor NaN, else 0; no derivative
struct IsFinite : ElementwiseOp {
  static constexpr FixedString name = "is_finite";
  static constexpr bool takes_integers = true;
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return math::is_finite(x) ? T(1) : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto is_finite(const X& x) {
  return apply<IsFinite>(x);
}

} // namespace cleave

CLEAVE_OP(cleave::Equal)
CLEAVE_OP(cleave::NotEqual)
CLEAVE_OP(cleave::Less)
CLEAVE_OP(cleave::LessEqual)
CLEAVE_OP(cleave::Greater)
CLEAVE_OP(cleave::GreaterEqual)
CLEAVE_OP(cleave::LogicalAnd)
CLEAVE_OP(cleave::LogicalOr)
CLEAVE_OP(cleave::LogicalXor)
CLEAVE_OP(cleave::LogicalNot)
CLEAVE_OP(cleave::IsNan)
CLEAVE_OP(cleave::IsFinite)
