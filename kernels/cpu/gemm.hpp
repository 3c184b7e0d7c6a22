// SPDX-License-Identifier: Apache-2.0
// The matrix product that all contractions are made of.
#pragma once

#include <cleave/base/config.hpp>

namespace cleave::kernels {

/// out = a b, all row-major and without gaps: out is m x n, a is m x k (or k x m and read transposed), b is k x n (or
/// n x k and read transposed). No alignment is assumed; nothing is allocated. Products are added over k in one fixed
/// order. `T` is float or double.
template <class T>
void multiply(T* out, const T* a, const T* b, extent m, extent n, extent k, bool transpose_a, bool transpose_b);

extern template void multiply<float>(float*, const float*, const float*, extent, extent, extent, bool, bool);
extern template void multiply<double>(double*, const double*, const double*, extent, extent, extent, bool, bool);

} // namespace cleave::kernels
