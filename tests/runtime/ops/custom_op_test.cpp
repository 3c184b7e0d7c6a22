// SPDX-License-Identifier: Apache-2.0
// An operation of a user's own: twelve lines outside the library, and it runs on tensors, in models and backwards.
#include "support/law.hpp"

namespace mine {

struct Bump : cleave::ElementwiseOp { // 1 / (1 + x^2)
  static constexpr cleave::FixedString name = "bump";
  template <class T>
  CLEAVE_HOST_DEVICE static constexpr T apply(T x) {
    return 1 / (1 + x * x);
  }
  static constexpr cleave::Cotangents vjp(const cleave::Vjp& at) { return {at.dy * (-2 * at.x(0) * at.y * at.y)}; }
};
constexpr auto bump(const cleave::operand auto& x) { return cleave::apply<Bump>(x); }

} // namespace mine
CLEAVE_OP(mine::Bump)

namespace {

struct BumpCall {
  constexpr auto operator()(auto x) const { return mine::bump(x); }
};

} // namespace

TEST_CASE("an operation of a user's own keeps the laws of an operation", "[ops][law]") {
  law::check<mine::Bump, BumpCall, 1>(-2, 2);
}

TEST_CASE("an operation of a user's own computes tensors", "[ops]") {
  const cleave::Tensor<float, cleave::Shape<cleave::axes::C<2>>> x{0, 1};
  const cleave::Tensor y = mine::bump(x * 2.F);
  CHECK(y(0) == 1);
  CHECK(y(1) == Approx(0.2));
}
