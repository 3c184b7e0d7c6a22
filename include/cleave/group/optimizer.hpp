// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/shape/dtype.hpp>

namespace cleave {

/// The default of OptimizerRates::rescale: the lowest double, which nobody means as a factor.
inline constexpr double by_normaliser = -__DBL_MAX__;

/// Hyper-parameters of one update; an optimizer uses those it knows. Doubles, whatever the element type.
struct OptimizerRates {
  double learning_rate = 0.01;
  double momentum = 0;
  double weight_decay = 0;
  double clip_gradient = 0; ///< gradients are clipped to [-c, c] after rescaling; 0: not at all
  /// Factor of gradients; by default 1 / what the heads normalise by (rows seen, valid labels).
  double rescale = by_normaliser;
};

/// One range of one parameter: sums the devices' gradients in device order, updates, writes every replica.
struct OptimizerCall {
  DType dtype = DType::f32;
  int devices = 0; ///< replicas to write
  int addends = 0; ///< gradients to sum
  void* const* weights = nullptr;
  const void* const* gradients = nullptr;
  void* state = nullptr; ///< the optimizer's state of this range; null where it keeps none
  extent count = 0;
  OptimizerRates rates{}; ///< multipliers and rescale already applied
};

/// What a group knows of its optimizer.
struct OptimizerRule {
  void (*update)(const OptimizerCall& call) = nullptr; ///< null: the job has no optimizer
  int state_buffers = 0;                               ///< buffers as large as the parameters
};

namespace kernels::inline CLEAVE_KERNELS {
void sgd(const OptimizerCall& call);
} // namespace kernels::inline CLEAVE_KERNELS

/// Stochastic gradient descent with momentum, weight decay and clipping:
///   m = momentum * m - learning_rate * (g + weight_decay * w);  w += m;   g = clip(rescale * gradient)
/// which is MXNet's rule (semantics: 6.2). Weight decay acts on parameters named *_weight and *_gamma; multipliers
/// change that by name.
struct Sgd {
  using Rates = OptimizerRates;
  static constexpr OptimizerRule rule{&kernels::sgd, 1};
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(group, sgd)
#endif
