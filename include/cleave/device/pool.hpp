// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// One thread a device, all running the same task at the same time; the calling thread is device 0's. Threads wait
/// for work by spinning shortly, then sleeping. Subnormal numbers count as zero while a task runs (they make steps
/// slower for ever once momenta decay into them). Compiled in cleave::kernels.
class DevicePool {
public:
  /// Errors: throws Error when a thread cannot be started.
  explicit DevicePool(int devices);
  DevicePool(const DevicePool&) = delete;
  DevicePool& operator=(const DevicePool&) = delete;
  DevicePool(DevicePool&&) = delete;
  DevicePool& operator=(DevicePool&&) = delete;
  ~DevicePool();

  using Task = void (*)(void* context, int device);

  /// Runs `task(context, device)` once on every device and waits for all. When tasks throw, the exception of the
  /// lowest device is rethrown as Error naming the device, after all have ended.
  void run(Task task, void* context);

private:
  struct State;
  State* state_;
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, pool)
#endif
