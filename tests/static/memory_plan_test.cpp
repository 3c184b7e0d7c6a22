// SPDX-License-Identifier: Apache-2.0
// Where values lie: rows change offsets, never the number of kernels.
#include "support/programs.hpp"

#include <initializer_list>

namespace {

using cleave::Builder, cleave::Shape;
using cleave::axes::C, cleave::axes::N;
using test::Batch, test::Evaluates, test::input, test::parameter, test::Trains;

struct Scale : Trains {
  static constexpr void trace(Builder& b) {
    const auto x = input<Batch>(b, "x");
    const auto w = parameter<Shape<C<3>>>(b, "w");
    b.output(cleave::sum<N, C>(x * w).id);
  }
};
static_assert(cleave::localized<Scale, 1>.nodes[0].dims.extent_of('N') == 1);
static_assert(cleave::localized<Scale, 1>.nodes[1].dims == Shape<C<3>>::dims);
static_assert(cleave::printed_plan<Scale, 4> == "%0 inputs 0..48 \"x\"\n"
                                                "%1 parameters 0..12 \"w\"\n"
                                                "%2 activations 0..48 kernels 0..1\n"
                                                "%3 activations 64..68 kernels 1..end\n"
                                                "%4 gradients 0..12 kernels 2..end\n"
                                                "parameters: 64 bytes\n"
                                                "gradients: 64 bytes\n"
                                                "inputs: 64 bytes\n"
                                                "activations: 128 bytes\n"
                                                "bound of the activations: 128 bytes\n");

// A long chain of kernels needs two blocks, not twenty.
struct Deep : Evaluates {
  static constexpr void trace(Builder& b) {
    using X = Shape<N<4>, C<16>>;
    auto x = input<X>(b, "x");
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    cleave::Value y = x.value();
    for (int i = 0; i < 20; ++i) {
      y = cleave::Contract::make({0, 1, false, true}, y, w, "NC");
    }
    b.output(y.id);
  }
};
static_assert(cleave::fused<Deep>.kernels == 20);
static_assert(cleave::memory<Deep, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::activations)] == 512);
static_assert(cleave::memory<Deep, 4>.activation_bound == 512);

// A chain may take the place of an operand that dies in it.
struct InPlace : Evaluates {
  static constexpr void trace(Builder& b) {
    const cleave::Value x = input<Shape<N<4>, C<16>>>(b, "x").value();
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    b.output(cleave::Value::apply<cleave::Tanh>(cleave::Contract::make({0, 1, false, true}, x, w, "NC")).id);
  }
};
static_assert(cleave::memory<InPlace, 4>.arena_bytes[static_cast<int>(cleave::ArenaId::activations)] == 256);

// What a gradient's last addition reads and frees is computed in the gradient's place.
struct SharedWeight : Trains {
  static constexpr void trace(Builder& b) {
    const cleave::Value x = input<Shape<N<4>, C<16>>>(b, "x").value();
    const cleave::Value w =
        b.leaf(&cleave::rule<cleave::ParameterLeaf>, "w", Shape<cleave::axes::O<16>, C<16>>::dims, cleave::DType::f32);
    const cleave::Value h = cleave::Contract::make({0, 1, false, true}, x, w, "NC");
    b.output(cleave::detail::sum_over(cleave::Contract::make({0, 1, false, true}, h, w, "NC"), "NC").id);
  }
};
constexpr int values_in(cleave::ArenaId arena) {
  const auto& graph = cleave::graph<SharedWeight>;
  int found = 0;
  for (cleave::Id id = 0; id < graph.size(); ++id) {
    found +=
        cleave::fused<SharedWeight>.root[id] == id && cleave::memory<SharedWeight, 4>.at[id].arena == arena ? 1 : 0;
  }
  return found;
}
static_assert(values_in(cleave::ArenaId::gradients) == 2);
static_assert(test::is_well_formed<SharedWeight, 4>());

// An old gradient that is still to be added to is not written over.
struct Accumulates : SharedWeight {
  static constexpr cleave::GradientRequest request(const char* /*name*/, bool is_parameter) {
    return is_parameter ? cleave::GradientRequest::add : cleave::GradientRequest::none;
  }
};
static_assert(test::is_well_formed<Accumulates, 4>());

static_assert(test::is_well_formed<Scale, 1>());
static_assert(test::is_well_formed<Deep, 4>());
static_assert(test::is_well_formed<InPlace, 4>());

// --- layouts: blocks by lifetime, the best of three; the bound is met where lifetimes are nested or equal
using cleave::detail::Block, cleave::detail::Vector;
constexpr cleave::extent laid_out(const Vector<Block>& blocks, int steps) {
  Vector<cleave::extent> offsets(blocks.size(), 0);
  const cleave::extent bytes =
      cleave::detail::lay_out(blocks, steps, cleave::detail::live_bound(blocks, steps), offsets);
  for (int i = 0; i < blocks.size(); ++i) {
    for (int j = 0; j < i; ++j) {
      const bool together = blocks[i].begin <= blocks[j].end && blocks[j].begin <= blocks[i].end;
      const bool overlap = offsets[i] < offsets[j] + blocks[j].bytes && offsets[j] < offsets[i] + blocks[i].bytes;
      if ((together && overlap) || offsets[i] + blocks[i].bytes > bytes) {
        return -1;
      }
    }
  }
  return bytes;
}
constexpr Vector<Block> blocks_of(std::initializer_list<Block> list) {
  Vector<Block> blocks;
  for (const Block& block : list) {
    blocks.push_back(block);
  }
  return blocks;
}
static_assert(laid_out(blocks_of({{4, 0, 5}, {3, 1, 4}, {2, 2, 3}}), 6) == 9);
// First fit leaves a hole below what lives long, and the large block does not fit in it.
constexpr Vector<Block> holed() { return blocks_of({{64, 0, 0}, {64, 0, 3}, {128, 1, 3}}); }
static_assert(cleave::detail::live_bound(holed(), 4) == 192);
static_assert(laid_out(holed(), 4) == 192);
constexpr cleave::extent first_fit() {
  Vector<cleave::extent> offsets(3, 0);
  return cleave::detail::lay_out_in_order(holed(), 4, offsets);
}
static_assert(first_fit() == 256);

// --- the checker finds broken plans
template <class Break>
constexpr const char* verdict(Break change) {
  auto plan = cleave::memory<Deep, 4>;
  change(plan);
  return cleave::detail::verify_memory(cleave::localized<Deep, 4>.view(), cleave::fused<Deep>, plan);
}
using cleave::detail::same_text;
static_assert(verdict([](auto&) {}) == nullptr);
static_assert(same_text(verdict([](auto& plan) { plan.at[5].offset = plan.at[4].offset; }),
                        "two values that are needed at the same time share memory"));
static_assert(same_text(verdict([](auto& plan) { plan.at[5].offset = plan.at[4].offset == 0 ? 192 : 64; }),
                        "two values that are needed at the same time share memory"));
static_assert(same_text(verdict([](auto& plan) { plan.at[5].offset = 1024; }),
                        "a value outside its arena, or not on a cache line"));
static_assert(same_text(verdict([](auto& plan) { plan.at[5].offset += 4; }),
                        "a value outside its arena, or not on a cache line"));
static_assert(same_text(verdict([](auto& plan) { plan.at[0] = plan.at[1]; }), "two leaves share memory"));

} // namespace
