// SPDX-License-Identifier: Apache-2.0
// A net whose activations keep several values of the width of a layer for the backward pass: what rematerialisation is
// for.
#pragma once

#include "support/programs.hpp"

namespace test {

template <int Layers>
struct GatedNet : Trains {
  using X = cleave::Shape<N<8>, C<32>>;
  template <int Depth>
  static constexpr auto layer(auto x) {
    if constexpr (Depth == 0) {
      return x;
    } else {
      const auto h = cleave::linear<cleave::FixedString<2>({static_cast<char>('a' + Depth), '\0'}), C<32>>(x);
      const auto gate = sigmoid(h * 0.5);
      return layer<Depth - 1>(tanh(exp(-(h * h)) * gate) + gate * h);
    }
  }
  static constexpr void trace(cleave::Builder& b) {
    const auto x = input<X, double>(b, "x");
    const auto y = layer<Layers>(x);
    b.output(cleave::block_grad(y).id);
    b.output(cleave::sum<N, C>(y * y).id);
  }
};

/// The same under a budget of bytes.
template <class Program, cleave::extent Bytes, cleave::extent Rows>
struct Within : Program {
  static constexpr cleave::extent memory_budget = Bytes;
  static constexpr cleave::extent budget_rows = Rows;
};

template <class Program, cleave::extent Rows>
constexpr cleave::extent planned_bytes() {
  cleave::extent total = 0;
  for (const cleave::extent bytes : cleave::memory<Program, Rows>.arena_bytes) {
    total += bytes;
  }
  return total;
}

} // namespace test
