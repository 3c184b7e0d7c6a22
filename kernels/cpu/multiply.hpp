// SPDX-License-Identifier: Apache-2.0
// The product that the build has chosen (CLEAVE_GEMM): ours, or another library's for comparison. What a library does
// not know (elements of 16 bits, oneDNN's doubles) is ours in every build.
#pragma once

#include "gemm.hpp"

#if defined(CLEAVE_GEMM_EIGEN)
#include "gemm_eigen.hpp"
#elif defined(CLEAVE_GEMM_OPENBLAS)
#include "gemm_openblas.hpp"
#elif defined(CLEAVE_GEMM_ONEDNN)
#include "gemm_onednn.hpp"
#endif

namespace cleave::kernels::inline CLEAVE_ISA {

#if defined(CLEAVE_GEMM_EIGEN) || defined(CLEAVE_GEMM_OPENBLAS) || defined(CLEAVE_GEMM_ONEDNN)

inline constexpr bool multiplies_itself = false;

/// As in gemm.hpp: the library multiplies (grain by grain), sums and epilogue are ours.
template <class T, class Stored>
void multiply_as_built(const Product<T, Stored>& p) {
  if constexpr (!std::is_same_v<T, Stored> || !library::multiplies<T>) {
    multiply(p);
  } else {
    const extent count = p.m * p.n;
    if (count == 0 || (p.grain > 0 && p.k == 0)) {
      return;
    }
    const Grains grains{p.grain > 0 ? p.grain : 1, p.first_row, p.k};
    const extent roots = p.grain > 0 ? count_roots(grains) : 1;
    const extent levels = p.grain > 0 ? waiting_levels(grains) : 0;
    const Scratch memory(static_cast<std::size_t>((roots + levels) * count) * sizeof(T));
    T* const sums = memory.as<T>();
    if (p.grain > 0) {
      sum_grains(grains, sums, count, count, sums + roots * count,
                 [&](T* to, extent row, extent rows) { library::multiply(to, p, row, rows); });
    } else {
      library::multiply(sums, p, 0, p.k);
    }
    const FinishTile<T, T> finish = pick_finish<T, T>(p.epilogue);
    constexpr extent width = Lanes<T>::count; // a tile's, as the epilogue expects
    for (extent i = 0; i < roots; ++i) {
      for (extent j = 0; j < p.n; j += width) {
        finish(p.epilogue, sums + i * count + j, p.n, p.out + i * p.root, p.out_row,
               {0, j, p.m, p.n - j < width ? p.n - j : width});
      }
    }
  }
}

#else

inline constexpr bool multiplies_itself = true;

template <class T, class Stored>
void multiply_as_built(const Product<T, Stored>& p) {
  multiply(p);
}

#endif

#if !defined(CLEAVE_HEADER_ONLY) // made once, in contract.cpp: the tiles take seconds to compile
extern template void multiply_as_built<float, float>(const Product<float, float>&);
extern template void multiply_as_built<double, double>(const Product<double, double>&);
#endif

} // namespace cleave::kernels::inline CLEAVE_ISA
