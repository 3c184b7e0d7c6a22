// SPDX-License-Identifier: Apache-2.0
#include "grain.hpp"
#include "instantiate.hpp"
#include "multiply.hpp"
#include "parallel.hpp"
#include "recurrent_cells.hpp"

#include <cleave/device/scratch.hpp>

#include <algorithm>

namespace cleave::kernels::inline CLEAVE_KERNELS {
namespace cells {

// Rows are independent: a thread takes a few of them through all time steps, and waits for nobody.
inline constexpr extent rows_a_tile = 8;
inline constexpr extent rows_at_once = 64; // more would not stay in a cache beside the weights

struct Layer {
  extent steps;
  extent rows;
  extent units;
  RecurrentMode mode;
  bool reverse;
  extent width; ///< of all gates

  explicit Layer(const KernelArguments& call)
      : steps(call.sizes[0]),
        rows(call.sizes[1]),
        units(call.sizes[2]),
        mode(static_cast<RecurrentMode>(call.sizes[3])),
        reverse(call.sizes[4] != 0),
        width(gates_of(mode) * units) {}

  /// The k-th time step that is taken.
  [[nodiscard]] extent step(extent k) const { return reverse ? steps - 1 - k : k; }
  [[nodiscard]] extent plane() const { return steps * rows * units; }
  [[nodiscard]] Cost cost(double products) const {
    const auto each = static_cast<double>(rows_a_tile * steps * width);
    return {products * each * static_cast<double>(2 * units), 0};
  }
  /// Calls body(first row, rows) over the rows of a range of tiles.
  template <class Body>
  void for_rows(extent first, extent last, Body body) const {
    const extent end = std::min(rows, last * rows_a_tile);
    for (extent row = first * rows_a_tile; row < end; row += rows_at_once) {
      body(row, std::min(rows_at_once, end - row));
    }
  }
  [[nodiscard]] extent tiles() const { return (rows + rows_a_tile - 1) / rows_a_tile; }
};

/// Copies `count` rows of `width` elements; a null source stands for zeros.
template <class T>
void copy_rows(T* to, const T* from, extent count) {
  if (from == nullptr) {
    std::fill_n(to, count, T(0));
  } else {
    std::copy_n(from, count, to);
  }
}

} // namespace cells

template <class T>
void recurrent(std::byte* const* arenas, const KernelArguments& call) {
  using namespace cells;
  const Layer layer(call);
  const extent units = layer.units;
  const extent width = layer.width;
  T* const record = call.result<T>(arenas);
  const T* const x = call.operand<T>(arenas, 1);
  const T* const weights = call.operand<T>(arenas, 2);
  const T* const bias = call.operand<T>(arenas, 3);
  const T* const h_start = call.operand<T>(arenas, 4);
  with_cell(layer.mode, [&](auto cell) {
    using ThisCell = decltype(cell);
    const T* const c_start = ThisCell::keeps_c ? call.operand<T>(arenas, 5) : nullptr;
    // The product of every step takes the weights the other way round: turned once, for all.
    const Scratch turned_memory(static_cast<std::size_t>(units * width) * sizeof(T));
    T* const turned = turned_memory.as<T>();
    for (extent j = 0; j < units; ++j) {
      for (extent g = 0; g < width; ++g) {
        turned[j * width + g] = weights[g * units + j];
      }
    }
    for_tiles(layer.tiles(), layer.cost(1), [&](extent first, extent last) {
      const Scratch memory(static_cast<std::size_t>(rows_at_once * width) * sizeof(T));
      T* const u = memory.as<T>();
      layer.for_rows(first, last, [&](extent row, extent rows) {
        const T* h = h_start + row * units;
        const T* c = c_start + (ThisCell::keeps_c ? row * units : 0);
        for (extent k = 0; k < layer.steps; ++k) {
          const extent at = layer.step(k) * layer.rows + row;
          Product<T> product{.out = u, .a = h, .b = turned, .m = rows, .n = width, .k = units};
          product.epilogue.column_bias = bias;
          multiply_as_built(product);
          T* const now = record + at * units;
          for (extent i = 0; i < rows; ++i) {
            const T* const c_before = ThisCell::keeps_c ? c + i * units : nullptr;
            ThisCell::forward(units, x + (at + i) * width, u + i * width, h + i * units, c_before,
                              RecordRow<T>{now + i * units, layer.plane()});
          }
          h = now;
          c = ThisCell::keeps_c ? now + layer.plane() : nullptr;
        }
      });
    });
  });
}

template <class T>
void recurrent_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace cells;
  const Layer layer(call);
  const extent units = layer.units;
  const extent width = layer.width;
  const T* const record = call.operand<T>(arenas, 1);
  const T* const weights = call.operand<T>(arenas, 2);
  const T* const h_start = call.operand<T>(arenas, 3);
  const T* const dy = call.operand<T>(arenas, 5);
  const T* const dh_last = (call.masks[0] & 1) != 0 ? call.operand<T>(arenas, 6) : nullptr;
  const T* const dc_last = (call.masks[0] & 2) != 0 ? call.operand<T>(arenas, 7) : nullptr;
  T* const dx = call.result<T>(arenas);
  with_cell(layer.mode, [&](auto cell) {
    using ThisCell = decltype(cell);
    const T* const c_start = ThisCell::keeps_c ? call.operand<T>(arenas, 4) : nullptr;
    const extent gates = layer.steps * layer.rows * width;
    T* const du = ThisCell::apart ? dx + gates : dx;
    T* const dh_start = du + gates;
    T* const dc_start = dh_start + layer.rows * units;
    for_tiles(layer.tiles(), layer.cost(1), [&](extent first, extent last) {
      layer.for_rows(first, last, [&](extent row, extent rows) {
        // The states' cotangents go back through time where their results lie.
        T* const dh = dh_start + row * units;
        T* const dc = ThisCell::keeps_c ? dc_start + row * units : nullptr;
        copy_rows(dh, dh_last == nullptr ? nullptr : dh_last + row * units, rows * units);
        if (ThisCell::keeps_c) {
          copy_rows(dc, dc_last == nullptr ? nullptr : dc_last + row * units, rows * units);
        }
        for (extent k = layer.steps - 1; k >= 0; --k) {
          const extent at = layer.step(k) * layer.rows + row;
          const extent before = k > 0 ? layer.step(k - 1) * layer.rows + row : 0;
          const T* const h_before = k > 0 ? record + before * units : h_start + row * units;
          const T* c_before = nullptr;
          if constexpr (ThisCell::keeps_c) {
            c_before = k > 0 ? record + layer.plane() + before * units : c_start + row * units;
          }
          for (extent i = 0; i < rows; ++i) {
            const T* const from_output = dy + (at + i) * units;
            T* const of_h = dh + i * units;
            CLEAVE_INDEPENDENT
            for (extent j = 0; j < units; ++j) {
              of_h[j] += from_output[j];
            }
            ThisCell::backward(units, RecordRow<const T>{record + (at + i) * units, layer.plane()},
                               h_before + i * units, ThisCell::keeps_c ? c_before + i * units : nullptr, of_h,
                               ThisCell::keeps_c ? dc + i * units : nullptr, dx + (at + i) * width,
                               du + (at + i) * width);
          }
          Product<T> product{.out = dh, .a = du + at * width, .b = weights, .m = rows, .n = units, .k = width};
          product.epilogue.accumulate = true;
          multiply_as_built(product);
        }
      });
    });
  });
}

template <class T>
void recurrent_weight_gradient(std::byte* const* arenas, const KernelArguments& call) {
  using namespace cells;
  const Layer layer(call);
  const extent units = layer.units;
  const extent width = layer.width;
  const extent grain = call.sizes[5];
  T* const out = call.result<T>(arenas);
  const T* const du = call.operand<T>(arenas, 1);
  const T* const h = call.operand<T>(arenas, 2);
  const T* const h_start = call.operand<T>(arenas, 3);
  const auto add = [&](T* to, const T* cotangents, const T* states, extent rows, bool accumulate) {
    Product<T> product{.out = to, .a = cotangents, .b = states, .m = width, .n = units, .k = rows, .transpose_a = true};
    product.epilogue.accumulate = accumulate;
    multiply_as_built(product);
  };
  if (grain == 0) {
    const extent rest = (layer.steps - 1) * layer.rows;
    const extent later = layer.reverse ? 0 : layer.rows; // steps after the first that is taken
    const extent earlier = layer.reverse ? layer.rows : 0;
    add(out, du + layer.step(0) * layer.rows * width, h_start, layer.rows, false);
    if (rest > 0) {
      add(out, du + later * width, h + earlier * units, rest, true);
    }
    return;
  }
  // A grain's rows of all steps are put together, so that it is one product: its bits know of no other grain.
  const Grains grains{grain, call.sizes[6], layer.rows};
  const extent levels = waiting_levels(grains);
  const extent count = width * units;
  const extent longest = layer.steps * std::min(grain, layer.rows);
  const Scratch memory(static_cast<std::size_t>(levels * count + longest * (width + units)) * sizeof(T));
  T* const waiting = memory.as<T>();
  T* const cotangents = waiting + levels * count;
  T* const states = cotangents + longest * width;
  sum_grains(grains, out, count, count, waiting, [&](T* to, extent row, extent rows) {
    for (extent k = 0; k < layer.steps; ++k) {
      const T* const before = k == 0 ? h_start : h + layer.step(k - 1) * layer.rows * units;
      copy_rows(cotangents + k * rows * width, du + (layer.step(k) * layer.rows + row) * width, rows * width);
      copy_rows(states + k * rows * units, before + row * units, rows * units);
    }
    add(to, cotangents, states, layer.steps * rows, false);
  });
}

} // namespace cleave::kernels::inline CLEAVE_KERNELS

CLEAVE_INSTANTIATE(recurrent, float, double)
CLEAVE_INSTANTIATE(recurrent_gradient, float, double)
CLEAVE_INSTANTIATE(recurrent_weight_gradient, float, double)
