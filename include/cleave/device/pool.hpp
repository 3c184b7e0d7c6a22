// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cleave/base/config.hpp>

namespace cleave {

/// What threads do with numbers too small for the normal form: count them as zero (they make steps slower for ever once
/// momenta decay into them), or compute with them.
enum class Subnormals : unsigned char { flushed, kept };

/// Threads that run the same task at the same time; the calling thread is the first. They wait for work by spinning
/// shortly, then sleeping. Compiled in cleave::kernels.
class ThreadPool {
public:
  /// `unit` is what a thread stands for, in errors: "device". Where it is null, a task's exception comes as it was
  /// thrown. Errors: throws Error when a thread cannot be started.
  ThreadPool(int threads, const char* unit, Subnormals subnormals = Subnormals::flushed);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  ThreadPool(ThreadPool&&) = delete;
  ThreadPool& operator=(ThreadPool&&) = delete;
  ~ThreadPool();

  using Task = void (*)(void* context, int thread);

  /// Runs `task(context, thread)` once on every thread and waits for all. When tasks throw, the exception of the lowest
  /// thread is rethrown, as Error naming the unit and its number, after all have ended.
  void run(Task task, void* context);

  [[nodiscard]] int threads() const;

private:
  struct State;
  State* state_;
};

} // namespace cleave

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(device, pool)
#endif
