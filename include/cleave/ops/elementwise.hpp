// SPDX-License-Identifier: Apache-2.0
// Elementwise operations: one struct an operation with its value, its derivative and the function users call. The
// functions take tensors, views, expressions and model symbols alike. `dy` is the cotangent of the result `y`.
#pragma once

#include <cleave/base/math.hpp>
#include <cleave/ops/elementwise_op.hpp>

namespace cleave {

/// -x
struct Negate : ElementwiseOp {
  static constexpr FixedString name = "negate";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.involution = true, .negates = true, .folds = true};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return -x;
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a + b
struct Add : ElementwiseOp {
  static constexpr FixedString name = "add";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.commutative = true, .folds = true, .left = 0, .right = 0};
  static constexpr const OpRule* with_negated_right();
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a + b;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy, at.dy}; }
};

/// a - b
struct Subtract : ElementwiseOp {
  static constexpr FixedString name = "sub";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr Algebra algebra{.folds = true, .right = 0};
  static constexpr const OpRule* with_negated_right();
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a - b;
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a * b, element by element
struct Multiply : ElementwiseOp {
  static constexpr FixedString name = "mul";
  static constexpr Linearity linearity = Linearity::each;
  static constexpr Algebra algebra{.commutative = true, .odd_in_each = true, .folds = true, .left = 1, .right = 1};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a * b;
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

/// a / b, element by element
struct Divide : ElementwiseOp {
  static constexpr FixedString name = "div";
  static constexpr Linearity linearity = Linearity::first;
  static constexpr Algebra algebra{.odd_in_each = true, .folds = true, .right = 1};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a / b;
  }
  static constexpr Cotangents vjp(const Vjp& at);
};

// clang-format off
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator+(const A& a, const B& b) { return apply<Add>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator-(const A& a, const B& b) { return apply<Subtract>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator*(const A& a, const B& b) { return apply<Multiply>(a, b); }
template <class A, class B> requires (operand<A> || operand<B>)
constexpr auto operator/(const A& a, const B& b) { return apply<Divide>(a, b); }
template <operand X>
constexpr auto operator-(const X& x) { return apply<Negate>(x); }
// clang-format on

constexpr const OpRule* Add::with_negated_right() { return &rule<Subtract>; }
constexpr const OpRule* Subtract::with_negated_right() { return &rule<Add>; }

constexpr Cotangents Negate::vjp(const Vjp& at) { return {-at.dy}; }
constexpr Cotangents Subtract::vjp(const Vjp& at) { return {at.dy, -at.dy}; }
constexpr Cotangents Multiply::vjp(const Vjp& at) { return {at.dy * at.x(1), at.dy * at.x(0)}; }
constexpr Cotangents Divide::vjp(const Vjp& at) { return {at.dy / at.x(1), -(at.dy * at.y / at.x(1))}; }

/// dy where y > 0, else 0: what relu lets through
struct ReluGradient : ElementwiseOp {
  static constexpr FixedString name = "relu_gradient";
  static constexpr Linearity linearity = Linearity::last;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T y, T dy) {
    return y > 0 ? dy : T(0);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {Value{}, Value::apply<ReluGradient>(at.x(0), at.dy)}; }
};

/// max(x, 0); the derivative at 0 is 0, NaN stays NaN
struct Relu : ElementwiseOp {
  static constexpr FixedString name = "relu";
  static constexpr Algebra algebra{.idempotent = true, .folds = true};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x < 0 ? T(0) : x;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {Value::apply<ReluGradient>(at.y, at.dy)}; }
};
template <operand X>
constexpr auto relu(const X& x) {
  return apply<Relu>(x);
}

/// tanh(x); y' = 1 - y^2
struct Tanh : ElementwiseOp {
  static constexpr FixedString name = "tanh";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::tanh(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * (1 - at.y * at.y)}; }
};
template <operand X>
constexpr auto tanh(const X& x) {
  return apply<Tanh>(x);
}

/// 1 / (1 + exp(-x)); y' = y (1 - y)
struct Sigmoid : ElementwiseOp {
  static constexpr FixedString name = "sigmoid";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::sigmoid(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * at.y * (1 - at.y)}; }
};
template <operand X>
constexpr auto sigmoid(const X& x) {
  return apply<Sigmoid>(x);
}

/// e^x
struct Exp : ElementwiseOp {
  static constexpr FixedString name = "exp";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::exp(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy * at.y}; }
};
template <operand X>
constexpr auto exp(const X& x) {
  return apply<Exp>(x);
}

/// natural logarithm
struct Log : ElementwiseOp {
  static constexpr FixedString name = "log";
  static constexpr double flops = 10;
  template <class T>
  CLEAVE_HOST_DEVICE static T apply(T x) {
    return math::log(x);
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy / at.x(0)}; }
};
template <operand X>
constexpr auto log(const X& x) {
  return apply<Log>(x);
}

/// x, and nothing flows back
struct BlockGrad : ElementwiseOp {
  static constexpr FixedString name = "block_grad";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr bool stops_gradient = true;
  static constexpr double flops = 0;
  static constexpr Algebra algebra{.copies = true};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};
template <operand X>
constexpr auto block_grad(const X& x) {
  return apply<BlockGrad>(x);
}

/// x in memory of its own, or spread along axes it lacks (its shape is then given, not inferred)
struct Copy : ElementwiseOp {
  static constexpr FixedString name = "copy";
  static constexpr Linearity linearity = Linearity::joint;
  static constexpr double flops = 0;
  static constexpr Algebra algebra{.copies = true};
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return x;
  }
  static constexpr Cotangents vjp(const Vjp& at) { return {at.dy}; }
  // Spread along the batch axis, a whole value becomes each device's rows; an addend cannot.
  static constexpr Placed place(const PlaceRequest& at) {
    const Placement x = at.operand(0);
    if (!at.at().dims.has(batch_axis) || at.dims_of_operand(0).has(batch_axis)) {
      return {x, Rule::none};
    }
    return {Placement::sharded, x == Placement::replicated ? Rule::none : Rule::nonlinear_partial};
  }
};

/// 1 where a and b differ, else 0; no derivative
struct NotEqual : ElementwiseOp {
  static constexpr FixedString name = "not_equal";
  static constexpr bool stops_gradient = true;
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T a, T b) {
    return a == b ? T(0) : T(1);
  }
  static constexpr Cotangents vjp(const Vjp& /*at*/) { return {}; }
};

} // namespace cleave

CLEAVE_OP(cleave::Negate)
CLEAVE_OP(cleave::Add)
CLEAVE_OP(cleave::Subtract)
CLEAVE_OP(cleave::Multiply)
CLEAVE_OP(cleave::Divide)
CLEAVE_OP(cleave::ReluGradient)
CLEAVE_OP(cleave::Relu)
CLEAVE_OP(cleave::Tanh)
CLEAVE_OP(cleave::Sigmoid)
CLEAVE_OP(cleave::Exp)
CLEAVE_OP(cleave::Log)
CLEAVE_OP(cleave::BlockGrad)
CLEAVE_OP(cleave::Copy)
CLEAVE_OP(cleave::NotEqual)
