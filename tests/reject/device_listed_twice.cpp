// SPDX-License-Identifier: Apache-2.0
// expect: Devices: a device is listed twice
// expect: Cpu<0>, cleave::Cpu<1>, cleave::Cpu<0>
#include <cleave/device/device_list.hpp>

#ifdef CLEAVE_REJECT
static_assert(cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<0>>::count == 3); // wrong
#else
static_assert(cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>::count == 3);
#endif
