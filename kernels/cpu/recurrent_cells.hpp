// SPDX-License-Identifier: Apache-2.0
// What happens to one row of one time step, apart from the products: all gates in one pass.
#pragma once

#include <cleave/base/math.hpp>
#include <cleave/ops/recurrent_kernels.hpp>

namespace cleave::kernels::inline CLEAVE_ISA::cells {

template <class T>
T derivative_of_sigmoid(T y) {
  return y * (1 - y);
}
template <class T>
T derivative_of_tanh(T y) {
  return 1 - y * y;
}

/// One row of the record: `plane` elements lie between the planes of one place.
template <class T>
struct RecordRow {
  T* h;
  extent plane;
  [[nodiscard]] T* at(int i) const { return h + i * plane; }
};

template <RecurrentMode Mode>
struct Cell;

template <RecurrentMode Mode>
struct SimpleCell {
  static constexpr bool is_relu = Mode == RecurrentMode::rnn_relu;
  static constexpr bool keeps_c = false;
  static constexpr bool apart = false;

  template <class T>
  static void forward(extent units, const T* x, const T* u, const T* /*h_before*/, const T* /*c_before*/,
                      const RecordRow<T>& record) {
    T* const h = record.h;
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      const T sum = x[j] + u[j];
      if constexpr (is_relu) {
        h[j] = sum < 0 ? T(0) : sum;
      } else {
        h[j] = math::tanh(sum);
      }
    }
  }
  template <class T>
  static void backward(extent units, const RecordRow<const T>& record, const T* /*h_before*/, const T* /*c_before*/,
                       T* dh, T* /*dc*/, T* dx, T* /*du*/) {
    const T* const h = record.h;
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      if constexpr (is_relu) {
        dx[j] = h[j] > 0 ? dh[j] : T(0);
      } else {
        dx[j] = dh[j] * derivative_of_tanh(h[j]);
      }
      dh[j] = 0; // all of it goes through the product
    }
  }
};
template <>
struct Cell<RecurrentMode::rnn_relu> : SimpleCell<RecurrentMode::rnn_relu> {};
template <>
struct Cell<RecurrentMode::rnn_tanh> : SimpleCell<RecurrentMode::rnn_tanh> {};

template <>
struct Cell<RecurrentMode::lstm> {
  static constexpr bool keeps_c = true;
  static constexpr bool apart = false;

  template <class T>
  static void forward(extent units, const T* x, const T* u, const T* /*h_before*/, const T* c_before,
                      const RecordRow<T>& record) {
    T* const h = record.h;
    T* const c = record.at(1);
    T* const i = record.at(2);
    T* const f = record.at(3);
    T* const g = record.at(4);
    T* const o = record.at(5);
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      const T in = math::sigmoid(x[j] + u[j]);
      const T forget = math::sigmoid(x[units + j] + u[units + j]);
      const T candidate = math::tanh(x[2 * units + j] + u[2 * units + j]);
      const T out = math::sigmoid(x[3 * units + j] + u[3 * units + j]);
      const T kept = forget * c_before[j] + in * candidate;
      i[j] = in;
      f[j] = forget;
      g[j] = candidate;
      o[j] = out;
      c[j] = kept;
      h[j] = out * math::tanh(kept);
    }
  }
  template <class T>
  static void backward(extent units, const RecordRow<const T>& record, const T* /*h_before*/, const T* c_before, T* dh,
                       T* dc, T* dx, T* /*du*/) {
    const T* const c = record.at(1);
    const T* const i = record.at(2);
    const T* const f = record.at(3);
    const T* const g = record.at(4);
    const T* const o = record.at(5);
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      const T t = math::tanh(c[j]);
      const T of_c = dc[j] + dh[j] * o[j] * derivative_of_tanh(t);
      dx[j] = of_c * g[j] * derivative_of_sigmoid(i[j]);
      dx[units + j] = of_c * c_before[j] * derivative_of_sigmoid(f[j]);
      dx[2 * units + j] = of_c * i[j] * derivative_of_tanh(g[j]);
      dx[3 * units + j] = dh[j] * t * derivative_of_sigmoid(o[j]);
      dc[j] = of_c * f[j];
      dh[j] = 0;
    }
  }
};

template <>
struct Cell<RecurrentMode::gru> {
  static constexpr bool keeps_c = false;
  static constexpr bool apart = true; // u's cotangent is not x's

  template <class T>
  static void forward(extent units, const T* x, const T* u, const T* h_before, const T* /*c_before*/,
                      const RecordRow<T>& record) {
    T* const h = record.h;
    T* const r = record.at(1);
    T* const z = record.at(2);
    T* const n = record.at(3);
    T* const u_n = record.at(4);
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      const T reset = math::sigmoid(x[j] + u[j]);
      const T update = math::sigmoid(x[units + j] + u[units + j]);
      const T candidate = math::tanh(x[2 * units + j] + reset * u[2 * units + j]);
      r[j] = reset;
      z[j] = update;
      n[j] = candidate;
      u_n[j] = u[2 * units + j];
      h[j] = (1 - update) * candidate + update * h_before[j];
    }
  }
  template <class T>
  static void backward(extent units, const RecordRow<const T>& record, const T* h_before, const T* /*c_before*/, T* dh,
                       T* /*dc*/, T* dx, T* du) {
    const T* const r = record.at(1);
    const T* const z = record.at(2);
    const T* const n = record.at(3);
    const T* const u_n = record.at(4);
    CLEAVE_INDEPENDENT
    for (extent j = 0; j < units; ++j) {
      const T of_n = dh[j] * (1 - z[j]) * derivative_of_tanh(n[j]);
      const T of_r = of_n * u_n[j] * derivative_of_sigmoid(r[j]);
      const T of_z = dh[j] * (h_before[j] - n[j]) * derivative_of_sigmoid(z[j]);
      dx[j] = of_r;
      dx[units + j] = of_z;
      dx[2 * units + j] = of_n;
      du[j] = of_r;
      du[units + j] = of_z;
      du[2 * units + j] = of_n * r[j];
      dh[j] = dh[j] * z[j];
    }
  }
};

/// Calls `run` with the cell of a mode.
template <class Run>
void with_cell(RecurrentMode mode, Run run) {
  switch (mode) {
  case RecurrentMode::rnn_relu:
    run(Cell<RecurrentMode::rnn_relu>{});
    return;
  case RecurrentMode::rnn_tanh:
    run(Cell<RecurrentMode::rnn_tanh>{});
    return;
  case RecurrentMode::lstm:
    run(Cell<RecurrentMode::lstm>{});
    return;
  case RecurrentMode::gru:
    run(Cell<RecurrentMode::gru>{});
    return;
  }
}

} // namespace cleave::kernels::inline CLEAVE_ISA::cells
