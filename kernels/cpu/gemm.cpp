// SPDX-License-Identifier: Apache-2.0
#include "multiply.hpp"

#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

template <class T>
void gemm_nn(std::byte* const* arenas, const KernelArguments& call) {
  multiply(call.result<T>(arenas), call.operand<T>(arenas, 1), call.operand<T>(arenas, 2), call.sizes[0], call.sizes[1],
           call.sizes[2], false, false);
}

template <class T>
void gemm_nt(std::byte* const* arenas, const KernelArguments& call) {
  multiply(call.result<T>(arenas), call.operand<T>(arenas, 1), call.operand<T>(arenas, 2), call.sizes[0], call.sizes[1],
           call.sizes[2], false, true);
}

template <class T>
void gemm_tn(std::byte* const* arenas, const KernelArguments& call) {
  multiply(call.result<T>(arenas), call.operand<T>(arenas, 1), call.operand<T>(arenas, 2), call.sizes[0], call.sizes[1],
           call.sizes[2], true, false);
}

#if !defined(CLEAVE_HEADER_ONLY)
// clang-format off
template void gemm_nn<float>(std::byte* const*, const KernelArguments&);
template void gemm_nn<double>(std::byte* const*, const KernelArguments&);
template void gemm_nt<float>(std::byte* const*, const KernelArguments&);
template void gemm_nt<double>(std::byte* const*, const KernelArguments&);
template void gemm_tn<float>(std::byte* const*, const KernelArguments&);
template void gemm_tn<double>(std::byte* const*, const KernelArguments&);
// clang-format on
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS
