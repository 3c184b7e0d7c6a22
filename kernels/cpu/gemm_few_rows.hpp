// SPDX-License-Identifier: Apache-2.0
// Products of a few rows of a: they take as long as it takes to read b once. Nothing is packed: where rows of b are
// contiguous along k they are turned in registers; else whole rows of b are read, and the sums stay in memory.
#pragma once

#include "gemm_product.hpp"
#include "gemm_tile.hpp"
#include "parallel.hpp"

#include <cleave/device/scratch.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::gemm {

/// A few rows of a, contiguous along k. Behind the last one: the last one again.
template <class T>
struct FewRows {
  static constexpr int most = 8;
  const T* row[most];

  FewRows(const T* a, extent a_row, extent m) {
    for (extent i = 0; i < most; ++i) {
      row[i] = a + (i < m ? i : m - 1) * a_row;
    }
  }
};

/// Of the caches.
inline constexpr int line_bytes = 64;

/// Rows of b for the lanes of a register: of each square's rows the first. A register that is not full repeats rows.
template <class T>
struct SquaresOfB {
  static constexpr int side = pack::square<T>;
  static constexpr int count = pack::register_lanes;
  const T* square[count];
  extent b_row;

  SquaresOfB(const T* b, extent row, extent columns) : b_row(row) {
    for (int i = 0; i < count; ++i) {
      square[i] = b + first(i, columns) * b_row;
    }
  }
  static extent first(extent i, extent columns) { return i * side < columns - side ? i * side : columns - side; }
  /// Elements in the order of the lanes become elements in the order of the columns.
  static void order(T* sums, extent columns) {
    for (extent j = 0; j < columns; ++j) {
      const extent i = j / side;
      sums[j] = sums[i * side + j - first(i, columns)];
    }
  }
  [[nodiscard]] const T* operator()(int j) const { return square[j / side] + j % side * b_row; }
};

/// Registers of columns whose sums grow at the same time, so that one waits for no other.
constexpr int registers_of_few(int rows) { return rows <= 2 ? 4 : 2; }

/// sums[v * Rows + i] = the products of row i of a and the rows of b of register v, one by one along k.
template <int Rows, class T, std::size_t... At>
[[gnu::always_inline]] inline void add_turned(Vector<T>* sums, const FewRows<T>& a, const SquaresOfB<T>* b, extent l,
                                              extent depth, std::index_sequence<At...> /*sums*/) {
  constexpr int step = pack::turned_depth<T>;
  constexpr int lanes = Lanes<T>::count;
  constexpr int line = line_bytes / static_cast<int>(sizeof(T));
  constexpr int registers = static_cast<int>(sizeof...(At)) / Rows;
  const extent end = l + depth;
  const auto add = [&](int v, extent at) __attribute__((always_inline)) {
    Vector<T> turned[step];
    pack::turned<T>(turned, b[v], at);
    for (int t = 0; t < step; ++t) {
      for (int i = 0; i < Rows; ++i) {
        add_product<T>(sums[v * Rows + i], a.row[i][at + t], turned[t]);
      }
    }
  };
  [&]<int... V>(std::integer_sequence<int, V...>) __attribute__((always_inline)) {
    for (; l + line <= end; l += line) { // what a line of memory holds is used while it is near
      (
          [&](int v) __attribute__((always_inline)) {
            for (int t = 0; t < line; t += step) {
              add(v, l + t);
            }
          }(V),
          ...);
    }
    for (; l + step <= end; l += step) {
      (add(V, l), ...);
    }
  }(std::make_integer_sequence<int, registers>{});
  if (l < end) { // the last steps, which end with the row: those before them are left out
    alignas(alignment) T turned[registers * step * lanes];
    for (int v = 0; v < registers; ++v) {
      pack::turn<T>(turned + v * lanes, registers * lanes, b[v], end - step);
    }
    for (; l < end; ++l) {
      const T* const at = turned + (l - (end - step)) * registers * lanes;
      (add_product<T>(sums[At], a.row[At % Rows][l], load(at + At / Rows * lanes)), ...);
    }
  }
}

/// Sums of `Rows` rows and some registers of columns over all chunks of k, row by row in `sums`.
template <int Rows, class T>
[[gnu::noinline]] void sum_turned(T* sums, const FewRows<T>& a, const T* b, extent b_row, extent columns, extent k,
                                  extent chunk) {
  constexpr int lanes = Lanes<T>::count;
  constexpr int registers = registers_of_few(Rows);
  const auto squares = [&](int v) {
    const extent before = extent(v) * lanes < columns ? extent(v) * lanes : 0; // nothing left: the first ones again
    return SquaresOfB<T>(b + before * b_row, b_row, columns - before < lanes ? columns - before : lanes);
  };
  [&]<std::size_t... At>(std::index_sequence<At...> /*registers*/) __attribute__((always_inline)) {
    const SquaresOfB<T> rows_of_b[registers] = {squares(static_cast<int>(At))...};
    [&]<std::size_t... Sum>(std::index_sequence<Sum...> of_tile) __attribute__((always_inline)) {
      for (extent l = 0; l < k; l += chunk) {
        Vector<T> part[Rows * registers] = {};
        add_turned<Rows>(part, a, rows_of_b, l, k - l < chunk ? k - l : chunk, of_tile);
        T* const to[] = {sums + (Sum % Rows * registers + Sum / Rows) * lanes...};
        if (l != 0) {
          ((part[Sum] = load(to[Sum]) + part[Sum]), ...);
        }
        (store(to[Sum], part[Sum]), ...);
      }
    }(std::make_index_sequence<static_cast<std::size_t>(Rows * registers)>{});
  }(std::make_index_sequence<registers>{});
}

/// Columns whose sums are kept in memory while rows of b are read.
inline constexpr extent columns_of_few = 1024;

/// sums[i * columns_of_few + j] += the products of row i of a and column j of b, one by one from l to l + Steps.
template <int Rows, int Steps, class T>
[[gnu::always_inline]] inline void add_rows(T* sums, const FewRows<T>& a, const T* b, extent b_row, extent columns,
                                            extent l) {
  constexpr extent lanes = Lanes<T>::count;
  T factor[Rows * Steps];
  for (int i = 0; i < Rows; ++i) {
    for (int t = 0; t < Steps; ++t) {
      factor[i * Steps + t] = a.row[i][l + t];
    }
  }
  const T* row[Steps];
  for (int t = 0; t < Steps; ++t) {
    row[t] = b + (l + t) * b_row;
  }
  extent j = 0;
  if constexpr (Rows == 1 && Steps == 1) {
    constexpr int at_once = 16;
    for (; j + at_once * lanes <= columns; j += at_once * lanes) {
      Vector<T> part[at_once];
      for (int v = 0; v < at_once; ++v) {
        part[v] = load(sums + j + v * lanes);
        add_product<T>(part[v], factor[0], load(row[0] + j + v * lanes));
      }
      for (int v = 0; v < at_once; ++v) {
        store(sums + j + v * lanes, part[v]);
      }
    }
  }
  for (; j < columns; j += lanes) {
    const extent from = j + lanes <= columns ? j : columns - lanes; // the last register ends with the row
    Vector<T> part[Rows];
    for (int i = 0; i < Rows; ++i) {
      part[i] = load(sums + i * columns_of_few + j);
    }
    for (int t = 0; t < Steps; ++t) {
      const Vector<T> of_b = load(row[t] + from);
      for (int i = 0; i < Rows; ++i) {
        add_product<T>(part[i], factor[i * Steps + t], of_b);
      }
    }
    for (int i = 0; i < Rows; ++i) {
      store(sums + i * columns_of_few + j, part[i]);
    }
  }
}

/// Sums of `Rows` rows and at most columns_of_few columns, at least one register, over all chunks of k.
template <int Rows, int Steps, class T>
[[gnu::noinline]] void sum_rows(T* sums, const FewRows<T>& a, const T* b, extent b_row, extent columns, extent k,
                                extent chunk) {
  constexpr extent lanes = Lanes<T>::count;
  alignas(alignment) T part[Rows * columns_of_few];
  for (extent begin = 0; begin < k; begin += chunk) {
    const extent end = k - begin < chunk ? k : begin + chunk;
    T* const to = begin == 0 ? sums : part;
    for (int i = 0; i < Rows; ++i) {
      for (extent j = 0; j < columns; j += lanes) {
        store(to + i * columns_of_few + j, Vector<T>{});
      }
    }
    extent l = begin;
    for (; l + Steps <= end; l += Steps) {
      add_rows<Rows, Steps>(to, a, b, b_row, columns, l);
    }
    for (; l < end; ++l) {
      add_rows<Rows, 1>(to, a, b, b_row, columns, l);
    }
    for (int i = 0; begin != 0 && i < Rows; ++i) {
      for (extent j = i * columns_of_few; j < i * columns_of_few + columns; j += lanes) {
        store(sums + j, load(sums + j) + load(part + j));
      }
    }
  }
  if (columns % lanes != 0) {
    for (int i = 0; i < Rows; ++i) {
      T* const row = sums + i * columns_of_few;
      store(row + columns - lanes, load(row + columns / lanes * lanes));
    }
  }
}

template <class T>
using SumFew = void (*)(T*, const FewRows<T>&, const T*, extent, extent, extent, extent);

template <class T>
SumFew<T> pick_sum_turned(extent rows) {
  if (rows <= 2) {
    return rows == 1 ? &sum_turned<1, T> : &sum_turned<2, T>;
  }
  return rows <= 4 ? &sum_turned<4, T> : &sum_turned<8, T>;
}

/// Writes the sums of m rows and some columns, as the tiles of larger products are written.
template <class T>
void write_few(const Result<T, T>& result, const T* sums, extent sums_row, const TilePlace& at) {
  if (result.turned && (result.row != 1 || result.finish != nullptr)) {
    constexpr extent width = 4 * Lanes<T>::count;
    for (extent j = 0; j < at.columns; j += width) {
      const extent columns = at.columns - j < width ? at.columns - j : width;
      write_turned(result, result.out, sums + j, sums_row, {at.row, at.column + j, at.rows, columns});
    }
    return;
  }
  constexpr extent width = 8 * Lanes<T>::count; // what an epilogue takes at once
  for (extent j = 0; j < at.columns && result.finish != nullptr; j += width) {
    const extent columns = at.columns - j < width ? at.columns - j : width;
    result.finish(*result.epilogue, sums + j, sums_row, result.out, result.row, {0, at.column + j, at.rows, columns});
  }
  for (extent i = 0; i < at.rows && result.finish == nullptr; ++i) {
    std::memcpy(result.out + i * (result.turned ? 0 : result.row) + at.column, sums + i * sums_row,
                static_cast<std::size_t>(at.columns) * sizeof(T));
  }
}

/// A product of a few rows of a; false: not such a product.
template <class T>
bool multiply_few_rows(const Product<T>& p, bool turned) {
  constexpr extent lanes = Lanes<T>::count;
  const bool fits = p.transpose_b ? p.m <= FewRows<T>::most && p.n >= pack::square<T> && p.k >= pack::turned_depth<T>
                                  : p.m <= 2 && p.n > 8 * lanes && p.k > 0; // else sums stay in registers
  if (!fits || p.grain > 0) {
    return false;
  }
  Result<T, T> result{p.out, p.out_row, 0, &p.epilogue, nullptr, turned};
  if (!p.epilogue.is_plain()) {
    result.finish = pick_finish<T, T>(p.epilogue);
  }
  const bool turn_a = p.transpose_a && p.m * p.a_row != 1;
  const Scratch memory(turn_a ? static_cast<std::size_t>(p.m * p.k) * sizeof(T) : 0);
  if (turn_a) {
    for (extent l = 0; l < p.k; l += lanes) {
      for (extent i = 0; i < p.m; ++i) {
        for (extent t = l; t < p.k && t < l + lanes; ++t) {
          memory.as<T>()[i * p.k + t] = p.a[t * p.a_row + i];
        }
      }
    }
  }
  const FewRows<T> a(turn_a ? memory.as<T>() : p.a, p.transpose_a ? p.k : p.a_row, p.m);
  const extent chunk = chunk_of(p.k);
  const extent width = p.transpose_b ? lanes * registers_of_few(static_cast<int>(p.m)) : columns_of_few / 4;
  const Cost cost{2. * static_cast<double>(p.m * width * p.k), static_cast<double>(width * p.k) * sizeof(T)};
  // Whole rows of b are cut into pieces of at least one register.
  const extent wide_pieces = p.n > width ? p.n / width : 1;
  const extent pieces = p.transpose_b ? ceil(p.n, width) : wide_pieces;
  for_tiles(pieces, cost, [&](extent first, extent last) {
    const extent end = last < pieces ? last * width : p.n;
    if (p.transpose_b) {
      alignas(alignment) T sums[FewRows<T>::most * 4 * lanes];
      const SumFew<T> sum = pick_sum_turned<T>(p.m);
      for (extent j = first * width; j < end; j += width) {
        const extent columns = end - j < width ? end - j : width;
        sum(sums, a, p.b + j * p.b_row, p.b_row, columns, p.k, chunk);
        const extent whole = columns / lanes * lanes;
        for (extent i = 0; i < p.m && whole < columns; ++i) {
          SquaresOfB<T>::order(sums + i * width + whole, columns - whole);
        }
        write_few(result, sums, width, {0, j, p.m, columns});
      }
    } else {
      // Near rows are read fastest one at a time, if they are long.
      const bool is_near =
          p.n >= columns_of_few / 2 && p.k * p.b_row * static_cast<extent>(sizeof(T)) <= 2 * near_bytes;
      const SumFew<T> sum_one = is_near ? &sum_rows<1, 1, T> : &sum_rows<1, 8, T>;
      const SumFew<T> sum = p.m == 1 ? sum_one : &sum_rows<2, 4, T>;
      alignas(alignment) T sums[2 * columns_of_few];
      for (extent j = first * width; j < end;) {
        const extent left = end - j;
        extent columns = left < columns_of_few ? left : columns_of_few;
        columns = left > columns && left - columns < lanes ? columns - lanes : columns;
        sum(sums, a, p.b + j, p.b_row, columns, p.k, chunk);
        write_few(result, sums, columns_of_few, {0, j, p.m, columns});
        j += columns;
      }
    }
  });
  return true;
}

} // namespace cleave::kernels::inline CLEAVE_ISA::gemm
