// SPDX-License-Identifier: Apache-2.0
#include <cleave/base/error.hpp>
#include <cleave/device/pool.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace cleave {
namespace detail::threads {

// A sleeping thread costs tens of microseconds to wake, about as much as it is worth spinning for.
inline constexpr std::chrono::microseconds spin_time{50};

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

/// Waits until `value` differs from `old`: spins, then sleeps.
inline std::uint32_t wait_for_change(const std::atomic<std::uint32_t>& value, std::uint32_t old) {
  const auto deadline = std::chrono::steady_clock::now() + spin_time;
  for (;;) {
    for (int i = 0; i < 64; ++i) {
      const std::uint32_t now = value.load(std::memory_order_acquire);
      if (now != old) {
        return now;
      }
      relax();
    }
    if (std::chrono::steady_clock::now() > deadline) {
      break;
    }
  }
  value.wait(old, std::memory_order_acquire);
  return value.load(std::memory_order_acquire);
}

/// Treats subnormal operands and results as zero for its lifetime.
class FlushSubnormals {
public:
#if defined(__x86_64__)
  FlushSubnormals() : before_(_mm_getcsr()) { _mm_setcsr(before_ | 0x8040U); } // flush to zero, denormals are zero
  ~FlushSubnormals() { _mm_setcsr(before_); }
#else
  FlushSubnormals() = default;
  ~FlushSubnormals() = default;
#endif
  FlushSubnormals(const FlushSubnormals&) = delete;
  FlushSubnormals& operator=(const FlushSubnormals&) = delete;
  FlushSubnormals(FlushSubnormals&&) = delete;
  FlushSubnormals& operator=(FlushSubnormals&&) = delete;

private:
#if defined(__x86_64__)
  unsigned before_;
#endif
};

#if CLEAVE_HAS_EXCEPTIONS()
/// Runs a task; returns what it throws.
[[gnu::noinline]] inline std::exception_ptr catch_from(DevicePool::Task task, void* context, int device) noexcept {
  try {
    task(context, device);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

/// Throws Error that names the device and says what it threw.
[[noreturn, gnu::noinline]] inline void throw_named(int device, const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    fail("device %d: %s", device, error.what());
  } catch (...) {
    fail("device %d: an exception that is no std::exception", device);
  }
}
#else
// Null, unless another unit of a header-only program is compiled with exceptions (see error.cpp).
[[gnu::weak]] std::exception_ptr catch_from(DevicePool::Task task, void* context, int device) noexcept;
[[noreturn, gnu::weak]] void throw_named(int device, const std::exception_ptr& thrown);
#endif

inline std::exception_ptr run_guarded(DevicePool::Task task, void* context, int device) noexcept {
  const FlushSubnormals flush;
#if !CLEAVE_HAS_EXCEPTIONS()
  if (&catch_from == nullptr) {
    task(context, device); // an error ends the program
    return nullptr;
  }
#endif
  return catch_from(task, context, device);
}

} // namespace detail::threads

struct DevicePool::State {
  struct alignas(64) Worker {
    std::atomic<std::uint32_t> done{0};
    std::exception_ptr failure;
    std::thread thread;
  };

  explicit State(int devices) : workers(static_cast<std::size_t>(devices)) {}

  void run_one(int device) noexcept {
    workers[static_cast<std::size_t>(device)].failure = detail::threads::run_guarded(task, context, device);
  }

  void serve(int device) noexcept {
    Worker& worker = workers[static_cast<std::size_t>(device)];
    std::uint32_t seen = 0;
    for (;;) {
      seen = detail::threads::wait_for_change(ticket, seen);
      if (stopping.load(std::memory_order_relaxed)) {
        return;
      }
      run_one(device);
      worker.done.store(seen, std::memory_order_release);
      worker.done.notify_one();
    }
  }

  void start() {
    for (std::size_t device = 1; device < workers.size(); ++device) {
      workers[device].thread = std::thread([this, device] { serve(static_cast<int>(device)); });
    }
  }

  void stop() noexcept {
    stopping.store(true, std::memory_order_relaxed);
    ticket.fetch_add(1, std::memory_order_release);
    ticket.notify_all();
    for (Worker& worker : workers) {
      if (worker.thread.joinable()) {
        worker.thread.join();
      }
    }
  }

  alignas(64) std::atomic<std::uint32_t> ticket{0};
  std::atomic<bool> stopping{false};
  Task task = nullptr;
  void* context = nullptr;
  std::vector<Worker> workers; // workers[0] is the calling thread
};

CLEAVE_INLINE DevicePool::DevicePool(int devices) {
  auto state = std::make_unique<State>(devices);
#if CLEAVE_HAS_EXCEPTIONS()
  try {
    state->start();
  } catch (const std::exception& error) {
    state->stop();
    detail::fail(
        "DevicePool: %d threads are needed, one a device after the first; the system refused one (%s). Use fewer "
        "devices or raise the limit of threads.",
        devices - 1, error.what());
  }
#else
  state->start(); // the standard library ends the program where the system refuses a thread
#endif
  state_ = state.release();
}

CLEAVE_INLINE DevicePool::~DevicePool() {
  state_->stop();
  delete state_;
}

CLEAVE_INLINE void DevicePool::run(Task task, void* context) {
  State& state = *state_;
  state.task = task;
  state.context = context;
  const std::uint32_t ticket = state.ticket.fetch_add(1, std::memory_order_release) + 1;
  state.ticket.notify_all();
  state.run_one(0);
  for (std::size_t device = 1; device < state.workers.size(); ++device) {
    const State::Worker& worker = state.workers[device];
    while (worker.done.load(std::memory_order_acquire) != ticket) {
      detail::threads::wait_for_change(worker.done, ticket - 1);
    }
  }
  std::exception_ptr first;
  int failed = -1;
  for (std::size_t device = 0; device < state.workers.size(); ++device) {
    if (state.workers[device].failure != nullptr && first == nullptr) {
      first = state.workers[device].failure;
      failed = static_cast<int>(device);
    }
    state.workers[device].failure = nullptr;
  }
  if (first != nullptr) {
    detail::threads::throw_named(failed, first);
  }
}

} // namespace cleave
