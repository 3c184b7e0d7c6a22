// SPDX-License-Identifier: Apache-2.0
// Placements, and programs that are refused because a sum over devices is not complete.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Rule, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::parameter;

// What must not compile is refused with the right rule.
template <class F>
struct Refused : Evaluates {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(F{}(b, x, w));
  }
};
struct NonlinearOfSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const { return relu(cleave::sum<N>(x)).id; }
};
struct SumPlusWhole {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (cleave::sum<N>(x) + w).id; }
};
struct SumTimesSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const {
    const auto s = cleave::sum<N>(x);
    return (s * s).id;
  }
};
struct WholeOverSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (w / cleave::sum<N>(x)).id; }
};
struct RowsMinusSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto /*w*/) const { return (x - cleave::mean<N>(x)).id; }
};
struct LinearOfSum { // legal: scaling an addend scales the sum
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const { return (-(cleave::sum<N>(x) * w) / 3).id; }
};
struct SumPlusSum {
  constexpr auto operator()(Builder& /*b*/, auto x, auto w) const {
    return (cleave::sum<N>(x) + cleave::sum<N>(x * w)).id;
  }
};
static_assert(cleave::fault_of<Refused<NonlinearOfSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<SumPlusWhole>>.rule == Rule::partial_meets_other);
static_assert(cleave::fault_of<Refused<SumTimesSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<WholeOverSum>>.rule == Rule::nonlinear_partial);
static_assert(cleave::fault_of<Refused<RowsMinusSum>>.rule == Rule::partial_meets_other);
static_assert(cleave::fault_of<Refused<LinearOfSum>>.rule == Rule::none);
static_assert(cleave::fault_of<Refused<SumPlusSum>>.rule == Rule::none);

} // namespace
