// SPDX-License-Identifier: Apache-2.0
// Products so small that a plan would take a notable part of their time: operands are used as they lie, by one thread.
#pragma once

#include "gemm_product.hpp"
#include "gemm_tile.hpp"
#include "pack.hpp"
#include "tile.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::gemm {

/// Multiplications of a product that is not worth a thought about tiles.
inline constexpr extent small_work = extent(32) * 32 * 32;
inline constexpr int small_rows = 8; // enough sums to hide the latency of one

// Arguments go by value: written to memory in pieces and read as a whole, they would cost more than the product.
template <int Rows, class T, class A>
[[gnu::noinline]] void multiply_rows(A a, const T* b, extent b_row, extent k, FirstLanes<T> columns, T* out,
                                     extent out_row) {
  [&]<std::size_t... At>(std::index_sequence<At...> each) __attribute__((always_inline)) {
    Vector<T> sums[Rows] = {};
    add_products<1>(sums, tile::reader<Rows>(a), b, b_row, k, columns, each);
    (columns.store(out + static_cast<extent>(At) * out_row, sums[At]), ...);
  }(std::make_index_sequence<Rows>{});
}

template <class A, class T>
[[gnu::always_inline]] inline void multiply_strips(A a, extent m, const T* b, extent b_row, extent k,
                                                   FirstLanes<T> columns, T* out, extent out_row) {
  for (; m >= small_rows; m -= small_rows) {
    multiply_rows<small_rows>(a, b, b_row, k, columns, out, out_row);
    a.data = a.at(small_rows, 0);
    out += small_rows * out_row;
  }
  switch (m) {
  case 7:
    return multiply_rows<7>(a, b, b_row, k, columns, out, out_row);
  case 6:
    return multiply_rows<6>(a, b, b_row, k, columns, out, out_row);
  case 5:
    return multiply_rows<5>(a, b, b_row, k, columns, out, out_row);
  case 4:
    return multiply_rows<4>(a, b, b_row, k, columns, out, out_row);
  case 3:
    return multiply_rows<3>(a, b, b_row, k, columns, out, out_row);
  case 2:
    return multiply_rows<2>(a, b, b_row, k, columns, out, out_row);
  case 1:
    return multiply_rows<1>(a, b, b_row, k, columns, out, out_row);
  default:
    return;
  }
}

/// Products one register wide.
template <class T>
bool multiply_narrow(T* out, extent out_row, const T* a, extent a_row, bool transpose_a, const T* b, extent b_row,
                     extent m, extent n, extent k) {
  constexpr extent lanes = Lanes<T>::count;
  if (n > lanes || n < 1 || m * n * k > small_work || k > most_depth || (!fast_first_lanes && n != lanes)) {
    return false;
  }
  const FirstLanes<T> columns(n);
  if (transpose_a) {
    multiply_strips(ColumnsOfA<T>{a, a_row}, m, b, b_row, k, columns, out, out_row);
  } else {
    multiply_strips(RowsOfA<T>{a, a_row}, m, b, b_row, k, columns, out, out_row);
  }
  return true;
}

/// Tiles of a product of one chunk. `panel(work, column, vectors)` says where the panel's b is.
template <class T, class A, class Panel>
[[gnu::always_inline]] inline void run_tiles(const Result<T, T>& result, A a, extent m, extent n, extent k,
                                             Panel panel) {
  constexpr extent lanes = Lanes<T>::count;
  const extent strips = ceil(m, tile_rows(2));
  const extent least = m / strips;
  const extent taller = m % strips;
  TileWork<T, T> work{.depth = k, .result = &result, .writes = true, .walk = Walk::over_chunks(k, true, true)};
  const T* const first = a.data;
  for (extent j = 0; j < n; j += 2 * lanes) {
    const extent left = n - j;
    const int vectors = left <= lanes ? 1 : 2;
    const extent columns = left < vectors * lanes ? left : vectors * lanes;
    work.last = FirstLanes<T>(columns - (vectors - 1) * lanes);
    work.place = {0, j, 0, columns};
    panel(work, j, vectors);
    const RunTile<T, T, A>* const run = tiles_of<T, T, A>(vectors);
    a.data = first;
    for (extent s = 0; s < strips; ++s) {
      const extent height = least + (s < taller ? 1 : 0);
      work.place.rows = height;
      run[height - 1](work, a);
      work.place.row += height;
      a.data = a.at(height, 0);
    }
  }
}

// (Fewer rows than `tile_rows(4)` allows are multiplied by wider panels, which are planned.)
template <class T>
[[gnu::noinline]] bool multiply_tiles(T* out, extent out_row, const T* a, extent a_row, bool transpose_a, const T* b,
                                      extent b_row, extent m, extent n, extent k) {
  constexpr extent lanes = Lanes<T>::count;
  if (n <= lanes || m <= tile_rows(4) || k < 1 || m * n * k > unshared_work || k > most_depth ||
      (!fast_first_lanes && n % lanes != 0)) {
    return false;
  }
  const Result<T, T> result{out, out_row};
  const auto panel = [&](TileWork<T, T>& work, extent j, int /*vectors*/) {
    work.b = b + j;
    work.b_row = b_row;
  };
  if (transpose_a) {
    run_tiles(result, ColumnsOfA<T>{a, a_row}, m, n, k, panel);
  } else {
    run_tiles(result, RowsOfA<T>{a, a_row}, m, n, k, panel);
  }
  return true;
}

/// The same where b is transposed: its panels are turned. `turned`: see Multiply.
template <class T>
[[gnu::noinline]] bool multiply_turned_tiles(const Product<T>& p, bool turned) {
  constexpr extent lanes = Lanes<T>::count;
  if (!p.transpose_b || p.grain != 0 || !p.epilogue.is_plain() || p.m <= tile_rows(4) || p.k < 1 || p.k > most_depth ||
      p.m * p.n * p.k > unshared_work) {
    return false;
  }
  const Scratch memory(static_cast<std::size_t>(p.k * 2 * lanes) * sizeof(T));
  const Result<T, T> result{p.out, p.out_row, 0, &p.epilogue, nullptr, turned};
  const auto panel = [&](TileWork<T, T>& work, extent j, int vectors) {
    work.b = memory.as<T>();
    work.b_row = vectors * lanes;
    for (extent i = 0; i < work.place.columns; i += lanes) {
      const extent columns = work.place.columns - i < lanes ? work.place.columns - i : lanes;
      pack_turned(memory.as<T>() + i, work.b_row, p.b + (j + i) * p.b_row, p.b_row, columns, p.k);
    }
  };
  if (p.transpose_a) {
    run_tiles(result, ColumnsOfA<T>{p.a, p.a_row}, p.m, p.n, p.k, panel);
  } else {
    run_tiles(result, RowsOfA<T>{p.a, p.a_row}, p.m, p.n, p.k, panel);
  }
  return true;
}

/// out (m x n) = a b with b as it is; false: a product that needs a plan.
template <class T>
bool multiply_small(T* out, extent out_row, const T* a, extent a_row, bool transpose_a, const T* b, extent b_row,
                    extent m, extent n, extent k) {
  return multiply_narrow(out, out_row, a, a_row, transpose_a, b, b_row, m, n, k) ||
         multiply_tiles(out, out_row, a, a_row, transpose_a, b, b_row, m, n, k);
}

} // namespace cleave::kernels::inline CLEAVE_ISA::gemm
