// SPDX-License-Identifier: Apache-2.0
// When gradients may be summed over devices, and that broken schedules are found.
#include "support/programs.hpp"

namespace {

using cleave::Builder, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using cleave::detail::same_text;
using test::Batch, test::input, test::Trains;

struct Net : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    input<Shape<N<4>>>(b, "softmax_label");
    b.output(cleave::softmax_output<"softmax">(cleave::linear<"fc2", C<2>>(relu(cleave::linear<"fc1", C<5>>(x)))).id);
  }
};
// Buckets of at most 128 bytes: the last layer's gradients are complete, and may travel, before the first layer's.
constexpr auto& schedule = cleave::schedule<Net, 4, 2, 128>;
static_assert(cleave::printed_schedule<Net, 4, 2, 128> ==
              "12 kernels on 2 devices\n"
              "bucket 0 bytes 0..128: fc2_bias@6 fc2_weight@8; wait device 0 kernel 8 device 1 kernel 8\n"
              "bucket 1 bytes 128..256: fc1_bias@10 fc1_weight@11; wait device 0 kernel 11 device 1 kernel 11\n"
              "commit; wait device 0 kernel 11 device 1 kernel 11\n");
// One bucket holds all, where the target is large; each gradient has its own, where it is small.
static_assert(cleave::schedule<Net, 4, 2, 1>.view().bucket_count == 4);
static_assert(cleave::schedule<Net, 4, 3>.view().bucket_count == 1);
static_assert(cleave::schedule<Net, 4, 3>.view().wait_count == 3);

template <class Break>
constexpr const char* verdict(Break change) {
  auto broken = schedule;
  change(broken);
  return cleave::detail::verify_schedule(cleave::localized<Net, 4>.view(), cleave::fused<Net>.root,
                                         cleave::memory<Net, 4>.at, broken.view());
}
static_assert(verdict([](auto&) {}) == nullptr);

// A wait that ends one kernel too early, on one device only.
static_assert(same_text(verdict([](auto& s) { s.waits[1].kernel -= 1; }),
                        "a bucket is read on a device before the last kernel that writes into it"));
static_assert(same_text(verdict([](auto& s) { s.waits[3].device = 0; }),
                        "a bucket is read on a device without a wait"));
static_assert(same_text(verdict([](auto& s) { s.waits[0].bucket = 2; }),
                        "a wait for a bucket or a device that does not exist"));
static_assert(same_text(verdict([](auto& s) { s.buckets[1].begin += 64; }), "a gradient in no bucket, or in two"));
static_assert(same_text(verdict([](auto& s) { s.buckets[1].end -= 64; }), "a gradient in no bucket, or in two"));
// A bucket that reaches into what is written later.
static_assert(same_text(verdict([](auto& s) { s.buckets[0].end = s.buckets[1].begin = 192; }),
                        "a bucket is read on a device before the last kernel that writes into it"));
static_assert(same_text(verdict([](auto& s) { s.order[3] = s.order[2]; }),
                        "an order that does not run every kernel once"));
static_assert(same_text(verdict([](auto& s) {
                          const cleave::Id first = s.order[0];
                          s.order[0] = s.order[1];
                          s.order[1] = first;
                        }),
                        "a kernel runs before one whose result it reads"));
static_assert(same_text(verdict([](auto& s) { s.commits[1].kernel = 3; }),
                        "parameters change on a device before the last kernel that reads them"));

} // namespace
