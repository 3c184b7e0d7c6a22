// SPDX-License-Identifier: Apache-2.0
// The one place of the version; the build files read it here.
#pragma once

#define CLEAVE_VERSION_MAJOR 0
#define CLEAVE_VERSION_MINOR 1
#define CLEAVE_VERSION_PATCH 0

/// As one integer that grows with every release: 10203 is 1.2.3.
#define CLEAVE_VERSION (CLEAVE_VERSION_MAJOR * 10000 + CLEAVE_VERSION_MINOR * 100 + CLEAVE_VERSION_PATCH)
