// SPDX-License-Identifier: Apache-2.0
#include "convolve_correlate.hpp"
#include "instantiate.hpp"

#include <cleave/ops/convolve_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void convolve(std::byte* const* arenas, const KernelArguments& call) {
  using namespace convolution;
  const Window w(call);
  const T* const bias = (call.masks[0] & 1) != 0 ? call.operand<T>(arenas, 3) : nullptr;
  correlate(w, Weights<T>::straight(call.operand<T>(arenas, 2), w), bias, call.operand<T>(arenas, 1),
            call.result<T>(arenas));
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(convolve, float, double)
