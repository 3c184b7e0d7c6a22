// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// Working memory of the calling thread for one kernel: `bytes` bytes, aligned to `alignment`, with any contents, valid
/// until the thread's next call. It grows where more is asked for than ever before, and is given back when the thread
/// ends; a training step after the first allocates nothing. Errors: throws Error when there is no memory. Compiled in
/// cleave::kernels.
[[nodiscard]] std::byte* scratch(std::size_t bytes);

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, scratch)
#endif
