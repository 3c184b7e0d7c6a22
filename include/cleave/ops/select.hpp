// SPDX-License-Identifier: Apache-2.0
// Choosing between values, element by element.
#pragma once

#include <cleave/ops/arithmetic.hpp>
#include <cleave/ops/compare.hpp>

namespace cleave {

/// x where open is not 0, else 0 (also where x is infinite or NaN): what derivatives of selections are made of
struct Gate : ElementwiseOp {
  static constexpr FixedString name = "gate";
  static constexpr Linearity linearity = Linearity::last;
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T open, T x) {
    return open != 0 ? x : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {Value{}, Value::apply<Gate>(at.x(0), at.dy)}; }
};

/// a where condition is not 0, else b; nothing flows to the condition
struct Where : ElementwiseOp {
  static constexpr FixedString name = "where";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T condition, T a, T b) {
    return condition != 0 ? a : b;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value open = at.x(0);
    return {Value{}, Value::apply<Gate>(open, at.dy), Value::apply<Gate>(logical_not(open), at.dy)};
  }
  // For one condition on all devices it is linear in a and b together.
  static constexpr Placed place(const PlaceRequest& at) {
    const bool addends = at.operand(1) == Placement::partial && at.operand(2) == Placement::partial;
    return addends && at.operand(0) == Placement::replicated ? Placed{Placement::partial, Rule::none}
                                                             : detail::place_elementwise(at);
  }
};
template <class A, class B, class C>
  requires(operand<A> || operand<B> || operand<C>)
constexpr auto where(const A& condition, const B& a, const C& b) {
  return apply<Where>(condition, a, b);
}

/// the larger of a and b, NaN where one is NaN; where they are equal the whole cotangent goes to a, as in MXNet
struct Maximum : ElementwiseOp {
  static constexpr FixedString name = "maximum";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a >= b || a != a ? a : b; // NOLINT(misc-redundant-expression): only NaN differs from itself
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {Value::apply<Gate>(greater_equal(at.x(0), at.x(1)), at.dy),
            Value::apply<Gate>(less(at.x(0), at.x(1)), at.dy)};
  }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto maximum(const A& a, const B& b) {
  return apply<Maximum>(a, b);
}

/// the smaller of a and b, NaN where one is NaN; where they are equal the whole cotangent goes to a, as in MXNet
struct Minimum : ElementwiseOp {
  static constexpr FixedString name = "minimum";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a <= b || a != a ? a : b; // NOLINT(misc-redundant-expression): only NaN differs from itself
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    return {Value::apply<Gate>(less_equal(at.x(0), at.x(1)), at.dy),
            Value::apply<Gate>(greater(at.x(0), at.x(1)), at.dy)};
  }
};
template <class A, class B>
  requires(operand<A> || operand<B>)
constexpr auto minimum(const A& a, const B& b) {
  return apply<Minimum>(a, b);
}

/// x within [low, high], NaN stays NaN; on a bound the cotangent goes to x. Where low > high: low or high, by which
/// side x is on
struct Clip : ElementwiseOp {
  static constexpr FixedString name = "clip";
  static constexpr bool takes_integers = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x, T low, T high) {
    if (x < low) {
      return low;
    }
    return x > high ? high : x;
  }
  static constexpr Cotangents vjp(const Vjp& at) {
    const Value below = less(at.x(0), at.x(1));
    const Value above = greater(at.x(0), at.x(2)) * logical_not(below);
    return {Value::apply<Gate>(logical_not(below + above), at.dy), Value::apply<Gate>(below, at.dy),
            Value::apply<Gate>(above, at.dy)};
  }
};
template <class X, class Low, class High>
  requires(operand<X> || operand<Low> || operand<High>)
constexpr auto clip(const X& x, const Low& low, const High& high) {
  return apply<Clip>(x, low, high);
}

} // namespace cleave

CLEAVE_OP(cleave::Gate)
CLEAVE_OP(cleave::Where)
CLEAVE_OP(cleave::Maximum)
CLEAVE_OP(cleave::Minimum)
CLEAVE_OP(cleave::Clip)
