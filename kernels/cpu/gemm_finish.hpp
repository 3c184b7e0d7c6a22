// SPDX-License-Identifier: Apache-2.0
// What becomes of the sums of a matrix product before they are written: scale, bias, activation or its derivative,
// accumulation, conversion to the element type of storage.
#pragma once

#include "vector.hpp"

#include <cleave/base/math.hpp>

#include <type_traits>

namespace cleave::kernels::inline CLEAVE_ISA {

/// result = [result +] f(scale * sum + bias), or [result +] f'(y) * (scale * sum + bias): f' as a function of y = f(x).
enum class Activation : unsigned char { none, relu, sigmoid, tanh };
template <class T>
struct Epilogue {
  T scale = 1;
  const T* column_bias = nullptr; ///< one a column, or none
  const T* row_bias = nullptr;    ///< one a row, or none
  Activation activation = Activation::none;
  const T* y = nullptr; ///< where the derivative is wanted: rows as far apart as the result's
  bool accumulate = false;

  [[nodiscard]] bool is_plain() const {
    return scale == T(1) && column_bias == nullptr && row_bias == nullptr && activation == Activation::none &&
           !accumulate;
  }
};

/// Where a tile of sums goes: rows and columns of the whole result.
struct TilePlace {
  extent row;
  extent column;
  extent rows;
  extent columns;
};

template <class T, Activation A, bool Derivative>
[[gnu::always_inline]] inline T activate(T x, [[maybe_unused]] T y) {
  if constexpr (A == Activation::relu) {
    const bool passes = Derivative ? y > 0 : !(x < 0);
    return passes ? x : T(0);
  } else if constexpr (A == Activation::sigmoid) {
    return Derivative ? x * (y * (1 - y)) : math::sigmoid(x);
  } else if constexpr (A == Activation::tanh) {
    return Derivative ? x * (1 - y * y) : math::tanh(x);
  } else {
    return x;
  }
}

/// Writes a tile whose rows of sums lie `sums_row` elements apart to `out`, whose rows lie `out_row` apart.
template <class T, class Stored, Activation A, bool Derivative>
void finish_tile(const Epilogue<T>& epilogue, const T* sums, extent sums_row, Stored* out, extent out_row,
                 const TilePlace& at) {
  for (extent i = 0; i < at.rows; ++i, sums += sums_row) {
    const extent begin = (at.row + i) * out_row + at.column;
    Stored* const to = out + begin;
    const T* const y = Derivative ? epilogue.y + begin : sums;
    const T row_bias = epilogue.row_bias != nullptr ? epilogue.row_bias[at.row + i] : T(0);
    T values[12 * Lanes<T>::count]; // as wide as the widest tile; nothing else points to it
    for (extent j = 0; j < at.columns; ++j) {
      values[j] = epilogue.scale * sums[j] + row_bias;
    }
    if (epilogue.column_bias != nullptr) {
      const T* const bias = epilogue.column_bias + at.column;
      for (extent j = 0; j < at.columns; ++j) {
        values[j] += bias[j];
      }
    }
    for (extent j = 0; j < at.columns; ++j) {
      values[j] = activate<T, A, Derivative>(values[j], y[j]);
    }
    if (epilogue.accumulate) {
      for (extent j = 0; j < at.columns; ++j) {
        values[j] += static_cast<T>(to[j]);
      }
    }
    for (extent j = 0; j < at.columns; ++j) {
      to[j] = static_cast<Stored>(values[j]);
    }
  }
}

template <class T, class Stored>
using FinishTile = void (*)(const Epilogue<T>&, const T*, extent, Stored*, extent, const TilePlace&);

template <class T, class Stored>
FinishTile<T, Stored> pick_finish(const Epilogue<T>& epilogue) {
  const bool derivative = epilogue.y != nullptr;
  switch (epilogue.activation) {
  case Activation::relu:
    return derivative ? &finish_tile<T, Stored, Activation::relu, true>
                      : &finish_tile<T, Stored, Activation::relu, false>;
  case Activation::sigmoid:
    return derivative ? &finish_tile<T, Stored, Activation::sigmoid, true>
                      : &finish_tile<T, Stored, Activation::sigmoid, false>;
  case Activation::tanh:
    return derivative ? &finish_tile<T, Stored, Activation::tanh, true>
                      : &finish_tile<T, Stored, Activation::tanh, false>;
  case Activation::none:
    break;
  }
  return &finish_tile<T, Stored, Activation::none, false>;
}

} // namespace cleave::kernels::inline CLEAVE_ISA
