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
#elif defined(__aarch64__)
  asm volatile("isb"); // "yield" does nothing on most of them
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

/// Treats subnormal operands and results as wanted for its lifetime.
class TreatSubnormals {
public:
#if defined(__x86_64__)
  explicit TreatSubnormals(Subnormals wanted) : before_(_mm_getcsr()) {
    constexpr unsigned flush = 0x8040; // results to zero, operands as zero
    _mm_setcsr(wanted == Subnormals::flushed ? before_ | flush : before_ & ~flush);
  }
  ~TreatSubnormals() { _mm_setcsr(before_); }
#elif defined(__aarch64__)
  explicit TreatSubnormals(Subnormals wanted) {
    constexpr std::uint64_t flush = std::uint64_t{1} << 24U;
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    write(wanted == Subnormals::flushed ? before_ | flush : before_ & ~flush);
  }
  ~TreatSubnormals() { write(before_); }
#else
  explicit TreatSubnormals(Subnormals /*wanted*/) {}
  ~TreatSubnormals() = default;
#endif
  TreatSubnormals(const TreatSubnormals&) = delete;
  TreatSubnormals& operator=(const TreatSubnormals&) = delete;
  TreatSubnormals(TreatSubnormals&&) = delete;
  TreatSubnormals& operator=(TreatSubnormals&&) = delete;

private:
#if defined(__x86_64__)
  unsigned before_;
#elif defined(__aarch64__)
  static void write(std::uint64_t control) { asm volatile("msr fpcr, %0" : : "r"(control)); }

  std::uint64_t before_;
#endif
};

#if CLEAVE_HAS_EXCEPTIONS()
/// Runs a task; returns what it throws.
[[gnu::noinline]] inline std::exception_ptr catch_from(ThreadPool::Task task, void* context, int thread) noexcept {
  try {
    task(context, thread);
  } catch (...) {
    return std::current_exception();
  }
  return nullptr;
}

/// Throws Error that names the thread's unit and says what it threw; without a unit, what it threw.
[[noreturn, gnu::noinline]] inline void throw_named(const char* unit, int thread, const std::exception_ptr& thrown) {
  if (unit == nullptr) {
    std::rethrow_exception(thrown);
  }
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    fail("%s %d: %s", unit, thread, error.what());
  } catch (...) {
    fail("%s %d: an exception that is no std::exception", unit, thread);
  }
}
#else
// Null, unless another unit of a header-only program is compiled with exceptions (see error.cpp).
[[gnu::weak]] std::exception_ptr catch_from(ThreadPool::Task task, void* context, int thread) noexcept;
[[noreturn, gnu::weak]] void throw_named(const char* unit, int thread, const std::exception_ptr& thrown);
#endif

inline std::exception_ptr run_guarded(ThreadPool::Task task, void* context, int thread, Subnormals wanted) noexcept {
  const TreatSubnormals treat(wanted);
#if !CLEAVE_HAS_EXCEPTIONS()
  if (&catch_from == nullptr) {
    task(context, thread); // an error ends the program
    return nullptr;
  }
#endif
  return catch_from(task, context, thread);
}

} // namespace detail::threads

struct ThreadPool::State {
  struct alignas(64) Worker {
    std::atomic<std::uint32_t> done{0};
    std::exception_ptr failure;
    std::thread thread;
  };

  State(int threads, const char* name, Subnormals wanted)
      : unit(name), subnormals(wanted), workers(static_cast<std::size_t>(threads)) {}

  void run_one(int thread) noexcept {
    workers[static_cast<std::size_t>(thread)].failure = detail::threads::run_guarded(task, context, thread, subnormals);
  }

  void serve(int thread) noexcept {
    Worker& worker = workers[static_cast<std::size_t>(thread)];
    std::uint32_t seen = 0;
    for (;;) {
      seen = detail::threads::wait_for_change(ticket, seen);
      if (stopping.load(std::memory_order_relaxed)) {
        return;
      }
      run_one(thread);
      worker.done.store(seen, std::memory_order_release);
      worker.done.notify_one();
    }
  }

  void start() {
    for (std::size_t thread = 1; thread < workers.size(); ++thread) {
      workers[thread].thread = std::thread([this, thread] { serve(static_cast<int>(thread)); });
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
  const char* unit;
  Subnormals subnormals;
  std::vector<Worker> workers; // workers[0] is the calling thread
};

CLEAVE_INLINE ThreadPool::ThreadPool(int threads, const char* unit, Subnormals subnormals) {
  auto state = std::make_unique<State>(threads, unit, subnormals);
#if CLEAVE_HAS_EXCEPTIONS()
  try {
    state->start();
  } catch (const std::exception& error) {
    state->stop();
    detail::fail("ThreadPool: %d threads are needed beside the caller's, one a %s; the system refused one (%s). Use "
                 "fewer, or raise the limit of threads.",
                 threads - 1, unit == nullptr ? "worker" : unit, error.what());
  }
#else
  state->start(); // the standard library ends the program where the system refuses a thread
#endif
  state_ = state.release();
}

CLEAVE_INLINE ThreadPool::~ThreadPool() {
  state_->stop();
  delete state_;
}

CLEAVE_INLINE int ThreadPool::threads() const { return static_cast<int>(state_->workers.size()); }

CLEAVE_INLINE void ThreadPool::run(Task task, void* context) {
  State& state = *state_;
  state.task = task;
  state.context = context;
  const std::uint32_t ticket = state.ticket.fetch_add(1, std::memory_order_release) + 1;
  state.ticket.notify_all();
  state.run_one(0);
  for (std::size_t thread = 1; thread < state.workers.size(); ++thread) {
    const State::Worker& worker = state.workers[thread];
    while (worker.done.load(std::memory_order_acquire) != ticket) {
      detail::threads::wait_for_change(worker.done, ticket - 1);
    }
  }
  std::exception_ptr first;
  int failed = -1;
  for (std::size_t thread = 0; thread < state.workers.size(); ++thread) {
    if (state.workers[thread].failure != nullptr && first == nullptr) {
      first = state.workers[thread].failure;
      failed = static_cast<int>(thread);
    }
    state.workers[thread].failure = nullptr;
  }
  if (first != nullptr) {
    detail::threads::throw_named(state.unit, failed, first);
  }
}

} // namespace cleave
