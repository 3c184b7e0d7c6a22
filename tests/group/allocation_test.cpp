// SPDX-License-Identifier: Apache-2.0
// A training step allocates nothing: counted by replacing the global allocation functions of this program.
#include "support/jobs.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<long> allocations{0};

void* counted_or_null(std::size_t bytes, std::size_t alignment) noexcept {
  allocations.fetch_add(1);
  return std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment);
}
void* counted(std::size_t bytes, std::size_t alignment) {
  void* const memory = counted_or_null(bytes, alignment);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
} // namespace

// clang-format off
void* operator new(std::size_t bytes) { return counted(bytes == 0 ? 1 : bytes, 16); }
void* operator new[](std::size_t bytes) { return counted(bytes == 0 ? 1 : bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t alignment) { return counted(bytes, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t bytes, std::align_val_t alignment) { return counted(bytes, static_cast<std::size_t>(alignment)); }
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return counted_or_null(bytes, 16); }
void* operator new[](std::size_t bytes, const std::nothrow_t&) noexcept { return counted_or_null(bytes, 16); }
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept { return counted_or_null(bytes, static_cast<std::size_t>(alignment)); }
void* operator new[](std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept { return counted_or_null(bytes, static_cast<std::size_t>(alignment)); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }
// clang-format on

namespace {

template <class Job>
long allocations_of_steps() {
  const test::Rowed<24> rows;
  const cleave::Batch<Job, 24> batch(rows.data, rows.label);
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  group.step(batch, {.learning_rate = 0.1, .momentum = 0.9});
  const long before = allocations.load();
  for (int i = 0; i < 20; ++i) {
    group.step(batch, {.learning_rate = 0.1, .momentum = 0.9});
  }
  return allocations.load() - before;
}

} // namespace

TEST_CASE("the counter counts", "[group][allocation]") {
  const long before = allocations.load();
  ::operator delete(::operator new(3)); // a direct call: a new-expression may be optimised away
  CHECK(allocations.load() == before + 1);
}

TEST_CASE("a step after the first allocates nothing, on 1, 2 and 3 devices", "[group][allocation]") {
  CHECK(allocations_of_steps<test::OneDevice>() == 0);
  CHECK(allocations_of_steps<test::TwoDevices>() == 0);
  CHECK(allocations_of_steps<test::ThreeDevices>() == 0);
}
