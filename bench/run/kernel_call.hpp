// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support.hpp"

#include "../../tests/support/kernel_call.hpp"

namespace bench {

using test::KernelCall;

} // namespace bench
