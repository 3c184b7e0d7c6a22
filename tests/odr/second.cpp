// SPDX-License-Identifier: Apache-2.0
#define UNIT 2
#include "program.hpp"

odr::Findings find_in_second() { return odr::find(); }
