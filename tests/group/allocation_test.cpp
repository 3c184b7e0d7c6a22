// SPDX-License-Identifier: Apache-2.0
// A training step allocates nothing: counted by replacing the global allocation functions of this program, and, where
// no sanitizer does so itself, those of the C library too (linear algebra libraries take scratch memory from there).
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

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define CLEAVE_TEST_COUNTS_MALLOC 1
// NOLINTBEGIN(bugprone-reserved-identifier): the C library's own names
extern "C" void* __libc_malloc(std::size_t bytes);
extern "C" void* __libc_memalign(std::size_t alignment, std::size_t bytes);
// NOLINTEND(bugprone-reserved-identifier)
extern "C" void* malloc(std::size_t bytes) {
  allocations.fetch_add(1);
  return __libc_malloc(bytes);
}
extern "C" void* aligned_alloc(std::size_t alignment, std::size_t bytes) {
  allocations.fetch_add(1);
  return __libc_memalign(alignment, bytes);
}
extern "C" int posix_memalign(void** memory, std::size_t alignment, std::size_t bytes) {
  allocations.fetch_add(1);
  *memory = __libc_memalign(alignment, bytes);
  return *memory == nullptr ? 12 : 0; // ENOMEM
}
#endif

namespace {

template <class Job, cleave::extent Rows, class Data, class Labels>
long allocations_of_steps(const Data& data, const Labels& labels) {
  const cleave::Batch<Job, Rows> batch(data, labels);
  cleave::DataParallelGroup<Job> group;
  group.initialize(test::Ramp{}, 1);
  group.step(batch, {.learning_rate = 0.1, .momentum = 0.9});
  const long before = allocations.load();
  for (int i = 0; i < 20; ++i) {
    group.step(batch, {.learning_rate = 0.1, .momentum = 0.9});
  }
  return allocations.load() - before;
}

template <class Job>
long allocations_of_steps() {
  const test::Rowed<24> rows;
  return allocations_of_steps<Job, 24>(rows.data, rows.label);
}

struct WideMlp { // products large enough to be packed by a linear algebra library
  constexpr auto operator()(auto data) const {
    const auto hidden = relu(cleave::linear<"fc1", test::C<300>>(data));
    return cleave::softmax_output<"softmax">(cleave::linear<"fc2", test::C<200>>(hidden));
  }
};
template <class DeviceList>
struct WideJob {
  using model = WideMlp;
  using devices = DeviceList;
  using batches = cleave::Batches<200>;
  using data = cleave::Inputs<cleave::Input<"data", float, test::N<cleave::batch>, test::C<784>>>;
  using labels = cleave::Inputs<cleave::Input<"softmax_label", float, test::N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

struct MixedNet { // a kernel of every family
  constexpr auto operator()(auto data, auto label) const {
    const auto kept = cleave::dropout<"drop">(data, 0.25);
    const auto mixed = cleave::softmax<test::C>(cleave::linear<"fc1", test::C<12>>(kept));
    const auto both = cleave::concat<test::C>(cleave::flip<test::C>(mixed), cleave::slice<test::C, 2, 6>(kept));
    const auto scores = cleave::linear<"fc2", test::C<4>>(cleave::tile<test::C, 2>(both));
    const auto spread =
        cleave::max<test::C>(scores) - cleave::min<test::C>(scores) + cleave::logsumexp<test::C>(scores);
    const auto square =
        cleave::einsum<"NC,NC->N">(scores, scores) + cleave::prod<test::C>(scores) + cleave::norm<test::C>(scores);
    return cleave::mean<test::N>(cleave::cross_entropy<test::C>(scores, label) + 0.01F * (spread + square));
  }
};
template <class DeviceList>
struct MixedJob {
  using model = MixedNet;
  using devices = DeviceList;
  using batches = cleave::Batches<24>;
  using data = cleave::Inputs<cleave::Input<"data", float, test::N<cleave::batch>, test::C<12>>,
                              cleave::Input<"label", float, test::N<cleave::batch>>>;
  using optimizer = cleave::Sgd;
};

} // namespace

TEST_CASE("the counter counts", "[group][allocation]") {
  const long before = allocations.load();
  ::operator delete(::operator new(3)); // a direct call: a new-expression may be optimised away
  CHECK(allocations.load() > before);
#ifdef CLEAVE_TEST_COUNTS_MALLOC
  const long between = allocations.load();
  void* volatile block = std::malloc(8);
  std::free(block);
  CHECK(allocations.load() == between + 1);
#endif
}

TEST_CASE("a step after the first allocates nothing, on 1, 2 and 3 devices", "[group][allocation]") {
  CHECK(allocations_of_steps<test::OneDevice>() == 0);
  CHECK(allocations_of_steps<test::TwoDevices>() == 0);
  CHECK(allocations_of_steps<test::ThreeDevices>() == 0);
}

TEST_CASE("nor do steps with large products", "[group][allocation]") {
  const cleave::Tensor<float, cleave::Shape<test::N<200>, test::C<784>>> data;
  const cleave::Tensor<float, cleave::Shape<test::N<200>>> labels;
  using One = WideJob<cleave::Devices<cleave::Cpu<0>>>;
  using Two = WideJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>>>;
  CHECK(allocations_of_steps<One, 200>(data, labels) == 0);
  CHECK(allocations_of_steps<Two, 200>(data, labels) == 0);
}

TEST_CASE("nor do steps with reductions, contractions, movement and random layers", "[group][allocation]") {
  const test::Rowed<24> rows;
  using One = MixedJob<cleave::Devices<cleave::Cpu<0>>>;
  using Three = MixedJob<cleave::Devices<cleave::Cpu<0>, cleave::Cpu<1>, cleave::Cpu<2>>>;
  CHECK(allocations_of_steps<One, 24>(rows.data, rows.label) == 0);
  CHECK(allocations_of_steps<Three, 24>(rows.data, rows.label) == 0);
}
