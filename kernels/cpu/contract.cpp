// SPDX-License-Identifier: Apache-2.0
#include "instantiate.hpp"
#include "multiply.hpp"

#include <cleave/ops/contract.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void contract(std::byte* const* arenas, const KernelArguments& call) {
  T* out = call.result<T>(arenas);
  const T* a = call.operand<T>(arenas, 1);
  const T* b = call.operand<T>(arenas, 2);
  const extent m = call.sizes[1];
  const extent n = call.sizes[2];
  const extent k = call.sizes[3];
  for (extent i = 0; i < call.sizes[0]; ++i, out += m * n, a += m * k, b += k * n) {
    multiply(out, a, b, m, n, k, (call.masks[0] & 1) != 0, (call.masks[0] & 2) != 0);
  }
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(contract, float, double)
