// SPDX-License-Identifier: Apache-2.0
// Uses nothing that runs: the headers alone suffice.
#include <cleave/cleave.hpp>

static_assert(cleave::Shape<cleave::axes::N<3>, cleave::axes::C<4>>::size == 12);
static_assert(CLEAVE_VERSION >= 100);

int main() { return 0; }
