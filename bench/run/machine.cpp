// SPDX-License-Identifier: Apache-2.0
#include "machine.hpp"

namespace bench {

const MachineKernels& machine() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) {
    return machine_avx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
    return machine_avx2;
  }
#endif
  return machine_baseline;
}

} // namespace bench
