// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/math.hpp>
#include <cleave/group/optimizer.hpp>

#include <algorithm>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace descent {

// Summed gradients pass through a block that stays in the first-level cache.
inline constexpr extent block = 1024;

/// NaN fails both comparisons and stays visible.
template <class T>
T clipped(T gradient, T most) {
  if (gradient > most) {
    return most;
  }
  return gradient < -most ? -most : gradient;
}

template <class T>
void run(const OptimizerCall& call) {
  const auto rate = static_cast<T>(call.rates.learning_rate);
  const auto decay = static_cast<T>(call.rates.weight_decay);
  const auto momentum = static_cast<T>(call.rates.momentum);
  const auto rescale = static_cast<T>(call.rates.rescale);
  const auto clip = static_cast<T>(call.rates.clip_gradient);
  T* const velocity = call.rates.momentum == 0 ? nullptr : static_cast<T*>(call.state);
  T* const weights = static_cast<T*>(call.weights[0]);
  alignas(64) T sum[block];
  for (extent begin = 0; begin < call.count; begin += block) {
    const extent count = std::min(block, call.count - begin);
    const T* const first = static_cast<const T*>(call.gradients[0]) + begin;
    std::copy_n(first, count, sum);
    for (int d = 1; d < call.addends; ++d) {
      const T* const gradient = static_cast<const T*>(call.gradients[d]) + begin;
      for (extent i = 0; i < count; ++i) {
        sum[i] += gradient[i];
      }
    }
    for (extent i = 0; i < count; ++i) {
      sum[i] *= rescale;
    }
    if (clip > 0) {
      for (extent i = 0; i < count; ++i) {
        sum[i] = clipped(sum[i], clip);
      }
    }
    // (what is fused is said: compilers may fuse in a loop and not in its tail, and ranges are cut by devices)
    T* const w = weights + begin;
    if (velocity != nullptr) {
      T* const m = velocity + begin;
      for (extent i = 0; i < count; ++i) {
        m[i] = math::fma(-rate, sum[i], math::fma(-rate * decay, w[i], momentum * m[i]));
        w[i] += m[i];
      }
    } else {
      for (extent i = 0; i < count; ++i) {
        w[i] = math::fma(-rate, sum[i], (1 - rate * decay) * w[i]);
      }
    }
    for (int d = 1; d < call.devices; ++d) {
      std::copy_n(w, count, static_cast<T*>(call.weights[d]) + begin);
    }
  }
}

} // namespace descent

CLEAVE_INLINE void sgd(const OptimizerCall& call) {
  if (call.dtype == DType::f64) {
    descent::run<double>(call);
  } else {
    descent::run<float>(call);
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS
