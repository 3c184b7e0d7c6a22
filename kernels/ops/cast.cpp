// SPDX-License-Identifier: Apache-2.0
#include <cleave/device/copy.hpp>
#include <cleave/ops/kernels.hpp>

namespace cleave::kernels::inline CLEAVE_KERNELS {

CLEAVE_INLINE void cast(std::byte* const* arenas, const KernelArguments& call) {
  cleave::detail::copy_elements(call.result<std::byte>(arenas), static_cast<DType>(call.sizes[2]),
                                call.operand<std::byte>(arenas, 1), static_cast<DType>(call.sizes[1]), call.sizes[0]);
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS
