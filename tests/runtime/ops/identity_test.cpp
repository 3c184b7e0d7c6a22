// SPDX-License-Identifier: Apache-2.0
#include "support/law.hpp"

LAW_ROW_1(BlockGrad, block_grad(x), -2, 2)
