// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "reduce_loops.hpp"

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace folds {

/// Calls `forward(offset)` at every element of each result in order, `middle()`, and `backward(offset)` in reverse.
template <class Begin, class Forward, class Middle, class Backward>
void there_and_back(const KernelArguments& call, Begin begin, Forward forward, Middle middle, Backward backward) {
  ReducePlan plan(call);
  (plan.run_is_reduced ? plan.reduced[plan.reduced_count++] : plan.kept[plan.kept_count++]) = {plan.run, 1};
  ReducedLoop reversed[max_rank + 1]{};
  extent last = 0;
  for (int i = 0; i < plan.reduced_count; ++i) {
    reversed[i] = {plan.reduced[i].count, -plan.reduced[i].stride};
    last += (plan.reduced[i].count - 1) * plan.reduced[i].stride;
  }
  const auto each = [&](extent first) {
    begin();
    visit_loops(plan.reduced, plan.reduced_count, first, forward);
    middle();
    visit_loops(reversed, plan.reduced_count, first + last, backward);
  };
  visit_loops(plan.kept, plan.kept_count, 0, each);
}

} // namespace folds

template <class T>
void product_of_others(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  T* const out = call.result<T>(arenas);
  T running{};
  const auto restart = [&] { running = 1; };
  folds::there_and_back(
      call, restart,
      [&](extent i) { // the product of all before
        out[i] = running;
        running *= x[i];
      },
      restart,
      [&](extent i) { // and of all behind
        out[i] *= running;
        running *= x[i];
      });
}

// Of element j, the sum over i != j of w_i times the product of all x but x_i and x_j. Elements that are 0 are counted
// and left out of the product P and of S, the sum of w_i / x_i, so that nothing is divided by 0.
template <class T>
void product_of_others_tangent(std::byte* const* arenas, const KernelArguments& call) {
  const T* const x = call.operand<T>(arenas, 1);
  const T* const w = call.operand<T>(arenas, 2);
  T* const out = call.result<T>(arenas);
  T product{};
  T sum{};
  T w_of_zeros{};
  int zeros = 0;
  folds::there_and_back(
      call,
      [&] {
        product = 1;
        sum = 0;
        w_of_zeros = 0;
        zeros = 0;
      },
      [&](extent i) {
        if (x[i] == 0) {
          ++zeros;
          w_of_zeros += w[i];
        } else {
          product *= x[i];
          sum += w[i] / x[i];
        }
      },
      [] {},
      [&](extent j) {
        out[j] = 0;
        if (zeros == 0) {
          out[j] = product / x[j] * (sum - w[j] / x[j]);
        } else if (zeros == 1) {
          out[j] = x[j] == 0 ? product * sum : product / x[j] * w_of_zeros;
        } else if (zeros == 2 && x[j] == 0) {
          out[j] = product * (w_of_zeros - w[j]);
        }
      });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(product_of_others, float, double)
CLEAVE_INSTANTIATE(product_of_others_tangent, float, double)
