// SPDX-License-Identifier: Apache-2.0
// One layer of a recurrent network, in one direction, over all time steps: T steps, N rows, H units, G gates.
// (Elman 1990; LSTM: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000; GRU: Cho et al. 2014,
// in the variant that resets after the product.) With x_t = data W_i2h^T + b_i2h and u_t = h_(t-1) W_h2h^T + b_h2h:
//   rnn     h = f(x + u), f is relu or tanh
//   lstm    gates i, f, g, o: c = sigmoid(f) c' + sigmoid(i) tanh(g), h = sigmoid(o) tanh(c)
//   gru     gates r, z, n: n = tanh(x_n + sigmoid(r) u_n), h = (1 - sigmoid(z)) n + sigmoid(z) h'
#pragma once

#include <cleave/ops/kernels.hpp>

namespace cleave {

enum class RecurrentMode : unsigned char { rnn_relu, rnn_tanh, lstm, gru };

/// Blocks of H rows in the weights, in the order above.
constexpr int gates_of(RecurrentMode mode) {
  if (mode == RecurrentMode::gru) {
    return 3;
  }
  return mode == RecurrentMode::lstm ? 4 : 1;
}
/// Arrays (T, N, H) in a layer's record: h; of an lstm also c, i, f, g, o; of a gru r, z, n and u_n.
constexpr int record_planes_of(RecurrentMode mode) {
  if (mode == RecurrentMode::gru) {
    return 5;
  }
  return mode == RecurrentMode::lstm ? 6 : 1;
}

} // namespace cleave

namespace cleave::kernels::inline CLEAVE_KERNELS {

// sizes = {T, N, H, RecurrentMode, 1 where time runs backwards}. Rows are independent of each other.

/// The record (planes, T, N, H): what the layer returns (plane 0) and what its gradient needs. Operands: x (T, N, G H),
/// W_h2h (G H, H), b_h2h (G H), h before the first step (N, H), and of an lstm c before it (N, H).
template <class T>
void recurrent(std::byte* const* arenas, const KernelArguments& call);

/// Operands: the record, W_h2h, h and c before the first step (c is read by an lstm only), the cotangents of plane 0
/// (T, N, H), of the last h (bit 0 of masks[0]) and of the last c (bit 1). The result is, one after another: the
/// cotangent of x (T, N, G H); of a gru also that of u; of h before the first step (N, H); of an lstm that of c.
template <class T>
void recurrent_gradient(std::byte* const* arenas, const KernelArguments& call);

/// The gradient of W_h2h (G H, H). Operands: the cotangent of u (where there are no gru's gates that of x), plane 0 of
/// the record, h before the first step. sizes go on with {grain, first row}, in rows of N: with a grain the result has
/// one matrix for each aligned block of grains (kernels/cpu/grain.hpp), one after another.
template <class T>
void recurrent_weight_gradient(std::byte* const* arenas, const KernelArguments& call);

#if !defined(CLEAVE_HEADER_ONLY)
extern template void recurrent<float>(std::byte* const*, const KernelArguments&);
extern template void recurrent<double>(std::byte* const*, const KernelArguments&);
extern template void recurrent_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void recurrent_gradient<double>(std::byte* const*, const KernelArguments&);
extern template void recurrent_weight_gradient<float>(std::byte* const*, const KernelArguments&);
extern template void recurrent_weight_gradient<double>(std::byte* const*, const KernelArguments&);
#endif

} // namespace cleave::kernels::inline CLEAVE_KERNELS

#if defined(CLEAVE_HEADER_ONLY)
#include CLEAVE_SOURCE(cpu, recurrent)
#endif
